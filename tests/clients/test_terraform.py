"""Terraform with the provider hashicorp/aws: apply, no drift, switch a key, rename, destroy.

Terraform takes seconds for each step, so the life is lived once, and each test looks at one moment of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.clients.shell import Outcome
from tests.clients.terraform import LACKING, Terraform
from tests.support import INVALID_TOKEN, AwsError, Key, error

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

variable "name" {}
variable "second_status" {}

resource "aws_iam_user" "robot" {
  name                 = var.name
  path                 = "/ci/"
  force_destroy        = true
  permissions_boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  tags                 = { Team = "red", Owner = "Ann Other" }
}

resource "aws_iam_access_key" "first" {
  user   = aws_iam_user.robot.name
  status = "Inactive"
}

resource "aws_iam_access_key" "second" {
  user   = aws_iam_user.robot.name
  status = var.second_status
}

data "aws_caller_identity" "me" {}

output "me" { value = data.aws_caller_identity.me.arn }
output "user_id" { value = aws_iam_user.robot.unique_id }
output "first" { value = aws_iam_access_key.first.id }
output "second" {
  value     = { id = aws_iam_access_key.second.id, secret = aws_iam_access_key.second.secret }
  sensitive = true
}
"""


@dataclass(frozen=True)
class Moment:
    """What Terraform said, and what IAM held, after a step."""

    outputs: dict[str, Any]
    plan: Outcome
    user: dict[str, Any]
    statuses: dict[str, str]
    second_key: Key
    identity: str | AwsError


@dataclass(frozen=True)
class Life:
    """The moments, and what was left at the end."""

    applied: Moment
    switched: Moment
    renamed: Moment
    destroyed: Outcome
    users_left: list[Any]
    counts_left: dict[str, Any]


def look(fake: FakeIAM, terraform: Terraform, name: str, second_status: str) -> Moment:
    """Apply, then look at it from all sides."""
    outputs = terraform.apply(name=name, second_status=second_status)
    iam = fake.client("iam")
    key = Key(outputs["second"]["id"], outputs["second"]["secret"])
    sts = fake.client("sts", access_key_id=key.id, secret_access_key=key.secret)
    listed = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    statuses = {member["AccessKeyId"]: member["Status"] for member in listed}
    active = statuses.get(key.id) == "Active"
    return Moment(
        outputs=outputs,
        plan=terraform.plan(name=name, second_status=second_status),
        user=iam.get_user(UserName=name)["User"],
        statuses=statuses,
        second_key=key,
        identity=sts.get_caller_identity()["Arn"] if active else error(sts.get_caller_identity),
    )


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with FakeIAM(auth="strict") as fake:
        terraform = Terraform(fake, tmp_path_factory.mktemp("terraform"))
        (terraform.folder / "main.tf").write_text(CONFIGURATION)
        terraform.init()
        applied = look(fake, terraform, "robot", "Active")
        switched = look(fake, terraform, "robot", "Inactive")
        renamed = look(fake, terraform, "android", "Active")
        destroyed = terraform.destroy(name="android", second_status="Active")
        yield Life(
            applied,
            switched,
            renamed,
            destroyed,
            users_left=fake.client("iam").list_users()["Users"],
            counts_left=dict(fake.assembled.health()),
        )


def test_terraform_is_the_root_user(life: Life) -> None:
    assert life.applied.outputs["me"] == "arn:aws:iam::123456789012:root"


def test_the_user_is_made_as_declared(life: Life) -> None:
    user = life.applied.user
    assert user["Arn"] == "arn:aws:iam::123456789012:user/ci/robot"
    assert {tag["Key"]: tag["Value"] for tag in user["Tags"]} == {"Team": "red", "Owner": "Ann Other"}
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_the_state_holds_the_users_id(life: Life) -> None:
    assert life.applied.outputs["user_id"] == life.applied.user["UserId"]


def test_the_keys_have_the_declared_statuses(life: Life) -> None:
    outputs = life.applied.outputs
    assert life.applied.statuses == {outputs["first"]: "Inactive", outputs["second"]["id"]: "Active"}


def test_the_secret_in_the_state_signs(life: Life) -> None:
    assert life.applied.identity == "arn:aws:iam::123456789012:user/ci/robot"


def test_there_is_no_drift_after_apply(life: Life) -> None:
    assert life.applied.plan.status == 0, life.applied.plan


def test_a_status_is_switched_on_the_same_key(life: Life) -> None:
    assert life.switched.second_key == life.applied.second_key
    assert set(life.switched.statuses.values()) == {"Inactive"}


def test_the_key_that_was_switched_off_is_refused(life: Life) -> None:
    assert life.switched.identity == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


def test_there_is_no_drift_after_a_switch(life: Life) -> None:
    assert life.switched.plan.status == 0, life.switched.plan


def test_a_rename_keeps_the_user(life: Life) -> None:
    assert life.renamed.user["Arn"] == "arn:aws:iam::123456789012:user/ci/android"
    assert life.renamed.user["UserId"] == life.applied.user["UserId"]


def test_a_key_of_the_renamed_user_signs(life: Life) -> None:
    assert life.renamed.identity == "arn:aws:iam::123456789012:user/ci/android"


def test_there_is_no_drift_after_a_rename(life: Life) -> None:
    assert life.renamed.plan.status == 0, life.renamed.plan


def test_destroy_succeeds(life: Life) -> None:
    assert life.destroyed.status == 0, life.destroyed


def test_destroy_leaves_nothing_but_the_root_key(life: Life) -> None:
    assert life.users_left == []
    assert (life.counts_left["users"], life.counts_left["access_keys"]) == (0, 1)
