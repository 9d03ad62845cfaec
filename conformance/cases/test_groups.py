from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.groups import Groups
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, IDENTIFIERS, LOCALSTACK_USERS, REAL_KEYS, Source
from conformance.targets import Target, fake_target

NOWHERE = "fake-iam-conformance-no-group"
NOBODY = "fake-iam-conformance-nobody"
NONE: list[str] = []
HAS_USERS = AwsError("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409)
LOCALSTACK_GROUPS = Source("2026-02", "localstack/localstack#13891, AWS-validated test_iam_groups")
CUSTODIAN_GROUPS = Source("undated", "cloud-custodian/cloud-custodian, placebo test_iam_group_delete, recorded answers")
ONLY_USERS_SEEN = "seen for users, whose names and paths follow the same rules"


def group_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The group with name {name} cannot be found.", 404)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def group_exists(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"Group with name {name} already exists.", 409)


def users_of(aws: Target, name: str) -> list[str]:
    return sorted(user["UserName"] for user in aws.iam.get_group(GroupName=name)["Users"])


def groups_of(aws: Target, name: str) -> list[str]:
    return sorted(group["GroupName"] for group in aws.iam.list_groups_for_user(UserName=name)["Groups"])


def groups_below(aws: Target, prefix: str) -> list[str]:
    return sorted(group["GroupName"] for group in aws.iam.list_groups(PathPrefix=prefix)["Groups"])


# Creating and reading


@observed(*LOCALSTACK_GROUPS, "6:Arn")
def test_a_new_group_shows_path_name_id_arn_and_date(aws: Target, new_group: Groups) -> None:
    name = new_group.name()
    group = aws.iam.create_group(GroupName=name)["Group"]
    assert sorted(group) == ["Arn", "CreateDate", "GroupId", "GroupName", "Path"]
    assert (group["Path"], group["GroupName"]) == ("/", name)
    assert group["Arn"] == f"arn:aws:iam::{aws.account}:group/{name}"
    assert abs(group["CreateDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)


@documented(IDENTIFIERS, "6:Id prefixes")
def test_a_group_id_is_agpa_and_seventeen_characters(aws: Target, new_group: Groups) -> None:
    group = aws.iam.create_group(GroupName=new_group.name())["Group"]
    assert re.fullmatch(r"AGPA[A-Z2-7]{17}", group["GroupId"])


@assumed(f"seen for other ids: {REAL_KEYS.source}", "5:The account is in the id")
def test_a_group_id_carries_the_account(aws: Target, new_group: Groups) -> None:
    group_id = aws.iam.create_group(GroupName=new_group.name())["Group"]["GroupId"]
    number = (int.from_bytes(base64.b32decode(group_id[4:20])[:6], "big") & 0x7FFFFFFFFF80) >> 7
    assert f"{number:012d}" == aws.account


@observed(*LOCALSTACK_GROUPS, "6:Arn")
def test_the_path_stands_in_the_arn(aws: Target, new_group: Groups) -> None:
    name = new_group(Path="/some/location/")
    group = aws.wait_for(aws.iam.get_group, GroupName=name)["Group"]
    assert (group["Path"], group["Arn"]) == (
        "/some/location/",
        f"arn:aws:iam::{aws.account}:group/some/location/{name}",
    )


@observed(*LOCALSTACK_GROUPS, "group-exists")
def test_a_name_is_taken_once(aws: Target, new_group: Groups) -> None:
    name = new_group()
    assert aws.error(aws.iam.create_group, GroupName=name) == group_exists(name)


@documented(f"{API}/API_CreateGroup.html", "group-exists")
def test_a_name_in_another_letter_case_is_the_same_name(aws: Target, new_group: Groups) -> None:
    name = new_group()
    assert aws.error(aws.iam.create_group, GroupName=name.upper()) == group_exists(name.upper())


@assumed(ONLY_USERS_SEEN, "6:UserName")
def test_a_group_is_found_in_any_letter_case(aws: Target, new_group: Groups) -> None:
    name = new_group()
    assert aws.wait_for(aws.iam.get_group, GroupName=name.upper())["Group"]["GroupName"] == name


@fake_only("a real account's quota is too high to be reached")
@assumed("the template of other quotas", "quota-groupsperaccount")
def test_the_quota_of_groups_is_named_with_its_number(aws: Target) -> None:
    with fake_target(quotas="groups_per_account=1") as small:
        small.iam.create_group(GroupName="devs")
        full = AwsError("LimitExceeded", "Cannot exceed quota for GroupsPerAccount: 1", 409)
        assert small.error(small.iam.create_group, GroupName="ops") == full


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("get_group", {}), ("update_group", {"NewGroupName": "new-name"}), ("delete_group", {})],
)
@observed(*LOCALSTACK_GROUPS, "group-missing")
def test_an_unknown_group_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    assert aws.error(getattr(aws.iam, method), GroupName=NOWHERE, **parameters) == group_missing(NOWHERE)


@observed(*LOCALSTACK_GROUPS, "1.5:List*")
def test_an_empty_group_has_an_empty_list_of_users_and_is_complete(aws: Target, new_group: Groups) -> None:
    answer = aws.wait_for(aws.iam.get_group, GroupName=new_group())
    assert sorted(answer) == ["Group", "IsTruncated", "Users"]
    assert (answer["Users"], answer["IsTruncated"]) == ([], False)


@assumed(ONLY_USERS_SEEN, "6:PathPrefix")
def test_a_path_prefix_may_end_inside_a_component(aws: Target, new_user: People, new_group: Groups) -> None:
    path = new_user.path()
    inside, beside = new_group(Path=f"{path}test-life/"), new_group(Path=f"{path}test/")
    both = sorted([inside, beside])
    assert aws.settle(lambda: groups_below(aws, f"{path}test"), both) == both
    assert groups_below(aws, f"{path}test-lif") == [inside]
    assert groups_below(aws, f"{path}none") == []


@documented(f"{API}/API_ListGroups.html", "1.5:List*", "C57")
def test_groups_page(aws: Target, new_user: People, new_group: Groups) -> None:
    path = new_user.path()
    made = sorted([new_group(Path=path), new_group(Path=path)])
    assert aws.settle(lambda: groups_below(aws, path), made) == made
    first = aws.iam.list_groups(PathPrefix=path, MaxItems=1)
    second = aws.iam.list_groups(PathPrefix=path, MaxItems=1, Marker=first["Marker"])
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    assert sorted(only(page["Groups"])["GroupName"] for page in (first, second)) == made


# Changing and deleting


@observed(*LOCALSTACK_GROUPS, "1.5:UpdateUser, UpdateGroup")
def test_a_renamed_group_keeps_its_id_and_date(aws: Target, new_group: Groups) -> None:
    old, new = new_group(Path="/path/"), new_group.name()
    before = aws.wait_for(aws.iam.get_group, GroupName=old)["Group"]
    assert aws.iam.update_group(GroupName=old, NewGroupName=new, NewPath="/new-path/") == {}
    after = aws.wait_for(aws.iam.get_group, GroupName=new)["Group"]
    assert (after["GroupId"], after["CreateDate"]) == (before["GroupId"], before["CreateDate"])
    assert after["Arn"] == f"arn:aws:iam::{aws.account}:group/new-path/{new}"
    expected = group_missing(old)
    assert aws.settle(lambda: aws.error(aws.iam.get_group, GroupName=old), expected) == expected


@observed(*LOCALSTACK_GROUPS, "group-rename-taken")
def test_a_rename_to_a_taken_name_is_refused(aws: Target, new_group: Groups) -> None:
    one, other = new_group(), new_group()
    assert aws.error(aws.iam.update_group, GroupName=one, NewGroupName=other) == group_exists(other)


@documented(f"{API}/API_UpdateGroup.html", "6:UserName")
def test_a_rename_keeps_the_members(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user()
    old, new = new_group(alice), new_group.name()
    aws.iam.update_group(GroupName=old, NewGroupName=new)
    aws.wait_for(aws.iam.get_group, GroupName=new)
    assert aws.settle(lambda: users_of(aws, new), [alice]) == [alice]
    assert aws.settle(lambda: groups_of(aws, alice), [new]) == [new]


@observed(*CUSTODIAN_GROUPS, "group-del-users")
def test_a_group_with_users_is_not_deleted(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user()
    name = new_group(alice)
    assert aws.error(aws.iam.delete_group, GroupName=name) == HAS_USERS
    aws.iam.remove_user_from_group(GroupName=name, UserName=alice)
    assert aws.wait_for(aws.iam.delete_group, GroupName=name) == {}


@observed(*LOCALSTACK_GROUPS, "group-missing")
def test_a_deleted_group_is_gone(aws: Target, new_group: Groups) -> None:
    name = new_group()
    assert aws.iam.delete_group(GroupName=name) == {}
    expected = group_missing(name)
    assert aws.settle(lambda: aws.error(aws.iam.get_group, GroupName=name), expected) == expected


# Members


@observed(*LOCALSTACK_GROUPS, "1.5:ListUsers, ListRoles")
def test_a_member_is_shown_as_in_a_list_of_users(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user(Tags=[{"Key": "k", "Value": "v"}])
    name = new_group(alice)
    assert aws.settle(lambda: users_of(aws, name), [alice]) == [alice]
    user = only(aws.iam.get_group(GroupName=name)["Users"])
    assert sorted(user) == ["Arn", "CreateDate", "Path", "UserId", "UserName"]
    assert user["Arn"] == f"arn:aws:iam::{aws.account}:user/{alice}"


@observed(*LOCALSTACK_GROUPS)
def test_the_groups_of_a_user_are_those_it_was_added_to(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user()
    joined = sorted([new_group(alice), new_group(alice)])
    new_group()
    assert aws.settle(lambda: groups_of(aws, alice), joined) == joined
    shown = aws.iam.list_groups_for_user(UserName=alice)["Groups"]
    assert {name for group in shown for name in group} == {"Arn", "CreateDate", "GroupId", "GroupName", "Path"}


@observed(*LOCALSTACK_GROUPS, "6:Removing a non-member from a group succeeds")
def test_adding_twice_is_adding_once(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user()
    name = new_group(alice)
    assert aws.iam.add_user_to_group(GroupName=name, UserName=alice) == {}
    assert aws.settle(lambda: users_of(aws, name), [alice]) == [alice]
    assert aws.iam.remove_user_from_group(GroupName=name, UserName=alice) == {}
    assert aws.settle(lambda: users_of(aws, name), NONE) == NONE
    assert aws.settle(lambda: groups_of(aws, alice), NONE) == NONE


@observed(*LOCALSTACK_USERS, "6:Removing a non-member from a group succeeds")
def test_who_is_no_member_is_removed_without_an_error(aws: Target, new_user: People, new_group: Groups) -> None:
    assert aws.iam.remove_user_from_group(GroupName=new_group(), UserName=new_user()) == {}


@observed(*LOCALSTACK_GROUPS, "group-missing")
def test_a_user_is_not_added_to_an_unknown_group(aws: Target, new_user: People) -> None:
    assert aws.error(aws.iam.add_user_to_group, GroupName=NOWHERE, UserName=new_user()) == group_missing(NOWHERE)


@observed(*LOCALSTACK_GROUPS, "user-missing")
def test_an_unknown_user_is_not_added_to_a_group(aws: Target, new_group: Groups) -> None:
    assert aws.error(aws.iam.add_user_to_group, GroupName=new_group(), UserName=NOBODY) == user_missing(NOBODY)


@observed(*LOCALSTACK_USERS, "group-remove-group-missing")
def test_a_user_is_not_removed_from_an_unknown_group(aws: Target, new_user: People) -> None:
    assert aws.error(aws.iam.remove_user_from_group, GroupName=NOWHERE, UserName=new_user()) == group_missing(NOWHERE)


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("remove_user_from_group", marks=observed(*LOCALSTACK_GROUPS, "group-remove-user-missing")),
        pytest.param("add_user_to_group", marks=assumed("recorded for RemoveUserFromGroup", "user-missing")),
    ],
)
def test_the_user_is_looked_up_before_the_group(aws: Target, method: str) -> None:
    assert aws.error(getattr(aws.iam, method), GroupName=NOWHERE, UserName=NOBODY) == user_missing(NOBODY)


@assumed("recorded for other calls that name a user", "user-missing")
def test_the_groups_of_an_unknown_user_are_not_listed(aws: Target) -> None:
    assert aws.error(aws.iam.list_groups_for_user, UserName=NOBODY) == user_missing(NOBODY)


@fake_only("a real account's quota may have been raised")
@assumed("the template of other quotas", "quota-groupsperuser")
def test_the_quota_of_a_users_groups_is_named_with_its_number(aws: Target) -> None:
    with fake_target(quotas="groups_per_user=1") as small:
        small.iam.create_user(UserName="alice")
        for name in ("devs", "ops"):
            small.iam.create_group(GroupName=name)
        small.iam.add_user_to_group(GroupName="devs", UserName="alice")
        full = AwsError("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 1", 409)
        assert small.error(small.iam.add_user_to_group, GroupName="ops", UserName="alice") == full
        assert small.iam.add_user_to_group(GroupName="devs", UserName="alice") == {}


@documented(f"{API}/API_GetGroup.html", "1.5:List*", "C57")
def test_the_users_of_a_group_page(aws: Target, new_user: People, new_group: Groups) -> None:
    users = sorted([new_user(), new_user()])
    name = new_group(*users)
    assert aws.settle(lambda: users_of(aws, name), users) == users
    first = aws.iam.get_group(GroupName=name, MaxItems=1)
    second = aws.iam.get_group(GroupName=name, MaxItems=1, Marker=first["Marker"])
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    assert second["Group"] == first["Group"]
    assert sorted(only(page["Users"])["UserName"] for page in (first, second)) == users


@documented(f"{API}/API_ListGroupsForUser.html", "1.5:List*", "C57")
def test_the_groups_of_a_user_page(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user()
    groups = sorted([new_group(alice), new_group(alice)])
    assert aws.settle(lambda: groups_of(aws, alice), groups) == groups
    first = aws.iam.list_groups_for_user(UserName=alice, MaxItems=1)
    second = aws.iam.list_groups_for_user(UserName=alice, MaxItems=1, Marker=first["Marker"])
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    assert sorted(only(page["Groups"])["GroupName"] for page in (first, second)) == groups


@observed("undated", "n8n-io/n8n, error texts of AWS IAM in its tests", "user-del-group", "6:Deleting a user", "C52")
def test_a_user_in_a_group_is_not_deleted(aws: Target, new_user: People, new_group: Groups) -> None:
    alice = new_user()
    name = new_group(alice)
    assert aws.error(aws.iam.delete_user, UserName=alice) == HAS_USERS
    aws.iam.remove_user_from_group(GroupName=name, UserName=alice)
    assert aws.wait_for(aws.iam.delete_user, UserName=alice) == {}


@observed(*LOCALSTACK_USERS, "6:UpdateUser is void", "C53")
def test_a_renamed_user_stays_in_its_groups(aws: Target, new_user: People, new_group: Groups) -> None:
    alice, ann = new_user(), new_user.name()
    name = new_group(alice)
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    assert aws.settle(lambda: users_of(aws, name), [ann]) == [ann]
    aws.wait_for(aws.iam.list_groups_for_user, UserName=ann)
    assert groups_of(aws, ann) == [name]
