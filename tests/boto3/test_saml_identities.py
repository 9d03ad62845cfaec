"""A login tool that trades a SAML response for credentials."""

from __future__ import annotations

import json
from typing import Any

from fake_iam import FakeIAM
from tests.support import AwsError, error


def test_a_response_is_traded_for_credentials(fake: FakeIAM, iam: Any) -> None:
    provider = iam.create_saml_provider(Name="Okta", SAMLMetadataDocument=fake.saml_metadata())["SAMLProviderArn"]
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="sso", AssumeRolePolicyDocument=document)["Role"]
    asked = {"RoleArn": role["Arn"], "PrincipalArn": provider}
    sts = fake.client("sts")
    response = fake.saml_assertion(provider, role="sso", session_name="alice@example.com")
    credentials = sts.assume_role_with_saml(SAMLAssertion=response, **asked)["Credentials"]
    as_alice = fake.client(
        "sts",
        access_key_id=credentials["AccessKeyId"],
        secret_access_key=credentials["SecretAccessKey"],
        session_token=credentials["SessionToken"],
    )
    arn = as_alice.get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::123456789012:assumed-role/sso/alice@example.com"
    late = fake.saml_assertion(provider, role="sso", issued="6 minutes ago")
    assert error(sts.assume_role_with_saml, SAMLAssertion=late, **asked) == AwsError(
        "ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", 400
    )
