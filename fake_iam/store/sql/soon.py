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
    """The changes that are not stored yet.

    Args:
        begun: called with the first of them, so that they are stored in time.
    """

    def __init__(self, begun: Callable[[], object]) -> None:
        self._begun = begun
        self._lock = threading.Lock()
        self._changes: dict[Name, Change] = {}

    def put(self, name: Name, change: Change) -> None:
        """Change a row, in place of an earlier change that is not stored yet."""
        with self._lock:
            first = not self._changes
            self._changes[name] = change
        if first:
            self._begun()

    def seen(self, name: Name, row: Any) -> Any:
        """The row as it will be."""
        change = self._changes.get(name)
        return row if change is None or row is None else change(row)

    def drop(self, name: Name) -> dict[Name, Change]:
        """Forget the change of a row that is being stored, and tell it, for ``put_back``."""
        change = self._changes.pop(name, None) if self._changes else None
        return {} if change is None else {name: change}

    def take(self) -> dict[Name, Change]:
        """Every change, which whoever asks will store."""
        with self._lock:
            changes, self._changes = self._changes, {}
            return changes

    def put_back(self, changes: Mapping[Name, Change]) -> None:
        """Have the changes again that could not be stored, except where there are newer ones."""
        for name, change in changes.items():
            if name not in self._changes:
                self.put(name, change)
