"""The engines that a store may be kept by: what their addresses look like, and how their transactions begin."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from fake_iam.store.base import StoreError
from fake_iam.store.sql.database import Database, Speech
from fake_iam.store.sql.store import SqlStore

# A commit survives the death of the process; the loss of power may take the last ones, but damages nothing.
PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL")
NO_SUCH_STORE: Final = (
    "there is no such store; there are memory, sqlite:///FILE and postgresql://USER:PASSWORD@HOST/DATABASE"
)
# A connection's own changes leave SQLite's data_version as it is; in PostgreSQL a row counts all changes. The number of
# the lock, which is that of all transactions of the only writer, is this program's own.
SQLITE: Final = Speech(
    lock="BEGIN IMMEDIATE",
    begin=("BEGIN IMMEDIATE", "PRAGMA data_version"),
    begin_read=("BEGIN", "PRAGMA data_version"),
    version="PRAGMA data_version",
    commit="COMMIT",
    counts=False,
)
_LOCK: Final = "BEGIN; SELECT pg_advisory_xact_lock(4593020100508)"
_VERSION: Final = "SELECT number FROM fake_iam_changes"
POSTGRESQL: Final = Speech(
    lock=_LOCK,
    begin=(f"{_LOCK}; {_VERSION}",),
    begin_read=(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_VERSION}",),
    version=_VERSION,
    commit="UPDATE fake_iam_changes SET number = number + 1; COMMIT",
    counts=True,
)
PATIENCE: Final = 5  # seconds for a connection, and for the writer before; as long as sqlite3 waits for its lock


def open_store(address: str) -> SqlStore:
    """The store at an address such as ``sqlite:///state.db``, made if it is not there.

    Raises:
        StoreError: the address cannot be, or the store is of a later release.
        StoreUnavailable: it does not answer.
    """
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise StoreError(f"{address}: {NO_SUCH_STORE}") from None
    shown = url.render_as_string()  # without a password
    if backend not in ENGINES:
        raise StoreError(f"{shown}: {NO_SUCH_STORE}")
    try:
        return SqlStore(ENGINES[backend](url))
    except StoreError as problem:
        raise type(problem)(f"{shown}: {problem}") from None


def _sqlite(url: URL) -> Database:
    """A file. Its write-ahead log lets others read while one writes. It holds secrets: only its owner may read it."""
    if not url.database:
        raise StoreError("name a file: sqlite:///state.db, or sqlite:////var/lib/state.db from the root")
    if url.database != ":memory:" and not url.database.startswith("file:"):
        with suppress(OSError):  # SQLite will say what is wrong
            os.close(os.open(url.database, os.O_CREAT, 0o600))
    engine, file = _engine(url, check_same_thread=False), _File()
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", file.opened)
    return Database(engine, SQLITE, _tell_sqlite, file.check)


def _postgresql(url: URL) -> Database:
    """A server. Writers wait for each other at a lock, so that none has to begin again."""
    try:
        from fake_iam.store.sql.libpq import tell  # the driver is an extra

        engine = _engine(
            url.set(drivername="postgresql+psycopg"),
            connect_timeout=PATIENCE,
            tcp_user_timeout=PATIENCE * 1000,  # for a server that has vanished from the network
            options=f"-c lock_timeout={PATIENCE}s",
        )
    except ModuleNotFoundError as missing:
        raise StoreError(f"it needs {missing.name}: pip install 'fake-iam[postgres]'") from None
    return Database(engine, POSTGRESQL, tell)


def _engine(url: URL, **arguments: Any) -> Engine:
    """Transactions begin where ``Database`` says, not with the first statement; lost connections are not kept."""
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=arguments)


class _File:
    """A file that SQLite has opened. Once it was there, it is not made again: what was in it would seem to be lost."""

    def __init__(self) -> None:
        self._name = ""
        self._is: tuple[int, int] | None = None

    def opened(self, connection: Any, _: object) -> None:
        """Remember which file a connection is to."""
        self._name = connection.execute("PRAGMA database_list").fetchone()[2]
        self._is = self._there()

    def check(self) -> None:
        """Raises OperationalError if it was moved or deleted; another one in its place is opened the next time."""
        if self._is is None:
            return
        there = self._there()
        if there == self._is:
            return
        if there is not None:
            self._is = None
        raise sqlite3.OperationalError(f"the file is {'gone' if there is None else 'another one'}")

    def _there(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._name)
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _tell_sqlite(connection: Any, text: str) -> Any:
    found = connection.execute(text).fetchone()
    return found and found[0]


def _prepare_sqlite(connection: Any, _: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


ENGINES: Final = {"sqlite": _sqlite, "postgresql": _postgresql}
