"""The rules of attaching managed policies to users, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import AwsError, Wire

DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
OWN = "arn:aws:iam::123456789012:policy/"
ARN = f"{OWN}p"
AWS_ARN = "arn:aws:iam::aws:policy/job-function/Billing"


@pytest.fixture(autouse=True)
def alice_and_a_policy(wire: Wire) -> None:
    wire.user("alice")
    wire.call("CreatePolicy", PolicyName="p", PolicyDocument=DOCUMENT)


def attach(wire: Wire, arn: str = ARN, user: str = "alice") -> Any:
    return wire.call("AttachUserPolicy", UserName=user, PolicyArn=arn)


def detach(wire: Wire, arn: str = ARN, user: str = "alice") -> Any:
    return wire.call("DetachUserPolicy", UserName=user, PolicyArn=arn)


def members(found: Any) -> list[Any]:
    inside = found["member"] if found else []
    return inside if isinstance(inside, list) else [inside]


def attached(wire: Wire, **parameters: Any) -> list[str]:
    answer = wire.call("ListAttachedUserPolicies", UserName="alice", **parameters)
    return [policy["PolicyName"] for policy in members(answer["AttachedPolicies"])]


def users_of(wire: Wire, arn: str = ARN, **parameters: Any) -> list[str]:
    answer = wire.call("ListEntitiesForPolicy", PolicyArn=arn, **parameters)
    assert (answer["PolicyGroups"], answer["PolicyRoles"]) == (None, None)
    return [user["UserName"] for user in members(answer["PolicyUsers"])]


def test_an_attached_policy_is_listed_by_name_and_arn(wire: Wire) -> None:
    assert attach(wire) is None
    answer = wire.call("ListAttachedUserPolicies", UserName="alice")
    assert answer == {
        "IsTruncated": "false",
        "AttachedPolicies": {"member": {"PolicyName": "p", "PolicyArn": ARN}},
    }


def test_attaching_twice_attaches_once(wire: Wire) -> None:
    assert (attach(wire), attach(wire)) == (None, None)
    assert attached(wire) == ["p"]
    assert wire.call("GetPolicy", PolicyArn=ARN)["Policy"]["AttachmentCount"] == "1"
    assert detach(wire) is None
    assert attached(wire) == []


def test_policies_of_aws_are_counted_per_account(wire: Wire) -> None:
    assert attach(wire, AWS_ARN) is None
    assert attached(wire) == ["Billing"]
    assert wire.call("GetPolicy", PolicyArn=AWS_ARN)["Policy"]["AttachmentCount"] == "1"


@pytest.mark.parametrize(
    "arn", [f"{OWN}absent", "arn:aws:iam::aws:policy/Absent", "arn:aws:iam::999999999999:policy/p"]
)
def test_an_unknown_policy_is_not_attachable(wire: Wire, arn: str) -> None:
    missing = AwsError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    assert attach(wire, arn) == missing
    assert wire.call("ListEntitiesForPolicy", PolicyArn=arn) == missing
    assert detach(wire, arn) == AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)


def test_what_is_not_attached_is_not_found(wire: Wire) -> None:
    assert detach(wire) == AwsError("NoSuchEntity", f"Policy {ARN} was not found.", 404)


def test_what_is_no_arn_is_refused(wire: Wire) -> None:
    refused = AwsError("ValidationError", "ARN longpolicynamebutnoarn is not valid.", 400)
    for action in ("AttachUserPolicy", "DetachUserPolicy"):
        assert wire.call(action, UserName="alice", PolicyArn="longpolicynamebutnoarn") == refused
    assert wire.call("ListEntitiesForPolicy", PolicyArn="longpolicynamebutnoarn") == refused


def test_an_unknown_user_cannot_be_found(wire: Wire) -> None:
    missing = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
    assert attach(wire, f"{OWN}absent", user="nobody") == missing
    assert detach(wire, user="nobody") == missing
    assert wire.call("ListAttachedUserPolicies", UserName="nobody") == missing


def test_attachments_survive_a_rename(wire: Wire) -> None:
    attach(wire)
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    assert users_of(wire) == ["ann"]


def test_the_list_is_by_name_by_path_and_in_pages(wire: Wire) -> None:
    wire.call("CreatePolicy", PolicyName="B", Path="/team/", PolicyDocument=DOCUMENT)
    for arn in (ARN, AWS_ARN, f"{OWN}team/B"):
        attach(wire, arn)
    assert attached(wire) == ["B", "Billing", "p"]
    assert attached(wire, PathPrefix="/team/") == ["B"]
    assert attached(wire, PathPrefix="/job-function/") == ["Billing"]
    first = wire.call("ListAttachedUserPolicies", UserName="alice", MaxItems=1)
    assert attached(wire, Marker=first["Marker"]) == ["Billing", "p"]


def test_the_quota_of_attachments_is_a_setting() -> None:
    wire = Wire(quotas="policies_per_user=1")
    wire.user("alice")
    attach(wire, AWS_ARN)
    full = AwsError("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 1", 409)
    assert attach(wire, "arn:aws:iam::aws:policy/ReadOnlyAccess") == full
    assert attach(wire, AWS_ARN) is None


def test_entities_are_the_users_attached_and_bounded(wire: Wire) -> None:
    for name, path in (("bob", "/team/"), ("carol", "/team/"), ("dave", "/")):
        wire.call("CreateUser", UserName=name, Path=path)
    attach(wire)
    attach(wire, user="bob")
    wire.call("PutUserPermissionsBoundary", UserName="carol", PermissionsBoundary=ARN)
    assert users_of(wire) == ["alice", "bob", "carol"]
    assert users_of(wire, PolicyUsageFilter="PermissionsPolicy") == ["alice", "bob"]
    assert users_of(wire, PolicyUsageFilter="PermissionsBoundary") == ["carol"]
    assert users_of(wire, PathPrefix="/team/") == ["bob", "carol"]
    assert users_of(wire, EntityFilter="User") == ["alice", "bob", "carol"]
    assert users_of(wire, EntityFilter="Role") == users_of(wire, EntityFilter="LocalManagedPolicy") == []
    first = wire.call("ListEntitiesForPolicy", PolicyArn=ARN, MaxItems=2)
    assert users_of(wire, Marker=first["Marker"]) == ["carol"]


def entities(wire: Wire, **parameters: Any) -> list[list[str]]:
    """The names of groups and users on each page."""
    pages, marker = [], {}
    while True:
        answer = wire.call("ListEntitiesForPolicy", PolicyArn=ARN, **parameters, **marker)
        groups = [group["GroupName"] for group in members(answer["PolicyGroups"])]
        pages.append([*groups, *(user["UserName"] for user in members(answer["PolicyUsers"]))])
        if answer["IsTruncated"] == "false":
            return pages
        marker = {"Marker": answer["Marker"]}


def test_entities_come_in_pages_groups_first_and_each_once(wire: Wire) -> None:
    wire.call("CreateUser", UserName="Bob", Path="/team/", PermissionsBoundary=ARN)
    wire.call("CreateUser", UserName="carol", PermissionsBoundary=ARN)
    for name, path in (("ops", "/"), ("devs", "/team/")):
        wire.call("CreateGroup", GroupName=name, Path=path)
        wire.call("AttachGroupPolicy", GroupName=name, PolicyArn=ARN)
    attach(wire)
    attach(wire, user="Bob")
    assert entities(wire, MaxItems=1) == [["devs"], ["ops"], ["alice"], ["Bob"], ["carol"]]
    assert entities(wire, MaxItems=2, EntityFilter="User") == [["alice", "Bob"], ["carol"]]
    assert entities(wire, MaxItems=1, EntityFilter="Group") == [["devs"], ["ops"]]
    assert entities(wire, EntityFilter="Role") == [[]]
    assert entities(wire, PathPrefix="/team/") == [["devs", "Bob"]]
    assert entities(wire, PolicyUsageFilter="PermissionsPolicy") == [["devs", "ops", "alice", "Bob"]]
    assert entities(wire, PolicyUsageFilter="PermissionsBoundary", MaxItems=1) == [["Bob"], ["carol"]]


def test_a_renamed_entity_is_where_its_new_name_belongs(wire: Wire) -> None:
    wire.user("bob")
    for name in ("devs", "ops"):
        wire.call("CreateGroup", GroupName=name)
        wire.call("AttachGroupPolicy", GroupName=name, PolicyArn=ARN)
    attach(wire)
    attach(wire, user="bob")
    wire.call("UpdateUser", UserName="alice", NewUserName="zoe", NewPath="/team/")
    wire.call("UpdateGroup", GroupName="devs", NewGroupName="people")
    assert entities(wire) == [["ops", "people", "bob", "zoe"]]
    assert entities(wire, PathPrefix="/team/") == [["zoe"]]
    detach(wire, user="bob")
    assert entities(wire) == [["ops", "people", "zoe"]]


def test_an_entity_is_a_name_and_an_id(wire: Wire) -> None:
    attach(wire)
    (shown,) = members(wire.call("ListEntitiesForPolicy", PolicyArn=ARN)["PolicyUsers"])
    assert shown == {"UserName": "alice", "UserId": wire.call("GetUser", UserName="alice")["User"]["UserId"]}


def test_a_user_with_an_attached_policy_is_not_deleted(wire: Wire) -> None:
    attach(wire, AWS_ARN)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    assert wire.call("DeleteUser", UserName="alice") == conflict
    detach(wire, AWS_ARN)
    assert wire.call("DeleteUser", UserName="alice") is None
