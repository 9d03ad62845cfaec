"""The rules of tags of managed policies, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import AwsError, Wire

DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
ARN = "arn:aws:iam::123456789012:policy/edge"
ABSENT = "arn:aws:iam::123456789012:policy/absent"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TAG = {"Tags.member.1.Key": "Team", "Tags.member.1.Value": "red"}


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    wire.call("CreatePolicy", PolicyName="edge", PolicyDocument=DOCUMENT)
    return wire


def tags(wire: Wire, **parameters: Any) -> list[tuple[str, str]]:
    found = wire.call("ListPolicyTags", PolicyArn=ARN, **parameters)["Tags"]
    listed = found["member"] if found else []
    return [(tag["Key"], tag["Value"] or "") for tag in (listed if isinstance(listed, list) else [listed])]


def test_tags_are_set_replaced_shown_and_taken_off(wire: Wire) -> None:
    before = wire.call("GetPolicy", PolicyArn=ARN)["Policy"]["UpdateDate"]
    assert wire.call("TagPolicy", PolicyArn=ARN, **TAG) is None
    assert wire.call("TagPolicy", PolicyArn=ARN, **{**TAG, "Tags.member.1.Value": "blue"}) is None
    assert tags(wire) == [("Team", "blue")]
    shown = wire.call("GetPolicy", PolicyArn=ARN)["Policy"]
    assert (shown["Tags"]["member"], shown["UpdateDate"]) == ({"Key": "Team", "Value": "blue"}, before)
    assert wire.call("UntagPolicy", PolicyArn=ARN, **{"TagKeys.member.1": "Team", "TagKeys.member.2": "none"}) is None
    assert wire.call("ListPolicyTags", PolicyArn=ARN) == {"Tags": None, "IsTruncated": "false"}


def test_letter_case_counts_in_keys(wire: Wire) -> None:
    other = {"Tags.member.1.Key": "TEAM", "Tags.member.1.Value": "x"}
    wire.call("TagPolicy", PolicyArn=ARN, **TAG)
    wire.call("TagPolicy", PolicyArn=ARN, **other)
    assert tags(wire) == [("TEAM", "x"), ("Team", "red")]
    wire.call("UntagPolicy", PolicyArn=ARN, **{"TagKeys.member.1": "team"})
    assert len(tags(wire)) == 2


def test_the_same_key_twice_is_refused(wire: Wire) -> None:
    twice = {**TAG, "Tags.member.2.Key": "Team", "Tags.member.2.Value": "x"}
    refused = wire.call("TagPolicy", PolicyArn=ARN, **twice)
    assert refused == AwsError("InvalidInput", "Duplicate tag keys found.", 400)


def test_a_policy_has_fifty_tags_at_the_most(wire: Wire) -> None:
    fifty = {f"Tags.member.{number}.Key": f"k{number}" for number in range(1, 51)}
    fifty |= {f"Tags.member.{number}.Value": "x" for number in range(1, 51)}
    assert wire.call("TagPolicy", PolicyArn=ARN, **fifty) is None
    refused = AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)
    assert wire.call("TagPolicy", PolicyArn=ARN, **TAG) == refused
    assert len(tags(wire, MaxItems=100)) == 50


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("TagPolicy", TAG), ("UntagPolicy", {"TagKeys.member.1": "a"}), ("ListPolicyTags", {})],
)
def test_a_policy_that_is_missing_was_not_found(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    refused = AwsError("NoSuchEntity", f"Policy {ABSENT} was not found.", 404)
    assert wire.call(operation, PolicyArn=ABSENT, **parameters) == refused
    invalid = AwsError("ValidationError", "ARN longpolicynamebutnoarn is not valid.", 400)
    assert wire.call(operation, PolicyArn="longpolicynamebutnoarn", **parameters) == invalid


def test_a_policy_of_aws_has_no_tags_and_takes_none(wire: Wire) -> None:
    refused = AwsError("AccessDenied", "Cannot update policies outside your own account.", 403)
    assert wire.call("TagPolicy", PolicyArn=READ_ONLY, **TAG) == refused
    assert wire.call("UntagPolicy", PolicyArn=READ_ONLY, **{"TagKeys.member.1": "a"}) == refused
    assert wire.call("ListPolicyTags", PolicyArn=READ_ONLY) == {"Tags": None, "IsTruncated": "false"}
