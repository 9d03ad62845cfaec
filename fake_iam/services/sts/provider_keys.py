"""The public keys of OpenID Connect providers: this server's own, those given to it, and those found on this machine.

Nothing is ever fetched from elsewhere, whatever a provider's URL, a redirect or a discovery document says.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from fake_iam.domain.loopback import is_loopback_url
from fake_iam.domain.providers.key_sets import read_key_set
from fake_iam.domain.providers.oidc_providers import OidcProvider
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.services.sts.web_tokens import Key, public_key
from fake_iam.store.base import Account

if TYPE_CHECKING:
    from http.client import HTTPConnection

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
    """What a server on this machine has there; its certificate is anybody's, and a redirect is followed nowhere.

    Raises:
        ValueError: it is elsewhere, or answers too much, or no HTTP.
        OSError: it does not answer in time, or refuses.
    """
    from http.client import HTTPException  # here, since few providers are on this machine

    if not is_loopback_url(url):
        raise ValueError(f"{url} is not on this machine")
    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
    connection = _connection(parts.scheme, parts.netloc.rpartition("@")[2])
    try:
        connection.connect()
        with _ended_in_time(connection.sock):
            connection.request("GET", target)
            answer = connection.getresponse()
            text: bytes = answer.read(LIMIT + 1)
    except HTTPException as problem:
        raise ValueError(str(problem)) from None
    finally:
        connection.close()
    if answer.status != 200 or len(text) > LIMIT:
        raise ValueError(f"{url} answers {answer.status} and {len(text)} bytes")
    return text


def _connection(scheme: str, host: str) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection
    from ssl import CERT_NONE, create_default_context

    if scheme == "http":
        return HTTPConnection(host, timeout=SECONDS)
    trusting = create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = CERT_NONE
    return HTTPSConnection(host, timeout=SECONDS, context=trusting)


@contextmanager
def _ended_in_time(connected: socket.socket) -> Iterator[None]:
    """Ends what a connection receives after so many seconds in all: a timeout is of each piece."""

    def end() -> None:
        with suppress(OSError):  # which has been closed meanwhile
            socket.socket.shutdown(connected, socket.SHUT_RD)  # without a word of TLS, which takes two

    timer = threading.Timer(SECONDS, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
