"""SAML providers as boto3 shows them."""

from __future__ import annotations

from typing import Any

from conformance.material import certify, saml_metadata
from conformance.modelled import with_private_keys
from tests.support import AwsError, error


@with_private_keys
def test_an_identity_provider_is_trusted_rotated_and_deleted(iam: Any) -> None:
    metadata = saml_metadata().replace("\n", "\r\n") + "<!-- é & \U0001f600 -->\n"
    made = iam.create_saml_provider(Name="Okta", SAMLMetadataDocument=metadata, Tags=[{"Key": "a", "Value": "b"}])
    arn = made["SAMLProviderArn"]
    assert (arn, made["Tags"]) == ("arn:aws:iam::123456789012:saml-provider/Okta", [{"Key": "a", "Value": "b"}])
    shown = iam.get_saml_provider(SAMLProviderArn=arn)
    assert (shown["SAMLMetadataDocument"], shown["Tags"]) == (metadata, [{"Key": "a", "Value": "b"}])
    (listed,) = iam.list_saml_providers()["SAMLProviderList"]
    dates = {name: shown[name].replace(microsecond=0) for name in ("ValidUntil", "CreateDate")}
    assert listed == {"Arn": arn, **dates}
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1

    iam.update_saml_provider(
        SAMLProviderArn=arn, AddPrivateKey=certify().private_key, AssertionEncryptionMode="Required"
    )
    iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=certify(1).private_key)
    old, new = (key["KeyId"] for key in iam.get_saml_provider(SAMLProviderArn=arn)["PrivateKeyList"])
    iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=old)
    assert [key["KeyId"] for key in iam.get_saml_provider(SAMLProviderArn=arn)["PrivateKeyList"]] == [new]

    iam.delete_saml_provider(SAMLProviderArn=arn)
    gone = AwsError("NoSuchEntity", f"Manifest not found for arn {arn}", 404)
    assert error(iam.get_saml_provider, SAMLProviderArn=arn) == gone


def test_a_large_document_goes_there_and_back(iam: Any) -> None:
    metadata = f"<!--{'x' * 5_000_000}-->{saml_metadata()}"
    made = iam.create_saml_provider(Name="Large", SAMLMetadataDocument=metadata)
    assert iam.get_saml_provider(SAMLProviderArn=made["SAMLProviderArn"])["SAMLMetadataDocument"] == metadata
