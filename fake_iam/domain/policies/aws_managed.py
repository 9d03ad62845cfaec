"""Policies of AWS that accounts often attach: a few of the many, as data.

Names, paths and ids are AWS's own, published in many listings. Assumed: the dates and the one version; documents, which
are shortened to what they come to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Final

from fake_iam.domain import arns
from fake_iam.domain.policies.managed_policies import ManagedPolicy, PolicyVersion

SINCE: Final = datetime(2015, 2, 6, 18, 40, tzinfo=timezone.utc)
READING: Final = ["*:Describe*", "*:Get*", "*:List*"]


def _allow(*actions: str, on: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions) if len(actions) > 1 else actions[0], "Resource": on}


def _policy(policy_id: str, path: str, name: str, description: str, *statements: dict[str, Any]) -> ManagedPolicy:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=4)
    return ManagedPolicy(
        id=policy_id,
        account_id="aws",
        name=name,
        path=path,
        created_at=SINCE,
        updated_at=SINCE,
        versions=(PolicyVersion("v1", document, SINCE),),
        description=description,
    )


_POLICIES: Final = (
    _policy(
        "ANPAIWMBCKSKIEE64ZLYK",
        "/",
        "AdministratorAccess",
        "Provides full access to AWS services and resources.",
        _allow("*"),
    ),
    _policy(
        "ANPAIGDT4SV4GSETWTBZK",
        "/",
        "AmazonEC2ReadOnlyAccess",
        "Provides read only access to Amazon EC2 via the AWS Management Console.",
        _allow("ec2:Describe*"),
        _allow("elasticloadbalancing:Describe*"),
        _allow("cloudwatch:ListMetrics", "cloudwatch:GetMetricStatistics", "cloudwatch:Describe*"),
        _allow("autoscaling:Describe*"),
    ),
    _policy(
        "ANPAIFIR6V6BVTRAHWINE",
        "/",
        "AmazonS3FullAccess",
        "Provides full access to all buckets via the AWS Management Console.",
        _allow("s3:*", "s3-object-lambda:*"),
    ),
    _policy(
        "ANPAIZTJ4DXE7G6AGAE6M",
        "/",
        "AmazonS3ReadOnlyAccess",
        "Provides read only access to all buckets via the AWS Management Console.",
        _allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),
    ),
    _policy(
        "ANPAJSNKQX2OW67GF4S7E",
        "/",
        "AWSSupportAccess",
        "Allows users to access the AWS Support Center.",
        _allow("support:*"),
    ),
    _policy(
        "ANPAIFTHXT6FFMIRT7ZEA",
        "/job-function/",
        "Billing",
        "Grants permissions for billing and cost management.",
        _allow("aws-portal:*Billing", "aws-portal:*Usage", "budgets:ViewBudget", "budgets:ModifyBudget"),
    ),
    _policy(
        "ANPAI7XKCFMBPM3QQRRVQ",
        "/",
        "IAMFullAccess",
        "Provides full access to IAM via the AWS Management Console.",
        _allow(
            "iam:*", "organizations:DescribeAccount", "organizations:DescribeOrganization", "organizations:ListPolicies"
        ),
    ),
    _policy(
        "ANPAJKSO7NDY4T57MWDSQ",
        "/",
        "IAMReadOnlyAccess",
        "Provides read only access to IAM via the AWS Management Console.",
        _allow(
            "iam:GenerateCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:Get*",
            "iam:List*",
            "iam:SimulateCustomPolicy",
            "iam:SimulatePrincipalPolicy",
        ),
    ),
    _policy(
        "ANPAJ4L4MM2A7QIEB56MS",
        "/",
        "IAMUserChangePassword",
        "Provides the ability for an IAM user to change their own password.",
        _allow("iam:ChangePassword", on="arn:aws:iam::*:user/${aws:username}"),
        _allow("iam:GetAccountPasswordPolicy"),
    ),
    _policy(
        "ANPAJYRXTHIB4FOVS3ZXS",
        "/",
        "PowerUserAccess",
        "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        _allow("iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles"),
    ),
    _policy(
        "ANPAILL3HVNFSB6DCOWYQ",
        "/",
        "ReadOnlyAccess",
        "Provides read-only access to AWS services and resources.",
        _allow(*READING),
    ),
    _policy(
        "ANPAIX2T3QCXHR2OGGCTO",
        "/",
        "SecurityAudit",
        "The security audit template grants access to read security configuration metadata.",
        _allow(*READING),
    ),
    _policy(
        "ANPAID22R6XPJATWOFDK6",
        "/job-function/",
        "ViewOnlyAccess",
        "This policy grants permissions to view resources and basic metadata across all AWS services.",
        _allow(*READING),
    ),
)
AWS_MANAGED: Final = {policy.arn: policy for policy in _POLICIES}
_SORTED: Final = tuple(sorted(_POLICIES, key=lambda policy: policy.place))


def find_aws_managed(arn: str) -> ManagedPolicy | None:
    """AWS's policy under that ARN, in the partition that the ARN names; None if AWS has none of that name."""
    partition = arns.partition_of(arn)
    policy = AWS_MANAGED.get(arn.replace(f"arn:{partition}:", f"arn:{arns.AWS}:", 1))
    return None if policy is None else _within(partition, policy)


def aws_managed(partition: str) -> Iterator[ManagedPolicy]:
    """AWS's policies in a partition, in the order of lists."""
    return (_within(partition, policy) for policy in _SORTED)


def _within(partition: str, policy: ManagedPolicy) -> ManagedPolicy:
    """The policy as a partition has it. Assumed: each partition has the same ones, but for the ARNs in documents."""
    if partition == policy.partition:
        return policy
    here, there = f'"arn:{policy.partition}:', f'"arn:{partition}:'
    versions = (replace(version, document=version.document.replace(here, there)) for version in policy.versions)
    return replace(policy, partition=partition, versions=tuple(versions))
