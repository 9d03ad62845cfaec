"""Patterns with ``*`` (any run of characters) and ``?`` (one character), matched without going back.

The parts between the stars are looked for from left to right, each as early as it can be, so that the time is at most
the length of the pattern times that of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Literal(str):
    """Text whose stars and question marks stand for themselves, such as the value of a policy variable."""

    __slots__ = ()


class _Run(NamedTuple):
    """The part of a pattern between two stars: texts at their offsets, gaps of ``?`` between them."""

    texts: tuple[tuple[int, str], ...]
    length: int

    def is_at(self, text: str, start: int) -> bool:
        return all(text.startswith(piece, start + offset) for offset, piece in self.texts)

    def find(self, text: str, start: int, end: int) -> int:
        """The first place between the two at which the run fits whole, or -1."""
        if not self.texts:
            return start if start + self.length <= end else -1
        offset, piece = self.texts[0]
        last = end - self.length
        while start <= last:
            found = text.find(piece, start + offset, last + offset + len(piece))
            if found < 0:
                return -1
            start = found - offset
            if self.is_at(text, start):
                return start
            start += 1
        return -1


class Pattern:
    """A pattern made of pieces: plain text with wildcards, and literal text.

    >>> Pattern(["arn:aws:s3:::b/*.t?t"]).matches("arn:aws:s3:::b/a/b.txt")
    True
    >>> Pattern(["a*", Literal("*")]).matches("abc")
    False
    """

    __slots__ = ("_first", "_last", "_least", "_middle")

    def __init__(self, pieces: Iterable[str]) -> None:
        runs = _runs(pieces)
        self._first = runs[0]
        self._middle = runs[1:-1]
        self._last = runs[-1] if len(runs) > 1 else None
        self._least = sum(run.length for run in runs)

    def matches(self, text: str) -> bool:
        """Whether the whole text is what the pattern says."""
        if len(text) < self._least or not self._first.is_at(text, 0):
            return False
        if self._last is None:
            return len(text) == self._least
        at, end = self._first.length, len(text) - self._last.length
        if not self._last.is_at(text, end):
            return False
        for run in self._middle:
            found = run.find(text, at, end)
            if found < 0:
                return False
            at = found + run.length
        return True


def _runs(pieces: Iterable[str]) -> Sequence[_Run]:
    runs: list[_Run] = []
    texts: list[tuple[int, str]] = []
    length = 0
    for piece in pieces:
        stretches = [piece] if isinstance(piece, Literal) else piece.split("*")
        for number, stretch in enumerate(stretches):
            if number:
                runs.append(_Run(tuple(texts), length))
                texts, length = [], 0
            for gap, text in enumerate([stretch] if isinstance(piece, Literal) else stretch.split("?")):
                length += gap > 0
                if text:
                    texts.append((length, text))
                    length += len(text)
    return [*runs, _Run(tuple(texts), length)]
