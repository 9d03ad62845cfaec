"""Tags: which keys are one, in which order they are listed, and how many there may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from fake_iam.domain.errors import InvalidInput, LimitExceeded

TAGS_PER_ENTITY: Final = 50


@dataclass(frozen=True, slots=True)
class Tag:
    """A key and its value, in the spelling they were given in."""

    key: str
    value: str


Tags = tuple[Tag, ...]


class TagKeys(NamedTuple):
    """Which keys of tags are one: those that ``fold`` makes the same. ``duplicate`` is AWS's word for one key twice."""

    fold: Callable[[str], str]
    duplicate: str


ANY_CASE: Final = TagKeys(str.lower, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
"""Keys of all nouns but policies: letter case does not count (recorded for roles and users)."""
EXACT: Final = TagKeys(str, "Duplicate tag keys found.")
"""Keys of policies: letter case counts (recorded)."""


def distinct(tags: Iterable[Tag], keys: TagKeys = ANY_CASE) -> Tags:
    """The tags as given. Raises InvalidInput if two keys are one."""
    given = tuple(tags)
    if len({keys.fold(tag.key) for tag in given}) < len(given):
        raise duplicate_tag_keys(keys)
    return given


def merged(present: Tags, given: Iterable[Tag], keys: TagKeys = ANY_CASE) -> Tags:
    """The present tags with the given ones put over them; a key that is there keeps its place, not its spelling.

    Raises:
        InvalidInput: the same key twice among the given.
        LimitExceeded: more than 50 tags in the end.
    """
    added = distinct(given, keys)
    replaced = {keys.fold(tag.key): tag for tag in (*present, *added)}
    if len(replaced) > TAGS_PER_ENTITY:
        raise too_many_tags()
    return tuple(replaced.values())


def without(present: Tags, named: Iterable[str], keys: TagKeys = ANY_CASE) -> Tags:
    """The present tags less those named; a key that is not there is no error."""
    gone = {keys.fold(key) for key in named}
    return tuple(tag for tag in present if keys.fold(tag.key) not in gone)


def list_order(tag: Tag) -> tuple[int, str]:
    """How lists of tags are sorted: shorter keys first, then by character (recorded)."""
    return len(tag.key), tag.key


def duplicate_tag_keys(keys: TagKeys) -> InvalidInput:
    """The same tag key twice."""
    return InvalidInput(keys.duplicate)


def too_many_tags() -> LimitExceeded:
    """More tags than an entity may carry."""
    return LimitExceeded("The number of tags has reached the maximum limit.")
