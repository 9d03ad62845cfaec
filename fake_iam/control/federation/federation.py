"""Stands in for identity providers: what they sign verifies at this server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fake_iam.control.federation.web_tokens import set_keys, web_token
from fake_iam.control.given import LEFT_OUT, LeftOut
from fake_iam.domain.clock import SteerableClock
from fake_iam.pipeline.engine import Engine

SUBJECT: Final = "test-user"


class Federation:
    """The identity providers of one server.

    Args:
        engine: the server's inside.
        clock: what dates tokens and assertions.
        changed: called after each change of state.
    """

    def __init__(self, engine: Engine, clock: SteerableClock, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._clock = clock
        self._changed = changed

    def web_identity_token(
        self,
        provider: str,
        *,
        sub: str | None = SUBJECT,
        aud: str | list[str] | None | LeftOut = LEFT_OUT,
        account_id: str | None = None,
        **claims: Any,
    ) -> str:
        """A JSON web token that the provider might have signed; AssumeRoleWithWebIdentity verifies it.

        Args:
            provider: the ARN of an OpenID Connect provider, or its URL. One that no account has signs, too.
            sub: the subject.
            aud: the audience; the provider's first client id, or else sts.amazonaws.com, if left out.
            account_id: the account of a URL; the one that answers if left out.
            claims: further claims; None leaves one out. ``iat`` is now, ``exp`` in an hour; they and ``nbf`` may be
                texts such as ``5 minutes ago``. Those whose names are no Python names come in ``**{"...": ...}``.

        Raises:
            FormatError: a claim cannot be.
            MissingExtra: the extra ``federation`` is not installed.
        """
        given = {"sub": sub, **({} if aud is LEFT_OUT else {"aud": aud}), **claims}
        token = web_token(self._engine.store, self._clock.now(), self._account(account_id), provider, given)
        self._changed()
        return token

    def set_web_identity_keys(
        self, provider: str, *, jwks: Any = None, jwks_url: str | None = None, account_id: str | None = None
    ) -> None:
        """Verify a provider's tokens by the keys of an issuer of your own.

        Args:
            provider: the ARN of an OpenID Connect provider, or its URL.
            jwks: a set of keys (JWKS), as a mapping or as JSON text.
            jwks_url: where on this machine such a set is found; it is fetched for each token.
            account_id: the account of a URL; the one that answers if left out.

        Raises:
            FormatError: there is no such provider, the set is none, or the URL is elsewhere.
        """
        set_keys(self._engine.store, self._account(account_id), provider, jwks, jwks_url)
        self._changed()

    def _account(self, account_id: str | None) -> str:
        return self._engine.account_id if account_id is None else account_id
