"""The store at an address: ``memory``, or that of a database."""

from __future__ import annotations

from typing import Final

from fake_iam.store.base import Store
from fake_iam.store.memory import MemoryStore

MEMORY: Final = "memory"


def open_store(address: str) -> Store:
    """The store, made if it is not there.

    Raises:
        StoreError: the address cannot be, the store is of a later release, does not answer, or needs what is missing.
    """
    if address == MEMORY:
        return MemoryStore()
    from fake_iam.store.sql import engines  # most servers keep their state in memory, and start sooner without it

    return engines.open_store(address)
