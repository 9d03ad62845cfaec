"""The rules of users, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import AwsError, Wire

DUPLICATE = AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)
BOUNDARY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def tag_parameters(*tags: tuple[str, str]) -> dict[str, str]:
    parameters = {}
    for number, (key, value) in enumerate(tags, start=1):
        parameters[f"Tags.member.{number}.Key"] = key
        parameters[f"Tags.member.{number}.Value"] = value
    return parameters


def tag_keys(tags: Any) -> list[str]:
    members = tags["member"] if tags else []
    return [member["Key"] for member in (members if isinstance(members, list) else [members])]


def names(wire: Wire, **parameters: Any) -> list[str]:
    users = wire.call("ListUsers", **parameters)["Users"]
    members = users["member"] if users else []
    return [member["UserName"] for member in (members if isinstance(members, list) else [members])]


def test_a_user_shows_path_arn_id_and_date(wire: Wire) -> None:
    user = wire.call("CreateUser", UserName="alice", Path="/test//double/")["User"]
    assert (user["Path"], user["Arn"]) == ("/test//double/", "arn:aws:iam::123456789012:user/test//double/alice")
    assert (user["UserId"][:4], len(user["UserId"])) == ("AIDA", 21)
    assert "Tags" not in user


def test_a_name_is_unique_without_regard_to_case_and_found_so(wire: Wire) -> None:
    wire.user("Alice")
    taken = AwsError("EntityAlreadyExists", "User with name aLICE already exists.", 409)
    assert wire.call("CreateUser", UserName="aLICE") == taken
    assert wire.call("GetUser", UserName="ALICE")["User"]["UserName"] == "Alice"


def test_a_renamed_user_keeps_its_id(wire: Wire) -> None:
    before = wire.call("CreateUser", UserName="alice")["User"]
    assert wire.call("UpdateUser", UserName="alice", NewUserName="Alice", NewPath="/x/") is None
    after = wire.call("GetUser", UserName="alice")["User"]
    assert (after["UserId"], after["UserName"], after["Path"]) == (before["UserId"], "Alice", "/x/")


def test_a_rename_to_a_taken_name_is_refused(wire: Wire) -> None:
    wire.user("alice")
    wire.user("bob")
    taken = AwsError("EntityAlreadyExists", "User with name ALICE already exists.", 409)
    assert wire.call("UpdateUser", UserName="bob", NewUserName="ALICE") == taken


@pytest.mark.parametrize("action", ["GetUser", "UpdateUser", "DeleteUser", "ListUserTags"])
def test_an_unknown_user_cannot_be_found(wire: Wire, action: str) -> None:
    missing = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
    assert wire.call(action, UserName="nobody") == missing


def test_a_user_with_keys_is_not_deleted(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409)
    assert wire.call("DeleteUser", UserName="alice") == conflict
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    assert wire.call("DeleteUser", UserName="alice") is None
    assert names(wire) == []


def test_get_user_without_a_name_is_the_caller(wire: Wire) -> None:
    wire.user("alice")
    assert wire.call("GetUser", wire.key("alice"))["User"]["UserName"] == "alice"
    root = wire.call("GetUser")["User"]
    assert (root["UserId"], root["Arn"]) == ("123456789012", "arn:aws:iam::123456789012:root")
    assert sorted(root) == ["Arn", "CreateDate", "UserId"]


def test_list_users_takes_a_prefix_that_ends_inside_a_component(wire: Wire) -> None:
    for name, path in (("a", "/test-life/"), ("b", "/test/"), ("c", "/")):
        wire.call("CreateUser", UserName=name, Path=path)
    assert names(wire, PathPrefix="/test") == ["a", "b"]
    assert names(wire, PathPrefix="/test-lif") == ["a"]
    assert names(wire) == ["a", "b", "c"]


def test_list_users_shows_neither_tags_nor_boundary(wire: Wire) -> None:
    wire.call("CreateUser", UserName="a", PermissionsBoundary=BOUNDARY, **tag_parameters(("k", "v")))
    shown = wire.call("ListUsers")["Users"]["member"]
    assert sorted(shown) == ["Arn", "CreateDate", "Path", "UserId", "UserName"]


def test_list_users_gives_a_hundred_by_default(wire: Wire) -> None:
    for number in range(101):
        wire.user(f"user-{number:03d}")
    first = wire.call("ListUsers")
    assert (len(first["Users"]["member"]), first["IsTruncated"]) == (100, "true")
    assert names(wire, Marker=first["Marker"]) == ["user-100"]
    assert len(names(wire, MaxItems=1000)) == 101


def test_a_page_begins_behind_a_deleted_row(wire: Wire) -> None:
    for name in "abcd":
        wire.user(name)
    marker = wire.call("ListUsers", MaxItems=2)["Marker"]
    wire.call("DeleteUser", UserName="b")
    wire.user("aa")
    assert names(wire, Marker=marker) == ["c", "d"]


def test_page_size_is_a_setting() -> None:
    wire = Wire(page_size=1)
    wire.user("a")
    wire.user("b")
    assert names(wire) == ["a"]
    assert wire.call("ListUsers", MaxItems=10)["IsTruncated"] == "true"


def test_the_boundary_is_stored_and_shown(wire: Wire) -> None:
    wire.call("CreateUser", UserName="a", PermissionsBoundary=BOUNDARY)
    assert wire.call("GetUser", UserName="a")["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": BOUNDARY,
    }


def test_a_boundary_that_is_no_policy_is_refused(wire: Wire) -> None:
    arn = "arn:aws:iam::123456789012:user/alice"
    refused = AwsError("InvalidInput", f"ARN {arn} is not valid.", 400)
    assert wire.call("CreateUser", UserName="a", PermissionsBoundary=arn) == refused
    assert names(wire) == []


def test_the_quota_of_users_is_a_setting() -> None:
    wire = Wire(users_per_account=1)
    wire.user("a")
    full = AwsError("LimitExceeded", "Cannot exceed quota for UsersPerAccount: 1", 409)
    assert wire.call("CreateUser", UserName="b") == full


def test_create_shows_tags_as_given_and_lists_sort_them(wire: Wire) -> None:
    made = wire.call("CreateUser", UserName="a", **tag_parameters(("z", "1"), ("abc", "2"), ("A", "3"), ("b", "4")))
    assert tag_keys(made["User"]["Tags"]) == ["z", "abc", "A", "b"]
    assert tag_keys(wire.call("ListUserTags", UserName="a")["Tags"]) == ["A", "b", "z", "abc"]
    assert tag_keys(wire.call("GetUser", UserName="a")["User"]["Tags"]) == ["A", "b", "z", "abc"]


def test_a_tag_in_other_letter_case_takes_the_new_spelling(wire: Wire) -> None:
    wire.call("CreateUser", UserName="a", **tag_parameters(("Team", "red")))
    assert wire.call("TagUser", UserName="a", **tag_parameters(("TEAM", "blue"))) is None
    tags = wire.call("ListUserTags", UserName="a")
    assert tags == {"IsTruncated": "false", "Tags": {"member": {"Value": "blue", "Key": "TEAM"}}}
    assert wire.call("UntagUser", UserName="a", **{"TagKeys.member.1": "team", "TagKeys.member.2": "none"}) is None
    assert wire.call("ListUserTags", UserName="a")["Tags"] is None


def test_the_same_tag_key_twice_is_refused_in_any_case(wire: Wire) -> None:
    assert wire.call("CreateUser", UserName="a", **tag_parameters(("k", "1"), ("K", "2"))) == DUPLICATE
    wire.user("a")
    assert wire.call("TagUser", UserName="a", **tag_parameters(("k", "1"), ("k", "2"))) == DUPLICATE


def test_a_user_carries_fifty_tags_at_the_most(wire: Wire) -> None:
    wire.call("CreateUser", UserName="a", **tag_parameters(*((f"k{number}", "") for number in range(50))))
    full = AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)
    assert wire.call("TagUser", UserName="a", **tag_parameters(("one-more", ""))) == full
    assert wire.call("TagUser", UserName="a", **tag_parameters(("k0", "new"))) is None


def test_tags_page(wire: Wire) -> None:
    wire.call("CreateUser", UserName="a", **tag_parameters(("b", ""), ("a", "")))
    first = wire.call("ListUserTags", UserName="a", MaxItems=1)
    assert tag_keys(first["Tags"]) == ["a"]
    assert tag_keys(wire.call("ListUserTags", UserName="a", Marker=first["Marker"])["Tags"]) == ["b"]


@pytest.mark.parametrize(
    ("action", "member"),
    [
        ("ListGroupsForUser", "Groups"),
        ("ListUserPolicies", "PolicyNames"),
        ("ListAttachedUserPolicies", "AttachedPolicies"),
        ("ListMFADevices", "MFADevices"),
        ("ListSSHPublicKeys", "SSHPublicKeys"),
        ("ListSigningCertificates", "Certificates"),
        ("ListVirtualMFADevices", "VirtualMFADevices"),
    ],
)
def test_what_may_hang_on_a_user_elsewhere_is_listed_empty(wire: Wire, action: str, member: str) -> None:
    wire.user("a")
    named = {} if action == "ListVirtualMFADevices" else {"UserName": "a"}
    assert wire.call(action, **named) == {"IsTruncated": "false", member: None}
    assert wire.call(action, Marker="x", **named) == AwsError("ValidationError", "Invalid Marker.", 400)
    if named:
        missing = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
        assert wire.call(action, UserName="nobody") == missing


def test_a_boundary_that_is_no_policy_of_anybodys_is_refused(wire: Wire) -> None:
    arn = "arn:aws:iam::123456789012:policy/none"
    assert wire.call("CreateUser", UserName="alice", PermissionsBoundary=arn) == AwsError(
        "NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404
    )
