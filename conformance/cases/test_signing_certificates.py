from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.material import NO_CERTIFICATE, VALID_FROM, certify
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, Source
from conformance.targets import Target

NOBODY = "fake-iam-conformance-nobody"
UNKNOWN = "NONEXISTENTCERTID12345678901"
LOCALSTACK = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_signing_certificates")
UPLOAD = f"{API}/API_UploadSigningCertificate.html"


@pytest.fixture
def alice(aws: Target, new_user: People) -> Iterator[str]:
    """A user, whose certificates are removed when the case is over."""
    name = new_user()
    yield name
    for shown in aws.iam.list_signing_certificates(UserName=name)["Certificates"]:
        aws.iam.delete_signing_certificate(UserName=name, CertificateId=shown["CertificateId"])


def upload(aws: Target, user: str, body: str | None = None) -> Any:
    answer = aws.iam.upload_signing_certificate(UserName=user, CertificateBody=body or certify().body)
    return answer["Certificate"]


@observed(*LOCALSTACK, "7:Signing certificates")
def test_a_new_certificate_is_active_and_shown_as_it_was_sent(aws: Target, alice: str) -> None:
    body = certify().body
    shown = upload(aws, alice, body)
    assert sorted(shown) == ["CertificateBody", "CertificateId", "Status", "UploadDate", "UserName"]
    assert (shown["UserName"], shown["Status"], shown["CertificateBody"]) == (alice, "Active", body)


@documented(UPLOAD, "7:Signing certificates")
def test_a_certificate_id_is_of_capital_letters_and_digits(aws: Target, alice: str) -> None:
    assert re.fullmatch(r"[A-Z0-9]{24,128}", upload(aws, alice)["CertificateId"])


@observed(*LOCALSTACK, "7:Signing certificates", "1.5:UpdateSigningCertificate")
def test_a_certificate_is_listed_switched_and_deleted(aws: Target, alice: str) -> None:
    made = upload(aws, alice)
    named = {"UserName": alice, "CertificateId": made["CertificateId"]}
    assert only(aws.iam.list_signing_certificates(UserName=alice)["Certificates"]) == made
    for status in ("Inactive", "Active"):
        assert aws.iam.update_signing_certificate(**named, Status=status) == {}
        shown = aws.settle(
            lambda: aws.iam.list_signing_certificates(UserName=alice)["Certificates"][0]["Status"], status
        )
        assert shown == status
    assert aws.iam.delete_signing_certificate(**named) == {}
    assert aws.iam.list_signing_certificates(UserName=alice)["Certificates"] == []


@assumed("access keys are listed so", "7:Signing certificates")
def test_certificates_are_listed_in_the_order_of_upload(aws: Target, alice: str) -> None:
    made = [upload(aws, alice)["CertificateId"] for _ in range(2)]
    listed = aws.iam.list_signing_certificates(UserName=alice)["Certificates"]
    assert [shown["CertificateId"] for shown in listed] == made


@fake_only("users of this suite may manage access keys alone")
@documented(UPLOAD, "5:UserName omitted")
def test_without_a_name_the_signer_is_meant(aws: Target, alice: str, new_user: People) -> None:
    aws.permit_own_keys(alice)
    own = aws.signing_with(new_user.key(alice)).iam
    made = own.upload_signing_certificate(CertificateBody=certify().body)["Certificate"]
    assert made["UserName"] == alice
    assert own.list_signing_certificates()["Certificates"] == [made]


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("upload_signing_certificate", {"CertificateBody": NO_CERTIFICATE}),
        ("list_signing_certificates", {}),
        ("update_signing_certificate", {"CertificateId": UNKNOWN, "Status": "Inactive"}),
        ("delete_signing_certificate", {"CertificateId": UNKNOWN}),
    ],
)
@observed(*LOCALSTACK, "cert-user-missing")
def test_an_unknown_user_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    missing = AwsError("NoSuchEntity", f"The user with name {NOBODY} cannot be found.", 404)
    assert aws.error(getattr(aws.iam, method), UserName=NOBODY, **parameters) == missing


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("update_signing_certificate", {"Status": "Inactive"}), ("delete_signing_certificate", {})],
)
@observed(*LOCALSTACK, "cert-missing")
def test_an_unknown_certificate_cannot_be_found(
    aws: Target, alice: str, method: str, parameters: dict[str, Any]
) -> None:
    missing = AwsError("NoSuchEntity", f"The Certificate with id {UNKNOWN} cannot be found.", 404)
    assert aws.error(getattr(aws.iam, method), UserName=alice, CertificateId=UNKNOWN, **parameters) == missing


@observed(*LOCALSTACK, "cert-malformed")
def test_what_is_no_certificate_is_repeated_in_the_refusal(aws: Target, alice: str) -> None:
    refused = AwsError("MalformedCertificate", f"Certificate {NO_CERTIFICATE} is malformed.", 400)
    assert aws.error(aws.iam.upload_signing_certificate, UserName=alice, CertificateBody=NO_CERTIFICATE) == refused


@observed(*LOCALSTACK, "cert-quota")
def test_a_third_certificate_exceeds_the_quota(aws: Target, alice: str) -> None:
    upload(aws, alice)
    upload(aws, alice)
    full = AwsError("LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2", 409)
    assert aws.error(aws.iam.upload_signing_certificate, UserName=alice, CertificateBody=certify().body) == full


@assumed("the code and the account's scope are documented, the text is the documentation's", "cert-duplicate")
def test_a_certificate_is_uploaded_once_in_an_account(aws: Target, alice: str, new_user: People) -> None:
    body = certify().body
    upload(aws, alice, body)
    text = "The request was rejected because the same certificate is associated with an IAM user in the account."
    duplicate = AwsError("DuplicateCertificate", text, 409)
    for user in (alice, new_user()):
        assert aws.error(aws.iam.upload_signing_certificate, UserName=user, CertificateBody=body) == duplicate


@assumed("InvalidCertificate is modelled, but when it is answered nobody has said", "cert-invalid")
def test_a_certificate_that_has_expired_is_taken(aws: Target, alice: str) -> None:
    expired = certify(valid_from=VALID_FROM, valid_to=datetime(2021, 1, 1, tzinfo=timezone.utc))
    assert upload(aws, alice, expired.body)["Status"] == "Active"


@with_whole_model
@assumed("as for access keys, whose answer is not known either", "7:Signing certificates")
def test_the_status_expired_cannot_be_given(aws: Target, alice: str) -> None:
    named = {"UserName": alice, "CertificateId": upload(aws, alice)["CertificateId"]}
    refused = AwsError("InvalidInput", "Invalid status: Expired", 400)
    assert aws.error(aws.iam.update_signing_certificate, **named, Status="Expired") == refused


@observed("undated", "rebuy-de/aws-nuke#671, hashicorp/terraform-provider-aws#10322, users' quotes", "user-del-certs")
def test_a_user_with_certificates_is_not_deleted(aws: Target, alice: str) -> None:
    upload(aws, alice)
    refused = AwsError("DeleteConflict", "Cannot delete entity, must delete certificates first.", 409)
    assert aws.error(aws.iam.delete_user, UserName=alice) == refused
