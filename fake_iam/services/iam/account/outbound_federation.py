"""Operations on outbound web identity federation, by which STS gives out tokens of the account's own issuer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fake_iam.domain.account.outbound_federation import (
    OutboundFederation,
    federation_disabled,
    federation_enabled,
    issuer_url,
)
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM


def federation_of(ctx: Context) -> OutboundFederation | None:
    """The account's federation, if it has ever been enabled."""
    return ctx.account.table(OutboundFederation).get(ctx.account.id)


def enabled_federation(ctx: Context) -> OutboundFederation:
    """The account's federation, if it is enabled. Raises FeatureDisabled."""
    federation = federation_of(ctx)
    if federation is None or not federation.enabled:
        raise federation_disabled()
    return federation


@IAM.operation("EnableOutboundWebIdentityFederation")
def enable_outbound_web_identity_federation(ctx: Context) -> dict[str, Any]:
    """Let principals have tokens of the account's issuer, which is made the first time."""
    federation = federation_of(ctx)
    if federation is not None and federation.enabled:
        raise federation_enabled()
    issuer = issuer_url(ctx.ids.uuid()) if federation is None else federation.issuer
    ctx.account.table(OutboundFederation).put(ctx.account.id, OutboundFederation(ctx.account.id, issuer, enabled=True))
    return {"IssuerIdentifier": issuer}


@IAM.operation("DisableOutboundWebIdentityFederation")
def disable_outbound_web_identity_federation(ctx: Context) -> None:
    """Give out no tokens any more."""
    federation = enabled_federation(ctx)
    ctx.account.table(OutboundFederation).put(ctx.account.id, replace(federation, enabled=False))


@IAM.operation("GetOutboundWebIdentityFederationInfo")
def get_outbound_web_identity_federation_info(ctx: Context) -> dict[str, Any]:
    """Show the issuer while the feature is enabled; JwtVendingEnabled is never false (assumed, from the errors)."""
    federation = enabled_federation(ctx)
    return {"IssuerIdentifier": federation.issuer, "JwtVendingEnabled": federation.enabled}
