"""One HTTP request and one HTTP response as plain values, before any of it is understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BODY_LIMIT: Final = 10_000_000  # bytes; exactly so many are accepted (facts, section 2.3)


@dataclass(slots=True)
class WireRequest:
    """A request as it arrived: target undecoded, repeated headers kept."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    remote: str = ""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its letter case, or None."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return None


@dataclass(slots=True)
class WireResponse:
    """What goes back; ``drop`` means: close the connection without an answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    drop: bool = False
