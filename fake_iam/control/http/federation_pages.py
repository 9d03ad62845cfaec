"""The pages that stand in for identity providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_iam.control.documents.format import Field, ListOf, MapOf, Number, Record, Schema, Text
from fake_iam.control.documents.moments import write_moment
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.federation.federation import Federation
from fake_iam.control.federation.key_sets import KeySet
from fake_iam.control.federation.service_roles import ServiceRoles
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


@dataclass(frozen=True)
class TextOrNull:
    """A text, or null."""

    def read(self, value: Any, where: Where) -> str | None:
        """The text, or None. Raises FormatError."""
        return None if value is None else Text().read(value, where)

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": ["string", "null"]}


@dataclass(frozen=True)
class OneOrMany:
    """A text, or a list of texts."""

    def read(self, value: Any, where: Where) -> str | list[str]:
        """The text, or a list of them. Raises FormatError."""
        return ListOf(Text()).read(value, where) if isinstance(value, list) else Text().read(value, where)

    def schema(self) -> Schema:
        """Its JSON Schema."""
        return {"type": ["string", "array"], "items": {"type": "string"}}


def federation_pages(federation: Federation, service_roles: ServiceRoles) -> list[Page]:
    """The pages."""
    return [*_web_identity_pages(federation), *_saml_pages(federation), _service_page(service_roles)]


def _service_page(service_roles: ServiceRoles) -> Page:
    def taken_on(asked: Asked) -> Document:
        made = service_roles.assume_role_as(**asked.fields)
        credentials = made["Credentials"]
        return {**made, "Credentials": {**credentials, "Expiration": write_moment(credentials["Expiration"])}}

    return Page(
        "POST",
        "assume-role-as",
        "Let a service of AWS take on a role: what AssumeRole answers it.",
        taken_on,
        Record(
            {
                "service": Field(Text(), "the service principal, such as ec2.amazonaws.com", required=True),
                "role": Field(Text(), "the ARN or name of a role, or the ARN of an instance profile", required=True),
                "session_name": Field(Text(), "the name of the session: EC2's is the instance's id", required=True),
                "duration": Field(Number(0, 1_000_000), "in seconds; an hour if left out"),
                "tags": Field(MapOf(Text(), Text()), "session tags"),
                "transitive_tag_keys": Field(ListOf(Text()), "the keys of those that are passed on"),
                "source_identity": Field(Text(), "the source identity"),
                "external_id": Field(Text(), "the condition key sts:ExternalId"),
                "policy": Field(Text(), "a session policy"),
                "source_arn": Field(Text(), "the condition key aws:SourceArn"),
                "source_account": Field(Text(), "the condition key aws:SourceAccount"),
                "context": Field(MapOf(Text(), OneOrMany()), "further condition keys"),
                "account_id": Field(Text(), "the account of a name; the one that answers if left out"),
            }
        ),
    )


def _web_identity_pages(federation: Federation) -> list[Page]:
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
            "GET",
            "outbound-jwks",
            "The public keys (JWKS) of the tokens that GetWebIdentityToken gave out in an account.",
            lambda asked: federation.outbound_jwks(asked.query.get("account_id")),
            query={"account_id": "the account; the one that answers if left out"},
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


def _saml_pages(federation: Federation) -> list[Page]:
    moment = Raw(Text())
    return [
        Page(
            "POST",
            "saml-metadata",
            "A SAML metadata document for CreateSAMLProvider, with a key that this server has.",
            lambda asked: {"metadata": federation.saml_metadata(**asked.fields)},
            Record(
                {
                    "entity_id": Field(Text(), "the name by which the identity provider issues assertions"),
                    "account_id": Field(Text(), "the account whose provider it will be"),
                }
            ),
        ),
        Page(
            "POST",
            "saml-assertion",
            "A SAML response in base64 that the provider might have signed; AssumeRoleWithSAML verifies it.",
            lambda asked: {"assertion": federation.saml_assertion(**asked.fields)},
            Record(
                {
                    "provider": Field(
                        Text(), "the ARN or name of a SAML provider whose metadata is from saml-metadata", required=True
                    ),
                    "role": Field(OneOrMany(), "the ARN or name of a role, or a list of them", required=True),
                    "session_name": Field(TextOrNull(), "the attribute RoleSessionName; null leaves it out", null=True),
                    "subject": Field(Text(), "the subject's name"),
                    "subject_format": Field(Text(), "persistent, transient, or the whole name of another format"),
                    "duration": Field(Number(0, 1_000_000), "the attribute SessionDuration, in seconds"),
                    "tags": Field(MapOf(Text(), Text()), "an attribute PrincipalTag for each"),
                    "transitive_tag_keys": Field(ListOf(Text()), "the attribute TransitiveTagKeys"),
                    "source_identity": Field(Text(), "the attribute SourceIdentity"),
                    "attributes": Field(MapOf(Text(), OneOrMany()), "further attributes by name"),
                    "issued": Field(moment, 'when the response was issued, such as "6 minutes ago"'),
                    "session_until": Field(moment, "when the provider's own session ends"),
                    "audience": Field(TextOrNull(), "whom the assertion is for; null leaves it out", null=True),
                    "recipient": Field(Text(), "where it is sent"),
                    "account_id": Field(Text(), "the account of a name; the one that answers if left out"),
                }
            ),
        ),
    ]
