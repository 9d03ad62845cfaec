from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.provenance import observed
from conformance.roles import Roles
from conformance.sources import Source
from conformance.targets import Target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_instance_profiles")
NOTHING = "fake-iam-conformance-no-profile"
MISSING = AwsError("NoSuchEntity", f"Instance Profile {NOTHING} cannot be found.", 404)
HAS_ROLE = AwsError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409)
SHOWN = ["Arn", "CreateDate", "InstanceProfileId", "InstanceProfileName", "Path", "Roles"]


@observed(*LS)
def test_a_new_profile_has_no_roles(aws: Target, new_role: Roles) -> None:
    name = new_role.profile()
    shown = aws.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    assert sorted(shown) == sorted([*SHOWN, "Tags"])
    assert (shown["Roles"], shown["Tags"], shown["Path"]) == ([], [], "/")
    assert shown["Arn"] == f"arn:aws:iam::{aws.account}:instance-profile/{name}"
    assert shown["InstanceProfileId"].startswith("AIPA")


@observed(*LS)
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


@observed(*LS, "profile-second-role")
def test_a_profile_holds_one_role(aws: Target, new_role: Roles) -> None:
    name = new_role.profile()
    aws.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=new_role())
    refused = AwsError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
    add = aws.iam.add_role_to_instance_profile
    assert aws.error(add, InstanceProfileName=name, RoleName=new_role()) == refused


@observed(*LS, "profile-role-absent")
def test_a_role_that_is_not_in_the_profile_cannot_be_removed(aws: Target, new_role: Roles) -> None:
    name, role = new_role.profile(), new_role()
    refused = AwsError("NoSuchEntity", f"Role {role} in Instance Profile {name} cannot be found.", 404)
    remove = aws.iam.remove_role_from_instance_profile
    assert aws.error(remove, InstanceProfileName=name, RoleName=role) == refused


@observed(*LS, "profile-del-role", "role-del-profile")
def test_neither_goes_while_one_is_in_the_other(aws: Target, new_role: Roles) -> None:
    name, role = new_role.profile(), new_role()
    aws.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    assert aws.error(aws.iam.delete_instance_profile, InstanceProfileName=name) == HAS_ROLE
    assert aws.error(aws.iam.delete_role, RoleName=role) == HAS_ROLE


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


@observed(*LS, "role-missing")
def test_a_role_that_is_missing_is_in_no_list(aws: Target) -> None:
    refused = AwsError("NoSuchEntity", f"The role with name {NOTHING} cannot be found.", 404)
    assert aws.error(aws.iam.list_instance_profiles_for_role, RoleName=NOTHING) == refused


@observed(*LS)
def test_tags_are_set_listed_and_taken_off(aws: Target, new_role: Roles) -> None:
    name = new_role.profile(Tags=[{"Key": "a", "Value": "1"}])
    aws.iam.tag_instance_profile(InstanceProfileName=name, Tags=[{"Key": "b", "Value": "2"}])
    tags = aws.iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    aws.iam.untag_instance_profile(InstanceProfileName=name, TagKeys=["a", "b"])
    assert aws.iam.list_instance_profile_tags(InstanceProfileName=name)["Tags"] == []
