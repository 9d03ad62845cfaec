"""Credentials that are narrower than those they are made with, without HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam import ManualClock
from tests.support import AwsError, Key, Wire

pytestmark = with_whole_model
ACCOUNT = "123456789012"
MEMBER = "210987654321"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/ci"
AUDIT = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
POLICY = {"Policy": '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*","Resource":"*"}}'}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7, enforce_policies="on")
    wire.user("alice")
    return wire


@pytest.fixture
def alice(wire: Wire) -> Key:
    allow(wire, "*")
    return wire.key("alice")


def allow(wire: Wire, *actions: str) -> None:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document)


def pair(made: Any) -> Key:
    assert not isinstance(made, AwsError), made
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


@pytest.fixture
def session(wire: Wire, alice: Key) -> Key:
    """A session of a role that may do everything in IAM."""
    statement = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:*"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    wire.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust)
    own = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}'
    wire.call("PutRolePolicy", RoleName="r", PolicyName="own", PolicyDocument=own)
    asked = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", "RoleSessionName": "ci", "SourceIdentity": "alice"}
    return pair(wire.call("AssumeRole", alice, **asked))


# Scoped credentials


def test_scoped_credentials_are_the_same_sessions_and_may_less(wire: Wire, session: Key) -> None:
    made = wire.call("GetScopedCredentials", session, **POLICY)
    identity = wire.call("GetCallerIdentity", session)
    assert made["SessionInfo"] == {"ScopedSessionId": identity["UserId"], "Arn": SESSION}
    assert (made["ScopedPoliciesCount"], made["SourceIdentity"]) == ("1", "alice")
    assert made["Credentials"]["Expiration"] == "2026-01-01T01:00:00Z"
    scoped = pair(made)
    assert wire.call("GetCallerIdentity", scoped) == identity
    assert wire.call("ListUsers", scoped)["Users"]
    text = (
        f"User: {SESSION} is not authorized to perform: iam:GetUser on resource: user alice because no session policy "
        "allows the iam:GetUser action"
    )
    assert wire.call("GetUser", scoped, UserName="alice") == AwsError("AccessDenied", text, 403)
    assert wire.call("GetUser", session, UserName="alice")["User"]["UserName"] == "alice"


def test_each_scope_limits_further_and_there_are_three(wire: Wire, session: Key) -> None:
    narrowing = ("iam:List*", "iam:ListU*", "iam:ListUsers")
    key = session
    for number, action in enumerate(narrowing, 1):
        document = json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}
        )
        made = wire.call("GetScopedCredentials", key, Policy=document)
        assert made["ScopedPoliciesCount"] == str(number)
        key = pair(made)
    assert wire.call("ListUsers", key)["Users"]
    assert wire.call("ListUserTags", key, UserName="alice").code == "AccessDenied"
    too_many = AwsError("AccessDenied", "A session can have at most 3 scope-down policies.", 403)
    assert wire.call("GetScopedCredentials", key, **POLICY) == too_many
    assert wire.call("GetScopedCredentials", key, DurationSeconds="60")["ScopedPoliciesCount"] == "3"


def test_scoped_credentials_may_end_earlier_but_not_later(wire: Wire, session: Key, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=30))
    made = wire.call("GetScopedCredentials", session, DurationSeconds="1")
    assert made["Credentials"]["Expiration"] == "2026-01-01T00:30:01Z"
    assert made["ScopedPoliciesCount"] == "0"
    assert wire.call("GetScopedCredentials", session, DurationSeconds="1801") == AwsError(
        "InsufficientSessionLifetime", "The requested duration exceeds the remaining lifetime of the session.", 400
    )
    clock.advance(timedelta(seconds=1))
    assert wire.call("GetCallerIdentity", pair(made)).code == "ExpiredToken"


def test_only_temporary_credentials_are_scoped_and_by_something(wire: Wire, alice: Key, session: Key) -> None:
    assert wire.call("GetScopedCredentials", alice, **POLICY) == AwsError(
        "InvalidSubjectCredentials", "GetScopedCredentials must be called with temporary security credentials.", 400
    )
    assert wire.call("GetScopedCredentials", session) == AwsError(
        "ValidationError", "At least one of Policy or DurationSeconds must be specified.", 400
    )
    assert wire.call("GetScopedCredentials", session, Policy="{") == AwsError(
        "MalformedPolicyDocument", "The policy is not in the valid JSON format.", 400
    )
    federated = pair(wire.call("GetFederationToken", alice, Name="bob"))
    made = wire.call("GetScopedCredentials", federated, DurationSeconds="60")
    assert made["SessionInfo"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/bob"


# AssumeRoot


def organize(wire: Wire, **fields: Any) -> None:
    organization = {"id": "o-exampleorgid", "members": [MEMBER], "features": ["RootSessions"], **fields}
    wire.assembled.controls.seed({"account_id": ACCOUNT, "organization": organization})


def no_root(caller: str = ALICE, target: str = f"arn:aws:iam::{MEMBER}:root") -> AwsError:
    text = f"User: {caller} is not authorized to perform: sts:AssumeRoot on resource: {target}"
    return AwsError("AccessDenied", text, 403)


def assume_root(wire: Wire, by: Key | None, target: str = MEMBER, task: str = AUDIT, **parameters: str) -> Any:
    return wire.call("AssumeRoot", by, **{"TargetPrincipal": target, "TaskPolicyArn.arn": task, **parameters})


@pytest.mark.parametrize("target", [MEMBER, f"arn:aws:iam::{MEMBER}:root"])
def test_a_privileged_task_is_done_as_the_members_root_user(wire: Wire, alice: Key, target: str) -> None:
    organize(wire)
    made = assume_root(wire, alice, target)
    assert list(made) == ["Credentials"]
    assert made["Credentials"]["Expiration"] == "2026-01-01T00:15:00Z"
    root = pair(made)
    assert wire.call("GetCallerIdentity", root)["Arn"] == f"arn:aws:iam::{MEMBER}:root"
    assert wire.call("ListAccessKeys", root)["AccessKeyMetadata"] is None
    refused = wire.call("CreateAccessKey", root)
    assert refused.message.endswith(f"with an explicit deny in an identity-based policy: {AUDIT}")


def test_a_privileged_task_deletes_the_root_users_key(wire: Wire, alice: Key) -> None:
    organize(wire)
    key = wire.key(by=Key(MEMBER, "dummy"))
    task = "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials"
    root = pair(assume_root(wire, alice, task=task))
    assert wire.call("DeleteAccessKey", root, AccessKeyId=key.id) is None
    assert wire.call("GetCallerIdentity", key).code == "InvalidClientTokenId"


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"features": []}, MEMBER),
        ({"members": []}, MEMBER),
        ({}, ACCOUNT),
        ({}, "999999999999"),
    ],
)
def test_root_sessions_are_for_members_and_must_be_on(
    wire: Wire, alice: Key, fields: dict[str, Any], target: str
) -> None:
    organize(wire, **fields)
    assert assume_root(wire, alice, target) == no_root(target=f"arn:aws:iam::{target}:root")


def test_without_an_organization_nobody_assumes_root(wire: Wire, alice: Key) -> None:
    assert assume_root(wire, alice) == no_root()
    assert assume_root(wire, alice, "not an account").code == "AccessDenied"


def test_the_root_user_itself_assumes_no_root(wire: Wire) -> None:
    organize(wire)
    assert assume_root(wire, None) == no_root(f"arn:aws:iam::{ACCOUNT}:root")


def test_other_policies_are_no_tasks(wire: Wire, alice: Key) -> None:
    organize(wire)
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert assume_root(wire, alice, task=arn) == AwsError(
        "ValidationError", f"TaskPolicyArn {arn} is not a supported task policy.", 400
    )


# Delegation


REQUEST = {
    "id": "dr-12345678901234567",
    "workflow_id": "workflow-1",
    "description": "read buckets",
    "policy_template": "arn:aws:iam:::delegation-template/partner",
    "notification_channel": f"arn:aws:sns:us-east-1:{ACCOUNT}:topic",
    "session_duration": 3600,
    "owner": f"arn:aws:iam::{MEMBER}:user/owner",
    "state": "ACCEPTED",
    "permission_policy": json.loads(POLICY["Policy"]),
}


def test_a_partner_trades_the_token_for_the_approvers_credentials(wire: Wire, clock: ManualClock) -> None:
    owner = Key(MEMBER, "dummy")
    wire.call("CreateUser", owner, UserName="owner")
    everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    wire.call("PutUserPolicy", owner, UserName="owner", PolicyName="all", PolicyDocument=everything)
    wire.assembled.controls.seed({"account_id": ACCOUNT, "delegation_requests": [REQUEST]})
    key = wire.key("owner", by=owner)
    assert wire.call("SendDelegationToken", key, DelegationRequestId=REQUEST["id"]) is None
    dumped = wire.assembled.controls.dump(secrets=True)["accounts"][ACCOUNT]["rows"]["DelegationRequest"]
    token = dumped[0]["trade_in_token"]
    assert token not in str(wire.assembled.controls.dump())
    made = wire.call("GetDelegatedAccessToken", TradeInToken=token)
    assert made["AssumedPrincipal"] == REQUEST["owner"]
    delegated = pair(made)
    assert wire.call("ListUsers", delegated)["Users"]
    assert "because no session policy allows" in wire.call("GetUser", delegated, UserName="owner").message
    clock.advance(timedelta(days=7, seconds=1))
    assert wire.call("GetDelegatedAccessToken", TradeInToken=token) == AwsError(
        "ExpiredTradeInTokenException", "The trade-in token has expired.", 400
    )


def test_a_token_that_nobody_was_sent_is_refused(wire: Wire) -> None:
    assert wire.call("GetDelegatedAccessToken", TradeInToken="token") == AwsError(
        "AccessDenied", "The trade-in token is not valid.", 403
    )
