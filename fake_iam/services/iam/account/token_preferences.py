"""The operation on the account's preference for tokens."""

from __future__ import annotations

from fake_iam.domain.account.token_preferences import TokenPreferences
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM


@IAM.operation("SetSecurityTokenServicePreferences")
def set_security_token_service_preferences(ctx: Context, *, global_endpoint_token_version: str) -> None:
    """Choose the version of the global endpoint's tokens. The tokens made here are valid in every region either way."""
    preferences = TokenPreferences(ctx.account.id, global_endpoint_token_version)
    ctx.account.table(TokenPreferences).put(ctx.account.id, preferences)
