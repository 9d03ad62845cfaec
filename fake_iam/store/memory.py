"""The default store: dictionaries, one lock, one undo log."""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from fake_iam.domain.access_keys import AccessKey, Session
from fake_iam.domain.users import User
from fake_iam.store.tables import TABLES

Row = TypeVar("Row")
Undo = list[Callable[[], None]]


class MemoryTable(Generic[Row]):
    """Rows in a dictionary; indexes are kept on every change, so no look-up scans."""

    def __init__(self, undo: Undo, indexes: Mapping[str, Callable[[Row], str]]) -> None:
        self._undo = undo
        self._rows: dict[str, Row] = {}
        self._indexes = dict(indexes)
        self._keys: dict[str, dict[str, dict[str, None]]] = {name: {} for name in indexes}
        self._sorted: dict[str, list[tuple[str, str]]] = {name: [] for name in indexes}

    def get(self, key: str) -> Row | None:
        """The row under a key, or None."""
        return self._rows.get(key)

    def put(self, key: str, row: Row) -> None:
        """Add a row or replace the one under the key."""
        before = self._rows.get(key)
        self._set(key, row)
        self._undo.append(lambda: self._set(key, before))

    def delete(self, key: str) -> None:
        """Take the row away. Raises KeyError if there is none."""
        before = self._rows[key]
        self._set(key, None)
        self._undo.append(lambda: self._set(key, before))

    def where(self, index: str, value: str) -> Sequence[Row]:
        """The rows whose indexed value is this one, in no particular order."""
        return [self._rows[key] for key in self._keys[index].get(value, ())]

    def find(self, index: str, value: str) -> Row | None:
        """One of those rows, or None."""
        key = next(iter(self._keys[index].get(value, ())), None)
        return None if key is None else self._rows[key]

    def items(self) -> Sequence[tuple[str, Row]]:
        """All keys with their rows, in the order of insertion."""
        return list(self._rows.items())

    def rows(self, order: str) -> Sequence[Row]:
        """All rows sorted by an index."""
        return [self._rows[key] for _, key in self._sorted[order]]

    def __len__(self) -> int:
        return len(self._rows)

    def _set(self, key: str, row: Row | None) -> None:
        before = self._rows.get(key)
        for name, value_of in self._indexes.items():
            old = None if before is None else value_of(before)
            new = None if row is None else value_of(row)
            if old != new:
                self._move(name, key, old, new)
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row

    def _move(self, index: str, key: str, old: str | None, new: str | None) -> None:
        keys, ordered = self._keys[index], self._sorted[index]
        if old is not None:
            del keys[old][key]
            if not keys[old]:
                del keys[old]
            del ordered[bisect_left(ordered, (old, key))]
        if new is not None:
            keys.setdefault(new, {})[key] = None
            insort(ordered, (new, key))


class MemoryAccount:
    """The tables of one account, all on the store's undo log."""

    def __init__(self, account_id: str, undo: Undo) -> None:
        self.id = account_id
        self._tables = {kind: MemoryTable[Any](undo, indexes) for kind, indexes in TABLES.items()}
        self.users = self.table(User)
        self.access_keys = self.table(AccessKey)
        self.sessions = self.table(Session)

    def table(self, kind: type[Row]) -> MemoryTable[Row]:
        """The table of rows of a kind."""
        return self._tables[kind]

    def kinds(self) -> Sequence[type[Any]]:
        """The kinds of rows that there are tables for."""
        return list(self._tables)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))


class MemoryStore:
    """Accounts in memory. Only one transaction runs at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._undo: Undo = []
        self._accounts: dict[str, MemoryAccount] = {}
        self._issued: dict[str, tuple[str, int]] = {}
        self.revision = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One at a time; an exception inside leaves nothing behind. Not to be nested."""
        with self._lock:
            try:
                yield
            except BaseException:
                for step in reversed(self._undo):
                    step()
                self._undo.clear()
                raise
            self.revision += bool(self._undo)
            self._undo.clear()

    def account(self, account_id: str) -> MemoryAccount:
        """The account of that number, empty until something is put there."""
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
        issued = self._issued.get(key_id)
        return issued and issued[0]

    def record_issue(self, key_id: str, account_id: str) -> int:
        """Remember for good that an account issued the key id; the answer counts the ids issued before it."""
        if key_id not in self._issued:
            self._issued[key_id] = (account_id, len(self._issued))
            self._undo.append(lambda: self._issued.__delitem__(key_id))
        return self._issued[key_id][1]

    def issued(self) -> Sequence[tuple[str, str]]:
        """Every key id that was issued, with its account, in the order of issue."""
        with self._lock:
            return [(key_id, account_id) for key_id, (account_id, _) in self._issued.items()]

    def clear(self) -> None:
        """Forget everything, until the transaction fails."""
        accounts, issued = self._accounts, self._issued
        self._accounts, self._issued = {}, {}
        self._undo.append(lambda: self._put_back(accounts, issued))

    def _put_back(self, accounts: dict[str, MemoryAccount], issued: dict[str, tuple[str, int]]) -> None:
        self._accounts, self._issued = accounts, issued
