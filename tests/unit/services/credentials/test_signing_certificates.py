"""The rules of signing certificates, without HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conformance.material import certify
from conformance.modelled import with_whole_model
from tests.support import AwsError, Wire

UNKNOWN = "NONEXISTENTCERTID1234567"
MISSING = AwsError("NoSuchEntity", f"The Certificate with id {UNKNOWN} cannot be found.", 404)
NOBODY = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
DUPLICATE = AwsError(
    "DuplicateCertificate",
    "The request was rejected because the same certificate is associated with an IAM user in the account.",
    409,
)
QUOTA = AwsError("LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2", 409)


@pytest.fixture
def users(wire: Wire) -> Wire:
    """A server with the users a and b."""
    wire.user("a")
    wire.user("b")
    return wire


def upload(wire: Wire, user: str = "a", body: str | None = None, **more: str) -> Any:
    answer = wire.call("UploadSigningCertificate", UserName=user, CertificateBody=body or certify().body, **more)
    return answer if isinstance(answer, AwsError) else answer["Certificate"]


def listed(wire: Wire, **parameters: Any) -> list[dict[str, str]]:
    certificates = wire.call("ListSigningCertificates", **parameters)["Certificates"]
    members = certificates["member"] if certificates else []
    return members if isinstance(members, list) else [members]


def test_a_new_certificate_is_active_and_shown_as_it_was_sent(users: Wire) -> None:
    body = certify().body
    shown = upload(users, body=body)
    assert sorted(shown) == ["CertificateBody", "CertificateId", "Status", "UploadDate", "UserName"]
    assert (shown["UserName"], shown["Status"], shown["CertificateBody"]) == ("a", "Active", body.strip())
    assert re.fullmatch(r"[A-Z0-9]{24}", shown["CertificateId"])


def test_a_list_shows_the_whole_of_each_the_older_first(users: Wire) -> None:
    uploaded = [upload(users), upload(users)]
    assert listed(users, UserName="a") == uploaded
    assert listed(users, UserName="b") == []


def test_the_order_is_that_of_uploads_after_a_deletion(users: Wire) -> None:
    first, second = upload(users), upload(users)
    users.call("DeleteSigningCertificate", UserName="a", CertificateId=first["CertificateId"])
    third = upload(users)
    assert listed(users, UserName="a") == [second, third]


def test_a_list_comes_in_pages(users: Wire) -> None:
    first, second = upload(users), upload(users)
    page = users.call("ListSigningCertificates", UserName="a", MaxItems=1)
    assert (page["IsTruncated"], page["Certificates"]["member"]) == ("true", first)
    assert listed(users, UserName="a", Marker=page["Marker"]) == [second]
    elsewhere = users.call("ListSigningCertificates", UserName="b", Marker=page["Marker"])
    assert elsewhere == AwsError("ValidationError", "Invalid Marker.", 400)


def test_a_third_certificate_exceeds_the_quota(users: Wire) -> None:
    first = upload(users)
    upload(users)
    users.call("UpdateSigningCertificate", UserName="a", CertificateId=first["CertificateId"], Status="Inactive")
    assert upload(users) == QUOTA
    assert not isinstance(upload(users, "b"), AwsError)


def test_the_quota_is_a_setting() -> None:
    wire = Wire(quotas="certificates_per_user=1")
    wire.user("a")
    upload(wire)
    assert upload(wire) == AwsError("LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 1", 409)


def test_a_malformed_body_is_repeated_in_the_refusal(users: Wire) -> None:
    refused = AwsError("MalformedCertificate", "Certificate invalid-certificate-body is malformed.", 400)
    assert upload(users, body="invalid-certificate-body") == refused
    assert listed(users, UserName="a") == []


@pytest.mark.parametrize("user", ["a", "b"])
def test_the_same_certificate_is_nobody_elses(users: Wire, user: str) -> None:
    body = certify().body
    held = upload(users, body=body)
    assert upload(users, user, f"\n{body}") == DUPLICATE
    users.call("DeleteSigningCertificate", UserName="a", CertificateId=held["CertificateId"])
    assert not isinstance(upload(users, user, body), AwsError)


def test_a_certificate_is_switched_off_and_on(users: Wire) -> None:
    certificate_id = upload(users)["CertificateId"]
    for status in ("Inactive", "Active"):
        parameters = {"UserName": "a", "CertificateId": certificate_id, "Status": status}
        assert users.call("UpdateSigningCertificate", **parameters) is None
        assert [shown["Status"] for shown in listed(users, UserName="a")] == [status]


@with_whole_model
@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("Expired", AwsError("InvalidInput", "Invalid status: Expired", 400)),
        (
            "active",
            AwsError(
                "ValidationError",
                "1 validation error detected: Value at 'status' failed to satisfy constraint: "
                "Member must satisfy enum value set",
                400,
            ),
        ),
    ],
)
def test_another_status_is_refused(users: Wire, status: str, refused: AwsError) -> None:
    certificate_id = upload(users)["CertificateId"]
    parameters = {"UserName": "a", "CertificateId": certificate_id, "Status": status}
    assert users.call("UpdateSigningCertificate", **parameters) == refused


@pytest.mark.parametrize(
    ("action", "more"), [("UpdateSigningCertificate", {"Status": "Inactive"}), ("DeleteSigningCertificate", {})]
)
def test_a_certificate_is_found_by_its_owner_alone(users: Wire, action: str, more: dict[str, str]) -> None:
    held = upload(users)["CertificateId"]
    assert users.call(action, UserName="a", CertificateId=UNKNOWN, **more) == MISSING
    missing = AwsError("NoSuchEntity", f"The Certificate with id {held} cannot be found.", 404)
    assert users.call(action, UserName="b", CertificateId=held, **more) == missing
    assert users.call(action, UserName="nobody", CertificateId=held, **more) == NOBODY
    assert users.call(action, UserName="a", CertificateId=held, **more) is None


def test_an_unknown_user_is_told_before_a_malformed_body(users: Wire) -> None:
    assert upload(users, "nobody", "x") == NOBODY
    assert users.call("ListSigningCertificates", UserName="nobody") == NOBODY


def test_without_a_name_the_caller_is_meant(users: Wire) -> None:
    key = users.key("a")
    made = users.call("UploadSigningCertificate", key, CertificateBody=certify().body)["Certificate"]
    assert made["UserName"] == "a"
    assert users.call("ListSigningCertificates", key)["Certificates"]["member"] == made
    own = users.call("UploadSigningCertificate", CertificateBody=certify().body)["Certificate"]
    assert "UserName" not in own
    assert listed(users) == [own]


def test_a_certificate_follows_its_renamed_user(users: Wire) -> None:
    made = upload(users)
    users.call("UpdateUser", UserName="a", NewUserName="c")
    assert listed(users, UserName="c") == [{**made, "UserName": "c"}]


def test_a_user_with_certificates_is_not_deleted(users: Wire) -> None:
    held = upload(users)["CertificateId"]
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete certificates first.", 409)
    assert users.call("DeleteUser", UserName="a") == conflict
    users.call("DeleteSigningCertificate", UserName="a", CertificateId=held)
    assert users.call("DeleteUser", UserName="a") is None
