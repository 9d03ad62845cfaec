"""Cloud Custodian on every kind of IAM resource that it knows: what its filters find, and what its actions do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.material import saml_metadata, ssh_key
from fake_iam import FakeIAM
from tests.clients.audited import account
from tests.clients.shell import Outcome
from tests.clients.test_custodian import CUSTODIAN, custodian

pytestmark = pytest.mark.skipif(CUSTODIAN is None, reason="Cloud Custodian is not installed: tox -e custodian")

ACCOUNT = "arn:aws:iam::123456789012"
NAMES = {
    "account": "account_id",
    "iam-access-key": "UserName",
    "iam-certificate": "ServerCertificateName",
    "iam-group": "GroupName",
    "iam-oidc-provider": "Arn",
    "iam-policy": "PolicyName",
    "iam-profile": "InstanceProfileName",
    "iam-role": "RoleName",
    "iam-saml-provider": "Arn",
    "iam-user": "UserName",
}
STRANGER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    ],
}

# What is looked for, and what of it is to be found.
LOOKED_FOR: dict[str, tuple[str, list[dict[str, Any]], set[str]]] = {
    "password": ("iam-user", [{"type": "login-profile"}], {"good", "no-mfa"}),
    "device": ("iam-user", [{"type": "mfa-device", "key": "SerialNumber", "value": "not-null"}], {"good"}),
    "in-staff": ("iam-user", [{"type": "group", "key": "GroupName", "value": "staff"}], {"good"}),
    "active-keys": (
        "iam-user",
        [{"type": "access-key", "key": "Status", "value": "Active"}],
        {"good", "old-key", "two-keys"},
    ),
    "admins": ("iam-user", [{"type": "policy", "key": "PolicyName", "value": "AdministratorAccess"}], {"admin"}),
    "by-group": (
        "iam-user",
        [{"type": "policy", "include-via": True, "key": "PolicyName", "value": "IAMFullAccess"}],
        {"good"},
    ),
    "inline": ("iam-user", [{"type": "has-inline-policy", "value": True}], {"old-key"}),
    "may-make-users": (
        "iam-user",
        [{"type": "check-permissions", "match": "allowed", "actions": ["iam:CreateUser"]}],
        {"admin", "good"},
    ),
    "used-s3": (
        "iam-user",
        [
            {
                "type": "usage",
                "ServiceNamespace": "s3",
                "match-operator": "any",
                "LastAuthenticated": {"type": "value", "value_type": "age", "op": "less-than", "value": 30},
                "poll-delay": 1,
            }
        ],
        {"old-key"},
    ),
    "ssh": ("iam-user", [{"type": "ssh-key", "key": "Status", "value": "Active"}], {"two-keys"}),
    "git-password": (
        "iam-user",
        [{"type": "service-specific-credentials", "key": "ServiceName", "value": "codecommit.amazonaws.com"}],
        {"two-keys"},
    ),
    "strangers": ("iam-role", [{"type": "cross-account"}], {"visitor"}),
    "all-powerful": (
        "iam-role",
        [{"type": "has-specific-managed-policy", "value": "everything"}],
        {"worker"},
    ),
    "roles-that-pass-roles": (
        "iam-role",
        [{"type": "check-permissions", "match": "allowed", "actions": ["iam:PassRole"]}],
        {"worker"},
    ),
    "roles-without-inline": ("iam-role", [{"type": "has-inline-policy", "value": False}], {"worker", "visitor"}),
    "empty-groups": ("iam-group", [{"type": "has-users", "value": False}], {"nobodys"}),
    "inline-groups": ("iam-group", [{"type": "has-inline-policy", "value": True}], {"staff"}),
    "allow-all": ("iam-policy", ["has-allow-all"], {"everything", "unused"}),
    "unattached": ("iam-policy", ["unused", {"type": "value", "key": "Path", "value": "/"}], {"unused"}),
    "attached": ("iam-policy", ["used"], {"everything"}),
    "profiles": ("iam-profile", [], {"worker"}),
    "certificates": (
        "iam-certificate",
        [{"type": "value", "key": "Expiration", "value_type": "expiration", "op": "gt", "value": 30}],
        {"site"},
    ),
    "oidc": ("iam-oidc-provider", [], {f"{ACCOUNT}:oidc-provider/token.builds.example.com"}),
    "saml": ("iam-saml-provider", [], {f"{ACCOUNT}:saml-provider/staff"}),
    "access-keys": (
        "iam-access-key",
        [{"type": "value", "key": "CreateDate", "value_type": "age", "op": "gt", "value": 90}],
        {"old-key"},
    ),
    "short-passwords": (
        "account",
        [{"type": "password-policy", "key": "MinimumPasswordLength", "op": "lt", "value": 14}],
        {"123456789012"},
    ),
}


def named(kind: str, *names: str) -> list[dict[str, Any]]:
    """A filter by name."""
    return [{"type": "value", "key": NAMES[kind], "op": "in", "value": list(names)}]


# What is done: to which resources, and how.
DONE: list[tuple[str, list[dict[str, Any]], list[Any]]] = [
    ("iam-user", named("iam-user", "no-mfa"), [{"type": "set-groups", "state": "add", "group": "staff"}]),
    ("iam-user", named("iam-user", "good"), [{"type": "set-groups", "state": "remove", "group": "staff"}]),
    (
        "iam-user",
        named("iam-user", "admin"),
        [{"type": "set-policy", "state": "detached", "arn": "arn:aws:iam::aws:policy/AdministratorAccess"}],
    ),
    (
        "iam-user",
        named("iam-user", "admin"),
        [{"type": "set-boundary", "state": "present", "policy": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
    ),
    ("iam-user", named("iam-user", "admin"), [{"type": "tag", "key": "team", "value": "red"}]),
    ("iam-user", named("iam-user", "admin"), [{"type": "mark-for-op", "op": "delete", "days": 4}]),
    ("iam-user", named("iam-user", "two-keys"), [{"type": "delete-ssh-keys"}]),
    ("iam-user", named("iam-user", "two-keys"), [{"type": "remove-keys", "disable": True}]),
    ("iam-user", named("iam-user", "old-key"), [{"type": "delete"}]),
    (
        "iam-role",
        named("iam-role", "visitor"),
        [{"type": "set-policy", "state": "attached", "arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
    ),
    ("iam-role", named("iam-role", "visitor"), [{"type": "tag", "key": "team", "value": "red"}]),
    ("iam-profile", named("iam-profile", "worker"), [{"type": "set-role", "role": "visitor"}]),
    ("iam-role", named("iam-role", "worker"), [{"type": "delete", "force": True}]),
    ("iam-group", named("iam-group", "staff"), [{"type": "delete-inline-policies"}]),
    ("iam-group", named("iam-group", "guests"), [{"type": "delete", "force": True}]),
    ("iam-policy", named("iam-policy", "unused"), [{"type": "delete"}]),
    ("iam-certificate", named("iam-certificate", "site"), [{"type": "delete"}]),
    ("iam-oidc-provider", [], [{"type": "delete"}]),
    ("iam-saml-provider", [], [{"type": "delete"}]),
    (
        "account",
        [],
        [{"type": "set-password-policy", "policy": {"MinimumPasswordLength": 20, "PasswordReusePrevention": 24}}],
    ),
]


@dataclass(frozen=True)
class Ran:
    """What Custodian said, found and left."""

    looking: Outcome
    found: dict[str, set[str]]
    doing: Outcome
    taken: dict[str, set[str]]
    users: dict[str, dict[str, Any]]
    groups: dict[str, dict[str, Any]]
    roles: dict[str, dict[str, Any]]
    policies: set[str]
    left: dict[str, list[Any]]
    password_policy: dict[str, Any]
    refused: set[tuple[str | None, str | None]]


def stage(fake: FakeIAM) -> None:
    """The audited account, with what only operations make."""
    fake.seed(account())
    iam = fake.client("iam")
    iam.upload_ssh_public_key(UserName="two-keys", SSHPublicKeyBody=ssh_key())
    iam.create_service_specific_credential(UserName="two-keys", ServiceName="codecommit.amazonaws.com")
    iam.create_role(RoleName="visitor", AssumeRolePolicyDocument=json.dumps(STRANGER))
    iam.create_group(GroupName="nobodys")
    iam.create_group(GroupName="guests")
    iam.add_user_to_group(GroupName="guests", UserName="two-keys")
    iam.create_instance_profile(InstanceProfileName="worker")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    iam.create_open_id_connect_provider(Url="https://token.builds.example.com", ThumbprintList=["1" * 40])
    iam.create_saml_provider(Name="staff", SAMLMetadataDocument=saml_metadata())


def run(fake: FakeIAM, folder: Path, policies: list[dict[str, Any]]) -> tuple[Outcome, dict[str, set[str]]]:
    """Run policies; give the names of the resources that each has taken."""
    folder.mkdir()
    (folder / "policy.json").write_text(json.dumps({"policies": policies}))
    outcome = custodian(fake, folder)
    found = {}
    for policy in policies:
        file = folder / "out" / policy["name"] / "resources.json"
        rows = json.loads(file.read_text()) if file.exists() else []
        found[policy["name"]] = {row[NAMES[policy["resource"]]] for row in rows}
    return outcome, found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("custodian")
    with FakeIAM(auth="strict", journal_size=10_000) as fake:
        stage(fake)
        seeking = [{"name": n, "resource": kind, "filters": f} for n, (kind, f, _) in LOOKED_FOR.items()]
        looking, found = run(fake, folder / "looking", seeking)
        acting = [
            {"name": f"do-{number}", "resource": kind, "filters": filters, "actions": actions}
            for number, (kind, filters, actions) in enumerate(DONE)
        ]
        doing, taken = run(fake, folder / "doing", acting)
        iam = fake.client("iam")
        details = iam.get_account_authorization_details(Filter=["User", "Group", "Role", "LocalManagedPolicy"])
        yield Ran(
            looking,
            found,
            doing,
            taken,
            users={each["UserName"]: each for each in details["UserDetailList"]},
            groups={each["GroupName"]: each for each in details["GroupDetailList"]},
            roles={each["RoleName"]: each for each in details["RoleDetailList"]},
            policies={each["PolicyName"] for each in details["Policies"]},
            left={
                "certificates": iam.list_server_certificates()["ServerCertificateMetadataList"],
                "OpenID Connect providers": iam.list_open_id_connect_providers()["OpenIDConnectProviderList"],
                "SAML providers": iam.list_saml_providers()["SAMLProviderList"],
                "SSH keys": iam.list_ssh_public_keys(UserName="two-keys")["SSHPublicKeys"],
                "keys": [key["Status"] for key in iam.list_access_keys(UserName="two-keys")["AccessKeyMetadata"]],
            },
            password_policy=iam.get_account_password_policy()["PasswordPolicy"],
            refused={(call.operation, call.code) for call in fake.calls() if call.code},
        )


def tags(entry: dict[str, Any]) -> dict[str, str]:
    """The tags of a user or role."""
    return {tag["Key"]: tag["Value"] for tag in entry["Tags"]}


def attached(entry: dict[str, Any]) -> list[str]:
    """The names of the managed policies that are attached to a user, group or role."""
    return [policy["PolicyName"] for policy in entry["AttachedManagedPolicies"]]


def test_both_runs_succeed(ran: Ran) -> None:
    assert (ran.looking.status, ran.doing.status) == (0, 0), (ran.looking, ran.doing)


@pytest.mark.parametrize("name", LOOKED_FOR)
def test_a_filter_finds_exactly_what_it_should(ran: Ran, name: str) -> None:
    assert ran.found[name] == LOOKED_FOR[name][2]


def test_every_action_has_one_resource_to_act_on(ran: Ran) -> None:
    assert {name: len(names) for name, names in ran.taken.items()} == dict.fromkeys(ran.taken, 1)


def test_nothing_is_refused_but_passwords_that_are_not_there(ran: Ran) -> None:
    assert ran.refused == {("DeleteLoginProfile", "NoSuchEntity"), ("GetLoginProfile", "NoSuchEntity")}


def test_users_change_groups(ran: Ran) -> None:
    assert (ran.users["no-mfa"]["GroupList"], ran.users["good"]["GroupList"]) == (["staff"], [])


def test_a_user_is_bound_tagged_and_marked(ran: Ran) -> None:
    admin = ran.users["admin"]
    assert attached(admin) == []
    assert admin["PermissionsBoundary"]["PermissionsBoundaryArn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert tags(admin)["team"] == "red"
    assert tags(admin)["maid_status"].startswith("Resource does not meet policy: delete@")


def test_credentials_are_taken_away_and_switched_off(ran: Ran) -> None:
    assert (ran.left["SSH keys"], ran.left["keys"]) == ([], ["Inactive", "Inactive"])


def test_a_user_is_deleted_with_all_that_it_has(ran: Ran) -> None:
    assert set(ran.users) == {"admin", "good", "no-mfa", "two-keys"}


def test_roles_are_given_policies_and_tags_and_deleted(ran: Ran) -> None:
    assert set(ran.roles) == {"visitor"}
    visitor = ran.roles["visitor"]
    assert (attached(visitor), tags(visitor)) == (["ReadOnlyAccess"], {"team": "red"})
    assert [profile["InstanceProfileName"] for profile in visitor["InstanceProfileList"]] == ["worker"]


def test_groups_lose_inline_policies_or_are_deleted(ran: Ran) -> None:
    assert set(ran.groups) == {"staff", "nobodys"}
    assert (ran.groups["staff"]["GroupPolicyList"], attached(ran.groups["staff"])) == ([], ["IAMFullAccess"])


def test_the_rest_is_deleted(ran: Ran) -> None:
    assert ran.policies == {"everything"}
    gone = ("certificates", "OpenID Connect providers", "SAML providers")
    assert {kind: ran.left[kind] for kind in gone} == dict.fromkeys(gone, [])


def test_the_password_policy_is_set(ran: Ran) -> None:
    policy = ran.password_policy
    assert (policy["MinimumPasswordLength"], policy["PasswordReusePrevention"]) == (20, 24)
