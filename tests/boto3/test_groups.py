"""Groups as boto3 shows them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import AwsError, error


def test_a_team_is_built_moved_and_taken_apart(iam: Any) -> None:
    group = iam.create_group(GroupName="devs", Path="/teams/")["Group"]
    for name in ("alice", "bob"):
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="devs", UserName=name)
    iam.update_group(GroupName="devs", NewGroupName="developers", NewPath="/all/")

    shown = iam.get_group(GroupName="developers")
    assert (shown["Group"]["GroupId"], shown["Group"]["CreateDate"]) == (group["GroupId"], group["CreateDate"])
    assert shown["Group"]["Arn"] == "arn:aws:iam::123456789012:group/all/developers"
    assert [user["UserName"] for user in shown["Users"]] == ["alice", "bob"]
    assert [found["GroupName"] for found in iam.list_groups_for_user(UserName="alice")["Groups"]] == ["developers"]

    for name in ("alice", "bob"):
        iam.remove_user_from_group(GroupName="developers", UserName=name)
        iam.delete_user(UserName=name)
    iam.delete_group(GroupName="developers")
    assert iam.list_groups()["Groups"] == []


def test_the_paginators_of_groups_go_on_to_the_end(iam: Any) -> None:
    iam.create_user(UserName="alice")
    names = [f"group-{number}" for number in range(5)]
    for name in names:
        iam.create_group(GroupName=name)
        iam.add_user_to_group(GroupName=name, UserName="alice")
    few = {"PaginationConfig": {"PageSize": 2}}
    for paginator, parameters in (("list_groups", {}), ("list_groups_for_user", {"UserName": "alice"})):
        pages = iam.get_paginator(paginator).paginate(**parameters, **few)
        assert [group["GroupName"] for page in pages for group in page["Groups"]] == names
    users = [f"user-{number}" for number in range(3)]
    for name in users:
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="group-0", UserName=name)
    pages = iam.get_paginator("get_group").paginate(GroupName="group-0", **few)
    assert [user["UserName"] for page in pages for user in page["Users"]] == ["alice", *users]


def test_errors_have_their_own_exceptions(iam: Any) -> None:
    iam.create_group(GroupName="devs")
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_group(GroupName="DEVS")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_group(GroupName="ops")
    iam.create_user(UserName="alice")
    iam.add_user_to_group(GroupName="devs", UserName="alice")
    with pytest.raises(ClientError, match="must remove users from group first"):
        iam.delete_group(GroupName="devs")
    assert error(iam.delete_group, GroupName="devs") == AwsError(
        "DeleteConflict", "Cannot delete entity, must remove users from group first.", 409
    )
