"""Tokens of the account's own issuer, without HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest

from conformance.modelled import with_whole_model
from fake_iam import ManualClock
from tests.support import AwsError, Key, Wire

pytestmark = with_whole_model
ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = "https://app.example.com"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7)
    wire.user("alice")
    return wire


@pytest.fixture
def issuer(wire: Wire) -> str:
    return str(wire.call("EnableOutboundWebIdentityFederation")["IssuerIdentifier"])


def ask(wire: Wire, by: Key | None, **parameters: str) -> Any:
    return wire.call("GetWebIdentityToken", by, **{"Audience.member.1": APP, "SigningAlgorithm": "ES384", **parameters})


def verified(wire: Wire, token: str, algorithm: str) -> Any:
    """The claims of a token that the published keys verify."""
    (key,) = [one for one in wire.assembled.controls.federation.outbound_jwks()["keys"] if one["alg"] == algorithm]
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": key["kid"], "typ": "JWT"}
    return jwt.decode(
        token, jwt.PyJWK(key), [algorithm], options={"verify_aud": False, "verify_exp": False, "verify_iat": False}
    )


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_token_says_who_calls_and_verifies(wire: Wire, issuer: str, algorithm: str) -> None:
    answer = ask(wire, wire.key("alice"), SigningAlgorithm=algorithm)
    assert answer["Expiration"] == "2026-01-01T00:05:00Z"
    claims = verified(wire, answer["WebIdentityToken"], algorithm)
    assert len(claims.pop("jti")) == 36
    assert claims == {
        "iss": issuer,
        "sub": ALICE,
        "aud": APP,
        "iat": 1767225600,
        "exp": 1767225900,
        "https://sts.amazonaws.com/": {"aws_account": ACCOUNT, "principal_id": ALICE},
    }


def test_audiences_tags_and_the_duration_are_as_asked(wire: Wire, issuer: str) -> None:
    more = {"Audience.member.2": "other", "Tags.member.1.Key": "team", "Tags.member.1.Value": "red"}
    answer = ask(wire, wire.key("alice"), DurationSeconds="3600", **more)
    claims = verified(wire, answer["WebIdentityToken"], "ES384")
    assert claims["aud"] == [APP, "other"]
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["https://sts.amazonaws.com/"]["request_tags"] == {"team": "red"}


def test_keys_are_made_once(wire: Wire, issuer: str) -> None:
    key = wire.key("alice")
    one, other = (jwt.get_unverified_header(ask(wire, key)["WebIdentityToken"])["kid"] for _ in range(2))
    assert one == other


def test_a_session_speaks_for_its_role_and_not_beyond_its_end(wire: Wire, issuer: str, clock: ManualClock) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = wire.call("CreateRole", RoleName="r", Path="/a/", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    made = wire.call("AssumeRole", wire.key("alice"), RoleArn=role, RoleSessionName="ci", DurationSeconds="900")
    session = Key(*(made["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")))
    claims = verified(wire, ask(wire, session)["WebIdentityToken"], "ES384")
    assert claims["sub"] == claims["https://sts.amazonaws.com/"]["principal_id"] == role
    clock.advance(timedelta(minutes=10, seconds=1))
    assert ask(wire, session) == AwsError(
        "SessionDurationEscalationException",
        "The requested token duration would extend the session beyond its original expiration time.",
        403,
    )


def test_without_the_feature_there_are_no_tokens(wire: Wire, issuer: str) -> None:
    wire.call("DisableOutboundWebIdentityFederation")
    answer = ask(wire, wire.key("alice"))
    assert (answer.code, answer.status) == ("OutboundWebIdentityFederationDisabledException", 403)
    assert answer.message.startswith("The outbound web identity federation feature is not enabled for this account.")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        (
            {"SigningAlgorithm": "HS256"},
            AwsError(
                "ValidationError", "SigningAlgorithm HS256 is not supported. Valid values are RS256 and ES384.", 400
            ),
        ),
        (
            {"SubjectMode": "OriginIdentity"},
            AwsError(
                "ValidationError",
                "The calling session has no trusted identity propagation context with an origin identity.",
                400,
            ),
        ),
        (
            {
                f"Tags.member.{n}.{part}": f"{n}{'x' * 250}"[: 120 if part == "Key" else 250]
                for n in range(1, 40)
                for part in ("Key", "Value")
            },
            AwsError(
                "JWTPayloadSizeExceededException",
                "The requested token payload size exceeds the maximum allowed size.",
                400,
            ),
        ),
    ],
)
def test_what_no_token_can_say_is_refused(wire: Wire, issuer: str, parameters: dict[str, str], error: AwsError) -> None:
    assert ask(wire, wire.key("alice"), **parameters) == error


def test_tags_take_a_permission_of_their_own(wire: Wire, issuer: str) -> None:
    document = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"}}'
    )
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document)
    wire.assembled.controls.enforce_policies("on")
    key = wire.key("alice")
    assert ask(wire, key)["WebIdentityToken"]
    refused = ask(wire, key, **{"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"})
    assert "sts:TagGetWebIdentityToken" in refused.message
