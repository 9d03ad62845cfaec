"""The rules of groups' policies, without HTTP."""

from __future__ import annotations

import pytest

from tests.support import AwsError, Wire

DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    wire.call("CreateGroup", GroupName="Devs")
    return wire


def test_an_inline_policy_is_put_shown_listed_replaced_and_deleted(wire: Wire) -> None:
    assert wire.call("PutGroupPolicy", GroupName="devs", PolicyName="own", PolicyDocument="{") == AwsError(
        "MalformedPolicyDocument", "Syntax errors in policy.", 400
    )
    for document in (DOCUMENT.replace("s3", "iam"), DOCUMENT):
        assert wire.call("PutGroupPolicy", GroupName="devs", PolicyName="own", PolicyDocument=document) is None
    shown = wire.call("GetGroupPolicy", GroupName="devs", PolicyName="own")
    assert (shown["GroupName"], shown["PolicyName"]) == ("Devs", "own")
    assert shown["PolicyDocument"].startswith("%7B%22Version%22%3A%20%222012-10-17%22")
    assert wire.call("ListGroupPolicies", GroupName="devs")["PolicyNames"]["member"] == "own"
    assert wire.call("DeleteGroupPolicy", GroupName="devs", PolicyName="own") is None
    assert wire.call("ListGroupPolicies", GroupName="devs")["PolicyNames"] is None


@pytest.mark.parametrize("operation", ["GetGroupPolicy", "DeleteGroupPolicy"])
def test_an_inline_policy_that_is_not_there_is_named(wire: Wire, operation: str) -> None:
    assert wire.call(operation, GroupName="devs", PolicyName="none") == AwsError(
        "NoSuchEntity", "The group policy with name none cannot be found.", 404
    )


def test_inline_policies_together_keep_the_quota() -> None:
    wire = Wire(quotas="group_policy_size=150")
    wire.call("CreateGroup", GroupName="devs")
    wire.call("PutGroupPolicy", GroupName="devs", PolicyName="one", PolicyDocument=DOCUMENT)
    assert wire.call("PutGroupPolicy", GroupName="devs", PolicyName="two", PolicyDocument=DOCUMENT) == AwsError(
        "LimitExceeded", "Maximum policy size of 150 bytes exceeded for group devs", 409
    )
    assert wire.call("PutGroupPolicy", GroupName="devs", PolicyName="one", PolicyDocument=DOCUMENT) is None


def test_a_managed_policy_is_attached_listed_and_detached(wire: Wire) -> None:
    for _ in range(2):
        assert wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=READ_ONLY) is None
    listed = wire.call("ListAttachedGroupPolicies", GroupName="devs")["AttachedPolicies"]["member"]
    assert listed == {"PolicyArn": READ_ONLY, "PolicyName": "ReadOnlyAccess"}
    entities = wire.call("ListEntitiesForPolicy", PolicyArn=READ_ONLY)
    assert (entities["PolicyGroups"]["member"]["GroupName"], entities["PolicyUsers"]) == ("Devs", None)
    assert wire.call("ListEntitiesForPolicy", PolicyArn=READ_ONLY, EntityFilter="User")["PolicyGroups"] is None
    assert wire.call("DetachGroupPolicy", GroupName="devs", PolicyArn=READ_ONLY) is None
    assert wire.call("DetachGroupPolicy", GroupName="devs", PolicyArn=READ_ONLY) == AwsError(
        "NoSuchEntity", f"Policy {READ_ONLY} was not found.", 404
    )


def test_a_policy_that_is_not_there_cannot_be_attached(wire: Wire) -> None:
    arn = "arn:aws:iam::123456789012:policy/none"
    assert wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=arn) == AwsError(
        "NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404
    )


def test_attached_policies_keep_the_quota() -> None:
    wire = Wire(quotas="policies_per_group=1")
    wire.call("CreateGroup", GroupName="devs")
    wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=READ_ONLY)
    second = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=second) == AwsError(
        "LimitExceeded", "Cannot exceed quota for PoliciesPerGroup: 1", 409
    )


def test_a_group_with_policies_is_not_deleted(wire: Wire) -> None:
    wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=READ_ONLY)
    wire.call("PutGroupPolicy", GroupName="devs", PolicyName="own", PolicyDocument=DOCUMENT)
    assert wire.call("DeleteGroup", GroupName="devs") == AwsError(
        "DeleteConflict", "Cannot delete entity, must detach all policies first.", 409
    )
    wire.call("DetachGroupPolicy", GroupName="devs", PolicyArn=READ_ONLY)
    assert wire.call("DeleteGroup", GroupName="devs") == AwsError(
        "DeleteConflict", "Cannot delete entity, must delete policies first.", 409
    )
    wire.call("DeleteGroupPolicy", GroupName="devs", PolicyName="own")
    assert wire.call("DeleteGroup", GroupName="devs") is None


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("PutGroupPolicy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
        ("GetGroupPolicy", {"PolicyName": "p"}),
        ("ListGroupPolicies", {}),
        ("DeleteGroupPolicy", {"PolicyName": "p"}),
        ("AttachGroupPolicy", {"PolicyArn": READ_ONLY}),
        ("DetachGroupPolicy", {"PolicyArn": READ_ONLY}),
        ("ListAttachedGroupPolicies", {}),
    ],
)
def test_a_group_that_is_not_there_is_named(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    assert wire.call(operation, GroupName="none", **parameters) == AwsError(
        "NoSuchEntity", "The group with name none cannot be found.", 404
    )
