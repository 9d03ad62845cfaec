"""SAML providers in seeds, dumps and dates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.material import certify, saml_metadata
from conformance.modelled import with_private_keys
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.providers.saml_providers import SamlProvider
from tests.support import Wire
from tests.unit.services.identities.test_roles import members

pytestmark = with_private_keys

ARN = "arn:aws:iam::123456789012:saml-provider/Okta"
METADATA = saml_metadata()
KEY = certify().private_key
OKTA: dict[str, Any] = {
    "name": "Okta",
    "id": "SAMLSPSBCNWVKNY9049V24",
    "metadata": METADATA,
    "encryption_mode": "Required",
    "private_keys": [{"pem": KEY, "uploaded": "2021-01-01"}, {"pem": certify(1).private_key, "uploaded": "2022-01-01"}],
    "created": "2020-02-29",
    "tags": {"Team": "red"},
}
SEED = {"saml_providers": [OKTA]}


def seen(wire: Wire) -> Any:
    return wire.call("GetSAMLProvider", SAMLProviderArn=ARN)


def rows(wire: Wire) -> list[Any]:
    account = wire.assembled.engine.store.account("123456789012")
    return list(account.table(SamlProvider).items())


def test_a_seed_states_them(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    shown = seen(wire)
    keys = members(shown.pop("PrivateKeyList"))
    assert [key["Timestamp"] for key in keys] == ["2021-01-01T00:00:00Z", "2022-01-01T00:00:00Z"]
    assert shown == {
        "SAMLProviderUUID": "SAMLSPSBCNWVKNY9049V24",
        "SAMLMetadataDocument": METADATA,
        "CreateDate": "2020-02-29T00:00:00.000Z",
        "ValidUntil": "2120-02-29T00:00:00.000Z",
        "Tags": {"member": {"Key": "Team", "Value": "red"}},
        "AssertionEncryptionMode": "Required",
    }


def test_a_seed_needs_a_name_and_metadata_alone(wire: Wire) -> None:
    wire.assembled.controls.clock.freeze("2026-01-01T00:00:00Z")
    wire.assembled.controls.seed({"saml_providers": [{"name": "Okta", "metadata": METADATA}]})
    shown = seen(wire)
    assert (shown["CreateDate"], shown["ValidUntil"]) == ("2026-01-01T00:00:00.000Z", "2126-01-01T00:00:00.000Z")
    assert (shown["AssertionEncryptionMode"], shown["PrivateKeyList"]) == ("Allowed", None)


def test_a_seed_says_until_when_one_is_valid(wire: Wire) -> None:
    wire.assembled.controls.seed({"saml_providers": [{**OKTA, "valid_until": "2990-01-01"}]})
    assert seen(wire)["ValidUntil"] == "2990-01-01T00:00:00.000Z"


def test_an_account_of_another_partition_has_them_there(wire: Wire) -> None:
    wire.assembled.controls.seed({"partition": "aws-cn", **SEED})
    assert [key for key, _ in rows(wire)] == [ARN.replace("arn:aws:", "arn:aws-cn:")]


def test_a_dump_brings_all_of_it_back(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    document = json.loads(json.dumps(wire.assembled.controls.dump(secrets=True)))
    other = Wire()
    other.assembled.controls.load(document)
    assert (seen(other), rows(other)) == (seen(wire), rows(wire))


def test_a_dump_without_secrets_has_no_private_key_and_loads_all_the_same(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    text = json.dumps(wire.assembled.controls.dump())
    assert "PRIVATE KEY" not in text
    other = Wire()
    other.assembled.controls.load(json.loads(text))
    assert seen(other) == seen(wire)
    assert all("PRIVATE KEY" not in key.pem for _, provider in rows(other) for key in provider.private_keys)


def test_dates_can_be_set(wire: Wire) -> None:
    controls = wire.assembled.controls
    controls.seed(SEED)
    controls.backdate({"saml_provider": ARN, "created": "2019-03-03", "valid_until": "2990-01-01"})
    shown = seen(wire)
    assert (shown["CreateDate"], shown["ValidUntil"]) == ("2019-03-03T00:00:00.000Z", "2990-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (
            {"saml_provider": f"{ARN}0", "created": "2019-03-03"},
            f"saml_provider: '{ARN}0' is no SAML provider of account 123456789012",
        ),
        (
            {"saml_provider": ARN, "valid_until": "2019-03-03"},
            "valid_until: 2019-03-03T00:00:00Z is before created of saml provider 'Okta' (2020-02-29T00:00:00Z); "
            "set that first, or give allow_impossible",
        ),
    ],
)
def test_dates_that_cannot_be_are_refused(wire: Wire, dates: dict[str, str], said: str) -> None:
    wire.assembled.controls.seed(SEED)
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.backdate(dates)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("providers", "said"),
    [
        ([{**OKTA, "metadata": "x" * 1000}], "saml_providers[0]: Could not parse metadata"),
        (
            [{**OKTA, "private_keys": [{"pem": KEY}, {"pem": "secret"}]}],
            "saml_providers[0].private_keys[1]: Invalid private key.",
        ),
        (
            [{**OKTA, "private_keys": [{"pem": KEY}] * 3}],
            "saml_providers[0].private_keys[2]: Private key limit of 2 is reached.",
        ),
        (
            [{**OKTA, "private_keys": []}],
            "saml_providers[0]: "
            "Unable to set assertion encryption mode to Required because no private key is provided.",
        ),
        (
            [{**OKTA, "encryption_mode": "Maybe"}],
            "saml_providers[0].encryption_mode: 'Maybe' is not one of Required, Allowed",
        ),
        (
            [OKTA, {**OKTA, "name": "Other"}],
            "saml_providers[1].id: 'SAMLSPSBCNWVKNY9049V24' is there already",
        ),
        (
            [OKTA, {"name": "okta", "metadata": METADATA}],
            "saml_providers[1]: Provider with name okta already exists.",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(wire: Wire, providers: Any, said: str) -> None:
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"saml_providers": providers})
    assert str(refused.value) == said
    assert wire.call("ListSAMLProviders") == {"SAMLProviderList": None}
