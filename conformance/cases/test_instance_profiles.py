from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import observed
from conformance.roles import Roles
from conformance.sources import Source
from conformance.targets import Target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_instance_profiles")
NOTHING = "fake-iam-conformance-no-profile"
MISSING = AwsError("NoSuchEntity", f"Instance Profile {NOTHING} cannot be found.", 404)
HAS_ROLE = AwsError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409)
SHOWN = ["Arn", "CreateDate", "InstanceProfileId", "InstanceProfileName", "Path", "Roles"]


@observed(*LS, "2:Create answer")
@pytest.mark.parametrize("tags", [[], [{"Key": "a", "Value": "b"}]], ids=["no tags", "tags"])
def test_creation_shows_tags_only_if_they_were_given(aws: Target, new_role: Roles, tags: list[dict[str, str]]) -> None:
    name, given = new_role.profile_name(), {"Tags": tags} if tags else {}
    made = aws.iam.create_instance_profile(InstanceProfileName=name, **given)["InstanceProfile"]
    assert sorted(made) == sorted([*SHOWN, *given])
    assert (made["Roles"], made.get("Tags", [])) == ([], tags)


@observed(*LS, "2:Id", "2:Get answer", "1.5:GetPolicy, GetInstanceProfile")
def test_a_new_profile_has_no_roles(aws: Target, new_role: Roles) -> None:
    name = new_role.profile()
    shown = aws.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    assert sorted(shown) == sorted([*SHOWN, "Tags"])
    assert (shown["Roles"], shown["Tags"], shown["Path"]) == ([], [], "/")
    assert shown["Arn"] == f"arn:aws:iam::{aws.account}:instance-profile/{name}"
    assert shown["InstanceProfileId"].startswith("AIPA")


@observed(*LS, "2:ListInstanceProfiles", "1.5:List*", "C56")
def test_lists_show_no_tags(aws: Target, new_user: People, new_role: Roles) -> None:
    path, role = new_user.path(), new_role()
    name = new_role.profile(Path=path, Tags=[{"Key": "a", "Value": "b"}])
    (listed,) = aws.iam.list_instance_profiles(PathPrefix=path)["InstanceProfiles"]
    assert (sorted(listed), listed["InstanceProfileName"], listed["Roles"]) == (SHOWN, name, [])
    assert aws.iam.list_instance_profiles(PathPrefix=f"{path}none/") == {"InstanceProfiles": [], "IsTruncated": False}
    assert aws.iam.list_instance_profiles_for_role(RoleName=role) == {"InstanceProfiles": [], "IsTruncated": False}


@observed(*LS, "1:Role nested in an InstanceProfile", "2:ListInstanceProfiles")
def test_a_profile_shows_six_members_of_its_role(aws: Target, new_role: Roles) -> None:
    name, role = new_role.profile(), new_role(Description="x", Tags=[{"Key": "a", "Value": "b"}])
    aws.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    (listed,) = aws.iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]
    assert sorted(listed) == SHOWN
    assert sorted(listed["Roles"][0]) == [
        "Arn",
        "AssumeRolePolicyDocument",
        "CreateDate",
        "Path",
        "RoleId",
        "RoleName",
    ]


@observed(*LS, "profile-exists")
def test_a_name_is_taken_once(aws: Target, new_role: Roles) -> None:
    name = new_role.profile()
    refused = AwsError("EntityAlreadyExists", f"Instance Profile {name} already exists.", 409)
    assert aws.error(aws.iam.create_instance_profile, InstanceProfileName=name) == refused


@pytest.mark.parametrize(
    "another",
    [
        pytest.param(True, marks=observed(*LS, "profile-second-role", "2:One role at most"), id="another role"),
        pytest.param(False, marks=observed("undated", "users quote the text", "2:One role at most"), id="the same"),
    ],
)
def test_a_profile_holds_one_role(aws: Target, new_role: Roles, another: bool) -> None:
    name, role = new_role.profile(), new_role()
    add = aws.iam.add_role_to_instance_profile
    add(InstanceProfileName=name, RoleName=role)
    refused = AwsError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
    assert aws.error(add, InstanceProfileName=name, RoleName=new_role() if another else role) == refused


@pytest.mark.parametrize("method", ["add_role_to_instance_profile", "remove_role_from_instance_profile"])
@observed(*LS, "role-missing", "2:AddRole checks")
def test_the_profile_is_looked_up_before_the_role(aws: Target, new_role: Roles, method: str) -> None:
    operation, absent = getattr(aws.iam, method), new_role.name()
    missing = AwsError("NoSuchEntity", f"The role with name {absent} cannot be found.", 404)
    assert aws.error(operation, InstanceProfileName=NOTHING, RoleName=absent) == MISSING
    assert aws.error(operation, InstanceProfileName=new_role.profile(), RoleName=absent) == missing


@observed(*LS, "profile-role-absent", "2:AddRole checks")
def test_a_role_that_is_not_in_the_profile_cannot_be_removed(aws: Target, new_role: Roles) -> None:
    name, role = new_role.profile(), new_role()
    refused = AwsError("NoSuchEntity", f"Role {role} in Instance Profile {name} cannot be found.", 404)
    remove = aws.iam.remove_role_from_instance_profile
    assert aws.error(remove, InstanceProfileName=name, RoleName=role) == refused


@observed(
    *LS,
    "profile-del-role",
    "role-del-profile",
    "2:A role in a profile cannot be deleted",
    "2:Role deleted and recreated",
)
def test_neither_goes_while_one_is_in_the_other(aws: Target, new_role: Roles) -> None:
    name, role = new_role.profile(), new_role()
    aws.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    assert aws.error(aws.iam.delete_instance_profile, InstanceProfileName=name) == HAS_ROLE
    assert aws.error(aws.iam.delete_role, RoleName=role) == HAS_ROLE
    aws.iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    assert aws.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"] == []
    aws.iam.delete_role(RoleName=role)
    aws.iam.delete_instance_profile(InstanceProfileName=name)


@observed(*LS, "profile-missing")
@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("get_instance_profile", {}),
        ("delete_instance_profile", {}),
        ("add_role_to_instance_profile", {"RoleName": "any"}),
        ("remove_role_from_instance_profile", {"RoleName": "any"}),
        ("tag_instance_profile", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_instance_profile", {"TagKeys": ["a"]}),
        ("list_instance_profile_tags", {}),
    ],
)
def test_a_profile_that_is_missing_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    assert aws.error(getattr(aws.iam, method), InstanceProfileName=NOTHING, **parameters) == MISSING


@observed(*LS, "role-missing", "2:ListInstanceProfilesForRole of an unknown role")
def test_a_role_that_is_missing_is_in_no_list(aws: Target) -> None:
    refused = AwsError("NoSuchEntity", f"The role with name {NOTHING} cannot be found.", 404)
    assert aws.error(aws.iam.list_instance_profiles_for_role, RoleName=NOTHING) == refused


@observed(*LS, "2:Tags")
def test_tags_are_set_listed_and_taken_off(aws: Target, new_role: Roles) -> None:
    name = new_role.profile(Tags=[{"Key": "zebra", "Value": "1"}])
    assert aws.iam.tag_instance_profile(InstanceProfileName=name, Tags=[{"Key": "b", "Value": "2"}]) == {}
    tags = aws.iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"]
    assert tags == [{"Key": "zebra", "Value": "1"}, {"Key": "b", "Value": "2"}]
    aws.iam.untag_instance_profile(InstanceProfileName=name, TagKeys=["zebra", "b"])
    assert aws.iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"] == []
