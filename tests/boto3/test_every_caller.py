"""Every kind of caller, in its own account and across accounts, with policies that decide and that are only noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import ACCOUNT, ELSEWHERE, signed
from tests.boto3.kinds_of_callers import (
    IAM,
    SESSION,
    WORKER,
    allow,
    assumed,
    chained,
    document,
    federated,
    key_of,
    member,
    root,
    saml,
    service,
    session_of_user,
    session_with_mfa,
    user,
    web_identity,
)
from tests.support import WITHOUT_MFA, AwsError, Key, error

STS = f"arn:aws:sts::{ACCOUNT}"
OWN, CROSS = f"{IAM}:role/target", f"arn:aws:iam::{ELSEWHERE}:role/target"
CLOSED = AwsError("InvalidClientTokenId", WITHOUT_MFA, 403)
NO_SESSIONS = AwsError("AccessDenied", "Cannot call AssumeRole with session credentials", 403)
NO_ROOT = AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
Outcome = AwsError | None


USUAL = allow("iam:ListRoles", "sts:AssumeRole")
NOTHING = allow("s3:GetObject")


class Kind(NamedTuple):
    """A kind of caller: how it comes to its key, who it is, and what it may not call whatever its policies are."""

    make: Callable[[FakeIAM, Any, str], Key]
    arn: str
    closed_at_iam: AwsError | None = None
    closed_at_sts: AwsError | None = None
    has_policies: bool = True


ALICE = f"{IAM}:user/alice"
KINDS = [
    Kind(root, f"{IAM}:root", closed_at_sts=NO_ROOT, has_policies=False),
    Kind(user, ALICE),
    Kind(member, ALICE),
    Kind(session_of_user, ALICE, closed_at_iam=CLOSED),
    Kind(session_with_mfa, ALICE),
    Kind(federated, f"{STS}:federated-user/guest", closed_at_iam=CLOSED, closed_at_sts=NO_SESSIONS),
    *(Kind(make, SESSION) for make in (assumed, chained, web_identity, saml, service)),
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.make.__name__)


def refused_at_iam(arn: str, why: str = "no identity-based policy allows the iam:ListRoles action") -> AwsError:
    text = f"User: {arn} is not authorized to perform: iam:ListRoles on resource: {IAM}:role/ because {why}"
    return AwsError("AccessDenied", text, 403)


def refused_at_sts(arn: str, target: str) -> AwsError:
    text = f"User: {arn} is not authorized to perform: sts:AssumeRole on resource: {target}"
    return AwsError("AccessDenied", text, 403)


def targets(fake: FakeIAM, iam: Any, trusted: str = ACCOUNT) -> None:
    """A role of the account and one of another, which trust an account or somebody."""
    trust = document({"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"})
    for owner in (iam, signed(fake, "iam", Key(ELSEWHERE, "any"))):
        owner.create_role(RoleName="target", AssumeRolePolicyDocument=trust)


def tried(method: Any, **asked: Any) -> Outcome:
    """The error that a call ends in, or None."""
    try:
        return error(method, **asked)
    except AssertionError:
        return None


def outcomes(fake: FakeIAM, key: Key) -> tuple[Outcome, Outcome, Outcome]:
    """Of a call of IAM, and of taking on the role of the account and the one of the other account."""
    iam, sts = signed(fake, "iam", key), signed(fake, "sts", key)
    taken = [tried(sts.assume_role, RoleArn=arn, RoleSessionName="audit") for arn in (OWN, CROSS)]
    return tried(iam.list_roles), taken[0], taken[1]


@every_kind
def test_who_the_caller_is_whatever_its_policies_are(fake: FakeIAM, iam: Any, kind: Kind) -> None:
    key = kind.make(fake, iam, document({"Effect": "Deny", "Action": "*", "Resource": "*"}))
    fake.enforce_policies("on")
    assert signed(fake, "sts", key).get_caller_identity()["Arn"] == kind.arn


@every_kind
@pytest.mark.parametrize("mode", ["on", "log"])
def test_what_policies_allow_is_done(fake: FakeIAM, iam: Any, kind: Kind, mode: str) -> None:
    targets(fake, iam)
    key = kind.make(fake, iam, USUAL)
    fake.enforce_policies(mode)
    fake.journal.clear()
    assert outcomes(fake, key) == (kind.closed_at_iam, kind.closed_at_sts, kind.closed_at_sts)
    assert [call.would_deny for call in fake.calls("ListRoles", outcome="ok")] == [None] * (not kind.closed_at_iam)


@every_kind
def test_what_no_policy_allows_is_refused_by_those_that_decide(fake: FakeIAM, iam: Any, kind: Kind) -> None:
    targets(fake, iam)
    key = kind.make(fake, iam, NOTHING)
    fake.enforce_policies("on")
    of_iam = refused_at_iam(kind.arn) if kind.has_policies else None
    assert outcomes(fake, key) == (
        kind.closed_at_iam or of_iam,
        kind.closed_at_sts or refused_at_sts(kind.arn, OWN),
        kind.closed_at_sts or refused_at_sts(kind.arn, CROSS),
    )


@every_kind
def test_what_no_policy_allows_is_noted_by_those_that_do_not(fake: FakeIAM, iam: Any, kind: Kind) -> None:
    targets(fake, iam)
    key = kind.make(fake, iam, NOTHING)
    fake.enforce_policies("log")
    fake.journal.clear()
    assert outcomes(fake, key) == (kind.closed_at_iam, kind.closed_at_sts, kind.closed_at_sts)
    noted = {call.would_deny for call in fake.denials()}
    of_iam = set() if kind.closed_at_iam or not kind.has_policies else {refused_at_iam(kind.arn).message}
    of_sts = set() if kind.closed_at_sts else {refused_at_sts(kind.arn, arn).message for arn in (OWN, CROSS)}
    assert noted == of_iam | of_sts
    assert {call.caller for call in fake.denials()} <= {kind.arn}


DENYING = document(
    {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:List*", "Resource": "*"}
)


def bounded_user(fake: FakeIAM, iam: Any, limit: str) -> Key:
    key = user(fake, iam, allow("*"))
    iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=limit)
    return key


def bounded_role(fake: FakeIAM, iam: Any, limit: str) -> Key:
    key = assumed(fake, iam, allow("*"))
    iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=limit)
    return key


def inline(fake: FakeIAM, iam: Any, limit: str) -> Key:
    version = iam.get_policy_version(PolicyArn=limit, VersionId="v1")["PolicyVersion"]
    return assumed(fake, iam, allow("*"), Policy=json.dumps(version["Document"]))


def by_arn(fake: FakeIAM, iam: Any, limit: str) -> Key:
    return assumed(fake, iam, allow("*"), PolicyArns=[{"arn": limit}])


LIMIT = f"{IAM}:policy/limit"
BOUNDARY = "no permissions boundary", f"a permissions boundary: {LIMIT}"
LIMITS = [
    (bounded_user, ALICE, *BOUNDARY),
    (bounded_role, SESSION, *BOUNDARY),
    (inline, SESSION, "no session policy", "a sessions policy"),
    (by_arn, SESSION, "no session policy", f"a sessions policy: {LIMIT}"),
]


@pytest.mark.parametrize(("make", "arn", "silent", "denying"), LIMITS, ids=[row[0].__name__ for row in LIMITS])
@pytest.mark.parametrize("limit", [USUAL, NOTHING, DENYING], ids=["allows", "is silent", "denies"])
def test_boundaries_and_session_policies_limit(
    fake: FakeIAM, iam: Any, make: Callable[[FakeIAM, Any, str], Key], arn: str, silent: str, denying: str, limit: str
) -> None:
    iam.create_policy(PolicyName="limit", PolicyDocument=limit)
    key = make(fake, iam, LIMIT)
    fake.enforce_policies("on")
    text = f"User: {arn} is not authorized to perform: iam:ListRoles on resource: {IAM}:role/ "
    expected = {
        USUAL: None,
        NOTHING: AwsError("AccessDenied", f"{text}because {silent} allows the iam:ListRoles action", 403),
        DENYING: AwsError("AccessDenied", f"{text}with an explicit deny in {denying}", 403),
    }
    assert tried(signed(fake, "iam", key).list_roles) == expected[limit]


@pytest.mark.parametrize("policy", [None, USUAL, NOTHING], ids=["none", "allows", "is silent"])
def test_a_federated_user_may_only_what_its_session_policy_allows(fake: FakeIAM, iam: Any, policy: str | None) -> None:
    sts = signed(fake, "sts", user(fake, iam, USUAL))
    made = sts.get_federation_token(Name="guest", **({} if policy is None else {"Policy": policy}))
    decided = fake.why(key_of(made).id, "iam:ListRoles").decision
    assert decided == ("allowed" if policy == USUAL else "implicitDeny")


# Whom a trust policy names, whether that is enough for a session of the same account, and whether it is for one of any
# account if its role may take on others.
TRUSTED = [
    (WORKER, True, True),
    (SESSION, True, True),
    (ACCOUNT, False, True),
    (f"{IAM}:root", False, True),
    ("*", True, True),
    (f"{IAM}:user/taker", False, False),
    (ELSEWHERE, False, False),
]


@pytest.mark.parametrize(("trusted", "is_enough", "is_enough_with_a_policy"), TRUSTED)
def test_whom_a_trust_policy_names(
    fake: FakeIAM, iam: Any, trusted: str, is_enough: bool, is_enough_with_a_policy: bool
) -> None:
    key = assumed(fake, iam, NOTHING)
    targets(fake, iam, trusted)
    fake.enforce_policies("on")
    own, cross = refused_at_sts(SESSION, OWN), refused_at_sts(SESSION, CROSS)
    assert outcomes(fake, key)[1:] == (None if is_enough else own, cross)
    iam.put_role_policy(RoleName="worker", PolicyName="own", PolicyDocument=USUAL)
    assert outcomes(fake, key)[1:] == ((None, None) if is_enough_with_a_policy else (own, cross))
