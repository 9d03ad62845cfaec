"""An answer and an error as values to compare, and the one sentence that a case fails with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class AwsError:
    """An error answer, to be compared to the letter. ``message`` is None if there is no Message element."""

    code: str
    message: str | None
    status: int

    def __str__(self) -> str:
        return f"code {self.code}, message {self.message!r}, status {self.status}"


@dataclass(frozen=True)
class Bare:
    """An answer without a result or an error in it, as before a request reaches a service."""

    status: int
    body: bytes = b""
    location: str | None = None

    def __str__(self) -> str:
        return f"status {self.status}, location {self.location}, body {self.body[:160]!r}"


class Answer(dict[str, Any]):
    """A part of a successful answer; asking for what is not in it fails the case, in words."""

    def __missing__(self, name: str) -> Any:
        __tracebackhide__ = True
        raise AssertionError(f"expected {name} in the answer, got {', '.join(map(str, self)) or 'nothing'}")


def answer(value: Any) -> Any:
    """The value with each dictionary in it turned into an Answer."""
    if isinstance(value, dict):
        return Answer({name: answer(inner) for name, inner in value.items()})
    if isinstance(value, list):
        return [answer(inner) for inner in value]
    return value


def only(rows: Iterable[Row]) -> Row:
    """The one row there is; fails the case if there are more or none."""
    __tracebackhide__ = True
    found = list(rows)
    if len(found) != 1:
        raise AssertionError(f"expected one row in the list, got {len(found)}")
    return found[0]
