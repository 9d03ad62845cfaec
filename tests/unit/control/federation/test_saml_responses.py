"""Metadata and responses that are made in a provider's place, and how documents keep their key."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from lxml import etree

from conformance.material import saml_metadata
from fake_iam import FakeIAM, ManualClock
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.providers.saml_metadata import identity_providers
from tests.support import Key, Wire
from tests.unit.control.federation.test_web_tokens import post
from tests.unit.services.sts.test_assumed_roles import pair
from tests.unit.services.sts.test_saml_identities import (
    ACCOUNT,
    ATTRIBUTES,
    NOW,
    OTHER,
    PROVIDER,
    ROLE,
    SAML,
    assertion,
    assume,
    trust,
)


@pytest.fixture
def wire() -> Wire:
    wire = Wire(ManualClock(NOW), random_seed=7)
    document = wire.assembled.controls.federation.saml_metadata()
    wire.assembled.controls.seed({"saml_providers": [{"name": "Okta", "metadata": document}]})
    wire.call("CreateRole", RoleName="sso", AssumeRolePolicyDocument=trust())
    return wire


def attributes(text: str) -> dict[str, list[str]]:
    root = etree.fromstring(base64.b64decode(text))
    return {each.get("Name"): [value.text for value in each] for each in root.iter(f"{SAML}Attribute")}


def test_metadata_describes_one_issuer_and_its_key_stays(wire: Wire) -> None:
    federation = wire.assembled.controls.federation
    (described,) = identity_providers(federation.saml_metadata('https://a.example.com/?a=1&b="2"'))
    assert described.entity_id == 'https://a.example.com/?a=1&b="2"'
    assert federation.saml_metadata() == federation.saml_metadata()
    assert federation.saml_metadata() != federation.saml_metadata(account_id=OTHER)


def test_attributes_are_those_of_aws_and_those_that_are_given(wire: Wire) -> None:
    text = assertion(
        wire,
        role=["sso", "arn:aws:iam::123456789012:role/ci/deploy"],
        session_name="alice",
        duration=900,
        tags={"team": "red & blue"},
        transitive_tag_keys=["team"],
        source_identity="a",
        attributes={"urn:oid:2.5.4.3": "Alice", "groups": ["a", "b"]},
    )
    assert attributes(text) == {
        f"{ATTRIBUTES}/Role": [f"{ROLE},{PROVIDER}", f"arn:aws:iam::{ACCOUNT}:role/ci/deploy,{PROVIDER}"],
        f"{ATTRIBUTES}/RoleSessionName": ["alice"],
        f"{ATTRIBUTES}/SessionDuration": ["900"],
        f"{ATTRIBUTES}/PrincipalTag:team": ["red & blue"],
        f"{ATTRIBUTES}/TransitiveTagKeys": ["team"],
        f"{ATTRIBUTES}/SourceIdentity": ["a"],
        "urn:oid:2.5.4.3": ["Alice"],
        "groups": ["a", "b"],
    }


@pytest.mark.parametrize("name", [PROVIDER, "Okta", "okta"])
def test_a_provider_is_named_by_its_arn_or_name(wire: Wire, name: str) -> None:
    pair(assume(wire, assertion(wire, name)))


def test_a_provider_of_another_account_is_named_by_its_arn_or_account(wire: Wire) -> None:
    federation, there = wire.assembled.controls.federation, Key(OTHER, "dummy")
    document = federation.saml_metadata(account_id=OTHER)
    made = wire.call("CreateSAMLProvider", there, Name="Okta", SAMLMetadataDocument=document)
    arn = made["SAMLProviderArn"]
    assert attributes(assertion(wire, arn)) == attributes(assertion(wire, account_id=OTHER))
    assert attributes(assertion(wire, arn))[f"{ATTRIBUTES}/Role"] == [f"arn:aws:iam::{OTHER}:role/sso,{arn}"]


def test_what_cannot_be_is_named(wire: Wire) -> None:
    with pytest.raises(FormatError, match=f"^provider: 'other' is no SAML provider in account {ACCOUNT}$"):
        assertion(wire, "other")
    with pytest.raises(FormatError, match="^issued: 'soon' is no moment; write \"2026-01-31T12:00:00Z\""):
        assertion(wire, issued="soon")
    with pytest.raises(FormatError, match="PCDATA invalid Char value 1"):
        assertion(wire, subject="\x01")
    wire.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, SAMLMetadataDocument=saml_metadata())
    with pytest.raises(
        FormatError, match="^provider: the metadata of 'Okta' is not from here: make it by saml_metadata$"
    ):
        assertion(wire)


def test_a_dump_with_secrets_has_the_key(wire: Wire) -> None:
    text = assertion(wire)
    whole = json.loads(json.dumps(wire.assembled.controls.dump(secrets=True)))
    other = Wire(ManualClock(NOW))
    other.assembled.controls.load(whole)
    pair(assume(other, text))
    pair(assume(other, assertion(other)))
    other.assembled.controls.load(wire.assembled.controls.dump())
    pair(assume(other, text))
    with pytest.raises(FormatError, match="^provider: the metadata of 'Okta' is not from here"):
        assertion(other)


def test_pages_make_metadata_and_responses(wire: Wire) -> None:
    status, answer = post(wire, "saml-metadata", entity_id="https://b.example.com")
    assert (status, identity_providers(answer["metadata"])[0].entity_id) == (200, "https://b.example.com")
    says: dict[str, Any] = {"role": ["sso"], "tags": {"team": "red"}, "attributes": {"groups": ["a", "b"], "cn": "A"}}
    status, answer = post(wire, "saml-assertion", provider="Okta", **says)
    assert (status, attributes(answer["assertion"])["groups"]) == (200, ["a", "b"])
    status, answer = post(wire, "saml-assertion", provider="Okta", role="sso", session_name=None, audience=None)
    assert (status, set(attributes(answer["assertion"]))) == (200, {f"{ATTRIBUTES}/Role"})
    assert post(wire, "saml-assertion", provider="Okta") == (400, {"error": "role: is missing"})
    no_text = {"error": "audience: 5 is no text; put it in quotes"}
    assert post(wire, "saml-assertion", provider="Okta", role="sso", audience=5) == (400, no_text)


def test_a_fake_has_them_as_methods() -> None:
    with FakeIAM(transport="inprocess") as fake:
        fake.seed({"saml_providers": [{"name": "Okta", "metadata": fake.saml_metadata()}]})
        assert attributes(fake.saml_assertion("Okta", role="sso"))[f"{ATTRIBUTES}/RoleSessionName"] == ["test-user"]
