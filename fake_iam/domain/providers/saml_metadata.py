"""SAML metadata: which identity providers a document describes, and by which certificates they sign.

Documents come from anybody. They are read once from front to back, by a parser that keeps to the text: a document type,
and with it every entity, is refused, and nothing is fetched.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from fake_iam.domain.errors import InvalidInput

METADATA: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE: Final = "http://www.w3.org/2000/09/xmldsig#"
ENTITIES: Final = f"{METADATA} EntitiesDescriptor"
ENTITY: Final = f"{METADATA} EntityDescriptor"
IDENTITY_PROVIDER: Final = f"{METADATA} IDPSSODescriptor"
KEY: Final = f"{METADATA} KeyDescriptor"
KEY_INFO: Final = f"{SIGNATURE} KeyInfo"
X509_DATA: Final = f"{SIGNATURE} X509Data"
CERTIFICATE: Final = f"{SIGNATURE} X509Certificate"
# Which elements lead to a certificate, each with those that it stands in (SAML V2.0 Metadata, 2.3 and 2.4; XML
# Signature, 4.5). The document itself has the empty name.
STANDS_IN: Final[Mapping[str, tuple[str, ...]]] = {
    ENTITIES: ("", ENTITIES),
    ENTITY: ("", ENTITIES),
    IDENTITY_PROVIDER: (ENTITY,),
    KEY: (IDENTITY_PROVIDER,),
    KEY_INFO: (KEY,),
    X509_DATA: (KEY_INFO,),
    CERTIFICATE: (X509_DATA,),
}
BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An identity provider of a document: the name by which it issues assertions, and its certificates in DER.

    A certificate whose use is not stated is for signing, too.
    """

    entity_id: str
    signing_certificates: tuple[bytes, ...]
    other_certificates: tuple[bytes, ...] = ()


def identity_providers(document: str) -> tuple[IdentityProvider, ...]:
    """The identity providers of a metadata document, of which one signs at least. Raises InvalidInput for any other."""
    if document.startswith(BYTE_ORDER_MARK):
        raise unparsable_metadata()
    reader = _Reader()
    try:
        reader.read(document)
    except (expat.ExpatError, ValueError):  # no XML; no Unicode, or no base64
        raise unparsable_metadata() from None
    if not any(provider.signing_certificates for provider in reader.found):
        raise unparsable_metadata()
    return tuple(reader.found)


def unparsable_metadata() -> InvalidInput:
    """The text is no metadata of an identity provider that signs (IAM User Guide, Troubleshoot SAML federation).

    The guide says when (Create a SAML identity provider in IAM): a byte order mark, a key of less than 1024 bits, an
    extension of a certificate that is repeated. Without a full stop, as AWS was seen to answer (plantonhq/planton).
    """
    return InvalidInput("Could not parse metadata")


class _Reader:
    """Follows the elements that lead to a certificate, and passes over what stands in any other."""

    def __init__(self) -> None:
        self.found: list[IdentityProvider] = []
        self._path = [""]
        self._passed_over = 0  # how deep it is in an element that leads nowhere
        self._entity_id = ""
        self._signs = False
        self._signing: list[bytes] = []
        self._other: list[bytes] = []
        self._text: list[str] = []

    def read(self, document: str) -> None:
        """Read it all. Raises what expat raises, and InvalidInput."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_document_type
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read_text
        parser.Parse(document, True)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._passed_over or self._path[-1] not in STANDS_IN.get(name, ()):
            self._passed_over += 1
            return
        self._path.append(name)
        if name == ENTITY:
            self._entity_id = attributes.get("entityID", "")
        elif name == IDENTITY_PROVIDER:
            self._signing, self._other = [], []
        elif name == KEY:
            self._signs = attributes.get("use", "signing") == "signing"
        elif name == CERTIFICATE:
            self._text = []

    def _read_text(self, text: str) -> None:
        if self._path[-1] == CERTIFICATE and not self._passed_over:
            self._text.append(text)

    def _end(self, _: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        name = self._path.pop()
        if name == CERTIFICATE:
            text = "".join("".join(self._text).split())
            (self._signing if self._signs else self._other).append(base64.b64decode(text, validate=True))
        elif name == IDENTITY_PROVIDER:
            if not self._entity_id:
                raise unparsable_metadata()
            self.found.append(IdentityProvider(self._entity_id, tuple(self._signing), tuple(self._other)))


def _refuse_document_type(*_: object) -> None:
    raise unparsable_metadata()
