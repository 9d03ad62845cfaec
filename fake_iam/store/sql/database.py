"""One connection to a database, its transactions, and what happens when it does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from fake_iam.store.base import StoreUnavailable

OUR_FAULTS = (DataError, IntegrityError, ProgrammingError)


class Database:
    """Statements, one thread at a time. A connection that failed is dropped; the next statement makes another.

    Args:
        engine: the engine, which commits nothing by itself.
        begin: what begins a transaction of the only writer.
        begin_read: the statement that begins to read what is there at one moment.
    """

    def __init__(self, engine: Engine, begin: str, begin_read: str) -> None:
        self._engine = engine
        self._begin = begin
        self._begin_read = begin_read
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._depth = 0  # of transactions
        self._readers = 0
        self._snapshot = False
        self._lost = False
        self._changed = False
        self.revision = 0

    def read(self, statement: Executable, **values: Any) -> Sequence[Any]:
        """The rows that a query finds."""
        with self._lock:
            found: Sequence[Any] = self._execute(statement, values).all()
            return found

    def write(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
        """Change something, once or for each of the values; tells how many rows it met."""
        assert self._depth, "rows are changed in transactions"
        self._changed = True
        found: int = self._execute(statement, values).rowcount
        return found

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of it or nothing; one inside another is undone by itself.

        One that begins inside of ``unchanged`` begins at the latest state.
        """
        with self._lock:
            self._open()
            self._depth += 1
            kept = False
            try:
                yield self._connected()
                self._keep()
                kept = True
            finally:
                self._depth -= 1
                if not kept:
                    self._undo()
                if not self._depth:
                    self._lost = False
                    if self._readers:
                        self._look()

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Inside, everything is read as it was at one moment."""
        with self._lock:
            if not self._depth and not self._readers:
                self._look()
            self._readers += 1
            try:
                yield
            finally:
                self._readers -= 1
                if not self._readers and not self._depth:
                    self._look_away()
                    self._lost = False

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._engine.dispose()

    def _open(self) -> None:
        if self._depth:
            self._say(f"SAVEPOINT inner_{self._depth}")
            return
        self._look_away()
        self._changed = False
        self._say(self._begin)

    def _keep(self) -> None:
        if self._lost:
            raise StoreUnavailable("the connection was lost")
        if self._depth > 1:
            self._say(f"RELEASE SAVEPOINT inner_{self._depth - 1}")
            return
        self._say("COMMIT")
        self.revision += self._changed

    def _undo(self) -> None:
        if self._lost or self._connection is None:
            return
        try:
            if self._depth:
                self._say(f"ROLLBACK TO SAVEPOINT inner_{self._depth}")
            else:
                self._say("ROLLBACK")
        except StoreUnavailable:  # with the connection, what was done on it is gone
            pass

    def _look(self) -> None:
        self._say(self._begin_read)
        self._snapshot = True

    def _look_away(self) -> None:
        if self._snapshot:
            self._snapshot = False
            self._say("COMMIT")

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _execute(self, statement: Executable, values: Any) -> Any:
        return self._ask(lambda connection: connection.execute(statement, values))

    def _say(self, statement: str) -> None:
        self._ask(lambda connection: connection.exec_driver_sql(statement))

    def _ask(self, ask: Callable[[Connection], Any]) -> Any:
        if self._lost:
            raise StoreUnavailable("the connection was lost")
        kept = self._connection is not None
        try:
            return ask(self._connected())
        except OUR_FAULTS:
            raise
        except DBAPIError as problem:
            self._lose()
            if kept and not self._lost and problem.connection_invalidated:
                return self._ask(ask)  # the server went away and may be back
            raise StoreUnavailable(str(problem.orig).strip().partition("\n")[0]) from None

    def _lose(self) -> None:
        """Drop the connection, and with it what was done on it."""
        connection, self._connection = self._connection, None
        self._lost = bool(self._depth or self._readers)
        self._snapshot = False
        if connection is not None:
            connection.invalidate()
            connection.close()
