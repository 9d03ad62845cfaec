"""Which dates of a noun can be set when it is there already, and which must not come before which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from fake_iam.control.documents.format import Field, Kind, Moment, Schema, Text
from fake_iam.control.documents.problems import Where
from fake_iam.domain.identities.users import name_key
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account


def _same(value: Any) -> Any:
    return value


def _as_read(engine: Engine, found: Found, value: Any) -> Any:
    return value


class Found(NamedTuple):
    """A row, and where it is kept."""

    account: Account
    key: str
    row: Any


@dataclass(frozen=True)
class OrNever:
    """A date, or null or the word never."""

    date: Kind

    def read(self, value: Any, where: Where) -> Any:
        """The date, or None. Raises FormatError."""
        return None if value is None or value == "never" else self.date.read(value, where)

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"anyOf": [self.date.schema(), {"type": "null"}]}


@dataclass(frozen=True, kw_only=True)
class Date:
    """A date that can be set.

    Args:
        attribute: the row's.
        meaning: what it means.
        kind: what it may be, given what a date may be.
        to_row: what the row keeps of what was read.
        moment: the date in what the row keeps.
    """

    attribute: str
    meaning: str
    kind: Callable[[Moment], Kind] = field(default=_same)
    to_row: Callable[[Engine, Found, Any], Any] = field(default=_as_read)
    moment: Callable[[Any], datetime | None] = field(default=_same)

    def of(self, row: Any) -> datetime | None:
        """The date of a row."""
        return self.moment(getattr(row, self.attribute))


Find = Callable[[Engine, Account, Any], "Found | None"]


@dataclass(frozen=True, kw_only=True)
class Dates:
    """What can be set of the rows of one kind.

    Args:
        thing: the field that names the thing. Nouns may share one: a password's dates are set by naming its user.
        by: what that field holds.
        kind: the kind of row.
        dates: the dates under the names of their fields.
        find: finds the row in an account, or None.
        missing: what a thing that is not found is not.
        begins: the date before which nothing can have happened to it.
        follows: of these pairs the second date is not before the first.
        owner: the row that others file themselves under by their ``owner_id``, if it is of this noun.
        everywhere: whether it is found in whatever account it is.
    """

    thing: str
    by: str
    kind: type[Any]
    dates: Mapping[str, Date]
    find: Find
    missing: str
    begins: str | None = None
    follows: tuple[tuple[str, str], ...] = ()
    owner: Callable[[Engine, Account, str], Any | None] | None = None
    everywhere: bool = False
    named_by: Kind = field(default_factory=Text)

    def fields(self, date: Moment) -> dict[str, Field]:
        """The fields of the dates, which may be null where the thing can be without."""
        return {name: Field(item.kind(date), item.meaning, null=True) for name, item in self.dates.items()}


def by_key(kind: type[Any]) -> Find:
    """Rows that are named by what they are kept under."""

    def find(engine: Engine, account: Account, key: str) -> Found | None:
        row = account.table(kind).get(key)
        return None if row is None else Found(account, key, row)

    return find


def by_name(kind: type[Any]) -> Find:
    """Rows that are named by their names, in whatever letter case."""

    def find(engine: Engine, account: Account, name: str) -> Found | None:
        row = account.table(kind).find("name", name_key(name))
        return None if row is None else Found(account, row.id, row)

    return find
