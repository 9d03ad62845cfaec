"""What the claims of a web identity token must say, what they give to a session, and AWS's words of refusal.

Sources: OpenID Connect Core; IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM", "Available
keys for AWS OIDC federation", "Passing session tags using AssumeRoleWithWebIdentity".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from fake_iam.domain.errors import ExpiredIdentityToken, IdpCommunicationError, InvalidIdentityToken, ValidationError
from fake_iam.domain.sts.role_sessions import FederatedSession, checked_source_identity, checked_tags
from fake_iam.domain.tags import Tag

if TYPE_CHECKING:
    from fake_iam.domain.policy.variables import Values

Claims = Mapping[str, Any]

SCHEME: Final = "https://"
REQUIRED: Final = ("sub", "aud", "exp", "iat")
WELL_KNOWN: Final = frozenset({"accounts.google.com", "cognito-identity.amazonaws.com"})
"""Issuers that a trust policy names without a provider in the account."""
OAUTH_PROVIDERS: Final = frozenset({"www.amazon.com", "graph.facebook.com"})
GITHUB: Final = "token.actions.githubusercontent.com"
GITHUB_CLAIMS: Final = (
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "workflow",
)
"""What a trust policy may also ask of GitHub's tokens, since January 2026."""
KEPT: Final = ("aud", "sub", "amr")
"""The keys that stay with the session; a trust policy alone sees the others."""
TAGS: Final = "https://aws.amazon.com/tags"
SOURCE_IDENTITY: Final = "https://aws.amazon.com/source_identity"
FLAT_TAG: Final = f"{TAGS}/principal_tags/"
FLAT_TRANSITIVE: Final = f"{TAGS}/transitive_tag_keys"
LEEWAY: Final = 300  # seconds that a provider's clock may be ahead; assumed
OLDEST: Final = 86_400  # seconds since a token was issued; assumed: one of five days was refused


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """Whom a token is about: its issuer without the scheme, subject and audience, and all its claims."""

    issuer: str
    subject: str
    audience: str
    claims: Claims

    def keys(self) -> dict[str, Values]:
        """The condition keys that a trust policy sees, in lower case."""
        audiences = _texts(self.claims["aud"])
        found: dict[str, Values] = {"sub": self.subject, "aud": audiences[0] if len(audiences) == 1 else audiences}
        if "azp" in self.claims:
            found |= {"aud": self.audience, "oaud": found["aud"]}
        if _texts(self.claims.get("amr")):
            found["amr"] = _texts(self.claims["amr"])
        others = ("email", *GITHUB_CLAIMS) if self.issuer.startswith(GITHUB) else ("email",)
        found |= {name: self.claims[name] for name in others if isinstance(self.claims.get(name), str)}
        return {_key(self.issuer, name): value for name, value in found.items()}

    def kept_keys(self) -> dict[str, Values]:
        """Those of the keys that stay with the session."""
        kept = {_key(self.issuer, name) for name in KEPT}
        return {key: value for key, value in self.keys().items() if key in kept}

    def session(self) -> FederatedSession:
        """What the claims say of the session. Raises InvalidIdentityToken."""
        nested = self.claims.get(TAGS, {})
        if not isinstance(nested, Mapping) or not isinstance(nested.get("principal_tags", {}), Mapping):
            raise malformed_tags()
        flat = {name.removeprefix(FLAT_TAG): value for name, value in self.claims.items() if name.startswith(FLAT_TAG)}
        tags = [Tag(key, _only(value)) for key, value in {**nested.get("principal_tags", {}), **flat}.items()]
        transitive = nested.get("transitive_tag_keys", self.claims.get(FLAT_TRANSITIVE, []))
        if not isinstance(transitive, list) or len(_texts(transitive)) < len(transitive):
            raise malformed_tags()
        identity = self.claims.get(SOURCE_IDENTITY)
        return FederatedSession(
            checked_tags(tags),
            tuple(transitive),
            None if identity is None else checked_source_identity(_only(identity)),
        )


def issuer_in(claims: Claims) -> str:
    """The issuer as the token writes it. Raises InvalidIdentityToken."""
    if not claims.get("iss"):
        raise missing_claim("iss")
    if not isinstance(claims["iss"], str):
        raise no_jwt()
    return claims["iss"]


def check_claims(claims: Claims, now: datetime) -> None:
    """Hold the token to the claims that it must have, and to its time, which the server's clock decides.

    Raises:
        InvalidIdentityToken: a claim is missing or malformed, or the token is from the future.
        ExpiredIdentityToken: its time is over, or it was issued too long ago.
    """
    for name in REQUIRED:
        if claims.get(name) in (None, "", []):
            raise missing_claim(name)
    numbers = [claims[name] for name in ("exp", "iat", "nbf") if name in claims]
    if not isinstance(claims["sub"], str) or any(type(number) is not int for number in numbers):
        raise no_jwt()
    second = int(now.timestamp())
    if second >= claims["exp"]:
        raise expired(second, claims["exp"])
    if second - claims["iat"] > OLDEST:
        raise too_old(second - claims["iat"])
    if max(claims["iat"], claims.get("nbf", 0)) > second + LEEWAY:
        raise not_yet_valid()


def audience_of(claims: Claims, client_ids: Collection[str] | None) -> str:
    """Whom the token is for: its authorized party, or else the audience that is one of the client ids.

    Raises InvalidIdentityToken if it is none of them; None takes any.
    """
    given = _texts(claims.get("azp", claims["aud"]))
    found = next((audience for audience in given if client_ids is None or audience in client_ids), None)
    if found is None:
        raise wrong_audience()
    return found


def no_jwt() -> InvalidIdentityToken:
    """The token has not the form of a JWT. Assumed for claims of the wrong type."""
    return InvalidIdentityToken(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )


def missing_claim(name: str) -> InvalidIdentityToken:
    """A claim is absent (aws-actions/configure-aws-credentials#502, aws/aws-sdk-ruby#2698)."""
    return InvalidIdentityToken(f"Missing a required claim: {name}")


def unknown_issuer(issuer: str) -> InvalidIdentityToken:
    """The account has no such provider; the text repeats the issuer as it is (mozilla-iam/mozilla-aws-cli#127)."""
    return InvalidIdentityToken(f"No OpenIDConnect provider found in your account for {issuer}")


def no_verification_key() -> InvalidIdentityToken:
    """The provider's keys cannot be had, or none is the one that the token names; two blanks (quoted by users)."""
    return InvalidIdentityToken(
        "Couldn't retrieve verification key from your identity provider,  "
        "please reference AssumeRoleWithWebIdentity documentation for requirements"
    )


def wrong_signature() -> InvalidIdentityToken:
    """The signature is not the key's, or of a kind that AWS does not take. Assumed: AWS's text is not known."""
    return InvalidIdentityToken("Invalid token signature")


def expired(now: int, until: int) -> ExpiredIdentityToken:
    """The token's time is over (aws/aws-sdk-java-v2#5709)."""
    return ExpiredIdentityToken(
        f"Token expired: current date/time {now} must be before the expiration date/time {until}"
    )


def too_old(seconds: int) -> ExpiredIdentityToken:
    """The token was issued too long ago, whatever its expiry (mozilla-iam/mozilla-aws-cli#146)."""
    return ExpiredIdentityToken(f"Token too old: {seconds}")


def not_yet_valid() -> InvalidIdentityToken:
    """The token was issued, or is valid, later than now. Assumed: AWS's text is not known."""
    return InvalidIdentityToken("Token is not yet valid")


def wrong_audience() -> InvalidIdentityToken:
    """The token is for none of the provider's client ids (aws-actions/configure-aws-credentials#775)."""
    return InvalidIdentityToken("Incorrect token audience")


def malformed_tags() -> InvalidIdentityToken:
    """The claims of session tags have not their documented form. Assumed: AWS's text is not known."""
    return InvalidIdentityToken("The session tags in the token are malformed")


def provider_unreachable() -> IdpCommunicationError:
    """A provider of OAuth access tokens, which only it can verify: nothing outside is asked here.

    The text is the model's description of the error.
    """
    return IdpCommunicationError(
        "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming "
        "identity token could not be reached."
    )


def unknown_provider_id() -> ValidationError:
    """A ProviderId that is no provider of OAuth access tokens. Assumed: AWS's text is not known."""
    return ValidationError("Invalid ProviderId")


def _key(issuer: str, name: str) -> str:
    return f"{issuer.lower()}:{name}"


def _texts(value: Any) -> tuple[str, ...]:
    """The texts in a claim that is a text or a list of them."""
    return tuple(text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))


def _only(value: Any) -> str:
    """The one text of a claim, which may stand in a list. Raises InvalidIdentityToken."""
    texts = _texts(value)
    if len(texts) != 1 or (isinstance(value, list) and len(value) != 1):
        raise malformed_tags()
    return texts[0]
