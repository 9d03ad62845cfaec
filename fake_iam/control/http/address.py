"""Where the control plane is, and who can reach it at all."""

from __future__ import annotations

from typing import Final

PREFIX: Final = "/_fake_iam/"
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host in LOOPBACK_NAMES:
        return True
    import ipaddress  # takes its time, and nearly every server listens on one of those names

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
