from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.federated import SamlProviders, trust_in
from conformance.material import certify
from conformance.modelled import with_private_keys
from conformance.provenance import assumed, documented, observed
from conformance.roles import Roles
from conformance.saml import ATTRIBUTES, SIGN_IN, SamlIssuer
from conformance.sources import GUIDE, STS_API
from conformance.targets import Target

API = f"{STS_API}/API_AssumeRoleWithSAML.html"
TROUBLE = f"{GUIDE}/troubleshoot_saml.html"
ASSERTIONS = f"{GUIDE}/id_roles_providers_create_saml_assertions.html"
SESSION_TAGS = f"{GUIDE}/id_session-tags.html"
SOURCE_IDENTITY = f"{GUIDE}/id_credentials_temp_control-access_monitor.html"
DENIED = AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", 403)
TEXT_UNKNOWN = "AWS's text is not known"


def invalid(message: str) -> AwsError:
    return AwsError("InvalidIdentityToken", message, 400)


class Employee:
    """Somebody whom a SAML provider vouches for, and the role that trusts it."""

    def __init__(self, aws: Target, new_role: Roles, new_saml_provider: SamlProviders) -> None:
        self._aws = aws
        self.issuer = SamlIssuer(f"https://{secrets.token_hex(6)}.example.com/saml")
        self.provider = new_saml_provider(self.issuer.metadata)
        self.role_name = new_role(AssumeRolePolicyDocument=trust_in(self.provider, "sts:*"))
        self.role_arn: str = aws.iam.get_role(RoleName=self.role_name)["Role"]["Arn"]

    def trusts(self, action: Any = "sts:AssumeRoleWithSAML", **others: Any) -> None:
        """Let the role trust the provider with these actions and conditions."""
        document = trust_in(self.provider, action, **others)
        self._aws.iam.update_assume_role_policy(RoleName=self.role_name, PolicyDocument=document)

    def response(self, attributes: dict[str, list[str]] | None = None, **says: Any) -> str:
        """A response about the employee; an attribute that is an empty list is left out."""
        usual = {"Role": [f"{self.role_arn},{self.provider}"], "RoleSessionName": ["alice"]}
        given = {f"{ATTRIBUTES}/{name}": values for name, values in {**usual, **(attributes or {})}.items() if values}
        return self.issuer.response(given, **says)

    def asked(self, text: str | None, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a call."""
        usual = {"RoleArn": self.role_arn, "PrincipalArn": self.provider, "SAMLAssertion": text or self.response()}
        return {**usual, **parameters}

    def take(self, text: str | None = None, **parameters: Any) -> Any:
        """The answer of AssumeRoleWithSAML; a new role may need some seconds on AWS."""
        return self._aws.wait_for(self._aws.sts.assume_role_with_saml, **self.asked(text, parameters))

    def error(self, text: str | None = None, **parameters: Any) -> AwsError:
        """The error that it ends in."""
        return self._aws.error(self._aws.sts.assume_role_with_saml, **self.asked(text, parameters))


@pytest.fixture
def employee(aws: Target, new_role: Roles, new_saml_provider: SamlProviders) -> Employee:
    return Employee(aws, new_role, new_saml_provider)


@documented(API, "8:AssumeRoleWithWebIdentity answers SubjectFromWebIdentityToken")
def test_an_assertion_begins_a_session_of_a_role(aws: Target, employee: Employee) -> None:
    answer = employee.take()
    role_id = aws.iam.get_role(RoleName=employee.role_name)["Role"]["RoleId"]
    name = employee.provider.rpartition("/")[2]
    digest = hashlib.sha1(f"{employee.issuer.entity_id}{aws.account}/{name}".encode()).digest()
    assert sorted(answer.pop("Credentials")) == ["AccessKeyId", "Expiration", "SecretAccessKey", "SessionToken"]
    assert answer == {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id}:alice",
            "Arn": f"arn:aws:sts::{aws.account}:assumed-role/{employee.role_name}/alice",
        },
        "Subject": "alice",
        "SubjectType": "persistent",
        "Issuer": employee.issuer.entity_id,
        "Audience": SIGN_IN,
        "NameQualifier": base64.b64encode(digest).decode(),
    }


@documented(TROUBLE, "sts-saml-provider")
def test_an_unknown_provider_does_not_exist(employee: Employee) -> None:
    assert employee.error(PrincipalArn=f"{employee.provider}-unknown") == invalid("Specified provider doesn't exist")


@documented(TROUBLE, "sts-saml-issuer")
def test_an_issuer_is_one_of_the_metadata(employee: Employee) -> None:
    text = employee.response(issuer="https://somebody.example.com")
    assert employee.error(text) == invalid("Issuer not present in specified provider")


@observed("2022-11", "cevoaustralia/aws-google-auth#270", "sts-saml-signature")
def test_a_response_is_signed_by_a_key_of_the_metadata(employee: Employee) -> None:
    assert employee.error(employee.response(key=certify(1))) == invalid("Response signature invalid")


@documented(TROUBLE, "sts-saml-session-name")
def test_the_sessions_name_is_an_attribute(employee: Employee) -> None:
    text = employee.response({"RoleSessionName": []})
    assert employee.error(text) == invalid("RoleSessionName is required in AuthnResponse")


@documented(TROUBLE, "sts-saml-session-name-form")
def test_the_sessions_name_has_a_form(employee: Employee) -> None:
    text = employee.response({"RoleSessionName": ["a b"]})
    assert employee.error(text) == invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")


@documented(TROUBLE)
def test_a_source_identity_has_a_form(employee: Employee) -> None:
    text = employee.response({"SourceIdentity": ["a b"]})
    assert employee.error(text) == invalid(
        'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
    )


@documented(TROUBLE, "sts-saml-audience")
def test_the_audience_is_aws(employee: Employee) -> None:
    text = employee.response(audience="https://example.com")
    assert employee.error(text) == invalid("Response does not contain the required audience.")
    assert employee.take(employee.response(audience="urn:amazon:webservices"))["Subject"] == "alice"


@observed("2020-10", "Nike-Inc/gimme-aws-creds#251", "sts-saml-late")
def test_a_response_is_good_for_five_minutes(employee: Employee) -> None:
    late = AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", 400)
    assert employee.error(employee.response(age=timedelta(minutes=6))) == late


@documented(TROUBLE, "sts-saml-denied", "8:An unknown role")
def test_a_role_that_does_not_trust_looks_like_none(employee: Employee) -> None:
    employee.trusts("sts:AssumeRoleWithWebIdentity")
    assert employee.error() == DENIED
    unknown = f"{employee.role_arn}-unknown"
    text = employee.response({"Role": [f"{unknown},{employee.provider}"]})
    assert employee.error(text, RoleArn=unknown) == DENIED


@assumed("documented that the role must be there; the answer is not")
def test_the_role_is_one_of_the_assertions(employee: Employee) -> None:
    other = employee.role_arn + "2"
    assert employee.error(employee.response({"Role": [f"{other},{employee.provider}"]})) == DENIED
    assert employee.error(employee.response({"Role": []})) == DENIED


@observed("2019-06", "oktadev/okta-aws-cli-assume-role#307")
def test_the_arn_must_be_a_roles(employee: Employee) -> None:
    assert employee.error(RoleArn=employee.provider) == AwsError("ValidationError", "Request ARN is invalid", 400)


@documented(ASSERTIONS)
def test_the_trust_policy_asks_for_what_the_assertion_says(employee: Employee) -> None:
    keys = {"SAML:aud": SIGN_IN, "SAML:iss": employee.issuer.entity_id, "saml:sub": "alice"}
    employee.trusts(Condition={"StringEquals": keys})
    employee.take()
    assert employee.error(employee.response(subject="bob")) == DENIED


@documented(SESSION_TAGS)
def test_session_tags_need_the_trust_policys_leave(employee: Employee) -> None:
    tagged = employee.response({"PrincipalTag:team": ["red"], "TransitiveTagKeys": ["team"]})
    employee.trusts(
        ["sts:AssumeRoleWithSAML", "sts:TagSession"], Condition={"StringEquals": {"aws:RequestTag/team": "red"}}
    )
    employee.take(tagged)
    employee.trusts()
    assert employee.error(tagged) == DENIED


@documented(SOURCE_IDENTITY)
def test_a_source_identity_needs_the_trust_policys_leave(employee: Employee) -> None:
    said = employee.response({"SourceIdentity": ["alice"]})
    assert employee.take(said)["SourceIdentity"] == "alice"
    employee.trusts()
    assert employee.error(said) == DENIED


@observed("2018-04", "Nike-Inc/gimme-aws-creds#54", "sts-duration-role")
def test_a_session_lasts_no_longer_than_the_role_lets_it_whatever_the_assertion_says(employee: Employee) -> None:
    employee.take(employee.response({"SessionDuration": ["43200"]}))
    assert employee.error(employee.response({"SessionDuration": ["43200"]}), DurationSeconds=43200) == AwsError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
    )


@with_private_keys
@assumed(TEXT_UNKNOWN)
def test_a_plain_assertion_is_refused_where_it_must_be_encrypted(aws: Target, employee: Employee) -> None:
    required = {"AssertionEncryptionMode": "Required", "AddPrivateKey": certify(2).private_key}
    aws.iam.update_saml_provider(SAMLProviderArn=employee.provider, **required)
    assert employee.error() == invalid("The SAML assertion must be encrypted")


@assumed(TEXT_UNKNOWN)
def test_what_is_no_base64_is_refused(employee: Employee) -> None:
    assert employee.error("<Response/>") == invalid("Invalid base64 SAMLResponse")


@assumed(TEXT_UNKNOWN)
@pytest.mark.parametrize("document", ["no xml", "<r/>", '<!DOCTYPE r [<!ENTITY a "x">]><r>&a;</r>'])
def test_what_is_no_response_is_refused(employee: Employee, document: str) -> None:
    assert employee.error(base64.b64encode(document.encode()).decode()) == invalid("Invalid SAML response")
