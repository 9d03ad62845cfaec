"""Tokens of the account's own issuer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fake_iam.domain.account.outbound_federation import OutboundFederation
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.domain.sts.federation import check_tags
from fake_iam.domain.sts.outbound_tokens import (
    ALGORITHMS,
    AWS_IDENTITY,
    LONGEST_PAYLOAD,
    NAMESPACE,
    USUAL_SECONDS,
    beyond_the_session,
    no_origin_identity,
    payload_too_large,
    tokens_disabled,
    unknown_algorithm,
)
from fake_iam.domain.tags import Tag
from fake_iam.services.access.callers import role_of
from fake_iam.services.access.organizations import organization_of
from fake_iam.services.context import Context
from fake_iam.services.sts.service import STS
from fake_iam.services.sts.token_signing import new_key, signed


@STS.operation("GetWebIdentityToken")
def get_web_identity_token(
    ctx: Context,
    *,
    audience: Sequence[str],
    signing_algorithm: str,
    duration_seconds: int | None = None,
    scope: str | None = None,
    subject_mode: str | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Sign a token that says who the caller is, for somebody else. A session of a role speaks for the role.

    The order of the checks is assumed: the feature, the parameters, the session's end, the size.
    """
    federation = ctx.account.table(OutboundFederation).get(ctx.account.id)
    if federation is None or not federation.enabled:
        raise tokens_disabled()
    if signing_algorithm not in ALGORITHMS:
        raise unknown_algorithm(signing_algorithm)
    if scope is not None or subject_mode not in (None, AWS_IDENTITY):
        raise no_origin_identity()
    check_tags(Tag(tag["Key"], tag["Value"]) for tag in tags)
    expires_at = ctx.now + timedelta(seconds=duration_seconds or USUAL_SECONDS)
    if ctx.caller.session is not None and expires_at > ctx.caller.session.expires_at:
        raise beyond_the_session()
    claims = _claims(ctx, audience, {tag["Key"]: tag["Value"] for tag in tags})
    claims |= {"iss": federation.issuer, "exp": int(expires_at.timestamp())}
    if len(str(claims)) > LONGEST_PAYLOAD:
        raise payload_too_large()
    return {
        "WebIdentityToken": signed(claims, _key(ctx, federation.issuer, signing_algorithm), signing_algorithm),
        "Expiration": expires_at.replace(microsecond=0),
    }


def _claims(ctx: Context, audience: Sequence[str], tags: Mapping[str, str]) -> dict[str, Any]:
    role = role_of(ctx.store, ctx.caller)
    arn = ctx.caller.arn if role is None else role.arn
    organization = organization_of(ctx.store, ctx.account.id)
    own: dict[str, Any] = {"aws_account": ctx.account.id, "principal_id": arn}
    if organization is not None:
        own["org_id"] = organization.id
    if tags:
        own["request_tags"] = dict(tags)
    return {
        "sub": arn,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "iat": int(ctx.now.timestamp()),
        "jti": ctx.ids.uuid(),
        NAMESPACE: own,
    }


def _key(ctx: Context, issuer: str, algorithm: str) -> SigningKey:
    """The key of the issuer for an algorithm, made when it is first needed."""
    name = f"{issuer}#{algorithm}"
    keys = ctx.account.table(SigningKey)
    found = keys.get(name)
    if found is None:
        found = new_key(ctx.account.id, name, algorithm, ctx.now)
        keys.put(name, found)
    return found
