"""Who tried which operation last."""

from __future__ import annotations

from datetime import datetime, timezone
from unittest import mock

from fake_iam.domain.account.access_reports import Access
from fake_iam.pipeline import accesses
from fake_iam.pipeline.accesses import Accesses
from fake_iam.services.context import Caller

FIRST, LATER = (datetime(2026, 1, 1, hour, tzinfo=timezone.utc) for hour in (0, 1))


def root(account_id: str) -> Caller:
    return Caller.root(account_id, partition="aws")


def test_the_last_attempt_of_each_operation_is_kept() -> None:
    noted = Accesses()
    for service, at in (("iam", FIRST), ("sts", FIRST), ("iam", LATER)):
        noted.note(root("111111111111"), service, "Get", at, "us-east-1")
    assert list(noted.of("111111111111")) == [
        Access("iam", "Get", LATER, "us-east-1"),
        Access("sts", "Get", FIRST, "us-east-1"),
    ]
    assert list(noted.of("222222222222")) == []


def test_who_was_seen_first_is_forgotten_for_one_too_many() -> None:
    noted = Accesses()
    with mock.patch.object(accesses, "MOST", 2):
        for account_id in ("1", "2", "1", "3"):
            noted.note(root(account_id), "iam", "Get", FIRST, "us-east-1")
    assert [bool(list(noted.of(account_id))) for account_id in ("1", "2", "3")] == [False, True, True]
