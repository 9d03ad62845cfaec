"""The rules of outbound web identity federation, and what controls do with it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conformance.modelled import needs
from fake_iam.control.documents.problems import FormatError
from tests.support import AwsError, Key, Wire

pytestmark = needs("EnableOutboundWebIdentityFederation")
OTHER = Key("210987654321", "any")
ENABLE, DISABLE = "EnableOutboundWebIdentityFederation", "DisableOutboundWebIdentityFederation"
GET = "GetOutboundWebIdentityFederationInfo"
ISSUER = r"https://a1[0-9a-f]{6}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.tokens\.sts\.global\.api\.aws"
ENABLED = AwsError(
    "FeatureEnabled",
    "The request failed because outbound identity federation is already enabled for your Amazon Web Services account.",
    409,
)
DISABLED = AwsError(
    "FeatureDisabled",
    "The request failed because outbound identity federation is already disabled for your Amazon Web Services account.",
    404,
)


def enabled(wire: Wire, by: Key | None = None) -> str:
    return str(wire.call(ENABLE, by)["IssuerIdentifier"])


def seeded(wire: Wire, **federation: Any) -> Wire:
    wire.assembled.controls.seed({"outbound_web_identity_federation": federation})
    return wire


def test_an_account_begins_without(wire: Wire) -> None:
    assert wire.call(GET) == DISABLED
    assert wire.call(DISABLE) == DISABLED


def test_it_is_enabled_shown_and_disabled(wire: Wire) -> None:
    issuer = enabled(wire)
    assert re.fullmatch(ISSUER, issuer)
    assert wire.call(GET) == {"IssuerIdentifier": issuer, "JwtVendingEnabled": "true"}
    assert wire.call(DISABLE) is None
    assert wire.call(GET) == DISABLED


def test_it_is_neither_enabled_nor_disabled_twice(wire: Wire) -> None:
    enabled(wire)
    assert wire.call(ENABLE) == ENABLED
    wire.call(DISABLE)
    assert wire.call(DISABLE) == DISABLED


def test_an_account_keeps_its_issuer(wire: Wire) -> None:
    issuer = enabled(wire)
    wire.call(DISABLE)
    assert enabled(wire) == issuer


def test_every_account_has_its_own(wire: Wire) -> None:
    issuer = enabled(wire)
    assert wire.call(GET, OTHER) == DISABLED
    assert enabled(wire, OTHER) != issuer
    wire.call(DISABLE, OTHER)
    assert wire.call(GET)["IssuerIdentifier"] == issuer


def test_a_seed_needs_to_say_nothing_of_it(wire: Wire) -> None:
    assert re.fullmatch(ISSUER, seeded(wire).call(GET)["IssuerIdentifier"])


def test_a_seed_gives_the_issuer(wire: Wire) -> None:
    assert seeded(wire, issuer="https://issuer.example.com").call(GET) == {
        "IssuerIdentifier": "https://issuer.example.com",
        "JwtVendingEnabled": "true",
    }


def test_a_seed_has_it_disabled_again(wire: Wire) -> None:
    seeded(wire, issuer="https://issuer.example.com", enabled=False)
    assert wire.call(GET) == DISABLED
    assert enabled(wire) == "https://issuer.example.com"


def test_a_dump_brings_it_back(wire: Wire) -> None:
    issuer = enabled(wire)
    other = Wire()
    other.assembled.controls.load(json.loads(json.dumps(wire.assembled.controls.dump())))
    assert other.call(GET) == {"IssuerIdentifier": issuer, "JwtVendingEnabled": "true"}


def test_an_issuer_is_a_url(wire: Wire) -> None:
    with pytest.raises(FormatError) as refused:
        seeded(wire, issuer="http://issuer.example.com")
    assert str(refused.value) == (
        "outbound_web_identity_federation.issuer: 'http://issuer.example.com' is not a URL that begins with https://"
    )


def test_a_second_seed_finds_it_enabled(wire: Wire) -> None:
    seeded(wire)
    with pytest.raises(FormatError) as refused:
        seeded(wire)
    assert str(refused.value) == f"outbound_web_identity_federation: {ENABLED.message}"
