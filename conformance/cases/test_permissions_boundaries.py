from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.policies import Policies
from conformance.provenance import assumed, documented
from conformance.sources import API
from conformance.targets import Target

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NOBODY = "fake-iam-conformance-nobody"


def missing(text: str) -> AwsError:
    return AwsError("NoSuchEntity", text, 404)


def shown(aws: Target, arn: str) -> Any:
    return aws.wait_for(aws.iam.get_policy, PolicyArn=arn)["Policy"]


@documented(f"{API}/API_PutUserPermissionsBoundary.html")
def test_a_boundary_is_set_and_taken_off(aws: Target, new_user: People, new_policy: Policies) -> None:
    alice, arn = new_user(), new_policy()
    assert aws.wait_for(aws.iam.put_user_permissions_boundary, UserName=alice, PermissionsBoundary=arn) == {}

    def boundary() -> Any:
        return dict(aws.iam.get_user(UserName=alice)["User"]).get("PermissionsBoundary")

    expected = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    assert aws.settle(boundary, expected) == expected
    assert aws.settle(lambda: shown(aws, arn)["PermissionsBoundaryUsageCount"], 1) == 1
    assert aws.iam.delete_user_permissions_boundary(UserName=alice) == {}
    assert aws.settle(boundary, None) is None


@assumed("recorded for PutRolePermissionsBoundary", "boundary-invalid")
def test_an_arn_of_another_kind_is_no_boundary(aws: Target, new_user: People) -> None:
    alice = new_user()
    arn = f"arn:aws:iam::{aws.account}:user/{alice}"
    refused = AwsError("InvalidInput", f"ARN {arn} is not valid.", 400)
    assert aws.error(aws.iam.put_user_permissions_boundary, UserName=alice, PermissionsBoundary=arn) == refused


@assumed("recorded for ARNs of another kind", "boundary-invalid")
def test_what_is_no_arn_is_no_boundary(aws: Target, new_user: People) -> None:
    refused = AwsError("InvalidInput", "ARN longpolicynamebutnoarn is not valid.", 400)
    named = {"UserName": new_user(), "PermissionsBoundary": "longpolicynamebutnoarn"}
    assert aws.error(aws.iam.put_user_permissions_boundary, **named) == refused


@assumed("recorded for PutRolePermissionsBoundary", "boundary-missing")
def test_an_unknown_policy_is_no_boundary(aws: Target, new_user: People, new_policy: Policies) -> None:
    arn = new_policy.absent()
    expected = missing(f"Scope ARN: {arn} does not exist or is not attachable.")
    assert aws.error(aws.iam.put_user_permissions_boundary, UserName=new_user(), PermissionsBoundary=arn) == expected


@assumed("nothing is known; the operation reads as one that makes sure")
def test_taking_off_a_boundary_that_is_not_there_is_no_error(aws: Target, new_user: People) -> None:
    assert aws.iam.delete_user_permissions_boundary(UserName=new_user()) == {}


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("put_user_permissions_boundary", {"PermissionsBoundary": ADMINISTRATOR}),
        ("delete_user_permissions_boundary", {}),
    ],
)
@assumed("recorded for roles", "role-missing")
def test_an_unknown_user_has_no_boundary(aws: Target, method: str, parameters: dict[str, str]) -> None:
    expected = missing(f"The user with name {NOBODY} cannot be found.")
    assert aws.error(getattr(aws.iam, method), UserName=NOBODY, **parameters) == expected


@assumed("recorded for CreateRole, which takes boundaries alike", "boundary-missing")
def test_a_new_users_boundary_must_be_a_policy_that_is_there(aws: Target, new_user: People) -> None:
    arn = f"arn:aws:iam::{aws.account}:policy/fake-iam-conformance-no-policy"
    missing = AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)
    assert aws.error(aws.iam.create_user, UserName=new_user.name(), PermissionsBoundary=arn) == missing
