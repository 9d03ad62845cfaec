"""One HTTP request and one HTTP response as plain values, before any of it is understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

BODY_LIMIT: Final = 10_000_000  # bytes; exactly so many are accepted (facts, section 2.3)


class Headers(dict[str, str]):
    """The first header of each name, under the name in small letters. ``of`` keeps those that repeat a name, too."""

    _repeated: Mapping[str, list[str]] = MappingProxyType({})

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Headers:
        """Names in any letter case, and values, in the order in which they arrived."""
        every: dict[str, list[str]] = {}
        for name, value in pairs:
            every.setdefault(name.lower(), []).append(value)
        headers = cls({name: values[0] for name, values in every.items()})
        headers._repeated = {name: values for name, values in every.items() if len(values) > 1}
        return headers

    @property
    def repeat(self) -> bool:
        """Whether a name is there twice."""
        return bool(self._repeated)

    def all(self, name: str) -> list[str]:
        """Every value of a name, which is given in small letters."""
        return self._repeated.get(name) or [self[name]] if name in self else []

    def joined(self, name: str) -> str:
        """Every value of a name, which is given in small letters, as one; empty if there is none."""
        return ",".join([value.strip() for value in self.all(name)])


@dataclass(slots=True)
class WireRequest:
    """A request as it arrived: its target is not decoded."""

    method: str
    path: str
    query: str = field(repr=False)
    headers: Headers = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    remote: str = ""


@dataclass(slots=True)
class WireResponse:
    """What goes back; ``drop`` means: close the connection without an answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""
    drop: bool = False
