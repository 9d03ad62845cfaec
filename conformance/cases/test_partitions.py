from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.clients import Client
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import GUIDE
from conformance.targets import ROOT, fake_target

ARNS = f"{GUIDE}/reference-arns.html"
IN_CHINA = "https://docs.amazonaws.cn/en_us/IAM/latest/UserGuide/reference-arns.html"
IN_GOVCLOUD = "https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-arns.html"
IAM_ENDPOINTS = "https://docs.aws.amazon.com/general/latest/gr/iam-service.html"
AS_ENDPOINTS_SAY = "botocore's rules for endpoints, which sign for that region"
AS_DATA_SAYS = "botocore's data of partitions; nobody has published answers from there"
ONE_PARTITION = "an account is in one partition"
ACCOUNT = "123456789012"
INVALID_PARTITION = AwsError("ValidationError", "Invalid ARN partition", 400)
ADMINISTRATOR = "policy/AdministratorAccess"

everywhere = pytest.mark.parametrize(
    ("region", "partition"),
    [
        pytest.param("eu-central-1", "aws", marks=documented(ARNS), id="aws"),
        pytest.param("cn-north-1", "aws-cn", marks=documented(IN_CHINA), id="aws-cn"),
        pytest.param("us-gov-west-1", "aws-us-gov", marks=documented(IN_GOVCLOUD), id="aws-us-gov"),
        pytest.param("us-iso-east-1", "aws-iso", marks=assumed(AS_DATA_SAYS), id="aws-iso"),
    ],
)


def document(resource: str) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@fake_only(ONE_PARTITION)
@everywhere
def test_arns_are_of_the_partition_that_is_called(region: str, partition: str) -> None:
    with fake_target() as aws:
        iam, sts = aws.client("iam", ROOT, region), aws.client("sts", ROOT, region)
        assert sts.get_caller_identity()["Arn"] == f"arn:{partition}:iam::{ACCOUNT}:root"
        arns = {
            "user": iam.create_user(UserName="alice", Path="/a/")["User"]["Arn"],
            "group": iam.create_group(GroupName="eng")["Group"]["Arn"],
            "policy": iam.create_policy(PolicyName="own", PolicyDocument=document("*"))["Policy"]["Arn"],
            "mfa": iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"],
        }
        names = {"user": "a/alice", "group": "eng", "policy": "own", "mfa": "phone"}
        assert arns == {kind: f"arn:{partition}:iam::{ACCOUNT}:{kind}/{name}" for kind, name in names.items()}
        assert iam.get_user(UserName="alice")["User"]["Arn"] == arns["user"]


@fake_only(ONE_PARTITION)
@pytest.mark.parametrize(
    ("called", "region"),
    [
        pytest.param("cn-northwest-1", "cn-north-1", marks=documented(IAM_ENDPOINTS)),
        pytest.param("us-gov-east-1", "us-gov-west-1", marks=documented(IAM_ENDPOINTS)),
        pytest.param("us-iso-west-1", "us-iso-east-1", marks=assumed(AS_ENDPOINTS_SAY)),
    ],
)
def test_the_last_use_at_iam_is_in_the_one_region_of_iam_there(called: str, region: str) -> None:
    with fake_target() as aws:
        aws.client("iam", ROOT, called).list_users()
        used = aws.client("iam", ROOT, called).get_access_key_last_used(AccessKeyId=ROOT.id)["AccessKeyLastUsed"]
        assert (used["ServiceName"], used["Region"]) == ("iam", region)


# AWS's own policies


def with_alice(iam: Client) -> Client:
    iam.create_user(UserName="alice")
    return iam


@fake_only(ONE_PARTITION)
@everywhere
def test_a_policy_of_aws_has_an_arn_in_each_partition(region: str, partition: str) -> None:
    arn = f"arn:{partition}:iam::aws:{ADMINISTRATOR}"
    with fake_target() as aws:
        iam = with_alice(aws.client("iam", ROOT, region))
        iam.attach_user_policy(UserName="alice", PolicyArn=arn)
        attached = iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"]
        assert attached == [{"PolicyName": "AdministratorAccess", "PolicyArn": arn}]
        shown = iam.get_policy(PolicyArn=arn)["Policy"]
        assert (shown["Arn"], shown["AttachmentCount"]) == (arn, 1)
        listed = iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"]
        assert [policy["Arn"] for policy in listed] == [arn]


@fake_only(ONE_PARTITION)
@observed("2024-12", "terraform-aws-modules/terraform-aws-eks#3259 (AttachRolePolicy in cn-north-1)")
def test_a_policy_that_a_partition_has_not_is_not_attachable() -> None:
    arn = "arn:aws-cn:iam::aws:policy/AmazonNoSuchPolicy"
    with fake_target() as aws:
        iam = with_alice(aws.client("iam", ROOT, "cn-north-1"))
        assert aws.error(iam.attach_user_policy, UserName="alice", PolicyArn=arn) == AwsError(
            "NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404
        )


# ARNs of another partition


@fake_only(ONE_PARTITION)
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        pytest.param(
            "attach_user_policy",
            {"UserName": "alice"},
            marks=observed("2025-04", "cattle-ops/terraform-aws-gitlab-runner#1273 (AttachRolePolicy in GovCloud)"),
        ),
        pytest.param(
            "get_policy",
            {},
            marks=observed("2024-10", "aws/aws-parallelcluster#6492, whose check calls GetPolicy in GovCloud"),
        ),
        *(
            pytest.param(
                name,
                parameters,
                marks=assumed("AWS announced the check for every ARN that is a parameter: cloud-gov/aws-broker#383"),
            )
            for name, parameters in (
                ("detach_user_policy", {"UserName": "alice"}),
                ("attach_group_policy", {"GroupName": "eng"}),
                ("detach_group_policy", {"GroupName": "eng"}),
                ("list_entities_for_policy", {}),
                ("list_policy_versions", {}),
                ("get_policy_version", {"VersionId": "v1"}),
                ("create_policy_version", {"PolicyDocument": document("*")}),
                ("set_default_policy_version", {"VersionId": "v1"}),
                ("delete_policy_version", {"VersionId": "v1"}),
                ("delete_policy", {}),
            )
        ),
    ],
)
def test_a_policys_arn_of_another_partition_is_refused(operation: str, parameters: dict[str, Any]) -> None:
    with fake_target() as aws:
        iam = with_alice(aws.client("iam", ROOT, "us-gov-west-1"))
        call = getattr(iam, operation)
        assert aws.error(call, PolicyArn=f"arn:aws:iam::aws:{ADMINISTRATOR}", **parameters) == INVALID_PARTITION


@fake_only(ONE_PARTITION)
@pytest.mark.parametrize("operation", ["create_user", "put_user_permissions_boundary"])
@assumed("AWS announced the check for every ARN that is a parameter: cloud-gov/aws-broker#383")
def test_a_permissions_boundary_of_another_partition_is_refused(operation: str) -> None:
    with fake_target() as aws:
        iam = aws.client("iam", ROOT, "us-gov-west-1")
        boundary = f"arn:aws:iam::aws:{ADMINISTRATOR}"
        call = getattr(iam, operation)
        assert aws.error(call, UserName="alice", PermissionsBoundary=boundary) == INVALID_PARTITION


@fake_only(ONE_PARTITION)
@pytest.mark.parametrize(
    ("region", "resource"),
    [
        pytest.param(
            "cn-north-1",
            "aws",
            marks=observed("2019-04", "kubernetes/kops#6763 (PutRolePolicy in China)", "pol-partition"),
        ),
        pytest.param(
            "us-gov-east-1",
            "aws",
            marks=observed("2019-11", "terraform-aws-modules/terraform-aws-atlantis#83", "pol-partition"),
        ),
        pytest.param(
            "us-east-1",
            "aws-cn",
            marks=assumed("the rule of the other partitions, the other way round", "pol-partition"),
        ),
    ],
)
def test_a_resource_of_another_partition_is_refused_in_a_policy(region: str, resource: str) -> None:
    arn = f"arn:{resource}:s3:::bucket"
    refused = AwsError("MalformedPolicyDocument", f'Partition "{resource}" is not valid for resource "{arn}".', 400)
    with fake_target() as aws:
        iam = with_alice(aws.client("iam", ROOT, region))
        policy = {"PolicyName": "own", "PolicyDocument": document(arn)}
        assert aws.error(iam.create_policy, **policy) == refused
        assert aws.error(iam.put_user_policy, UserName="alice", **policy) == refused


@fake_only(ONE_PARTITION)
@observed("2022-11", "terraform-aws-modules/terraform-aws-iam#309, where the policy was taken then", "pol-partition")
def test_a_resource_of_ones_own_partition_is_taken() -> None:
    with fake_target() as aws:
        iam = aws.client("iam", ROOT, "cn-north-1")
        arn = "arn:aws-cn:ssm:*:*:parameter/aws/service/*"
        iam.create_policy(PolicyName="own", PolicyDocument=document(arn))
