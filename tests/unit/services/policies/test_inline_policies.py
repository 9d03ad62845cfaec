"""The rules of users' inline policies, without HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from tests.support import AwsError, Wire

DOCUMENT = '{ "Version": "2012-10-17",\n "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"} }'
NO_USER = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
NO_POLICY = AwsError("NoSuchEntity", "The user policy with name p cannot be found.", 404)


@pytest.fixture(autouse=True)
def alice(wire: Wire) -> None:
    wire.user("alice")


def put(wire: Wire, name: str = "p", document: str = DOCUMENT, user: str = "alice") -> Any:
    return wire.call("PutUserPolicy", UserName=user, PolicyName=name, PolicyDocument=document)


def names(wire: Wire, **parameters: Any) -> list[str]:
    found = wire.call("ListUserPolicies", UserName="alice", **parameters)["PolicyNames"]
    members = found["member"] if found else []
    return members if isinstance(members, list) else [members]


def test_a_document_comes_back_percent_encoded_and_otherwise_as_it_went(wire: Wire) -> None:
    assert put(wire) is None
    shown = wire.call("GetUserPolicy", UserName="ALICE", PolicyName="p")
    assert (shown["UserName"], shown["PolicyName"]) == ("alice", "p")
    assert shown["PolicyDocument"].startswith("%7B%20%22Version%22%3A%20%222012-10-17%22%2C%0A%20%22")
    assert unquote(shown["PolicyDocument"]) == DOCUMENT


def test_a_policy_of_the_same_name_is_replaced(wire: Wire) -> None:
    put(wire)
    put(wire, document=DOCUMENT.replace("s3", "sqs"))
    assert names(wire) == ["p"]
    assert "sqs" in wire.call("GetUserPolicy", UserName="alice", PolicyName="p")["PolicyDocument"]


def test_an_old_version_or_none_will_do(wire: Wire) -> None:
    assert put(wire, document=DOCUMENT.replace("2012", "2008")) is None
    assert put(wire, document=DOCUMENT.replace('"Version": "2012-10-17",', "")) is None


def test_a_document_that_is_none_is_refused_before_the_user_is_looked_up(wire: Wire) -> None:
    refused = AwsError("MalformedPolicyDocument", "Syntax errors in policy.", 400)
    assert put(wire, document="no json", user="nobody") == refused


def test_names_are_listed_in_order_and_in_pages(wire: Wire) -> None:
    for name in ("b", "a", "B"):
        put(wire, name)
    assert names(wire) == ["B", "a", "b"]
    first = wire.call("ListUserPolicies", UserName="alice", MaxItems=2)
    assert first["IsTruncated"] == "true"
    assert names(wire, Marker=first["Marker"]) == ["b"]


def test_a_deleted_policy_is_gone(wire: Wire) -> None:
    put(wire)
    assert wire.call("DeleteUserPolicy", UserName="alice", PolicyName="p") is None
    assert wire.call("DeleteUserPolicy", UserName="alice", PolicyName="p") == NO_POLICY
    assert wire.call("GetUserPolicy", UserName="alice", PolicyName="p") == NO_POLICY


def test_anothers_policy_is_as_absent_as_none(wire: Wire) -> None:
    wire.user("bob")
    put(wire, user="bob")
    assert wire.call("GetUserPolicy", UserName="alice", PolicyName="p") == NO_POLICY
    assert names(wire) == []


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("PutUserPolicy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
        ("GetUserPolicy", {"PolicyName": "p"}),
        ("ListUserPolicies", {}),
        ("DeleteUserPolicy", {"PolicyName": "p"}),
    ],
)
def test_an_unknown_user_cannot_be_found(wire: Wire, action: str, more: dict[str, str]) -> None:
    assert wire.call(action, UserName="nobody", **more) == NO_USER


def test_policies_survive_a_rename(wire: Wire) -> None:
    put(wire)
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    assert wire.call("GetUserPolicy", UserName="ann", PolicyName="p")["UserName"] == "ann"


def test_a_users_policies_share_2048_characters_without_white_space(wire: Wire) -> None:
    padding = "x" * (2048 - len("".join(DOCUMENT.split())) * 2)
    longer = DOCUMENT.replace('"s3:*"', f'"s3:*{padding}"')
    assert put(wire, "a", longer) is None
    assert put(wire, "b", DOCUMENT + " " * 500) is None
    full = AwsError("LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user alice", 409)
    assert put(wire, "b", DOCUMENT.replace("s3", "sqs")) == full
    assert put(wire, "a", longer) is None
    assert put(wire, "c") == full
    assert names(wire) == ["a", "b"]


def test_a_user_with_a_policy_is_not_deleted(wire: Wire) -> None:
    put(wire)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    assert wire.call("DeleteUser", UserName="alice") == conflict
    wire.call("DeleteUserPolicy", UserName="alice", PolicyName="p")
    assert wire.call("DeleteUser", UserName="alice") is None
