"""The credential report: its columns, words and dates."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from fake_iam.domain.account.credential_report import (
    COLUMNS,
    LINES,
    Certificate,
    CredentialReport,
    Password,
    Subject,
    boolean,
    moment,
    write,
)
from fake_iam.domain.credentials.access_keys import AccessKey, LastUse

AT = datetime(2026, 1, 1, 12, 30, 15, 999999, tzinfo=timezone.utc)
KEY = AccessKey("AKIA1", "111122223333", "AIDA1", "hush", AT, 0)
BARE = Subject("alice", "arn:aws:iam::111122223333:user/alice", AT, Password(), False, (), ())


def row(subject: Subject) -> dict[str, str]:
    (found,) = csv.DictReader(io.StringIO("".join(write([subject]))))
    return found


def test_there_are_the_22_columns_of_aws() -> None:
    assert "".join(write([])) == (
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
        "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
        "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
        "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
        "cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
    )
    assert len(COLUMNS) == 22


def test_a_user_with_nothing_is_a_line_of_false_and_not_applicable() -> None:
    assert "".join(write([BARE])).splitlines()[1] == (
        "alice,arn:aws:iam::111122223333:user/alice,2026-01-01T12:30:15+00:00,false,N/A,N/A,N/A,false,"
        "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
    )


def test_a_used_key_shows_date_region_and_service() -> None:
    used = replace(KEY, last_use=LastUse(AT + timedelta(days=1), "s3", "eu-west-1"))
    found = row(replace(BARE, keys=(used,)))
    assert [found[f"access_key_1_{name}"] for name in ("active", "last_rotated")] == [
        "true",
        "2026-01-01T12:30:15+00:00",
    ]
    assert [found[f"access_key_1_last_used_{name}"] for name in ("date", "region", "service")] == [
        "2026-01-02T12:30:15+00:00",
        "eu-west-1",
        "s3",
    ]


def test_an_active_key_comes_first_even_if_the_inactive_one_is_older() -> None:
    old = replace(KEY, status="Inactive", created_at=AT - timedelta(days=400))
    found = row(replace(BARE, keys=(old, KEY)))
    assert (found["access_key_1_active"], found["access_key_1_last_rotated"]) == ("true", "2026-01-01T12:30:15+00:00")
    assert (found["access_key_2_active"], found["access_key_2_last_rotated"]) == ("false", "2024-11-27T12:30:15+00:00")


def test_of_two_keys_alike_the_older_comes_first() -> None:
    newer = replace(KEY, id="AKIA2", created_at=AT + timedelta(days=1))
    assert row(replace(BARE, keys=(KEY, newer)))["access_key_1_last_rotated"] == "2026-01-01T12:30:15+00:00"


def test_certificates_and_mfa_are_shown() -> None:
    found = row(replace(BARE, mfa_active=True, certificates=(Certificate(True, AT), Certificate(False, AT))))
    assert [found[name] for name in ("mfa_active", "cert_1_active", "cert_1_last_rotated", "cert_2_active")] == [
        "true",
        "true",
        "2026-01-01T12:30:15+00:00",
        "false",
    ]


def test_a_name_with_a_comma_is_quoted() -> None:
    assert row(replace(BARE, name="a,b"))["user"] == "a,b"


@pytest.mark.parametrize(
    ("hours", "ready", "expired"), [(0, False, False), (1, True, False), (4.99, True, False), (5, True, True)]
)
def test_a_report_is_ready_at_its_time_and_kept_for_four_hours(hours: float, ready: bool, expired: bool) -> None:
    report = CredentialReport("111122223333", AT, AT + timedelta(hours=1), "")
    now = AT + timedelta(hours=hours)
    assert (report.ready(now), report.expired(now)) == (ready, expired)


def test_words_of_the_report() -> None:
    assert (moment(None), boolean(True), boolean(False)) == ("N/A", "true", "false")


def test_a_long_report_is_in_pieces() -> None:
    pieces = list(write([BARE] * (2 * LINES)))
    assert [piece.count("\n") for piece in pieces] == [LINES, LINES, 1]
