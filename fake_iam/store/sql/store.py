"""The store in a database: its accounts, and the key ids that were issued."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import bindparam, delete, func, select, update

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User
from fake_iam.store.base import Store, StoreUnavailable
from fake_iam.store.memory import MemoryStore
from fake_iam.store.sql.database import Database
from fake_iam.store.sql.schema import ISSUED, LOOKUPS, NOTES, PLACES, ROWS, SIZES, TALLIES, adding, bring_up
from fake_iam.store.sql.soon import Soon, in_a_while
from fake_iam.store.sql.tables import ACCOUNTS, SqlTable, size
from fake_iam.store.tables import TABLES, declared, kind_of
from fake_iam.store.tables.identities import OWNERS

if TYPE_CHECKING:
    from fake_iam.domain.sts.sessions import Session

Row = TypeVar("Row")
T = TypeVar("T")
BY_OWNER: Final = [name for name, indexes in TABLES.items() if any(order.by_owner for order in indexes.orders.values())]
NOT_EMPTY: Final = (
    select(SIZES.c.account).where(SIZES.c.count > 0).group_by(SIZES.c.account).order_by(func.min(SIZES.c.number))
)
ISSUE: Final = select(ISSUED.c.serial, ISSUED.c.account).where(ISSUED.c.key_id == bindparam("b_key_id"))
LATEST_ISSUE: Final = select(func.max(ISSUED.c.serial))
ALL_ISSUED: Final = select(ISSUED.c.key_id, ISSUED.c.account).order_by(ISSUED.c.serial)
ADD_ISSUE: Final = adding(ISSUED)
_NAMED = NOTES.c.name == bindparam("b_name")
NOTE: Final = select(NOTES.c.text).where(_NAMED)
ADD_NOTE: Final = adding(NOTES)
CHANGE_NOTE: Final = update(NOTES).where(_NAMED).values(text=bindparam("new"))
REMOVE_NOTE: Final = delete(NOTES).where(_NAMED)
REMOVE_ALL: Final = [delete(table) for table in (ROWS, SIZES, LOOKUPS, PLACES, TALLIES, ISSUED)]


class SqlAccount:
    """The tables of one account."""

    def __init__(self, database: Database, soon: Soon, account_id: str) -> None:
        self.id = account_id
        self._soon = soon
        self._database = database
        self._tables: dict[str, SqlTable[Any]] = {}

    @property
    def users(self) -> SqlTable[User]:
        """Users by id."""
        return self.table(User)

    @property
    def access_keys(self) -> SqlTable[AccessKey]:
        """Long-term keys by key id."""
        return self.table(AccessKey)

    @property
    def sessions(self) -> SqlTable[Session]:
        """Temporary credentials by key id."""
        return self.table(kind_of("sts.sessions.Session"))

    def table(self, kind: type[Row]) -> SqlTable[Row]:
        """The table of rows of a kind, made when it is first asked for."""
        name = declared(kind)
        table = self._tables.get(name)
        if table is None:
            table = SqlTable(self._database, self._soon, self.id, name, self._owner)
            if name in OWNERS:
                table.followers = [self.table(kind_of(follower)) for follower in BY_OWNER]
            self._tables[name] = table
        return table

    def kinds(self) -> Sequence[type[Any]]:
        """The kinds of rows that there are tables for."""
        return [kind_of(name) for name in TABLES]

    def counter(self, kinds: Sequence[type[Any]]) -> Callable[[], int]:
        """What counts the changes of rows of these kinds, and whatever another process has changed."""
        database, tables = self._database, [self.table(kind) for kind in kinds]
        return lambda: database.forgotten + sum([table.changes for table in tables])

    def holds(self, name: str) -> bool:
        """Whether there are rows of the kind of that name; the kind is not loaded for it."""
        return size(self._database, self.id, name) > 0

    def _owner(self, owner_id: str) -> Any | None:
        tables = [self.table(kind_of(name)) for name in OWNERS]
        return next((owner for table in tables if (owner := table.get(owner_id)) is not None), None)


class SqlStore:
    """Accounts in a database. Only one transaction runs at a time, of whatever process.

    Raises:
        StoreError: the database is of a later release, or belongs to another program.
        StoreUnavailable: it does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._soon = Soon(lambda: in_a_while(self._flush_in_a_thread))
        self._accounts: dict[str, SqlAccount] = {}
        with database.first() as connection:
            bring_up(connection)

    def transaction(self) -> AbstractContextManager[object]:
        """One at a time, of all processes; an exception inside leaves nothing behind."""
        return self._database.transaction()

    def unchanged(self) -> AbstractContextManager[object]:
        """Inside, everything is read as it was at one moment; a transaction there begins at the latest state."""
        return self._database.unchanged()

    @contextmanager
    def picture(self, beside: Callable[[], T]) -> Iterator[tuple[SqlStore, T]]:
        """The store itself, in a transaction: others wait until it ends."""
        with self.transaction():
            yield self, beside()

    def rebuilt(self, rebuild: Callable[[Store], T], keep: Callable[[T], bool], *, afresh: bool) -> T:
        """What fills the store itself, in a transaction: others wait until it ends.

        What replaces everything is first made in memory and then written row beside row, in a third of the time.
        """
        with self.transaction():
            if not afresh:
                return rebuild(self)
            made = MemoryStore()
            found = rebuild(made)
            if not keep(found):
                return rebuild(self)
            self._replace(made)
            return found

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A snapshot, which waits for no writer. Raises ChangeInReading if something is to be changed."""
        with self._database.unchanged():
            yield

    def change_soon(self, account_id: str, kind: type[Row], key: str, change: Callable[[Row], Row]) -> None:
        """Change a row that is there: at once for this process, for others within a second. A kill may lose it."""
        with self._database.lock:
            self._soon.put((account_id, declared(kind), key), change)

    def flush(self) -> None:
        """Store what ``change_soon`` has changed."""
        with self._database.lock:
            if self._soon.names():
                self._flush()

    def account(self, account_id: str) -> SqlAccount:
        """The account of that number, empty until something is put there."""
        account = self._accounts.get(account_id)
        if account is None:
            account = self._accounts.setdefault(account_id, SqlAccount(self._database, self._soon, account_id))
        return account

    def accounts(self) -> Sequence[SqlAccount]:
        """Every account that holds something."""
        found = self._database.recall(ACCOUNTS, lambda: self._database.read(NOT_EMPTY, {}))
        return [self.account(account_id) for (account_id,) in found]

    def key_account(self, key_id: str) -> str | None:
        """The account that issued a key id, deleted keys and sessions included, or None if none did."""
        found = self._issue(key_id)
        return found and found[1]

    def record_issue(self, key_id: str, account_id: str) -> int:
        """Remember for good that an account issued the key id; the answer counts the ids issued before it."""
        known = self.serial(key_id)
        if known is not None:
            return known
        ((latest,),) = self._database.read(LATEST_ISSUE, {})
        serial = 0 if latest is None else latest + 1
        self._database.write(ADD_ISSUE, {"serial": serial, "key_id": key_id, "account": account_id})
        self._database.forget(("issue", key_id))
        return int(serial)

    def serial(self, key_id: str) -> int | None:
        """How many ids were issued before this one, or None if it was not issued."""
        found = self._issue(key_id)
        return found and found[0]

    def issued(self) -> Sequence[tuple[str, str]]:
        """Every key id that was issued, with its account, in the order of issue."""
        return [(key_id, account_id) for key_id, account_id in self._database.read(ALL_ISSUED, {})]

    def note(self, name: str) -> str | None:
        """A text that is kept beside the rows, or None."""
        return self._database.recall(("note", name), lambda: self._read_note(name))

    def keep_note(self, name: str, text: str | None) -> None:
        """Keep a text under a name, or none any more."""
        self._database.forget(("note", name))
        if text is None:
            self._database.write(REMOVE_NOTE, {"b_name": name})
        elif not self._database.write(CHANGE_NOTE, {"b_name": name, "new": text}):
            self._database.write(ADD_NOTE, {"name": name, "text": text})

    @property
    def revision(self) -> int:
        """Counts the transactions of this process that changed something."""
        return self._database.revision

    def clear(self) -> None:
        """Forget everything but the notes."""
        for statement in REMOVE_ALL:
            self._database.write(statement, {})
        self._database.forget_all()
        dropped = self._soon.drop_all()
        self._database.when_undone(lambda: self._soon.put_back(dropped))

    def _replace(self, made: MemoryStore) -> None:
        """Have what another store has, but for the notes."""
        self.clear()
        for account in made.accounts():
            for name, table in account.tables().items():
                rows = table.items()
                if rows:
                    self.account(account.id).table(kind_of(name)).fill(rows, account.owner)
        issued = (
            {"serial": serial, "key_id": key_id, "account": account_id}
            for serial, (key_id, account_id) in enumerate(made.issued())
        )
        self._database.write_all(ADD_ISSUE, issued)

    def close(self) -> None:
        """Store what was put off and let go of the database; what comes next opens it again."""
        try:
            self.flush()
        finally:
            self._database.close()

    def _flush(self) -> None:
        with self._database.transaction():
            for account_id, name, key in self._soon.names():
                table = self.account(account_id).table(kind_of(name))
                row = table.get(key)
                if row is None:
                    self._soon.drop((account_id, name, key))
                else:
                    table.put(key, row)

    def _flush_in_a_thread(self) -> None:
        try:
            self.flush()
        except StoreUnavailable:  # a call that finds it so is told and logged; here it is tried again
            in_a_while(self._flush_in_a_thread)

    def _issue(self, key_id: str) -> tuple[int, str] | None:
        return self._database.recall(("issue", key_id), lambda: self._read_issue(key_id))

    def _read_issue(self, key_id: str) -> tuple[int, str] | None:
        found = self._database.read(ISSUE, {"b_key_id": key_id})
        return (int(found[0][0]), str(found[0][1])) if found else None

    def _read_note(self, name: str) -> str | None:
        found = self._database.read(NOTE, {"b_name": name})
        return str(found[0][0]) if found else None
