"""Entries in order, in short runs, so that one comes or goes without moving the others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

LONGEST: Final = 512
_FIRST: Final = itemgetter(0)


class SortedRuns:
    """Tuples of text, each there once. To add, to remove and to begin a walk takes the logarithm of their number."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: list[list[tuple[str, ...]]] = [[]]  # none is empty, unless it is the only one

    def copy(self) -> SortedRuns:
        """The same entries, changed by themselves from now on."""
        found = SortedRuns()
        found._runs = [run.copy() for run in self._runs]
        return found

    def add(self, entry: tuple[str, ...]) -> None:
        """Put an entry in its place."""
        number = self._run_of(entry)
        run = self._runs[number]
        insort(run, entry)
        if len(run) > LONGEST:
            half = len(run) // 2
            self._runs[number : number + 1] = [run[:half], run[half:]]

    def remove(self, entry: tuple[str, ...]) -> None:
        """Take an entry out, which is there."""
        number = self._run_of(entry)
        run = self._runs[number]
        del run[bisect_left(run, entry)]
        if not run and len(self._runs) > 1:
            del self._runs[number]

    def after(self, entry: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The entries greater than this one, which need not be there, in order and one at a time."""
        number = self._run_of(entry)
        start = bisect_right(self._runs[number], entry)
        while number < len(self._runs):
            run = self._runs[number]
            for place in range(start, len(run)):
                yield run[place]
            number, start = number + 1, 0

    def _run_of(self, entry: tuple[str, ...]) -> int:
        """The number of the last run that does not begin behind the entry, or 0."""
        if len(self._runs) == 1:
            return 0
        return max(bisect_right(self._runs, entry, key=_FIRST) - 1, 0)
