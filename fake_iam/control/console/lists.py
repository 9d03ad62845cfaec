"""Long lists in pages, by a marker and the beginning of a name, as the store reads them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.store.base import Account, Table

PAGE: Final = 50
ROOT_PATH: Final = "/"
OWN: Final = "0"  # how the place of an account's own policy begins


class Listed(NamedTuple):
    """A page of rows, and the place behind which the next one begins; None if there is none."""

    rows: list[Any]
    next: str | None


def named(
    account: Account, kind: type[User] | type[Role] | type[ManagedPolicy], prefix: str, marker: str | None
) -> Listed:
    """Users, roles or policies whose names begin with ``prefix``, letter case aside, behind ``marker``."""
    table: Table[Any] = account.table(kind)
    mark = OWN if kind is ManagedPolicy else ""
    found = list(islice(_walk(table, mark, name_key(prefix), marker), PAGE + 1))
    return Listed(found[:PAGE], mark + found[PAGE - 1].name_key if len(found) > PAGE else None)


def _walk(table: Table[Any], mark: str, prefix: str, marker: str | None) -> Iterator[Any]:
    last = marker
    if prefix and marker is None:
        first = table.find("name", prefix)
        if first is not None:
            yield first
        last = mark + prefix
    for row in table.after("path", ROOT_PATH, last):
        if not row.name_key.startswith(prefix):
            return
        yield row
