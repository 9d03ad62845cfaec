"""The rules of users' permissions boundaries, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import AwsError, Wire

DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
ARN = "arn:aws:iam::123456789012:policy/edge"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture(autouse=True)
def alice_and_a_policy(wire: Wire) -> None:
    wire.user("alice")
    wire.call("CreatePolicy", PolicyName="edge", PolicyDocument=DOCUMENT)


def put(wire: Wire, arn: str, user: str = "alice") -> Any:
    return wire.call("PutUserPermissionsBoundary", UserName=user, PermissionsBoundary=arn)


def boundary(wire: Wire) -> str | None:
    shown = wire.call("GetUser", UserName="alice")["User"].get("PermissionsBoundary")
    return shown and shown["PermissionsBoundaryArn"]


def test_a_boundary_is_set_replaced_and_taken_off(wire: Wire) -> None:
    assert put(wire, ARN) is None
    assert boundary(wire) == ARN
    assert wire.call("GetPolicy", PolicyArn=ARN)["Policy"]["PermissionsBoundaryUsageCount"] == "1"
    assert put(wire, READ_ONLY) is None
    assert boundary(wire) == READ_ONLY
    assert wire.call("DeleteUserPermissionsBoundary", UserName="alice") is None
    assert boundary(wire) is None


def test_taking_off_what_is_not_there_is_no_error(wire: Wire) -> None:
    assert wire.call("DeleteUserPermissionsBoundary", UserName="alice") is None


@pytest.mark.parametrize("arn", ["arn:aws:iam::123456789012:user/alice", "longpolicynamebutnoarn"])
def test_what_is_no_policys_arn_is_not_valid(wire: Wire, arn: str) -> None:
    invalid = AwsError("InvalidInput", f"ARN {arn} is not valid.", 400)
    assert put(wire, arn) == invalid
    assert wire.call("CreateUser", UserName="bob", PermissionsBoundary=arn) == invalid
    assert boundary(wire) is None


@pytest.mark.parametrize("arn", [f"{ARN}-absent", "arn:aws:iam::aws:policy/Absent"])
def test_an_unknown_policy_is_no_boundary(wire: Wire, arn: str) -> None:
    missing = AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)
    assert put(wire, arn) == missing
    assert put(wire, arn, user="nobody") == missing


def test_an_unknown_user_cannot_be_found(wire: Wire) -> None:
    missing = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
    assert put(wire, ARN, user="nobody") == missing
    assert wire.call("DeleteUserPermissionsBoundary", UserName="nobody") == missing
