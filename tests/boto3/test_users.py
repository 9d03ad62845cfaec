"""Users as boto3 shows them."""

from __future__ import annotations

from typing import Any

EDGE = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_a_permissions_boundary_is_of_the_type_policy(iam: Any) -> None:
    """Not the model's PermissionsBoundaryPolicy: so LocalStack's test_iam.py, which is validated against AWS."""
    made = iam.create_user(UserName="alice", PermissionsBoundary=EDGE)["User"]
    assert made["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": EDGE}
    assert iam.get_user(UserName="alice")["User"]["PermissionsBoundary"] == made["PermissionsBoundary"]


def test_tags_of_any_language_come_back_as_they_went(iam: Any) -> None:
    tags = [{"Key": "Größe", "Value": "a+b = 50"}, {"Key": "名前", "Value": ""}]
    iam.create_user(UserName="alice", Tags=tags)
    shown = iam.list_user_tags(UserName="alice")["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in shown} == {"Größe": "a+b = 50", "名前": ""}


def test_the_waiter_for_a_user_ends_at_once(iam: Any) -> None:
    iam.create_user(UserName="alice")
    iam.get_waiter("user_exists").wait(UserName="alice", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
