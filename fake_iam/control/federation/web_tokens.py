"""Web identity tokens, signed in the place of an OpenID Connect provider, and the keys of providers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.moments import read_moment, read_span
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.federation.key_pairs import MissingExtra, signing_key
from fake_iam.control.federation.key_sets import KeySet, LoopbackUrl
from fake_iam.domain import arns
from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.store.base import Account, Store

SCHEME: Final = "https://"
PROVIDER_ARN: Final = r"arn:[^:]+:iam::(\d{12}):oidc-provider/(.+)"
DATES: Final = ("exp", "iat", "nbf")
LIFETIME: Final = "1 hour"
AUDIENCE: Final = "sts.amazonaws.com"


def web_token(
    store: Store,
    now: datetime,
    account_id: str,
    provider: str,
    claims: Mapping[str, Any],
) -> str:
    """A token of a provider, by its ARN or URL, that verifies at this server. A claim of None is left out.

    Dates may be texts such as ``5 minutes ago``. A provider that no account has signs, too, and nobody trusts it.

    Raises:
        FormatError: a claim cannot be.
        MissingExtra: PyJWT is not installed.
    """
    account, issuer = _named(store, account_id, provider)
    with store.transaction():
        key = signing_key(account, issuer, now)
        row = _row(account, issuer)
    issued, until = int(now.timestamp()), int((now + read_span(LIFETIME)).timestamp())
    audience = row.client_ids[0] if row is not None and row.client_ids else AUDIENCE
    usual = {"iss": f"{SCHEME}{issuer}", "aud": audience, "iat": issued, "exp": until}
    given = {name: _dated(name, value, now) for name, value in claims.items()}
    return _signed(key, {name: value for name, value in {**usual, **given}.items() if value is not None})


def set_keys(store: Store, account_id: str, provider: str, jwks: Any, jwks_url: str | None) -> None:
    """Verify a provider's tokens by a set of keys, or by what is found at a URL on this machine, from now on.

    Raises FormatError for a set that is none, a URL elsewhere, and a provider that no account has.
    """
    text = None if jwks is None else KeySet().read(jwks, ("jwks",))
    url = None if jwks_url is None else LoopbackUrl().read(jwks_url, ("jwks_url",))
    account, issuer = _named(store, account_id, provider)
    with store.transaction():
        row = _row(account, issuer)
        if row is None:
            raise FormatError(("provider",), f"{provider!r} is no OpenID Connect provider in account {account.id}")
        account.table(OidcProvider).put(row.arn, replace(row, jwks=text, jwks_url=url))


def _named(store: Store, account_id: str, provider: str) -> tuple[Account, str]:
    """The account and the issuer that an ARN, a URL or the URL without its scheme is of. Raises FormatError."""
    named = re.fullmatch(PROVIDER_ARN, provider, re.ASCII)
    if named is not None:
        return store.account(named[1]), named[2]
    issuer = provider.removeprefix(SCHEME)
    if not issuer or "://" in issuer or arns.is_arn(provider):
        raise FormatError(("provider",), f"{provider!r} is neither the ARN of an OpenID Connect provider nor its URL")
    return store.account(account_id), issuer


def _row(account: Account, issuer: str) -> OidcProvider | None:
    """The provider of that issuer, in whatever partition."""
    rows = (row for _, row in account.table(OidcProvider).items() if row.issuer == issuer)
    return next(rows, None)


def _dated(name: str, value: Any, now: datetime) -> Any:
    if name not in DATES or not isinstance(value, str | datetime):
        return value
    try:
        return int(read_moment(value, now).timestamp())
    except ValueError as problem:
        raise FormatError((name,), str(problem)) from None


def _signed(key: SigningKey, claims: Mapping[str, Any]) -> str:
    try:
        import jwt
    except ImportError:
        raise MissingExtra from None
    try:
        payload = json.dumps(claims).encode()
    except (TypeError, ValueError) as problem:
        raise FormatError(("claims",), str(problem)) from None
    return jwt.PyJWS().encode(payload, key.pem, algorithm="RS256", headers={"kid": key.id})
