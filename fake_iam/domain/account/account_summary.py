"""What rows add to GetAccountSummary. A kind that adds something has a static method ``summary`` of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol


class Rows(Protocol):
    """The rows of one kind in an account, as the store keeps and counts them."""

    def __len__(self) -> int: ...

    def items(self) -> Sequence[tuple[str, Any]]:
        """All rows with their keys; for kinds of which there are few."""
        ...

    def tally(self, index: str) -> Mapping[str, int]:
        """How many rows have each counted value."""
        ...


# Nouns that may not be there, and what AWS says of an account that has none.
NONE: Final[Mapping[str, int]] = {"InstanceProfiles": 0, "Providers": 0, "Roles": 0}


def added(kind: type[Any], rows: Rows) -> Mapping[str, int]:
    """What the rows of a kind add, if that kind adds something."""
    summary = getattr(kind, "summary", None)
    found: Mapping[str, int] = {} if summary is None else summary(rows)
    return found
