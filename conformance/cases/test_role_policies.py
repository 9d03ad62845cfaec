from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.groups import Groups
from conformance.policies import DOCUMENT
from conformance.provenance import assumed, observed
from conformance.roles import Roles
from conformance.sources import Source
from conformance.targets import Target

LS = Source("2026-02-11", "localstack/localstack#13891, AWS-validated test_iam_roles :: TestRoleInlinePolicies")
LENGTH = len("".join(DOCUMENT.split()))


def put(aws: Target, role: str, name: str, document: Any) -> Any:
    text = document if isinstance(document, str) else json.dumps(document)
    return aws.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)


@observed(*LS, "1:PutRolePolicy", "1:ListAttachedRolePolicies")
def test_policies_are_put_shown_listed_and_deleted(aws: Target, new_role: Roles) -> None:
    name = new_role()
    assert put(aws, name, "a", DOCUMENT) == put(aws, name, "b", DOCUMENT) == {}
    shown = aws.iam.get_role_policy(RoleName=name, PolicyName="a")
    assert shown == {"RoleName": name, "PolicyName": "a", "PolicyDocument": json.loads(DOCUMENT)}
    assert aws.iam.list_role_policies(RoleName=name) == {"PolicyNames": ["a", "b"], "IsTruncated": False}
    assert aws.iam.delete_role_policy(RoleName=name, PolicyName="a") == {}
    assert aws.iam.list_role_policies(RoleName=name)["PolicyNames"] == ["b"]


@observed(*LS, "1:PutRolePolicy")
def test_a_policy_of_the_same_name_is_replaced(aws: Target, new_role: Roles) -> None:
    name, other = new_role(), DOCUMENT.replace("s3:", "sqs:")
    put(aws, name, "a", DOCUMENT)
    put(aws, name, "a", other)
    assert aws.iam.get_role_policy(RoleName=name, PolicyName="a")["PolicyDocument"] == json.loads(other)
    assert aws.iam.list_role_policies(RoleName=name)["PolicyNames"] == ["a"]


@pytest.mark.parametrize(
    "document",
    [
        {"Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]},
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}},
    ],
    ids=["no version", "one statement"],
)
@observed(*LS, "1:Inline policy documents need no Version")
def test_a_document_comes_back_as_it_went(aws: Target, new_role: Roles, document: dict[str, Any]) -> None:
    name = new_role()
    put(aws, name, "a", document)
    assert aws.iam.get_role_policy(RoleName=name, PolicyName="a")["PolicyDocument"] == document


@observed("undated", "users of Terraform quote the text", "quota-role-policy-size", "1:MaxSessionDuration")
def test_a_roles_policies_share_10240_characters(aws: Target, new_role: Roles) -> None:
    name = new_role()
    put(aws, name, "a", DOCUMENT.replace("s3:", "s3:" + "x" * (10240 - 2 * LENGTH)) + " " * 100)
    put(aws, name, "b", DOCUMENT)
    full = AwsError("LimitExceeded", f"Maximum policy size of 10240 bytes exceeded for role {name}", 409)
    asked = {"RoleName": name, "PolicyName": "c", "PolicyDocument": DOCUMENT}
    assert aws.settle(lambda: aws.error(aws.iam.put_role_policy, **asked), full) == full


@assumed("recorded for users and roles, whose number is another", "quota-role-policy-size")
def test_a_groups_policies_share_5120_characters(aws: Target, new_group: Groups) -> None:
    name = new_group()
    long = DOCUMENT.replace("s3:", "s3:" + "x" * (5121 - LENGTH))
    full = AwsError("LimitExceeded", f"Maximum policy size of 5120 bytes exceeded for group {name}", 409)
    assert aws.error(aws.iam.put_group_policy, GroupName=name, PolicyName="a", PolicyDocument=long) == full


@pytest.mark.parametrize("role", ["a/b", "a*", "a b"])
@observed("2023 to 2026", "users of Terraform, Karpenter and CloudFormation quote the text", "val-chars-rolename")
def test_a_forbidden_character_in_a_roles_name_has_a_sentence_of_its_own(aws: Target, role: str) -> None:
    text = (
        "The specified value for roleName is invalid. "
        "It must contain only alphanumeric characters and/or the following: +=,.@_-"
    )
    asked = {"RoleName": role, "PolicyName": "p", "PolicyDocument": DOCUMENT}
    assert aws.error(aws.iam.put_role_policy, **asked) == AwsError("ValidationError", text, 400)
