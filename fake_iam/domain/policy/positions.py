"""Where the statements of a policy stand in its text, in lines and columns that count from one."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

BLANK: Final = re.compile(r"[ \t\r\n]*")
DECODER: Final = json.JSONDecoder()


class Position(NamedTuple):
    """A place in a text."""

    line: int
    column: int


class Span(NamedTuple):
    """From the first character of a statement to the one after its last.

    ``after`` is where AWS's simulator says that a statement begins: right behind the bracket of the list, or behind the
    statement before it (cloud-custodian's recordings of 2019 and 2021).
    """

    start: Position
    end: Position
    after: Position


class _Lines:
    """Turns offsets, which only grow, into positions without counting from the beginning each time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._line_start = 0

    def position(self, offset: int) -> Position:
        self._line += self._text.count("\n", self._at, offset)
        self._line_start = max(self._line_start, self._text.rfind("\n", self._at, offset) + 1)
        self._at = offset
        return Position(self._line, offset - self._line_start + 1)


def statements_of(text: str) -> tuple[dict[str, Any], list[tuple[Any, Span]]]:
    """The other members of a policy, and its statements with their places.

    Of a member that comes twice the last counts, as in Python's reading of JSON.

    Raises:
        ValueError: the text is no JSON object.
    """
    at = _skip(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError("not an object")
    members: dict[str, Any] = {}
    places: list[tuple[int, int, int]] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        name, at = DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        start = at
        members[name], at = DECODER.raw_decode(text, at)
        if name == "Statement":
            places = _elements(text, start) if isinstance(members[name], list) else [(start, start, at)]
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
    statement = members.pop("Statement", [])
    statements = statement if isinstance(statement, list) else [statement]
    lines = _Lines(text)
    spans = []
    for after, start, end in places:
        behind, first, last = (lines.position(offset) for offset in (after, start, end))
        spans.append(Span(first, last, behind))
    return members, list(zip(statements, spans, strict=True))


def _elements(text: str, at: int) -> list[tuple[int, int, int]]:
    places: list[tuple[int, int, int]] = []
    after = at + 1
    at = _skip(text, after)
    while text[at] != "]":
        _, end = DECODER.raw_decode(text, at)
        places.append((after, at, end))
        after = end
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return places


def _skip(text: str, at: int) -> int:
    match = BLANK.match(text, at)
    return match.end() if match is not None else at
