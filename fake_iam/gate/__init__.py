"""The gate to other servers: calls of services that are not served here are authenticated, authorized and passed on."""
