"""The rules of instance profiles, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import AwsError, Wire
from tests.unit.services.identities.test_roles import CREATED, members, role

MISSING = AwsError("NoSuchEntity", "Instance Profile nothing cannot be found.", 404)
HAS_ROLE = AwsError("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409)
ONE_ROLE = AwsError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
SHOWN = {"Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate", "Roles"}
TAG = {"Tags.member.1.Key": "Team", "Tags.member.1.Value": "red"}


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    role(wire, "Deployer", Description="deploys")
    role(wire, "other")
    return wire


def profile(wire: Wire, name: str = "Web", **parameters: Any) -> Any:
    answer = wire.call("CreateInstanceProfile", InstanceProfileName=name, **parameters)
    return answer if isinstance(answer, AwsError) else answer["InstanceProfile"]


def add(wire: Wire, role_name: str = "deployer", name: str = "web") -> Any:
    return wire.call("AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=role_name)


def remove(wire: Wire, role_name: str = "deployer", name: str = "web") -> Any:
    return wire.call("RemoveRoleFromInstanceProfile", InstanceProfileName=name, RoleName=role_name)


def test_a_new_profile_has_no_roles_and_shows_tags_only_if_given(wire: Wire) -> None:
    made = profile(wire, Path="/web/")
    assert set(made) == SHOWN
    assert (made["Roles"], made["InstanceProfileId"][:4], len(made["InstanceProfileId"])) == (None, "AIPA", 21)
    assert made["Arn"] == "arn:aws:iam::123456789012:instance-profile/web/Web"
    assert profile(wire, "tagged", **TAG)["Tags"]["member"] == {"Key": "Team", "Value": "red"}


def test_a_profile_is_shown_with_its_role_and_an_empty_list_of_tags(wire: Wire) -> None:
    profile(wire)
    assert add(wire) is None
    shown = wire.call("GetInstanceProfile", InstanceProfileName="WEB")["InstanceProfile"]
    assert set(shown) == SHOWN | {"Tags"}
    assert shown["Tags"] is None
    assert set(shown["Roles"]["member"]) == CREATED
    assert shown["Roles"]["member"]["RoleName"] == "Deployer"


def test_lists_show_roles_and_no_tags(wire: Wire) -> None:
    profile(wire, "web", **TAG)
    profile(wire, "App", Path="/app/")
    add(wire)
    listed = wire.call("ListInstanceProfiles")
    assert [found["InstanceProfileName"] for found in members(listed["InstanceProfiles"])] == ["App", "web"]
    assert [set(found) for found in members(listed["InstanceProfiles"])] == [SHOWN, SHOWN]
    below = wire.call("ListInstanceProfiles", PathPrefix="/app/")
    assert [found["InstanceProfileName"] for found in members(below["InstanceProfiles"])] == ["App"]
    of_role = wire.call("ListInstanceProfilesForRole", RoleName="deployer")
    assert [found["InstanceProfileName"] for found in members(of_role["InstanceProfiles"])] == ["web"]
    none = wire.call("ListInstanceProfilesForRole", RoleName="other")
    assert none == {"InstanceProfiles": None, "IsTruncated": "false"}


def test_a_name_is_taken_without_regard_to_case(wire: Wire) -> None:
    profile(wire)
    assert profile(wire, "WEB") == AwsError("EntityAlreadyExists", "Instance Profile WEB already exists.", 409)


def test_profiles_keep_the_quota() -> None:
    wire = Wire(quotas="instance_profiles_per_account=1")
    profile(wire)
    refused = AwsError("LimitExceeded", "Cannot exceed quota for InstanceProfilesPerAccount: 1", 409)
    assert profile(wire, "more") == refused


def test_a_profile_holds_one_role(wire: Wire) -> None:
    profile(wire)
    add(wire)
    assert add(wire) == ONE_ROLE
    assert add(wire, "other") == ONE_ROLE


def test_a_role_that_is_not_in_the_profile_cannot_be_removed(wire: Wire) -> None:
    profile(wire)
    absent = AwsError("NoSuchEntity", "Role other in Instance Profile web cannot be found.", 404)
    assert remove(wire, "other") == absent
    add(wire)
    assert remove(wire, "other") == absent


def test_the_profile_is_looked_up_before_the_role(wire: Wire) -> None:
    for act in (add, remove):
        assert act(wire, "nobody", "nothing") == MISSING
        profile(wire, act.__name__)
        assert act(wire, "nobody", act.__name__) == AwsError(
            "NoSuchEntity", "The role with name nobody cannot be found.", 404
        )


def test_neither_role_nor_profile_goes_while_one_is_in_the_other(wire: Wire) -> None:
    profile(wire)
    add(wire)
    assert wire.call("DeleteInstanceProfile", InstanceProfileName="web") == HAS_ROLE
    assert wire.call("DeleteRole", RoleName="deployer") == HAS_ROLE
    assert remove(wire) is None
    assert wire.call("DeleteRole", RoleName="deployer") is None
    assert wire.call("DeleteInstanceProfile", InstanceProfileName="web") is None
    assert wire.call("GetInstanceProfile", InstanceProfileName="nothing") == MISSING


def test_tags_are_set_listed_and_taken_off(wire: Wire) -> None:
    profile(wire)
    name = {"InstanceProfileName": "web"}
    assert wire.call("TagInstanceProfile", **name, **TAG) is None
    assert members(wire.call("ListInstanceProfileTags", **name)["Tags"]) == [{"Key": "Team", "Value": "red"}]
    assert wire.call("UntagInstanceProfile", **name, **{"TagKeys.member.1": "team"}) is None
    assert wire.call("ListInstanceProfileTags", **name) == {"Tags": None, "IsTruncated": "false"}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetInstanceProfile", {}),
        ("DeleteInstanceProfile", {}),
        ("TagInstanceProfile", TAG),
        ("UntagInstanceProfile", {"TagKeys.member.1": "a"}),
        ("ListInstanceProfileTags", {}),
    ],
)
def test_a_profile_that_is_missing_cannot_be_found(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    assert wire.call(operation, InstanceProfileName="nothing", **parameters) == MISSING


def test_a_role_that_is_missing_has_no_list_of_profiles(wire: Wire) -> None:
    refused = wire.call("ListInstanceProfilesForRole", RoleName="nobody")
    assert refused == AwsError("NoSuchEntity", "The role with name nobody cannot be found.", 404)


def test_the_account_counts_roles_and_profiles(wire: Wire) -> None:
    profile(wire)
    entries = wire.call("GetAccountSummary")["SummaryMap"]["entry"]
    counts = {entry["key"]: entry["value"] for entry in entries}
    assert (counts["Roles"], counts["InstanceProfiles"], counts["Providers"]) == ("2", "1", "0")
