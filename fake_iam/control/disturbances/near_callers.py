"""The caller that was probably meant by a name that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Final

from fake_iam.domain.identities.roles import Role
from fake_iam.store.base import Store

MOST_NAMES: Final = 10_000
"""So many users, and so many roles, of an account are compared."""


def hint(store: Store, text: str) -> str:
    """``; did you mean alice?``, or nothing if no name is near; ARNs are compared with ARNs of users and roles."""
    near = get_close_matches(text, list(_arns(store) if text.startswith("arn:") else _user_names(store)), 1)
    return f"; did you mean {near[0]}?" if near else ""


def _user_names(store: Store) -> Iterator[str]:
    for account in store.accounts():
        yield from (user.name for user in islice(account.users.after("path", "/"), MOST_NAMES))


def _arns(store: Store) -> Iterator[str]:
    for account in store.accounts():
        yield from (user.arn for user in islice(account.users.after("path", "/"), MOST_NAMES))
        yield from (role.arn for role in islice(account.table(Role).after("path", "/"), MOST_NAMES))
