"""The rules of SAML providers, without HTTP."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from conformance.material import VALID_FROM, certify, saml_metadata
from conformance.modelled import with_private_keys, with_whole_model
from fake_iam.domain.clock import ManualClock
from tests.support import AwsError, Wire
from tests.unit.services.identities.test_roles import members

ARN = "arn:aws:iam::123456789012:saml-provider/Okta"
NAMED = {"SAMLProviderArn": ARN}
TAG = {"Tags.member.1.Key": "Team", "Tags.member.1.Value": "red"}
METADATA = saml_metadata()
KEY = certify().private_key
INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
CONTEXT = {"ContextProvider.SubjectSourceKey": "sub"}
MISSING = AwsError("NoSuchEntity", f"Manifest not found for arn {ARN}", 404)
UNPARSABLE = AwsError("InvalidInput", "Could not parse metadata", 400)
NO_KEY = AwsError(
    "InvalidInput",
    "Unable to set assertion encryption mode to Required because no private key is provided.",
    400,
)


def create(wire: Wire, name: str = "Okta", metadata: str = METADATA, **parameters: Any) -> Any:
    return wire.call("CreateSAMLProvider", Name=name, SAMLMetadataDocument=metadata, **parameters)


def get(wire: Wire) -> Any:
    return wire.call("GetSAMLProvider", **NAMED)


def update(wire: Wire, **parameters: Any) -> Any:
    return wire.call("UpdateSAMLProvider", **NAMED, **parameters)


def keys(wire: Wire) -> list[str]:
    return [key["KeyId"] for key in members(get(wire)["PrivateKeyList"])]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2025, 4, 14, 15, 56, 37, 929000, tzinfo=timezone.utc))


@with_private_keys
def test_a_provider_is_shown_with_its_metadata_as_it_was_uploaded(clock: ManualClock) -> None:
    wire = Wire(clock)
    metadata = f"<!-- é \U0001f600 -->\r\n{METADATA}\t\n"
    assert create(wire, metadata=metadata) == {"SAMLProviderArn": ARN}
    shown = get(wire)
    assert shown.pop("SAMLMetadataDocument") == metadata.strip()  # xmltodict strips it
    assert shown.pop("SAMLProviderUUID").startswith("SAMLSP")
    assert shown == {
        "CreateDate": "2025-04-14T15:56:37.929Z",
        "ValidUntil": "2125-04-14T15:56:37.929Z",
        "Tags": None,
        "AssertionEncryptionMode": "Allowed",
        "PrivateKeyList": None,
    }
    listed = {"Arn": ARN, "ValidUntil": "2125-04-14T15:56:37Z", "CreateDate": "2025-04-14T15:56:37Z"}
    assert wire.call("ListSAMLProviders") == {"SAMLProviderList": {"member": listed}}


@with_private_keys
def test_ids_have_22_characters_and_are_the_same_for_the_same_seed() -> None:
    first, again = (Wire(random_seed=1) for _ in range(2))
    for wire in (first, again):
        create(wire, AddPrivateKey=KEY)
    ids = [get(first)["SAMLProviderUUID"], *keys(first)]
    assert [len(each) for each in ids] == [22, 22]
    assert ids == [get(again)["SAMLProviderUUID"], *keys(again)]


def test_providers_are_listed_the_older_first(wire: Wire) -> None:
    for name in ("b", "a", "c"):
        create(wire, name)
    listed = members(wire.call("ListSAMLProviders")["SAMLProviderList"])
    assert [provider["Arn"].rpartition("/")[2] for provider in listed] == ["b", "a", "c"]


def test_an_arn_is_in_the_partition_of_the_call() -> None:
    china = Wire(partition="aws-cn")
    assert create(china) == {"SAMLProviderArn": "arn:aws-cn:iam::123456789012:saml-provider/Okta"}


@pytest.mark.parametrize("name", ["Okta", "OKTA"])
def test_a_name_is_taken_once_in_whatever_letter_case(wire: Wire, name: str) -> None:
    create(wire)
    assert create(wire, name) == AwsError("EntityAlreadyExists", f"Provider with name {name} already exists.", 409)


def test_an_arn_is_looked_up_to_the_letter(wire: Wire) -> None:
    create(wire)
    other = ARN.replace("Okta", "OKTA")
    refused = AwsError("NoSuchEntity", f"Manifest not found for arn {other}", 404)
    assert wire.call("GetSAMLProvider", SAMLProviderArn=other) == refused


def test_providers_keep_the_quota() -> None:
    wire = Wire(quotas="saml_providers_per_account=1")
    create(wire)
    refused = AwsError("LimitExceeded", "Cannot exceed quota for SAMLProvidersPerAccount: 1", 409)
    assert create(wire, "other") == refused


def test_the_account_counts_providers_of_both_kinds(wire: Wire) -> None:
    create(wire)
    wire.call("CreateOpenIDConnectProvider", Url="https://token.example.com")
    entries = wire.call("GetAccountSummary")["SummaryMap"]["entry"]
    assert {"key": "Providers", "value": "2"} in entries


def test_tags_are_answered_only_if_they_are_given(wire: Wire) -> None:
    assert create(wire, **TAG)["Tags"]["member"] == {"Key": "Team", "Value": "red"}
    assert members(wire.call("ListSAMLProviderTags", **NAMED)["Tags"]) == [{"Key": "Team", "Value": "red"}]
    assert wire.call("UntagSAMLProvider", **NAMED, **{"TagKeys.member.1": "team"}) is None
    assert wire.call("ListSAMLProviderTags", **NAMED) == {"Tags": None, "IsTruncated": "false"}
    assert wire.call("TagSAMLProvider", **NAMED, **TAG) is None
    assert get(wire)["Tags"]["member"] == {"Key": "Team", "Value": "red"}


def test_tags_that_differ_by_letter_case_are_refused(wire: Wire) -> None:
    twice = {**TAG, "Tags.member.2.Key": "team", "Tags.member.2.Value": "blue"}
    said = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    assert create(wire, **twice) == AwsError("InvalidInput", said, 400)


def certificate(*extensions: x509.ExtensionType) -> bytes:
    """A certificate in DER on a key of an elliptic curve."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(own.public_key())
    builder = builder.serial_number(1).not_valid_before(VALID_FROM).not_valid_after(VALID_FROM + timedelta(days=1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(own, hashes.SHA256()).public_bytes(Encoding.DER)


def repeated() -> bytes:
    """A certificate with an extension twice: the builder makes two of one length, and the id of one is overwritten."""
    oids = [x509.ObjectIdentifier(f"1.2.3.{last}") for last in (4, 5)]
    made = certificate(*(x509.UnrecognizedExtension(oid, b"\x05\x00") for oid in oids))
    four, five = (bytes([6, 3, 0x2A, 3, last]) for last in (4, 5))
    assert made.count(five) == 1
    return made.replace(five, four)


# On an RSA key of 768 bits, which cryptography does not make any more.
SHORT_KEY = base64.b64decode(
    "MIIBrzCCATmgAwIBAgIUD1whzlIyKFYa/S+kP2PCShp3AdAwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBYTAeFw0yNjExMjcw"
    "NzE0NTlaFw0zNjExMjQwNzE0NTlaMAwxCjAIBgNVBAMMAWEwfDANBgkqhkiG9w0BAQEFAANrADBoAmEAw/LIwme3l8506UcM7xxT"
    "F7nt7iQdVnNULA2SMp7Qp2CEk043ZhJB7NZE6D9GHxFBqiWe5dlVYAuhKmsG8/+bIo9pkb0NYdkZIbRjEeCW3TXABng2++OjaUgG"
    "VylqnqeJAgMBAAGjUzBRMB0GA1UdDgQWBBS9USbK1YHJ6LQa5HTGxTjxDB8ZgzAfBgNVHSMEGDAWgBS9USbK1YHJ6LQa5HTGxTjx"
    "DB8ZgzAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA2EAoqKSIOcEangHvcZXugM6J/qfdWXzgAWyVoiEBlJRgtOWB9uL"
    "YkppscDCLB2n5qEdT/mPa4CIfklMPZtn2jQoBWs/uig5ZijSUOtlryIhzoZ85qJC9FrpB5H3HwtFwUqv"
)


@pytest.mark.parametrize(
    "der",
    [
        pytest.param(lambda: certificate(), id="an elliptic curve, and expired"),
        pytest.param(lambda: certify(valid_from=VALID_FROM.replace(year=2040)).der, id="not valid yet"),
    ],
)
def test_certificates_are_taken_whatever_their_dates(wire: Wire, der: Callable[[], bytes]) -> None:
    assert create(wire, metadata=saml_metadata("urn:a", der(), certify().der)) == {"SAMLProviderArn": ARN}


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param(lambda: "x" * 1000, id="no XML"),
        pytest.param(lambda: "<!DOCTYPE x>" + METADATA, id="a document type"),
        pytest.param(lambda: METADATA.replace("X509Certificate", "X509SKI"), id="no certificate"),
        pytest.param(lambda: saml_metadata("urn:a", b"no certificate", certify().der), id="one that is no certificate"),
        pytest.param(lambda: saml_metadata("urn:a", certify().der + b"more"), id="more than a certificate"),
        pytest.param(lambda: saml_metadata("urn:a", certify().der, repeated()), id="a repeated extension"),
        pytest.param(lambda: saml_metadata("urn:a", SHORT_KEY, SHORT_KEY), id="a short key"),
    ],
)
def test_what_is_no_metadata_is_refused(wire: Wire, metadata: Callable[[], str]) -> None:
    assert create(wire, metadata=metadata()) == UNPARSABLE
    create(wire)
    assert update(wire, SAMLMetadataDocument=metadata()) == UNPARSABLE
    assert get(wire)["SAMLMetadataDocument"] == METADATA


def test_other_metadata_takes_the_place_of_what_was_there(clock: ManualClock) -> None:
    wire = Wire(clock)
    create(wire)
    before = get(wire)
    clock.advance(timedelta(days=1))
    other = saml_metadata("urn:other")
    assert update(wire, SAMLMetadataDocument=other) == {"SAMLProviderArn": ARN}
    assert get(wire) == {**before, "SAMLMetadataDocument": other, "ValidUntil": "2125-04-15T15:56:37.929Z"}


@with_private_keys
def test_what_is_not_named_stays(clock: ManualClock) -> None:
    wire = Wire(clock)
    create(wire)
    before = get(wire)
    clock.advance(timedelta(days=1))
    assert update(wire, AssertionEncryptionMode="Allowed") == {"SAMLProviderArn": ARN}
    assert get(wire) == before


@with_private_keys
def test_private_keys_come_and_go(clock: ManualClock) -> None:
    wire = Wire(clock)
    create(wire, AddPrivateKey=KEY, AssertionEncryptionMode="Required")
    assert get(wire)["AssertionEncryptionMode"] == "Required"
    clock.advance(timedelta(days=1))
    update(wire, AddPrivateKey=KEY)
    listed = members(get(wire)["PrivateKeyList"])
    assert [set(key) for key in listed] == [{"KeyId", "Timestamp"}] * 2
    assert [key["Timestamp"] for key in listed] == ["2025-04-14T15:56:37Z", "2025-04-15T15:56:37Z"]
    full = AwsError("LimitExceeded", "Private key limit of 2 is reached.", 409)
    assert update(wire, AddPrivateKey=KEY) == full
    first, second = keys(wire)
    update(wire, RemovePrivateKey=first)
    assert keys(wire) == [second]
    last = AwsError("InvalidInput", "Failed to remove private key.", 400)
    assert update(wire, RemovePrivateKey=second) == last
    assert update(wire, RemovePrivateKey=second, AssertionEncryptionMode="Allowed") == {"SAMLProviderArn": ARN}
    assert get(wire)["PrivateKeyList"] is None


@with_private_keys
def test_a_key_that_is_not_there_cannot_be_removed(wire: Wire) -> None:
    create(wire)
    said = "Failed to remove private key because the Key ID does not match a private key."
    assert update(wire, RemovePrivateKey="A" * 22) == AwsError("InvalidInput", said, 400)


@with_private_keys
def test_encryption_is_required_only_with_a_key(wire: Wire) -> None:
    assert create(wire, AssertionEncryptionMode="Required") == NO_KEY
    create(wire)
    assert update(wire, AssertionEncryptionMode="Required") == NO_KEY
    assert update(wire, AssertionEncryptionMode="Required", AddPrivateKey=KEY) == {"SAMLProviderArn": ARN}


@with_private_keys
@pytest.mark.parametrize("key", ["no key", certify().body, certify().encrypted_private_key, KEY[:-60]])
def test_what_is_no_private_key_is_refused(wire: Wire, key: str) -> None:
    refused = AwsError("InvalidInput", "Invalid private key.", 400)
    assert create(wire, AddPrivateKey=key) == refused
    create(wire)
    assert update(wire, AddPrivateKey=key) == refused


@with_private_keys
def test_a_key_is_not_added_and_removed_in_one_request(wire: Wire) -> None:
    create(wire, AddPrivateKey=KEY)
    said = "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
    refused = AwsError("InvalidInput", said, 400)
    assert update(wire, AddPrivateKey=KEY, RemovePrivateKey=keys(wire)[0]) == refused


@with_private_keys
@pytest.mark.parametrize("parameters", [{}, {"RemoveContextProvider": "false"}])
def test_an_update_of_nothing_is_refused(wire: Wire, parameters: dict[str, str]) -> None:
    create(wire)
    said = "Unable to update identity provider. No updates are defined for metadata or encryption assertion."
    assert update(wire, **parameters) == AwsError("InvalidInput", said, 400)


@with_private_keys
def test_a_refused_update_changes_nothing(wire: Wire) -> None:
    create(wire)
    before = get(wire)
    assert update(wire, SAMLMetadataDocument=saml_metadata("urn:other"), AssertionEncryptionMode="Required") == NO_KEY
    assert get(wire) == before


@with_private_keys
def test_a_private_key_is_in_no_answer_and_in_no_journal(wire: Wire) -> None:
    create(wire, AddPrivateKey=KEY)
    update(wire, AddPrivateKey=KEY)
    update(wire, AddPrivateKey="A secret that is no key")
    wire.call("CreateSAMLProvider", AddPrivateKey=f"{KEY}é€")
    wire.call("CreateSAMLProvider", AddPrivateKey="A secret " * 2000)
    calls = wire.assembled.controls.journal.calls()
    assert [call.parameters["AddPrivateKey"] for call in calls] == ["****"] * 5
    assert "PRIVATE KEY" not in repr([*calls, get(wire), wire.assembled.engine.store])


@with_private_keys
@pytest.mark.parametrize("key", [f"{KEY}€", "A secret " * 2000])
def test_no_refusal_repeats_a_private_key(wire: Wire, key: str) -> None:
    refused = create(wire, AddPrivateKey=key)
    assert refused.code == "ValidationError"
    assert "PRIVATE KEY" not in refused.message
    assert "A secret" not in refused.message


@with_whole_model
def test_an_instance_of_identity_center_is_set_and_removed(wire: Wire) -> None:
    create(wire, IdentityCenterInstanceArn=INSTANCE, **CONTEXT)
    shown = get(wire)
    assert (shown["IdentityCenterInstanceArn"], shown["ContextProvider"]) == (INSTANCE, {"SubjectSourceKey": "sub"})
    assert wire.call("ListSAMLProviders")["SAMLProviderList"]["member"]["IsTrustedIdentityPropagationEnabled"] == "true"
    update(wire, **{"ContextProvider.SubjectSourceKey": "email"})
    update(wire, IdentityCenterInstanceArn=f"{INSTANCE}0")
    shown = get(wire)
    assert (shown["IdentityCenterInstanceArn"], shown["ContextProvider"]["SubjectSourceKey"]) == (
        f"{INSTANCE}0",
        "email",
    )
    update(wire, RemoveIdentityCenterInstance="true")
    update(wire, RemoveContextProvider="true")
    assert not {"IdentityCenterInstanceArn", "ContextProvider"} & set(get(wire))


@with_whole_model
def test_an_instance_needs_a_context_provider(wire: Wire) -> None:
    said = "An IAM Identity Center instance can be associated only with a context provider."
    refused = AwsError("InvalidInput", said, 400)
    assert create(wire, IdentityCenterInstanceArn=INSTANCE) == refused
    create(wire)
    assert update(wire, IdentityCenterInstanceArn=INSTANCE) == refused
    update(wire, **CONTEXT)
    update(wire, IdentityCenterInstanceArn=INSTANCE)
    assert update(wire, RemoveContextProvider="true") == refused


@with_whole_model
@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({**CONTEXT, "RemoveContextProvider": "true"}, "Unable to set and remove the context provider"),
        (
            {"IdentityCenterInstanceArn": INSTANCE, "RemoveIdentityCenterInstance": "true"},
            "Unable to set and remove the IAM Identity Center instance",
        ),
        (
            {**CONTEXT, "IdentityCenterInstanceArn": INSTANCE},
            "Unable to change the context provider and the provider metadata",
        ),
        (
            {"RemoveContextProvider": "true", "AssertionEncryptionMode": "Allowed"},
            "Unable to change the context provider and the provider metadata",
        ),
    ],
)
def test_a_request_does_one_thing(wire: Wire, parameters: dict[str, str], said: str) -> None:
    create(wire)
    assert update(wire, **parameters) == AwsError("InvalidInput", f"{said} in the same request.", 400)


def test_a_deleted_provider_is_gone_whoever_trusts_it(wire: Wire) -> None:
    create(wire)
    assert wire.call("DeleteSAMLProvider", **NAMED) is None
    assert wire.call("ListSAMLProviders") == {"SAMLProviderList": None}
    assert create(wire, "OKTA") == {"SAMLProviderArn": ARN.replace("Okta", "OKTA")}


@with_private_keys
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetSAMLProvider", {}),
        ("UpdateSAMLProvider", {"AssertionEncryptionMode": "Allowed"}),
        ("DeleteSAMLProvider", {}),
        ("TagSAMLProvider", TAG),
        ("UntagSAMLProvider", {"TagKeys.member.1": "a"}),
        ("ListSAMLProviderTags", {}),
    ],
)
def test_a_provider_that_is_missing_is_not_found(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    assert wire.call(operation, **NAMED, **parameters) == MISSING
