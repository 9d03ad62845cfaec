"""Dates of what is there already, set as a test needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Flag, Moment, Record
from fake_iam.control.documents.moments import write_moment
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Dates, Found
from fake_iam.control.nouns.registry import nouns
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

ACCOUNT: Final = Field(ACCOUNT_ID, "its account; the one that answers if left out")
IMPOSSIBLE: Final = Field(Flag(), "whether dates may be set that cannot be, such as a use before the creation")


class _Change(NamedTuple):
    """Dates of a row that were set."""

    part: Dates
    found: Found
    names: list[str]


class _Point(NamedTuple):
    """A date of a row, and whose it is in words."""

    field: str
    at: datetime | None
    whose: str

    @classmethod
    def of(cls, part: Dates, row: Any, field: str) -> _Point:
        """One of the row's dates."""
        called = getattr(row, "name", None) or getattr(row, "id", None)
        whose = f"{part.thing.replace('_', ' ')} {called!r}" if called else f"the {part.missing}"
        return cls(field, part.dates[field].of(row), whose)


@cache
def dated() -> Mapping[str, tuple[Dates, ...]]:
    """What has dates that can be set, under the field that names it."""
    found: dict[str, tuple[Dates, ...]] = {}
    for noun in nouns():
        if noun.dates is not None:
            found[noun.dates.thing] = (*found.get(noun.dates.thing, ()), noun.dates)
    return found


def formats(date: Moment) -> dict[str, Record]:
    """What can be set of each thing, under the field that names it; ``date`` is what a date may be."""
    return {thing: _format(thing, date) for thing in dated()}


def _format(thing: str, date: Moment) -> Record:
    parts = dated()[thing]
    fields = {thing: Field(parts[0].named_by, parts[0].by, required=True)}
    if not parts[0].everywhere:
        fields["account_id"] = ACCOUNT
    for part in parts:
        fields.update(part.fields(date))
    return Record({**fields, "allow_impossible": IMPOSSIBLE})


def backdate(engine: Engine, now: datetime, values: Mapping[str, Any]) -> None:
    """Set dates of the thing that one field names. Dates that are left out stay as they are.

    Raises:
        FormatError: a field cannot be, lies in the future, comes before what it follows, or names what is not there;
            there is no date; nothing has changed then.
    """
    thing = next((name for name in dated() if name in values), None)
    if thing is None:
        raise FormatError((), f"nothing is named; give one of {', '.join(dated())}")
    given = _format(thing, Moment(now)).read(values)
    possible = [name for part in dated()[thing] for name in part.dates]
    if not set(possible) & given.keys():
        raise FormatError((), f"no date is given for {given[thing]!r}; give one of {', '.join(possible)}")
    account = engine.store.account(given.get("account_id", engine.account_id))
    with engine.store.transaction():
        changes = [_change(engine, account, part, given) for part in dated()[thing] if part.dates.keys() & given.keys()]
        for change in () if given.get("allow_impossible") else changes:
            for point, other, is_before in _orders(engine, change):
                _must_follow(point, other, is_before)


def _change(engine: Engine, account: Account, part: Dates, given: Mapping[str, Any]) -> _Change:
    """Set the dates that are given of one kind of row."""
    found = part.find(engine, account, given[part.thing])
    if found is None:
        whose = "this server" if part.everywhere else f"account {account.id}"
        raise FormatError((part.thing,), f"{given[part.thing]!r} is no {part.missing} of {whose}")
    names = [name for name in part.dates if name in given]
    changes = {part.dates[name].attribute: part.dates[name].to_row(engine, found, given[name]) for name in names}
    row = replace(found.row, **changes)
    found.account.table(part.kind).put(found.key, row)
    return _Change(part, found._replace(row=row), names)


def _orders(engine: Engine, change: _Change) -> Iterator[tuple[_Point, _Point, bool]]:
    """Each date that was set, beside another, and whether it must not come after that or not come before it."""
    part, found, names = change
    for first, second in part.follows:
        earlier, later = _Point.of(part, found.row, first), _Point.of(part, found.row, second)
        if second in names:
            yield later, earlier, False
        elif first in names:
            yield earlier, later, True
    if part.begins is None or part.begins not in names:
        return
    begun = _Point.of(part, found.row, part.begins)
    for other in (other for parts in dated().values() for other in parts if other.begins is not None):
        assert other.begins is not None
        if other.owner is not None and hasattr(found.row, "owner_id"):
            owner = other.owner(engine, found.account, found.row.owner_id)
            if owner is not None:
                yield begun, _Point.of(other, owner, other.begins), False
        if part.owner is not None and other.owner is None:
            for row in found.account.table(other.kind).where("owner", found.key):
                yield begun, _Point.of(other, row, other.begins), True


def _must_follow(point: _Point, other: _Point, is_before: bool) -> None:
    """Raises FormatError. What AWS dates to the second may be that much before what is dated more finely."""
    if point.at is None or other.at is None:
        return
    earlier, later = (point.at, other.at) if is_before else (other.at, point.at)
    if later < earlier.replace(microsecond=0):
        raise FormatError(
            (point.field,),
            f"{write_moment(point.at)} is {'after' if is_before else 'before'} {other.field} of {other.whose} "
            f"({write_moment(other.at)}); set that first, or give allow_impossible",
        )
