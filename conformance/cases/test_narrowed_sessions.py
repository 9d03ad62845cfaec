from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.modelled import needs
from conformance.people import People
from conformance.provenance import assumed, documented
from conformance.roles import Roles
from conformance.signing import Key
from conformance.sources import STS_API
from conformance.targets import Caller, Target

POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*","Resource":"*"}}'


def key_of(made: Any) -> Key:
    credentials = made["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


@pytest.fixture
def session(aws: Target, new_user: People, new_role: Roles) -> Caller:
    """A session of a role that a user has taken on."""
    name = new_user()
    arn = aws.iam.get_user(UserName=name)["User"]["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    role = new_role(AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    sts = aws.signing_with(new_user.key(name)).sts
    asked = {"RoleArn": f"arn:aws:iam::{aws.account}:role/{role}", "RoleSessionName": "ci"}
    return aws.signing_with(key_of(aws.wait_for(sts.assume_role, **asked)))


@needs("GetScopedCredentials", service="sts")
@documented(f"{STS_API}/API_GetScopedCredentials.html")
def test_scoped_credentials_are_the_same_sessions(aws: Target, session: Caller) -> None:
    made = aws.wait_for(session.sts.get_scoped_credentials, Policy=POLICY)
    identity = session.sts.get_caller_identity()
    assert made["SessionInfo"]["Arn"] == identity["Arn"]
    assert made["ScopedPoliciesCount"] == 1
    assert aws.signing_with(key_of(made)).sts.get_caller_identity() == identity


@needs("GetScopedCredentials", service="sts")
@documented(f"{STS_API}/API_GetScopedCredentials.html")
def test_long_term_credentials_are_not_scoped(aws: Target) -> None:
    aws.need_long_term_key()
    error = aws.error(aws.sts.get_scoped_credentials, Policy=POLICY)
    assert (error.code, error.status) == ("InvalidSubjectCredentials", 400)


@needs("GetScopedCredentials", service="sts")
@assumed("the model has the code, AWS's text is not known")
def test_scoped_credentials_do_not_outlive_the_session(aws: Target, session: Caller) -> None:
    error = aws.error(session.sts.get_scoped_credentials, DurationSeconds=43_200)
    assert (error.code, error.status) == ("InsufficientSessionLifetime", 400)


@assumed("the text of AssumeRole; AWS's own is not known")
def test_nobody_assumes_the_root_user_of_a_stranger(aws: Target, new_user: People) -> None:
    name = new_user()
    arn = aws.iam.get_user(UserName=name)["User"]["Arn"]
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    sts = aws.signing_with(new_user.key(name)).sts
    error = aws.error(sts.assume_root, TargetPrincipal="999999999999", TaskPolicyArn=task)
    text = f"User: {arn} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::999999999999:root"
    assert (error.code, error.status) == ("AccessDenied", 403)
    assert str(error.message).startswith(text)


@needs("GetDelegatedAccessToken", service="sts")
@assumed("AWS's answer to an unknown token is not known")
def test_a_token_that_nobody_was_sent_is_refused(aws: Target) -> None:
    expected = AwsError("AccessDenied", "The trade-in token is not valid.", 403)
    assert aws.error(aws.sts.get_delegated_access_token, TradeInToken="token") == expected
