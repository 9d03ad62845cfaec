"""SAML metadata and responses, made in the place of an identity provider."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from fake_iam.control.documents.moments import write_moment
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.federation.key_pairs import MissingExtra, signing_key
from fake_iam.domain import arns
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.providers.saml_metadata import identity_providers
from fake_iam.domain.providers.saml_providers import SamlProvider
from fake_iam.domain.providers.signing_keys import SigningKey
from fake_iam.store.base import Account, Store

ENTITY_ID: Final = "https://idp.example.com/saml"
SIGN_IN: Final = "https://signin.aws.amazon.com/saml"
ATTRIBUTES: Final = "https://aws.amazon.com/SAML/Attributes"
NAME_FORMATS: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
LIFETIME: Final = timedelta(minutes=5)
PROVIDER_ARN: Final = r"arn:[^:]+:iam::(\d{12}):saml-provider/.+"
ROLE_ARN: Final = r"arn:[^:]+:iam::\d{12}:role/.+"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What a response is to say. ``session_until`` is when the provider's own session ends."""

    roles: Sequence[str]
    session_name: str | None
    subject: str
    subject_format: str
    recipient: str
    audience: str | None
    duration: int | None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: Sequence[str] = ()
    source_identity: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    session_until: datetime | None = None


def metadata(store: Store, now: datetime, account_id: str, entity_id: str) -> str:
    """A metadata document of an identity provider whose key this server has."""
    account = store.account(account_id)
    with store.transaction():
        key = signing_key(account, entity_id, now)
    certificate = "".join(line for line in key.certificate.splitlines() if not line.startswith("-----"))
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        f' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID={quoteattr(entity_id)}>'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        f"{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f"<md:NameIDFormat>{NAME_FORMATS}persistent</md:NameIDFormat>"
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"'
        f" Location={quoteattr(entity_id)}/></md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def response(store: Store, account_id: str, named: str, issued_at: datetime, says: Saying) -> str:
    """A response of a provider, by its ARN or name, in base64; its assertion is signed.

    Raises:
        FormatError: there is no such provider, or its metadata is not this server's.
        MissingExtra: signxml is not installed.
    """
    found = re.fullmatch(PROVIDER_ARN, named, re.ASCII)
    account = store.account(account_id if found is None else found[1])
    table = account.table(SamlProvider)
    provider = table.get(named) if found is not None else table.find("name", name_key(named))
    if provider is None:
        raise FormatError(("provider",), f"{named!r} is no SAML provider in account {account.id}")
    key = _key(account, provider)
    return base64.b64encode(_signed(_document(provider, key.issuer, issued_at, says), key)).decode()


def _key(account: Account, provider: SamlProvider) -> SigningKey:
    """The key that the provider's metadata is of. Raises FormatError."""
    for described in identity_providers(provider.metadata):
        key = account.table(SigningKey).get(described.entity_id)
        if key is not None and _der(key) in described.signing_certificates:
            return key
    raise FormatError(("provider",), f"the metadata of {provider.name!r} is not from here: make it by saml_metadata")


def _der(key: SigningKey) -> bytes:
    return base64.b64decode("".join(line for line in key.certificate.splitlines() if not line.startswith("-----")))


def _document(provider: SamlProvider, issuer: str, at: datetime, says: Saying) -> str:
    """A response that is not signed yet. Its ids follow from what it says."""
    issued, until = write_moment(at.replace(microsecond=0)), write_moment((at + LIFETIME).replace(microsecond=0))
    digest = hashlib.sha256(f"{provider.arn} {at.isoformat()} {says}".encode()).hexdigest()
    ends = "" if says.session_until is None else f' SessionNotOnOrAfter="{write_moment(says.session_until)}"'
    audience = "" if says.audience is None else f"<saml:Audience>{escape(says.audience)}</saml:Audience>"
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>'
    return (
        '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
        ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
        f' ID="_r{digest[:32]}" Version="2.0" IssueInstant="{issued}" Destination={quoteattr(says.recipient)}>'
        f"<saml:Issuer>{escape(issuer)}</saml:Issuer>"
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f'<saml:Assertion ID="_a{digest[:32]}" Version="2.0" IssueInstant="{issued}">'
        f"<saml:Issuer>{escape(issuer)}</saml:Issuer>{signature}"
        f"<saml:Subject><saml:NameID Format={quoteattr(_format(says.subject_format))}>{escape(says.subject)}"
        '</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient={quoteattr(says.recipient)}/>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:Conditions NotBefore="{issued}" NotOnOrAfter="{until}">'
        f"<saml:AudienceRestriction>{audience}</saml:AudienceRestriction></saml:Conditions>"
        f'<saml:AuthnStatement AuthnInstant="{issued}"{ends}><saml:AuthnContext><saml:AuthnContextClassRef>'
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
        "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        f"<saml:AttributeStatement>{''.join(_attributes(provider, says))}</saml:AttributeStatement>"
        "</saml:Assertion></samlp:Response>"
    )


def _format(name: str) -> str:
    """The whole name of a subject's format, of which ``persistent`` and its like are short forms."""
    return name if ":" in name else NAME_FORMATS + name


def _attributes(provider: SamlProvider, says: Saying) -> Iterator[str]:
    roles = [_role_arn(provider, role) for role in says.roles]
    yield _attribute(f"{ATTRIBUTES}/Role", [f"{role},{provider.arn}" for role in roles])
    yield _attribute(f"{ATTRIBUTES}/RoleSessionName", [] if says.session_name is None else [says.session_name])
    yield _attribute(f"{ATTRIBUTES}/SessionDuration", [] if says.duration is None else [str(says.duration)])
    yield from (_attribute(f"{ATTRIBUTES}/PrincipalTag:{key}", [value]) for key, value in says.tags.items())
    yield _attribute(f"{ATTRIBUTES}/TransitiveTagKeys", says.transitive_tag_keys)
    yield _attribute(f"{ATTRIBUTES}/SourceIdentity", [] if says.source_identity is None else [says.source_identity])
    for name, value in says.attributes.items():
        yield _attribute(name, [value] if isinstance(value, str) else value)


def _role_arn(provider: SamlProvider, role: str) -> str:
    """The ARN, which may be given by the role's name alone."""
    is_arn = re.fullmatch(ROLE_ARN, role, re.ASCII) is not None
    return role if is_arn else arns.role(provider.partition, provider.account_id, "/", role)


def _attribute(name: str, values: Iterable[str]) -> str:
    """An attribute, or nothing if it has no value."""
    texts = "".join(f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue>" for value in values)
    return f"<saml:Attribute Name={quoteattr(name)}>{texts}</saml:Attribute>" if texts else ""


def _signed(document: str, key: SigningKey) -> bytes:
    try:
        from lxml import etree
        from signxml import XMLSigner
    except ImportError:
        raise MissingExtra from None
    try:
        root = etree.fromstring(document.encode())
    except (etree.XMLSyntaxError, ValueError) as problem:  # a character that XML does not have
        raise FormatError((), str(problem)) from None
    assertion = root.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    signer = XMLSigner(c14n_algorithm=EXCLUSIVE)
    reference = assertion.get("ID")
    signed = signer.sign(assertion, key=key.pem, cert=key.certificate, reference_uri=reference, id_attribute="ID")
    root.replace(assertion, signed)
    text: bytes = etree.tostring(root)
    return text
