"""The pages that stand in for identity providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_iam.control.documents.format import Field, Record, Schema, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.federation.federation import Federation
from fake_iam.control.federation.key_sets import KeySet
from fake_iam.control.http.page import Asked, Document, Page, Raw, done

ACCOUNT = Field(Text(), "the account of a URL; the one that answers if left out")
PROVIDER = Field(Text(), "the ARN of an OpenID Connect provider, or its URL", required=True)


@dataclass(frozen=True)
class Claims:
    """Any claims by name."""

    def read(self, value: Any, where: Where) -> dict[str, Any]:
        """The mapping. Raises FormatError."""
        if not isinstance(value, dict):
            raise FormatError(where, f"{value!r} is no mapping")
        return {str(name): item for name, item in value.items()}

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": "object"}


def federation_pages(federation: Federation) -> list[Page]:
    """The pages."""

    def token(asked: Asked) -> Document:
        fields = dict(asked.fields)
        claims = fields.pop("claims", {})
        reserved = sorted({"provider", "account_id"} & set(claims))
        if reserved:
            raise FormatError(("claims", reserved[0]), "is no claim")
        return {"token": federation.web_identity_token(**fields, **claims)}

    return [
        Page(
            "POST",
            "web-identity-token",
            "A JSON web token that the provider might have signed; AssumeRoleWithWebIdentity verifies it.",
            token,
            Record(
                {
                    "provider": PROVIDER,
                    "claims": Field(
                        Claims(),
                        "claims by name, sub and aud too; null leaves one out that is there otherwise, and "
                        'exp, iat and nbf may be texts such as "5 minutes ago"',
                    ),
                    "account_id": ACCOUNT,
                }
            ),
        ),
        Page(
            "POST",
            "web-identity-keys",
            "Verify a provider's tokens by the keys of an issuer of your own.",
            done(lambda asked: federation.set_web_identity_keys(**asked.fields)),
            Record(
                {
                    "provider": PROVIDER,
                    "jwks": Field(Raw(KeySet()), "a set of keys (JWKS), as a mapping or as JSON text"),
                    "jwks_url": Field(Raw(Text()), "where on this machine such a set is found"),
                    "account_id": ACCOUNT,
                }
            ),
        ),
    ]
