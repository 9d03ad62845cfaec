"""Users outside the usual regions: their ARNs, AWS's policies there, and clients of a strict server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import ACCOUNT, new_user, signed
from tests.support import AwsError, Key, error

REGIONS = [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso")]
SOME = "eu-central-1"

everywhere = pytest.mark.parametrize(("region", "partition"), REGIONS)


@pytest.fixture
def strict() -> Iterator[FakeIAM]:
    """A server that is as strict as AWS with signatures, on a socket."""
    with FakeIAM(auth="strict", enforce_policies="off") as server:
        yield server


@everywhere
def test_a_life_outside_the_usual_regions(fake: FakeIAM, region: str, partition: str) -> None:
    iam = fake.client("iam", region_name=region)
    alice = new_user(iam, "alice", Path="/team/")
    arn = f"arn:{partition}:iam::{ACCOUNT}:user/team/alice"
    assert [user["Arn"] for user in iam.list_users()["Users"]] == [arn]
    assert signed(fake, "sts", alice, region).get_caller_identity()["Arn"] == arn
    signed(fake, "iam", alice, region).list_access_keys()
    assert iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]["Region"] == region
    own = iam.create_policy(
        PolicyName="own",
        PolicyDocument='{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}',
    )["Policy"]["Arn"]
    assert own == f"arn:{partition}:iam::{ACCOUNT}:policy/own"
    for policy in (own, f"arn:{partition}:iam::aws:policy/ReadOnlyAccess"):
        iam.attach_user_policy(UserName="alice", PolicyArn=policy)
        assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
        iam.detach_user_policy(UserName="alice", PolicyArn=policy)
    iam.delete_policy(PolicyArn=own)


@everywhere
def test_an_arn_of_the_usual_partition_is_refused_there(fake: FakeIAM, region: str, partition: str) -> None:
    iam = fake.client("iam", region_name=region)
    iam.create_user(UserName="alice")
    usual = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    refused = AwsError("ValidationError", "Invalid ARN partition", 400)
    assert error(iam.attach_user_policy, UserName="alice", PolicyArn=usual) == refused


@everywhere
def test_a_server_of_another_partition_makes_clients_for_it(
    region: str, partition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = f"arn:{partition}:iam::{ACCOUNT}:root"
    with FakeIAM(partition=partition) as fake:
        assert fake.client("sts").meta.region_name == region
        assert fake.session().region_name == region
        assert fake.client("iam").get_user()["User"]["Arn"] == root
        for name, value in fake.environment().items():
            monkeypatch.setenv(name, value)
        assert boto3.session.Session().client("sts").get_caller_identity()["Arn"] == root


@pytest.mark.parametrize("region", [SOME, "cn-northwest-1", "us-gov-east-1", "us-iso-west-1", "aws-global"])
def test_a_strict_server_takes_every_region(strict: FakeIAM, region: str) -> None:
    iam = strict.client("iam", region_name=region)
    alice = new_user(iam, "alice")
    for service in ("iam", "sts"):
        client: Any = signed(strict, service, alice, region)
        assert client.meta.region_name == region
    assert signed(strict, "iam", alice, region).get_user()["User"]["UserName"] == "alice"
    assert signed(strict, "sts", alice, region).get_caller_identity()["Account"] == ACCOUNT


@pytest.mark.parametrize("named", ["here", "eu-central"])
def test_a_strict_server_refuses_what_is_no_region(strict: FakeIAM, named: str) -> None:
    text = "Credential should be scoped to a valid region"
    iam, sts = (strict.client(service, region_name=named) for service in ("iam", "sts"))
    assert error(iam.list_users) == AwsError("SignatureDoesNotMatch", f"{text}, not '{named}'. ", 403)
    assert error(sts.get_caller_identity) == AwsError("SignatureDoesNotMatch", f"{text}. ", 403)


def test_a_strict_server_takes_an_environment_of_another_region(
    strict: FakeIAM, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a developer in Frankfurt has it: a region of one's own, and the endpoint in a variable."""
    for name, value in strict.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", SOME)
    session = boto3.session.Session()
    made = session.client("iam").create_user(UserName="alice")["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"
    key = session.client("iam").create_access_key(UserName="alice")["AccessKey"]
    alice = Key(key["AccessKeyId"], key["SecretAccessKey"])
    signed(strict, "iam", alice, SOME).get_user()
    used = session.client("iam").get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("iam", "us-east-1")
