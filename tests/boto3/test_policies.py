"""Policies of users as boto3 shows them: documents come back as dictionaries, and leave before their user does."""

from __future__ import annotations

import json
from typing import Any

from tests.support import AwsError, error

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Everything", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::größe+b/%20*"}],
}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def off_board(iam: Any, name: str) -> None:
    """What scripts of off-boarding do with a user's policies."""
    for page in iam.get_paginator("list_user_policies").paginate(UserName=name):
        for policy in page["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=policy)
    for page in iam.get_paginator("list_attached_user_policies").paginate(UserName=name):
        for policy in page["AttachedPolicies"]:
            iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_user_permissions_boundary(UserName=name)
    iam.delete_user(UserName=name)


def test_a_user_is_off_boarded_with_all_its_policies(iam: Any) -> None:
    iam.create_user(UserName="alice")
    for number in range(3):
        iam.put_user_policy(UserName="alice", PolicyName=f"p{number}", PolicyDocument=json.dumps(DOCUMENT))
    own = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    for arn in (own, ADMINISTRATOR):
        iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=own)
    in_use = AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    assert error(iam.delete_policy, PolicyArn=own) == in_use
    off_board(iam, "alice")
    iam.delete_policy(PolicyArn=own)
    assert iam.list_policies(Scope="Local")["Policies"] == []
    assert iam.list_entities_for_policy(PolicyArn=ADMINISTRATOR)["PolicyUsers"] == []


def test_documents_are_decoded_on_the_way_back(iam: Any) -> None:
    iam.create_user(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=json.dumps(DOCUMENT))
    assert iam.get_user_policy(UserName="alice", PolicyName="p")["PolicyDocument"] == DOCUMENT
    arn = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == DOCUMENT


def test_the_waiter_for_a_policy_ends_at_once(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.get_waiter("policy_exists").wait(PolicyArn=arn, WaiterConfig={"Delay": 0, "MaxAttempts": 1})


def test_every_policy_of_aws_is_listed_page_after_page(iam: Any) -> None:
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    arns = [policy["Arn"] for page in pages for policy in page["Policies"]]
    assert len(arns) == len(set(arns)) > 1500
    assert ADMINISTRATOR in arns
