"""Outbound web identity federation: whether the account's principals may have tokens for other parties, and whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fake_iam.domain.errors import ServiceError

# The issuers that people published are a UUID of version 4 that begins with a1, as does the API reference's example.
ISSUER_START: Final = "a1"
ISSUER_DOMAIN: Final = "tokens.sts.global.api.aws"


class FeatureEnabled(ServiceError):
    """The feature is on already."""

    code = "FeatureEnabled"


class FeatureDisabled(ServiceError):
    """The feature is off."""

    code = "FeatureDisabled"


@dataclass(frozen=True, slots=True)
class OutboundFederation:
    """The account's issuer of tokens. It has one since it first enabled the feature, and keeps it (assumed)."""

    account_id: str
    issuer: str
    enabled: bool


def issuer_url(uuid: str) -> str:
    """The URL of the issuer that the UUID is for, with its own beginning. Assumed: it is the same in all partitions."""
    return f"https://{ISSUER_START}{uuid[len(ISSUER_START) :]}.{ISSUER_DOMAIN}"


# Assumed: the sentences of the service model's documentation. AWS's own texts are not known.


def federation_enabled() -> FeatureEnabled:
    """It is enabled already."""
    return FeatureEnabled(
        "The request failed because outbound identity federation is already enabled for your Amazon Web Services "
        "account."
    )


def federation_disabled() -> FeatureDisabled:
    """It is disabled, or was never enabled. One text for all operations."""
    return FeatureDisabled(
        "The request failed because outbound identity federation is already disabled for your Amazon Web Services "
        "account."
    )
