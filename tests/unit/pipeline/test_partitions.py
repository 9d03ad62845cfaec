"""The partition that a call is made in, and what of an answer follows it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.support import AwsError, Key, Wire, form_request

DUMMY = Key("testing", "testing")
ACCOUNT = "123456789012"
INVALID_PARTITION = AwsError("ValidationError", "Invalid ARN partition", 400)


def caller(wire: Wire, key: Key | None, region: str = "us-east-1") -> str:
    return str(wire.call("GetCallerIdentity", key, region=region)["Arn"])


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("eu-central-1", "aws"),
        ("aws-global", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-gov-newer-3", "aws-us-gov"),
    ],
)
def test_a_call_is_made_in_the_partition_of_its_region(wire: Wire, region: str, partition: str) -> None:
    assert caller(wire, DUMMY, region) == f"arn:{partition}:iam::{ACCOUNT}:root"


@pytest.mark.parametrize("auth", ["off", "issued", "strict"])
def test_the_partition_is_found_in_every_mode(auth: str) -> None:
    root = Key("AKIAQROOTROOTROOTROO", "root-secret")
    wire = Wire(auth=auth, root_access_key_id=root.id, root_secret_access_key=root.secret)
    assert caller(wire, root, "cn-north-1") == f"arn:aws-cn:iam::{ACCOUNT}:root"


@pytest.mark.parametrize("setting", ["aws", "aws-us-gov"])
def test_a_call_whose_region_is_none_is_made_in_the_partition_of_the_settings(setting: str) -> None:
    wire = Wire(partition=setting)
    for key, region in ((None, "us-east-1"), (DUMMY, "here"), (DUMMY, "0")):
        assert caller(wire, key, region) == f"arn:{setting}:iam::{ACCOUNT}:root"
    assert caller(wire, DUMMY, "cn-north-1") == f"arn:aws-cn:iam::{ACCOUNT}:root"


def test_a_row_keeps_the_partition_that_it_was_made_in(wire: Wire) -> None:
    arn = f"arn:aws-cn:iam::{ACCOUNT}:user/alice"
    assert wire.call("CreateUser", DUMMY, region="cn-north-1", UserName="alice")["User"]["Arn"] == arn
    assert wire.call("GetUser", DUMMY, UserName="alice")["User"]["Arn"] == arn
    key = wire.key("alice")
    assert caller(wire, key, "us-east-1") == arn
    assert wire.call("UpdateUser", DUMMY, UserName="alice", NewUserName="bob") is None
    assert caller(wire, key, "us-east-1") == arn.replace("alice", "bob")


def test_every_kind_of_row_is_made_in_the_partition_of_the_call(wire: Wire) -> None:
    document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    made = [
        wire.call("CreateGroup", DUMMY, region="cn-north-1", GroupName="eng")["Group"]["Arn"],
        wire.call("CreatePolicy", DUMMY, region="cn-north-1", PolicyName="own", PolicyDocument=document)["Policy"][
            "Arn"
        ],
        wire.call("CreateVirtualMFADevice", DUMMY, region="cn-north-1", VirtualMFADeviceName="phone")[
            "VirtualMFADevice"
        ]["SerialNumber"],
    ]
    assert made == [f"arn:aws-cn:iam::{ACCOUNT}:{name}" for name in ("group/eng", "policy/own", "mfa/phone")]


def test_names_are_taken_in_the_account_whatever_the_partition(wire: Wire) -> None:
    taken = {
        "CreateUser": ("UserName", "User with name alice already exists."),
        "CreateGroup": ("GroupName", "Group with name alice already exists."),
        "CreateVirtualMFADevice": ("VirtualMFADeviceName", "MFA device already exists."),
    }
    for operation, (parameter, text) in taken.items():
        wire.call(operation, DUMMY, **{parameter: "alice"})
        again = wire.call(operation, DUMMY, region="cn-north-1", **{parameter: "alice"})
        assert again == AwsError("EntityAlreadyExists", text, 409)


def test_a_federated_user_is_named_in_the_partition_of_the_call(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    made = wire.call("GetFederationToken", key, region="us-gov-west-1", Name="fred")
    arn = f"arn:aws-us-gov:sts::{ACCOUNT}:federated-user/fred"
    assert made["FederatedUser"]["Arn"] == arn
    given = made["Credentials"]
    session = Key(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert caller(wire, session, "us-gov-east-1") == arn


def test_the_root_user_is_named_in_the_partition_of_the_call(wire: Wire) -> None:
    arn = f"arn:aws-iso:iam::{ACCOUNT}:root"
    assert wire.call("GetUser", DUMMY, region="us-iso-east-1")["User"]["Arn"] == arn
    wire.call("GenerateCredentialReport", DUMMY, region="us-iso-east-1")
    report = wire.call("GetCredentialReport", DUMMY, region="us-iso-east-1")["Content"]
    assert base64.b64decode(report).decode().splitlines()[1].split(",")[:2] == ["<root_account>", arn]


@pytest.mark.parametrize(
    ("called", "region"),
    [
        ("eu-central-1", "us-east-1"),
        ("cn-northwest-1", "cn-north-1"),
        ("us-gov-east-1", "us-gov-west-1"),
        ("us-iso-west-1", "us-iso-east-1"),
        ("us-isof-east-1", "us-isof-south-1"),
        ("eu-isoe-west-1", "eu-isoe-west-1"),
    ],
)
def test_the_last_use_at_iam_is_in_the_region_of_iam_in_the_partition(wire: Wire, called: str, region: str) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.call("ListUsers", key, region=called)
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["Region"] == region


def test_the_last_use_at_sts_is_in_the_region_that_was_called(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    for called, noted in (("cn-northwest-1", "cn-northwest-1"), ("aws-cn-global", "cn-north-1")):
        wire.call("GetCallerIdentity", key, region=called)
        assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["Region"] == noted


def test_a_use_without_a_region_is_in_that_of_the_settings() -> None:
    wire = Wire(partition="aws-us-gov")
    wire.user("alice")
    key = wire.key("alice")
    wire.call("GetCallerIdentity", key, region="here")
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["Region"] == "us-gov-west-1"


def test_an_unsigned_answer_of_sts_is_from_the_partition_of_the_settings() -> None:
    answer = Wire(partition="aws-cn").send(form_request("GetCallerIdentity"))
    extended = dict(answer.headers)["x-amz-sts-extended-request-id"]
    assert base64.b64decode(extended).decode().split(":")[1] == "cn-north-1"


def policies(wire: Wire, region: str, **parameters: Any) -> list[str]:
    listed = wire.call("ListPolicies", DUMMY, region=region, **parameters)["Policies"]["member"]
    return [policy["Arn"] for policy in (listed if isinstance(listed, list) else [listed])]


def test_policies_of_aws_are_those_of_the_partition(wire: Wire) -> None:
    usual, there = policies(wire, "eu-west-1", Scope="AWS"), policies(wire, "cn-north-1", Scope="AWS")
    assert there == [arn.replace("arn:aws:", "arn:aws-cn:") for arn in usual]


def test_a_policy_of_another_partition_is_none_here(wire: Wire) -> None:
    wire.call("CreateUser", DUMMY, region="cn-north-1", UserName="alice")
    usual, there = (f"arn:{name}:iam::aws:policy/ReadOnlyAccess" for name in ("aws", "aws-cn"))
    attach = {"region": "cn-north-1", "UserName": "alice"}
    assert wire.call("AttachUserPolicy", DUMMY, PolicyArn=usual, **attach) == INVALID_PARTITION
    assert wire.call("AttachUserPolicy", DUMMY, PolicyArn=there, **attach) is None
    assert wire.call("GetPolicy", DUMMY, PolicyArn=there, region="us-east-1") == INVALID_PARTITION
    assert policies(wire, "cn-north-1", OnlyAttached="true") == [there]


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arnarnarnarnarnarnarn", AwsError("ValidationError", "ARN arnarnarnarnarnarnarn is not valid.", 400)),
        ("arn:aws:s3:::some-bucket", INVALID_PARTITION),
        ("arn:b:iam::aws:policy/x", INVALID_PARTITION),
        ("arn:aws-cn:s3:::bucket", AwsError("ValidationError", "ARN arn:aws-cn:s3:::bucket is not valid.", 400)),
    ],
)
def test_the_partition_is_looked_at_before_what_the_arn_names(wire: Wire, arn: str, expected: AwsError) -> None:
    assert wire.call("GetPolicy", DUMMY, region="cn-north-1", PolicyArn=arn) == expected


def test_a_permissions_boundary_is_of_the_partition_of_the_call(wire: Wire) -> None:
    given = {"region": "cn-north-1", "UserName": "alice"}
    usual, there = (f"arn:{name}:iam::aws:policy/ReadOnlyAccess" for name in ("aws", "aws-cn"))
    assert wire.call("CreateUser", DUMMY, PermissionsBoundary=usual, **given) == INVALID_PARTITION
    made = wire.call("CreateUser", DUMMY, PermissionsBoundary=there, **given)["User"]
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == there


def test_journal_and_faults_see_the_callers_arn(wire: Wire) -> None:
    controls = wire.assembled.controls
    controls.faults.add("ListUsers", caller="arn:aws-cn:*", error="AccessDenied")
    refused = wire.call("ListUsers", DUMMY, region="cn-north-1", PathPrefix="/a/")
    assert refused == AwsError(
        "AccessDenied",
        f"User: arn:aws-cn:iam::{ACCOUNT}:root is not authorized to perform: iam:ListUsers on resource: "
        f"arn:aws-cn:iam::{ACCOUNT}:user/a/ because no identity-based policy allows the iam:ListUsers action",
        403,
    )
    assert not isinstance(wire.call("ListUsers", DUMMY), AwsError)
    assert [call.caller for call in controls.calls("ListUsers")] == [
        f"arn:aws-cn:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:root",
    ]
