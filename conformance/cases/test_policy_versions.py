from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.policies import DOCUMENT, Policies
from conformance.provenance import assumed, observed
from conformance.sources import INFERRED_STYLE, Source
from conformance.targets import Target

LOCALSTACK = "localstack/localstack#13891, AWS-validated"
POLICIES = Source("2026-02", f"{LOCALSTACK} test_iam_policies")


def missing(text: str) -> AwsError:
    return AwsError("NoSuchEntity", text, 404)


def versions(aws: Target, arn: str) -> list[tuple[str, bool]]:
    listed = aws.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    return [(version["VersionId"], version["IsDefaultVersion"]) for version in listed]


def revise(aws: Target, arn: str, **parameters: Any) -> Any:
    return aws.wait_for(aws.iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT, **parameters)


@observed(*POLICIES, "1.5:CreatePolicy")
def test_a_version_shows_its_document_when_asked_for_alone(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    made = revise(aws, arn)["PolicyVersion"]
    assert sorted(made) == ["CreateDate", "IsDefaultVersion", "VersionId"]
    version = aws.wait_for(aws.iam.get_policy_version, PolicyArn=arn, VersionId="v2")["PolicyVersion"]
    assert version == {**made, "Document": json.loads(DOCUMENT)}


@observed(*POLICIES, "1.5:ListPolicyVersions")
def test_versions_are_listed_newest_first_and_one_is_the_default(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    revise(aws, arn, SetAsDefault=True)
    revise(aws, arn)
    expected = [("v3", False), ("v2", True), ("v1", False)]
    assert aws.settle(lambda: versions(aws, arn), expected) == expected
    assert aws.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1") == {}
    expected = [("v3", False), ("v2", False), ("v1", True)]
    assert aws.settle(lambda: versions(aws, arn), expected) == expected


@observed(*POLICIES, "policy-version-limit")
def test_a_policy_keeps_five_versions_and_gives_no_number_twice(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    for _ in range(4):
        revise(aws, arn)
    full = AwsError(
        "LimitExceeded",
        "A managed policy can have up to 5 versions. "
        "Before you create a new version, you must delete an existing version.",
        409,
    )
    refused = aws.settle(lambda: aws.error(aws.iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT), full)
    assert refused == full
    aws.iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    assert revise(aws, arn)["PolicyVersion"]["VersionId"] == "v6"


@observed(*POLICIES, "policy-version-default")
def test_the_default_version_is_not_deleted(aws: Target, new_policy: Policies) -> None:
    conflict = AwsError("DeleteConflict", "Cannot delete the default version of a policy.", 409)
    assert aws.error(aws.iam.delete_policy_version, PolicyArn=new_policy(), VersionId="v1") == conflict


@pytest.mark.parametrize("method", ["get_policy_version", "set_default_policy_version", "delete_policy_version"])
@observed(*POLICIES, "policy-version-missing")
def test_an_unknown_version_does_not_exist(aws: Target, new_policy: Policies, method: str) -> None:
    arn = new_policy()
    expected = missing(f"Policy {arn} version v9 does not exist or is not attachable.")
    assert aws.error(getattr(aws.iam, method), PolicyArn=arn, VersionId="v9") == expected


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("get_policy_version", marks=observed(*POLICIES, "policy-version-missing")),
        pytest.param("set_default_policy_version", marks=observed(*POLICIES, "policy-version-missing")),
        pytest.param("delete_policy_version", marks=assumed(INFERRED_STYLE, "policy-version-missing")),
    ],
)
def test_a_version_of_an_unknown_policy_does_not_exist(aws: Target, new_policy: Policies, method: str) -> None:
    arn = new_policy.absent()
    expected = missing(f"Policy {arn} version v1 does not exist or is not attachable.")
    assert aws.error(getattr(aws.iam, method), PolicyArn=arn, VersionId="v1") == expected


@observed(*POLICIES, "val-pattern-versionid")
def test_a_version_id_has_a_pattern(aws: Target, new_policy: Policies) -> None:
    refused = AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'versionId' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
        400,
    )
    assert aws.error(aws.iam.set_default_policy_version, PolicyArn=new_policy(), VersionId="wrong") == refused
