"""Who tried which operation here last: what access advisor knows besides the last use of keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fake_iam.services.context import Caller

if TYPE_CHECKING:
    from fake_iam.domain.account.access_reports import Access

MOST: Final = 10_000
"""So many users, roles and root users are remembered; for another one, who was seen first is forgotten."""


class Accesses:
    """The last attempt of each user, role and root user at each operation, refused or not. A process keeps its own.

    A session counts for the user or role that it is of. Only calls that are held to their key count.
    """

    def __init__(self) -> None:
        self._latest: dict[str, dict[tuple[str, str], tuple[datetime, str]]] = {}

    def note(self, caller: Caller, service: str, operation: str, at: datetime, region: str) -> None:
        """Note a call whose caller is known by its key."""
        owner_id = caller.id if caller.session is None else caller.session.owner_id
        latest = self._latest.get(owner_id)
        if latest is None:
            if len(self._latest) >= MOST:
                self._latest.pop(next(iter(self._latest)), None)
            latest = self._latest[owner_id] = {}
        latest[service, operation] = at, region

    def of(self, owner_id: str) -> Iterator[Access]:
        """The last attempts of a user or role by its id, of a root user by the number of its account."""
        from fake_iam.domain.account.access_reports import Access  # a start has no use for it

        for (service, operation), (at, region) in list(self._latest.get(owner_id, {}).items()):
            yield Access(service, operation, at, region)

    def clear(self) -> None:
        """Forget every attempt."""
        self._latest.clear()
