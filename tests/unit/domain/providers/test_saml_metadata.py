"""Reading SAML metadata, also from somebody who means harm."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from conformance.material import saml_metadata
from fake_iam.domain.errors import InvalidInput
from fake_iam.domain.providers.saml_metadata import SIGNATURE, IdentityProvider, identity_providers

IDP = "https://idp.example.com/saml"
DOCUMENT = saml_metadata(IDP, b"one", b"two")
OTHER = saml_metadata("urn:other", b"three", use=' use="encryption"')
ROOT = 'xmlns="urn:oasis:names:tc:SAML:2.0:metadata"'
DOCTYPE = "<!DOCTYPE x>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY f SYSTEM "file:///etc/passwd">%f;]>'


def entities(*documents: str) -> str:
    return f"<EntitiesDescriptor {ROOT}>{''.join(documents)}</EntitiesDescriptor>"


def test_a_document_names_the_identity_provider_and_its_signing_certificates() -> None:
    assert identity_providers(DOCUMENT) == (IdentityProvider(IDP, (b"one", b"two")),)


def test_a_certificate_whose_use_is_not_stated_is_for_signing() -> None:
    assert identity_providers(saml_metadata(IDP, b"one", use="")) == (IdentityProvider(IDP, (b"one",)),)


@pytest.mark.parametrize("use", ["encryption", "anything", ""])
def test_a_certificate_for_another_use_does_not_sign(use: str) -> None:
    found = identity_providers(entities(DOCUMENT, saml_metadata("urn:other", b"three", use=f' use="{use}"')))
    assert found == (IdentityProvider(IDP, (b"one", b"two")), IdentityProvider("urn:other", (), (b"three",)))


def test_a_collection_may_hold_collections() -> None:
    assert [provider.entity_id for provider in identity_providers(entities(OTHER, entities(DOCUMENT)))] == [
        "urn:other",
        IDP,
    ]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(f'<?xml version="1.0" encoding="UTF-8"?>\n{DOCUMENT}', id="declared"),
        pytest.param(DOCUMENT.replace("<ds:X509Data>", "<!-- a --><?b c?><ds:X509Data>"), id="comments"),
        pytest.param(DOCUMENT.replace("ds:", "sig:").replace(":ds", ":sig"), id="another prefix"),
        pytest.param(DOCUMENT.replace("\n", "\r\n\t "), id="ends of lines"),
        pytest.param(DOCUMENT.replace("b25l", "b2<!-- -->5<![CDATA[l]]>"), id="text in pieces"),
        pytest.param(DOCUMENT.replace("b25l", "b25l<x>dHdv</x>"), id="an element in the text"),
        pytest.param(DOCUMENT.replace("b25l", "&#98;25l"), id="a reference to a character"),
        pytest.param(
            DOCUMENT.replace(
                "<md:IDPSSODescriptor", '<ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>'
                "</ds:X509Data></ds:KeyInfo><md:IDPSSODescriptor", 1
            ),
            id="the signature of the document",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_difference_is_passed_over(document: str) -> None:
    assert identity_providers(document) == (IdentityProvider(IDP, (b"one", b"two")),)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("", id="nothing"),
        pytest.param("x" * 1000, id="no XML"),
        pytest.param(f"<a>{'x' * 1000}</a>", id="no metadata"),
        pytest.param(DOCUMENT[:-1], id="cut off"),
        pytest.param(DOCUMENT + DOCUMENT, id="two documents in one"),
        pytest.param("\ufeff" + DOCUMENT, id="a byte order mark"),
        pytest.param(DOCUMENT.replace("b25l", "b25l\x00"), id="a NUL"),
        pytest.param(DOCUMENT.replace("urn:oasis:names:tc:SAML:2.0:metadata", "urn:x"), id="another namespace"),
        pytest.param(f"<x>{DOCUMENT}</x>", id="in another element"),
        pytest.param(DOCUMENT.replace("md:IDPSSO", "md:SPSSO"), id="a service provider"),
        pytest.param(DOCUMENT.replace("entityID", "entityId"), id="no entity id"),
        pytest.param(saml_metadata("", b"one"), id="an empty entity id"),
        pytest.param(DOCUMENT.replace("X509Certificate", "X509SKI"), id="no certificate"),
        pytest.param(OTHER, id="no certificate for signing"),
        pytest.param(DOCUMENT.replace("b25l", "b25"), id="no base64"),
        pytest.param(DOCUMENT.replace("b25l", "b25l!"), id="a character that base64 has not"),
        pytest.param(DOCUMENT.replace("b25l", "b25é"), id="a character beyond ASCII"),
        pytest.param(DOCUMENT.replace("b25l", "b25\ud800"), id="half a character"),
        pytest.param(DOCTYPE + DOCUMENT, id="a document type"),
        pytest.param(LAUGHS + DOCUMENT.replace("b25l", "&c;"), id="entities in entities"),
        pytest.param(EXTERNAL + DOCUMENT.replace("b25l", "&f;"), id="external entities"),
        pytest.param(DOCUMENT.replace("b25l", "&f;"), id="an entity that is not declared"),
    ],
)
def test_what_is_no_metadata_of_an_identity_provider_is_refused(document: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        identity_providers(document)
    assert refused.value.message == "Could not parse metadata"


def deep(size: int) -> str:
    return "<a>" * (size // 7) + "</a>" * (size // 7)


def deep_collections(size: int) -> str:
    count = size // 80
    inside = "<X509Certificate>AAAA</X509Certificate>" * count
    for name in ("X509Data", f'KeyInfo xmlns="{SIGNATURE}"', "KeyDescriptor", "IDPSSODescriptor", "EntityDescriptor"):
        inside = f"<{name}>{inside}</{name.partition(' ')[0]}>"  # without an entityID
    collections = "<EntitiesDescriptor>" * count + inside + "</EntitiesDescriptor>" * count
    return f"<EntitiesDescriptor {ROOT}>{collections}</EntitiesDescriptor>"


def attributes(size: int) -> str:
    return "<a " + " ".join(f'a{number}=""' for number in range(size // 12)) + "/>"


def prefixes(size: int) -> str:
    return "".join(f'<a xmlns:p{number}="u">' for number in range(size // 25)) + "</a>" * (size // 25)


HOSTILE = [
    pytest.param(deep, id="deep"),
    pytest.param(deep_collections, id="deep collections with certificates"),
    pytest.param(lambda size: f"<a>{'<b/>' * (size // 4)}</a>", id="many elements"),
    pytest.param(attributes, id="many attributes"),
    pytest.param(prefixes, id="many prefixes"),
    pytest.param(lambda size: f"<!--{'x' * size}--><a/>", id="one long comment"),
    pytest.param(lambda size: f"<a b='{'x' * size}'/>", id="one long attribute"),
    pytest.param(lambda size: f"<a>{'&#65;' * (size // 5)}</a>", id="many references"),
    pytest.param(lambda size: f"<a>{'x&lt;' * (size // 5)}</a>", id="text in many pieces"),
    pytest.param(lambda size: "<" * size, id="nothing but openings"),
    pytest.param(lambda size: DOCUMENT.replace("b25l", "A B " * (size // 4) + "!"), id="a long certificate"),
]


def taken(document: str) -> float:
    before = time.process_time()
    with pytest.raises(InvalidInput):
        identity_providers(document)
    return time.process_time() - before


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_time_to_refuse_a_document_goes_by_its_size(hostile: Callable[[int], str]) -> None:
    least = max(0.001, min(taken(hostile(20_000)) for _ in range(3)))
    assert taken(hostile(2_000_000)) < 1_000 * least  # a hundred times as long; the square would be 10,000 times


def test_ten_million_characters_are_read() -> None:
    assert len(identity_providers(f"{DOCUMENT}<!--{'x' * (10_000_000 - len(DOCUMENT) - 7)}-->")) == 1
    with pytest.raises(InvalidInput):
        identity_providers(deep(10_000_000))
