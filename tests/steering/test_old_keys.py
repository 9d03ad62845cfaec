"""Keys of an age: by the fixture, by HTTP alone, by the command, without waiting and without touching internals."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest

from fake_iam import FakeIAM
from tests.steering.tools import disable_old_keys
from tests.ways.command import Served, run, served


def statuses(iam: Any, user: str) -> list[str]:
    return [key["Status"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]


def test_by_the_fixture(fake: FakeIAM) -> None:
    """Case C42: keys one day under the limit, at it, and one day over it."""
    fake.clock.freeze("2026-06-01")
    iam = fake.client("iam")
    for days in (89, 90, 91):
        iam.create_user(UserName=f"at-{days}")
        fake.backdate_user(f"at-{days}", created="2025-06-01")
        key = iam.create_access_key(UserName=f"at-{days}")["AccessKey"]["AccessKeyId"]
        fake.backdate_access_key(key, created=f"{days} days ago")
    assert disable_old_keys(iam, fake.clock.now()) == [key]
    assert [statuses(iam, f"at-{days}") for days in (89, 90, 91)] == [["Active"], ["Active"], ["Inactive"]]


def test_by_moving_the_clock(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    fake.clock.freeze("2026-01-01")
    for name in ("alice", "bob"):
        iam.create_user(UserName=name)
    old = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    fake.clock.advance("90 days")
    iam.create_access_key(UserName="bob")
    assert disable_old_keys(iam, fake.clock.now()) == []
    fake.clock.advance("1 day")
    assert disable_old_keys(iam, fake.clock.now()) == [old]
    assert (statuses(iam, "alice"), statuses(iam, "bob")) == (["Inactive"], ["Active"])


def test_only_the_old_key_of_a_user_is_hit_and_the_journal_shows_it(fake: FakeIAM) -> None:
    """Case C36: one key 400 days old and never used, one fresh and in use."""
    fake.clock.freeze()
    fake.seed(
        {
            "users": [
                {
                    "name": "alice",
                    "access_keys": [
                        {"id": "AKIAQAAAAAAAAAAAAAAA", "created": "400 days ago"},
                        {"id": "AKIAQBBBBBBBBBBBBBBB", "created": "5 days ago", "last_used": {"date": "now"}},
                    ],
                }
            ]
        }
    )
    disable_old_keys(fake.client("iam"), fake.clock.now())
    fake.calls("Update*").assert_equal(
        [
            {
                "operation": "UpdateAccessKey",
                "parameters": {"AccessKeyId": "AKIAQAAAAAAAAAAAAAAA", "Status": "Inactive"},
                "outcome": "ok",
            }
        ]
    )


@pytest.fixture
def server() -> Iterator[Served]:
    with served() as server:
        yield server


def client(server: Served) -> Any:
    return boto3.session.Session().client(
        "iam",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def test_by_http_alone(server: Served) -> None:
    def control(page: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(f"{server.url}/_fake_iam/{page}")
        if body is not None:
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    control(
        "seed", {"users": [{"name": "alice", "access_keys": [{"created": "91 days ago"}, {"created": "1 day ago"}]}]}
    )
    iam = client(server)
    now = datetime.fromisoformat(control("clock")["now"].replace("Z", "+00:00"))
    assert len(disable_old_keys(iam, now)) == 1
    assert statuses(iam, "alice") == ["Inactive", "Active"]
    control("clock/advance", {"by": "P90D"})
    now = datetime.fromisoformat(control("clock")["now"].replace("Z", "+00:00"))
    assert len(disable_old_keys(iam, now)) == 1
    assert statuses(iam, "alice") == ["Inactive", "Inactive"]
    calls = control("journal?operation=UpdateAccessKey&outcome=ok")["calls"]
    assert [call["parameters"]["Status"] for call in calls] == ["Inactive", "Inactive"]


def test_by_the_command(server: Served) -> None:
    iam = client(server)
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    older = run("backdate", "access-key", key, "--created", "91 days ago", "--port", server.port)
    assert (older.status, "is before created of user 'alice'" in older.err) == (1, True)
    for what in (["user", "alice"], ["access-key", key]):
        done = run("backdate", *what, "--created", "91 days ago", "--port", server.port)
        assert (done.status, done.err) == (0, "")
    assert disable_old_keys(iam, datetime.now(timezone.utc)) == [key]
    calls = run("calls", "UpdateAccessKey", "--port", server.port)
    shown = json.dumps({"UserName": "alice", "AccessKeyId": key, "Status": "Inactive"})
    assert calls.out == f"UpdateAccessKey {shown} by arn:aws:iam::123456789012:root: 200 ok\n"
