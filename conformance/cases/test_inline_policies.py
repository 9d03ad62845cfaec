from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.policies import DOCUMENT
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, GUIDE, INFERRED_STYLE, LOCALSTACK_USERS
from conformance.targets import Target

NOBODY = "fake-iam-conformance-nobody"
LENGTH = len("".join(DOCUMENT.split()))


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def policy_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user policy with name {name} cannot be found.", 404)


def put(aws: Target, user: str, name: str = "p", document: str = DOCUMENT) -> None:
    aws.iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=document)


def names(aws: Target, user: str) -> list[str]:
    return list(aws.iam.list_user_policies(UserName=user)["PolicyNames"])


@observed(
    "2016 to 2024", "cloud-custodian/cloud-custodian, recorded answers; localstack snapshots", "1.1:Policy documents"
)
def test_a_policy_comes_back_as_it_went(aws: Target, new_user: People) -> None:
    alice = new_user()
    put(aws, alice)
    shown = aws.wait_for(aws.iam.get_user_policy, UserName=alice, PolicyName="p")
    assert shown == {"UserName": alice, "PolicyName": "p", "PolicyDocument": json.loads(DOCUMENT)}


@documented(f"{API}/API_ListUserPolicies.html")
def test_policies_are_listed_by_name_alone(aws: Target, new_user: People) -> None:
    alice = new_user()
    for name in ("b", "a"):
        put(aws, alice, name)
    assert aws.settle(lambda: sorted(names(aws, alice)), ["a", "b"]) == ["a", "b"]


@documented(f"{API}/API_PutUserPolicy.html")
def test_a_policy_of_the_same_name_is_replaced(aws: Target, new_user: People) -> None:
    alice = new_user()
    put(aws, alice)
    other = DOCUMENT.replace("s3:", "sqs:")
    put(aws, alice, document=other)
    shown = aws.settle(
        lambda: aws.iam.get_user_policy(UserName=alice, PolicyName="p")["PolicyDocument"], json.loads(other)
    )
    assert shown == json.loads(other)
    assert names(aws, alice) == ["p"]


@observed(*LOCALSTACK_USERS, "6:UpdateUser is void")
def test_a_rename_carries_policies_over(aws: Target, new_user: People) -> None:
    alice, ann = new_user(), new_user.name()
    put(aws, alice)
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    assert aws.wait_for(aws.iam.get_user_policy, UserName=ann, PolicyName="p")["UserName"] == ann


@documented(f"{API}/API_DeleteUserPolicy.html")
def test_a_deleted_policy_is_gone(aws: Target, new_user: People) -> None:
    alice = new_user()
    put(aws, alice)
    assert aws.wait_for(aws.iam.delete_user_policy, UserName=alice, PolicyName="p") == {}
    gone = policy_missing("p")
    assert aws.settle(lambda: aws.error(aws.iam.get_user_policy, UserName=alice, PolicyName="p"), gone) == gone
    assert names(aws, alice) == []


@pytest.mark.parametrize("method", ["get_user_policy", "delete_user_policy"])
@assumed("recorded for the policies of roles and groups", "user-policy-missing")
def test_an_unknown_policy_cannot_be_found(aws: Target, new_user: People, method: str) -> None:
    assert aws.error(getattr(aws.iam, method), UserName=new_user(), PolicyName="p") == policy_missing("p")


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("put_user_policy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
        ("get_user_policy", {"PolicyName": "p"}),
        ("list_user_policies", {}),
        ("delete_user_policy", {"PolicyName": "p"}),
    ],
)
@assumed(INFERRED_STYLE, "user-missing")
def test_an_unknown_user_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    assert aws.error(getattr(aws.iam, method), UserName=NOBODY, **parameters) == user_missing(NOBODY)


@assumed("recorded for CreatePolicy; that it comes before the user is a guess", "pol-syntax")
def test_a_document_that_is_none_is_refused_before_the_user_is_looked_up(aws: Target) -> None:
    syntax = AwsError("MalformedPolicyDocument", "Syntax errors in policy.", 400)
    assert aws.error(aws.iam.put_user_policy, UserName=NOBODY, PolicyName="p", PolicyDocument="x") == syntax


@documented(f"{GUIDE}/reference_policies_elements_version.html", "pol-version")
def test_an_inline_policy_may_be_of_the_old_version(aws: Target, new_user: People) -> None:
    put(aws, new_user(), document=DOCUMENT.replace("2012-10-17", "2008-10-17"))


@observed("2026", "users who quote the text", "quota-user-policy-size")
def test_a_users_policies_share_2048_characters(aws: Target, new_user: People) -> None:
    alice = new_user()
    put(aws, alice, "a", DOCUMENT.replace("s3:", "s3:" + "x" * (2048 - 2 * LENGTH)) + " " * 100)
    put(aws, alice, "b")
    full = AwsError("LimitExceeded", f"Maximum policy size of 2048 bytes exceeded for user {alice}", 409)
    refused = aws.settle(
        lambda: aws.error(aws.iam.put_user_policy, UserName=alice, PolicyName="c", PolicyDocument=DOCUMENT), full
    )
    assert refused == full


@observed(*LOCALSTACK_USERS, "user-del-inline", "6:DeleteUser names ONE kind of leftover")
def test_a_user_with_a_policy_is_not_deleted(aws: Target, new_user: People) -> None:
    alice = new_user()
    put(aws, alice)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    assert aws.settle(lambda: aws.error(aws.iam.delete_user, UserName=alice), conflict) == conflict
