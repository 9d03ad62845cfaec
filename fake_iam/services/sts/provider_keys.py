"""The public keys of OpenID Connect providers: this server's own, those given to it, and those found on this machine.

Nothing is ever fetched from elsewhere, whatever a provider's URL, a redirect or a discovery document says.
"""

from __future__ import annotations

import json
from typing import Any, Final

from fake_iam.domain.loopback import is_loopback_url
from fake_iam.domain.providers.key_sets import read_key_set
from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.services.sts.web_tokens import Key, public_key
from fake_iam.store.base import Account

DISCOVERY: Final = "/.well-known/openid-configuration"
SECONDS: Final = 5
LIMIT: Final = 1_000_000  # bytes


def stored_key_sets(account: Account, issuer: str, provider: OidcProvider | None) -> list[list[Key]]:
    """The keys of an issuer that are kept, a set from each place; ``provider`` is None for a well-known issuer."""
    own = account.table(SigningKey).get(issuer)
    given = provider.jwks if provider is not None else None
    return [
        *([] if own is None else [[public_key(own)]]),
        *([] if given is None else [read_key_set(given)]),
    ]


def fetched_keys(issuer: str, provider: OidcProvider) -> list[Key]:
    """The keys of an issuer that a server on this machine has, which may take its time."""
    if provider.jwks_url is not None:
        return _fetched_keys(provider.jwks_url)
    return _discovered_keys(f"https://{issuer}") if is_loopback_url(f"https://{issuer}") else []


def _discovered_keys(issuer: str) -> list[Key]:
    try:
        document = json.loads(_fetch(issuer.rstrip("/") + DISCOVERY))
    except (ValueError, RecursionError, OSError):
        return []
    url = document.get("jwks_uri") if isinstance(document, dict) else None
    return _fetched_keys(url) if isinstance(url, str) else []


def _fetched_keys(url: str) -> list[Key]:
    try:
        return read_key_set(_fetch(url))
    except (ValueError, OSError):
        return []


def _fetch(url: str) -> bytes:
    """What a server on this machine has there; its certificate is anybody's.

    Raises:
        ValueError: it is elsewhere, or answers too much, or no HTTP.
        OSError: it does not answer, or refuses.
    """
    import ssl  # here, since few providers are on this machine
    import urllib.request
    from http.client import HTTPException

    if not is_loopback_url(url):
        raise ValueError(f"{url} is not on this machine")
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting), _no_redirects()
    )
    try:
        with opener.open(url, timeout=SECONDS) as answer:
            text: bytes = answer.read(LIMIT + 1)
    except HTTPException as problem:
        raise ValueError(str(problem)) from None
    if len(text) > LIMIT:
        raise ValueError(f"{url} answers more than {LIMIT} bytes")
    return text


def _no_redirects() -> Any:
    from urllib.request import HTTPRedirectHandler

    class NoRedirects(HTTPRedirectHandler):
        """Leaves a redirect to be raised as an error."""

        def redirect_request(self, *_: Any) -> None:
            """Nowhere."""

    return NoRedirects()
