"""Clients whose time is not ours: under freezegun and time-machine, in the default mode."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.ways.command import served

freezegun = pytest.importorskip("freezegun")
time_machine = pytest.importorskip("time_machine")
SCRIPT = ("2019-05-05", "2035-05-05")


def live(client: Any) -> str:
    client.create_user(UserName="alice")
    key = client.create_access_key(UserName="alice")["AccessKey"]
    return str(key["AccessKeyId"])


@pytest.mark.parametrize("day", SCRIPT)
def test_a_client_under_freezegun_works_with_the_fixture(fake: FakeIAM, day: str) -> None:
    client = fake.client("iam")
    with freezegun.freeze_time(day):
        key_id = live(client)
    as_user = client.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in as_user] == [key_id]


@pytest.mark.parametrize("day", SCRIPT)
def test_a_client_under_time_machine_works_with_the_fixture(fake: FakeIAM, day: str) -> None:
    client = fake.client("iam")
    with time_machine.travel(day):
        key_id = live(client)
    assert [key["AccessKeyId"] for key in client.list_access_keys(UserName="alice")["AccessKeyMetadata"]] == [key_id]


@pytest.mark.parametrize("day", SCRIPT)
def test_an_issued_key_signs_at_any_time_of_the_client(day: str) -> None:
    with served() as server:
        import boto3

        def client(service: str, key_id: str, secret: str) -> Any:
            return boto3.session.Session().client(
                service,  # type: ignore[call-overload]  # any service
                endpoint_url=server.url,
                region_name="us-east-1",
                aws_access_key_id=key_id,
                aws_secret_access_key=secret,
            )

        iam = client("iam", "x", "x")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        sts = client("sts", key["AccessKeyId"], key["SecretAccessKey"])
        with freezegun.freeze_time(day):
            assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/alice"
