"""One HTTP request and one HTTP response as plain values, before any of it is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

BODY_LIMIT: Final = 10_000_000  # bytes; exactly so many are accepted (facts, section 2.3)


@dataclass(slots=True)
class WireRequest:
    """A request as it arrived: target undecoded, repeated headers kept. ``headers`` are not to be changed.

    ``first`` has the first header of each name, under the name in small letters; ``repeats`` tells of others.
    """

    method: str
    path: str
    query: str = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    remote: str = ""
    first: dict[str, str] = field(init=False, repr=False, compare=False)
    repeats: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.first = {name.lower(): value for name, value in reversed(self.headers)}
        self.repeats = len(self.first) != len(self.headers)

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its letter case, or None."""
        return self.first.get(name.lower())

    def joined(self, name: str) -> str:
        """All headers of a name, which is given in small letters, as one value; empty if there is none."""
        if name not in self.first:
            return ""
        return ",".join([value.strip() for value in self.header_values(name)]) if self.repeats else self.first[name]

    def header_values(self, name: str) -> list[str]:
        """Every header of that name, whatever its letter case."""
        wanted = name.lower()
        if not self.repeats:
            return [self.first[wanted]] if wanted in self.first else []
        return [value for key, value in self.headers if key.lower() == wanted]


@dataclass(slots=True)
class WireResponse:
    """What goes back; ``drop`` means: close the connection without an answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    drop: bool = False
