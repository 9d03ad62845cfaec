"""The rules of roles, without HTTP."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from conformance.modelled import with_whole_model
from tests.support import AwsError, Wire

ACCOUNT = "123456789012"
EC2 = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
CREATED = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
MISSING = AwsError("NoSuchEntity", "The role with name nobody cannot be found.", 404)


def role(wire: Wire, name: str = "deployer", **parameters: Any) -> Any:
    given = {"AssumeRolePolicyDocument": EC2, **parameters}
    answer = wire.call("CreateRole", RoleName=name, **given)
    return answer if isinstance(answer, AwsError) else answer["Role"]


def get(wire: Wire, name: str = "deployer") -> Any:
    return wire.call("GetRole", RoleName=name)["Role"]


def members(answer: Any) -> list[Any]:
    found = answer["member"] if answer else []
    return found if isinstance(found, list) else [found]


def test_a_new_role_shows_six_members_and_neither_description_nor_duration(wire: Wire) -> None:
    made = role(wire, Path="/ci/", Description="deploys", MaxSessionDuration=7200)
    assert set(made) == CREATED
    assert (made["RoleId"][:4], len(made["RoleId"])) == ("AROA", 21)
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/ci/deployer"
    assert unquote(made["AssumeRolePolicyDocument"]) == EC2


def test_a_new_role_shows_tags_and_boundary_that_are_given(wire: Wire) -> None:
    tag = {"Tags.member.1.Key": "Team", "Tags.member.1.Value": "red"}
    made = role(wire, PermissionsBoundary=READ_ONLY, **tag)
    assert made["Tags"]["member"] == {"Key": "Team", "Value": "red"}
    assert made["PermissionsBoundary"] == {
        "PermissionsBoundaryArn": READ_ONLY,
        "PermissionsBoundaryType": "Policy",
    }


@with_whole_model
def test_a_role_is_shown_with_its_duration_and_an_empty_last_use(wire: Wire) -> None:
    role(wire)
    shown = get(wire, "DEPLOYER")
    assert set(shown) == CREATED | {"MaxSessionDuration", "RoleLastUsed"}
    assert (shown["MaxSessionDuration"], shown["RoleLastUsed"], shown["RoleName"]) == ("3600", None, "deployer")
    role(wire, "other", Description="deploys", MaxSigninSessionDuration=7200)
    other = get(wire, "other")
    assert (other["Description"], other["MaxSigninSessionDuration"]) == ("deploys", "7200")


def test_a_list_shows_no_tags_no_boundary_and_no_last_use(wire: Wire) -> None:
    tag = {"Tags.member.1.Key": "Team", "Tags.member.1.Value": "red"}
    role(wire, "b", Path="/ci/", Description="deploys", PermissionsBoundary=READ_ONLY, **tag)
    role(wire, "A")
    listed = wire.call("ListRoles")
    assert [found["RoleName"] for found in members(listed["Roles"])] == ["A", "b"]
    assert set(members(listed["Roles"])[1]) == CREATED | {"MaxSessionDuration", "Description"}
    below = wire.call("ListRoles", PathPrefix="/ci/")
    assert [found["RoleName"] for found in members(below["Roles"])] == ["b"]
    assert wire.call("ListRoles", PathPrefix="/none/") == {"Roles": None, "IsTruncated": "false"}


def test_a_list_is_cut_and_goes_on_behind_the_marker(wire: Wire) -> None:
    for name in ("a", "b", "c"):
        role(wire, name)
    first = wire.call("ListRoles", MaxItems=2)
    assert ([found["RoleName"] for found in members(first["Roles"])], first["IsTruncated"]) == (["a", "b"], "true")
    rest = wire.call("ListRoles", Marker=first["Marker"])
    assert ([found["RoleName"] for found in members(rest["Roles"])], rest["IsTruncated"]) == (["c"], "false")


def test_a_name_is_taken_without_regard_to_case(wire: Wire) -> None:
    role(wire)
    assert role(wire, "Deployer") == AwsError("EntityAlreadyExists", "Role with name Deployer already exists.", 409)


def test_roles_keep_the_quota() -> None:
    wire = Wire(quotas="roles_per_account=1")
    role(wire)
    assert role(wire, "more") == AwsError("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1", 409)


def test_the_same_tag_key_twice_is_refused_in_any_case(wire: Wire) -> None:
    tags = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "1", "Tags.member.2.Key": "A", "Tags.member.2.Value": "2"}
    twice = AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)
    assert role(wire, **tags) == twice
    role(wire)
    assert wire.call("TagRole", RoleName="deployer", **tags) == twice


@with_whole_model
def test_an_update_changes_what_is_given_and_answers_an_empty_result(wire: Wire) -> None:
    role(wire, Description="deploys", MaxSessionDuration=7200)
    assert wire.call("UpdateRole", RoleName="deployer") is None
    assert (get(wire)["Description"], get(wire)["MaxSessionDuration"]) == ("deploys", "7200")
    wire.call("UpdateRole", RoleName="deployer", Description="builds", MaxSigninSessionDuration=9000)
    shown = get(wire)
    assert (shown["Description"], shown["MaxSessionDuration"], shown["MaxSigninSessionDuration"]) == (
        "builds",
        "7200",
        "9000",
    )
    wire.call("UpdateRole", RoleName="deployer", Description="", ResetMaxSigninSessionDuration="true")
    emptied = get(wire)
    assert (emptied["Description"], "MaxSigninSessionDuration" in emptied) == (None, False)


@with_whole_model
def test_the_longest_sign_in_session_is_not_set_and_reset_at_once(wire: Wire) -> None:
    role(wire, MaxSigninSessionDuration=7200)
    refused = wire.call(
        "UpdateRole", RoleName="deployer", MaxSigninSessionDuration=9000, ResetMaxSigninSessionDuration="true"
    )
    text = "MaxSigninSessionDuration cannot be specified when ResetMaxSigninSessionDuration is true."
    assert refused == AwsError("InvalidInput", text, 400)
    assert get(wire)["MaxSigninSessionDuration"] == "7200"


def test_a_new_description_is_answered_without_the_duration(wire: Wire) -> None:
    role(wire)
    answer = wire.call("UpdateRoleDescription", RoleName="deployer", Description="deploys")["Role"]
    assert set(answer) == CREATED | {"Description"}
    assert (answer["Description"], get(wire)["Description"]) == ("deploys", "deploys")


def test_a_trust_policy_comes_back_exactly_as_given(wire: Wire) -> None:
    role(wire)
    other = EC2.replace("ec2", "lambda").replace(" ", "  ")
    assert wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument=other) is None
    assert unquote(get(wire)["AssumeRolePolicyDocument"]) == other


def test_tags_keep_the_order_in_which_their_keys_were_set(wire: Wire) -> None:
    role(wire)
    for key, value in (("zebra", "1"), ("b", "2"), ("ZEBRA", "3")):
        given = {"Tags.member.1.Key": key, "Tags.member.1.Value": value}
        assert wire.call("TagRole", RoleName="deployer", **given) is None
    listed = wire.call("ListRoleTags", RoleName="deployer")
    assert members(listed["Tags"]) == [{"Key": "ZEBRA", "Value": "3"}, {"Key": "b", "Value": "2"}]
    assert members(get(wire)["Tags"]) == members(listed["Tags"])
    first = wire.call("ListRoleTags", RoleName="deployer", MaxItems=1)
    rest = wire.call("ListRoleTags", RoleName="deployer", Marker=first["Marker"])
    assert members(first["Tags"]) + members(rest["Tags"]) == members(listed["Tags"])
    untagged = {"TagKeys.member.1": "B", "TagKeys.member.2": "absent"}
    assert wire.call("UntagRole", RoleName="deployer", **untagged) is None
    assert members(get(wire)["Tags"]) == [{"Key": "ZEBRA", "Value": "3"}]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetRole", {}),
        ("UpdateRole", {}),
        ("UpdateRoleDescription", {"Description": "x"}),
        ("UpdateAssumeRolePolicy", {"PolicyDocument": EC2}),
        ("DeleteRole", {}),
        ("TagRole", {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}),
        ("UntagRole", {"TagKeys.member.1": "a"}),
        ("ListRoleTags", {}),
        ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": POLICY}),
        ("GetRolePolicy", {"PolicyName": "p"}),
        ("DeleteRolePolicy", {"PolicyName": "p"}),
        ("ListRolePolicies", {}),
        ("AttachRolePolicy", {"PolicyArn": READ_ONLY}),
        ("DetachRolePolicy", {"PolicyArn": READ_ONLY}),
        ("ListAttachedRolePolicies", {}),
        ("PutRolePermissionsBoundary", {"PermissionsBoundary": READ_ONLY}),
        ("DeleteRolePermissionsBoundary", {}),
    ],
)
def test_a_role_that_is_missing_cannot_be_found(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    assert wire.call(operation, RoleName="nobody", **parameters) == MISSING


def test_a_role_goes_when_nothing_hangs_on_it_and_its_name_is_free(wire: Wire) -> None:
    before = role(wire)["RoleId"]
    wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=READ_ONLY)
    wire.call("PutRolePolicy", RoleName="deployer", PolicyName="own", PolicyDocument=POLICY)
    attached = AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    assert wire.call("DeleteRole", RoleName="deployer") == attached
    wire.call("DetachRolePolicy", RoleName="deployer", PolicyArn=READ_ONLY)
    inline = AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    assert wire.call("DeleteRole", RoleName="deployer") == inline
    wire.call("DeleteRolePolicy", RoleName="deployer", PolicyName="own")
    assert wire.call("DeleteRole", RoleName="deployer") is None
    assert wire.call("GetRole", RoleName="deployer").code == "NoSuchEntity"
    assert role(wire)["RoleId"] != before


def trusting(*names: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": list(names)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def trusted(wire: Wire, name: str = "deployer") -> list[str]:
    found = json.loads(unquote(get(wire, name)["AssumeRolePolicyDocument"]))["Statement"]["Principal"]["AWS"]
    return list(found)


def test_a_trust_policy_that_breaks_a_rule_makes_no_role(wire: Wire) -> None:
    refused = AwsError("MalformedPolicyDocument", "This policy contains invalid Json", 400)
    assert role(wire, AssumeRolePolicyDocument="{") == refused
    assert wire.call("GetRole", RoleName="deployer").code == "NoSuchEntity"
    role(wire)
    assert wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument="{") == refused
    assert unquote(get(wire)["AssumeRolePolicyDocument"]) == EC2


def test_a_trust_policy_keeps_the_quota() -> None:
    wire = Wire(quotas="trust_policy_size=50")
    refused = AwsError("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 50", 409)
    assert role(wire) == refused


def test_an_account_is_echoed_as_given_and_read_again_as_its_arn(wire: Wire) -> None:
    text = trusting("210987654321")
    assert unquote(role(wire, AssumeRolePolicyDocument=text)["AssumeRolePolicyDocument"]) == text
    assert trusted(wire) == ["arn:aws:iam::210987654321:root"]


def test_a_user_is_followed_when_it_is_renamed_and_shown_by_its_id_when_it_is_gone(wire: Wire) -> None:
    made = wire.call("CreateUser", UserName="alice", Path="/team/")["User"]
    role(wire, AssumeRolePolicyDocument=trusting(made["Arn"]))
    assert trusted(wire) == [made["Arn"]]
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    assert trusted(wire) == [f"arn:aws:iam::{ACCOUNT}:user/team/ann"]
    wire.call("DeleteUser", UserName="ann")
    assert trusted(wire) == [made["UserId"]]
    wire.call("CreateUser", UserName="alice", Path="/team/")
    assert trusted(wire) == [made["UserId"]]


@pytest.mark.parametrize(
    "name",
    [
        f"arn:aws:iam::{ACCOUNT}:user/nobody",
        f"arn:aws:iam::{ACCOUNT}:role/nobody",
        f"arn:aws:iam::{ACCOUNT}:user/elsewhere/alice",
        f"arn:aws:iam::{ACCOUNT}:group/devs",
    ],
)
def test_a_principal_of_the_account_must_exist(wire: Wire, name: str) -> None:
    wire.user("alice")
    refused = AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{name}"', 400)
    assert role(wire, AssumeRolePolicyDocument=trusting(name)) == refused


def test_whoever_another_servers_account_holds_is_taken_as_given(wire: Wire) -> None:
    name = "arn:aws:iam::210987654321:role/ci/builder"
    role(wire, AssumeRolePolicyDocument=trusting(name, "*"))
    assert trusted(wire) == [name, "*"]
