"""What a seed spells out besides users and access keys."""

from __future__ import annotations

import base64
import csv
import io
from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.material import certify, ssh_key
from fake_iam import ManualClock
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import FormatError
from tests.support import Wire

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SEED: dict[str, Any] = {
    "alias": "example-firm",
    "groups": [{"name": "developers", "path": "/eng/", "policies": {"g": POLICY}, "attached_policies": [READ_ONLY]}],
    "policies": [{"name": "buckets", "document": POLICY, "description": "S3", "tags": {"a": "b"}}],
    "password_policy": {"minimum_length": 14, "require_symbols": True, "max_age_days": 90},
    "users": [
        {
            "name": "alice",
            "login_profile": {"password": "pass-word-1A", "created": "2025-01-01", "changed": "2025-12-01"},
            "mfa_devices": [{"seed": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "enabled": "2025-02-02"}],
            "service_specific_credentials": [{"service": "codecommit.amazonaws.com", "status": "Inactive"}],
            "groups": ["developers"],
            "policies": {"own": POLICY},
            "attached_policies": ["arn:aws:iam::123456789012:policy/buckets"],
        },
        {"name": "bob", "login_profile": {}},
    ],
}


@pytest.fixture
def wire() -> Wire:
    return Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)), random_seed=7)


@pytest.fixture
def controls(wire: Wire) -> Controls:
    wire.assembled.controls.seed(SEED)
    return wire.assembled.controls


def report(wire: Wire) -> dict[str, dict[str, str]]:
    wire.call("GenerateCredentialReport")
    content = base64.b64decode(wire.call("GetCredentialReport")["Content"]).decode()
    return {row["user"]: row for row in csv.DictReader(io.StringIO(content))}


def test_a_user_has_the_password_and_its_dates(wire: Wire, controls: Controls) -> None:
    profile = wire.call("GetLoginProfile", UserName="alice")["LoginProfile"]
    assert profile["CreateDate"] == "2025-01-01T00:00:00Z"
    row = report(wire)["alice"]
    assert [row[f"password_{name}"] for name in ("enabled", "last_used", "last_changed", "next_rotation")] == [
        "true",
        "no_information",
        "2025-12-01T00:00:00+00:00",
        "2026-03-01T00:00:00+00:00",
    ]


def test_a_password_may_be_drawn(wire: Wire, controls: Controls) -> None:
    assert wire.call("GetLoginProfile", UserName="bob")["LoginProfile"]["UserName"] == "bob"
    assert report(wire)["bob"]["password_last_changed"] == "2026-01-01T00:00:00+00:00"


def test_a_device_is_enabled_with_its_seed(wire: Wire, controls: Controls) -> None:
    device = wire.call("ListMFADevices", UserName="alice")["MFADevices"]["member"]
    assert device == {
        "EnableDate": "2025-02-02T00:00:00Z",
        "SerialNumber": "arn:aws:iam::123456789012:mfa/alice",
        "UserName": "alice",
    }
    assert [report(wire)[name]["mfa_active"] for name in ("alice", "bob")] == ["true", "false"]


def test_groups_policies_and_credentials_are_there(wire: Wire, controls: Controls) -> None:
    assert wire.call("ListGroupsForUser", UserName="alice")["Groups"]["member"]["Path"] == "/eng/"
    assert wire.call("ListGroupPolicies", GroupName="developers")["PolicyNames"]["member"] == "g"
    of_group = wire.call("ListAttachedGroupPolicies", GroupName="developers")["AttachedPolicies"]["member"]
    assert of_group["PolicyArn"] == READ_ONLY
    assert wire.call("ListUserPolicies", UserName="alice")["PolicyNames"]["member"] == "own"
    attached = wire.call("ListAttachedUserPolicies", UserName="alice")["AttachedPolicies"]["member"]
    assert attached["PolicyName"] == "buckets"
    listed = wire.call("ListServiceSpecificCredentials", UserName="alice")["ServiceSpecificCredentials"]["member"]
    assert (listed["ServiceUserName"], listed["Status"]) == ("alice-at-123456789012", "Inactive")


def test_the_account_has_its_alias_and_password_policy(wire: Wire, controls: Controls) -> None:
    assert wire.call("ListAccountAliases")["AccountAliases"]["member"] == "example-firm"
    policy = wire.call("GetAccountPasswordPolicy")["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["RequireSymbols"], policy["MaxPasswordAge"]) == ("14", "true", "90")


def test_a_dump_brings_all_of_it_back(wire: Wire, controls: Controls) -> None:
    controls.clock.freeze()
    dump = controls.dump(secrets=True)
    other = Wire()
    other.assembled.controls.seed(dump)
    assert other.assembled.controls.dump(secrets=True) == dump
    assert report(other) == report(wire)


def test_a_dump_without_secrets_has_none_of_them(controls: Controls) -> None:
    shown = str(controls.dump())
    for secret in ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "digest", "salt"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("user", "problem"),
    [
        ({"groups": ["nobodies"]}, "users[0].groups[0]: The group with name nobodies cannot be found."),
        (
            {"attached_policies": ["arn:aws:iam::123456789012:policy/none"]},
            "users[0].attached_policies[0]: Policy arn:aws:iam::123456789012:policy/none does not exist or is not "
            "attachable.",
        ),
        ({"policies": {"own": {"Statement": 1}}}, "users[0].policies.own: Syntax errors in policy."),
        (
            {"mfa_devices": [{"seed": "not base32!"}]},
            "users[0].mfa_devices[0].seed: the value is not 32 to 128 characters of Base32",
        ),
        ({"policies": {"own": 5}}, "users[0].policies.own: 5 is neither a policy document nor its text"),
        ({"login_profile": {"password": "x"}}, "users[0].login_profile: Password should have a minimum length of 8 "),
        (
            {"signing_certificates": [{"body": "x"}]},
            "users[0].signing_certificates[0]: Certificate x is malformed.",
        ),
    ],
)
def test_what_iam_refuses_is_refused_with_its_place_and_changes_nothing(
    wire: Wire, user: dict[str, Any], problem: str
) -> None:
    before = wire.assembled.controls.dump(secrets=True)
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"users": [{"name": "alice", **user}]})
    assert str(refused.value) == problem
    assert wire.assembled.controls.dump(secrets=True) == before


def test_certificates_and_ssh_keys_have_their_dates_and_statuses(wire: Wire) -> None:
    made = certify()
    wire.assembled.controls.seed(
        {
            "server_certificates": [{"name": "site", "body": made.body, "private_key": made.private_key}],
            "users": [
                {
                    "name": "alice",
                    "signing_certificates": [{"body": certify().body, "uploaded": "91 days ago"}],
                    "ssh_public_keys": [{"body": ssh_key(), "status": "Inactive", "uploaded": "91 days ago"}],
                }
            ],
        }
    )
    certificate = wire.call("ListSigningCertificates", UserName="alice")["Certificates"]["member"]
    key = wire.call("ListSSHPublicKeys", UserName="alice")["SSHPublicKeys"]["member"]
    assert (certificate["Status"], certificate["UploadDate"]) == ("Active", "2025-10-02T00:00:00Z")
    assert (key["Status"], key["UploadDate"]) == ("Inactive", "2025-10-02T00:00:00Z")
    listed = wire.call("ListServerCertificates")["ServerCertificateMetadataList"]["member"]
    assert listed["ServerCertificateName"] == "site"
    assert report(wire)["alice"]["cert_1_last_rotated"] == "2025-10-02T00:00:00+00:00"
