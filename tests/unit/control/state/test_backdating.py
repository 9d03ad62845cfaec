"""Dates of the nouns besides users and keys."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.material import certify, ssh_key
from fake_iam import ManualClock
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import FormatError
from tests.support import Key, Wire

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
THEN = "2025-10-02T00:00:00Z"


@pytest.fixture
def wire() -> Wire:
    wire = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)))
    wire.assembled.controls.seed({"users": [{"name": "alice", "login_profile": {}, "mfa_devices": [{}]}]})
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
        ({"group": "nobodies"}, "group: 'nobodies' is no group of account 123456789012"),
        ({"mfa_device": "x", "enabled": "1 day ago"}, "mfa_device: 'x' is no mfa device of account 123456789012"),
        (
            {"mfa_device": "x", "created": "1 day ago"},
            "created: is no field; there are mfa_device, account_id, enabled",
        ),
        ({"user": "bob", "password_changed": "1 day ago"}, "user: 'bob' has no password"),
    ],
)
def test_what_cannot_be_set_is_refused(wire: Wire, controls: Controls, values: dict[str, Any], problem: str) -> None:
    wire.user("bob")
    before = controls.dump(secrets=True)
    with pytest.raises(FormatError) as refused:
        controls.backdate(values)
    assert str(refused.value) == problem
    assert controls.dump(secrets=True) == before
