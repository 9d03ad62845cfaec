"""The credential report and the summary of an account, without HTTP."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from fake_iam import ManualClock
from fake_iam.domain.account.credential_report import Subject, write
from fake_iam.services.iam.reports import credential_report
from tests.support import AwsError, Wire

ACCOUNT = "210987654321"
EXAMPLES = Path(__file__).parents[4] / "examples" / "account"
BY_HAND = """\
user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,\
access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,\
cert_2_last_rotated
<root_account>,arn:aws:iam::123456789012:root,2026-01-01T00:00:00+00:00,not_supported,no_information,not_supported,\
not_supported,false,true,2025-12-22T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A
alice,arn:aws:iam::123456789012:user/eng/alice,2024-11-27T00:00:00+00:00,true,2025-12-31T08:00:00+00:00,\
2025-11-02T00:00:00+00:00,2026-01-31T00:00:00+00:00,true,true,2025-12-27T00:00:00+00:00,2025-12-31T00:00:00+00:00,\
eu-west-1,s3,false,2025-08-24T00:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A
bob,arn:aws:iam::123456789012:user/bob,2026-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,\
N/A,N/A,N/A,N/A,false,N/A,false,N/A
"""
SEED: dict[str, Any] = {
    "root": {"access_keys": [{"created": "10 days ago"}]},
    "password_policy": {"max_age_days": 90},
    "users": [
        {"name": "bob"},
        {
            "name": "alice",
            "path": "/eng/",
            "created": "400 days ago",
            "password_last_used": "2025-12-31T08:00:00Z",
            "login_profile": {"created": "300 days ago", "changed": "60 days ago"},
            "mfa_devices": [{}],
            "access_keys": [
                {"created": "130 days ago", "status": "Inactive"},
                {
                    "created": "5 days ago",
                    "last_used": {"date": "1 day ago", "region": "eu-west-1", "service": "s3"},
                },
            ],
        },
    ],
}


@pytest.fixture
def wire() -> Wire:
    return Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)))


def report(wire: Wire) -> str:
    wire.call("GenerateCredentialReport")
    return base64.b64decode(wire.call("GetCredentialReport")["Content"]).decode()


def test_the_report_of_a_seeded_account_is_the_one_written_by_hand(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    assert report(wire) == BY_HAND


def test_a_report_is_a_picture_of_its_moment(wire: Wire) -> None:
    wire.call("GenerateCredentialReport")
    wire.user("alice")
    assert "alice" not in report(wire)


def test_each_account_has_its_own_report(wire: Wire) -> None:
    from tests.support import Key

    other = Key("111122223333", "x")
    wire.call("GenerateCredentialReport", other)
    assert wire.call("GetCredentialReport") == AwsError("ReportNotPresent", None, 410)
    assert b"111122223333:root" in base64.b64decode(wire.call("GetCredentialReport", other)["Content"])


def test_a_report_takes_as_long_as_the_setting_says() -> None:
    clock = ManualClock()
    wire = Wire(clock, credential_report_seconds=5)
    wire.call("GenerateCredentialReport")
    assert wire.call("GetCredentialReport") == AwsError("ReportInProgress", None, 404)
    wire.assembled.controls.clock.advance("5 s")
    assert wire.call("GetCredentialReport")["ReportFormat"] == "text/csv"


def test_the_report_of_an_imported_account_agrees_with_the_one_it_was_imported_from() -> None:
    """Every column that the import takes, of every user; a region that AWS does not know becomes IAM's own."""
    import csv
    import io

    wire = Wire(account_id=ACCOUNT)
    wire.assembled.controls.import_account(EXAMPLES / "details.json", EXAMPLES / "report.csv")
    made = {row["user"]: row for row in csv.DictReader(io.StringIO(report(wire)))}
    given = {row["user"]: row for row in csv.DictReader(io.StringIO((EXAMPLES / "report.csv").read_text()))}
    assert made.keys() == given.keys()
    for name, row in given.items():
        if name != "<root_account>":
            assert slots(made[name]) == slots(row)
            assert {column: made[name][column] for column in TAKEN} == {column: row[column] for column in TAKEN}


TAKEN = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
)


def slots(row: dict[str, str]) -> list[tuple[str, ...]]:
    """The keys of a row, in an order of their own: which slot an export gave them is history."""
    names = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
    found = []
    for slot in (1, 2):
        key = [row[f"access_key_{slot}_{name}"] for name in names]
        if key[2] != "N/A" and key[3] == "N/A":
            key[3] = "us-east-1"
        found.append(tuple(key))
    return sorted(found)


def test_the_summary_counts_what_is_there(wire: Wire) -> None:
    wire.assembled.controls.seed({**SEED, "groups": [{"name": "g"}], "alias": "abc"})
    entries = wire.call("GetAccountSummary")["SummaryMap"]["entry"]
    summary = {entry["key"]: int(entry["value"]) for entry in entries}
    counts = {name: summary[name] for name in ("Users", "Groups", "MFADevices", "MFADevicesInUse", "Policies")}
    assert counts == {"Users": 2, "Groups": 1, "MFADevices": 1, "MFADevicesInUse": 1, "Policies": 0}
    assert (summary["AccountAccessKeysPresent"], summary["AccountMFAEnabled"], summary["UsersQuota"]) == (1, 0, 5000)
    assert len(summary) == 34


def test_the_summary_tells_the_quotas_of_the_settings() -> None:
    entries = Wire(quotas="groups_per_user=3").call("GetAccountSummary")["SummaryMap"]["entry"]
    assert {"key": "GroupsPerUserQuota", "value": "3"} in entries


def test_a_report_is_of_the_moment_it_was_asked_for_though_users_come_while_it_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)))
    for name in ("alice", "carol"):
        wire.call("CreateUser", UserName=name)

    def slow(subjects: Iterator[Subject]) -> str:
        first = next(subjects)
        other = threading.Thread(target=wire.call, args=("CreateUser",), kwargs={"UserName": "bob"})
        other.start()
        other.join()  # it waits for no lock
        return write([first, *subjects])

    monkeypatch.setattr(credential_report, "write", slow)
    assert wire.call("GenerateCredentialReport")["State"] == "STARTED"
    assert wire.call("GetUser", UserName="bob")["User"]["UserName"] == "bob"
    content = base64.b64decode(wire.call("GetCredentialReport")["Content"]).decode()
    assert [line.partition(",")[0] for line in content.splitlines()] == ["user", "<root_account>", "alice", "carol"]


def test_a_report_that_is_asked_for_while_another_is_made_finds_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)))
    states = []

    def slow(subjects: Iterator[Subject]) -> str:
        monkeypatch.setattr(credential_report, "write", write)
        states.append(wire.call("GenerateCredentialReport")["State"])
        return write(subjects)

    monkeypatch.setattr(credential_report, "write", slow)
    states.append(wire.call("GenerateCredentialReport")["State"])
    assert states == ["STARTED", "COMPLETE"]


def test_a_fault_in_long_work_is_answered_as_any_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(subjects: Iterator[Subject]) -> str:
        raise ZeroDivisionError

    wire = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)))
    monkeypatch.setattr(credential_report, "write", broken)
    answer = wire.call("GenerateCredentialReport")
    assert (answer.code, answer.status) == ("ServiceFailure", 500)
    assert "ZeroDivisionError" in caplog.text
