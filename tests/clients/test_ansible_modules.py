"""Ansible's modules for IAM and STS, all that the collections amazon.aws and community.aws have.

One play makes what the modules can make; it runs twice, a changed one runs twice, and one that removes it all, twice.
``test_ansible.py`` has what the modules for users, keys and groups have to do with credentials that they do not make.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.material import certify, saml_metadata
from fake_iam import FakeIAM
from tests.clients.credentials import enable_mfa_device
from tests.clients.test_ansible import PLAYBOOK, Ansible, Play, changed

pytestmark = pytest.mark.skipif(PLAYBOOK is None, reason="Ansible is not installed: tox -e ansible")

ACCOUNT = "arn:aws:iam::123456789012"
OF_AWS = "arn:aws:iam::aws:policy"
SITE = certify()  # without the final newline, as lookup('file') gives it: the module compares it to the letter
METADATA = (saml_metadata("https://idp.example.com/saml"), saml_metadata("https://sso.example.com/saml"))

Task = tuple[str, str, dict[str, Any]]


def document(*actions: str) -> dict[str, Any]:
    """A policy that allows these actions."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def trusting(**principal: str) -> dict[str, Any]:
    """A trust policy."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return {"Version": "2012-10-17", "Statement": [statement]}


def present(*, later: bool) -> list[Task]:
    """What is made, and what it is changed to."""
    auditing = f"{OF_AWS}/SecurityAudit" if later else f"{OF_AWS}/ReadOnlyAccess"
    action = "s3:PutObject" if later else "s3:GetObject"
    tags = {"Team": "blue"} if later else {"Team": "red", "Owner": "Ann Other"}
    return [
        ("caller", "amazon.aws.aws_caller_info", {}),
        (
            "password policy",
            "amazon.aws.iam_password_policy",
            {
                "state": "present",
                "min_pw_length": 20 if later else 14,
                "require_symbols": True,
                "require_numbers": True,
                "require_uppercase": True,
                "require_lowercase": True,
                "allow_pw_change": True,
                "pw_max_age": 60,
                "pw_reuse_prevent": 5,
                "pw_expire": False,
            },
        ),
        (
            "policy",
            "amazon.aws.iam_managed_policy",
            {"name": "builds", "path": "/ci/", "policy": document(action), "only_version": True, "tags": tags},
        ),
        (
            "user",
            "amazon.aws.iam_user",
            {"name": "robot", "state": "present", "tags": tags, "boundary": f"{OF_AWS}/PowerUserAccess"},
        ),
        (
            "group",
            "amazon.aws.iam_group",
            {
                "name": "robots",
                "state": "present",
                "users": ["robot"],
                "managed_policies": [auditing],
                "purge_policies": True,
            },
        ),
        (
            "role",
            "amazon.aws.iam_role",
            {
                "name": "worker",
                "path": "/ci/",
                "description": f"Allows {action}",
                "assume_role_policy_document": trusting(AWS=f"{ACCOUNT}:user/robot"),
                "managed_policies": [auditing, "builds"],
                "boundary": f"{OF_AWS}/PowerUserAccess",
                "max_session_duration": 7200 if later else 3600,
                "create_instance_profile": False,
                "tags": tags,
            },
        ),
        *(
            (
                f"inline policy of the {kind}",
                "amazon.aws.iam_policy",
                {
                    "iam_type": kind,
                    "iam_name": name,
                    "policy_name": "inline",
                    "policy_json": document(action),
                    "state": "present",
                },
            )
            for kind, name in (("user", "robot"), ("group", "robots"), ("role", "worker"))
        ),
        (
            "instance profile",
            "amazon.aws.iam_instance_profile",
            {"name": "worker", "path": "/ci/", "role": "worker", "tags": tags},
        ),
        (
            "certificate",
            "community.aws.iam_server_certificate",
            {"name": "site", "state": "present", "path": "/ci/", "cert": SITE.body.strip(), "key": SITE.private_key},
        ),
        (
            "SAML provider",
            "community.aws.iam_saml_federation",
            {"name": "staff", "state": "present", "saml_metadata_document": METADATA[later]},
        ),
    ]


LOOKED_UP: list[Task] = [
    ("users in the group", "amazon.aws.iam_user_info", {"group": "robots"}),
    ("user's keys", "amazon.aws.iam_access_key_info", {"user_name": "robot"}),
    ("user's devices", "amazon.aws.iam_mfa_device_info", {"user_name": "robot"}),
    ("roles by path", "amazon.aws.iam_role_info", {"path_prefix": "/ci/"}),
    ("role by name", "amazon.aws.iam_role_info", {"name": "worker"}),
    ("role's policies", "amazon.aws.iam_policy_info", {"iam_type": "role", "iam_name": "worker"}),
    ("profiles by path", "amazon.aws.iam_instance_profile_info", {"path_prefix": "/ci/"}),
    ("certificates", "community.aws.iam_server_certificate_info", {"name": "site"}),
]

# The module for groups does not take inline policies away, and this one wants a group that is there.
GROUP_POLICY_ABSENT: Task = (
    "inline policy of the group",
    "amazon.aws.iam_policy",
    {"iam_type": "group", "iam_name": "robots", "policy_name": "inline", "state": "absent"},
)
ABSENT: list[Task] = [
    ("SAML provider", "community.aws.iam_saml_federation", {"name": "staff", "state": "absent"}),
    ("certificate", "community.aws.iam_server_certificate", {"name": "site", "state": "absent"}),
    ("instance profile", "amazon.aws.iam_instance_profile", {"name": "worker", "state": "absent"}),
    ("role", "amazon.aws.iam_role", {"name": "worker", "state": "absent"}),
    ("user", "amazon.aws.iam_user", {"name": "robot", "state": "absent"}),
    ("group", "amazon.aws.iam_group", {"name": "robots", "state": "absent"}),
    ("policy", "amazon.aws.iam_managed_policy", {"name": "builds", "state": "absent"}),
    ("password policy", "amazon.aws.iam_password_policy", {"state": "absent"}),
]


# A new key signs for a session and takes on the role; the role's session says who it is.
KEY = {
    "access_key": "{{ iam_access_key.access_key_id }}",
    "secret_key": "{{ iam_access_key.secret_access_key }}",
}
OF_ROLE = {
    name: f"{{{{ sts_assume_role.sts_creds.{name} }}}}" for name in ("access_key", "secret_key", "session_token")
}
SESSIONS: list[Task] = [
    ("new key", "amazon.aws.iam_access_key", {"user_name": "robot", "rotate_keys": True}),
    ("session", "community.aws.sts_session_token", {**KEY, "duration_seconds": 3600}),
    (
        "role's session",
        "amazon.aws.sts_assume_role",
        {**KEY, "role_arn": f"{ACCOUNT}:role/ci/worker", "role_session_name": "night-shift"},
    ),
    ("caller", "amazon.aws.aws_caller_info", OF_ROLE),
]


def play(tasks: list[Task]) -> str:
    """A play of these tasks; what each tells is registered under the name of its module."""
    listed = [
        {"name": name, module: arguments, "register": module.rpartition(".")[2]} for name, module, arguments in tasks
    ]
    return json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": listed}])


@dataclass(frozen=True)
class Life:
    """The runs, and what IAM held after the changes and at the end."""

    first: Play
    first_again: Play
    later: Play
    later_again: Play
    found: Play
    removed: Play
    removed_again: Play
    left: dict[str, Any]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Ansible takes a second for each task, so the life is lived once."""
    with FakeIAM(auth="strict", journal_size=10_000) as fake:
        ansible = Ansible(fake, tmp_path_factory.mktemp("ansible"))
        first, first_again = (ansible.play(play(present(later=False))) for _ in range(2))
        later, later_again = (ansible.play(play(present(later=True))) for _ in range(2))
        enable_mfa_device(fake, "robot", "phone")
        found = ansible.play(play([*LOOKED_UP, *SESSIONS]))
        removed = ansible.play(play([GROUP_POLICY_ABSENT, *ABSENT]))
        removed_again = ansible.play(play(ABSENT))
        left = fake.dump()["accounts"]["123456789012"]
        yield Life(first, first_again, later, later_again, found, removed, removed_again, left)


def writing(done: Play) -> list[str]:
    """The operations of a run that change something."""
    operations = [str(call.operation) for call in done.calls]
    return [operation for operation in operations if not operation.startswith(("Get", "List"))]


def test_the_first_run_makes_everything_that_it_declares(life: Life) -> None:
    assert changed(life.first) == {name: name != "caller" for name, _, _ in present(later=False)}


@pytest.mark.parametrize("again", ["first_again", "later_again"])
def test_the_same_play_again_changes_nothing(life: Life, again: str) -> None:
    """The module for the password policy writes what is there already; all others only read."""
    done: Play = getattr(life, again)
    assert changed(done) == {name: False for name, _, _ in present(later=True)}
    assert writing(done) == ["UpdateAccountPasswordPolicy"]


def test_a_changed_play_changes_all_but_the_certificate_which_is_the_same(life: Life) -> None:
    unchanged = {"caller", "certificate"}
    assert changed(life.later) == {name: name not in unchanged for name, _, _ in present(later=True)}


def test_the_policy_has_but_one_version(life: Life) -> None:
    shown = life.later.results["policy"]["policy"]
    assert (shown["default_version_id"], shown["attachment_count"], shown["tags"]) == ("v2", 1, {"Team": "blue"})
    assert [operation for operation in writing(life.later) if "PolicyVersion" in operation] == [
        "CreatePolicyVersion",
        "SetDefaultPolicyVersion",
        "DeletePolicyVersion",
    ]


def test_the_role_is_changed_in_all_that_it_has(life: Life) -> None:
    (role,) = life.found.results["role by name"]["iam_roles"]
    assert role["arn"] == f"{ACCOUNT}:role/ci/worker"
    assert (role["description"], role["max_session_duration"]) == ("Allows s3:PutObject", 7200)
    assert {policy["policy_name"] for policy in role["managed_policies"]} == {"builds", "SecurityAudit"}
    assert role["permissions_boundary"]["permissions_boundary_arn"] == f"{OF_AWS}/PowerUserAccess"
    assert (role["inline_policies"], role["tags"]) == (["inline"], {"Team": "blue"})
    assert role["assume_role_policy_document"] == trusting(AWS=f"{ACCOUNT}:user/robot")


def test_inline_policies_are_those_that_were_written(life: Life) -> None:
    (policy,) = life.found.results["role's policies"]["policies"]
    assert (policy["policy_name"], policy["policy_document"]) == ("inline", document("s3:PutObject"))


def test_what_is_looked_up_by_path_or_group_is_found(life: Life) -> None:
    found = life.found.results
    assert [role["role_name"] for role in found["roles by path"]["iam_roles"]] == ["worker"]
    (profile,) = found["profiles by path"]["iam_instance_profiles"]
    assert (profile["instance_profile_name"], [role["role_name"] for role in profile["roles"]]) == (
        "worker",
        ["worker"],
    )
    assert [user["user_name"] for user in found["users in the group"]["iam_users"]] == ["robot"]


def test_the_users_keys_and_device_are_shown(life: Life) -> None:
    assert life.found.results["user's keys"]["access_keys"] == []
    (device,) = life.found.results["user's devices"]["mfa_devices"]
    assert (device["serial_number"], device["user_name"]) == (f"{ACCOUNT}:mfa/phone", "robot")


def test_the_certificate_is_shown_as_it_was_sent(life: Life) -> None:
    # The module's result is moved there by Ansible, as it calls it by a name that Ansible keeps for itself.
    shown = life.found.results["certificates"]["ansible_module_results"]["site"]
    assert (shown["certificate_body"], shown["path"]) == (SITE.body.strip(), "/ci/")
    assert shown["arn"] == f"{ACCOUNT}:server-certificate/ci/site"


def test_the_metadata_of_the_provider_is_replaced(life: Life) -> None:
    assert life.later.results["SAML provider"]["saml_provider"]["metadata_document"] == METADATA[True]


def test_the_password_policy_is_changed(life: Life) -> None:
    """What the module shows of it is only what it was told, so the call is looked at."""
    (call,) = (call for call in life.later.calls if call.operation == "UpdateAccountPasswordPolicy")
    assert (call.parameters["MinimumPasswordLength"], call.parameters["MaxPasswordAge"]) == (20, 60)


def test_a_new_key_signs_for_a_session(life: Life) -> None:
    session = life.found.results["session"]["sts_creds"]
    assert session["access_key"].startswith("ASIA")


def test_the_key_takes_on_the_role_and_the_roles_session_says_who_it_is(life: Life) -> None:
    expected = f"{ACCOUNT.replace(':iam:', ':sts:')}:assumed-role/worker/night-shift"
    assert life.found.results["role's session"]["sts_user"]["arn"] == expected
    assert life.found.results["caller"]["arn"] == expected
    assert life.first.results["caller"]["arn"] == f"{ACCOUNT}:root"


def test_absent_takes_everything_away(life: Life) -> None:
    assert changed(life.removed) == dict.fromkeys(life.removed.results, True)
    assert life.left["users"] == []
    assert set(life.left["rows"]) == {"MfaDevice"}, "the module leaves the device, which is nobody's now"
    assert [row["owner_id"] for row in life.left["rows"]["MfaDevice"]] == [""]


def test_absent_twice_changes_nothing(life: Life) -> None:
    assert changed(life.removed_again) == dict.fromkeys(life.removed_again.results, False)
