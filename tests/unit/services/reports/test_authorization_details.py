"""The details of a whole account, without HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam import FakeIAM
from fake_iam.control.state.account_import import import_account
from fake_iam.services.iam.reports.authorization_details import MANY
from tests.support import AwsError, Wire, later
from tests.unit.services.identities.test_roles import EC2, POLICY, READ_ONLY, members

OWN = "arn:aws:iam::123456789012:policy/edge"
POWER = "arn:aws:iam::aws:policy/PowerUserAccess"
SEED: dict[str, Any] = {
    "policies": [{"name": "edge", "document": POLICY, "description": "the edge"}],
    "groups": [{"name": "devs", "policies": {"own": POLICY}, "attached_policies": [OWN]}],
    "users": [
        {
            "name": "alice",
            "path": "/team/",
            "tags": {"Team": "red"},
            "permissions_boundary": POWER,
            "groups": ["devs"],
            "policies": {"own": POLICY},
            "attached_policies": [READ_ONLY],
        },
        {"name": "Bob"},
    ],
    "roles": [
        {
            "name": "deployer",
            "trust_policy": EC2,
            "tags": {"Team": "blue"},
            "permissions_boundary": OWN,
            "policies": {"own": POLICY},
            "attached_policies": [READ_ONLY],
        }
    ],
    "instance_profiles": [{"name": "web", "role": "deployer"}],
}
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
NAMES = ("UserName", "GroupName", "RoleName", "PolicyName")


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    wire.assembled.controls.seed(SEED)
    return wire


def details(wire: Wire, **parameters: Any) -> Any:
    return wire.call("GetAccountAuthorizationDetails", **parameters)


def names(answer: Any) -> list[str]:
    return [row[name] for part, name in zip(LISTS, NAMES, strict=True) for row in members(answer[part])]


def filtered(*kinds: str) -> dict[str, str]:
    return {f"Filter.member.{number}": kind for number, kind in enumerate(kinds, 1)}


def test_users_groups_roles_and_policies_stand_in_this_order(wire: Wire) -> None:
    found = details(wire)
    assert names(found) == ["alice", "Bob", "devs", "deployer", "edge", "PowerUserAccess", "ReadOnlyAccess"]
    assert found["IsTruncated"] == "false"


def test_a_user_is_shown_with_all_that_hangs_on_it(wire: Wire) -> None:
    user = members(details(wire, **filtered("User"))["UserDetailList"])[0]
    assert set(user) == {
        "Path",
        "UserName",
        "UserId",
        "Arn",
        "CreateDate",
        "UserPolicyList",
        "GroupList",
        "AttachedManagedPolicies",
        "PermissionsBoundary",
        "Tags",
    }
    assert user["GroupList"]["member"] == "devs"
    assert user["UserPolicyList"]["member"]["PolicyName"] == "own"
    assert "s3%3A%2A" in user["UserPolicyList"]["member"]["PolicyDocument"]
    assert user["AttachedManagedPolicies"]["member"] == {"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}
    assert user["Tags"]["member"] == {"Key": "Team", "Value": "red"}
    assert user["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": POWER,
    }


def test_only_a_user_without_inline_policies_has_no_list_of_them(wire: Wire) -> None:
    wire.assembled.controls.seed({"groups": [{"name": "empty"}], "roles": [{"name": "idle", "trust_policy": EC2}]})
    found = details(wire)
    (user,) = (user for user in members(found["UserDetailList"]) if user["UserName"] == "Bob")
    (group,) = (group for group in members(found["GroupDetailList"]) if group["GroupName"] == "empty")
    (role,) = (role for role in members(found["RoleDetailList"]) if role["RoleName"] == "idle")
    assert "UserPolicyList" not in user
    assert (group["GroupPolicyList"], role["RolePolicyList"]) == (None, None)


def test_a_role_is_shown_with_its_profiles_and_its_last_use(wire: Wire) -> None:
    (role,) = members(details(wire, **filtered("Role"))["RoleDetailList"])
    assert role["InstanceProfileList"]["member"]["InstanceProfileName"] == "web"
    assert role["RoleLastUsed"] is None
    assert role["AssumeRolePolicyDocument"].startswith("%7B")
    assert role["Tags"]["member"] == {"Key": "Team", "Value": "blue"}


def test_a_policy_is_shown_with_every_version_and_its_usage(wire: Wire) -> None:
    wire.call("CreatePolicyVersion", PolicyArn=OWN, PolicyDocument=POLICY, SetAsDefault="true")
    (policy,) = members(details(wire, **filtered("LocalManagedPolicy"))["Policies"])
    versions = members(policy["PolicyVersionList"])
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in versions] == [
        ("v2", "true"),
        ("v1", "false"),
    ]
    assert all(version["Document"].startswith("%7B") for version in versions)
    assert (policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"]) == ("1", "1")
    assert "Description" not in policy


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("User",), ["alice", "Bob"]),
        (("Role", "Group"), ["devs", "deployer"]),
        (("LocalManagedPolicy",), ["edge"]),
        (("AWSManagedPolicy",), ["PowerUserAccess", "ReadOnlyAccess"]),
        (("AWSManagedPolicy", "User"), ["alice", "Bob", "PowerUserAccess", "ReadOnlyAccess"]),
    ],
)
def test_a_filter_keeps_what_it_names(wire: Wire, kinds: tuple[str, ...], expected: list[str]) -> None:
    assert names(details(wire, **filtered(*kinds))) == expected


def test_what_no_filter_names_is_refused(wire: Wire) -> None:
    refused = details(wire, **filtered("Everything"))
    assert isinstance(refused, AwsError)
    assert refused.code == "ValidationError"


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_go_over_all_lists_together(wire: Wire, size: int) -> None:
    found: list[str] = []
    marker: dict[str, str] = {}
    while True:
        page = details(wire, MaxItems=size, **marker)
        assert len(names(page)) <= size
        found += names(page)
        if page["IsTruncated"] == "false":
            break
        marker = {"Marker": page["Marker"]}
    assert found == names(details(wire))


def test_an_import_of_the_details_answers_the_same(wire: Wire) -> None:
    with FakeIAM(transport="inprocess") as first, FakeIAM(transport="inprocess") as second:
        first.seed(SEED)
        shown = first.client("iam").get_account_authorization_details()
        del shown["ResponseMetadata"]
        second.seed(import_account(json.dumps(shown, default=str), None).seed)
        again = second.client("iam").get_account_authorization_details()
        del again["ResponseMetadata"]
    for part in LISTS[:3]:
        assert again[part] == shown[part]
    kept = [[{**policy, "PolicyId": ""} for policy in each["Policies"]] for each in (shown, again)]
    assert kept[0] == kept[1]


def test_others_do_not_wait_for_a_large_page(wire: Wire) -> None:
    whole = names(details(wire))
    more = [f"many-{number:03d}" for number in range(MANY)]
    wire.assembled.controls.seed({"users": [{"name": name} for name in more]})
    finish = later(wire, "GetAccountAuthorizationDetails", MaxItems=1000)
    wire.call("CreateUser", UserName="zoe")
    users, others = whole[:2], whole[2:]
    assert names(finish()) == [*users, *more, *others]
