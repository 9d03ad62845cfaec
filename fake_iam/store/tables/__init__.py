"""The tables of an account: which rows they hold, and by what these are found. Every store keeps to it.

A noun's table stands in the room of its domain module.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from fake_iam.store.tables import account, credentials, identities, policies, providers, sts
from fake_iam.store.tables.declaring import Indexes

# Under a kind of row, by its module and name: the indexes of its table. So a kind is loaded when its first row is.
TABLES: Final[Mapping[str, Indexes]] = {
    **identities.TABLES,
    **credentials.TABLES,
    **policies.TABLES,
    **providers.TABLES,
    **account.TABLES,
    **sts.TABLES,
}


def declared(kind: type[Any]) -> str:
    """The name of a kind in ``TABLES``."""
    return f"{kind.__module__.removeprefix('fake_iam.domain.')}.{kind.__name__}"


def kind_of(name: str) -> type[Any]:
    """The kind of that name in ``TABLES``."""
    module, _, kind = name.rpartition(".")
    found: type[Any] = getattr(import_module(f"fake_iam.domain.{module}"), kind)
    return found
