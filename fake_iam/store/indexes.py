"""What a table in memory keeps beside its rows, so that nothing is ever scanned, sorted or counted on request."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

from fake_iam.store.copying import CopyOnChange
from fake_iam.store.runs import SortedRuns
from fake_iam.store.tables.declaring import Order, Value

Keys = tuple[str, ...]
Entry = tuple[str, ...]  # a list's name, the place in it, the row's key
BEHIND_ALL: Final = "\U0010ffff"
_PLACE: Final = itemgetter(1, 2)


class LookUp(CopyOnChange[dict[str, str | Keys]]):
    """Keys of rows by a value. A value's only key stands for itself, which is most of them, and takes no room."""

    __slots__ = ("_value_of",)

    def __init__(self, value_of: Value) -> None:
        super().__init__({})
        self._value_of = value_of

    def keys(self, value: str) -> Keys:
        """The keys of the rows that have the value."""
        found = self._held.get(value, ())
        return (found,) if isinstance(found, str) else found

    def first(self, value: str) -> str | None:
        """One of these keys, or None."""
        found = self._held.get(value)
        return found[0] if isinstance(found, tuple) else found

    def change(self, key: str, before: Any | None, after: Any | None) -> None:
        """Take note that a row was put in place of another; None is no row."""
        old = None if before is None else self._value_of(before)
        new = None if after is None else self._value_of(after)
        if old == new:
            return
        if self._shared:
            self._own()
        if old is not None:
            self._keep(old, tuple(other for other in self.keys(old) if other != key))
        if new is None:
            return
        if new in self._held:
            self._keep(new, (*self.keys(new), key))
        else:
            self._held[new] = key

    def _keep(self, value: str, keys: Keys) -> None:
        if keys:
            self._held[value] = keys if len(keys) > 1 else keys[0]
        else:
            del self._held[value]


class Tally(CopyOnChange[dict[str, int]]):
    """How many rows have each value."""

    __slots__ = ("_value_of",)

    def __init__(self, value_of: Value) -> None:
        super().__init__({})
        self._value_of = value_of

    @property
    def numbers(self) -> Mapping[str, int]:
        """The numbers by value; what none has is left out."""
        return MappingProxyType(self._held)

    def change(self, key: str, before: Any | None, after: Any | None) -> None:
        """Take note that a row was put in place of another; None is no row."""
        if self._shared:
            self._own()
        for row, step in ((before, -1), (after, 1)):
            if row is not None and (value := self._value_of(row)) is not None:
                self._held[value] = self._held.get(value, 0) + step
                if not self._held[value]:
                    del self._held[value]


class Ordering(CopyOnChange[SortedRuns]):
    """Rows in lists, each sorted by their places.

    Args:
        order: which lists a row is in, and at what place.
        owner_of: the row of an owner, if there is one.
    """

    __slots__ = ("_order", "_owner_of")

    def __init__(self, order: Order, owner_of: Callable[[str], Any | None]) -> None:
        super().__init__(SortedRuns())
        self._order = order
        self._owner_of = owner_of

    def change(self, key: str, before: Any | None, after: Any | None) -> None:
        """Take note that a row was put in place of another; None is no row."""
        old = [] if before is None else self._of(key, before)
        new = [] if after is None else self._of(key, after)
        if old == new:
            return
        if self._shared:
            self._own()
        for entry in old:
            self._held.remove(entry)
        for entry in new:
            self._held.add(entry)

    def after(self, within: str, last: str | None) -> Iterator[str]:
        """Keys of the rows of a list, or of those whose names begin so, behind the place ``last``; lazily."""
        if within.endswith("/"):
            return map(itemgetter(2), self._list(within, last))
        lists = [self._list(name, last) for name in self._names(within)]
        return map(itemgetter(2), heapq.merge(*lists, key=_PLACE))

    def _of(self, key: str, row: Any) -> list[Entry]:
        owner = self._owner_of(row.owner_id) if self._order.by_owner else None
        lists = self._order.lists(row, owner)
        if not lists:
            return []
        place = self._order.place(row, owner)
        return [(sys.intern(name), place, key) for name in lists]

    def _list(self, name: str, last: str | None) -> Iterable[Entry]:
        begin = (name,) if last is None else (name, last, BEHIND_ALL)
        return takewhile(lambda entry: entry[0] == name, self._held.after(begin))

    def _names(self, start: str) -> Iterator[str]:
        """The lists whose names begin so. What is in a list below another is in that one, too, and not named again."""
        begin: Entry = (start,)
        while (entry := next(self._held.after(begin), None)) is not None and entry[0].startswith(start):
            yield entry[0]
            begin = (entry[0] + BEHIND_ALL,)
