"""Ansible with the collection amazon.aws: a play that makes a robot user, run twice, and one that removes it.

Between the runs the user gets what Ansible does not make but must take away: an MFA device, a signing certificate, an
SSH key, an inline policy, a group. A play of its own makes a group with a member and a policy, and removes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from fake_iam.control.watching.calls import Calls
from tests.clients.credentials import certificate, enable_mfa_device, ssh_public_key
from tests.clients.shell import find_program, isolated, run
from tests.support import AwsError, error

PLAYBOOK = find_program("ansible-playbook")
pytestmark = pytest.mark.skipif(PLAYBOOK is None, reason="Ansible is not installed: tox -e ansible")

PASSWORD = "Correct-horse-7-battery"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::builds/*"}],
}
PRESENT = f"""
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: policy
      amazon.aws.iam_managed_policy:
        name: builds
        policy: {json.dumps(DOCUMENT)}
        state: present

    - name: user
      amazon.aws.iam_user:
        name: robot
        path: /ci/
        password: {PASSWORD}
        password_reset_required: true
        update_password: on_create
        managed_policies: [builds]
        purge_policies: true
        tags: {{Team: red, Owner: Ann Other}}
        state: present

    - name: keys
      amazon.aws.iam_access_key_info:
        user_name: robot
      register: found

    - name: new key
      amazon.aws.iam_access_key:
        user_name: robot
        active: false
      when: found.access_keys | length == 0

    - name: same key
      amazon.aws.iam_access_key:
        user_name: robot
        id: "{{{{ found.access_keys[0].access_key_id }}}}"
        active: false
      when: found.access_keys | length > 0

    - name: devices
      amazon.aws.iam_mfa_device_info:
        user_name: robot
"""
ABSENT = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: user
      amazon.aws.iam_user:
        name: robot
        state: absent

    - name: policy
      amazon.aws.iam_managed_policy:
        name: builds
        state: absent
"""
GROUP_PRESENT = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: group
      amazon.aws.iam_group:
        name: robots
        path: /ci/
        users: [robot]
        purge_users: true
        managed_policies: [arn:aws:iam::123456789012:policy/builds]
        state: present
"""
GROUP_ABSENT = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: group
      amazon.aws.iam_group:
        name: robots
        state: absent
"""


@dataclass(frozen=True)
class Play:
    """What a play did: its counts, and the result of each task by its name."""

    counts: dict[str, int]
    results: dict[str, dict[str, Any]]
    calls: Calls


@dataclass(frozen=True)
class Life:
    """The runs, and what IAM held between and after them."""

    first: Play
    user: dict[str, Any]
    statuses: list[str]
    profile: dict[str, Any]
    second: Play
    serial_number: str
    removed: Play
    removed_again: Play
    left: dict[str, list[Any]]
    user_at_the_end: AwsError


class Ansible:
    """``ansible-playbook`` in a folder of its own."""

    def __init__(self, fake: FakeIAM, folder: Path) -> None:
        self._fake = fake
        self._folder = folder
        self._environment = isolated(
            folder,
            **fake.environment(),
            LC_ALL="C.UTF-8",
            ANSIBLE_STDOUT_CALLBACK="ansible.posix.json",
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_NOCOLOR="true",
        )

    def play(self, text: str) -> Play:
        """Run a play to its end."""
        assert PLAYBOOK is not None
        (self._folder / "play.yaml").write_text(text)
        seen = len(self._fake.calls())
        done = run(PLAYBOOK, "play.yaml", at=self._folder, environment=self._environment)
        assert "{" in done.out, done
        told = json.loads(done.out[done.out.index("{") :])
        tasks = told["plays"][0]["tasks"]
        results = {task["task"]["name"]: task["hosts"]["localhost"] for task in tasks}
        failed = {name: result.get("msg") for name, result in results.items() if result.get("failed")}
        assert (done.status, failed) == (0, {})
        return Play(told["stats"]["localhost"], results, Calls(self._fake.calls()[seen:]))


def leftovers(iam: Any) -> dict[str, list[Any]]:
    """What the account still holds."""
    return {
        "users": iam.list_users()["Users"],
        "policies": iam.list_policies(Scope="Local")["Policies"],
        "devices in use": iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"],
    }


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Ansible takes a second for each task, so the life is lived once."""
    with FakeIAM(auth="strict") as fake:
        ansible = Ansible(fake, tmp_path_factory.mktemp("ansible"))
        iam = fake.client("iam")
        first = ansible.play(PRESENT)
        user = iam.get_user(UserName="robot")["User"]
        statuses = [key["Status"] for key in iam.list_access_keys(UserName="robot")["AccessKeyMetadata"]]
        profile = iam.get_login_profile(UserName="robot")["LoginProfile"]
        serial_number = enable_mfa_device(fake, "robot", "phone")
        iam.upload_signing_certificate(UserName="robot", CertificateBody=certificate("robot"))
        iam.upload_ssh_public_key(UserName="robot", SSHPublicKeyBody=ssh_public_key())
        iam.put_user_policy(UserName="robot", PolicyName="inline", PolicyDocument=json.dumps(DOCUMENT))
        iam.create_group(GroupName="people")
        iam.add_user_to_group(GroupName="people", UserName="robot")
        second = ansible.play(PRESENT)
        removed = ansible.play(ABSENT)
        left = leftovers(iam)
        removed_again = ansible.play(ABSENT)
        gone = error(iam.get_user, UserName="robot")
        yield Life(
            first,
            user,
            statuses,
            profile,
            second,
            serial_number,
            removed,
            removed_again,
            left,
            gone,
        )


@dataclass(frozen=True)
class GroupLife:
    """The runs on the group, and what IAM held between and after them."""

    first: Play
    members: list[str]
    second: Play
    removed: Play
    left: list[Any]
    policy: dict[str, Any]


@pytest.fixture(scope="module")
def group_life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GroupLife]:
    with FakeIAM(auth="strict") as fake:
        ansible = Ansible(fake, tmp_path_factory.mktemp("ansible"))
        iam = fake.client("iam")
        iam.create_user(UserName="robot")
        policy = iam.create_policy(PolicyName="builds", PolicyDocument=json.dumps(DOCUMENT))["Policy"]["Arn"]
        first = ansible.play(GROUP_PRESENT)
        members = [member["UserName"] for member in iam.get_group(GroupName="robots")["Users"]]
        second = ansible.play(GROUP_PRESENT)
        removed = ansible.play(GROUP_ABSENT)
        left = iam.list_groups()["Groups"]
        yield GroupLife(first, members, second, removed, left, iam.get_policy(PolicyArn=policy)["Policy"])


def changed(play: Play) -> dict[str, bool]:
    """Whether each task that was not skipped changed something."""
    return {name: result["changed"] for name, result in play.results.items() if not result.get("skipped")}


def test_the_first_run_changes_whatever_it_declares(life: Life) -> None:
    assert changed(life.first) == {
        "policy": True,
        "user": True,
        "keys": False,
        "new key": True,
        "devices": False,
    }


def test_the_user_is_made_as_declared(life: Life) -> None:
    assert life.user["Arn"] == "arn:aws:iam::123456789012:user/ci/robot"
    assert {tag["Key"]: tag["Value"] for tag in life.user["Tags"]} == {"Team": "red", "Owner": "Ann Other"}


def test_the_user_has_a_password_that_it_must_change(life: Life) -> None:
    assert (life.profile["UserName"], life.profile["PasswordResetRequired"]) == ("robot", True)


def test_the_policy_is_found_by_its_name_and_attached(life: Life) -> None:
    attached = life.first.results["user"]["user"]["attached_policies"]
    assert attached == [{"policy_name": "builds", "policy_arn": "arn:aws:iam::123456789012:policy/builds"}]


def test_the_key_is_made_and_switched_off(life: Life) -> None:
    assert life.statuses == ["Inactive"]
    assert life.first.results["new key"]["access_key"]["status"] == "Inactive"


def test_there_is_no_device_at_first(life: Life) -> None:
    assert life.first.results["devices"]["mfa_devices"] == []


def test_the_second_run_changes_nothing(life: Life) -> None:
    assert life.second.counts["changed"] == 0, changed(life.second)


def test_the_second_run_only_reads(life: Life) -> None:
    assert [call for call in life.second.calls if not str(call.operation).startswith(("Get", "List"))] == []


def test_the_key_of_the_first_run_is_the_one_found_in_the_second(life: Life) -> None:
    made = life.first.results["new key"]["access_key_id"]
    (found,) = life.second.results["keys"]["access_keys"]
    assert (found["access_key_id"], found["status"]) == (made, "Inactive")
    assert life.second.results["same key"]["access_key"]["access_key_id"] == made


def test_a_device_is_shown_with_its_user(life: Life) -> None:
    (device,) = life.second.results["devices"]["mfa_devices"]
    assert (device["serial_number"], device["user_name"]) == (life.serial_number, "robot")


def test_absent_takes_everything_away(life: Life) -> None:
    """Case C52."""
    assert changed(life.removed) == {"user": True, "policy": True}
    assert life.left == {"users": [], "policies": [], "devices in use": []}
    assert life.user_at_the_end == AwsError("NoSuchEntity", "The user with name robot cannot be found.", 404)


def test_absent_finds_no_leftover_of_the_user_refusing(life: Life) -> None:
    assert [call.outcome for call in life.removed.calls if call.operation == "DeleteUser"] == ["ok"]


def test_absent_twice_changes_nothing(life: Life) -> None:
    assert life.removed_again.counts["changed"] == 0, changed(life.removed_again)


def test_the_group_is_made_with_its_member(group_life: GroupLife) -> None:
    assert group_life.first.counts["changed"] == 1
    assert group_life.members == ["robot"]
    shown = group_life.first.results["group"]["iam_group"]
    assert shown["group"]["arn"] == "arn:aws:iam::123456789012:group/ci/robots"
    assert [user["user_name"] for user in shown["users"]] == ["robot"]


def test_the_group_has_the_policy(group_life: GroupLife) -> None:
    shown = group_life.first.results["group"]["iam_group"]["attached_policies"]
    assert shown == [{"policy_name": "builds", "policy_arn": "arn:aws:iam::123456789012:policy/builds"}]


def test_the_second_run_changes_nothing_on_the_group(group_life: GroupLife) -> None:
    assert group_life.second.counts["changed"] == 0


def test_absent_takes_the_group_away_and_lets_the_policy_go(group_life: GroupLife) -> None:
    assert group_life.removed.counts["changed"] == 1
    assert group_life.left == []
    assert group_life.policy["AttachmentCount"] == 0
