"""SAML responses as lxml reads and signxml verifies them. Both come with the extra ``federation``.

Responses come from anybody. What is not signed is not looked at, but for the issuer by whose keys it is to be verified.
Document types are refused, entities with them; nothing is fetched; what is nested more than 256 deep is no XML to lxml.
"""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, Final

from fake_iam.domain.errors import NotImplementedHere
from fake_iam.domain.providers.saml_metadata import identity_providers
from fake_iam.domain.providers.saml_providers import REQUIRED, SamlProvider
from fake_iam.domain.sts.saml_identities import (
    UNSPECIFIED,
    Assertion,
    foreign_issuer,
    must_be_encrypted,
    no_base64,
    no_response,
    wrong_signature,
)
from fake_iam.services.sts.encrypted_assertions import decrypted

Element = Any  # lxml has no types
PROTOCOL: Final = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SAML: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"
ENCRYPTED: Final = f"{SAML}EncryptedAssertion"
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
DATE_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def verified(text: str, provider: SamlProvider) -> Assertion:
    """The assertion of a response, given in base64, that the provider signed.

    Raises:
        InvalidIdentityToken: the response is malformed, from somebody else, or not signed by the provider.
        NotImplementedHere: the extra is not installed.
    """
    response = _parsed(_decoded(text))
    if _status(response) != SUCCESS:
        raise no_response()
    if provider.encryption_mode == REQUIRED and response.find(ENCRYPTED) is None:
        raise must_be_encrypted()
    opened = _opened(response, provider)
    assertions = opened.findall(f"{SAML}Assertion")
    if len(assertions) != 1:
        raise no_response()
    certificates = _certificates(provider, _text(assertions[0].find(f"{SAML}Issuer")))
    assertion = _signed(opened, assertions[0], f"./{SAML}Assertion/", certificates)
    if assertion is None:
        assertion = _in_signed_response(response, provider, certificates)
    if assertion is None:
        raise wrong_signature()
    return _read(assertion)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise no_base64() from None


def _parsed(data: bytes) -> Element:
    """A response. Raises InvalidIdentityToken, NotImplementedHere."""
    root = _element(data)
    if root.tag != f"{PROTOCOL}Response":
        raise no_response()
    return root


def _element(data: bytes) -> Element:
    """The root of an XML text that has no document type. Raises InvalidIdentityToken, NotImplementedHere."""
    try:
        from lxml import etree
    except ImportError:
        raise NotImplementedHere.without_extra("federation") from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise no_response() from None
    if root.getroottree().docinfo.doctype:
        raise no_response()
    return root


def _opened(response: Element, provider: SamlProvider) -> Element:
    """The response with an encrypted assertion, if it has one, decrypted in its place. Raises InvalidIdentityToken."""
    encrypted = response.findall(ENCRYPTED)
    if not encrypted:
        return response
    text = decrypted(encrypted[0], provider.private_keys)
    if len(encrypted) > 1 or text is None:
        raise no_response()
    opened = copy.deepcopy(response)
    opened.replace(opened.find(ENCRYPTED), _element(text))
    return opened


def _status(response: Element) -> str | None:
    code = response.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    return None if code is None else code.get("Value")


def _certificates(provider: SamlProvider, issuer: str) -> Sequence[bytes]:
    """The certificates by which the provider's metadata says that the issuer signs. Raises InvalidIdentityToken."""
    described = [each for each in identity_providers(provider.metadata) if each.entity_id == issuer]
    if not described:
        raise foreign_issuer()
    return [certificate for each in described for certificate in each.signing_certificates]


def _in_signed_response(response: Element, provider: SamlProvider, certificates: Sequence[bytes]) -> Element | None:
    """The one assertion of a response that was signed as a whole, after an assertion in it was encrypted."""
    found = _signed(response, response, "./", certificates)
    assertions = [] if found is None else _opened(found, provider).findall(f"{SAML}Assertion")
    return assertions[0] if len(assertions) == 1 else None


def _signed(response: Element, part: Element, location: str, certificates: Sequence[bytes]) -> Element | None:
    """A part of the response as it was signed; ``location`` is where that leads.

    A signature that is good for something else than what it stands in says nothing of that.
    """
    if len(part.findall(SIGNATURE)) != 1:
        return None
    found = (_verified_by(certificate, response, location) for certificate in certificates)
    of_it = (each for each in found if each is not None and (each.tag, each.get("ID")) == (part.tag, part.get("ID")))
    return next(of_it, None)


def _verified_by(der: bytes, response: Element, location: str) -> Element | None:
    """What the signature at that place is good for, by that certificate, whose own time does not count (assumed)."""
    from cryptography import x509
    from lxml.etree import LxmlError
    from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier
    from signxml.exceptions import SignXMLException

    try:
        certificate = x509.load_der_x509_certificate(der)
        taken = SignatureConfiguration(
            location=location,
            signature_methods=frozenset(method for method in SignatureMethod if "HMAC" not in method.name),
            digest_algorithms=frozenset(DigestAlgorithm),
            verification_time=certificate.not_valid_before_utc,
        )
        result = XMLVerifier().verify(response, x509_cert=certificate, expect_config=taken, id_attribute="ID")
    except (SignXMLException, LxmlError, ValueError, TypeError, AttributeError):  # the last two for what is left out
        return None
    return None if isinstance(result, list) else result.signed_xml


def _read(assertion: Element) -> Assertion:
    """What an assertion says. Raises InvalidIdentityToken for one without what it must say."""
    subject = assertion.find(f"{SAML}Subject")
    name = None if subject is None else subject.find(f"{SAML}NameID")
    if name is None:
        raise no_response()
    confirmations = subject.findall(f"{SAML}SubjectConfirmation")
    data = confirmations[0].find(f"{SAML}SubjectConfirmationData") if len(confirmations) == 1 else None
    if data is None or confirmations[0].get("Method") != BEARER:
        raise no_response()
    issued_at, confirmed_until = _moment(assertion, "IssueInstant"), _moment(data, "NotOnOrAfter")
    if issued_at is None or confirmed_until is None or not _text(name):
        raise no_response()
    conditions = assertion.find(f"{SAML}Conditions")
    return Assertion(
        issuer=_text(assertion.find(f"{SAML}Issuer")),
        issued_at=issued_at,
        subject=_text(name),
        subject_format=name.get("Format", UNSPECIFIED),
        recipient=data.get("Recipient", ""),
        confirmed_until=confirmed_until,
        valid_from=_moment(conditions, "NotBefore"),
        valid_until=_moment(conditions, "NotOnOrAfter"),
        session_until=_moment(assertion.find(f"{SAML}AuthnStatement"), "SessionNotOnOrAfter"),
        audiences=tuple(map(_text, assertion.findall(f"{SAML}Conditions/{SAML}AudienceRestriction/{SAML}Audience"))),
        attributes=_attributes(assertion),
    )


def _attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for attribute in assertion.findall(f"{SAML}AttributeStatement/{SAML}Attribute"):
        name = attribute.get("Name", "")
        found[name] = (*found.get(name, ()), *map(_text, attribute.findall(f"{SAML}AttributeValue")))
    return found


def _text(element: Element | None) -> str:
    """All of an element's text, without comments in it, and without white space around it."""
    return "" if element is None else str(element.xpath("string()")).strip()


def _moment(element: Element | None, name: str) -> datetime | None:
    """A date and time in an attribute; in UTC if it has no zone. Raises InvalidIdentityToken for anything else."""
    text = None if element is None else element.get(name)
    if text is None:
        return None
    match = DATE_TIME.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        zone = "+00:00" if match[2] in (None, "Z") else match[2]
        return datetime.fromisoformat(match[1] + zone).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise no_response() from None
