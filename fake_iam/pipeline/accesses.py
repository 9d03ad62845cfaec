"""Who tried which action here last: what access advisor knows besides the last use of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from fake_iam.domain.account.access_reports import Access
from fake_iam.pipeline.call import Call
from fake_iam.protocol.partitions import iam_region
from fake_iam.protocol.wire import WireResponse

REGION: Final = r"[a-z]{2}(?:-[a-z]+)+-\d"


class Accesses:
    """The last attempt of each user, role and root user at each operation, refused or not. A process keeps its own.

    A session counts for the user or role that it is of. Only keys that this server gave out count.
    """

    def __init__(self) -> None:
        self._latest: dict[str, dict[tuple[str, str], tuple[datetime, str, str]]] = {}

    def observe(self, call: Call, response: WireResponse, duration: float) -> None:
        """Note a call that has been answered."""
        caller = call.caller
        if caller is None or call.plan is None or call.service is None or call.signed is None or not call.key_issued:
            return
        owner_id = caller.id if caller.session is None else caller.session.owner_id
        attempt = call.now, call.signed.credential.region, caller.partition
        self._latest.setdefault(owner_id, {})[call.service.name, call.plan.name] = attempt

    def of(self, owner_id: str) -> Iterator[Access]:
        """The last attempts of a user or role by its id, of a root user by the number of its account."""
        for (service, operation), (at, region, partition) in list(self._latest.get(owner_id, {}).items()):
            yield Access(service, operation, at, region_of_use(service, region, partition))

    def clear(self) -> None:
        """Forget every attempt."""
        self._latest.clear()


def region_of_use(service: str, signed_for: str, partition: str) -> str:
    """The region of a use. IAM is global: its region is one of each partition."""
    if service != "iam" and re.fullmatch(REGION, signed_for, re.ASCII):
        return signed_for
    return iam_region(partition)
