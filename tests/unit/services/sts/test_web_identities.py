"""The rules of AssumeRoleWithWebIdentity, without HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.material import rsa_key
from fake_iam import ManualClock
from tests.support import AwsError, Key, Wire
from tests.unit.services.sts.test_assumed_roles import pair

ACCOUNT = "123456789012"
OTHER = "210987654321"
ISSUER = "login.example.com/team"
URL = f"https://{ISSUER}"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web"
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
SECOND = int(NOW.timestamp())
ACTION = "sts:AssumeRoleWithWebIdentity"
DENIED = AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
NO_KEY = AwsError(
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  "
    "please reference AssumeRoleWithWebIdentity documentation for requirements",
    400,
)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidIdentityToken", message, 400)


NO_JWT = invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
WRONG_SIGNATURE = invalid("Invalid token signature")
MALFORMED_TAGS = invalid("The session tags in the token are malformed")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7)
    made = wire.call(
        "CreateOpenIDConnectProvider", Url=URL, **{"ClientIDList.member.1": "app", "ClientIDList.member.2": "api"}
    )
    assert made == {"OpenIDConnectProviderArn": PROVIDER}
    role(wire)
    return wire


def trust(principal: str = PROVIDER, action: Any = ACTION, **others: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Federated": principal}, "Action": action, **others}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(wire: Wire, document: str | None = None, **parameters: Any) -> Any:
    made = wire.call("CreateRole", RoleName="web", AssumeRolePolicyDocument=document or trust(), **parameters)
    return made["Role"]


def trusting(wire: Wire, document: str) -> None:
    assert wire.call("UpdateAssumeRolePolicy", RoleName="web", PolicyDocument=document) is None


def token(wire: Wire, provider: str = PROVIDER, **claims: Any) -> str:
    made: str = wire.assembled.controls.federation.web_identity_token(provider, **claims)
    return made


def assume(wire: Wire, text: str | None = None, **parameters: Any) -> Any:
    asked = {"RoleArn": ROLE, "RoleSessionName": "job-1", "WebIdentityToken": text or token(wire)}
    return wire.call("AssumeRoleWithWebIdentity", **{**asked, **parameters})


def jwk(key: Any, **others: Any) -> dict[str, Any]:
    is_curve = isinstance(key, ec.EllipticCurvePrivateKey)
    algorithm: Any = jwt.algorithms.ECAlgorithm if is_curve else jwt.algorithms.RSAAlgorithm
    shown: dict[str, Any] = algorithm.to_jwk(key.public_key(), as_dict=True)
    return {**shown, **others}


def signed(key: Any, algorithm: str = "RS256", kid: str | None = "k1", **claims: Any) -> str:
    usual = {"iss": URL, "sub": "user-7", "aud": "app", "iat": SECOND, "exp": SECOND + 60}
    return jwt.encode({**usual, **claims}, key, algorithm, headers={} if kid is None else {"kid": kid})


def unsafe(header: dict[str, Any], claims: Any, sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    text = b".".join(parts)
    return b".".join((text, base64.urlsafe_b64encode(sign(text)).rstrip(b"="))).decode()


def use_keys(wire: Wire, *keys: dict[str, Any], **others: Any) -> None:
    wire.assembled.controls.federation.set_web_identity_keys(PROVIDER, jwks={"keys": list(keys)}, **others)


def test_the_subject_of_a_token_takes_on_a_role_that_trusts_its_provider(wire: Wire) -> None:
    answer = assume(wire, token(wire, sub="user-7"))
    assert answer.pop("Credentials")["Expiration"] == "2026-01-01T01:00:00Z"
    role_id = wire.call("GetRole", RoleName="web")["Role"]["RoleId"]
    assert answer == {
        "SubjectFromWebIdentityToken": "user-7",
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id}:job-1",
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/web/job-1",
        },
        "Provider": PROVIDER,
        "Audience": "app",
    }


def test_the_session_is_one_of_the_role_and_nobody_signs_for_it(wire: Wire) -> None:
    session = pair(assume(wire))
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/web/job-1"
    assert wire.call("GetCallerIdentity", session)["Arn"] == arn
    assert wire.call("CreateUser", session, UserName="bob")["User"]["UserName"] == "bob"


def test_white_space_around_a_token_does_not_count(wire: Wire) -> None:
    pair(assume(wire, f" {token(wire)}\n"))


def test_the_roles_arn_says_the_account(wire: Wire) -> None:
    there = Key(OTHER, "dummy")
    arn = f"arn:aws:iam::{OTHER}:oidc-provider/{ISSUER}"
    wire.call("CreateOpenIDConnectProvider", there, Url=URL, **{"ClientIDList.member.1": "app"})
    made = wire.call("CreateRole", there, RoleName="web", AssumeRolePolicyDocument=trust(arn))
    answer = assume(wire, token(wire, arn), RoleArn=made["Role"]["Arn"])
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/web/job-1"
    assert assume(wire, token(wire, arn)) == NO_KEY


@pytest.mark.parametrize(
    "text",
    [
        "abcd",
        "a.b.c",
        "e30.e30.",
        f"{'e30'}.{base64.urlsafe_b64encode(b'[' * 9000).decode().rstrip('=')}.c2ln",
        f"{base64.urlsafe_b64encode(b'[' * 9000).decode().rstrip('=')}.e30.c2ln",
        unsafe({"alg": "RS256"}, [1], lambda text: b"sig"),
        unsafe({"alg": "RS256", "kid": 5}, {"iss": URL}, lambda text: b"sig"),
        unsafe({"alg": "RS256"}, {"iss": ["https://a"]}, lambda text: b"sig"),
        "<saml/>",
    ],
)
def test_what_is_no_jwt_is_refused(wire: Wire, text: str) -> None:
    assert assume(wire, text) == NO_JWT


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        ("https://login.example.com", "https://login.example.com"),
        (f"{URL}/", f"{URL}/"),
        ("https://x.y", "https://x.y"),
    ],
)
def test_an_issuer_that_is_no_provider_of_the_account_is_named_as_it_is(wire: Wire, url: str, issuer: str) -> None:
    missing = invalid(f"No OpenIDConnect provider found in your account for {issuer}")
    assert assume(wire, token(wire, url)) == missing


def test_an_account_that_is_not_there_has_no_provider(wire: Wire) -> None:
    missing = invalid(f"No OpenIDConnect provider found in your account for {URL}")
    assert assume(wire, RoleArn=f"arn:aws:iam::{OTHER}:role/web") == missing
    assert OTHER not in {account.id for account in wire.assembled.engine.store.accounts()}


@pytest.mark.parametrize("arn", [f"{PROVIDER}", "arn:aws:iam::1:role/web1", "no arn but twenty characters"])
def test_the_arn_must_be_a_roles(wire: Wire, arn: str) -> None:
    assert assume(wire, RoleArn=arn) == AwsError("ValidationError", "Request ARN is invalid", 400)


def test_an_unknown_role_looks_like_one_that_does_not_trust(wire: Wire) -> None:
    assert assume(wire, RoleArn=f"{ROLE}-unknown") == DENIED
    trusting(wire, trust(f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com"))
    assert assume(wire) == DENIED
    trusting(wire, trust(action="sts:AssumeRole"))
    assert assume(wire) == DENIED


def test_a_users_own_policies_and_account_trust_nobody_here(wire: Wire) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ACTION}
    trusting(wire, json.dumps({"Version": "2012-10-17", "Statement": statement}))
    assert assume(wire) == DENIED


def test_a_changed_token_is_refused(wire: Wire) -> None:
    head, _, tail = token(wire, sub="user-7").split(".")
    other = token(wire, sub="admin").split(".")[1]
    assert assume(wire, f"{head}.{other}.{tail}") == WRONG_SIGNATURE


def test_a_token_without_a_signature_is_refused(wire: Wire) -> None:
    claims = {"iss": URL, "sub": "admin", "aud": "app", "iat": SECOND, "exp": SECOND + 60}
    for name in ("none", "None", "nOnE"):
        assert assume(wire, unsafe({"alg": name, "typ": "JWT"}, claims, lambda text: b"")) in (WRONG_SIGNATURE, NO_JWT)
    assert assume(wire, unsafe({"alg": "none"}, claims, lambda text: b"x")) == WRONG_SIGNATURE


def test_a_public_key_is_never_taken_for_a_secret(wire: Wire) -> None:
    key = rsa_key(0, 2048)
    use_keys(wire, jwk(key, kid="k1"))
    public = key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = {"iss": URL, "sub": "admin", "aud": "app", "iat": SECOND, "exp": SECOND + 60}
    forged = unsafe({"alg": "HS256", "kid": "k1"}, claims, lambda text: hmac.new(pem, text, hashlib.sha256).digest())
    assert assume(wire, forged) == WRONG_SIGNATURE
    use_keys(wire, {"kty": "oct", "kid": "k1", "k": base64.urlsafe_b64encode(b"secret" * 8).decode()})
    symmetric = unsafe(
        {"alg": "HS256", "kid": "k1"}, claims, lambda text: hmac.new(b"secret" * 8, text, hashlib.sha256).digest()
    )
    assert assume(wire, symmetric) == WRONG_SIGNATURE


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"])
def test_keys_that_are_given_verify_by_each_algorithm(wire: Wire, algorithm: str) -> None:
    curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
    key: Any = ec.generate_private_key(curves[algorithm]) if algorithm in curves else rsa_key(0, 2048)
    use_keys(wire, jwk(rsa_key(1, 2048), kid="k0"), jwk(key, kid="k1", use="sig"))
    assert assume(wire, signed(key, algorithm))["Audience"] == "app"
    assert assume(wire, signed(key, algorithm, kid=None))["Audience"] == "app"
    assert assume(wire, signed(key, algorithm, kid="k0")) == (WRONG_SIGNATURE if algorithm[0] == "R" else NO_KEY)
    assert assume(wire, signed(key, algorithm, kid="k2")) == NO_KEY


def test_a_key_of_another_algorithm_or_use_verifies_nothing(wire: Wire) -> None:
    key = rsa_key(0, 2048)
    for other in ({"alg": "RS512"}, {"use": "enc"}):
        use_keys(wire, jwk(key, kid="k1", **other))
        assert assume(wire, signed(key)) == NO_KEY
    use_keys(wire, {"kty": "RSA", "kid": "k1", "n": "!", "e": 5})
    assert assume(wire, signed(key)) == WRONG_SIGNATURE


def test_a_provider_without_keys_verifies_nothing(wire: Wire) -> None:
    assert assume(wire, signed(rsa_key(0, 2048))) == NO_KEY


def test_given_keys_and_the_servers_own_verify_side_by_side(wire: Wire) -> None:
    own = token(wire)
    use_keys(wire, jwk(rsa_key(0, 2048)))
    pair(assume(wire, own))
    pair(assume(wire, signed(rsa_key(0, 2048), kid=None)))


def test_the_servers_clock_decides_when_a_token_is_over(wire: Wire, clock: ManualClock) -> None:
    text = token(wire)
    clock.advance(timedelta(minutes=59, seconds=59))
    pair(assume(wire, text))
    clock.advance(timedelta(seconds=1))
    over = f"Token expired: current date/time {SECOND + 3600} must be before the expiration date/time {SECOND + 3600}"
    assert assume(wire, text) == AwsError("ExpiredTokenException", over, 400)


def test_a_token_of_yesterday_is_too_old_whatever_it_says(wire: Wire) -> None:
    assert assume(wire, token(wire, iat="86401 seconds ago", exp="2027-01-01")) == AwsError(
        "ExpiredTokenException", "Token too old: 86401", 400
    )
    pair(assume(wire, token(wire, iat="86400 seconds ago", exp="2027-01-01")))


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_of_the_future_is_refused(wire: Wire, claim: str) -> None:
    ahead = {claim: SECOND + 301}
    assert assume(wire, token(wire, **ahead)) == invalid("Token is not yet valid")
    pair(assume(wire, token(wire, **{claim: SECOND + 300})))


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat"])
def test_a_claim_that_is_missing_is_named(wire: Wire, claim: str) -> None:
    assert assume(wire, token(wire, **{claim: None})) == invalid(f"Missing a required claim: {claim}")


@pytest.mark.parametrize("claims", [{"exp": float(SECOND + 60)}, {"iat": True}, {"nbf": [1]}, {"sub": 5}])
def test_a_claim_of_the_wrong_type_is_refused(wire: Wire, claims: dict[str, Any]) -> None:
    assert assume(wire, token(wire, **claims)) == NO_JWT


def test_a_number_beyond_all_dates_is_a_number(wire: Wire) -> None:
    pair(assume(wire, token(wire, exp=10**400)))


@pytest.mark.parametrize(
    ("claims", "audience"),
    [
        ({"aud": "api"}, "api"),
        ({"aud": ["other", "api"]}, "api"),
        ({"aud": "other", "azp": "app"}, "app"),
        ({"aud": "other"}, None),
        ({"aud": "App"}, None),
        ({"aud": ["other"]}, None),
        ({"aud": "app", "azp": "other"}, None),
        ({"aud": 5}, None),
    ],
)
def test_the_audience_or_the_authorized_party_is_a_client_id(
    wire: Wire, claims: dict[str, Any], audience: str | None
) -> None:
    answer = assume(wire, token(wire, **claims))
    if audience is None:
        assert answer == invalid("Incorrect token audience")
    else:
        assert answer["Audience"] == audience


@pytest.mark.parametrize(
    ("condition", "claims"),
    [
        ({"StringEquals": {f"{ISSUER}:sub": "user-7"}}, {"sub": "user-7"}),
        ({"StringLike": {f"{ISSUER}:sub": "repo:me/*"}}, {"sub": "repo:me/it:ref"}),
        ({"StringEquals": {f"{ISSUER}:aud": "api"}}, {"aud": "api"}),
        ({"StringEquals": {f"{ISSUER}:aud": "api", f"{ISSUER}:oaud": "x"}}, {"aud": "x", "azp": "api"}),
        ({"ForAnyValue:StringEquals": {f"{ISSUER}:amr": "mfa"}}, {"amr": ["pwd", "mfa"]}),
        ({"ForAnyValue:StringEquals": {f"{ISSUER}:aud": "api"}}, {"aud": ["x", "api"]}),
        ({"StringEquals": {f"{ISSUER}:email": "a@b.c"}}, {"email": "a@b.c"}),
        ({"StringEquals": {"sts:RoleSessionName": "job-1", "aws:FederatedProvider": PROVIDER}}, {}),
        ({"StringEquals": {"aws:RequestTag/team": "red"}}, {"https://aws.amazon.com/tags/principal_tags/team": "red"}),
        ({"StringEquals": {"sts:SourceIdentity": "alice"}}, {"https://aws.amazon.com/source_identity": "alice"}),
    ],
)
def test_the_trust_policy_asks_for_claims(wire: Wire, condition: Any, claims: dict[str, Any]) -> None:
    trusting(wire, trust(action="sts:*", Condition=condition))
    pair(assume(wire, token(wire, **claims)))
    if claims:
        assert assume(wire, token(wire)) == DENIED


@pytest.mark.parametrize("claim", ["email", "repository"])
def test_no_other_claim_is_a_condition_key(wire: Wire, claim: str) -> None:
    trusting(wire, trust(Condition={"StringEquals": {f"{ISSUER}:{claim}": "x"}}))
    answer = assume(wire, token(wire, **{claim: "x"}))
    assert isinstance(answer, dict) if claim == "email" else answer == DENIED


def test_githubs_claims_are_condition_keys_of_the_trust_policy(wire: Wire) -> None:
    github = "token.actions.githubusercontent.com"
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{github}"
    wire.call("CreateOpenIDConnectProvider", Url=f"https://{github}", **{"ClientIDList.member.1": "sts.amazonaws.com"})
    trusting(wire, trust(arn, Condition={"StringEquals": {f"{github}:repository": "me/it"}}))
    assert assume(wire, token(wire, arn, repository="me/other")) == DENIED
    assert assume(wire, token(wire, arn, repository="me/it"))["Audience"] == "sts.amazonaws.com"


def test_subject_audience_and_provider_stay_with_the_session(wire: Wire) -> None:
    session = pair(assume(wire, token(wire, sub="user-7", amr=["pwd", "mfa"], email="a@b.c")))
    condition = {
        "StringEquals": {f"{ISSUER}:sub": "user-7", f"{ISSUER}:aud": "app", "aws:FederatedProvider": PROVIDER},
        "ForAnyValue:StringEquals": {f"{ISSUER}:amr": "mfa"},
        "Null": {f"{ISSUER}:email": "true"},
    }
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    chained = wire.call("CreateRole", RoleName="chained", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    pair(wire.call("AssumeRole", session, RoleArn=chained, RoleSessionName="job-2"))
    other = pair(assume(wire, token(wire, sub="user-8", amr=["pwd", "mfa"])))
    assert wire.call("AssumeRole", other, RoleArn=chained, RoleSessionName="job-2").code == "AccessDenied"


def test_policies_of_the_role_see_the_claims_of_the_session(wire: Wire) -> None:
    wire.assembled.controls.enforcement.set("on")
    own = {
        "Effect": "Allow",
        "Action": "iam:CreateUser",
        "Resource": f"arn:aws:iam::*:user/${{{ISSUER}:sub}}",
        "Condition": {"StringEquals": {"aws:FederatedProvider": PROVIDER}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": own})
    wire.call("PutRolePolicy", RoleName="web", PolicyName="own", PolicyDocument=document)
    session = pair(assume(wire, token(wire, sub="user-7")))
    assert wire.call("CreateUser", session, UserName="user-7")["User"]["UserName"] == "user-7"
    assert wire.call("CreateUser", session, UserName="user-8").code == "AccessDenied"


TAGS = "https://aws.amazon.com/tags"


def test_tags_of_a_token_need_the_trust_policys_leave(wire: Wire) -> None:
    claims = {TAGS: {"principal_tags": {"team": ["red"], "env": "test"}, "transitive_tag_keys": ["team"]}}
    assert assume(wire, token(wire, **claims)) == DENIED
    actions = [ACTION, "sts:TagSession"]
    condition = {
        "StringEquals": {"aws:RequestTag/team": "red"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "env"]},
    }
    trusting(wire, trust(action=actions, Condition=condition))
    answer = assume(wire, token(wire, **claims))
    assert answer["PackedPolicySize"] == "0"
    session = pair(answer)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "sts:*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    chained = wire.call("CreateRole", RoleName="chained", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    once = pair(wire.call("AssumeRole", session, RoleArn=chained, RoleSessionName="job-2"))
    pair(wire.call("AssumeRole", once, RoleArn=chained, RoleSessionName="job-3"))


@pytest.mark.parametrize(
    "claims",
    [
        {TAGS: "red"},
        {TAGS: {"principal_tags": ["team"]}},
        {TAGS: {"principal_tags": {"team": ["red", "blue"]}}},
        {TAGS: {"principal_tags": {"team": ["red", 5]}}},
        {TAGS: {"principal_tags": {"team": 5}}},
        {TAGS: {"transitive_tag_keys": "team"}},
        {TAGS: {"transitive_tag_keys": [5]}},
        {"https://aws.amazon.com/source_identity": ["alice", "bob"]},
    ],
)
def test_tags_of_another_form_are_refused(wire: Wire, claims: dict[str, Any]) -> None:
    assert assume(wire, token(wire, **claims)) == MALFORMED_TAGS


def test_tags_keep_their_limits(wire: Wire) -> None:
    beyond = invalid("The session tags exceed the limits of their number, keys or values")
    many = {f"key{number}": "x" for number in range(51)}
    for tags in (many, {"": "x"}, {"k" * 129: "x"}, {"k": "x" * 257}):
        assert assume(wire, token(wire, **{TAGS: {"principal_tags": tags}})) == beyond
    lonely = AwsError(
        "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.", 400
    )
    assert assume(wire, token(wire, **{TAGS: {"transitive_tag_keys": ["team"]}})) == lonely


def test_a_source_identity_of_a_token_needs_leave_and_a_form(wire: Wire) -> None:
    name = "https://aws.amazon.com/source_identity"
    assert assume(wire, token(wire, **{name: "alice"})) == DENIED
    trusting(wire, trust(action=[ACTION, "sts:SetSourceIdentity"]))
    assert assume(wire, token(wire, **{name: "alice"}))["SourceIdentity"] == "alice"
    form = invalid('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
    for identity in ("a", "a b", "x" * 65):
        assert assume(wire, token(wire, **{name: identity})) == form


def test_a_provider_id_is_for_access_tokens_which_nobody_verifies_here(wire: Wire) -> None:
    for provider in ("www.amazon.com", "graph.facebook.com"):
        answer = assume(wire, ProviderId=provider)
        assert (answer.code, answer.status) == ("IDPCommunicationError", 400)
    assert assume(wire, ProviderId=ISSUER) == AwsError("ValidationError", "Invalid ProviderId", 400)


def test_a_well_known_issuer_needs_no_provider(wire: Wire) -> None:
    cognito = "cognito-identity.amazonaws.com"
    trusting(wire, trust(cognito, Condition={"StringEquals": {f"{cognito}:aud": "us-east-1:pool"}}))
    text = token(wire, cognito, sub="us-east-1:user", aud="us-east-1:pool")
    answer = assume(wire, text)
    assert (answer["Provider"], answer["Audience"]) == (cognito, "us-east-1:pool")
    assert assume(wire, token(wire, cognito, aud="us-east-1:other")) == DENIED
    assert assume(wire, signed(rsa_key(0, 2048), iss=f"https://{cognito}")) == NO_KEY


def test_duration_and_session_policies_are_those_of_other_sessions(wire: Wire) -> None:
    assert assume(wire, DurationSeconds="3601") == AwsError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
    )
    assert assume(wire, DurationSeconds="900")["Credentials"]["Expiration"] == "2026-01-01T00:15:00Z"
    assert assume(wire, Policy="{") == AwsError(
        "MalformedPolicyDocument", "The policy is not in the valid JSON format.", 400
    )
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    assert assume(wire, Policy=policy)["PackedPolicySize"] == "5"


def test_without_the_extra_the_answer_names_it(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    text = token(wire)
    monkeypatch.setitem(sys.modules, "jwt", None)
    missing = "fake_iam needs its extra federation for this: pip install 'fake-iam[federation]'"
    assert assume(wire, text) == AwsError("NotImplemented", missing, 501)
    with pytest.raises(ValueError, match=r"^this needs the extra federation: pip install 'fake-iam\[federation\]'$"):
        token(wire)
