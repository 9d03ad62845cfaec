"""Where calls are passed on to, as the setting ``upstream`` says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

ADDRESS: Final = re.compile(r"http://(?:([^:/@]+):([^:/@]+)@)?(\[[0-9A-Fa-f:]+\]|[\w.-]+)(?::(\d{1,5}))?/?", re.ASCII)
SERVICE: Final = re.compile(r"[\w-]+", re.ASCII)
HTTP_PORT: Final = 80


class Key(NamedTuple):
    """A key of an upstream's own."""

    id: str
    secret: str


class Upstream(NamedTuple):
    """A server that calls are passed on to, and the key to sign them with if it looks at signatures."""

    host: str
    port: int
    key: Key | None = None

    @property
    def url(self) -> str:
        """Its address, without the key."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def parse_upstreams(text: str) -> Mapping[str, Upstream]:
    """The servers by the service that calls are signed for; the one for all others is under the empty name.

    Raises:
        ValueError: the text is not what it should be; the error's text says why.
    """
    found: dict[str, Upstream] = {}
    for part in filter(None, text.replace(" ", "").split(",")):
        name, equals, address = part.rpartition("=http")
        address = f"http{address}" if equals else address
        parts = ADDRESS.fullmatch(address)
        if parts is None or not 0 < int(parts[4] or HTTP_PORT) <= 65535:
            shown = address.rpartition("@")[2]  # not a secret
            raise ValueError(f"{shown!r} is no address such as http://127.0.0.1:5000")
        if equals and SERVICE.fullmatch(name) is None:
            raise ValueError(f"{name!r} is no service such as s3")
        if name in found:
            raise ValueError(f"there are two addresses for {name or 'all services'}")
        key = Key(unquote(parts[1]), unquote(parts[2])) if parts[1] else None
        found[name] = Upstream(parts[3].strip("[]"), int(parts[4] or HTTP_PORT), key)
    if not found:
        raise ValueError("there is no address")
    return found
