"""One connection to a database, its transactions, what is known of it, and what happens when it does not answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DBAPIError

from fake_iam.store.base import ChangeInReading, StoreUnavailable

Found = TypeVar("Found")
MOST_KNOWN: Final = 50_000
"""So many answers are remembered; after that all are asked for again."""


class Speech(NamedTuple):
    """What an engine is told, in as few round trips as it takes.

    Args:
        lock: begins a transaction of the only writer.
        begin: the same, and then asks for the version.
        begin_read: begins to read what is there at one moment, and asks for its version.
        version: asks for a number that is another one once another process has changed something.
        commit: ends a transaction that changed something.
        counts: whether ``commit`` makes the version one more; else only what others change does.
    """

    lock: str
    begin: Sequence[str]
    begin_read: Sequence[str]
    version: str
    commit: str
    counts: bool


class Database:
    """Statements, one thread at a time. A connection that failed is dropped; the next statement makes another.

    What was asked by ``recall`` is remembered until somebody changes it: this process says so itself, by ``remember``
    and ``forget``, and that another one did is told by the version. ``lock`` is held by the thread that asks.

    Args:
        engine: the engine, which commits nothing by itself.
        speech: what it is told.
        tell: tells it to a connection of the driver, and gives the number that the last statement answers, if it does.
        check: raises an error of the driver if what is connected, or would be, is not what it was.
    """

    def __init__(
        self,
        engine: Engine,
        speech: Speech,
        tell: Callable[[Any, str], int | None],
        check: Callable[[], object] = lambda: None,
    ) -> None:
        self._engine = engine
        self._speech = speech
        self._tell_driver = tell
        self._check = check
        dbapi: Any = engine.dialect.loaded_dbapi
        self._errors = (dbapi.Error, DBAPIError)
        self._our_faults = (dbapi.DataError, dbapi.IntegrityError, dbapi.ProgrammingError)
        self.lock = threading.RLock()
        self._connection: Connection | None = None
        self._driver: Any = None  # the same connection, as the driver has it
        self._prepared: dict[Executable, _Prepared] = {}
        self._known: dict[Hashable, Any] = {}
        self._forgotten = 0
        self._version: int | None = None
        self._undoing: list[Callable[[], object]] = []
        self._depth = 0  # of transactions
        self._readers = 0
        self._snapshot = False
        self._lost = False
        self._changed = False
        self.revision = 0

    def read(self, statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows that a query finds."""
        with self.lock:
            prepared = self._prepare(statement)
            found: Sequence[Any] = self._say(prepared.text, prepared.values(values)).fetchall()
            return found

    def recall(self, name: Hashable, ask: Callable[[], Found]) -> Found:
        """What is known under a name; if it is not known or may have changed, it is asked for."""
        with self.lock:
            self._keep_up()
            try:
                found: Found = self._known[name]
            except KeyError:
                found = ask()
                self.remember(name, found)
            return found

    @property
    def forgotten(self) -> int:
        """Counts how often everything had to be forgotten: what others change, or undo here, is in it."""
        with self.lock:
            self._keep_up()
            return self._forgotten

    def remember(self, name: Hashable, value: Any) -> None:
        """Know this from now on: it was just read, or written by this transaction."""
        if len(self._known) >= MOST_KNOWN:
            self.forget_all()
        self._known[name] = value

    def forget(self, name: Hashable) -> None:
        """Ask again the next time: this transaction changes it."""
        self._known.pop(name, None)

    def when_undone(self, do: Callable[[], object]) -> None:
        """Do something if this transaction is undone."""
        if self._depth:
            self._undoing.append(do)

    def forget_all(self) -> None:
        """Ask for everything again."""
        self._known.clear()
        self._forgotten += 1

    def write(self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
        """Change something, once or for each of the values; tells how many rows it met.

        Raises:
            ChangeInReading: there is no transaction.
        """
        if not self._depth:
            raise ChangeInReading("rows are changed in transactions")
        self._changed = True
        prepared = self._prepare(statement)
        if isinstance(values, Mapping):
            found: int = self._say(prepared.text, prepared.values(values)).rowcount
            return found
        return sum(self._say(prepared.text, prepared.values(each)).rowcount for each in values)

    def write_all(self, statement: Executable, values: Iterable[Mapping[str, Any]]) -> None:
        """Add many rows, in a third of the time. Raises ChangeInReading."""
        if not self._depth:
            raise ChangeInReading("rows are changed in transactions")
        self._changed = True
        prepared = self._prepare(statement)
        self._attempt(lambda: self._driver.cursor().executemany(prepared.text, map(prepared.values, values)))

    @contextmanager
    def first(self) -> Iterator[Connection]:
        """A transaction in a database that may have no tables yet."""
        with self.lock:
            self._tell(self._speech.lock)
            self._depth += 1
            done = False
            try:
                yield self._connected()
                self._tell("COMMIT")
                done = True
            finally:
                self._depth -= 1
                if not done:
                    self._undo()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; one inside another is undone by itself.

        One that begins inside of ``unchanged`` begins at the latest state.
        """
        with self.lock:
            self._open()
            self._depth += 1
            start, kept = len(self._undoing), False
            try:
                yield
                self._keep()
                kept = True
            finally:
                self._depth -= 1
                if not kept:
                    self._undo()
                    for do in self._undoing[start:]:
                        do()
                if not kept or not self._depth:
                    del self._undoing[start:]
                if not self._depth:
                    self._lost = False
                    if self._readers:
                        self._look()

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Inside, everything is read as it was at one moment."""
        with self.lock:
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
        with self.lock:
            self._disconnect()
            self._engine.dispose()

    def _keep_up(self) -> None:
        """Forget everything if another process has changed something and may have done so unnoticed."""
        if not self._depth and not self._snapshot:
            self._compare(self._tell(self._speech.version))

    def _open(self) -> None:
        if self._depth:
            self._tell(f"SAVEPOINT inner_{self._depth}")
            return
        self._look_away()
        self._changed = False
        self._begin(self._speech.begin)

    def _keep(self) -> None:
        if self._lost:
            raise StoreUnavailable("the connection was lost")
        if self._depth > 1:
            self._tell(f"RELEASE SAVEPOINT inner_{self._depth - 1}")
            return
        self._tell(self._speech.commit if self._changed else "COMMIT")
        if self._changed:
            self.revision += 1
            if self._speech.counts and self._version is not None:
                self._version += 1

    def _undo(self) -> None:
        self.forget_all()
        if self._lost or self._connection is None:
            return
        try:
            if self._depth:
                self._tell(f"ROLLBACK TO SAVEPOINT inner_{self._depth}")
            else:
                self._tell("ROLLBACK")
        except StoreUnavailable:  # with the connection, what was done on it is gone
            pass

    def _look(self) -> None:
        self._begin(self._speech.begin_read)
        self._snapshot = True

    def _look_away(self) -> None:
        if self._snapshot:
            self._tell("COMMIT")
            self._snapshot = False

    def _begin(self, texts: Sequence[str]) -> None:
        """Begin a transaction by statements whose last one asks for the version."""
        for text in texts:
            version = self._tell(text)
        self._compare(version)

    def _compare(self, version: int | None) -> None:
        """Forget all if the version is another one."""
        if version != self._version:
            self.forget_all()
            self._version = version

    def _prepare(self, statement: Executable) -> _Prepared:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = _Prepared(statement, self._engine)
        return prepared

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._driver = self._connection.connection.driver_connection
        return self._connection

    def _say(self, text: str, values: Any) -> Any:
        """The driver's cursor behind a statement about rows."""
        return self._attempt(lambda: self._driver.execute(text, values))

    def _tell(self, text: str) -> int | None:
        """The answer to a statement about transactions or the version."""
        return self._attempt(lambda: self._tell_driver(self._driver, text))

    def _attempt(self, do: Callable[[], Found]) -> Found:
        """Do something with a connection, which is dropped if it fails."""
        if self._lost:
            raise StoreUnavailable("the connection was lost")
        kept = self._connection is not None
        try:
            if not self._depth and not self._snapshot:
                self._check()
            self._connected()
            return do()
        except self._our_faults:
            raise
        except self._errors as problem:
            reason: Any = problem.orig if isinstance(problem, DBAPIError) else problem
            gone = kept and self._engine.dialect.is_disconnect(reason, self._driver, None)
            self._lose()
            if gone and not self._lost:
                return self._attempt(do)  # the server went away and may be back
            raise StoreUnavailable(str(reason).strip().partition("\n")[0]) from None

    def _lose(self) -> None:
        """Drop the connection, and with it what was done on it."""
        self._lost = bool(self._depth or self._readers)
        self._snapshot = False
        if self._connection is not None:
            self._connection.invalidate()
        self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection, self._driver = self._connection, None, None
        self.forget_all()
        self._version = None  # it may count for each connection
        if connection is not None:
            connection.close()


class _Prepared:
    """A statement as the driver takes it: compiled once, since that takes longer than to run it."""

    __slots__ = ("_defaults", "_names", "text")

    def __init__(self, statement: Executable, engine: Engine) -> None:
        compiled: Any = statement.compile(dialect=engine.dialect)  # type: ignore[attr-defined]
        self.text: str = compiled.string
        self._defaults: dict[str, Any] = {name: value for name, value in compiled.params.items() if value is not None}
        self._names: Sequence[str] | None = compiled.positiontup

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values of its parameters in the driver's form."""
        if self._names is None:
            return {**self._defaults, **given}
        defaults = self._defaults
        return tuple([given[name] if name in given else defaults[name] for name in self._names])
