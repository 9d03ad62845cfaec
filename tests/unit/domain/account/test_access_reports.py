"""Reports of access advisor: when they are ready."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from fake_iam.domain.account.access_reports import AccessReport, ready_at

ASKED = datetime(2026, 1, 1, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


def report(ready: datetime | None) -> AccessReport:
    return AccessReport(
        "job", "123456789012", "arn:aws:iam::123456789012:root", "SERVICE_LEVEL", ASKED, ("s3",), ready_at=ready
    )


def test_a_report_shows_nothing_before_it_is_ready() -> None:
    found = report(ASKED + SECOND)
    assert ready_at(found) == ASKED + SECOND
    assert (found.at(ASKED).services, found.at(ASKED + SECOND).services) == ((), ("s3",))


def test_a_report_of_an_earlier_release_was_ready_when_it_was_asked_for() -> None:
    found = report(None)
    assert ready_at(found) == ASKED
    assert (found.at(ASKED - SECOND).services, found.at(ASKED).services) == ((), ("s3",))
