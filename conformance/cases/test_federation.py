from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.signing import Key
from conformance.sources import CALLER_IDENTITY, LOCALSTACK, SESSION_TOKEN, STS_API
from conformance.targets import Caller, Target

FEDERATION_TOKEN = f"{STS_API}/API_GetFederationToken.html"
NOT_AT_IAM = AwsError("InvalidClientTokenId", "The security token included in the request is invalid", 403)
SESSION = AwsError("AccessDenied", "Cannot call GetFederationToken with session credentials", 403)


def key_of(made: Any) -> Key:
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


@pytest.fixture
def bob(aws: Target) -> Caller:
    """Clients of a federated user."""
    aws.need_long_term_key()
    return aws.signing_with(key_of(aws.sts.get_federation_token(Name="bob")["Credentials"]))


def bad_duration(seconds: int, constraint: str) -> AwsError:
    return AwsError(
        "ValidationError",
        f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: "
        f"Member must have value {constraint}",
        400,
    )


@observed(*LOCALSTACK, "9:PackedPolicySize is absent without a policy")
def test_a_federated_user_has_credentials_a_name_and_no_packed_policy(aws: Target) -> None:
    aws.need_long_term_key()
    made = aws.sts.get_federation_token(Name="bob")
    assert sorted(made) == ["Credentials", "FederatedUser", "PackedPolicySize"]
    assert made["FederatedUser"] == {
        "FederatedUserId": f"{aws.account}:bob",
        "Arn": f"arn:aws:sts::{aws.account}:federated-user/bob",
    }
    assert made["PackedPolicySize"] == 0
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", made["Credentials"]["AccessKeyId"])


@documented(CALLER_IDENTITY, "9:GetCallerIdentity", "C65")
def test_a_federated_user_is_told_its_name(aws: Target, bob: Caller) -> None:
    assert bob.sts.get_caller_identity() == {
        "Account": aws.account,
        "Arn": f"arn:aws:sts::{aws.account}:federated-user/bob",
        "UserId": f"{aws.account}:bob",
    }


@pytest.mark.parametrize("method", ["get_user", "list_users"])
@assumed(f"the restriction is documented ({FEDERATION_TOKEN}), the text is that of sessions", "sts-user-session-iam")
def test_a_federated_user_calls_no_iam(aws: Target, bob: Caller, method: str) -> None:
    assert aws.error(getattr(bob.iam, method)) == NOT_AT_IAM


@observed("undated", "many users quote the text (Jenkins artifact-manager-s3 and others)", "sts-gft-session")
def test_a_federated_user_makes_no_other(aws: Target, bob: Caller) -> None:
    assert aws.error(bob.sts.get_federation_token, Name="eve") == SESSION


@observed("undated", "many users quote the text (Jenkins artifact-manager-s3 and others)", "sts-gft-session")
def test_a_session_makes_no_federated_user(aws: Target) -> None:
    aws.need_long_term_key()
    temporary = aws.signing_with(key_of(aws.sts.get_session_token()["Credentials"]))
    assert aws.error(temporary.sts.get_federation_token, Name="bob") == SESSION


@documented(SESSION_TOKEN, "9:GetSessionToken and GetFederationToken refuse")
def test_a_federated_user_makes_no_session(aws: Target, bob: Caller) -> None:
    got = aws.error(bob.sts.get_session_token)
    assert (got.code, got.status) == ("AccessDenied", 403)


@pytest.mark.parametrize("seconds", [None, 43200])
@documented(FEDERATION_TOKEN)
def test_a_federated_user_of_the_root_user_lasts_an_hour_at_the_most(aws: Target, seconds: int | None) -> None:
    aws.need_root()
    aws.need_long_term_key()
    asked = {} if seconds is None else {"DurationSeconds": seconds}
    made = aws.sts.get_federation_token(Name="bob", **asked)["Credentials"]
    assert round((made["Expiration"] - datetime.now(timezone.utc)) / timedelta(hours=1), 1) == 1.0


@pytest.mark.parametrize(
    ("seconds", "constraint"), [(899, "greater than or equal to 900"), (129601, "less than or equal to 129600")]
)
@assumed("recorded for AssumeRole, whose numbers are others", "val-sts-duration-low", "val-sts-duration-high")
def test_a_duration_out_of_range_is_refused(aws: Target, seconds: int, constraint: str) -> None:
    aws.need_long_term_key()
    error = aws.error(aws.sts.get_federation_token, Name="bob", DurationSeconds=seconds)
    assert error == bad_duration(seconds, constraint)


@observed(*LOCALSTACK, "val-sts-policy-long")
def test_a_policy_of_more_than_2048_characters_is_refused_and_repeated(aws: Target) -> None:
    aws.need_long_term_key()
    policy = "x" * 2049
    assert aws.error(aws.sts.get_federation_token, Name="bob", Policy=policy) == AwsError(
        "ValidationError",
        f"1 validation error detected: Value '{policy}' at 'policy' failed to satisfy constraint: "
        "Member must have length less than or equal to 2048",
        400,
    )


@assumed(
    "the code is modelled; Hadoop's documentation of assumed roles quotes the text", "sts-model-malformedpolicydocument"
)
def test_a_policy_that_is_no_json_is_refused(aws: Target) -> None:
    aws.need_long_term_key()
    assert aws.error(aws.sts.get_federation_token, Name="bob", Policy="no json") == AwsError(
        "MalformedPolicyDocument", "The policy is not in the valid JSON format.", 400
    )


@assumed("that the rules and texts are those of inline policies")
def test_a_policy_that_breaks_a_rule_is_refused(aws: Target) -> None:
    aws.need_long_term_key()
    policy = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*"}}'
    assert aws.error(aws.sts.get_federation_token, Name="bob", Policy=policy) == AwsError(
        "MalformedPolicyDocument", "Policy statement must contain resources.", 400
    )


@assumed("recorded for AssumeRole (LocalStack)", "sts-dup-tags")
def test_the_same_tag_key_twice_is_refused_in_any_case(aws: Target) -> None:
    aws.need_long_term_key()
    tags = [{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]
    assert aws.error(aws.sts.get_federation_token, Name="bob", Tags=tags) == AwsError(
        "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400
    )


@documented(FEDERATION_TOKEN, "9:PackedPolicySize is absent without a policy")
def test_a_policy_takes_some_of_the_space(aws: Target) -> None:
    aws.need_long_term_key()
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    assert 0 < aws.sts.get_federation_token(Name="bob", Policy=policy)["PackedPolicySize"] < 100


@assumed("the code is modelled, the text recalled", "sts-model-invalidauthorizationmessageexception")
def test_a_made_up_message_is_not_decoded(aws: Target, new_user: People) -> None:
    assert aws.error(aws.sts.decode_authorization_message, EncodedMessage="made-up") == AwsError(
        "InvalidAuthorizationMessageException", "Message is not valid", 400
    )
