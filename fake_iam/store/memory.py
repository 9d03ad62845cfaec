"""The default store: dictionaries, one lock, one undo log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from operator import attrgetter
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User
from fake_iam.store.indexes import LookUp, Ordering, Tally
from fake_iam.store.tables import TABLES, declared, kind_of
from fake_iam.store.tables.declaring import Indexes
from fake_iam.store.tables.identities import OWNERS

if TYPE_CHECKING:
    from fake_iam.domain.sts.sessions import Session

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

    def get(self, key: str) -> Row | None:
        """The row under a key, or None."""
        return self._rows.get(key)

    def put(self, key: str, row: Row) -> None:
        """Add a row or replace the one under the key."""
        before = self._rows.get(key)
        if before is not None and self._fields(before) == self._fields(row):  # nothing that an index goes by
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
        """One of those rows, or None."""
        key = self._lookups[index].first(value)
        return None if key is None else self._rows[key]

    def tally(self, index: str) -> Mapping[str, int]:
        """How many rows have each counted value; what none has is left out."""
        return MappingProxyType(self._tallies[index].numbers)

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


class MemoryAccount:
    """The tables of one account, all on the store's undo log."""

    __slots__ = ("_followers", "_tables", "_undo", "_watched", "access_keys", "id", "users")

    def __init__(self, account_id: str, undo: Undo) -> None:
        self.id = account_id
        self._undo = undo
        self._tables: dict[str, MemoryTable[Any]] = {}
        self._followers: list[MemoryTable[Any]] = []
        self._watched: dict[tuple[type[Any], ...], list[MemoryTable[Any]]] = {}
        self.users = self.table(User)
        self.access_keys = self.table(AccessKey)

    @property
    def sessions(self) -> MemoryTable[Session]:
        """Temporary credentials by key id."""
        return self.table(kind_of("sts.sessions.Session"))

    def table(self, kind: type[Row]) -> MemoryTable[Row]:
        """The table of rows of a kind, made when it is first asked for."""
        name = declared(kind)
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = MemoryTable[Any](self._undo, TABLES[name], self._owner)
            if name in OWNERS:
                table.followers = self._followers
            if table.by_owner:
                self._followers.append(table)
        return table

    def kinds(self) -> Sequence[type[Any]]:
        """The kinds of rows that there are tables for."""
        return [kind_of(name) for name in TABLES]

    def changes(self, kinds: tuple[type[Any], ...]) -> int:
        """Counts the changes of rows of these kinds."""
        tables = self._watched.get(kinds)
        if tables is None:
            tables = self._watched[kinds] = [self.table(kind) for kind in kinds]
        return sum([table.changes for table in tables])

    def holds(self, name: str) -> bool:
        """Whether there are rows of the kind of that name; the kind is not loaded for it."""
        table = self._tables.get(name)
        return table is not None and len(table) > 0

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def _owner(self, owner_id: str) -> Any | None:
        tables = [self._tables[name] for name in OWNERS if name in self._tables]
        return next((owner for table in tables if (owner := table.get(owner_id)) is not None), None)


class _Transaction:
    """The context manager of every transaction of a store: it remembers where those that are open began."""

    def __init__(self, lock: threading.RLock, undo: Undo, end: Callable[[int, bool], None]) -> None:
        self._lock = lock
        self._undo = undo
        self._end = end
        self._starts: list[int] = []

    def __enter__(self) -> None:
        self._lock.acquire()
        self._starts.append(len(self._undo))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            start = self._starts.pop()
            if self._undo and (kind is not None or not self._starts):
                self._end(start, kind is not None)
        finally:
            self._lock.release()


class MemoryStore:
    """Accounts in memory. Only one transaction runs at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._undo: Undo = []
        self._accounts: dict[str, MemoryAccount] = {}
        self._serials: dict[str, int] = {}  # of the ids issued
        self._issuers: list[str] = []  # their accounts, by serial
        self._notes: dict[str, str] = {}
        self.revision = 0
        self._transaction = _Transaction(self._lock, self._undo, self._end)

    def transaction(self) -> AbstractContextManager[None]:
        """One at a time; an exception inside leaves nothing behind. One inside another is undone by itself."""
        return self._transaction

    def unchanged(self) -> AbstractContextManager[object]:
        """Inside, nobody else changes anything; a transaction may begin there."""
        return self._lock

    def _end(self, start: int, failed: bool) -> None:
        """Keep what was done, or undo what was done since the start."""
        if failed:
            for step, *arguments in reversed(self._undo[start:]):
                step(*arguments)
            del self._undo[start:]
        else:
            self.revision += 1
            self._undo.clear()

    def account(self, account_id: str) -> MemoryAccount:
        """The account of that number, empty until something is put there."""
        account = self._accounts.get(account_id)
        if account is not None:
            return account
        with self._lock:
            if account_id not in self._accounts:
                self._accounts[account_id] = MemoryAccount(account_id, self._undo)
            return self._accounts[account_id]

    def accounts(self) -> Sequence[MemoryAccount]:
        """Every account that holds something."""
        with self._lock:
            return [account for account in self._accounts.values() if len(account)]

    def key_account(self, key_id: str) -> str | None:
        """The account that issued a key id, deleted keys and sessions included, or None if none did."""
        serial = self._serials.get(key_id)
        return None if serial is None else self._issuers[serial]

    def record_issue(self, key_id: str, account_id: str) -> int:
        """Remember for good that an account issued the key id; the answer counts the ids issued before it."""
        if key_id not in self._serials:
            self._issuers.append(account_id)
            self._serials[key_id] = len(self._serials)
            self._undo.append((self._forget_issue, key_id))
        return self._serials[key_id]

    def serial(self, key_id: str) -> int | None:
        """How many ids were issued before this one, or None if it was not issued."""
        return self._serials.get(key_id)

    def issued(self) -> Sequence[tuple[str, str]]:
        """Every key id that was issued, with its account, in the order of issue."""
        with self._lock:
            return list(zip(self._serials, self._issuers, strict=True))

    def note(self, name: str) -> str | None:
        """A text that is kept beside the rows, or None."""
        return self._notes.get(name)

    def keep_note(self, name: str, text: str | None) -> None:
        """Keep a text under a name, or none any more."""
        self._undo.append((self._set_note, name, self._notes.get(name)))
        self._set_note(name, text)

    def close(self) -> None:
        """Nothing is open."""

    def clear(self) -> None:
        """Forget everything but the notes, until the transaction fails."""
        before = self._accounts, self._serials, self._issuers
        self._accounts, self._serials, self._issuers = {}, {}, []
        self._undo.append((self._put_back, *before))

    def _set_note(self, name: str, text: str | None) -> None:
        if text is None:
            self._notes.pop(name, None)
        else:
            self._notes[name] = text

    def _forget_issue(self, key_id: str) -> None:
        """Undo the latest issue, which was this id's."""
        del self._serials[key_id]
        self._issuers.pop()

    def _put_back(self, accounts: dict[str, MemoryAccount], serials: dict[str, int], issuers: list[str]) -> None:
        self._accounts, self._serials, self._issuers = accounts, serials, issuers
