"""An identity provider of SAML with a key of its own, which signs what a case makes up."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from signxml import XMLSigner

from conformance.material import Certified, certify, saml_metadata

SIGN_IN: Final = "https://signin.aws.amazon.com/saml"
ATTRIBUTES: Final = "https://aws.amazon.com/SAML/Attributes"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ASSERTION: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}Assertion"


@dataclass(frozen=True)
class SamlIssuer:
    """The provider. It may sign with another key than its metadata says."""

    entity_id: str
    key: Certified = field(default_factory=certify)

    @property
    def metadata(self) -> str:
        """What the account is told of it."""
        return saml_metadata(self.entity_id, self.key.der)

    def response(
        self,
        attributes: Mapping[str, Iterable[str]],
        *,
        subject: str = "alice",
        audience: str = SIGN_IN,
        issuer: str | None = None,
        age: timedelta = timedelta(),
        key: Certified | None = None,
    ) -> str:
        """A response in base64 whose assertion is signed."""
        at = datetime.now(timezone.utc) - age
        now, until = f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        issued_by = f"<saml:Issuer>{escape(issuer or self.entity_id)}</saml:Issuer>"
        said = "".join(_attribute(name, values) for name, values in attributes.items())
        root = etree.fromstring(
            '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
            f' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="{now}"'
            f' Destination="{SIGN_IN}">{issued_by}<samlp:Status>'
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f'<saml:Assertion ID="_a" Version="2.0" IssueInstant="{now}">{issued_by}'
            '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>'
            f'<saml:Subject><saml:NameID Format="{PERSISTENT}">{escape(subject)}</saml:NameID>'
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{SIGN_IN}"/>'
            f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{now}" NotOnOrAfter="{until}">'
            f"<saml:AudienceRestriction><saml:Audience>{escape(audience)}</saml:Audience>"
            f'</saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{now}">'
            "<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{said}</saml:AttributeStatement></saml:Assertion></samlp:Response>".encode()
        )
        assertion = root.find(ASSERTION)
        by = key or self.key
        signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
        signed = signer.sign(assertion, key=by.key, cert=by.body, reference_uri="_a", id_attribute="ID")
        root.replace(assertion, signed)
        return base64.b64encode(etree.tostring(root)).decode()


def _attribute(name: str, values: Iterable[str]) -> str:
    texts = "".join(f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue>" for value in values)
    return f"<saml:Attribute Name={quoteattr(name)}>{texts}</saml:Attribute>"
