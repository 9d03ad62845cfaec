"""Every kind of session as a caller: who it is, what it may call, what is noted of it, and how it is revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import ACCOUNT, ELSEWHERE, signed
from tests.boto3.kinds_of_callers import (
    SESSION,
    allow,
    assumed,
    document,
    key_of,
    saml,
    service,
    web_identity,
    worker,
)
from tests.support import WITHOUT_MFA, AwsError, Key, error

WITHOUT_NAME = AwsError("ValidationError", "Must specify userName when calling with non-User credentials", 400)
Take = Callable[[FakeIAM, Any, str], Key]
LISTING = allow("iam:List*", "iam:GetRole")
of_roles = pytest.mark.parametrize("take", [assumed, web_identity, saml, service])


@of_roles
def test_a_session_of_a_role_calls_iam_under_its_name_and_is_noted(fake: FakeIAM, iam: Any, take: Take) -> None:
    key = take(fake, iam, LISTING)
    own = signed(fake, "iam", key)
    own.list_users()
    (call,) = fake.calls("ListUsers")
    assert (call.caller, call.access_key_id, call.would_deny) == (SESSION, key.id, None)
    assert iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"]["Region"] == "us-east-1"
    assert iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"]["LastUsedDate"]


@of_roles
def test_a_session_of_a_role_has_no_user_to_leave_out(fake: FakeIAM, iam: Any, take: Take) -> None:
    own = signed(fake, "iam", take(fake, iam, LISTING))
    for method in (own.list_access_keys, own.get_user, own.create_access_key):
        assert error(method) == WITHOUT_NAME


@of_roles
def test_sessions_of_a_role_from_before_a_moment_are_revoked(fake: FakeIAM, iam: Any, take: Take) -> None:
    fake.clock.freeze("2026-03-01T12:00:00Z")
    key = take(fake, iam, LISTING)
    fake.enforce_policies("on")
    own = signed(fake, "iam", key)
    own.list_users()
    older = {"DateLessThan": {"aws:TokenIssueTime": "2026-03-01T12:10:00Z"}}
    revoke = document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older})
    fake.clock.advance("10 minutes")
    iam.put_role_policy(RoleName="worker", PolicyName="AWSRevokeOlderSessions", PolicyDocument=revoke)
    text = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/job is not authorized to perform: iam:ListUsers "
        f"on resource: arn:aws:iam::{ACCOUNT}:user/ with an explicit deny in an identity-based policy"
    )
    assert error(own.list_users) == AwsError("AccessDenied", text, 403)


def session_of(fake: FakeIAM, key: Key) -> Key:
    return key_of(signed(fake, "sts", key).get_session_token())


def guest_of(fake: FakeIAM, key: Key) -> Key:
    return key_of(signed(fake, "sts", key).get_federation_token(Name="guest", Policy=allow("*")))


@pytest.mark.parametrize("make", [session_of, guest_of])
def test_sessions_of_users_without_mfa_call_nothing_of_iam(
    fake: FakeIAM, alice: Key, make: Callable[[FakeIAM, Key], Key]
) -> None:
    own = signed(fake, "iam", make(fake, alice))
    refused = AwsError("InvalidClientTokenId", WITHOUT_MFA, 403)
    for method in (own.list_users, own.get_user, own.list_access_keys):
        assert error(method) == refused


def test_a_federated_user_is_known_by_its_name_and_takes_on_no_role(fake: FakeIAM, iam: Any, alice: Key) -> None:
    arn = worker(iam, LISTING, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    key = guest_of(fake, alice)
    sts = signed(fake, "sts", key)
    guest = f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    assert sts.get_caller_identity()["Arn"] == guest
    assert [call.caller for call in fake.calls("GetCallerIdentity")] == [guest]
    assert error(sts.assume_role, RoleArn=arn, RoleSessionName="job") == AwsError(
        "AccessDenied", "Cannot call AssumeRole with session credentials", 403
    )


def test_a_session_of_a_user_notes_no_use_of_its_key(fake: FakeIAM, iam: Any, alice: Key) -> None:
    """Assumed: AWS tells of no key that a session was made with."""
    fake.clock.freeze("2026-03-01T12:00:00Z")
    key = session_of(fake, alice)
    fake.clock.advance("1 hour")
    signed(fake, "sts", key).get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert used["LastUsedDate"] == fake.clock.now() - timedelta(hours=1)


@pytest.mark.parametrize("make", [session_of, guest_of])
def test_sessions_of_a_user_from_before_a_moment_are_revoked(
    fake: FakeIAM, iam: Any, alice: Key, make: Callable[[FakeIAM, Key], Key]
) -> None:
    fake.clock.freeze("2026-03-01T12:00:00Z")
    iam.put_user_policy(UserName="alice", PolicyName="all", PolicyDocument=allow("*"))
    key = make(fake, alice)
    assert fake.why(key.id, "s3:GetObject").decision == "allowed"
    older = {"DateLessThan": {"aws:TokenIssueTime": "2026-03-01T12:10:00Z"}}
    revoke = document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older})
    iam.put_user_policy(UserName="alice", PolicyName="revoke", PolicyDocument=revoke)
    assert fake.why(key.id, "s3:GetObject").decision == "explicitDeny"
    assert fake.why(alice.id, "s3:GetObject").decision == "allowed"
    fake.clock.advance("10 minutes")
    assert fake.why(make(fake, alice).id, "s3:GetObject").decision == "allowed"


def test_across_accounts_the_callers_own_policy_must_allow_too(fake: FakeIAM, iam: Any, alice: Key) -> None:
    there = signed(fake, "iam", Key(ELSEWHERE, "any"))
    arn = worker(there, LISTING, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"})
    fake.enforce_policies("on")
    sts = signed(fake, "sts", alice)
    refused = AwsError(
        "AccessDenied",
        f"User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: sts:AssumeRole on resource: {arn}",
        403,
    )
    asked = {"RoleArn": arn, "RoleSessionName": "audit"}
    assert error(sts.assume_role, **asked) == refused
    own = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn})
    iam.put_user_policy(UserName="alice", PolicyName="audit", PolicyDocument=own)
    key = key_of(sts.assume_role(**asked))
    session = f"arn:aws:sts::{ELSEWHERE}:assumed-role/worker/audit"
    assert signed(fake, "sts", key).get_caller_identity()["Arn"] == session
    assert [one["RoleName"] for one in signed(fake, "iam", key).list_roles()["Roles"]] == ["worker"]
    others = document({"Effect": "Allow", "Principal": {"AWS": ELSEWHERE}, "Action": "sts:AssumeRole"})
    there.update_assume_role_policy(RoleName="worker", PolicyDocument=others)
    assert error(sts.assume_role, **asked) == refused


def test_within_an_account_a_role_that_trusts_the_user_by_name_is_enough(fake: FakeIAM, iam: Any, alice: Key) -> None:
    arn = worker(iam, LISTING, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"})
    fake.enforce_policies("on")
    made = signed(fake, "sts", alice).assume_role(RoleArn=arn, RoleSessionName="job")
    assert made["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/job"
