"""Tags of users: keys are unique without regard to letter case (recorded; policies differ)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fake_iam.domain.errors import InvalidInput, LimitExceeded

TAGS_PER_ENTITY = 50


@dataclass(frozen=True, slots=True)
class Tag:
    """A key and its value, in the spelling they were given in."""

    key: str
    value: str


Tags = tuple[Tag, ...]


def distinct(tags: Iterable[Tag]) -> Tags:
    """The tags as given. Raises InvalidInput if two keys differ by letter case at most."""
    given = tuple(tags)
    if len({tag.key.lower() for tag in given}) < len(given):
        raise duplicate_tag_keys()
    return given


def merged(present: Tags, given: Iterable[Tag]) -> Tags:
    """The present tags with the given ones put over them; a key in other letter case takes the new spelling.

    Raises:
        InvalidInput: the same key twice among the given.
        LimitExceeded: more than 50 tags in the end.
    """
    added = distinct(given)
    replaced = {tag.key.lower(): tag for tag in (*present, *added)}
    if len(replaced) > TAGS_PER_ENTITY:
        raise too_many_tags()
    return tuple(replaced.values())


def without(present: Tags, keys: Iterable[str]) -> Tags:
    """The present tags less those named; a key that is not there is no error."""
    gone = {key.lower() for key in keys}
    return tuple(tag for tag in present if tag.key.lower() not in gone)


def list_order(tag: Tag) -> tuple[int, str]:
    """How lists of tags are sorted: shorter keys first, then by character (recorded)."""
    return len(tag.key), tag.key


def duplicate_tag_keys() -> InvalidInput:
    """The same tag key twice, in any letter case (users and roles)."""
    return InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")


def too_many_tags() -> LimitExceeded:
    """More tags than an entity may carry."""
    return LimitExceeded("The number of tags has reached the maximum limit.")
