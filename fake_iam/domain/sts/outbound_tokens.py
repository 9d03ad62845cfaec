"""Tokens by which an account's principals prove to others who they are, and what GetWebIdentityToken refuses.

Assumed: the texts, which are the sentences of the service model's documentation, and the largest payload.
"""

from __future__ import annotations

from typing import Final

from fake_iam.domain.errors import ServiceError, ValidationError

NAMESPACE: Final = "https://sts.amazonaws.com/"
ALGORITHMS: Final = ("RS256", "ES384")
AWS_IDENTITY: Final = "AWSIdentity"
USUAL_SECONDS: Final = 300
LONGEST_PAYLOAD: Final = 8192


class OutboundFederationDisabled(ServiceError):
    """The account gives out no tokens."""

    code = "OutboundWebIdentityFederationDisabledException"


class SessionDurationEscalation(ServiceError):
    """The token would outlive the session that asks for it."""

    code = "SessionDurationEscalationException"


class PayloadTooLarge(ServiceError):
    """The token would be too long."""

    code = "JWTPayloadSizeExceededException"


def tokens_disabled() -> OutboundFederationDisabled:
    """Outbound web identity federation is not enabled."""
    return OutboundFederationDisabled(
        "The outbound web identity federation feature is not enabled for this account. To use this feature, you must "
        "first enable it through the Amazon Web Services Management Console or API."
    )


def beyond_the_session() -> SessionDurationEscalation:
    """The duration goes beyond the session's end."""
    return SessionDurationEscalation(
        "The requested token duration would extend the session beyond its original expiration time."
    )


def payload_too_large() -> PayloadTooLarge:
    """Too many or too long tags."""
    return PayloadTooLarge("The requested token payload size exceeds the maximum allowed size.")


def unknown_algorithm(name: str) -> ValidationError:
    """The algorithm is none of the two."""
    return ValidationError(f"SigningAlgorithm {name} is not supported. Valid values are {' and '.join(ALGORITHMS)}.")


def no_origin_identity() -> ValidationError:
    """OriginIdentity, or a scope, which it takes: no session here carries the context of an origin."""
    return ValidationError("The calling session has no trusted identity propagation context with an origin identity.")
