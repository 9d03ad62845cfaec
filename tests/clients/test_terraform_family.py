"""Terraform with the provider hashicorp/aws: a user with every kind of credential, its group and policies, the account.

Terraform takes seconds for each step, so the life is lived once, and each test looks at one moment of it.
The provider comes from the folder in TERRAFORM_PLUGIN_DIR, which ``terraform providers mirror`` fills.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.clients.credentials import certificate, codes, ssh_public_key
from tests.clients.shell import Outcome
from tests.clients.test_terraform import LACKING, Terraform
from tests.support import AwsError, Key, error

pytestmark = pytest.mark.skipif(bool(LACKING), reason=LACKING)

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                  = "us-east-1"
  skip_metadata_api_check = true
}

variable "status" {}
variable "path" {}
variable "action" {}
variable "length" { type = number }

resource "aws_iam_user" "robot" {
  name          = "robot"
  path          = "/ci/"
  force_destroy = true
}

resource "aws_iam_user_login_profile" "robot" {
  user            = aws_iam_user.robot.name
  password_length = 24
}

resource "aws_iam_user_ssh_key" "robot" {
  username   = aws_iam_user.robot.name
  encoding   = "SSH"
  public_key = file("key.pub")
  status     = var.status
}

resource "aws_iam_signing_certificate" "robot" {
  user_name        = aws_iam_user.robot.name
  certificate_body = file("certificate.pem")
  status           = var.status
}

resource "aws_iam_service_specific_credential" "robot" {
  user_name    = aws_iam_user.robot.name
  service_name = "codecommit.amazonaws.com"
  status       = var.status
}

resource "aws_iam_virtual_mfa_device" "phone" {
  virtual_mfa_device_name = "phone"
  path                    = "/ci/"
  tags                    = { Team = "red" }
  depends_on              = [aws_iam_user.robot]
}

resource "aws_iam_group" "robots" {
  name = "robots"
  path = var.path
}

resource "aws_iam_group_membership" "robots" {
  name  = "robots"
  group = aws_iam_group.robots.name
  users = [aws_iam_user.robot.name]
}

resource "aws_iam_policy" "builds" {
  name        = "builds"
  path        = "/ci/"
  description = "What builds need"
  tags        = { Team = "red" }
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.action, Resource = "arn:aws:s3:::builds/*" }]
  })
}

resource "aws_iam_user_policy_attachment" "builds" {
  user       = aws_iam_user.robot.name
  policy_arn = aws_iam_policy.builds.arn
}

resource "aws_iam_user_policy" "inline" {
  name = "inline"
  user = aws_iam_user.robot.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = [var.action, "s3:ListBucket"], Resource = "*" }]
  })
}

resource "aws_iam_account_alias" "alias" {
  account_alias = "robot-factory"
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length        = var.length
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 5
}

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "robots"
  description      = "Allows ${var.action}"
  tags             = { Team = "red" }
}

output "policy" { value = aws_iam_policy.builds.arn }
output "ssh_key" { value = aws_iam_user_ssh_key.robot.ssh_public_key_id }
output "certificate" { value = aws_iam_signing_certificate.robot.certificate_id }
output "credential" { value = aws_iam_service_specific_credential.robot.service_specific_credential_id }
output "device" { value = aws_iam_virtual_mfa_device.phone.arn }
output "secrets" {
  value = {
    password = aws_iam_user_login_profile.robot.password
    seed     = aws_iam_virtual_mfa_device.phone.base_32_string_seed
    service  = aws_iam_service_specific_credential.robot.service_password
  }
  sensitive = true
}
"""
AT_FIRST = {"status": "Active", "path": "/ci/", "action": "s3:GetObject", "length": "14"}
CHANGED = {"status": "Inactive", "path": "/robots/", "action": "s3:PutObject", "length": "20"}


@dataclass(frozen=True)
class Moment:
    """What Terraform said, and what IAM held, after a step."""

    outputs: dict[str, Any]
    plan: Outcome
    statuses: dict[str, dict[str, str]]
    group: dict[str, Any]
    versions: list[tuple[str, bool]]
    actions: dict[str, Any]
    attached: list[str]
    aliases: list[str]
    password_policy: dict[str, Any]
    device: dict[str, Any]
    linked_role: dict[str, Any]


@dataclass(frozen=True)
class Life:
    """The moments, and what was left at the end."""

    applied: Moment
    wrong_password: AwsError
    right_password: int
    changed: Moment
    destroyed: Outcome
    left: dict[str, list[Any]]
    password_policy_left: AwsError


def look(fake: FakeIAM, terraform: Terraform, variables: dict[str, str]) -> Moment:
    """Apply, then look at it from all sides."""
    outputs = terraform.apply(**variables)
    plan = terraform.plan(**variables)
    iam = fake.client("iam")
    robot = {"UserName": "robot"}
    versions = iam.list_policy_versions(PolicyArn=outputs["policy"])["Versions"]
    default = next(version["VersionId"] for version in versions if version["IsDefaultVersion"])
    managed = iam.get_policy_version(PolicyArn=outputs["policy"], VersionId=default)["PolicyVersion"]["Document"]
    inline = iam.get_user_policy(**robot, PolicyName="inline")["PolicyDocument"]
    statuses = {
        "ssh_key": {key["SSHPublicKeyId"]: key["Status"] for key in iam.list_ssh_public_keys(**robot)["SSHPublicKeys"]},
        "certificate": {
            found["CertificateId"]: found["Status"] for found in iam.list_signing_certificates(**robot)["Certificates"]
        },
        "credential": {
            found["ServiceSpecificCredentialId"]: found["Status"]
            for found in iam.list_service_specific_credentials(**robot)["ServiceSpecificCredentials"]
        },
    }
    (device,) = iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    return Moment(
        outputs=outputs,
        plan=plan,
        statuses=statuses,
        group=iam.get_group(GroupName="robots"),
        versions=[(version["VersionId"], version["IsDefaultVersion"]) for version in versions],
        actions={"managed": managed["Statement"][0]["Action"], "inline": inline["Statement"][0]["Action"]},
        attached=[policy["PolicyArn"] for policy in iam.list_attached_user_policies(**robot)["AttachedPolicies"]],
        aliases=iam.list_account_aliases()["AccountAliases"],
        password_policy=iam.get_account_password_policy()["PasswordPolicy"],
        device=device,
        linked_role=iam.get_role(RoleName="AWSServiceRoleForAutoScaling_robots")["Role"],
    )


def live(fake: FakeIAM, outputs: dict[str, Any]) -> tuple[AwsError, int]:
    """Do as the user does: take a key, enable the device, change the password. Returns what the changes answered."""
    iam = fake.client("iam")
    made = iam.create_access_key(UserName="robot")["AccessKey"]
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    first, second = codes(outputs["secrets"]["seed"], fake.clock.now())
    iam.enable_mfa_device(
        UserName="robot", SerialNumber=outputs["device"], AuthenticationCode1=first, AuthenticationCode2=second
    )
    robot = fake.client("iam", access_key_id=key.id, secret_access_key=key.secret)
    new = {"NewPassword": "Correct-horse-7-battery"}
    wrong = error(robot.change_password, OldPassword="Wrong-horse-7-battery", **new)
    right = robot.change_password(OldPassword=outputs["secrets"]["password"], **new)
    return wrong, int(right["ResponseMetadata"]["HTTPStatusCode"])


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with FakeIAM(auth="strict") as fake:
        folder: Path = tmp_path_factory.mktemp("terraform")
        terraform = Terraform(fake, folder)
        (folder / "main.tf").write_text(CONFIGURATION)
        (folder / "key.pub").write_text(ssh_public_key())
        (folder / "certificate.pem").write_text(certificate("robot"))
        terraform.init()
        applied = look(fake, terraform, AT_FIRST)
        wrong_password, right_password = live(fake, applied.outputs)
        changed = look(fake, terraform, CHANGED)
        destroyed = terraform.destroy(**CHANGED)
        iam = fake.client("iam")
        yield Life(
            applied,
            wrong_password,
            right_password,
            changed,
            destroyed,
            left={
                "users": iam.list_users()["Users"],
                "groups": iam.list_groups()["Groups"],
                "policies": iam.list_policies(Scope="Local")["Policies"],
                "devices": iam.list_virtual_mfa_devices()["VirtualMFADevices"],
                "aliases": iam.list_account_aliases()["AccountAliases"],
                "roles": iam.list_roles()["Roles"],
            },
            password_policy_left=error(iam.get_account_password_policy),
        )


def test_the_users_credentials_are_those_in_the_state(life: Life) -> None:
    outputs = life.applied.outputs
    assert life.applied.statuses == {
        kind: {outputs[kind]: "Active"} for kind in ("ssh_key", "certificate", "credential")
    }


def test_the_group_has_its_member(life: Life) -> None:
    group = life.applied.group
    assert group["Group"]["Arn"] == "arn:aws:iam::123456789012:group/ci/robots"
    assert [user["UserName"] for user in group["Users"]] == ["robot"]


def test_the_policies_are_made_as_declared(life: Life) -> None:
    assert life.applied.attached == ["arn:aws:iam::123456789012:policy/ci/builds"]
    assert life.applied.versions == [("v1", True)]
    assert life.applied.actions == {"managed": "s3:GetObject", "inline": ["s3:GetObject", "s3:ListBucket"]}


def test_the_device_is_nobodys_at_first(life: Life) -> None:
    assert life.applied.device["SerialNumber"] == "arn:aws:iam::123456789012:mfa/ci/phone"
    assert "User" not in life.applied.device


def test_the_service_linked_role_is_made_and_described_anew(life: Life) -> None:
    role = life.applied.linked_role
    assert (role["Description"], role["Tags"]) == ("Allows s3:GetObject", [{"Key": "Team", "Value": "red"}])
    assert life.changed.linked_role == {**role, "Description": "Allows s3:PutObject"}


def test_the_account_has_its_alias_and_password_policy(life: Life) -> None:
    assert life.applied.aliases == ["robot-factory"]
    assert life.applied.password_policy == {
        "MinimumPasswordLength": 14,
        "RequireLowercaseCharacters": True,
        "RequireUppercaseCharacters": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "AllowUsersToChangePassword": True,
        "ExpirePasswords": True,
        "MaxPasswordAge": 90,
        "PasswordReusePrevention": 5,
    }


def test_there_is_no_drift_after_apply(life: Life) -> None:
    assert life.applied.plan.status == 0, life.applied.plan


def test_the_password_in_the_state_is_the_users(life: Life) -> None:
    assert life.wrong_password == AwsError("AccessDenied", "The old password was incorrect.", 403)
    assert life.right_password == 200


def test_the_seed_in_the_state_is_the_devices(life: Life) -> None:
    assert life.changed.device["User"]["UserName"] == "robot"


def test_statuses_are_switched_on_the_same_credentials(life: Life) -> None:
    outputs = life.applied.outputs
    assert life.changed.statuses == {
        kind: {outputs[kind]: "Inactive"} for kind in ("ssh_key", "certificate", "credential")
    }


def test_the_group_moves_and_keeps_its_id_and_member(life: Life) -> None:
    group = life.changed.group
    assert group["Group"]["Arn"] == "arn:aws:iam::123456789012:group/robots/robots"
    assert group["Group"]["GroupId"] == life.applied.group["Group"]["GroupId"]
    assert [user["UserName"] for user in group["Users"]] == ["robot"]


def test_a_changed_document_is_a_new_default_version(life: Life) -> None:
    assert life.changed.outputs["policy"] == life.applied.outputs["policy"]
    assert life.changed.versions == [("v2", True), ("v1", False)]
    assert life.changed.actions == {"managed": "s3:PutObject", "inline": ["s3:PutObject", "s3:ListBucket"]}


def test_the_password_policy_is_changed(life: Life) -> None:
    assert life.changed.password_policy == {**life.applied.password_policy, "MinimumPasswordLength": 20}


def test_there_is_no_drift_after_the_changes(life: Life) -> None:
    assert life.changed.plan.status == 0, life.changed.plan


def test_destroy_succeeds(life: Life) -> None:
    """The user has a key that Terraform never heard of: it takes that away, too."""
    assert life.destroyed.status == 0, life.destroyed


def test_destroy_leaves_nothing(life: Life) -> None:
    assert life.left == {"users": [], "groups": [], "policies": [], "devices": [], "aliases": [], "roles": []}
    text = "The Password Policy with domain name 123456789012 cannot be found."
    assert life.password_policy_left == AwsError("NoSuchEntity", text, 404)
