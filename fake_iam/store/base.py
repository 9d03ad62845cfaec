"""What services may ask of a store: three protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User

if TYPE_CHECKING:
    from fake_iam.domain.sts.sessions import Session

Row = TypeVar("Row")
ReadRow = TypeVar("ReadRow", covariant=True)
T = TypeVar("T")


class StoreError(Exception):
    """A store that cannot be used; the text says why."""


class StoreUnavailable(StoreError):
    """A store that does not answer now: its file is locked or cannot be written, or its server is gone.

    What was not committed is undone. The next transaction tries again.
    """


class ChangeInReading(StoreError):
    """Rows were to be changed by what had said that it only reads. Nothing was changed."""


class Table(Protocol[Row]):
    """Rows of one kind under unique keys, found and counted by the indexes that ``store.tables`` declares."""

    def get(self, key: str) -> Row | None:
        """The row under a key, or None."""
        ...

    def put(self, key: str, row: Row) -> None:
        """Add a row or replace the one under the key."""
        ...

    def delete(self, key: str) -> None:
        """Take the row away. Raises KeyError if there is none."""
        ...

    def where(self, index: str, value: str) -> Sequence[Row]:
        """The rows whose looked-up value is this one, in no particular order. Few rows share a value."""
        ...

    def find(self, index: str, value: str) -> Row | None:
        """One of those rows, or None."""
        ...

    def tally(self, index: str) -> Mapping[str, int]:
        """How many rows have each counted value; what none has is left out."""
        ...

    def after(self, index: str, within: str, last: str | None = None) -> Iterator[Row]:
        """The rows of an ordered list by their place, those behind the place ``last``; taken one at a time.

        ``within`` is the name of a list; without a slash at its end, the lists whose names begin so are read as one.
        The table must not change meanwhile. To begin takes the logarithm of the number of rows, for each such list.
        """
        ...

    def latest(self, most: int) -> Sequence[Row]:
        """The rows that were added last, the newest first, no more than ``most``. The others are not read."""
        ...

    def items(self) -> Sequence[tuple[str, Row]]:
        """All keys with their rows, in the order of insertion: for dumps, not for operations."""
        ...

    def __len__(self) -> int: ...


class PolicyTable(Protocol[ReadRow]):
    """What policies ask of a table."""

    def get(self, key: str, /) -> ReadRow | None:
        """The row under a key, or None."""
        ...

    def where(self, index: str, value: str, /) -> Sequence[ReadRow]:
        """The rows whose looked-up value is this one."""
        ...


class PolicyAccount(Protocol):
    """An account as far as policies go: its rows as they are, or as they were before changes that are not seen yet."""

    @property
    def users(self) -> PolicyTable[User]:
        """Users by id, for which ``table`` takes longer."""
        ...

    def table(self, kind: type[Row], /) -> PolicyTable[Row]:
        """The table of rows of a kind."""
        ...

    def counter(self, kinds: Sequence[type[Any]], /) -> Callable[[], int] | None:
        """What counts the changes of rows of these kinds; None if they cannot be told."""
        ...


class Account(Protocol):
    """All rows of one account; ``users``, ``access_keys`` and ``sessions`` are short for their tables."""

    id: str

    def table(self, kind: type[Row]) -> Table[Row]:
        """The table of rows of a kind; its indexes are declared in ``store.tables``."""
        ...

    def kinds(self) -> Sequence[type[Any]]:
        """The kinds of rows that there are tables for."""
        ...

    def counter(self, kinds: Sequence[type[Any]]) -> Callable[[], int]:
        """What counts the changes of rows of these kinds, and may count more than them."""
        ...

    def holds(self, name: str) -> bool:
        """Whether there are rows of the kind of that name in ``store.tables``; the kind is not loaded for it."""
        ...

    @property
    def users(self) -> Table[User]:
        """Users by id."""
        ...

    @property
    def access_keys(self) -> Table[AccessKey]:
        """Long-term keys by key id."""
        ...

    @property
    def sessions(self) -> Table[Session]:
        """Temporary credentials by key id."""
        ...


class Store(Protocol):
    """Accounts, each isolated from the others, changed in transactions."""

    def transaction(self) -> AbstractContextManager[object]:
        """One at a time; an exception inside leaves nothing behind. One inside another is undone by itself."""
        ...

    def unchanged(self) -> AbstractContextManager[object]:
        """Inside, everything is read as it was at one moment.

        A transaction may begin there. It begins at the latest state, for another process may have changed it meanwhile:
        what it changes is read again in it.
        """
        ...

    def picture(self, beside: Callable[[], T]) -> AbstractContextManager[tuple[Store, T]]:
        """The store as it is at one moment, for long reading, and what ``beside`` gives at that moment.

        Nothing may be changed in it. Where it is a copy, others wait for no more than the copy.
        """
        ...

    def rebuilt(self, rebuild: Callable[[Store], T], keep: Callable[[T], bool], *, afresh: bool) -> T:
        """What ``rebuild`` gives, which fills the store that it is handed: all that it does counts, or nothing.

        Where that is a copy, others wait for no more than the copy and its exchange with the store. ``keep`` is asked
        before the exchange, when nobody else changes anything. If it says no, or if others have made or deleted
        something meanwhile, ``rebuild`` does it again, in the store itself, and others wait.

        Args:
            rebuild: what may take long.
            keep: whether what it did may count.
            afresh: it replaces everything, also what others change meanwhile.
        """

    def reading(self) -> AbstractContextManager[object]:
        """For what changes nothing, as far as it knows: others need not wait for it.

        Raises:
            ChangeInReading: something was to be changed all the same, and the store cannot do that here.
        """
        ...

    def change_soon(self, account_id: str, kind: type[Row], key: str, change: Callable[[Row], Row]) -> None:
        """Change a row that is there: at once for this process, for others within a second. A kill may lose it."""
        ...

    def flush(self) -> None:
        """Store what ``change_soon`` has changed."""
        ...

    def account(self, account_id: str) -> Account:
        """The account of that number, empty until something is put there."""
        ...

    def accounts(self) -> Sequence[Account]:
        """Every account that holds something."""
        ...

    def key_account(self, key_id: str) -> str | None:
        """The account that issued a key id, deleted keys and sessions included, or None if none did."""
        ...

    def record_issue(self, key_id: str, account_id: str) -> int:
        """Remember for good that an account issued the key id; the answer counts the ids issued before it."""
        ...

    def serial(self, key_id: str) -> int | None:
        """How many ids were issued before this one, or None if it was not issued."""
        ...

    def issued(self) -> Sequence[tuple[str, str]]:
        """Every key id that was issued, with its account, in the order of issue."""
        ...

    def note(self, name: str) -> str | None:
        """A text that is kept beside the rows, or None."""
        ...

    def keep_note(self, name: str, text: str | None) -> None:
        """Keep a text under a name, or none any more."""
        ...

    @property
    def revision(self) -> int:
        """Counts the transactions of this process that changed something."""
        ...

    def clear(self) -> None:
        """Forget everything but the notes."""
        ...

    def close(self) -> None:
        """Flush, and let go of what is open, outside of transactions; what comes next opens it again.

        Raises:
            StoreUnavailable: what ``change_soon`` has changed could not be stored.
        """
        ...
