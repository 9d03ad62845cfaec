"""The gate before upstreams that do as they are told."""
