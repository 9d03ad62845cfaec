from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.policies import Policies
from conformance.provenance import assumed, observed
from conformance.sources import Source
from conformance.targets import Target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_policies")
TAGS = [{"Key": "Team", "Value": "red"}]


@observed(*LS, "policy-del-missing")
@pytest.mark.parametrize(
    ("method", "parameters"), [("tag_policy", {"Tags": TAGS}), ("untag_policy", {"TagKeys": ["a"]})]
)
def test_a_policy_that_is_missing_was_not_found(
    aws: Target, new_policy: Policies, method: str, parameters: dict[str, Any]
) -> None:
    absent = new_policy.absent()
    refused = AwsError("NoSuchEntity", f"Policy {absent} was not found.", 404)
    assert aws.error(getattr(aws.iam, method), PolicyArn=absent, **parameters) == refused


@observed(*LS, "policy-dup-tags")
def test_the_same_key_twice_is_refused(aws: Target, new_policy: Policies) -> None:
    refused = AwsError("InvalidInput", "Duplicate tag keys found.", 400)
    assert aws.error(aws.iam.tag_policy, PolicyArn=new_policy(), Tags=TAGS * 2) == refused


@observed(*LS, "policy-dup-tags")
def test_letter_case_counts_in_keys(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    aws.iam.tag_policy(PolicyArn=arn, Tags=[*TAGS, {"Key": "TEAM", "Value": "x"}])
    assert len(aws.iam.list_policy_tags(PolicyArn=arn)["Tags"]) == 2


@assumed("tags follow the rules of other nouns")
def test_tags_are_set_listed_and_taken_off(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    aws.iam.tag_policy(PolicyArn=arn, Tags=TAGS)
    assert aws.iam.list_policy_tags(PolicyArn=arn)["Tags"] == TAGS
    aws.iam.untag_policy(PolicyArn=arn, TagKeys=["Team", "none"])
    assert aws.iam.list_policy_tags(PolicyArn=arn)["Tags"] == []


@assumed("as for the versions of policies of AWS")
def test_a_policy_of_aws_takes_no_tags(aws: Target) -> None:
    refused = AwsError("AccessDenied", "Cannot update policies outside your own account.", 403)
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert aws.error(aws.iam.tag_policy, PolicyArn=arn, Tags=TAGS) == refused
