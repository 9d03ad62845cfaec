from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.clients import Client
from conformance.people import People
from conformance.provenance import assumed, observed
from conformance.roles import Roles
from conformance.signing import Key
from conformance.sources import ORACLE, Source
from conformance.targets import Target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_sts")
LS_MAIN = Source("2025-07-21", "localstack/localstack, AWS-validated test_sts")
PATTERN = r"Member must satisfy regular expression pattern: [\w+=,.@-]*"
TOO_SHORT = "Member must have length greater than or equal to 2"


def violations(*found: tuple[str, str, str]) -> AwsError:
    """The style of STS, which prints the value."""
    plural = "s" if len(found) > 1 else ""
    parts = [f"Value {value} at '{member}' failed to satisfy constraint: {rule}" for value, member, rule in found]
    return AwsError("ValidationError", f"{len(found)} validation error{plural} detected: {'; '.join(parts)}", 400)


@pytest.fixture
def sts(aws: Target, new_user: People) -> Client:
    """STS as a user calls it: the root user may not take on roles."""
    return aws.signing_with(new_user.key(new_user())).sts


@pytest.fixture
def role(aws: Target) -> str:
    """The ARN of a role that is not there: parameters are looked at first."""
    return f"arn:aws:iam::{aws.account}:role/fake-iam-conformance-nobody"


@observed(*ORACLE, "val-sts-null", "4:STS still prints the value")
def test_a_missing_role_is_null(sts: Client) -> None:
    assert sts.assume_role.error(RoleSessionName="ci") == violations(("null", "roleArn", "Member must not be null"))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        pytest.param("a", TOO_SHORT, marks=observed(*ORACLE, "val-sts-min", "4:STS order"), id="one character"),
        pytest.param("", TOO_SHORT, marks=observed(*ORACLE, "val-sts-empty"), id="empty"),
        pytest.param(
            "s" * 65, "Member must have length less than or equal to 64", marks=observed(*LS, "val-sts-max"), id="long"
        ),
        pytest.param("Session1:2", PATTERN, marks=observed(*LS_MAIN, "val-sts-pattern"), id="bad character"),
    ],
)
def test_the_sessions_name_has_a_form(sts: Client, role: str, name: str, rule: str) -> None:
    got = sts.assume_role.error(RoleArn=role, RoleSessionName=name)
    assert got == violations((f"'{name}'", "roleSessionName", rule))


@observed(*ORACLE, "val-sts-two-on-one", "4:Two violations of one member", "4:1 validation error")
def test_two_violations_of_the_sessions_name_are_two_entries(sts: Client, role: str) -> None:
    pattern, length = ("':'", "roleSessionName", PATTERN), ("':'", "roleSessionName", TOO_SHORT)
    got = sts.assume_role.error(RoleArn=role, RoleSessionName=":")
    assert got in (violations(pattern, length), violations(length, pattern))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("nothing-valid-in-here", id="no colon"),
        pytest.param("arn::b:::something/test-role", id="no partition"),
        pytest.param("arn:a::::something/test-role", id="no service"),
        pytest.param("arn:a:::something/test-role", id="not enough colons"),
        pytest.param("arn:a:a::aaaaaaaaaa:", id="no resource"),
    ],
)
@observed(*LS_MAIN, "val-sts-arn")
def test_what_is_no_arn_is_invalid(sts: Client, text: str) -> None:
    refused = AwsError("ValidationError", f"{text} is invalid", 400)
    assert sts.assume_role.error(RoleArn=text, RoleSessionName="ci") == refused


@pytest.mark.parametrize(
    ("seconds", "rule"),
    [
        pytest.param(899, "greater than or equal to 900", marks=observed(*ORACLE, "val-sts-duration-low")),
        pytest.param(43201, "less than or equal to 43200", marks=observed(*ORACLE, "val-sts-duration-high")),
    ],
)
def test_a_duration_has_bounds(sts: Client, role: str, seconds: int, rule: str) -> None:
    got = sts.assume_role.error(RoleArn=role, RoleSessionName="ci", DurationSeconds=seconds)
    assert got == violations((f"'{seconds}'", "durationSeconds", f"Member must have value {rule}"))


@observed(*ORACLE, "4:STS order")
def test_the_roles_longest_time_is_said_before_that_of_chained_sessions(
    aws: Target, new_user: People, new_role: Roles
) -> None:
    alice = new_user()
    arn = aws.iam.get_user(UserName=alice)["User"]["Arn"]
    name = new_role(MaxSessionDuration=7200, AssumeRolePolicyDocument=trust(arn))
    role = aws.iam.get_role(RoleName=name)["Role"]["Arn"]
    aws.iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust(arn, role))
    caller = aws.signing_with(new_user.key(alice))
    made = aws.wait_for(caller.sts.assume_role, RoleArn=role, RoleSessionName="first")["Credentials"]
    session = aws.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))

    def refused(seconds: int) -> AwsError:
        return session.sts.assume_role.error(RoleArn=role, RoleSessionName="second", DurationSeconds=seconds)

    assert refused(43201) == violations(
        ("'43201'", "durationSeconds", "Member must have value less than or equal to 43200")
    )
    said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    assert refused(7201) == AwsError("ValidationError", said, 400)
    said = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    assert refused(3601) == AwsError("ValidationError", said, 400)


def trust(*names: str) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": list(names)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@assumed("the order of a Java HashMap, which fits all recorded messages of IAM", "4:Order among several members")
def test_several_members_are_named_in_one_message(sts: Client) -> None:
    got = sts.assume_role.error(DurationSeconds=1)
    assert sorted((got.message or "").partition(": ")[2].split("; ")) == [
        "Value '1' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900",
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
        "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
    ]
