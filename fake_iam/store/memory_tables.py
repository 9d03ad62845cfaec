"""The tables of the default store: dictionaries of rows, with indexes that are kept on every change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, Generic, TypeVar

from fake_iam.store.indexes import LookUp, Ordering, Tally
from fake_iam.store.tables.declaring import Indexes

Row = TypeVar("Row")
Undo = list[tuple[Any, ...]]  # a function and its arguments: a third of a closure's room


class MemoryTable(Generic[Row]):
    """Rows in a dictionary; indexes are kept on every change, so no look-up scans.

    Args:
        undo: where each change leaves what undoes it.
        indexes: what the rows are found by.
        owner_of: the row of an owner, if there is one.

    ``followers`` are the tables whose order goes by the rows of this one; ``changes`` counts what was put or deleted.
    """

    __slots__ = (
        "_all",
        "_fields",
        "_lookups",
        "_orders",
        "_rows",
        "_shared",
        "_tallies",
        "_undo",
        "by_owner",
        "changes",
        "followers",
    )

    def __init__(
        self,
        undo: Undo,
        indexes: Indexes,
        owner_of: Callable[[str], Any | None] = lambda _: None,
    ) -> None:
        self._undo = undo
        self._rows: dict[str, Row] = {}
        self._shared = False
        self._lookups = {name: LookUp(value_of) for name, value_of in indexes.lookups.items()}
        self._tallies = {name: Tally(value_of) for name, value_of in indexes.tallies.items()}
        self._orders = {name: Ordering(order, owner_of) for name, order in indexes.orders.items()}
        self._all: tuple[LookUp | Tally | Ordering, ...] = (
            *self._lookups.values(),
            *self._tallies.values(),
            *self._orders.values(),
        )
        self._fields: Callable[[Any], object] = attrgetter(*indexes.fields) if indexes.fields else _whole
        self.by_owner = [self._orders[name] for name, order in indexes.orders.items() if order.by_owner]
        self.followers: Sequence[MemoryTable[Any]] = ()
        self.changes = 0

    def share(self, other: MemoryTable[Row]) -> None:
        """Have what another table has; of a part that either changes that one makes a copy first."""
        self._rows, self._shared, other._shared = other._rows, True, True
        for own, shared in zip(self._all, other._all, strict=True):
            own.share(shared)  # type: ignore[arg-type]  # both were made of the same declaration
        self.changes = other.changes

    def exchange(self, other: MemoryTable[Row]) -> None:
        """Each has what the other one had; nothing is copied."""
        self._rows, other._rows = other._rows, self._rows
        self._shared, other._shared = other._shared, self._shared
        for own, exchanged in zip(self._all, other._all, strict=True):
            own.exchange(exchanged)  # type: ignore[arg-type]  # both were made of the same declaration
        self.changes += other.changes + 1

    def follow(self, other: MemoryTable[Row], key: str, before: Row | None) -> bool:
        """Take over the row that another table has now in place of one; False if it was more than a change of dates.

        So it is if something is found by it, or if the row is another one here.
        """
        now, own = other._rows.get(key), self._rows.get(key)
        if own is None or now is None or before is None or self._fields(before) != self._fields(now):
            return False
        if own is before:
            self.put(key, now)
        return own is before or own is now

    def empty(self) -> None:
        """Let go of the rows one by one: to free them all at once would keep the interpreter from all others."""
        rows = self._rows.copy() if self._shared else self._rows
        self._rows, self._shared = {}, False
        while rows:
            rows.popitem()

    def get(self, key: str) -> Row | None:
        """The row under a key, or None."""
        return self._rows.get(key)

    def put(self, key: str, row: Row) -> None:
        """Add a row or replace the one under the key."""
        before = self._rows.get(key)
        if before is not None and self._fields(before) == self._fields(row):  # nothing that an index goes by
            if self._shared:
                self._rows, self._shared = self._rows.copy(), False
            self._rows[key] = row
            self.changes += 1
        else:
            self._set(key, row)
        self._undo.append((self._set, key, before))

    def delete(self, key: str) -> None:
        """Take the row away. Raises KeyError if there is none."""
        before = self._rows[key]
        self._set(key, None)
        self._undo.append((self._set, key, before))

    def where(self, index: str, value: str) -> Sequence[Row]:
        """The rows whose looked-up value is this one, in no particular order."""
        return [self._rows[key] for key in self._lookups[index].keys(value)]

    def find(self, index: str, value: str) -> Row | None:
        """One of those rows, or None. Without the lock, too, if only to see whether it is still the same."""
        key = self._lookups[index].first(value)
        return None if key is None else self._rows.get(key)

    def tally(self, index: str) -> Mapping[str, int]:
        """How many rows have each counted value; what none has is left out."""
        return self._tallies[index].numbers

    def after(self, index: str, within: str, last: str | None = None) -> Iterator[Row]:
        """The rows of an ordered list, or of those whose names begin with ``within``, behind a place; lazily."""
        return map(self._rows.__getitem__, self._orders[index].after(within, last))

    def latest(self, most: int) -> Sequence[Row]:
        """The rows that were added last, the newest first."""
        return list(islice(reversed(self._rows.values()), most))

    def items(self) -> Sequence[tuple[str, Row]]:
        """All keys with their rows, in the order of insertion."""
        return list(self._rows.items())

    def __len__(self) -> int:
        return len(self._rows)

    def _set(self, key: str, row: Row | None) -> None:
        self.changes += 1
        if self._shared:
            self._rows, self._shared = self._rows.copy(), False
        before = self._rows.get(key)
        following = [table for table in self.followers if table._lookups["owner"].keys(key)]
        for table in following:
            table._file(key, away=True)
        for index in self._all:
            index.change(key, before, row)
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row
        for table in following:
            table._file(key, away=False)

    def _file(self, owner_id: str, *, away: bool) -> None:
        """Take an owner's rows out of the lists whose order goes by the owner, or put them in."""
        for key in self._lookups["owner"].keys(owner_id):
            row = self._rows[key]
            for order in self.by_owner:
                order.change(key, row if away else None, None if away else row)


def _whole(row: object) -> object:
    """What indexes go by that name no fields."""
    return row
