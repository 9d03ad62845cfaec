"""The rules of AssumeRoleWithSAML, without HTTP, and what hostile responses come to."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest import mock

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from signxml import DigestAlgorithm, SignatureMethod, XMLSigner

from conformance.material import certify, saml_metadata
from conformance.modelled import with_private_keys
from fake_iam import ManualClock
from tests.support import AwsError, Key, Wire, form_request
from tests.unit.services.sts.test_assumed_roles import pair

ACCOUNT = "123456789012"
OTHER = "210987654321"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sso"
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ACTION = "sts:AssumeRoleWithSAML"
SIGN_IN = "https://signin.aws.amazon.com/saml"
ENTITY = "https://idp.example.com/saml"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes"
DENIED = AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", 403)


def invalid(message: str) -> AwsError:
    return AwsError("InvalidIdentityToken", message, 400)


NO_RESPONSE = invalid("Invalid SAML response")
WRONG_SIGNATURE = invalid("Response signature invalid")
WRONG_AUDIENCE = invalid("Response does not contain the required audience.")
EXPIRED = AwsError("ExpiredTokenException", "The SAML assertion has expired", 400)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7)
    document = wire.assembled.controls.federation.saml_metadata()
    made = wire.call("CreateSAMLProvider", Name="Okta", SAMLMetadataDocument=document)
    assert made == {"SAMLProviderArn": PROVIDER}
    wire.call("CreateRole", RoleName="sso", AssumeRolePolicyDocument=trust())
    return wire


def trust(principal: str = PROVIDER, action: Any = ACTION, **others: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Federated": principal}, "Action": action, **others}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trusting(wire: Wire, document: str) -> None:
    assert wire.call("UpdateAssumeRolePolicy", RoleName="sso", PolicyDocument=document) is None


def assertion(wire: Wire, provider: str = "Okta", **says: Any) -> str:
    made: str = wire.assembled.controls.federation.saml_assertion(provider, **{"role": "sso", **says})
    return made


def assume(wire: Wire, text: str | None = None, **parameters: Any) -> Any:
    asked = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": text or assertion(wire)}
    return wire.call("AssumeRoleWithSAML", **{**asked, **parameters})


def tree(text: str) -> Any:
    return etree.fromstring(base64.b64decode(text))


def text_of(root: Any) -> str:
    return base64.b64encode(etree.tostring(root)).decode()


def test_the_subject_of_an_assertion_takes_on_a_role_that_trusts_its_provider(wire: Wire) -> None:
    answer = assume(wire, assertion(wire, session_name="alice@example.com", subject="alice"))
    assert answer.pop("Credentials")["Expiration"] == "2026-01-01T01:00:00Z"
    role_id = wire.call("GetRole", RoleName="sso")["Role"]["RoleId"]
    digest = hashlib.sha1(f"{ENTITY}{ACCOUNT}/Okta".encode()).digest()
    assert answer == {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role_id}:alice@example.com",
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/sso/alice@example.com",
        },
        "Subject": "alice",
        "SubjectType": "persistent",
        "Issuer": ENTITY,
        "Audience": SIGN_IN,
        "NameQualifier": base64.b64encode(digest).decode(),
    }


def test_the_session_is_one_of_the_role_and_nobody_signs_for_it(wire: Wire) -> None:
    session = pair(assume(wire))
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/sso/test-user"
    assert wire.call("GetCallerIdentity", session)["Arn"] == arn


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("transient", "transient"),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "transient"),
        (
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ),
    ],
)
def test_the_prefix_of_a_format_of_saml_2_is_left_out(wire: Wire, given: str, shown: str) -> None:
    assert assume(wire, assertion(wire, subject_format=given))["SubjectType"] == shown


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::123456789012:saml-provider/Other", f"arn:aws:iam::{OTHER}:saml-provider/Okta", "x" * 20]
)
def test_an_unknown_provider_is_not_specified(wire: Wire, arn: str) -> None:
    assert assume(wire, PrincipalArn=arn) == invalid("Specified provider doesn't exist")
    assert OTHER not in {account.id for account in wire.assembled.engine.store.accounts()}


def test_the_arn_must_be_a_roles(wire: Wire) -> None:
    assert assume(wire, RoleArn=PROVIDER) == AwsError("ValidationError", "Request ARN is invalid", 400)


def test_an_issuer_that_the_metadata_does_not_describe_is_refused(wire: Wire) -> None:
    text = assertion(wire)
    wire.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, SAMLMetadataDocument=saml_metadata("https://other"))
    assert assume(wire, text) == invalid("Issuer not present in specified provider")


def test_a_key_that_the_metadata_does_not_have_signs_nothing(wire: Wire) -> None:
    text = assertion(wire)
    wire.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, SAMLMetadataDocument=saml_metadata(ENTITY))
    assert assume(wire, text) == WRONG_SIGNATURE


def test_any_certificate_of_the_metadata_verifies_whenever_it_is_valid(wire: Wire) -> None:
    old = certify(1, valid_from=NOW - timedelta(days=20), valid_to=NOW - timedelta(days=10))
    document = saml_metadata(ENTITY, certify(0).der, old.der)
    wire.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, SAMLMetadataDocument=document)
    assert isinstance(assume(wire, signed(unsigned(example()), old)), dict)
    assert assume(wire, signed(unsigned(example()), certify(2))) == WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ({"session_name": None}, "RoleSessionName is required in AuthnResponse"),
        ({"session_name": "a"}, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        ({"session_name": "a b"}, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        ({"session_name": "x" * 65}, "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"),
        ({"source_identity": "a b"}, 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'),
        (
            {"attributes": {f"{ATTRIBUTES}/PrincipalTag:team": ["red", "blue"]}},
            f"{ATTRIBUTES}/PrincipalTag:team must have exactly one value",
        ),
        ({"tags": {"k": "x" * 257}}, "The session tags exceed the limits of their number, keys or values"),
    ],
)
def test_an_attribute_that_cannot_be_is_refused(wire: Wire, says: dict[str, Any], message: str) -> None:
    assert assume(wire, assertion(wire, **says)) == invalid(message)


def test_two_names_of_a_session_are_none(wire: Wire) -> None:
    text = assertion(wire, attributes={f"{ATTRIBUTES}/RoleSessionName": "other"})
    assert assume(wire, text) == invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")


@pytest.mark.parametrize("role", ["other", f"arn:aws:iam::{OTHER}:role/sso", "SSO", []])
def test_the_role_must_be_one_of_the_assertion(wire: Wire, role: Any) -> None:
    assert assume(wire, assertion(wire, role=role)) == DENIED


def test_one_of_many_roles_is_taken_on_and_the_order_of_a_pair_does_not_matter(wire: Wire) -> None:
    assert isinstance(assume(wire, assertion(wire, role=["other", ROLE])), dict)
    turned = assertion(wire, role=[], attributes={f"{ATTRIBUTES}/Role": [f" {PROVIDER} , {ROLE} "]})
    assert isinstance(assume(wire, turned), dict)


def test_an_unknown_role_looks_like_one_that_does_not_trust(wire: Wire) -> None:
    unknown = f"{ROLE}-unknown"
    assert assume(wire, assertion(wire, role=unknown), RoleArn=unknown) == DENIED
    trusting(wire, trust(f"{PROVIDER}2"))
    assert assume(wire) == DENIED
    trusting(wire, trust(action="sts:AssumeRoleWithWebIdentity"))
    assert assume(wire) == DENIED


def test_a_provider_is_good_for_roles_of_its_own_account(wire: Wire) -> None:
    made = wire.call("CreateRole", Key(OTHER, "dummy"), RoleName="sso", AssumeRolePolicyDocument=trust())["Role"]
    assert assume(wire, assertion(wire, role=made["Arn"]), RoleArn=made["Arn"]) == DENIED


def test_an_assertion_is_good_for_five_minutes(wire: Wire, clock: ManualClock) -> None:
    text = assertion(wire)
    clock.advance(timedelta(minutes=4, seconds=59))
    pair(assume(wire, text))
    clock.advance(timedelta(seconds=1))
    assert assume(wire, text) == EXPIRED
    clock.advance(timedelta(seconds=1))
    late = "Token must be redeemed within 5 minutes of issuance"
    assert assume(wire, text) == AwsError("ExpiredTokenException", late, 400)


def test_an_assertion_of_the_future_is_refused(wire: Wire) -> None:
    pair(assume(wire, assertion(wire, issued="2026-01-01T00:05:00Z")))
    early = invalid("The SAML assertion is not yet valid")
    assert assume(wire, assertion(wire, issued="2026-01-01T00:05:01Z")) == early


def test_a_session_ends_with_the_providers_own(wire: Wire) -> None:
    answer = assume(wire, assertion(wire, session_until="2026-01-01T00:10:00Z"))
    assert answer["Credentials"]["Expiration"] == "2026-01-01T00:10:00Z"
    answer = assume(wire, assertion(wire, session_until="2026-01-01T02:00:00Z"))
    assert answer["Credentials"]["Expiration"] == "2026-01-01T01:00:00Z"
    assert assume(wire, assertion(wire, session_until="2026-01-01T00:00:00Z")) == EXPIRED


def test_the_attribute_session_duration_is_for_the_console_alone(wire: Wire) -> None:
    answer = assume(wire, assertion(wire, duration=900))
    assert answer["Credentials"]["Expiration"] == "2026-01-01T01:00:00Z"


def test_duration_and_session_policies_are_those_of_other_sessions(wire: Wire) -> None:
    assert assume(wire, DurationSeconds="3601") == AwsError(
        "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
    )
    assert assume(wire, DurationSeconds="900")["Credentials"]["Expiration"] == "2026-01-01T00:15:00Z"
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    assert assume(wire, Policy=policy)["PackedPolicySize"] == "5"


@pytest.mark.parametrize(
    ("says", "is_for_aws"),
    [
        ({"audience": "urn:amazon:webservices"}, True),
        ({"audience": "https://eu-west-1.signin.aws.amazon.com/saml"}, True),
        ({"recipient": "https://signin.aws.amazon.com/static/saml"}, True),
        ({"recipient": "https://signin.amazonaws.cn/saml"}, True),
        ({"audience": "https://example.com"}, False),
        ({"audience": None}, False),
        ({"recipient": "https://signin.aws.amazon.com.example.com/saml"}, False),
        ({"recipient": "https://signin.aws.amazon.com/saml/acs/SAMLSPOTHER"}, False),
    ],
)
def test_an_assertion_is_for_aws(wire: Wire, says: dict[str, Any], is_for_aws: bool) -> None:
    answer = assume(wire, assertion(wire, **says))
    if is_for_aws:
        assert answer["Audience"] == says.get("recipient", SIGN_IN)
    else:
        assert answer == WRONG_AUDIENCE


@with_private_keys
def test_a_recipient_may_name_the_provider(wire: Wire) -> None:
    provider_id = wire.call("GetSAMLProvider", SAMLProviderArn=PROVIDER)["SAMLProviderUUID"]
    recipient = f"{SIGN_IN}/acs/{provider_id}"
    assert assume(wire, assertion(wire, recipient=recipient))["Audience"] == recipient


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ({"StringEquals": {"SAML:aud": SIGN_IN, "SAML:iss": ENTITY, "saml:doc": f"{ACCOUNT}/Okta"}}, {}),
        (
            {"StringEquals": {"saml:sub": "alice", "saml:sub_type": "transient"}},
            {"subject": "alice", "subject_format": "transient"},
        ),
        (
            {"ForAnyValue:StringEquals": {"saml:eduPersonAffiliation": "staff"}},
            {"attributes": {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["member", "staff"]}},
        ),
        ({"StringEquals": {"saml:cn": "Alice"}}, {"attributes": {"urn:oid:2.5.4.3": "Alice"}}),
        ({"StringEquals": {"sts:RoleSessionName": "alice"}}, {"session_name": "alice"}),
        ({"StringEquals": {"aws:RequestTag/team": "red"}}, {"tags": {"team": "red"}}),
        ({"StringEquals": {"sts:SourceIdentity": "alice"}}, {"source_identity": "alice"}),
        ({"StringEquals": {"aws:FederatedProvider": PROVIDER}}, {}),
    ],
    ids=str,
)
def test_the_trust_policy_asks_for_what_the_assertion_says(wire: Wire, condition: Any, says: dict[str, Any]) -> None:
    trusting(wire, trust(action="sts:*", Condition=condition))
    pair(assume(wire, assertion(wire, **says)))
    if says:
        assert assume(wire) == DENIED


def test_tags_and_source_identity_need_the_trust_policys_leave(wire: Wire) -> None:
    tagged = assertion(wire, tags={"team": "red"}, transitive_tag_keys=["team"])
    assert assume(wire, tagged) == DENIED
    assert assume(wire, assertion(wire, source_identity="alice")) == DENIED
    trusting(wire, trust(action=[ACTION, "sts:TagSession", "sts:SetSourceIdentity"]))
    assert assume(wire, tagged)["PackedPolicySize"] == "0"
    assert assume(wire, assertion(wire, source_identity="alice"))["SourceIdentity"] == "alice"
    lonely = AwsError(
        "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.", 400
    )
    assert assume(wire, assertion(wire, transitive_tag_keys=["team"])) == lonely


def test_the_subject_stays_with_the_session(wire: Wire) -> None:
    session = pair(assume(wire, assertion(wire, subject="alice")))
    keys = {"saml:sub": "alice", "saml:sub_type": "persistent", "aws:FederatedProvider": PROVIDER}
    condition = {"StringEquals": keys, "Null": {"saml:aud": "true"}}
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    chained = wire.call("CreateRole", RoleName="chained", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    pair(wire.call("AssumeRole", session, RoleArn=chained, RoleSessionName="job-2"))


# Responses that do not come from saml_assertion.


def example(recipient: str = SIGN_IN) -> Any:
    """A response as another provider would write it, not signed."""
    wire = Wire(ManualClock(NOW))
    federation = wire.assembled.controls.federation
    wire.call("CreateSAMLProvider", Name="Okta", SAMLMetadataDocument=federation.saml_metadata())
    return unsigned(tree(federation.saml_assertion("Okta", role="sso", recipient=recipient)))


def unsigned(root: Any) -> Any:
    for signature in list(root.iter(SIGNATURE)):
        signature.getparent().remove(signature)
    return root


def signed(root: Any, by: Any = None, whole: bool = False, **how: Any) -> str:
    """The response, with its assertion or the whole of it signed by a certificate's key."""
    by = by or certify(0)
    signer = XMLSigner(**{"c14n_algorithm": "http://www.w3.org/2001/10/xml-exc-c14n#", **how})
    part = root if whole else root.find(f"{SAML}Assertion")
    done = signer.sign(part, key=by.key, cert=by.body, reference_uri=part.get("ID"), id_attribute="ID")
    if whole:
        return text_of(done)
    root.replace(part, done)
    return text_of(root)


@pytest.fixture
def own(wire: Wire) -> Wire:
    """A server whose provider signs with the key of ``certify(0)``."""
    document = saml_metadata(ENTITY, certify(0).der)
    wire.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, SAMLMetadataDocument=document)
    return wire


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"signature_algorithm": "rsa-sha512", "digest_algorithm": "sha512"},
        {"c14n_algorithm": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"},
    ],
    ids=["sha256", "sha512", "inclusive"],
)
@pytest.mark.parametrize("whole", [False, True], ids=["assertion", "response"])
def test_the_assertion_or_the_whole_response_is_signed(own: Wire, whole: bool, how: dict[str, Any]) -> None:
    assert assume(own, signed(example(), whole=whole, **how))["Subject"] == "test-user"


def test_sha1_is_taken_as_older_providers_sign_with_it(own: Wire) -> None:
    class Old(XMLSigner):
        def check_deprecated_methods(self) -> None:
            """Lets it pass."""

    root = example()
    part = root.find(f"{SAML}Assertion")
    signer = Old(
        signature_algorithm=SignatureMethod.RSA_SHA1,
        digest_algorithm=DigestAlgorithm.SHA1,
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    by = certify(0)
    done = signer.sign(part, key=by.key, cert=by.body, reference_uri=part.get("ID"), id_attribute="ID")
    root.replace(part, done)
    assert assume(own, text_of(root))["Subject"] == "test-user"


def test_a_response_without_a_signature_is_refused(own: Wire) -> None:
    assert assume(own, text_of(example())) == WRONG_SIGNATURE


def test_a_certificate_in_the_response_is_not_believed(own: Wire) -> None:
    assert assume(own, signed(example(), certify(1))) == WRONG_SIGNATURE


@pytest.mark.parametrize("path", [f"{SAML}Assertion/{SAML}Subject/{SAML}NameID", f"{SAML}Assertion/{SAML}Issuer"])
@pytest.mark.parametrize("whole", [False, True], ids=["assertion", "response"])
def test_a_changed_response_is_refused(own: Wire, path: str, whole: bool) -> None:
    root = tree(signed(example(), whole=whole))
    root.find(path).text += " "
    root.find(path).tail = "x"
    assert assume(own, text_of(root)) == WRONG_SIGNATURE


def evil(root: Any) -> Any:
    """A copy of the assertion without its signature that says something else."""
    forged = unsigned(copy.deepcopy(root.find(f"{SAML}Assertion")))
    forged.find(f"{SAML}Subject/{SAML}NameID").text = "admin"
    forged.set("ID", "_evil")
    return forged


def before(root: Any) -> None:
    root.find(f"{SAML}Assertion").addprevious(evil(root))


def after(root: Any) -> None:
    root.append(evil(root))


def in_the_forged_one(root: Any) -> None:
    original, forged = root.find(f"{SAML}Assertion"), evil(root)
    root.replace(original, forged)
    forged.append(original)


def in_extensions(root: Any) -> None:
    original, forged = root.find(f"{SAML}Assertion"), evil(root)
    root.replace(original, forged)
    etree.SubElement(root, f"{PROTOCOL}Extensions").append(original)


def with_the_signature(root: Any) -> None:
    """The forged assertion carries the signature, whose reference leads to the original elsewhere."""
    original, forged = root.find(f"{SAML}Assertion"), evil(root)
    root.replace(original, forged)
    forged.insert(1, original.find(SIGNATURE))
    etree.SubElement(root, f"{PROTOCOL}Extensions").append(original)


def with_the_original_in_the_signature(root: Any) -> None:
    original, forged = root.find(f"{SAML}Assertion"), evil(root)
    root.replace(original, forged)
    signature = original.find(SIGNATURE)
    forged.insert(1, signature)
    etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object").append(original)


def under_the_same_id(root: Any) -> None:
    with_the_signature(root)
    original = root.find(f"{PROTOCOL}Extensions/{SAML}Assertion")
    root.find(f"{SAML}Assertion").set("ID", original.get("ID"))


def two_signatures(root: Any) -> None:
    assertion = root.find(f"{SAML}Assertion")
    assertion.insert(1, copy.deepcopy(assertion.find(SIGNATURE)))


@pytest.mark.parametrize(
    "wrap",
    [
        before,
        after,
        in_the_forged_one,
        in_extensions,
        with_the_signature,
        with_the_original_in_the_signature,
        under_the_same_id,
        two_signatures,
    ],
)
def test_a_wrapped_signature_vouches_for_nothing(own: Wire, wrap: Callable[[Any], None]) -> None:
    root = tree(signed(example()))
    wrap(root)
    assert assume(own, text_of(root)) in (WRONG_SIGNATURE, NO_RESPONSE)


def test_an_assertion_added_to_a_signed_response_is_refused(own: Wire) -> None:
    root = tree(signed(example(), whole=True))
    after(root)
    assert assume(own, text_of(root)) == NO_RESPONSE
    root = tree(signed(example(), whole=True))
    in_extensions(root)
    assert assume(own, text_of(root)) == WRONG_SIGNATURE


def test_a_comment_in_a_name_does_not_cut_it(own: Wire) -> None:
    root = example()
    name = root.find(f"{SAML}Assertion/{SAML}Subject/{SAML}NameID")
    name.text = "admin"
    name.append(etree.Comment("x"))
    name[0].tail = ".example.com"
    assert assume(own, signed(root))["Subject"] == "admin.example.com"
    with_comments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
    root = example()
    name = root.find(f"{SAML}Assertion/{SAML}Subject/{SAML}NameID")
    name.text = "admin"
    name.append(etree.Comment("x"))
    name[0].tail = ".example.com"
    assert assume(own, signed(root, c14n_algorithm=with_comments))["Subject"] == "admin.example.com"


def without(path: str) -> Callable[[Any], None]:
    def remove(root: Any) -> None:
        element = root.find(path)
        element.getparent().remove(element)

    return remove


def changed(path: str, **attributes: str | None) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        element = root.find(path)
        for name, value in attributes.items():
            if value is None:
                del element.attrib[name]
            else:
                element.set(name, value)

    return change


A = f"{SAML}Assertion"
CONFIRMATION = f"{A}/{SAML}Subject/{SAML}SubjectConfirmation"
DATA = f"{CONFIRMATION}/{SAML}SubjectConfirmationData"


@pytest.mark.parametrize(
    "change",
    [
        without(f"{A}/{SAML}Subject"),
        without(f"{A}/{SAML}Subject/{SAML}NameID"),
        without(CONFIRMATION),
        without(DATA),
        changed(CONFIRMATION, Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        changed(DATA, NotOnOrAfter=None),
        changed(DATA, NotOnOrAfter="soon"),
        changed(DATA, NotOnOrAfter="2026-13-01T00:00:00Z"),
        changed(DATA, NotOnOrAfter="0001-01-01T00:00:00+23:59"),
        changed(A, IssueInstant="2026-01-01"),
        changed(f"{PROTOCOL}Status/{PROTOCOL}StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Responder"),
        without(f"{PROTOCOL}Status"),
        without(A),
    ],
)
def test_a_response_without_what_it_must_say_is_refused(own: Wire, change: Callable[[Any], None]) -> None:
    root = example()
    change(root)
    text = signed(root) if root.find(A) is not None else text_of(root)
    assert assume(own, text) == NO_RESPONSE


def test_times_may_have_fractions_and_zones(own: Wire) -> None:
    root = example()
    changed(A, IssueInstant="2026-01-01T02:00:00.1234567+02:00")(root)
    changed(DATA, NotOnOrAfter="2026-01-01T00:04:00")(root)
    assert assume(own, signed(root))["Subject"] == "test-user"


def test_conditions_may_have_no_times(own: Wire) -> None:
    root = example()
    changed(f"{A}/{SAML}Conditions", NotBefore=None, NotOnOrAfter=None)(root)
    without(f"{A}/{SAML}AuthnStatement")(root)
    assert assume(own, signed(root))["Subject"] == "test-user"


DEEP = b"<a>" * 20_000
LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>'
OUTSIDE = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>'
ELSEWHERE = b'<!DOCTYPE r SYSTEM "http://127.0.0.1:1/evil.dtd"><r/>'
PARAMETER = b'<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1:1/evil"> %a;]><r/>'


HOSTILE = {
    "text": b"none",
    "cut": b"<r",
    "deep": DEEP,
    "laughs": LAUGHS,
    "outside": OUTSIDE,
    "elsewhere": ELSEWHERE,
    "parameter": PARAMETER,
    "other": b"<r/>",
    "bytes": b"\xff\xfe<",
    "encoding": b"<?xml version='1.0' encoding='nope'?><r/>",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_response_is_refused_and_fetches_nothing(own: Wire, data: bytes) -> None:
    with mock.patch("socket.getaddrinfo", side_effect=AssertionError("a name was looked up")):
        assert assume(own, base64.b64encode(data).decode()) == NO_RESPONSE


@pytest.mark.parametrize("name", ["laughs", "outside", "elsewhere"])
def test_a_signed_response_with_a_document_type_is_refused(own: Wire, name: str) -> None:
    declared = HOSTILE[name].partition(b"<r")[0]
    document = base64.b64decode(signed(example()))
    assert etree.fromstring(declared + document).tag == f"{PROTOCOL}Response"
    assert assume(own, base64.b64encode(declared + document).decode()) == NO_RESPONSE


def test_what_is_no_base64_is_refused(own: Wire) -> None:
    assert assume(own, "<samlp:Response/>") == invalid("Invalid base64 SAMLResponse")


def test_base64_may_be_in_lines(wire: Wire) -> None:
    lines = base64.encodebytes(base64.b64decode(assertion(wire))).decode()
    assert assume(wire, lines)["Subject"] == "test-user"


def test_a_response_has_its_limits(wire: Wire) -> None:
    answer = assume(wire, "A" * 100_001)
    assert (answer.code, answer.status) == ("ValidationError", 400)
    assert answer.message.endswith("Member must have length less than or equal to 100000")
    asked = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": "A" * 10_000_000}
    assert wire.send(form_request("AssumeRoleWithSAML", **asked)).status == 413


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "nope"])
def test_a_signature_of_another_kind_is_refused(own: Wire, algorithm: str) -> None:
    root = tree(signed(example()))
    for method in root.iter("{http://www.w3.org/2000/09/xmldsig#}SignatureMethod"):
        method.set("Algorithm", f"http://www.w3.org/2001/04/xmldsig-more#{algorithm}")
    assert assume(own, text_of(root)) == WRONG_SIGNATURE


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue", "Reference", "SignedInfo"])
def test_a_signature_without_its_parts_is_refused(own: Wire, name: str) -> None:
    root = tree(signed(example()))
    for part in list(root.iter(f"{{http://www.w3.org/2000/09/xmldsig#}}{name}")):
        part.getparent().remove(part)
    assert assume(own, text_of(root)) == WRONG_SIGNATURE


XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
OAEP = f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/>'
OAEP_SHA256 = (
    f'<xenc:EncryptionMethod Algorithm="{XENC11}rsa-oaep">'
    f'<ds:DigestMethod Algorithm="{XENC}sha256"/><MGF xmlns="{XENC11}" Algorithm="{XENC11}mgf1sha256"/>'
    "</xenc:EncryptionMethod>"
)


def encrypted(text: str, cipher: str = f"{XENC11}aes256-gcm", transport: str = OAEP, by: Any = None) -> str:
    """The response with its assertion encrypted for the key of a certificate."""
    root = tree(text)
    part = root.find(A)
    plain, key = etree.tostring(part), b"k" * (16 if "128" in cipher else 32)
    if cipher.endswith("gcm"):
        hidden = b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, plain, None)
    else:
        padded = plain + bytes(15 - len(plain) % 16) + bytes([16 - len(plain) % 16])
        encryptor = Cipher(algorithms.AES(key), modes.CBC(b"n" * 16)).encryptor()
        hidden = b"n" * 16 + encryptor.update(padded) + encryptor.finalize()
    digest: Any = hashes.SHA256() if "sha256" in transport else hashes.SHA1()
    how = padding.OAEP(mgf=padding.MGF1(algorithm=digest), algorithm=digest, label=None)
    wrapped = (by or certify(3)).key.public_key().encrypt(key, how)
    values = [base64.b64encode(data).decode() for data in (wrapped, hidden)]
    wrapped_value, value = (
        f"<xenc:CipherData><xenc:CipherValue>{each}</xenc:CipherValue></xenc:CipherData>" for each in values
    )
    element = etree.fromstring(
        f'<saml:EncryptedAssertion xmlns:saml="{SAML[1:-1]}" xmlns:xenc="{XENC}" xmlns:ds="{SIGNATURE[1:-10]}">'
        f'<xenc:EncryptedData><xenc:EncryptionMethod Algorithm="{cipher}"/><ds:KeyInfo><xenc:EncryptedKey>{transport}'
        f"{wrapped_value}</xenc:EncryptedKey></ds:KeyInfo>{value}</xenc:EncryptedData></saml:EncryptedAssertion>"
    )
    root.replace(part, element)
    return text_of(root)


@pytest.fixture
def keyed(own: Wire) -> Wire:
    """A server whose provider has two private keys, and takes nothing but encrypted assertions."""
    own.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, AddPrivateKey=certify(2).private_key)
    required = {"AssertionEncryptionMode": "Required", "AddPrivateKey": certify(3).private_key}
    own.call("UpdateSAMLProvider", SAMLProviderArn=PROVIDER, **required)
    return own


@with_private_keys
@pytest.mark.parametrize("transport", [OAEP, OAEP_SHA256], ids=["oaep", "oaep-sha256"])
@pytest.mark.parametrize(
    "cipher", [f"{XENC11}aes128-gcm", f"{XENC11}aes256-gcm", f"{XENC}aes128-cbc", f"{XENC}aes256-cbc"]
)
def test_an_encrypted_assertion_is_decrypted(keyed: Wire, cipher: str, transport: str) -> None:
    assert assume(keyed, encrypted(signed(example()), cipher, transport))["Subject"] == "test-user"


@with_private_keys
def test_a_response_may_be_signed_after_its_assertion_was_encrypted(keyed: Wire) -> None:
    root = tree(encrypted(text_of(example())))
    assert assume(keyed, signed(root, whole=True))["Subject"] == "test-user"
    assert assume(keyed, text_of(root)) == WRONG_SIGNATURE


@with_private_keys
def test_a_plain_assertion_is_refused_where_it_must_be_encrypted(keyed: Wire) -> None:
    assert assume(keyed, signed(example())) == invalid("The SAML assertion must be encrypted")


def test_what_no_key_decrypts_is_refused(keyed: Wire) -> None:
    whole = signed(example())
    for text in (
        encrypted(whole, by=certify(1)),
        encrypted(whole, transport=OAEP.replace("rsa-oaep-mgf1p", "rsa-1_5")),
        encrypted(whole, transport=OAEP_SHA256.replace("mgf1sha256", "mgf1md5")),
        encrypted(whole, transport=""),
    ):
        assert assume(keyed, text) == NO_RESPONSE


@pytest.mark.parametrize("path", ["EncryptedData", "EncryptedKey", "EncryptionMethod", "CipherData"])
def test_an_encrypted_assertion_without_its_parts_is_refused(keyed: Wire, path: str) -> None:
    root = tree(encrypted(signed(example())))
    part = next(root.iter(f"{{{XENC}}}{path}"))
    part.getparent().remove(part)
    assert assume(keyed, text_of(root)) == NO_RESPONSE


@pytest.mark.parametrize("cipher", [f"{XENC11}aes256-gcm", f"{XENC}aes256-cbc"])
def test_a_changed_cipher_text_is_refused(keyed: Wire, cipher: str) -> None:
    root = tree(encrypted(signed(example()), cipher))
    *_, value = root.iter(f"{{{XENC}}}CipherValue")
    data = base64.b64decode(value.text)
    value.text = base64.b64encode(data[:-1] + bytes([data[-1] ^ 255])).decode()
    assert assume(keyed, text_of(root)) in (NO_RESPONSE, WRONG_SIGNATURE)


def test_two_assertions_are_too_many_encrypted_or_not(keyed: Wire) -> None:
    root = tree(encrypted(signed(example())))
    root.append(copy.deepcopy(root.find(f"{SAML}EncryptedAssertion")))
    assert assume(keyed, text_of(root)) == NO_RESPONSE
    root = tree(encrypted(signed(example())))
    after_it = evil(tree(signed(example())))
    root.append(after_it)
    assert assume(keyed, text_of(root)) == NO_RESPONSE


def test_without_the_extra_the_answer_names_it(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    text = assertion(wire)
    monkeypatch.setitem(sys.modules, "signxml", None)
    monkeypatch.setitem(sys.modules, "lxml", None)
    missing = "fake_iam needs its extra federation for this: pip install 'fake-iam[federation]'"
    assert assume(wire, text) == AwsError("NotImplemented", missing, 501)
    with pytest.raises(ValueError, match=r"^this needs the extra federation: pip install 'fake-iam\[federation\]'$"):
        assertion(wire)
