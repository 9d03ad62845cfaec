"""What a seed states besides users and access keys."""

from __future__ import annotations

import base64
import csv
import io
from datetime import datetime, timezone
from typing import Any

import pytest
from cryptography import x509

from conformance.material import certify, ssh_key
from fake_iam import ManualClock
from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import FormatError
from tests.support import Key, Wire

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


ROOT = {
    "created": "2016-03-14",
    "password_last_used": "2025-12-24",
    "mfa_devices": [{"enabled": "2017-01-01"}],
    "signing_certificates": [{"uploaded": "2018-01-01"}, {"status": "Inactive"}],
    "access_keys": [{"created": "2019-01-01", "last_used": "2025-12-31"}],
}


def summary(wire: Wire) -> dict[str, int]:
    entries = wire.call("GetAccountSummary")["SummaryMap"]["entry"]
    return {entry["key"]: int(entry["value"]) for entry in entries}


def test_the_root_user_is_as_the_seed_states_it(wire: Wire) -> None:
    wire.assembled.controls.seed({"root": ROOT})
    root = {
        "UserId": "123456789012",
        "Arn": "arn:aws:iam::123456789012:root",
        "CreateDate": "2016-03-14T00:00:00Z",
        "PasswordLastUsed": "2025-12-24T00:00:00Z",
    }
    assert wire.call("GetUser")["User"] == root
    assert wire.call("ListVirtualMFADevices")["VirtualMFADevices"]["member"] == {
        "SerialNumber": "arn:aws:iam::123456789012:mfa/root-account-mfa-device",
        "EnableDate": "2017-01-01T00:00:00Z",
        "User": root,
    }
    certificates = wire.call("ListSigningCertificates")["Certificates"]["member"]
    assert [certificate["Status"] for certificate in certificates] == ["Active", "Inactive"]


def test_the_report_and_the_summary_show_the_root_user(wire: Wire) -> None:
    wire.assembled.controls.seed({"root": ROOT})
    row = report(wire)["<root_account>"]
    assert list(row.values()) == [
        "<root_account>",
        "arn:aws:iam::123456789012:root",
        "2016-03-14T00:00:00+00:00",
        *("not_supported", "2025-12-24T00:00:00+00:00", "not_supported", "not_supported"),
        "true",
        *("true", "2019-01-01T00:00:00+00:00", "2025-12-31T00:00:00+00:00", "us-east-1", "iam"),
        *("false", "N/A", "N/A", "N/A", "N/A"),
        *("true", "2018-01-01T00:00:00+00:00"),
        *("false", "2026-01-01T00:00:00+00:00"),
    ]
    shown = {name: value for name, value in summary(wire).items() if name.startswith("Account")}
    assert shown == {
        "AccountAccessKeysPresent": 1,
        "AccountMFAEnabled": 1,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 1,
    }


def test_a_root_user_of_whom_nothing_is_said_is_as_old_as_the_server(wire: Wire) -> None:
    assert wire.call("GetUser")["User"]["CreateDate"] == "2026-01-01T00:00:00Z"
    row = report(wire)["<root_account>"]
    assert (row["password_enabled"], row["password_last_used"], row["mfa_active"]) == (
        "not_supported",
        "no_information",
        "false",
    )


def test_a_root_user_may_have_no_password(wire: Wire) -> None:
    wire.assembled.controls.seed({"root": {"password": False}})
    row = report(wire)["<root_account>"]
    assert (row["password_enabled"], row["password_last_used"], row["password_last_changed"]) == (
        "false",
        "N/A",
        "not_supported",
    )
    assert summary(wire)["AccountPasswordPresent"] == 0


def test_two_seeds_may_each_say_something_of_the_root_user(wire: Wire) -> None:
    wire.assembled.controls.seed({"root": {"password_last_used": "2025-12-24"}})
    wire.assembled.controls.seed({"root": {"created": "2016-03-14", "access_keys": [{}]}})
    root = wire.call("GetUser")["User"]
    assert (root["CreateDate"], root["PasswordLastUsed"]) == ("2016-03-14T00:00:00Z", "2025-12-24T00:00:00Z")


def test_a_dump_brings_the_root_user_back(wire: Wire) -> None:
    controls = wire.assembled.controls
    controls.clock.freeze()
    controls.seed({"root": {**ROOT, "password": False}})
    dump = controls.dump(secrets=True)
    root = dump["accounts"]["123456789012"]["root"]
    assert (root["created"], root["password_last_used"], root["password"]) == (
        "2016-03-14T00:00:00Z",
        "2025-12-24T00:00:00Z",
        False,
    )
    other = Wire()
    other.assembled.controls.load(dump)
    assert other.assembled.controls.dump(secrets=True) == dump
    assert report(other) == report(wire)


def test_the_root_users_of_two_accounts_have_a_device_each(wire: Wire) -> None:
    wire.assembled.controls.seed({"accounts": {number: {"root": ROOT} for number in ("111122223333", "444455556666")}})
    (device,) = [wire.call("ListVirtualMFADevices", Key("444455556666", "x"))["VirtualMFADevices"]["member"]]
    assert device["SerialNumber"] == "arn:aws:iam::444455556666:mfa/root-account-mfa-device"


def test_a_certificate_that_is_made_is_one_and_the_same_in_every_run(wire: Wire) -> None:
    seed = {"users": [{"name": "alice", "signing_certificates": [{"uploaded": "2018-01-01"}]}]}
    other = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)), random_seed=7)
    for each in (wire, other):
        each.assembled.controls.seed(seed)
    made, same = (
        each.call("ListSigningCertificates", UserName="alice")["Certificates"]["member"] for each in (wire, other)
    )
    assert made == same
    parsed = x509.load_pem_x509_certificate(made["CertificateBody"].encode())
    assert parsed.subject.rfc4514_string() == "CN=alice"
    assert parsed.not_valid_before_utc == datetime(2018, 1, 1, tzinfo=timezone.utc)


def test_groups_and_credentials_have_their_ids_and_dates(wire: Wire) -> None:
    made = certify()
    wire.assembled.controls.seed(
        {
            "groups": [{"name": "developers", "id": "AGPAQAAAAAAAAAAAAAAAA", "created": "91 days ago"}],
            "server_certificates": [
                {"name": "site", "body": made.body, "private_key": made.private_key, "uploaded": "91 days ago"}
            ],
            "users": [
                {
                    "name": "alice",
                    "groups": ["developers"],
                    "service_specific_credentials": [
                        {"service": "codecommit.amazonaws.com", "created": "91 days ago"},
                        {"service": "codecommit.amazonaws.com"},
                    ],
                }
            ],
        }
    )
    group = wire.call("ListGroupsForUser", UserName="alice")["Groups"]["member"]
    assert (group["GroupId"], group["CreateDate"]) == ("AGPAQAAAAAAAAAAAAAAAA", "2025-10-02T00:00:00Z")
    listed = wire.call("ListServerCertificates")["ServerCertificateMetadataList"]["member"]
    assert listed["UploadDate"] == "2025-10-02T00:00:00Z"
    old, new = wire.call("ListServiceSpecificCredentials", UserName="alice")["ServiceSpecificCredentials"]["member"]
    assert (old["CreateDate"], new["CreateDate"]) == ("2025-10-02T00:00:00Z", "2026-01-01T00:00:00Z")


def test_a_policy_has_its_id_and_dates(wire: Wire) -> None:
    wire.assembled.controls.seed(
        {"policies": [{"name": "p", "id": "ANPAQAAAAAAAAAAAAAAAA", "document": POLICY, "created": "91 days ago"}]}
    )
    arn = "arn:aws:iam::123456789012:policy/p"
    policy = wire.call("GetPolicy", PolicyArn=arn)["Policy"]
    assert [policy[name] for name in ("PolicyId", "CreateDate", "UpdateDate")] == [
        "ANPAQAAAAAAAAAAAAAAAA",
        "2025-10-02T00:00:00Z",
        "2025-10-02T00:00:00Z",
    ]
    version = wire.call("GetPolicyVersion", PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["CreateDate"] == "2025-10-02T00:00:00Z"


def test_a_policy_may_have_versions(wire: Wire) -> None:
    versions = [{"document": POLICY}, {"id": "v3", "document": POLICY, "default": True}, {"document": POLICY}]
    wire.assembled.controls.seed({"policies": [{"name": "p", "versions": versions}]})
    listed = wire.call("ListPolicyVersions", PolicyArn="arn:aws:iam::123456789012:policy/p")["Versions"]["member"]
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in listed] == [
        ("v4", "false"),
        ("v3", "true"),
        ("v1", "false"),
    ]


def test_the_first_of_versions_is_the_default_if_none_says_so(wire: Wire) -> None:
    wire.assembled.controls.seed({"policies": [{"name": "p", "versions": [{"document": POLICY}] * 2}]})
    policy = wire.call("GetPolicy", PolicyArn="arn:aws:iam::123456789012:policy/p")["Policy"]
    assert policy["DefaultVersionId"] == "v1"


VERSION = {"document": POLICY, "default": True}


@pytest.mark.parametrize(
    ("seed", "problem"),
    [
        ({"policies": [{"name": "p"}]}, "policies[0].document: is missing"),
        (
            {"policies": [{"name": "p", "versions": [VERSION, VERSION]}]},
            "policies[0].versions: v1 and v2 are both the default; one version can be",
        ),
        (
            {"policies": [{"name": "p", "versions": [{**VERSION, "id": "v2"}, {"document": POLICY, "id": "v2"}]}]},
            "policies[0].versions[1].id: 'v2' does not come after v2",
        ),
        (
            {"policies": [{"name": "p", "versions": [{"document": POLICY}] * 6}]},
            "policies[0].versions[5]: A managed policy can have up to 5 versions. Before you create a new version, you "
            "must delete an existing version.",
        ),
        (
            {"groups": [{"name": name, "id": "AGPAQAAAAAAAAAAAAAAAA"} for name in ("a", "b")]},
            "groups[1].id: 'AGPAQAAAAAAAAAAAAAAAA' is there already",
        ),
        (
            {"root": {"access_keys": [{"slot": 3}]}},
            "root.access_keys[0].slot: 3 is out of range; it must be from 1 to 2",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(wire: Wire, seed: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed(seed)
    assert str(refused.value) == problem


def test_a_key_says_which_of_two_it_is(wire: Wire) -> None:
    keys = [{"created": "5 days ago", "slot": 1}, {"created": "91 days ago", "slot": 2}]
    wire.assembled.controls.seed({"users": [{"name": "alice", "access_keys": keys}, {"name": "bob"}]})
    listed = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert [key["CreateDate"] for key in listed] == ["2025-12-27T00:00:00Z", "2025-10-02T00:00:00Z"]
    assert report(wire)["alice"]["access_key_1_last_rotated"] == "2025-12-27T00:00:00+00:00"
