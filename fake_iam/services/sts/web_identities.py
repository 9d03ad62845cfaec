"""Taking on roles by the token of an OpenID Connect provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.sts.web_identities import (
    OAUTH_PROVIDERS,
    SCHEME,
    WELL_KNOWN,
    WebIdentity,
    audience_of,
    check_claims,
    issuer_in,
    provider_unreachable,
    unknown_issuer,
    unknown_provider_id,
)
from fake_iam.services.context import Context
from fake_iam.services.sts.provider_keys import fetched_keys, stored_key_sets
from fake_iam.services.sts.role_sessions import Asked, account_of_role, begin_federated, known_account
from fake_iam.services.sts.service import STS
from fake_iam.services.sts.web_tokens import Key, WebToken, is_verified, read_token, verify
from fake_iam.store.base import Account

OPERATION = "AssumeRoleWithWebIdentity"


class Presented(NamedTuple):
    """A token that is not verified yet: its issuer, without the scheme, and what the role's account knows of that."""

    token: WebToken
    issuer: str
    account: Account
    provider_arn: str
    provider: OidcProvider | None


@STS.operation(OPERATION)
def assume_role_with_web_identity(
    ctx: Context,
    *,
    role_arn: str,
    role_session_name: str,
    web_identity_token: str,
    provider_id: str | None = None,
    policy_arns: Sequence[Mapping[str, str]] = (),
    policy: str | None = None,
    duration_seconds: int | None = None,
    minimum_session_token_size: int = 0,
) -> dict[str, Any]:
    """Make temporary credentials of a role for the subject of a token that the role's account can verify.

    The order of the checks is assumed: form, provider, signature, time, audience, trust, duration, session policies.
    """
    if provider_id is not None:
        raise provider_unreachable() if provider_id in OAUTH_PROVIDERS else unknown_provider_id()
    identity, provider = _identified(ctx, web_identity_token, role_arn)
    return {
        **begin_federated(
            ctx,
            OPERATION,
            role_arn,
            role_session_name,
            provider,
            identity.session(),
            Asked(duration_seconds, policy, tuple(member["arn"] for member in policy_arns if "arn" in member)),
            minimum_session_token_size,
            keys=identity.keys(),
            kept=identity.kept_keys(),
        ),
        "SubjectFromWebIdentityToken": identity.subject,
        "Provider": provider,
        "Audience": identity.audience,
    }


def _presented(ctx: Context, text: str, role_arn: str) -> Presented:
    """Read a token and find its provider. Raises ValidationError, InvalidIdentityToken."""
    account_id = account_of_role(role_arn)
    token = read_token(text)
    written = issuer_in(token.claims)
    issuer = written.removeprefix(SCHEME)
    account = known_account(ctx, account_id)
    provider_arn = arns.oidc_provider(arns.partition_of(role_arn), account_id, issuer)
    provider = account.table(OidcProvider).get(provider_arn) if account is not None else None
    if account is None or (provider is None and issuer not in WELL_KNOWN):
        raise unknown_issuer(written)
    return Presented(token, issuer, account, provider_arn, provider)


def _identified(ctx: Context, text: str, role_arn: str) -> tuple[WebIdentity, str]:
    """Whom a token is about, and what trust policies call the provider that says so.

    Raises ValidationError, InvalidIdentityToken, ExpiredIdentityToken.
    """
    token, issuer, account, provider_arn, provider = _presented(ctx, text, role_arn)
    stored = stored_key_sets(account, issuer, provider)
    fetched = [] if provider is None or is_verified(token, stored) else _fetched(ctx, issuer, provider)
    verify(token, [*stored, fetched])
    check_claims(token.claims, ctx.now)
    audience = audience_of(token.claims, None if provider is None else provider.client_ids)
    identity = WebIdentity(issuer, token.claims["sub"], audience, token.claims)
    return identity, issuer if provider is None else provider_arn


def _fetched(ctx: Context, issuer: str, provider: OidcProvider) -> list[Key]:
    """The keys that the provider has on this machine; none if it was changed while they were fetched."""
    asked, keys = ctx.without_lock(lambda: (provider, fetched_keys(issuer, provider)))
    return keys if asked == provider else []
