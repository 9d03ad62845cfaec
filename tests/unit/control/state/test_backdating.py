"""Dates of what is there already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.material import certify, ssh_key
from fake_iam import ManualClock
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import FormatError
from tests.support import Key, Wire

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
THEN = "2025-10-02T00:00:00Z"


@pytest.fixture
def wire() -> Wire:
    wire = Wire(ManualClock(START))
    wire.assembled.controls.seed(
        {
            "users": [
                {
                    "name": "alice",
                    "created": "400 days ago",
                    "login_profile": {},
                    "mfa_devices": [{"enabled": "5 days ago"}],
                }
            ]
        }
    )
    return wire


@pytest.fixture
def controls(wire: Wire) -> Controls:
    wire.assembled.controls.clock.freeze()
    return wire.assembled.controls


def test_a_password(wire: Wire, controls: Controls) -> None:
    controls.backdate({"user": "alice", "password_created": "91 days ago", "password_changed": "10 days ago"})
    assert wire.call("GetLoginProfile", UserName="alice")["LoginProfile"]["CreateDate"] == THEN


def test_an_mfa_device(wire: Wire, controls: Controls) -> None:
    controls.backdate({"mfa_device": "arn:aws:iam::123456789012:mfa/alice", "enabled": "91 days ago"})
    assert wire.call("ListMFADevices", UserName="alice")["MFADevices"]["member"]["EnableDate"] == THEN


def test_a_signing_certificate_and_an_ssh_key(wire: Wire, controls: Controls) -> None:
    made = wire.call("UploadSigningCertificate", UserName="alice", CertificateBody=certify().body)["Certificate"]
    key = wire.call("UploadSSHPublicKey", UserName="alice", SSHPublicKeyBody=ssh_key())["SSHPublicKey"]
    controls.backdate({"signing_certificate": made["CertificateId"], "uploaded": "91 days ago"})
    controls.backdate({"ssh_public_key": key["SSHPublicKeyId"], "uploaded": "91 days ago"})
    assert wire.call("ListSigningCertificates", UserName="alice")["Certificates"]["member"]["UploadDate"] == THEN
    assert wire.call("ListSSHPublicKeys", UserName="alice")["SSHPublicKeys"]["member"]["UploadDate"] == THEN


def test_a_service_specific_credential(wire: Wire, controls: Controls) -> None:
    made = wire.call("CreateServiceSpecificCredential", UserName="alice", ServiceName="codecommit.amazonaws.com")
    credential = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    controls.backdate({"service_specific_credential": credential, "created": "91 days ago"})
    listed = wire.call("ListServiceSpecificCredentials", UserName="alice")["ServiceSpecificCredentials"]["member"]
    assert listed["CreateDate"] == THEN


def test_a_group_by_its_name_and_a_policy_by_its_arn(wire: Wire, controls: Controls) -> None:
    wire.call("CreateGroup", GroupName="Developers")
    arn = wire.call("CreatePolicy", PolicyName="own", PolicyDocument=POLICY)["Policy"]["Arn"]
    controls.backdate({"group": "developers", "created": "91 days ago"})
    controls.backdate({"policy": arn, "created": "91 days ago", "updated": "91 days ago"})
    assert wire.call("GetGroup", GroupName="developers")["Group"]["CreateDate"] == THEN
    policy = wire.call("GetPolicy", PolicyArn=arn)["Policy"]
    assert (policy["CreateDate"], policy["UpdateDate"]) == (THEN, THEN)


def test_a_thing_of_another_account(wire: Wire, controls: Controls) -> None:
    other = Key("111122223333", "x")
    wire.call("CreateGroup", other, GroupName="g")
    controls.backdate({"group": "g", "account_id": "111122223333", "created": "91 days ago"})
    assert wire.call("GetGroup", other, GroupName="g")["Group"]["CreateDate"] == THEN


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (
            {"group": "nobodies", "created": "1 day ago"},
            "group: 'nobodies' is no group of account 123456789012",
        ),
        (
            {"mfa_device": "x", "enabled": "1 day ago"},
            "mfa_device: 'x' is no enabled MFA device of account 123456789012",
        ),
        (
            {"mfa_device": "x", "created": "1 day ago"},
            "created: is no field; there are mfa_device, account_id, enabled, allow_impossible",
        ),
        (
            {"user": "bob", "password_changed": "1 day ago"},
            "user: 'bob' is no user with a password of account 123456789012",
        ),
        ({"root": "toor", "created": "1 day ago"}, "root: 'toor' is not one of root"),
        (
            {"user": "alice"},
            "no date is given for 'alice'; give one of created, password_last_used, password_created, password_changed",
        ),
        ({"access_key": "x"}, "no date is given for 'x'; give one of created, last_used"),
        ({"group": "g", "account_id": "111122223333"}, "no date is given for 'g'; give one of created"),
        (
            {"user": "alice", "created": None},
            'created: None is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"',
        ),
        (
            {"user": "alice", "created": "10 days ago", "password_last_used": "11 days ago"},
            "password_last_used: 2025-12-21T00:00:00Z is before created of user 'alice' (2025-12-22T00:00:00Z); "
            "set that first, or give allow_impossible",
        ),
        (
            {"user": "alice", "created": "1 day ago"},
            "created: 2025-12-31T00:00:00Z is after enabled of mfa device 'alice' (2025-12-27T00:00:00Z); "
            "set that first, or give allow_impossible",
        ),
        (
            {"user": "alice", "password_created": "401 days ago"},
            "password_created: 2024-11-26T00:00:00Z is before created of user 'alice' (2024-11-27T00:00:00Z); "
            "set that first, or give allow_impossible",
        ),
        (
            {"user": "alice", "password_created": "1 day ago", "password_changed": "2 days ago"},
            "password_changed: 2025-12-30T00:00:00Z is before password_created of the user with a password "
            "(2025-12-31T00:00:00Z); set that first, or give allow_impossible",
        ),
        (
            {"root": "root", "created": "1 day ago", "password_last_used": "2 days ago"},
            "password_last_used: 2025-12-30T00:00:00Z is before created of the root user (2025-12-31T00:00:00Z); "
            "set that first, or give allow_impossible",
        ),
    ],
)
def test_what_cannot_be_set_is_refused(wire: Wire, controls: Controls, values: dict[str, Any], problem: str) -> None:
    wire.user("bob")
    before = controls.dump(secrets=True)
    with pytest.raises(FormatError) as refused:
        controls.backdate(values)
    assert str(refused.value) == problem
    assert controls.dump(secrets=True) == before


ROOTS_DEVICE = "arn:aws:iam::123456789012:mfa/root-account-mfa-device"
KEY = "AKIAQAAAAAAAAAAAAAAA"
SECOND = timedelta(seconds=1)


@pytest.fixture
def key(controls: Controls) -> str:
    controls.seed({"users": [{"name": "carol", "created": "100 days ago", "access_keys": [{"id": KEY}]}]})
    return KEY


def refusal(act: Callable[..., None], *values: Any, **fields: Any) -> str:
    with pytest.raises(FormatError) as refused:
        act(*values, **fields)
    return str(refused.value)


def used(wire: Wire) -> dict[str, str]:
    found: dict[str, str] = wire.call("GetAccessKeyLastUsed", AccessKeyId=KEY)["AccessKeyLastUsed"]
    return found


@pytest.mark.parametrize("values", [{}, {"created": "1 day ago"}])
def test_dates_of_nothing_are_refused(controls: Controls, values: dict[str, Any]) -> None:
    said = refusal(controls.backdate, values)
    assert said.startswith("nothing is named; give one of ")
    assert {"user", "root", "access_key", "mfa_device"} <= set(said.partition("one of ")[2].split(", "))


def test_fields_may_be_keywords(wire: Wire, controls: Controls) -> None:
    controls.backdate(mfa_device="arn:aws:iam::123456789012:mfa/alice", enabled=START - timedelta(days=91))
    assert wire.call("ListMFADevices", UserName="alice")["MFADevices"]["member"]["EnableDate"] == THEN


def test_the_keywords_of_a_user(wire: Wire, controls: Controls) -> None:
    controls.backdate_user(
        "alice", created="91 days ago", password_created="90 days ago", password_changed="2 days ago"
    )
    assert wire.call("GetUser", UserName="alice")["User"]["CreateDate"] == THEN
    assert wire.call("GetLoginProfile", UserName="alice")["LoginProfile"]["CreateDate"] == "2025-10-03T00:00:00Z"


def test_a_server_certificate(wire: Wire, controls: Controls) -> None:
    made = certify()
    controls.seed({"server_certificates": [{"name": "site", "body": made.body, "private_key": made.private_key}]})
    controls.backdate(server_certificate="SITE", uploaded="91 days ago")
    listed = wire.call("ListServerCertificates")["ServerCertificateMetadataList"]["member"]
    assert listed["UploadDate"] == THEN


def test_a_use_is_left_as_it_is_unless_it_is_named(wire: Wire, controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="91 days ago", last_used={"date": "2 days ago", "region": "N/A"})
    controls.backdate_access_key(key, created="92 days ago")
    assert used(wire) == {"LastUsedDate": "2025-12-30T00:00:00Z", "ServiceName": "iam", "Region": "N/A"}


def test_no_use_means_never(wire: Wire, controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="91 days ago", last_used="1 day ago")
    controls.backdate_access_key(key, last_used=None)
    assert used(wire) == {"ServiceName": "N/A", "Region": "N/A"}


def test_never_is_a_word_for_it(wire: Wire, controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="91 days ago", last_used="1 day ago")
    controls.backdate(access_key=key, last_used="never")
    assert "LastUsedDate" not in used(wire)


def test_a_password_may_never_have_been_used(wire: Wire, controls: Controls) -> None:
    controls.backdate_user("alice", password_last_used="1 day ago")
    controls.backdate_user("alice", created="399 days ago")
    assert wire.call("GetUser", UserName="alice")["User"]["PasswordLastUsed"] == "2025-12-31T00:00:00Z"
    controls.backdate_user("alice", password_last_used=None)
    assert "PasswordLastUsed" not in wire.call("GetUser", UserName="alice")["User"]


def test_typed_keywords_that_say_nothing_are_refused(controls: Controls, key: str) -> None:
    assert refusal(controls.backdate_user, "alice").startswith("no date is given for 'alice'; give one of created, ")
    assert refusal(controls.backdate_access_key, key) == (
        f"no date is given for '{key}'; give one of created, last_used"
    )
    assert refusal(controls.backdate_root) == "no date is given for 'root'; give one of created, password_last_used"


def test_a_key_cannot_be_older_than_its_user(controls: Controls, key: str) -> None:
    assert refusal(controls.backdate_access_key, key, created="101 days ago") == (
        "created: 2025-09-22T00:00:00Z is before created of user 'carol' (2025-09-23T00:00:00Z); "
        "set that first, or give allow_impossible"
    )
    controls.backdate_access_key(key, created="100 days ago")


def test_a_user_cannot_be_younger_than_its_key(controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="91 days ago")
    assert refusal(controls.backdate_user, "carol", created="90 days ago") == (
        f"created: 2025-10-03T00:00:00Z is after created of access key '{key}' (2025-10-02T00:00:00Z); "
        "set that first, or give allow_impossible"
    )


def test_a_key_cannot_be_used_before_it_is_there(controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="91 days ago")
    assert refusal(controls.backdate_access_key, key, last_used="92 days ago") == (
        f"last_used: 2025-10-01T00:00:00Z is before created of access key '{key}' (2025-10-02T00:00:00Z); "
        "set that first, or give allow_impossible"
    )


def test_a_key_cannot_be_younger_than_its_use(controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="91 days ago", last_used="50 days ago")
    assert refusal(controls.backdate_access_key, key, created="49 days ago") == (
        f"created: 2025-11-13T00:00:00Z is after last_used of access key '{key}' (2025-11-12T00:00:00Z); "
        "set that first, or give allow_impossible"
    )


def test_a_use_is_dated_to_the_second_and_may_be_that_much_before(controls: Controls, key: str) -> None:
    created = START - timedelta(days=91) + timedelta(microseconds=5)
    controls.backdate_access_key(key, created=created, last_used=created.replace(microsecond=0))
    assert "last_used: " in refusal(
        controls.backdate_access_key, key, last_used=created.replace(microsecond=0) - SECOND
    )


def test_the_impossible_may_be_asked_for(wire: Wire, controls: Controls, key: str) -> None:
    controls.backdate_access_key(key, created="400 days ago", last_used="500 days ago", allow_impossible=True)
    assert used(wire)["LastUsedDate"] == "2024-08-19T00:00:00Z"
    controls.backdate_user("carol", created="1 day ago", allow_impossible=True)
    controls.backdate_root(created="1 day ago", password_last_used="2 days ago", allow_impossible=True)


def test_the_root_user(wire: Wire, controls: Controls) -> None:
    controls.backdate_root(created="2016-01-01", password_last_used="91 days ago")
    assert wire.call("GetUser")["User"] == {
        "UserId": "123456789012",
        "Arn": "arn:aws:iam::123456789012:root",
        "CreateDate": "2016-01-01T00:00:00Z",
        "PasswordLastUsed": THEN,
    }
    controls.backdate(root="root", password_last_used=None)
    assert "PasswordLastUsed" not in wire.call("GetUser")["User"]


def test_the_root_user_of_another_account(wire: Wire, controls: Controls) -> None:
    controls.backdate_root(created="2016-01-01", account_id="111122223333")
    assert wire.call("GetUser", Key("111122223333", "x"))["User"]["CreateDate"] == "2016-01-01T00:00:00Z"
    assert wire.call("GetUser")["User"]["CreateDate"] == "2026-01-01T00:00:00Z"


def test_what_is_the_root_users_cannot_be_older_than_it(wire: Wire, controls: Controls) -> None:
    controls.seed({"root": {"created": "50 days ago", "mfa_devices": [{}], "access_keys": [{"id": KEY}]}})
    problem = "is before created of the root user (2025-11-12T00:00:00Z); set that first, or give allow_impossible"
    assert refusal(controls.backdate, mfa_device=ROOTS_DEVICE, enabled="51 days ago") == (
        f"enabled: 2025-11-11T00:00:00Z {problem}"
    )
    assert refusal(controls.backdate_access_key, KEY, created="51 days ago") == (
        f"created: 2025-11-11T00:00:00Z {problem}"
    )
    controls.backdate_access_key(KEY, created="49 days ago")
    assert refusal(controls.backdate_root, created="48 days ago") == (
        f"created: 2025-11-14T00:00:00Z is after created of access key '{KEY}' (2025-11-13T00:00:00Z); "
        "set that first, or give allow_impossible"
    )


def test_a_device_that_is_nobodys_was_never_enabled(wire: Wire, controls: Controls) -> None:
    made = wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="spare")["VirtualMFADevice"]["SerialNumber"]
    assert refusal(controls.backdate, mfa_device=made, enabled="1 day ago") == (
        f"mfa_device: '{made}' is no enabled MFA device of account 123456789012"
    )
