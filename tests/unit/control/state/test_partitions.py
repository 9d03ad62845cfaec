"""Partitions in seeds, dumps, imports and dates."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from fake_iam import ManualClock
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import DocumentError, FormatError
from fake_iam.control.state.account_import import COLUMNS, import_account
from tests.support import Key, Wire

ACCOUNT = "123456789012"
BOUNDARY = "policy/ReadOnlyAccess"
USED = {"created": "5 days ago", "last_used": {"date": "1 day ago"}}
DOCUMENT = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}


@pytest.fixture
def wire() -> Wire:
    return Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)), random_seed=7)


@pytest.fixture
def controls(wire: Wire) -> Controls:
    return wire.assembled.controls


def arn_of(wire: Wire, name: str = "alice") -> str:
    return str(wire.call("GetUser", UserName=name)["User"]["Arn"])


def managed(partition: str, policy: str = BOUNDARY) -> str:
    return f"arn:{partition}:iam::aws:{policy}"


def of_another(partition: str) -> dict[str, Any]:
    """A seed with every noun whose ARN is kept."""
    return {
        "partition": partition,
        "groups": [{"name": "eng", "attached_policies": [managed(partition)]}],
        "policies": [{"name": "own", "document": DOCUMENT}],
        "users": [{"name": "alice", "groups": ["eng"], "mfa_devices": [{}], "access_keys": [USED]}],
    }


def arns(wire: Wire) -> list[str]:
    root = Key("testing", "testing")
    user, group = wire.call("GetUser", UserName="alice"), wire.call("GetGroup", GroupName="eng")
    device = wire.call("ListMFADevices", UserName="alice")["MFADevices"]["member"]
    own = wire.call("ListPolicies", root, Scope="Local")["Policies"]["member"]
    return [user["User"]["Arn"], group["Group"]["Arn"], device["SerialNumber"], own["Arn"]]


def all_in(partition: str) -> list[str]:
    return [f"arn:{partition}:iam::{ACCOUNT}:{name}" for name in ("user/alice", "group/eng", "mfa/alice", "policy/own")]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_seed_may_name_its_partition(wire: Wire, controls: Controls, partition: str) -> None:
    controls.seed(of_another(partition))
    assert arns(wire) == all_in(partition)


def test_an_account_of_a_seed_may_name_its_partition(wire: Wire, controls: Controls) -> None:
    controls.seed({"accounts": {"111122223333": {"partition": "aws-cn", "users": [{"name": "bob"}]}}})
    found = wire.call("GetUser", Key("111122223333", "x"), UserName="bob")["User"]["Arn"]
    assert found == "arn:aws-cn:iam::111122223333:user/bob"


@pytest.mark.parametrize(
    "seed",
    [
        {"users": [{"name": "alice", "permissions_boundary": managed("aws-us-gov")}]},
        {"users": [{"name": "alice", "attached_policies": [managed("aws-us-gov")]}]},
        {"users": [{"name": "alice"}], "groups": [{"name": "eng", "attached_policies": [managed("aws-us-gov")]}]},
    ],
)
def test_a_seed_is_in_the_partition_of_the_policies_that_it_names(
    wire: Wire, controls: Controls, seed: dict[str, Any]
) -> None:
    controls.seed(seed)
    assert arn_of(wire) == f"arn:aws-us-gov:iam::{ACCOUNT}:user/alice"


def test_a_seed_that_names_none_is_in_the_partition_of_the_settings() -> None:
    wire = Wire(partition="aws-iso")
    wire.assembled.controls.seed({"users": [{"name": "alice"}]})
    assert arn_of(wire) == f"arn:aws-iso:iam::{ACCOUNT}:user/alice"


def test_a_seed_that_names_policies_of_two_partitions_cannot_have_both(controls: Controls) -> None:
    both = [{"name": name, "attached_policies": [managed(name)]} for name in ("aws", "aws-cn")]
    with pytest.raises(FormatError) as refused:
        controls.seed({"users": both})
    assert str(refused.value) == "users[1].attached_policies[0]: Invalid ARN partition"


def test_a_user_of_a_seed_may_be_in_a_partition_of_its_own(wire: Wire, controls: Controls) -> None:
    users = [{"name": "alice"}, {"name": "bob", "partition": "aws-cn", "mfa_devices": [{}]}]
    controls.seed({"users": users})
    assert [arn_of(wire, name).split(":")[1] for name in ("alice", "bob")] == ["aws", "aws-cn"]
    device = wire.call("ListMFADevices", UserName="bob")["MFADevices"]["member"]
    assert device["SerialNumber"] == f"arn:aws-cn:iam::{ACCOUNT}:mfa/bob"


@pytest.mark.parametrize(
    ("seed", "problem"),
    [
        ({"partition": "aws-moon"}, "partition: 'aws-moon' is no partition; there are aws, aws-cn, "),
        ({"partition": ["aws"]}, "partition: ['aws'] is no partition; there are aws, aws-cn, "),
        ({"users": [{"name": "bob", "partition": ""}]}, "users[0].partition: '' is no partition; there are aws, "),
        (
            {"users": [{"name": "bob", "permissions_boundary": managed("aws-moon", "policy/x")}]},
            "users[0].permissions_boundary: 'arn:aws-moon:iam::aws:policy/x' is in no partition that there is",
        ),
    ],
)
def test_a_partition_that_there_is_not_is_refused(controls: Controls, seed: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormatError) as refused:
        controls.seed(seed)
    assert str(refused.value).startswith(problem)


@pytest.mark.parametrize("setting", ["aws", "aws-iso"])
def test_a_dump_keeps_each_rows_partition(wire: Wire, controls: Controls, setting: str) -> None:
    controls.seed(of_another("aws-cn"))
    controls.seed({"partition": "aws", "users": [{"name": "bob"}]})
    other = Wire(partition=setting)
    other.assembled.controls.load(json.loads(json.dumps(controls.dump(secrets=True))))
    assert arns(other) == all_in("aws-cn")
    assert arn_of(other, "bob") == f"arn:aws:iam::{ACCOUNT}:user/bob"
    assert other.assembled.controls.dump(secrets=True)["accounts"] == controls.dump(secrets=True)["accounts"]


def test_a_dump_of_a_release_without_partitions_loads(wire: Wire, controls: Controls) -> None:
    controls.seed(of_another("aws"))
    dump = controls.dump(secrets=True)
    account = dump["accounts"][ACCOUNT]
    for row in [*account["users"], *(row for rows in account["rows"].values() for row in rows)]:
        row.pop("partition", None)
    assert '"partition"' not in json.dumps(dump)
    controls.load(dump)
    assert arns(wire) == all_in("aws")


@pytest.mark.parametrize(("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1")])
def test_a_last_use_that_names_no_region_is_in_that_of_iam(
    wire: Wire, controls: Controls, partition: str, region: str
) -> None:
    controls.seed(of_another(partition))
    key_id = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]["AccessKeyId"]

    def used() -> Any:
        return wire.call("GetAccessKeyLastUsed", AccessKeyId=key_id)["AccessKeyLastUsed"]["Region"]

    assert used() == region
    controls.backdate_access_key(key_id, last_used={"date": "2 days ago", "region": "eu-west-1"})
    assert used() == "eu-west-1"
    controls.backdate_access_key(key_id, last_used="3 days ago")
    assert used() == region


def test_the_root_users_last_use_is_in_the_region_of_the_settings() -> None:
    wire = Wire(partition="aws-us-gov")
    key = wire.key()
    wire.assembled.controls.backdate_root(created="2 days ago")
    wire.assembled.controls.backdate_access_key(key.id, created="2 days ago", last_used="1 day ago")
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["Region"] == "us-gov-west-1"


def details(partition: str) -> str:
    user = {
        "UserName": "alice",
        "Path": "/",
        "Arn": f"arn:{partition}:iam::111122223333:user/alice",
        "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": managed(partition)}],
    }
    aws = {"PolicyName": "ReadOnlyAccess", "Arn": managed(partition)}
    return json.dumps({"UserDetailList": [user], "Policies": [aws]})


def report(partition: str) -> str:
    values = {
        **dict.fromkeys(COLUMNS, "N/A"),
        "user": "alice",
        "arn": f"arn:{partition}:iam::111122223333:user/alice",
        "user_creation_time": "2025-01-01T00:00:00+00:00",
    }
    return f"{','.join(COLUMNS)}\n{','.join(values[column] for column in COLUMNS)}\n"


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_an_import_is_in_the_partition_of_its_arns(partition: str) -> None:
    imported = import_account(details(partition), report(partition))
    account = imported.seed["accounts"]["111122223333"]
    assert account["partition"] == partition
    assert "policies" not in account
    wire = Wire(partition="aws-iso")
    wire.assembled.controls.seed(imported.seed)
    caller = Key("111122223333", "x")
    arn = f"arn:{partition}:iam::111122223333:user/alice"
    assert wire.call("GetUser", caller, UserName="alice")["User"]["Arn"] == arn
    attached = wire.call("ListAttachedUserPolicies", caller, UserName="alice")["AttachedPolicies"]["member"]
    assert attached["PolicyArn"] == managed(partition)


def test_exports_of_two_partitions_are_of_two_accounts() -> None:
    with pytest.raises(DocumentError, match=r"^the exports are of different partitions: aws, aws-cn$"):
        import_account(details("aws"), report("aws-cn"))


def test_an_import_without_arns_names_no_partition() -> None:
    assert "partition" not in import_account('{"UserDetailList": [{"UserName": "alice"}]}', None).seed
