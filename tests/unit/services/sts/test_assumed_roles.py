"""The rules of AssumeRole, and what a session of a role may do, without HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam import ManualClock
from tests.support import INVALID_TOKEN, AwsError, Key, Wire
from tests.unit.services.credentials.test_mfa_devices import Phone, enable

ACCOUNT = "123456789012"
OTHER = "210987654321"
ARN = f"arn:aws:iam::{ACCOUNT}:role/deployer"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


def denied(caller: str = ALICE, role: str = ARN, action: str = "sts:AssumeRole") -> AwsError:
    return AwsError("AccessDenied", f"User: {caller} is not authorized to perform: {action} on resource: {role}", 403)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message, 400)


def refused(message: str) -> AwsError:
    return AwsError("ValidationError", message, 400)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    return Wire(clock, random_seed=7)


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.user("alice")
    return wire.key("alice")


def trust(principal: Any = ACCOUNT, action: Any = "sts:AssumeRole", **others: Any) -> str:
    who = principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal}
    statement = {"Effect": "Allow", "Principal": who, "Action": action, **others}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(
    wire: Wire, document: str | None = None, name: str = "deployer", by: Key | None = None, **parameters: Any
) -> Any:
    made = wire.call("CreateRole", by, RoleName=name, AssumeRolePolicyDocument=document or trust(), **parameters)
    return made["Role"]


def assume(wire: Wire, by: Key | None, role_arn: str = ARN, **parameters: Any) -> Any:
    return wire.call("AssumeRole", by, **{"RoleArn": role_arn, "RoleSessionName": "ci-42", **parameters})


def pair(made: Any) -> Key:
    assert not isinstance(made, AwsError), made
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def tags(**values: str) -> dict[str, str]:
    numbered = enumerate(values.items(), 1)
    return {
        name: text
        for number, (key, value) in numbered
        for name, text in ((f"Tags.member.{number}.Key", key), (f"Tags.member.{number}.Value", value))
    }


def test_a_session_of_a_role_has_credentials_and_a_name(wire: Wire, alice: Key) -> None:
    made = role(wire, Path="/ci/")
    answer = assume(wire, alice, made["Arn"])
    assert sorted(answer) == ["AssumedRoleUser", "Credentials"]
    assert sorted(answer["Credentials"]) == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"]
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert answer["Credentials"]["Expiration"] == "2026-01-01T01:00:00Z"
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci-42"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{made['RoleId']}:ci-42", "Arn": arn}
    assert wire.call("GetCallerIdentity", pair(answer)) == {
        "Account": ACCOUNT,
        "Arn": arn,
        "UserId": f"{made['RoleId']}:ci-42",
    }


def test_a_session_of_a_role_calls_iam_but_has_no_user_of_its_own(wire: Wire, alice: Key) -> None:
    role(wire)
    session = pair(assume(wire, alice))
    assert wire.call("CreateUser", session, UserName="bob")["User"]["UserName"] == "bob"
    assert wire.call("ListAccessKeys", session, UserName="alice")["AccessKeyMetadata"]["member"]["UserName"] == "alice"
    unnamed = refused("Must specify userName when calling with non-User credentials")
    assert wire.call("ListAccessKeys", session) == unnamed
    assert wire.call("GetUser", session) == unnamed


def test_sts_takes_sessions_of_roles_except_for_further_tokens(wire: Wire, alice: Key) -> None:
    role(wire)
    session = pair(assume(wire, alice))
    assert wire.call("GetAccessKeyInfo", session, AccessKeyId=alice.id) == {"Account": ACCOUNT}
    for action, parameters in (("GetSessionToken", {}), ("GetFederationToken", {"Name": "Bob"})):
        closed = AwsError("AccessDenied", f"Cannot call {action} with session credentials", 403)
        assert wire.call(action, session, **parameters) == closed


@pytest.mark.parametrize("text", ["nothing-valid-in-here", "arn::b:::something/test-role", "arn:a:a::aaaaaaaaaa:"])
def test_what_is_no_arn_is_invalid_whoever_asks(wire: Wire, alice: Key, text: str) -> None:
    for caller in (alice, None):
        assert assume(wire, caller, text) == refused(f"{text} is invalid")


def test_the_root_user_takes_on_no_role(wire: Wire) -> None:
    role(wire)
    no = AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    assert assume(wire, None) == no
    assert assume(wire, wire.key()) == no
    assert assume(wire, None, f"{ARN}-unknown") == no


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:role/unknown",
        f"arn:aws:iam::{ACCOUNT}:role/ci/deployer",
        f"arn:aws:iam::{ACCOUNT}:role/DEPLOYER",
        f"arn:aws-cn:iam::{ACCOUNT}:role/deployer",
        f"arn:aws:iam::{OTHER}:role/deployer",
        f"arn:aws:iam::{ACCOUNT}:user/deployer",
    ],
)
def test_an_unknown_role_looks_like_one_that_does_not_trust(wire: Wire, alice: Key, arn: str) -> None:
    role(wire)
    assert assume(wire, alice, arn) == denied(role=arn)
    assert OTHER not in {account.id for account in wire.assembled.engine.store.accounts()}


@pytest.mark.parametrize(
    ("principal", "trusted"),
    [
        (ACCOUNT, True),
        (f"arn:aws:iam::{ACCOUNT}:root", True),
        ("*", True),
        (ALICE, True),
        (["arn:aws:iam::999999999999:root", ALICE], True),
        (f"arn:aws:iam::{ACCOUNT}:user/bob", False),
        (OTHER, False),
        ({"Service": "ec2.amazonaws.com"}, False),
    ],
)
def test_the_principal_of_the_trust_policy_decides(wire: Wire, alice: Key, principal: Any, trusted: bool) -> None:
    wire.user("bob")
    role(wire, trust(principal))
    answer = assume(wire, alice)
    assert isinstance(answer, dict) if trusted else answer == denied()


def test_a_deny_in_the_trust_policy_wins(wire: Wire, alice: Key) -> None:
    statements = [
        json.loads(trust(who))["Statement"][0] | {"Effect": effect}
        for who, effect in ((ACCOUNT, "Allow"), (ALICE, "Deny"))
    ]
    role(wire, json.dumps({"Version": "2012-10-17", "Statement": statements}))
    assert assume(wire, alice) == denied()


def test_a_user_made_again_under_its_name_is_not_trusted(wire: Wire, alice: Key) -> None:
    role(wire, trust(ALICE))
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=alice.id)
    wire.call("DeleteUser", UserName="alice")
    wire.user("alice")
    assert assume(wire, wire.key("alice")) == denied()


def test_the_external_id_must_be_the_one_that_is_asked_for(wire: Wire, alice: Key) -> None:
    role(wire, trust(Condition={"StringEquals": {"sts:ExternalId": "x1"}}))
    assert assume(wire, alice) == denied()
    assert assume(wire, alice, ExternalId="x2") == denied()
    pair(assume(wire, alice, ExternalId="x1"))


def test_conditions_know_the_callers_tags_the_session_and_the_clock(wire: Wire, alice: Key, clock: ManualClock) -> None:
    condition = {
        "StringEquals": {"aws:PrincipalTag/team": "red", "aws:username": "alice", "aws:ResourceTag/env": "test"},
        "StringLike": {"sts:RoleSessionName": "${aws:username}-*"},
        "DateLessThan": {"aws:CurrentTime": "2026-01-02T00:00:00Z"},
        "NumericLessThanEquals": {"sts:DurationSeconds": "1800"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"},
    }
    role(wire, trust(Condition=condition), **tags(env="test"))
    asked = {"RoleSessionName": "alice-1", "DurationSeconds": "1800"}
    assert assume(wire, alice, **asked) == denied()
    wire.call("TagUser", UserName="alice", **tags(team="red"))
    pair(assume(wire, alice, **asked))
    assert assume(wire, alice, **asked | {"RoleSessionName": "bob-1"}) == denied()
    assert assume(wire, alice, **asked | {"DurationSeconds": "1801"}) == denied()
    clock.advance(timedelta(days=1))
    assert assume(wire, alice, **asked) == denied()


def test_an_mfa_condition_takes_a_code(wire: Wire, alice: Key, clock: ManualClock) -> None:
    phone = Phone(wire, clock)
    enable(wire, phone)
    clock.advance(timedelta(minutes=1))
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}
    role(wire, trust(Condition=condition))
    assert assume(wire, alice) == denied()
    wrong = AwsError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", 403)
    assert assume(wire, alice, SerialNumber=phone.serial, TokenCode=phone.code(9)) == wrong
    pair(assume(wire, alice, SerialNumber=phone.serial, TokenCode=phone.code()))
    clock.advance(timedelta(seconds=30))
    proven = pair(wire.call("GetSessionToken", alice, SerialNumber=phone.serial, TokenCode=phone.code()))
    pair(assume(wire, proven))
    clock.advance(timedelta(seconds=60))
    assert assume(wire, proven) == denied()
    assert assume(wire, pair(wire.call("GetSessionToken", alice))) == denied()


@pytest.mark.parametrize(
    ("seconds", "answer"),
    [
        ("7200", None),
        ("7201", refused("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")),
    ],
)
def test_a_session_lasts_no_longer_than_the_role_lets_it(
    wire: Wire, alice: Key, clock: ManualClock, seconds: str, answer: AwsError | None
) -> None:
    role(wire, MaxSessionDuration="7200")
    made = assume(wire, alice, DurationSeconds=seconds)
    if answer is not None:
        assert made == answer
        return
    clock.advance(timedelta(seconds=7199))
    wire.call("GetCallerIdentity", pair(made))["Account"]
    clock.advance(timedelta(seconds=1))
    expired = AwsError("ExpiredToken", "The security token included in the request is expired", 403)
    assert wire.call("GetCallerIdentity", pair(made)) == expired


def test_a_session_that_takes_on_a_role_gets_an_hour_at_the_most(wire: Wire, alice: Key) -> None:
    role(wire, MaxSessionDuration="43200")
    session = pair(assume(wire, alice, DurationSeconds="43200"))
    chained = refused(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )
    assert assume(wire, session, DurationSeconds="3601") == chained
    assert assume(wire, session)["Credentials"]["Expiration"] == "2026-01-01T01:00:00Z"
    assert isinstance(assume(wire, pair(wire.call("GetSessionToken", alice)), DurationSeconds="3601"), dict)


def test_a_trusted_role_is_one_whose_sessions_are_trusted(wire: Wire, alice: Key) -> None:
    role(wire)
    other = role(wire, trust(ARN), "other")["Arn"]
    assert assume(wire, alice, other) == denied(role=other)
    pair(assume(wire, pair(assume(wire, alice)), other))
    narrow = role(wire, trust(f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci-42"), "narrow")["Arn"]
    pair(assume(wire, pair(assume(wire, alice)), narrow))
    session = pair(assume(wire, alice, RoleSessionName="ci-43"))
    assert assume(wire, session, narrow) == denied(f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci-43", narrow)


def test_a_role_of_another_account_puts_its_session_there(wire: Wire, alice: Key) -> None:
    there = Key(OTHER, "dummy")
    made = role(wire, trust(f"arn:aws:iam::{ACCOUNT}:root"), by=there)
    session = pair(assume(wire, alice, made["Arn"]))
    assert wire.call("CreateUser", session, UserName="bob")["User"]["Arn"] == f"arn:aws:iam::{OTHER}:user/bob"
    assert wire.call("GetUser", UserName="bob").code == "NoSuchEntity"
    assert wire.call("GetUser", there, UserName="bob")["User"]["UserName"] == "bob"


def test_tags_and_source_identity_need_the_trust_policys_leave(wire: Wire, alice: Key) -> None:
    role(wire)
    tagging = {**tags(team="red"), "TransitiveTagKeys.member.1": "team"}
    assert assume(wire, alice, **tagging) == denied(action="sts:TagSession")
    assert assume(wire, alice, SourceIdentity="alice") == denied(action="sts:SetSourceIdentity")
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument=trust(action=actions))
    made = assume(wire, alice, SourceIdentity="alice", **tagging)
    assert made["SourceIdentity"] == "alice"
    assert made["PackedPolicySize"] == "0"


def test_tag_keys_come_once_and_transitive_ones_with_their_tag(wire: Wire, alice: Key) -> None:
    role(wire, trust(action="sts:*"))
    twice = {
        "Tags.member.1.Key": "team",
        "Tags.member.1.Value": "a",
        "Tags.member.2.Key": "TEAM",
        "Tags.member.2.Value": "b",
    }
    assert assume(wire, alice, **twice) == invalid(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )
    lonely = {**tags(team="red"), "TransitiveTagKeys.member.1": "env"}
    assert assume(wire, alice, **lonely) == invalid(
        "The specified transitive tag key must be included in the requested tags."
    )


def test_transitive_tags_are_passed_on_and_cannot_be_set_again(wire: Wire, alice: Key) -> None:
    role(wire, trust(action="sts:*"))
    session = pair(assume(wire, alice, **tags(team="red", env="test"), **{"TransitiveTagKeys.member.1": "Team"}))
    conflict = invalid(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
        "from the calling session."
    )
    assert assume(wire, session, **tags(TEAM="blue")) == conflict
    last = pair(assume(wire, pair(assume(wire, session, **tags(env="prod")))))
    for key, value, trusted in (("team", "red", True), ("env", "prod", False)):
        condition = {"StringEquals": {f"aws:PrincipalTag/{key}": value}}
        wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument=trust(Condition=condition))
        assert isinstance(assume(wire, last), dict) is trusted


def test_a_source_identity_stays(wire: Wire, alice: Key) -> None:
    role(wire, trust(action="sts:*"))
    session = pair(assume(wire, alice, SourceIdentity="alice"))
    assert assume(wire, session, SourceIdentity="bob") == refused(
        "The source identity is already set for this assume role session"
    )
    again = assume(wire, session, SourceIdentity="alice")
    assert again["SourceIdentity"] == "alice"
    assert assume(wire, session)["SourceIdentity"] == "alice"
    condition = {"StringEquals": {"aws:SourceIdentity": "alice"}}
    wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument=trust(Condition=condition))
    pair(assume(wire, pair(again)))


def test_session_policies_are_read_and_measured(wire: Wire, alice: Key) -> None:
    role(wire)
    assert assume(wire, alice, Policy="{") == AwsError(
        "MalformedPolicyDocument", "The policy is not in the valid JSON format.", 400
    )
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    made = assume(wire, alice, Policy=policy, **{"PolicyArns.member.1.arn": arn})
    assert made["PackedPolicySize"] == "6"
    long = policy.replace('"*"', json.dumps("s3:" + "x" * 2164), 1)
    assert assume(wire, alice, Policy=long) == AwsError(
        "PackedPolicyTooLarge", "Packed policy consumes 110% of allotted space, please use smaller policy.", 400
    )


@with_whole_model
def test_a_context_assertion_cannot_be_verified(wire: Wire, alice: Key) -> None:
    role(wire)
    provided = {
        "ProvidedContexts.member.1.ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter",
        "ProvidedContexts.member.1.ContextAssertion": "assertion",
    }
    assert assume(wire, alice, **provided) == AwsError(
        "InvalidContextAssertion", "The context assertion is invalid.", 400
    )


def test_a_role_made_again_under_its_name_ends_its_sessions(wire: Wire, alice: Key) -> None:
    role(wire)
    session = pair(assume(wire, alice))
    wire.call("DeleteRole", RoleName="deployer")
    assert wire.call("GetCallerIdentity", session) == DEAD
    role(wire)
    assert wire.call("GetCallerIdentity", session) == DEAD


def test_a_session_outlives_the_key_that_it_was_made_with(wire: Wire, alice: Key) -> None:
    role(wire)
    session = pair(assume(wire, alice))
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert wire.call("GetCallerIdentity", session)["Account"] == ACCOUNT
    assert assume(wire, alice) == DEAD


def test_the_last_use_of_a_role_is_that_of_its_sessions(wire: Wire, alice: Key, clock: ManualClock) -> None:
    role(wire)
    session = pair(assume(wire, alice))
    assert wire.call("GetRole", RoleName="deployer")["Role"]["RoleLastUsed"] is None
    clock.advance(timedelta(minutes=5))
    wire.call("ListUsers", session)
    used = {"LastUsedDate": "2026-01-01T00:05:00Z", "Region": "us-east-1"}
    assert wire.call("GetRole", RoleName="deployer")["Role"]["RoleLastUsed"] == used
    clock.advance(timedelta(minutes=5))
    wire.call("GetCallerIdentity", session, region="eu-west-1")
    used = {"LastUsedDate": "2026-01-01T00:10:00Z", "Region": "eu-west-1"}
    assert wire.call("GetRole", RoleName="deployer")["Role"]["RoleLastUsed"] == used
