"""What a table declares of its indexes, and the indexes that many tables have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Value = Callable[[Any], str | None]  # of a row; a row whose value is None is left out


class Order(NamedTuple):
    """An index for lists that grow with the account.

    Both functions are given a row and, if ``by_owner``, the user or group in its ``owner_id``, or None if that is gone.

    Args:
        lists: names of the lists that the row is in. They end in a slash; what is in ``/a/b/`` is in ``/a/``, too.
        place: what the lists are sorted by; markers name it.
        by_owner: whether the owner has a say. Such a table has a look-up ``owner``.
    """

    lists: Callable[[Any, Any], Sequence[str]]
    place: Callable[[Any, Any], str]
    by_owner: bool = False


class Indexes(NamedTuple):
    """What is kept beside the rows of a kind. Every entry takes room: nothing is here that no operation asks for.

    Args:
        lookups: values that few rows share, such as a name, or the owner: what belongs to a user has its user id.
        tallies: values whose rows are counted.
        orders: lists that are read in pages.
        fields: all that these go by, for rows that often change in something else; nothing stands for the whole row.
    """

    lookups: Mapping[str, Value] = MappingProxyType({})
    tallies: Mapping[str, Value] = MappingProxyType({})
    orders: Mapping[str, Order] = MappingProxyType({})
    fields: tuple[str, ...] = ()


def directories(path: str) -> list[str]:
    """A path and all above it: ``/``, ``/a/``, ``/a/b/``."""
    return ["/"] if path == "/" else list(accumulate(f"{part}/" for part in path.split("/")[:-1]))


def by_name(row: Any, _: Any) -> str:
    """The place of a row in a list that is sorted by name."""
    name: str = row.name_key
    return name


def _owner(row: Any) -> str | None:
    owner_id: str | None = row.owner_id or None
    return owner_id


TAGGED: Final = {"tagged": Order(lambda row, _: ["tagged/"] if row.tags else [], lambda row, _: row.arn)}
BY_PATH: Final = Order(lambda row, _: directories(row.path), by_name)
OWNED: Final = {"owner": _owner}
NAMED: Final = {"name": lambda row: row.name_key}
