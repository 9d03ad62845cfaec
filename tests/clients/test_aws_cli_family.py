"""The AWS CLI on everything that a user has beside access keys, and on the account."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.clients.credentials import certificate, codes, enable_mfa_device, ssh_public_key
from tests.clients.test_aws_cli import CLI, Cli, new_key, refusal
from tests.clients.test_aws_cli import _new_enough as _new_enough
from tests.support import Key

pytestmark = pytest.mark.skipif(CLI is None, reason="the AWS CLI is not installed: tox -e clients")

ALICE = ("--user-name", "alice")
FIRST = "Correct-horse-7-battery"
SECOND = "Stapled-horse-8-battery"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::builds/*"}],
}
WIDER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::builds/*"}],
}
BUILDS = "arn:aws:iam::123456789012:policy/ci/builds"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def aws(fake: FakeIAM, home: Path) -> Cli:
    """The CLI of the root user."""
    return Cli(fake, home)


@pytest.fixture
def alice(fake: FakeIAM) -> Key:
    """The one key of the user alice. Made over boto3: each run of the CLI takes a second."""
    fake.client("iam").create_user(UserName="alice")
    return new_key(fake, "alice")


@pytest.fixture
def as_alice(fake: FakeIAM, home: Path, alice: Key) -> Cli:
    """The CLI of the user alice."""
    return Cli(fake, home, alice)


def test_a_password_lives_from_create_to_delete(aws: Cli, as_alice: Cli) -> None:
    made = aws.ok("iam", "create-login-profile", *ALICE, "--password", FIRST, "--password-reset-required")
    assert (made["LoginProfile"]["UserName"], made["LoginProfile"]["PasswordResetRequired"]) == ("alice", True)
    assert as_alice.ok("iam", "change-password", "--old-password", FIRST, "--new-password", SECOND) is None
    shown = aws.ok("iam", "get-login-profile", *ALICE)["LoginProfile"]
    assert (shown["CreateDate"], shown["PasswordResetRequired"]) == (made["LoginProfile"]["CreateDate"], False)
    assert aws.ok("iam", "update-login-profile", *ALICE, "--password", FIRST, "--no-password-reset-required") is None
    assert as_alice.ok("iam", "change-password", "--old-password", FIRST, "--new-password", SECOND) is None
    assert aws.ok("iam", "delete-login-profile", *ALICE) is None
    said = aws.refused("iam", "get-login-profile", *ALICE)
    assert refusal("GetLoginProfile", "NoSuchEntity", "Login Profile for User alice cannot be found.") in said


def test_a_wrong_old_password_changes_nothing(fake: FakeIAM, as_alice: Cli) -> None:
    fake.client("iam").create_login_profile(UserName="alice", Password=FIRST)
    said = as_alice.refused("iam", "change-password", "--old-password", SECOND, "--new-password", FIRST + "!")
    assert refusal("ChangePassword", "AccessDenied", "The old password was incorrect.") in said
    assert as_alice.ok("iam", "change-password", "--old-password", FIRST, "--new-password", SECOND) is None


def test_a_second_password_is_refused(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    fake.client("iam").create_login_profile(UserName="alice", Password=FIRST)
    said = aws.refused("iam", "create-login-profile", *ALICE, "--password", SECOND)
    text = "Login Profile for user alice already exists."
    assert refusal("CreateLoginProfile", "EntityAlreadyExists", text) in said


def test_a_password_policy_is_set_shown_and_held_to(aws: Cli, alice: Key) -> None:
    said = aws.refused("iam", "get-account-password-policy")
    text = "The Password Policy with domain name 123456789012 cannot be found."
    assert refusal("GetAccountPasswordPolicy", "NoSuchEntity", text) in said
    options = ("--minimum-password-length", "16", "--require-symbols", "--max-password-age", "90")
    assert aws.ok("iam", "update-account-password-policy", *options) is None
    shown = aws.ok("iam", "get-account-password-policy")["PasswordPolicy"]
    assert (shown["MinimumPasswordLength"], shown["RequireSymbols"], shown["RequireNumbers"]) == (16, True, False)
    assert (shown["ExpirePasswords"], shown["MaxPasswordAge"]) == (True, 90)
    said = aws.refused("iam", "create-login-profile", *ALICE, "--password", "short!")
    assert "An error occurred (PasswordPolicyViolation) when calling the CreateLoginProfile operation" in said
    assert aws.ok("iam", "delete-account-password-policy") is None


def test_an_mfa_device_lives_from_create_to_delete(fake: FakeIAM, aws: Cli, home: Path, alice: Key) -> None:
    fake.clock.freeze()
    options = ("--virtual-mfa-device-name", "phone", "--bootstrap-method", "Base32StringSeed", "--outfile", "seed")
    made = aws.ok("iam", "create-virtual-mfa-device", *options)["VirtualMFADevice"]
    assert made["SerialNumber"] == "arn:aws:iam::123456789012:mfa/phone"
    named = (*ALICE, "--serial-number", made["SerialNumber"])
    seed = (home / "seed").read_text()

    def two_codes() -> tuple[str, ...]:
        first, second = codes(seed, fake.clock.now())
        return ("--authentication-code1", first, "--authentication-code2", second)

    assert aws.ok("iam", "enable-mfa-device", *named, *two_codes()) is None
    (device,) = aws.ok("iam", "list-mfa-devices", *ALICE)["MFADevices"]
    assert (device["UserName"], device["SerialNumber"]) == ("alice", made["SerialNumber"])
    assigned = aws.ok("iam", "list-virtual-mfa-devices", "--assignment-status", "Assigned")["VirtualMFADevices"]
    assert [found["User"]["UserName"] for found in assigned] == ["alice"]
    fake.clock.advance("2 minutes")
    assert aws.ok("iam", "resync-mfa-device", *named, *two_codes()) is None
    said = aws.refused("iam", "delete-virtual-mfa-device", "--serial-number", made["SerialNumber"])
    assert "An error occurred (DeleteConflict) when calling the DeleteVirtualMFADevice operation" in said
    assert aws.ok("iam", "deactivate-mfa-device", *named) is None
    assert aws.ok("iam", "delete-virtual-mfa-device", "--serial-number", made["SerialNumber"]) is None
    assert aws.ok("iam", "list-virtual-mfa-devices") == {"VirtualMFADevices": []}


def test_codes_in_the_wrong_order_enable_nothing(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    fake.clock.freeze()
    device = fake.client("iam").create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    first, second = codes(device["Base32StringSeed"].decode(), fake.clock.now())
    swapped = ("--authentication-code1", second, "--authentication-code2", first)
    said = aws.refused("iam", "enable-mfa-device", *ALICE, "--serial-number", device["SerialNumber"], *swapped)
    assert "An error occurred (InvalidAuthenticationCode) when calling the EnableMFADevice operation" in said
    assert aws.ok("iam", "list-mfa-devices", *ALICE) == {"MFADevices": []}


def test_the_picture_of_a_new_device_is_written_to_a_file(aws: Cli, home: Path) -> None:
    options = ("--virtual-mfa-device-name", "phone", "--bootstrap-method", "QRCodePNG", "--outfile", "seed.png")
    aws.ok("iam", "create-virtual-mfa-device", *options)
    assert (home / "seed.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_an_ssh_key_lives_from_upload_to_delete(aws: Cli, alice: Key) -> None:
    text = ssh_public_key()
    made = aws.ok("iam", "upload-ssh-public-key", *ALICE, "--ssh-public-key-body", text)["SSHPublicKey"]
    assert (made["Status"], made["SSHPublicKeyBody"]) == ("Active", text)
    named = (*ALICE, "--ssh-public-key-id", made["SSHPublicKeyId"])
    pem = aws.ok("iam", "get-ssh-public-key", *named, "--encoding", "PEM")["SSHPublicKey"]["SSHPublicKeyBody"]
    assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert aws.ok("iam", "update-ssh-public-key", *named, "--status", "Inactive") is None
    (listed,) = aws.ok("iam", "list-ssh-public-keys", *ALICE)["SSHPublicKeys"]
    assert (listed["SSHPublicKeyId"], listed["Status"]) == (made["SSHPublicKeyId"], "Inactive")
    assert aws.ok("iam", "delete-ssh-public-key", *named) is None
    assert aws.ok("iam", "list-ssh-public-keys", *ALICE) == {"SSHPublicKeys": []}


def test_a_certificate_lives_from_upload_to_delete(aws: Cli, home: Path, alice: Key) -> None:
    text = certificate("alice")
    (home / "certificate.pem").write_text(text)
    body = ("--certificate-body", "file://certificate.pem")
    made = aws.ok("iam", "upload-signing-certificate", *ALICE, *body)["Certificate"]
    assert (made["Status"], made["CertificateBody"].strip()) == ("Active", text.strip())
    named = (*ALICE, "--certificate-id", made["CertificateId"])
    assert aws.ok("iam", "update-signing-certificate", *named, "--status", "Inactive") is None
    (listed,) = aws.ok("iam", "list-signing-certificates", *ALICE)["Certificates"]
    assert (listed["CertificateId"], listed["Status"]) == (made["CertificateId"], "Inactive")
    assert aws.ok("iam", "delete-signing-certificate", *named) is None
    assert aws.ok("iam", "list-signing-certificates", *ALICE) == {"Certificates": []}


def test_a_service_credential_lives_from_create_to_delete(aws: Cli, alice: Key) -> None:
    service = ("--service-name", "codecommit.amazonaws.com")
    made = aws.ok("iam", "create-service-specific-credential", *ALICE, *service)["ServiceSpecificCredential"]
    assert (made["ServiceUserName"], made["Status"]) == ("alice-at-123456789012", "Active")
    named = (*ALICE, "--service-specific-credential-id", made["ServiceSpecificCredentialId"])
    assert aws.ok("iam", "update-service-specific-credential", *named, "--status", "Inactive") is None
    (listed,) = aws.ok("iam", "list-service-specific-credentials", *ALICE)["ServiceSpecificCredentials"]
    assert (listed["Status"], "ServicePassword" in listed) == ("Inactive", False)
    reset = aws.ok("iam", "reset-service-specific-credential", *named)["ServiceSpecificCredential"]
    assert (reset["ServiceUserName"], reset["Status"]) == (made["ServiceUserName"], "Inactive")
    assert reset["ServicePassword"] != made["ServicePassword"]
    assert aws.ok("iam", "delete-service-specific-credential", *named) is None
    assert aws.ok("iam", "list-service-specific-credentials", *ALICE)["ServiceSpecificCredentials"] == []


def test_a_group_lives_from_create_to_delete(aws: Cli, alice: Key) -> None:
    made = aws.ok("iam", "create-group", "--group-name", "people", "--path", "/ci/")["Group"]
    assert made["Arn"] == "arn:aws:iam::123456789012:group/ci/people"
    assert aws.ok("iam", "add-user-to-group", "--group-name", "people", *ALICE) is None
    assert [user["UserName"] for user in aws.ok("iam", "get-group", "--group-name", "people")["Users"]] == ["alice"]
    said = aws.refused("iam", "delete-group", "--group-name", "people")
    text = "Cannot delete entity, must remove users from group first."
    assert refusal("DeleteGroup", "DeleteConflict", text) in said
    assert aws.ok("iam", "update-group", "--group-name", "people", "--new-group-name", "staff") is None
    listed = aws.ok("iam", "list-groups-for-user", *ALICE)["Groups"]
    assert [(group["GroupName"], group["GroupId"]) for group in listed] == [("staff", made["GroupId"])]
    assert aws.ok("iam", "remove-user-from-group", "--group-name", "staff", *ALICE) is None
    assert aws.ok("iam", "delete-group", "--group-name", "staff") is None
    assert aws.ok("iam", "list-groups") == {"Groups": []}


def test_a_managed_policy_lives_from_create_to_delete(aws: Cli, alice: Key) -> None:
    named = ("--policy-arn", BUILDS)
    document = ("--policy-document", json.dumps(DOCUMENT))
    made = aws.ok("iam", "create-policy", "--policy-name", "builds", "--path", "/ci/", *document)["Policy"]
    assert (made["Arn"], made["DefaultVersionId"], made["AttachmentCount"]) == (BUILDS, "v1", 0)
    assert aws.ok("iam", "attach-user-policy", *ALICE, *named) is None
    wider = ("--policy-document", json.dumps(WIDER), "--set-as-default")
    assert aws.ok("iam", "create-policy-version", *named, *wider)["PolicyVersion"]["VersionId"] == "v2"
    shown = aws.ok("iam", "get-policy-version", *named, "--version-id", "v2")["PolicyVersion"]
    assert (shown["Document"], shown["IsDefaultVersion"]) == (WIDER, True)
    attached = aws.ok("iam", "list-attached-user-policies", *ALICE)["AttachedPolicies"]
    assert attached == [{"PolicyName": "builds", "PolicyArn": BUILDS}]
    entities = aws.ok("iam", "list-entities-for-policy", *named)
    assert [user["UserName"] for user in entities["PolicyUsers"]] == ["alice"]
    said = aws.refused("iam", "delete-policy", *named)
    assert refusal("DeletePolicy", "DeleteConflict", "Cannot delete a policy attached to entities.") in said
    assert aws.ok("iam", "detach-user-policy", *ALICE, *named) is None
    assert aws.ok("iam", "delete-policy-version", *named, "--version-id", "v1") is None
    assert aws.ok("iam", "delete-policy", *named) is None
    assert aws.ok("iam", "list-policies", "--scope", "Local") == {"Policies": []}


def test_an_inline_policy_lives_from_put_to_delete(aws: Cli, alice: Key) -> None:
    named = (*ALICE, "--policy-name", "inline")
    assert aws.ok("iam", "put-user-policy", *named, "--policy-document", json.dumps(DOCUMENT)) is None
    assert aws.ok("iam", "put-user-policy", *named, "--policy-document", json.dumps(WIDER)) is None
    assert aws.ok("iam", "list-user-policies", *ALICE) == {"PolicyNames": ["inline"]}
    assert aws.ok("iam", "get-user-policy", *named) == {
        "UserName": "alice",
        "PolicyName": "inline",
        "PolicyDocument": WIDER,
    }
    assert aws.ok("iam", "delete-user-policy", *named) is None
    assert aws.ok("iam", "list-user-policies", *ALICE) == {"PolicyNames": []}


def test_an_alias_lives_from_create_to_delete(aws: Cli) -> None:
    assert aws.ok("iam", "create-account-alias", "--account-alias", "factory") is None
    assert aws.ok("iam", "list-account-aliases") == {"AccountAliases": ["factory"]}
    assert aws.ok("iam", "delete-account-alias", "--account-alias", "factory") is None
    assert aws.ok("iam", "list-account-aliases") == {"AccountAliases": []}


def test_the_summary_counts_what_there_is(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    iam = fake.client("iam")
    iam.create_group(GroupName="people")
    enable_mfa_device(fake, "alice", "phone")
    iam.create_virtual_mfa_device(VirtualMFADeviceName="spare")
    iam.create_policy(PolicyName="builds", PolicyDocument=json.dumps(DOCUMENT))
    counted = aws.ok("iam", "get-account-summary")["SummaryMap"]
    names = ("Users", "Groups", "Policies", "MFADevices", "MFADevicesInUse", "AccountMFAEnabled")
    assert {name: counted[name] for name in names} == {
        "Users": 1,
        "Groups": 1,
        "Policies": 1,
        "MFADevices": 2,
        "MFADevicesInUse": 1,
        "AccountMFAEnabled": 0,
    }
    assert (counted["UsersQuota"], counted["AccessKeysPerUserQuota"]) == (5000, 2)


def test_a_credential_report_is_generated_and_fetched(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    iam = fake.client("iam")
    iam.create_login_profile(UserName="alice", Password=FIRST)
    enable_mfa_device(fake, "alice", "phone")
    iam.upload_signing_certificate(UserName="alice", CertificateBody=certificate("alice"))
    said = aws.refused("iam", "get-credential-report")
    assert "An error occurred (ReportNotPresent) when calling the GetCredentialReport operation" in said
    assert aws.ok("iam", "generate-credential-report")["State"] == "STARTED"
    assert aws.ok("iam", "generate-credential-report")["State"] == "COMPLETE"
    report = aws.ok("iam", "get-credential-report")
    assert report["ReportFormat"] == "text/csv"
    root, row = csv.DictReader(io.StringIO(base64.b64decode(report["Content"]).decode()))
    assert (root["user"], row["user"]) == ("<root_account>", "alice")
    created = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["CreateDate"]
    assert row["access_key_1_last_rotated"] == created.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    active = ("password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active", "cert_1_active")
    assert [row[name] for name in active] == ["true", "true", "true", "false", "true"]


def test_delete_user_names_what_is_to_go_next_until_nothing_is_left(fake: FakeIAM, aws: Cli, alice: Key) -> None:
    """Case C52."""
    serial_number = furnish(fake)
    iam = fake.client("iam")
    certificate_id = iam.list_signing_certificates(UserName="alice")["Certificates"][0]["CertificateId"]
    ssh_key_id = iam.list_ssh_public_keys(UserName="alice")["SSHPublicKeys"][0]["SSHPublicKeyId"]
    credentials = iam.list_service_specific_credentials(UserName="alice")["ServiceSpecificCredentials"]
    credential_id = credentials[0]["ServiceSpecificCredentialId"]
    referenced = "must remove referenced objects first."
    ways = (
        ("must detach all policies first.", ("detach-user-policy", "--policy-arn", BUILDS)),
        ("must delete policies first.", ("delete-user-policy", "--policy-name", "inline")),
        ("must delete access keys first.", ("delete-access-key", "--access-key-id", alice.id)),
        ("must delete login profile first.", ("delete-login-profile",)),
        ("must delete MFA device first.", ("deactivate-mfa-device", "--serial-number", serial_number)),
        ("must remove users from group first.", ("remove-user-from-group", "--group-name", "people")),
        ("must delete certificates first.", ("delete-signing-certificate", "--certificate-id", certificate_id)),
        (referenced, ("delete-ssh-public-key", "--ssh-public-key-id", ssh_key_id)),
        (referenced, ("delete-service-specific-credential", "--service-specific-credential-id", credential_id)),
    )
    for text, way in ways:
        said = aws.refused("iam", "delete-user", *ALICE)
        assert refusal("DeleteUser", "DeleteConflict", f"Cannot delete entity, {text}") in said
        assert aws.ok("iam", *way, *ALICE) is None
    assert aws.ok("iam", "delete-user", *ALICE) is None
    assert aws.ok("iam", "list-users") == {"Users": []}


def furnish(fake: FakeIAM) -> str:
    """Give alice one of everything that keeps a user from being deleted. Returns her MFA device's serial number."""
    iam: Any = fake.client("iam")
    policy = iam.create_policy(PolicyName="builds", Path="/ci/", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="alice", PolicyArn=policy)
    iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=json.dumps(DOCUMENT))
    iam.create_login_profile(UserName="alice", Password=FIRST)
    iam.create_group(GroupName="people")
    iam.add_user_to_group(GroupName="people", UserName="alice")
    iam.upload_signing_certificate(UserName="alice", CertificateBody=certificate("alice"))
    iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=ssh_public_key())
    iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")
    return enable_mfa_device(fake, "alice", "phone")
