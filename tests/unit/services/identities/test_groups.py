"""The rules of groups, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam.domain.identities.groups import Group, Membership
from tests.support import AwsError, Wire

ACCOUNT = "123456789012"
HAS_USERS = AwsError("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409)


def members(answer: Any) -> list[Any]:
    """The rows of a list in an answer."""
    found = answer["member"] if answer else []
    return found if isinstance(found, list) else [found]


def group(wire: Wire, name: str, **parameters: Any) -> Any:
    return wire.call("CreateGroup", GroupName=name, **parameters)["Group"]


def join(wire: Wire, group_name: str, user_name: str) -> Any:
    return wire.call("AddUserToGroup", GroupName=group_name, UserName=user_name)


def users_of(wire: Wire, name: str, **parameters: Any) -> list[str]:
    return [user["UserName"] for user in members(wire.call("GetGroup", GroupName=name, **parameters)["Users"])]


def groups_of(wire: Wire, name: str, **parameters: Any) -> list[str]:
    answer = wire.call("ListGroupsForUser", UserName=name, **parameters)
    return [group["GroupName"] for group in members(answer["Groups"])]


def names(wire: Wire, **parameters: Any) -> list[str]:
    return [group["GroupName"] for group in members(wire.call("ListGroups", **parameters)["Groups"])]


def group_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The group with name {name} cannot be found.", 404)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def group_exists(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"Group with name {name} already exists.", 409)


def test_a_group_shows_path_name_id_arn_and_date(wire: Wire) -> None:
    made = group(wire, "devs", Path="/test//double/")
    assert sorted(made) == ["Arn", "CreateDate", "GroupId", "GroupName", "Path"]
    assert (made["Path"], made["Arn"]) == ("/test//double/", f"arn:aws:iam::{ACCOUNT}:group/test//double/devs")
    assert (made["GroupId"][:4], len(made["GroupId"])) == ("AGPA", 21)


def test_a_path_is_a_slash_if_none_is_given(wire: Wire) -> None:
    made = group(wire, "devs")
    assert (made["Path"], made["Arn"]) == ("/", f"arn:aws:iam::{ACCOUNT}:group/devs")


def test_a_name_is_unique_without_regard_to_case_and_found_so(wire: Wire) -> None:
    group(wire, "Devs")
    assert wire.call("CreateGroup", GroupName="dEVS") == group_exists("dEVS")
    assert wire.call("GetGroup", GroupName="DEVS")["Group"]["GroupName"] == "Devs"


def test_a_group_may_be_called_as_a_user_is(wire: Wire) -> None:
    wire.user("devs")
    assert group(wire, "devs")["GroupName"] == "devs"


def test_groups_of_another_account_are_not_seen(wire: Wire) -> None:
    group(wire, "devs")
    other = wire.assembled.engine.store.account("210987654321")
    assert len(other.table(Group)) == 0


@pytest.mark.parametrize("action", ["GetGroup", "UpdateGroup", "DeleteGroup"])
def test_an_unknown_group_cannot_be_found(wire: Wire, action: str) -> None:
    assert wire.call(action, GroupName="nobody") == group_missing("nobody")


@pytest.mark.parametrize("action", ["AddUserToGroup", "RemoveUserFromGroup"])
def test_the_user_is_looked_up_before_the_group(wire: Wire, action: str) -> None:
    assert wire.call(action, GroupName="none", UserName="nobody") == user_missing("nobody")
    wire.user("alice")
    assert wire.call(action, GroupName="none", UserName="alice") == group_missing("none")
    group(wire, "devs")
    assert wire.call(action, GroupName="devs", UserName="nobody") == user_missing("nobody")


def test_the_quota_of_groups_is_a_setting() -> None:
    wire = Wire(quotas="groups_per_account=1")
    group(wire, "devs")
    full = AwsError("LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 1", 409)
    assert wire.call("CreateGroup", GroupName="ops") == full
    assert wire.call("CreateGroup", GroupName="DEVS") == group_exists("DEVS")


def test_a_user_joins_and_leaves(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    assert join(wire, "devs", "alice") is None
    assert (users_of(wire, "devs"), groups_of(wire, "alice")) == (["alice"], ["devs"])
    assert wire.call("RemoveUserFromGroup", GroupName="devs", UserName="alice") is None
    assert (users_of(wire, "devs"), groups_of(wire, "alice")) == ([], [])


def test_joining_twice_is_joining_once(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    assert join(wire, "devs", "alice") is None
    assert join(wire, "DEVS", "ALICE") is None
    assert users_of(wire, "devs") == ["alice"]
    wire.call("RemoveUserFromGroup", GroupName="devs", UserName="alice")
    assert groups_of(wire, "alice") == []


def test_who_is_no_member_is_removed_without_an_error(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    assert wire.call("RemoveUserFromGroup", GroupName="devs", UserName="alice") is None


def test_an_eleventh_group_exceeds_the_quota(wire: Wire) -> None:
    wire.user("alice")
    for number in range(10):
        group(wire, f"group-{number}")
        join(wire, f"group-{number}", "alice")
    group(wire, "one-more")
    full = AwsError("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", 409)
    assert join(wire, "one-more", "alice") == full
    assert join(wire, "group-0", "alice") is None
    wire.call("RemoveUserFromGroup", GroupName="group-0", UserName="alice")
    assert join(wire, "one-more", "alice") is None


def test_the_users_of_a_group_are_shown_as_in_a_list_of_users(wire: Wire) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/edge"
    tags = {"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}
    wire.call("CreateUser", UserName="alice", PermissionsBoundary=boundary, **tags)
    group(wire, "devs")
    join(wire, "devs", "alice")
    assert wire.call("GetGroup", GroupName="devs")["Users"] == wire.call("ListUsers")["Users"]


def test_the_users_of_a_group_come_by_name_in_pages(wire: Wire) -> None:
    group(wire, "devs")
    for name in ("carol", "Bob", "alice"):
        wire.user(name)
        join(wire, "devs", name)
    first = wire.call("GetGroup", GroupName="devs", MaxItems=2)
    assert (first["IsTruncated"], first["Group"]["GroupName"]) == ("true", "devs")
    assert [user["UserName"] for user in members(first["Users"])] == ["alice", "Bob"]
    assert users_of(wire, "devs", Marker=first["Marker"]) == ["carol"]


def test_an_empty_group_has_an_empty_list_and_is_complete(wire: Wire) -> None:
    group(wire, "devs")
    answer = wire.call("GetGroup", GroupName="devs")
    assert (answer["Users"], answer["IsTruncated"]) == (None, "false")


def test_a_marker_of_another_group_is_refused(wire: Wire) -> None:
    for name in ("alice", "bob"):
        wire.user(name)
    for name in ("devs", "ops"):
        group(wire, name)
        join(wire, name, "alice")
        join(wire, name, "bob")
    marker = wire.call("GetGroup", GroupName="devs", MaxItems=1)["Marker"]
    refused = AwsError("ValidationError", "Invalid Marker.", 400)
    assert wire.call("GetGroup", GroupName="ops", Marker=marker) == refused


def test_the_groups_of_a_user_come_by_name_in_pages(wire: Wire) -> None:
    wire.user("alice")
    for name in ("c", "B", "a"):
        group(wire, name)
        join(wire, name, "alice")
    group(wire, "not-hers")
    first = wire.call("ListGroupsForUser", UserName="alice", MaxItems=2)
    assert [shown["GroupName"] for shown in members(first["Groups"])] == ["a", "B"]
    assert groups_of(wire, "alice", Marker=first["Marker"]) == ["c"]


def test_the_groups_of_an_unknown_user_are_not_listed(wire: Wire) -> None:
    assert wire.call("ListGroupsForUser", UserName="nobody") == user_missing("nobody")


def test_list_groups_takes_a_prefix_that_ends_inside_a_component(wire: Wire) -> None:
    for name, path in (("a", "/test-life/"), ("b", "/test/"), ("c", "/")):
        group(wire, name, Path=path)
    assert names(wire, PathPrefix="/test") == ["a", "b"]
    assert names(wire, PathPrefix="/test-lif") == ["a"]
    assert names(wire) == ["a", "b", "c"]


def test_groups_page(wire: Wire) -> None:
    for name in ("c", "B", "a"):
        group(wire, name)
    first = wire.call("ListGroups", MaxItems=2)
    assert [shown["GroupName"] for shown in members(first["Groups"])] == ["a", "B"]
    assert names(wire, Marker=first["Marker"]) == ["c"]


def test_a_renamed_group_keeps_its_id_its_date_and_its_members(wire: Wire) -> None:
    before = group(wire, "devs")
    wire.user("alice")
    join(wire, "devs", "alice")
    assert wire.call("UpdateGroup", GroupName="devs", NewGroupName="ops", NewPath="/x/") is None
    after = wire.call("GetGroup", GroupName="ops")["Group"]
    assert (after["GroupId"], after["CreateDate"]) == (before["GroupId"], before["CreateDate"])
    assert (after["Path"], after["Arn"]) == ("/x/", f"arn:aws:iam::{ACCOUNT}:group/x/ops")
    assert (users_of(wire, "ops"), groups_of(wire, "alice")) == (["alice"], ["ops"])
    assert wire.call("GetGroup", GroupName="devs") == group_missing("devs")


def test_a_move_keeps_the_name_and_a_rename_the_path(wire: Wire) -> None:
    group(wire, "devs", Path="/a/")
    wire.call("UpdateGroup", GroupName="devs", NewPath="/b/")
    assert wire.call("GetGroup", GroupName="devs")["Group"]["Path"] == "/b/"
    wire.call("UpdateGroup", GroupName="devs", NewGroupName="DEVS")
    shown = wire.call("GetGroup", GroupName="devs")["Group"]
    assert (shown["Path"], shown["GroupName"]) == ("/b/", "DEVS")


def test_a_rename_to_a_taken_name_is_refused(wire: Wire) -> None:
    group(wire, "devs")
    group(wire, "ops")
    assert wire.call("UpdateGroup", GroupName="ops", NewGroupName="DEVS") == group_exists("DEVS")
    assert names(wire) == ["devs", "ops"]


def test_a_renamed_user_stays_in_its_groups(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    join(wire, "devs", "alice")
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    assert (users_of(wire, "devs"), groups_of(wire, "ann")) == (["ann"], ["devs"])


def test_a_group_with_users_is_not_deleted(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    join(wire, "devs", "alice")
    assert wire.call("DeleteGroup", GroupName="devs") == HAS_USERS
    assert users_of(wire, "devs") == ["alice"]
    wire.call("RemoveUserFromGroup", GroupName="devs", UserName="alice")
    assert wire.call("DeleteGroup", GroupName="devs") is None
    assert wire.call("GetGroup", GroupName="devs") == group_missing("devs")


def test_a_user_in_a_group_is_not_deleted(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    join(wire, "devs", "alice")
    assert wire.call("DeleteUser", UserName="alice") == HAS_USERS
    wire.call("RemoveUserFromGroup", GroupName="devs", UserName="alice")
    assert wire.call("DeleteUser", UserName="alice") is None


def test_a_new_group_of_an_old_name_is_another_and_empty(wire: Wire) -> None:
    first = group(wire, "devs")
    wire.call("DeleteGroup", GroupName="devs")
    assert group(wire, "devs")["GroupId"] != first["GroupId"]
    assert users_of(wire, "devs") == []


def test_a_renamed_member_is_where_its_new_name_belongs(wire: Wire) -> None:
    group(wire, "devs")
    for name in ("alice", "bob", "carol"):
        wire.user(name)
        join(wire, "devs", name)
    first = wire.call("GetGroup", GroupName="devs", MaxItems=2)
    wire.call("UpdateUser", UserName="alice", NewUserName="Zoe")
    assert users_of(wire, "devs") == ["bob", "carol", "Zoe"]
    assert users_of(wire, "devs", Marker=first["Marker"]) == ["carol", "Zoe"]
    wire.call("RemoveUserFromGroup", GroupName="devs", UserName="zoe")
    assert users_of(wire, "devs") == ["bob", "carol"]


def test_a_refused_rename_leaves_a_member_where_it_was(wire: Wire) -> None:
    group(wire, "devs")
    for name in ("alice", "bob"):
        wire.user(name)
        join(wire, "devs", name)
    assert isinstance(wire.call("UpdateUser", UserName="alice", NewUserName="BOB"), AwsError)
    assert users_of(wire, "devs") == ["alice", "bob"]


def test_a_user_that_is_gone_is_no_member_and_nothing_of_it_outlives_the_group(wire: Wire) -> None:
    """Whatever took the user away, lists do not show it and the group can go."""
    wire.user("alice")
    group_id = group(wire, "devs")["GroupId"]
    join(wire, "devs", "alice")
    store = wire.assembled.engine.store
    account = store.account(ACCOUNT)
    with store.transaction():
        (alice,) = account.users.after("path", "/")
        account.users.delete(alice.id)
    assert users_of(wire, "devs") == []
    assert wire.call("DeleteGroup", GroupName="devs") is None
    assert list(account.table(Membership).after("group", f"{group_id}/")) == []
    assert account.table(Membership).where("owner", alice.id) == []


def test_a_membership_of_a_group_that_is_gone_is_not_listed(wire: Wire) -> None:
    wire.user("alice")
    group(wire, "devs")
    join(wire, "devs", "alice")
    store = wire.assembled.engine.store
    groups = store.account(ACCOUNT).table(Group)
    with store.transaction():
        (devs,) = groups.after("path", "/")
        groups.delete(devs.id)
    assert groups_of(wire, "alice") == []
