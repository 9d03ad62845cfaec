from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.federated import CLIENT, OidcProviders, steered, trust_in
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import Roles
from conformance.sources import GUIDE, STS_API
from conformance.targets import Target

ACTION = "sts:AssumeRoleWithWebIdentity"
API = f"{STS_API}/API_AssumeRoleWithWebIdentity.html"
KEYS = f"{GUIDE}/reference_policies_iam-condition-keys.html"
SESSION_TAGS = f"{GUIDE}/id_session-tags.html"
SOURCE_IDENTITY = f"{GUIDE}/id_credentials_temp_control-access_monitor.html"
CLAIMS_OF_PROVIDERS = (
    "https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/"
)
NEEDS_KEYS = "AWS asks a public issuer for its keys"
QUOTED = "quoted by several users"
DENIED = AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
NO_KEY = AwsError(
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  "
    "please reference AssumeRoleWithWebIdentity documentation for requirements",
    400,
)
TEXT_UNKNOWN = "AWS's text is not known"


def invalid(message: str) -> AwsError:
    return AwsError("InvalidIdentityToken", message, 400)


class Visitor:
    """Somebody with tokens of a provider, and the role that trusts it."""

    def __init__(self, aws: Target, new_role: Roles, provider: str) -> None:
        self._aws = aws
        self.provider = provider
        self.issuer = provider.partition("/")[2]
        self.role_name = new_role(AssumeRolePolicyDocument=trust_in(provider, "sts:*"))
        self.role_arn: str = aws.iam.get_role(RoleName=self.role_name)["Role"]["Arn"]

    def trusts(self, **others: Any) -> None:
        """Let the role trust the provider under these conditions, and with these actions."""
        document = trust_in(self.provider, others.pop("Action", ACTION), **others)
        self._aws.iam.update_assume_role_policy(RoleName=self.role_name, PolicyDocument=document)

    def token(self, provider: str | None = None, **claims: Any) -> str:
        """A token that the fake signs."""
        return str(steered(self._aws, "web-identity-token", provider=provider or self.provider, claims=claims)["token"])

    def forged(self, **claims: Any) -> str:
        """A token that nobody signed."""
        at = datetime.now(timezone.utc)
        times = {"iat": int(at.timestamp()), "exp": int((at + timedelta(hours=1)).timestamp())}
        usual = {"iss": f"https://{self.issuer}", "sub": "nobody", "aud": CLIENT, **times}
        parts = ({"alg": "RS256", "kid": "unknown", "typ": "JWT"}, {**usual, **claims})
        texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return ".".join([*texts, base64.urlsafe_b64encode(b"s" * 256).decode().rstrip("=")])

    def asked(self, text: str, **parameters: Any) -> dict[str, Any]:
        """The parameters of a call."""
        return {"RoleArn": self.role_arn, "RoleSessionName": "job-1", "WebIdentityToken": text, **parameters}

    def take(self, text: str | None = None, **parameters: Any) -> Any:
        """The answer of AssumeRoleWithWebIdentity."""
        return self._aws.sts.assume_role_with_web_identity(**self.asked(text or self.token(), **parameters))

    def error(self, text: str | None = None, **parameters: Any) -> AwsError:
        """The error that it ends in."""
        asked = self.asked(text or self.token(), **parameters)
        return self._aws.error(self._aws.sts.assume_role_with_web_identity, **asked)


@pytest.fixture
def visitor(aws: Target, new_role: Roles, new_oidc_provider: OidcProviders) -> Visitor:
    return Visitor(aws, new_role, new_oidc_provider())


@documented(API, "8:AssumeRoleWithWebIdentity answers SubjectFromWebIdentityToken")
@fake_only(NEEDS_KEYS)
def test_a_token_begins_a_session_of_a_role(aws: Target, visitor: Visitor) -> None:
    answer = visitor.take(visitor.token(sub="user-7"))
    role_id = aws.iam.get_role(RoleName=visitor.role_name)["Role"]["RoleId"]
    assert sorted(answer.pop("Credentials")) == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"]
    assert answer == {
        "SubjectFromWebIdentityToken": "user-7",
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id}:job-1",
            "Arn": f"arn:aws:sts::{aws.account}:assumed-role/{visitor.role_name}/job-1",
        },
        "Provider": visitor.provider,
        "Audience": CLIENT,
    }


@assumed("versity/versitygw#2344, a reimplementation whose authors checked some answers", "sts-web-jwt")
def test_what_is_no_jwt_is_refused(visitor: Visitor) -> None:
    assert visitor.error("no token") == invalid(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )


@observed("2019-11", "mozilla-iam/mozilla-aws-cli#127", "sts-web-no-provider")
def test_an_issuer_without_a_provider_is_named_as_the_token_has_it(visitor: Visitor) -> None:
    issuer = f"https://{visitor.issuer}/"
    assert visitor.error(visitor.forged(iss=issuer)) == invalid(
        f"No OpenIDConnect provider found in your account for {issuer}"
    )


@observed("undated", QUOTED, "sts-web-key")
def test_keys_that_cannot_be_had_verify_nothing(visitor: Visitor) -> None:
    assert visitor.error(visitor.forged()) == NO_KEY


@assumed(TEXT_UNKNOWN)
@fake_only(NEEDS_KEYS)
def test_a_changed_token_is_refused(visitor: Visitor) -> None:
    head, _, tail = visitor.token().split(".")
    body = visitor.token(sub="admin").split(".")[1]
    assert visitor.error(f"{head}.{body}.{tail}") == invalid("Invalid token signature")


@observed("2024-11", "aws/aws-sdk-java-v2#5709", "sts-web-expired")
@fake_only(NEEDS_KEYS)
def test_a_token_that_is_over_is_refused(visitor: Visitor) -> None:
    answer = visitor.error(visitor.token(exp=1767225600))
    assert (answer.code, answer.status) == ("ExpiredTokenException", 400)
    assert str(answer.message).startswith("Token expired: current date/time 1")
    assert str(answer.message).endswith(" must be before the expiration date/time 1767225600")


@observed("2019-12", "mozilla-iam/mozilla-aws-cli#146; from which age on is assumed")
@fake_only(NEEDS_KEYS)
def test_a_token_that_is_days_old_is_refused(visitor: Visitor) -> None:
    answer = visitor.error(visitor.token(iat="441398 seconds ago"))
    assert (answer.code, answer.status) == ("ExpiredTokenException", 400)
    assert str(answer.message).startswith("Token too old: 44139")


@assumed(TEXT_UNKNOWN)
@fake_only(NEEDS_KEYS)
@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_of_the_future_is_refused(visitor: Visitor, claim: str) -> None:
    text = visitor.token(**{claim: "2100-01-01", "exp": "2100-02-01"})
    assert visitor.error(text) == invalid("Token is not yet valid")


@observed("2023-07", "aws-actions/configure-aws-credentials#775", "sts-web-audience")
@fake_only(NEEDS_KEYS)
def test_the_audience_is_a_client_id_of_the_provider(visitor: Visitor) -> None:
    assert visitor.error(visitor.token(aud="somebody else")) == invalid("Incorrect token audience")


@observed("2023-10", "aws/aws-sdk-net#3071", "8:For web identity the condition keys are")
@fake_only(NEEDS_KEYS)
def test_the_authorized_party_takes_the_place_of_the_audience(visitor: Visitor) -> None:
    assert visitor.error(visitor.token(azp="somebody else")) == invalid("Incorrect token audience")
    assert visitor.take(visitor.token(azp=CLIENT, aud="api"))["Audience"] == CLIENT


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param("sub", marks=observed("2022-09", "aws-actions/configure-aws-credentials#502", "sts-web-claim")),
        pytest.param("aud", marks=observed("2022-05", "aws/aws-sdk-ruby#2698", "sts-web-claim")),
        pytest.param("exp", marks=assumed("seen for sub and aud", "sts-web-claim")),
        pytest.param("iat", marks=assumed("seen for sub and aud", "sts-web-claim")),
    ],
)
@fake_only(NEEDS_KEYS)
def test_a_claim_that_is_missing_is_named(visitor: Visitor, claim: str) -> None:
    assert visitor.error(visitor.token(**{claim: None})) == invalid(f"Missing a required claim: {claim}")


@observed("undated", QUOTED, "sts-web-denied", "8:An unknown role")
@fake_only(NEEDS_KEYS)
def test_a_role_that_does_not_trust_looks_like_none(visitor: Visitor) -> None:
    visitor.trusts(Action="sts:AssumeRole")
    assert visitor.error() == DENIED
    assert visitor.error(RoleArn=f"{visitor.role_arn}-unknown") == DENIED


@assumed("seen for AssumeRoleWithSAML: oktadev/okta-aws-cli-assume-role#307")
def test_the_arn_must_be_a_roles(visitor: Visitor) -> None:
    answer = visitor.error(visitor.forged(), RoleArn=visitor.provider)
    assert answer == AwsError("ValidationError", "Request ARN is invalid", 400)


@documented(KEYS, "8:For web identity the condition keys are")
@fake_only(NEEDS_KEYS)
def test_the_trust_policy_asks_for_claims(visitor: Visitor) -> None:
    keys = {f"{visitor.issuer}:sub": "user-7", f"{visitor.issuer}:aud": CLIENT, f"{visitor.issuer}:oaud": "api"}
    visitor.trusts(Condition={"StringEquals": keys, "ForAnyValue:StringEquals": {f"{visitor.issuer}:amr": "mfa"}})
    claims: dict[str, Any] = {"sub": "user-7", "azp": CLIENT, "aud": "api", "amr": ["pwd", "mfa"]}
    visitor.take(visitor.token(**claims))
    changes: list[dict[str, Any]] = [{"sub": "user-8"}, {"amr": ["pwd"]}, {"aud": "other"}]
    for changed in changes:
        assert visitor.error(visitor.token(**{**claims, **changed})) == DENIED


@documented(CLAIMS_OF_PROVIDERS)
@fake_only(NEEDS_KEYS)
def test_githubs_own_claims_are_condition_keys(aws: Target, visitor: Visitor) -> None:
    issuer = "token.actions.githubusercontent.com"
    made = aws.iam.create_open_id_connect_provider(Url=f"https://{issuer}", ClientIDList=[CLIENT])
    arn = made["OpenIDConnectProviderArn"]
    try:
        document = trust_in(arn, ACTION, Condition={"StringEquals": {f"{issuer}:repository": "me/it"}})
        aws.iam.update_assume_role_policy(RoleName=visitor.role_name, PolicyDocument=document)
        assert visitor.take(visitor.token(arn, repository="me/it"))["Provider"] == arn
        assert visitor.error(visitor.token(arn, repository="me/other")) == DENIED
    finally:
        aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


@documented(SESSION_TAGS)
@fake_only(NEEDS_KEYS)
@pytest.mark.parametrize(
    "claims",
    [
        {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}},
        {
            "https://aws.amazon.com/tags/principal_tags/team": "red",
            "https://aws.amazon.com/tags/transitive_tag_keys": ["team"],
        },
    ],
    ids=["nested", "flat"],
)
def test_session_tags_of_a_token_need_the_trust_policys_leave(visitor: Visitor, claims: dict[str, Any]) -> None:
    condition = {"StringEquals": {"aws:RequestTag/team": "red"}}
    visitor.trusts(Action=[ACTION, "sts:TagSession"], Condition=condition)
    visitor.take(visitor.token(**claims))
    visitor.trusts()
    assert visitor.error(visitor.token(**claims)) == DENIED


@documented(SOURCE_IDENTITY)
@fake_only(NEEDS_KEYS)
def test_a_source_identity_of_a_token_needs_the_trust_policys_leave(visitor: Visitor) -> None:
    claim = {"https://aws.amazon.com/source_identity": "alice"}
    assert visitor.take(visitor.token(**claim))["SourceIdentity"] == "alice"
    visitor.trusts()
    assert visitor.error(visitor.token(**claim)) == DENIED


@documented(API, "sts-duration-role")
@fake_only(NEEDS_KEYS)
def test_a_session_lasts_no_longer_than_the_role_lets_it(visitor: Visitor) -> None:
    assert visitor.error(DurationSeconds=3601) == AwsError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
    )


@assumed(TEXT_UNKNOWN, "sts-model-idpcommunicationerror")
@fake_only("AWS asks the provider")
@pytest.mark.parametrize("provider", ["www.amazon.com", "graph.facebook.com"])
def test_an_access_token_is_verified_by_its_provider_alone(visitor: Visitor, provider: str) -> None:
    answer = visitor.error(visitor.forged(), ProviderId=provider)
    assert (answer.code, answer.status) == ("IDPCommunicationError", 400)


@assumed(TEXT_UNKNOWN)
def test_an_id_token_comes_without_a_provider_id(visitor: Visitor) -> None:
    answer = visitor.error(visitor.forged(), ProviderId=visitor.issuer)
    assert answer == AwsError("ValidationError", "Invalid ProviderId", 400)
