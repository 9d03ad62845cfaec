"""Changes that are stored a little later than they are answered: dates of last use, of which AWS promises no more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

Name = tuple[str, str, str]  # of a row: its account, its kind, its key
Change = Callable[[Any], Any]
WHILE: Final = 0.5  # seconds of real time


def in_a_while(do: Callable[[], None]) -> None:
    """Do something in a thread of its own, half a second from now."""
    timer = threading.Timer(WHILE, do)
    timer.daemon = True
    timer.start()


class Soon:
    """The changes that are not stored yet; whoever changes them holds the lock of the database.

    Args:
        begun: called with the first of them, so that they are stored in time.
    """

    def __init__(self, begun: Callable[[], object]) -> None:
        self._begun = begun
        self._changes: dict[Name, Change] = {}

    def put(self, name: Name, change: Change) -> None:
        """Change a row, in place of an earlier change that is not stored yet."""
        first = not self._changes
        self._changes[name] = change
        if first:
            self._begun()

    def names(self) -> list[Name]:
        """The rows that are to be stored."""
        return list(self._changes)

    def seen(self, name: Name, row: Any) -> Any:
        """The row as it will be."""
        change = self._changes.get(name)
        return row if change is None or row is None else change(row)

    def drop(self, name: Name) -> dict[Name, Change]:
        """Forget the change of a row that is being stored or has gone, and tell it, for ``put_back``."""
        change = self._changes.pop(name, None)
        return {} if change is None else {name: change}

    def drop_all(self) -> dict[Name, Change]:
        """The same of every row."""
        changes, self._changes = self._changes, {}
        return changes

    def put_back(self, changes: Mapping[Name, Change]) -> None:
        """Have the changes again that could not be stored, except where there are newer ones."""
        self._changes = {**changes, **self._changes}
