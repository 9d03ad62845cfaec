"""Stands in for identity providers: what they sign verifies at this server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.moments import read_moment
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.federation import saml_responses
from fake_iam.control.federation.own_keys import published_keys
from fake_iam.control.federation.saml_responses import ENTITY_ID, SIGN_IN, Saying
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
    """

    def __init__(self, engine: Engine, clock: SteerableClock) -> None:
        self._engine = engine
        self._clock = clock

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
        return web_token(self._engine.store, self._clock.now(), self._account(account_id), provider, given)

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

    def outbound_jwks(self, account_id: str | None = None) -> dict[str, Any]:
        """The public keys of the tokens that GetWebIdentityToken gave out in an account, as AWS would publish them.

        Raises:
            MissingExtra: the extra ``federation`` is not installed.
        """
        return published_keys(self._engine.store.account(self._account(account_id)))

    def saml_metadata(self, entity_id: str = ENTITY_ID, *, account_id: str | None = None) -> str:
        """A SAML metadata document for CreateSAMLProvider, with a key that this server has: ``saml_assertion`` signs.

        Args:
            entity_id: the name by which the identity provider issues assertions.
            account_id: the account whose provider it will be; the one that answers if left out.
        """
        return saml_responses.metadata(self._engine.store, self._clock.now(), self._account(account_id), entity_id)

    def saml_assertion(
        self,
        provider: str,
        *,
        role: str | Sequence[str],
        session_name: str | None = SUBJECT,
        subject: str = SUBJECT,
        subject_format: str = "persistent",
        duration: int | None = None,
        tags: Mapping[str, str] | None = None,
        transitive_tag_keys: Sequence[str] = (),
        source_identity: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        issued: datetime | str | None = None,
        session_until: datetime | str | None = None,
        audience: str | None = SIGN_IN,
        recipient: str = SIGN_IN,
        account_id: str | None = None,
    ) -> str:
        """A SAML response in base64 that the provider might have signed; AssumeRoleWithSAML verifies it.

        Args:
            provider: the ARN or name of a SAML provider whose metadata ``saml_metadata`` made.
            role: the ARN or name of a role, or several, that the subject may have.
            session_name: the attribute RoleSessionName; None leaves it out.
            subject: the subject's name.
            subject_format: persistent, transient, or the whole name of another format.
            duration: the attribute SessionDuration, in seconds.
            tags: an attribute PrincipalTag for each.
            transitive_tag_keys: the attribute TransitiveTagKeys.
            source_identity: the attribute SourceIdentity.
            attributes: further attributes by name; a value is a text or a list of them.
            issued: when the response was issued, such as ``6 minutes ago``; now if left out. It is good for five.
            session_until: when the provider's own session ends, ``SessionNotOnOrAfter``.
            audience: whom the assertion is for; None leaves it out.
            recipient: where it is sent.
            account_id: the account of a name; the one that answers if left out.

        Raises:
            FormatError: there is no such provider, its metadata is not from here, or a field cannot be.
            MissingExtra: the extra ``federation`` is not installed.
        """
        says = Saying(
            roles=[role] if isinstance(role, str) else role,
            session_name=session_name,
            subject=subject,
            subject_format=subject_format,
            recipient=recipient,
            audience=audience,
            duration=duration,
            tags=tags or {},
            transitive_tag_keys=transitive_tag_keys,
            source_identity=source_identity,
            attributes=attributes or {},
            session_until=None if session_until is None else self._moment("session_until", session_until),
        )
        at = self._clock.now() if issued is None else self._moment("issued", issued)
        return saml_responses.response(self._engine.store, self._account(account_id), provider, at, says)

    def _moment(self, name: str, value: datetime | str) -> datetime:
        try:
            return read_moment(value, self._clock.now())
        except ValueError as problem:
            raise FormatError((name,), str(problem)) from None

    def _account(self, account_id: str | None) -> str:
        return self._engine.account_id if account_id is None else account_id
