from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from conformance.answers import AwsError
from conformance.material import certify, saml_metadata
from conformance.modelled import with_private_keys, with_whole_model
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, GUIDE, Source
from conformance.targets import Target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_saml_providers")
CUSTODIAN = Source(
    "2025-04", "cloud-custodian/cloud-custodian, tests/data/placebo/iam_delete_provider_saml: recorded answers"
)
PLANTON = Source(
    "2026-08", "plantonhq/planton, reference of AwsIamSamlProvider, which says that the answer was verified"
)
FORMATION = Source("2021-01", "org-formation/aws-resource-providers#59")
TROUBLE: Final = f"{GUIDE}/troubleshoot_saml.html"
CREATE: Final = f"{GUIDE}/id_roles_providers_create_saml.html"
UPDATE: Final = f"{API}/API_UpdateSAMLProvider.html"
UNPARSABLE: Final = AwsError("InvalidInput", "Could not parse metadata", 400)
INSTANCE: Final = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
NO_TEXT: Final = "the rule is documented (UpdateSAMLProvider), its text is not"


class Provider:
    """A provider of a name that nobody else has."""

    def __init__(self, aws: Target) -> None:
        self._iam = aws.iam
        self._error = aws.error
        self.name = f"fake-iam-conformance-{secrets.token_hex(6)}"
        self.arn = f"arn:aws:iam::{aws.account}:saml-provider/{self.name}"

    def create(self, metadata: str | None = None, **parameters: Any) -> Any:
        document = saml_metadata() if metadata is None else metadata
        return self._iam.create_saml_provider(Name=self.name, SAMLMetadataDocument=document, **parameters)

    def refused(self, metadata: str | None = None, **parameters: Any) -> AwsError:
        document = saml_metadata() if metadata is None else metadata
        given = {"Name": self.name, "SAMLMetadataDocument": document, **parameters}
        return self._error(self._iam.create_saml_provider, **given)

    def shown(self) -> Any:
        return self._iam.get_saml_provider(SAMLProviderArn=self.arn)

    def update(self, **parameters: Any) -> Any:
        return self._iam.update_saml_provider(SAMLProviderArn=self.arn, **parameters)

    def update_refused(self, **parameters: Any) -> AwsError:
        return self._error(self._iam.update_saml_provider, SAMLProviderArn=self.arn, **parameters)

    def keys(self) -> list[str]:
        return [key["KeyId"] for key in self.shown()["PrivateKeyList"]]


@pytest.fixture
def provider(aws: Target) -> Iterator[Provider]:
    """A provider that is not there yet; gone afterwards."""
    found = Provider(aws)
    yield found
    try:
        aws.iam.delete_saml_provider(SAMLProviderArn=found.arn)
    except AssertionError as problem:
        assert "NoSuchEntity" in str(problem)


@with_private_keys
@observed(*LS, "4:ARN", "4:Create answer", "4:Get answer", "1.5:GetSAMLProvider")
def test_a_provider_is_shown_with_its_metadata_as_it_was_uploaded(provider: Provider) -> None:
    document = saml_metadata()
    assert provider.create(document) == {"SAMLProviderArn": provider.arn}
    shown = provider.shown()
    assert sorted(shown) == [
        "AssertionEncryptionMode",
        "CreateDate",
        "PrivateKeyList",
        "SAMLMetadataDocument",
        "SAMLProviderUUID",
        "Tags",
        "ValidUntil",
    ]
    assert shown["SAMLMetadataDocument"] == document
    assert (shown["AssertionEncryptionMode"], shown["PrivateKeyList"], shown["Tags"]) == ("Allowed", [], [])


@with_private_keys
@observed(*CUSTODIAN, "4:SAMLProviderUUID")
def test_a_provider_has_an_id_of_22_characters(provider: Provider) -> None:
    provider.create()
    found = provider.shown()["SAMLProviderUUID"]
    assert (len(found), found[:6], found.isalnum(), found.isupper()) == (22, "SAMLSP", True, True)


def a_hundred_years(shown: dict[str, datetime]) -> bool:
    """Whether a provider is valid for so long, to the second; none of this is done on a 29th of February."""
    created, until = shown["CreateDate"], shown["ValidUntil"]
    return abs(until - created.replace(year=created.year + 100)) < timedelta(seconds=1)


@observed(*CUSTODIAN, "4:ValidUntil")
def test_a_provider_is_valid_for_a_hundred_years_whatever_the_document_says(provider: Provider) -> None:
    provider.create()
    assert a_hundred_years(provider.shown())


@observed(*CUSTODIAN, "1.1:Timestamps")
def test_a_provider_has_dates_with_milliseconds_but_not_in_a_list(aws: Target, provider: Provider) -> None:
    provider.create()
    forms = [{"Action": "GetSAMLProvider", "SAMLProviderArn": provider.arn}, {"Action": "ListSAMLProviders"}]
    seconds = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
    for form, pattern in zip(forms, (rf"{seconds}\.\d{{3}}Z", f"{seconds}Z"), strict=True):
        answer = aws.post("iam", {**form, "Version": "2010-05-08"}).succeeded()
        for name in ("CreateDate", "ValidUntil"):
            shown = answer.xml.findtext(f".//{{*}}{name}") or ""
            assert re.fullmatch(pattern, shown), f"expected {pattern} as {name}, got {shown!r}"


@observed(*LS, "4:List answer")
def test_a_list_shows_arns_and_dates_and_does_not_page(aws: Target, provider: Provider) -> None:
    provider.create()
    assert list(aws.iam.list_saml_providers()) == ["SAMLProviderList"]
    (listed,) = (each for each in aws.iam.list_saml_providers()["SAMLProviderList"] if each["Arn"] == provider.arn)
    assert sorted(listed) == ["Arn", "CreateDate", "ValidUntil"]
    assert a_hundred_years(listed)


@with_private_keys
@observed(*LS, "4:Update of metadata keeps UUID, ARN, CreateDate", "4:Create answer")
def test_other_metadata_takes_the_place_of_what_was_there(provider: Provider) -> None:
    provider.create()
    before, other = provider.shown(), saml_metadata("https://other.example.com/saml")
    assert provider.update(SAMLMetadataDocument=other) == {"SAMLProviderArn": provider.arn}
    after = provider.shown()
    assert after["SAMLMetadataDocument"] == other
    assert (after["SAMLProviderUUID"], after["CreateDate"]) == (before["SAMLProviderUUID"], before["CreateDate"])


@observed(*LS, "saml-missing")
@pytest.mark.parametrize("operation", ["get_saml_provider", "delete_saml_provider"])
def test_a_provider_that_is_missing_is_not_found(aws: Target, provider: Provider, operation: str) -> None:
    refused = AwsError("NoSuchEntity", f"Manifest not found for arn {provider.arn}", 404)
    assert aws.error(getattr(aws.iam, operation), SAMLProviderArn=provider.arn) == refused


@with_private_keys
@assumed("recorded for GetSAMLProvider and DeleteSAMLProvider", "saml-missing")
def test_other_operations_do_not_find_it_either(aws: Target, provider: Provider) -> None:
    refused = AwsError("NoSuchEntity", f"Manifest not found for arn {provider.arn}", 404)
    assert provider.update_refused(AssertionEncryptionMode="Allowed") == refused
    assert aws.error(aws.iam.list_saml_provider_tags, SAMLProviderArn=provider.arn) == refused


@observed(*FORMATION)
def test_a_name_is_taken_once(provider: Provider) -> None:
    provider.create()
    refused = AwsError("EntityAlreadyExists", f"Provider with name {provider.name} already exists.", 409)
    assert provider.refused() == refused


@assumed("as for other names")
def test_letter_case_does_not_make_another_name(provider: Provider) -> None:
    provider.create()
    name = provider.name.upper()
    refused = AwsError("EntityAlreadyExists", f"Provider with name {name} already exists.", 409)
    assert provider.refused(Name=name) == refused


@observed(*PLANTON)
def test_metadata_whose_certificate_is_none_is_refused(provider: Provider) -> None:
    placeholder = saml_metadata("https://idp.example.com", b"placeholder" * 90)
    assert provider.refused(placeholder) == UNPARSABLE
    provider.create()
    assert provider.update_refused(SAMLMetadataDocument=placeholder) == UNPARSABLE


@documented(CREATE)
def test_metadata_with_a_byte_order_mark_is_refused(provider: Provider) -> None:
    assert provider.refused(f"\ufeff{saml_metadata()}") == UNPARSABLE


@assumed("what cannot be read is answered as a certificate is that cannot be read")
@pytest.mark.parametrize(
    "document",
    [
        pytest.param(lambda: "x" * 1000, id="no XML"),
        pytest.param(lambda: f"<!DOCTYPE a [<!ENTITY b 'c'>]>{saml_metadata()}", id="entities"),
        pytest.param(lambda: saml_metadata().replace("X509Certificate", "X509SKI"), id="no certificate"),
        pytest.param(lambda: saml_metadata(use=' use="encryption"'), id="no certificate for signing"),
        pytest.param(lambda: saml_metadata().replace("md:IDPSSO", "md:SPSSO"), id="no identity provider"),
        pytest.param(lambda: saml_metadata().replace("entityID", "entityId"), id="no entity id"),
    ],
)
def test_what_is_no_metadata_of_an_identity_provider_is_refused(
    provider: Provider, document: Callable[[], str]
) -> None:
    assert provider.refused(document()) == UNPARSABLE


@with_private_keys
@documented(TROUBLE)
def test_private_keys_come_and_go(provider: Provider) -> None:
    key = certify().private_key
    provider.create(AddPrivateKey=key, AssertionEncryptionMode="Required")
    provider.update(AddPrivateKey=certify(1).private_key)
    first, second = provider.keys()
    full = AwsError("LimitExceeded", "Private key limit of 2 is reached.", 409)
    assert provider.update_refused(AddPrivateKey=key) == full
    provider.update(RemovePrivateKey=first)
    last = AwsError("InvalidInput", "Failed to remove private key.", 400)
    assert provider.update_refused(RemovePrivateKey=second) == last
    said = "Failed to remove private key because the Key ID does not match a private key."
    assert provider.update_refused(RemovePrivateKey=first) == AwsError("InvalidInput", said, 400)
    assert provider.keys() == [second]


@with_private_keys
@documented(TROUBLE)
def test_what_is_no_private_key_is_refused(provider: Provider) -> None:
    refused = AwsError("InvalidInput", "Invalid private key.", 400)
    assert provider.refused(AddPrivateKey="no key") == refused
    assert provider.refused(AddPrivateKey=certify().encrypted_private_key) == refused


@with_private_keys
@documented(TROUBLE)
def test_encryption_is_required_only_with_a_key(provider: Provider) -> None:
    said = "Unable to set assertion encryption mode to Required because no private key is provided."
    assert provider.refused(AssertionEncryptionMode="Required") == AwsError("InvalidInput", said, 400)


@with_private_keys
@documented(TROUBLE)
def test_an_update_changes_something_and_one_key_at_a_time(provider: Provider) -> None:
    key = certify().private_key
    provider.create(AddPrivateKey=key)
    nothing = "Unable to update identity provider. No updates are defined for metadata or encryption assertion."
    assert provider.update_refused() == AwsError("InvalidInput", nothing, 400)
    both = "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
    refused = AwsError("InvalidInput", both, 400)
    assert provider.update_refused(AddPrivateKey=key, RemovePrivateKey=provider.keys()[0]) == refused


@with_private_keys
@assumed("the forms of ids of keys are not published; that of providers is")
def test_a_private_key_has_an_id_of_22_characters(provider: Provider) -> None:
    provider.create(AddPrivateKey=certify().private_key)
    (found,) = provider.keys()
    assert (len(found), found[:6]) == (22, "SAMLPK")


@with_whole_model
@assumed(NO_TEXT)
def test_an_instance_of_identity_center_needs_a_context_provider(provider: Provider) -> None:
    said = "An IAM Identity Center instance can be associated only with a context provider."
    assert provider.refused(IdentityCenterInstanceArn=INSTANCE) == AwsError("InvalidInput", said, 400)


@with_whole_model
@assumed(NO_TEXT)
def test_the_context_provider_is_changed_alone(provider: Provider) -> None:
    provider.create()
    context = {"ContextProvider": {"SubjectSourceKey": "sub"}}
    said = "Unable to change the context provider and the provider metadata in the same request."
    refused = AwsError("InvalidInput", said, 400)
    assert provider.update_refused(**context, AssertionEncryptionMode="Allowed") == refused
    said = "Unable to set and remove the context provider in the same request."
    assert provider.update_refused(**context, RemoveContextProvider=True) == AwsError("InvalidInput", said, 400)


@assumed("tags follow the rules of roles")
def test_tags_are_set_listed_and_taken_off(aws: Target, provider: Provider) -> None:
    tag = {"Key": "a", "Value": "1"}
    assert provider.create(Tags=[tag]) == {"SAMLProviderArn": provider.arn, "Tags": [tag]}
    named = {"SAMLProviderArn": provider.arn}
    aws.iam.tag_saml_provider(Tags=[{"Key": "b", "Value": "2"}], **named)
    aws.iam.untag_saml_provider(TagKeys=["A"], **named)
    assert aws.iam.list_saml_provider_tags(**named)["Tags"] == [{"Key": "b", "Value": "2"}]


@documented(f"{API}/API_DeleteSAMLProvider.html")
def test_a_provider_is_deleted(aws: Target, provider: Provider) -> None:
    provider.create()
    aws.iam.delete_saml_provider(SAMLProviderArn=provider.arn)
    assert provider.arn not in [each["Arn"] for each in aws.iam.list_saml_providers()["SAMLProviderList"]]
