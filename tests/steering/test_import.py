"""A real account's exports, rehearsed on: every user, age, status and tag agrees, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.steering.tools import audit, disable_old_keys, read_report
from tests.ways.command import run

FOLDER = Path(__file__).parent.parent.parent / "examples" / "account"
DETAILS, REPORT = FOLDER / "details.json", FOLDER / "report.csv"
ACCOUNT = "210987654321"


@pytest.fixture
def fake() -> Iterator[FakeIAM]:
    with FakeIAM() as fake:
        fake.import_account(details=DETAILS, report=REPORT)
        yield fake


def moment(text: str) -> datetime | None:
    return None if text in ("N/A", "no_information") else datetime.fromisoformat(text)


def expected() -> list[dict[str, Any]]:
    """What the exports say, in the auditor's form."""
    rows = read_report(REPORT.read_text())
    found = []
    for user in json.loads(DETAILS.read_text())["UserDetailList"]:
        row = rows[user["UserName"]]
        keys = [
            (
                "Active" if row[f"{slot}active"] == "true" else "Inactive",
                moment(row[f"{slot}last_rotated"]),
                moment(row[f"{slot}last_used_date"]),
                row[f"{slot}last_used_region"],
                row[f"{slot}last_used_service"],
            )
            for slot in ("access_key_1_", "access_key_2_")
            if row[f"{slot}last_rotated"] != "N/A"
        ]
        found.append(
            {
                "user": user["UserName"],
                "arn": user["Arn"],
                "id": user["UserId"],
                "created": moment(row["user_creation_time"]),
                "password_last_used": moment(row["password_last_used"]),
                "tags": {tag["Key"]: tag["Value"] for tag in user.get("Tags", ())},
                "keys": sorted(keys, key=str),
            }
        )
    return found


def test_the_export_is_of_some_size() -> None:
    users = expected()
    statuses = [key[0] for user in users for key in user["keys"]]
    assert (len(users), statuses.count("Active") > 5, statuses.count("Inactive") > 5) == (20, True, True)


def test_every_field_agrees_with_the_exports(fake: FakeIAM) -> None:
    told = {user["user"]: user for user in audit(fake.client("iam"))}
    for user in expected():
        known = told.pop(user["user"])
        assert known == {**user, "keys": sorted(user["keys"], key=str)}
    assert told == {}


def test_the_report_of_the_copy_is_that_of_the_account(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    iam.generate_credential_report()
    assert read_report(iam.get_credential_report()["Content"].decode()) == read_report(REPORT.read_text())


def test_the_root_user_is_that_of_the_account(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    root = iam.get_user()["User"]
    assert (root["Arn"], root["CreateDate"], root["PasswordLastUsed"]) == (
        f"arn:aws:iam::{ACCOUNT}:root",
        datetime(2016, 3, 14, 8, 30, tzinfo=timezone.utc),
        datetime(2026, 1, 9, 7, 12, 44, tzinfo=timezone.utc),
    )
    assert iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1


def test_a_rotation_can_be_rehearsed_on_it(fake: FakeIAM) -> None:
    now = datetime.now(timezone.utc)
    old = [
        key for user in expected() for key in user["keys"] if key[0] == "Active" and now - key[1] > timedelta(days=90)
    ]
    assert len(disable_old_keys(fake.client("iam"), now)) == len(old) > 0
    assert disable_old_keys(fake.client("iam"), now) == []


def test_the_root_users_key_is_there(fake: FakeIAM) -> None:
    (key,) = fake.client("iam").list_access_keys()["AccessKeyMetadata"]
    assert (key["Status"], key["CreateDate"]) == ("Inactive", datetime(2017, 5, 2, 11, 11, 11, tzinfo=timezone.utc))


def test_the_command_writes_a_seed_that_a_server_starts_with(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    done = run("import", "--details", str(DETAILS), "--report", str(REPORT), "--output", str(seed))
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines()[0] == "fake-iam: note: 20 users, 26 access keys"
    with FakeIAM(seed=str(seed)) as fake:
        assert [user["user"] for user in audit(fake.client("iam"))] == sorted(
            (user["user"] for user in expected()), key=str.lower
        )


def test_a_bad_export_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_text("user,arn\n")
    done = run("import", "--report", str(tmp_path / "report.csv"))
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "fake-iam: report: line 1: the column user_creation_time is missing; give what get-credential-report prints\n"
    )
