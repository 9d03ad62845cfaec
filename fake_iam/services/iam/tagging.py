"""Tags of every noun: what the operations Tag..., Untag... and List...Tags do.

A noun says once, in a ``Tagged`` beside its operations, how it differs from the others. Lists differ in their order:
recorded for users (shorter keys first), and for roles and instance profiles (the order in which keys were first set).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from fake_iam.domain import tags as rules
from fake_iam.domain.tags import ANY_CASE, Tag, TagKeys, Tags
from fake_iam.services.context import Context
from fake_iam.services.iam import views

Members = Iterable[Mapping[str, str]]  # tags as a request carries them


class Tagged(NamedTuple):
    """How the tags of a noun are found, kept and shown.

    Args:
        kind: its rows.
        key: what a row is stored under.
        find: the row that a request names, or an error.
        find_own: the same for a request that changes tags, if something is asked besides.
        keys: which keys are one.
        as_set: whether lists keep the order in which keys were first set; else shorter keys come first.
    """

    kind: type[Any]
    key: Callable[[Any], str]
    find: Callable[[Context, str], Any]
    find_own: Callable[[Context, str], Any] | None = None
    keys: TagKeys = ANY_CASE
    as_set: bool = False


def given(members: Members, keys: TagKeys = ANY_CASE) -> Tags:
    """The tags that something is made with. Raises InvalidInput for the same key twice."""
    return rules.distinct(_read(members), keys)


def add(ctx: Context, noun: Tagged, named: str, members: Members) -> None:
    """Add tags; a key that is there takes the new value. Raises what finding and ``rules.merged`` do."""
    row = (noun.find_own or noun.find)(ctx, named)
    _keep(ctx, noun, row, rules.merged(row.tags, _read(members), noun.keys))


def remove(ctx: Context, noun: Tagged, named: str, keys: Sequence[str]) -> None:
    """Take tags off; keys that are not there are passed over."""
    row = (noun.find_own or noun.find)(ctx, named)
    _keep(ctx, noun, row, rules.without(row.tags, keys, noun.keys))


def listed(
    ctx: Context, noun: Tagged, named: str, operation: str, marker: str | None, max_items: int | None
) -> dict[str, Any]:
    """A page of tags, as the operation of that name answers it."""
    row = noun.find(ctx, named)
    tags = row.tags if noun.as_set else views.sorted_tags(row.tags)
    page = ctx.page(
        list(enumerate(tags)),
        scope=f"{operation} {noun.key(row)}",
        key=_set_at if noun.as_set else _length_and_key,
        marker=marker,
        max_items=max_items,
    )
    return {"Tags": views.tag_list(tag for _, tag in page.items), **page.fields()}


def _read(members: Members) -> Tags:
    return tuple(Tag(member["Key"], member["Value"]) for member in members)


def _keep(ctx: Context, noun: Tagged, row: Any, tags: Tags) -> None:
    """Put the tags in place of what the row had. That is no update of a policy (assumed)."""
    ctx.account.table(noun.kind).put(noun.key(row), replace(row, tags=tags))


def _set_at(placed: tuple[int, Tag]) -> str:
    return f"{placed[0]:03d}"


def _length_and_key(placed: tuple[int, Tag]) -> str:
    key = placed[1].key
    return f"{len(key):03d}{key}"
