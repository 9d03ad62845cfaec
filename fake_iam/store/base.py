"""What services may ask of a store: three protocols."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from fake_iam.domain.access_keys import AccessKey, Session
from fake_iam.domain.users import User

Row = TypeVar("Row")


class Table(Protocol[Row]):
    """Rows of one kind under unique keys, with look-up by declared indexes."""

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
        """The rows whose indexed value is this one, in no particular order."""
        ...

    def find(self, index: str, value: str) -> Row | None:
        """One of those rows, or None."""
        ...

    def items(self) -> Sequence[tuple[str, Row]]:
        """All keys with their rows, in the order of insertion."""
        ...

    def rows(self, order: str) -> Sequence[Row]:
        """All rows sorted by an index; the sequence must not be changed."""
        ...

    def __len__(self) -> int: ...


class Account(Protocol):
    """All rows of one account; ``users``, ``access_keys`` and ``sessions`` are short for their tables."""

    id: str

    def table(self, kind: type[Row]) -> Table[Row]:
        """The table of rows of a kind; its indexes are declared in ``store.tables``."""
        ...

    def kinds(self) -> Sequence[type[Any]]:
        """The kinds of rows that there are tables for."""
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

    def transaction(self) -> AbstractContextManager[None]:
        """One at a time; an exception inside leaves nothing behind."""
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

    def issued(self) -> Sequence[tuple[str, str]]:
        """Every key id that was issued, with its account, in the order of issue."""
        ...

    @property
    def revision(self) -> int:
        """Counts the transactions that changed something."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...
