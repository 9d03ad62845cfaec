"""The default store: dictionaries, one lock, one undo log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User
from fake_iam.store.memory_tables import MemoryTable, Undo
from fake_iam.store.tables import TABLES, declared, kind_of
from fake_iam.store.tables.identities import OWNERS

if TYPE_CHECKING:
    from fake_iam.domain.sts.sessions import Session

Row = TypeVar("Row")
T = TypeVar("T")
MANY: Final = 1_000
"""So many steps of an undo log are let go at a time, and others get their turn between."""


class MemoryAccount:
    """The tables of one account, all on the store's undo log."""

    __slots__ = ("_followers", "_tables", "_undo", "access_keys", "id", "users")

    def __init__(self, account_id: str, undo: Undo) -> None:
        self.id = account_id
        self._undo = undo
        self._tables: dict[str, MemoryTable[Any]] = {}
        self._followers: list[MemoryTable[Any]] = []
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
            table = self._tables[name] = MemoryTable[Any](self._undo, TABLES[name], self.owner)
            if name in OWNERS:
                table.followers = self._followers
            if table.by_owner:
                self._followers.append(table)
        return table

    def share(self, other: MemoryAccount) -> None:
        """Have what another account has; of what either changes that one makes a copy first."""
        for name, table in other._tables.items():
            self.table(kind_of(name)).share(table)

    def exchange(self, other: MemoryAccount) -> None:
        """Each has what the other one had; nothing is copied."""
        for name in {**self._tables, **other._tables}:
            self.table(kind_of(name)).exchange(other.table(kind_of(name)))

    def tables(self) -> Mapping[str, MemoryTable[Any]]:
        """The tables that there are, by the names of their kinds."""
        return self._tables

    def kinds(self) -> Sequence[type[Any]]:
        """The kinds of rows that there are tables for."""
        return [kind_of(name) for name in TABLES]

    def counter(self, kinds: Sequence[type[Any]]) -> Callable[[], int]:
        """What counts the changes of rows of these kinds."""
        tables = [self.table(kind) for kind in kinds]
        return lambda: sum([table.changes for table in tables])

    def holds(self, name: str) -> bool:
        """Whether there are rows of the kind of that name; the kind is not loaded for it."""
        table = self._tables.get(name)
        return table is not None and len(table) > 0

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def owner(self, owner_id: str) -> Any | None:
        """The user, group or whatever else others hang on by that id, or None."""
        tables = [self._tables[name] for name in OWNERS if name in self._tables]
        return next((owner for table in tables if (owner := table.get(owner_id)) is not None), None)


class _Transaction:
    """The context manager of every transaction of a store: it remembers where those that are open began."""

    def __init__(self, lock: threading.RLock, undo: Undo, end: Callable[[int, bool], None]) -> None:
        self._lock = lock
        self._undo = undo
        self._end = end
        self._starts: list[int] = []

    @property
    def is_open(self) -> bool:
        """Whether one has begun and not ended; asked by whoever holds the lock."""
        return bool(self._starts)

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
        self._logs: list[Undo] = []
        """What was done since someone began to fill a copy, as what would undo it."""
        self.revision = 0
        self._transaction = _Transaction(self._lock, self._undo, self._end)

    def transaction(self) -> AbstractContextManager[None]:
        """One at a time; an exception inside leaves nothing behind. One inside another is undone by itself."""
        return self._transaction

    def unchanged(self) -> AbstractContextManager[object]:
        """Inside, nobody else changes anything; a transaction may begin there."""
        return self._lock

    @contextmanager
    def picture(self, beside: Callable[[], T]) -> Iterator[tuple[MemoryStore, T]]:
        """A store that shares what this one has, and what was found at the same moment; others go on changing this one.

        Whoever first changes a table of which there is a picture copies its dictionary, not its rows.
        """
        with self._lock:
            found, seen = self._copy(), beside()
        yield found, seen

    def rebuilt(self, rebuild: Callable[[MemoryStore], T], keep: Callable[[T], bool], *, afresh: bool) -> T:
        """What fills a copy of the store, which is then exchanged with it; inside a transaction, the store itself."""
        with self._lock:
            if self._transaction.is_open:
                return rebuild(self)
            copy, log = MemoryStore() if afresh else self._copy(), Undo()
            self._logs.append(log)
        try:
            found = rebuild(copy)
            with self._lock:
                if (afresh or copy._follow(self, log)) and keep(found):
                    self._exchange(copy)
                else:
                    with self.transaction():
                        found = rebuild(self)
        finally:
            self._logs = [other for other in self._logs if other is not log]
        for account in copy._accounts.values():
            for table in account.tables().values():
                table.empty()
        return found

    def _copy(self) -> MemoryStore:
        found = MemoryStore()
        for account_id, account in self._accounts.items():
            found.account(account_id).share(account)
        found._serials, found._issuers = self._serials.copy(), self._issuers.copy()
        found._notes = self._notes.copy()
        return found

    def _follow(self, other: MemoryStore, log: Undo) -> bool:
        """Take over what the other one's log says, if it is about dates alone, such as those of last use; and notes."""
        twins = {
            id(table): self.account(account_id).tables().get(name)
            for account_id, account in other._accounts.items()
            for name, table in account.tables().items()
        }
        for step, *arguments in log:
            table = getattr(step, "__self__", None)
            if isinstance(table, MemoryTable):
                twin = twins.get(id(table))
                if twin is None or not twin.follow(table, *arguments):
                    return False
            elif step != other._set_note:  # notes are not exchanged
                return False
        return True

    def _exchange(self, other: MemoryStore) -> None:
        """Have what the other store has, but for the notes."""
        order = {**other._accounts, **self._accounts}
        for account_id in order:
            self.account(account_id).exchange(other.account(account_id))
        self._accounts = {account_id: self._accounts[account_id] for account_id in order}
        self._serials, other._serials = other._serials, self._serials
        self._issuers, other._issuers = other._issuers, self._issuers
        self.revision += 1

    def reading(self) -> AbstractContextManager[None]:
        """A transaction: here they cost no more."""
        return self._transaction

    def change_soon(self, account_id: str, kind: type[Row], key: str, change: Callable[[Row], Row]) -> None:
        """Change a row that is there, at once."""
        with self._transaction:
            table = self.account(account_id).table(kind)
            row = table.get(key)
            if row is not None:
                table.put(key, change(row))

    def flush(self) -> None:
        """Nothing is put off."""

    def _end(self, start: int, failed: bool) -> None:
        """Keep what was done, or undo what was done since the start."""
        if failed:
            for step, *arguments in reversed(self._undo[start:]):
                step(*arguments)
            del self._undo[start:]
        else:
            self.revision += 1
            for log in self._logs:
                log += self._undo
            while self._undo:
                del self._undo[-MANY:]

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
