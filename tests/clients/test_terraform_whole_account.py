"""Terraform with the provider hashicorp/aws: all that it knows of IAM, in one account.

The configuration in the folder ``whole_account`` has every resource and every data source. It is applied, planned,
changed, repaired after others have been at the account, imported into a state of its own, and destroyed from there.
Terraform takes seconds for each step, so the life is lived once, and each test looks at one moment of it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.material import certify, saml_metadata, ssh_key
from fake_iam import FakeIAM
from tests.clients.credentials import codes
from tests.clients.shell import Outcome
from tests.clients.terraform import LACKING, Terraform
from tests.support import AwsError, Key, error

pytestmark = pytest.mark.skipif(bool(LACKING), reason=LACKING)

CONFIGURATION = Path(__file__).parent / "whole_account"
ACCOUNT = "arn:aws:iam::123456789012"
ORGANIZATION = {"organization": {"id": "o-example123", "members": ["222222222222"]}}
AT_FIRST = {"changed": "false"}
CHANGED = {"changed": "true"}
OF_AWS = "arn:aws:iam::aws:policy"

# What the provider imports by something else than the id in the state.
IMPORTED_BY: dict[str, str] = {
    "aws_iam_group_policies_exclusive": "{group_name}",
    "aws_iam_group_policy_attachment": "{group}/{policy_arn}",
    "aws_iam_group_policy_attachments_exclusive": "{group_name}",
    "aws_iam_role_policies_exclusive": "{role_name}",
    "aws_iam_role_policy_attachment": "{role}/{policy_arn}",
    "aws_iam_role_policy_attachments_exclusive": "{role_name}",
    "aws_iam_server_certificate": "{name}",
    "aws_iam_user_group_membership": "{user}/{groups[0]}",
    "aws_iam_user_policies_exclusive": "{user_name}",
    "aws_iam_user_policy_attachment": "{user}/{policy_arn}",
    "aws_iam_user_policy_attachments_exclusive": "{user_name}",
    "aws_iam_user_ssh_key": "{username}:{ssh_public_key_id}:{encoding}",
}
# What versions 6 of the provider have besides; their calls are in tests/boto3/test_terraform_newer_provider.py.
NEWER = {
    "aws_iam_openid_connect_provider_client_id",
    "aws_iam_outbound_web_identity_federation",
    "data.aws_iam_attached_group_policies",
    "data.aws_iam_attached_role_policies",
    "data.aws_iam_attached_user_policies",
    "data.aws_iam_custom_policy_simulation",
    "data.aws_iam_group_policies",
    "data.aws_iam_group_policy_attachments",
    "data.aws_iam_outbound_web_identity_federation",
    "data.aws_iam_role_policies",
    "data.aws_iam_role_policy_attachments",
}
NOT_IMPORTED = {
    "aws_iam_group_membership",
    "aws_iam_policy_attachment",
    "aws_iam_security_token_service_preferences",
}
SIMULATION = "data.aws_iam_principal_policy_simulation.robot"
# What the provider takes for a fault that will pass, and tries again.
PASSING = {
    "CreateRole": (
        "MalformedPolicyDocument",
        'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/guest"',
    ),
    "DeleteRole": ("DeleteConflict", "Cannot delete entity, must detach all policies first."),
}


@dataclass(frozen=True)
class Moment:
    """What Terraform's state and IAM held after a step, and what Terraform would do next."""

    state: dict[str, dict[str, Any]]
    plan: Outcome
    users: dict[str, dict[str, Any]]
    groups: dict[str, dict[str, Any]]
    roles: dict[str, dict[str, Any]]
    policies: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Life:
    """The moments, and what was left at the end."""

    provider: dict[str, Any]
    applied: Moment
    changed: Moment
    wrong_password: AwsError
    right_password: int
    disturbed: dict[str, list[str]]
    repaired: Moment
    imports: dict[str, list[str]]
    imported: Moment
    destroyed: Outcome
    left: dict[str, Any]
    refusals: set[tuple[str | None, str | None]]


def look(fake: FakeIAM, terraform: Terraform, variables: dict[str, str]) -> Moment:
    """Look at what an apply has left from all sides."""
    details = fake.client("iam").get_account_authorization_details(
        Filter=["User", "Role", "Group", "LocalManagedPolicy"]
    )
    state = terraform.show()["values"]["root_module"]["resources"]
    return Moment(
        state={each["address"]: each["values"] for each in state},
        plan=terraform.plan(**variables),
        users={each["UserName"]: each for each in details["UserDetailList"]},
        groups={each["GroupName"]: each for each in details["GroupDetailList"]},
        roles={each["RoleName"]: each for each in details["RoleDetailList"]},
        policies={each["PolicyName"]: each for each in details["Policies"]},
    )


def planned(terraform: Terraform, variables: dict[str, str]) -> dict[str, list[str]]:
    """What Terraform would do to each resource, but for those that are right."""
    terraform.plan("-out=next.plan", **variables)
    changes = terraform.show("next.plan")["resource_changes"]
    managed = {each["address"]: each["change"] for each in changes if each["mode"] == "managed"}
    return {
        address: ["import"] * ("importing" in change) + [step for step in change["actions"] if step != "no-op"]
        for address, change in managed.items()
        if change["actions"] != ["no-op"] or "importing" in change
    }


def material(folder: Path) -> None:
    """The configuration, and the files that it names."""
    shutil.copytree(CONFIGURATION, folder, dirs_exist_ok=True)
    site, staff = certify(1), certify().der
    files = {
        "key.pub": ssh_key(),
        "signing.pem": certify().body,
        "site.pem": site.body,
        "site.key": site.private_key,
        "metadata-1.xml": saml_metadata("https://idp.example.com/saml", staff),
        "metadata-2.xml": saml_metadata("https://sso.example.com/saml", staff),
    }
    for name, text in files.items():
        (folder / name).write_text(text)


def live(fake: FakeIAM, state: dict[str, dict[str, Any]]) -> tuple[AwsError, int]:
    """Do as the user does: take a key, enable the device, change the password. Returns what the changes answered."""
    iam = fake.client("iam")
    made = iam.create_access_key(UserName="robot")["AccessKey"]
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    device = state["aws_iam_virtual_mfa_device.phone"]
    first, second = codes(device["base_32_string_seed"], fake.clock.now())
    iam.enable_mfa_device(
        UserName="robot", SerialNumber=device["arn"], AuthenticationCode1=first, AuthenticationCode2=second
    )
    robot = fake.client("iam", access_key_id=key.id, secret_access_key=key.secret)
    new = {"NewPassword": "Correct-horse-7-battery"}
    wrong = error(robot.change_password, OldPassword="Wrong-horse-7-battery", **new)
    right = robot.change_password(OldPassword=state["aws_iam_user_login_profile.robot"]["password"], **new)
    return wrong, int(right["ResponseMetadata"]["HTTPStatusCode"])


def disturb(iam: Any, state: dict[str, dict[str, Any]]) -> None:
    """Do by hand what should be left to Terraform."""
    robot = {"UserName": "robot"}
    ids = {name.split(".")[0]: values for name, values in state.items() if name.endswith(".robot")}
    iam.delete_access_key(**robot, AccessKeyId=ids["aws_iam_access_key"]["id"])
    iam.delete_ssh_public_key(**robot, SSHPublicKeyId=ids["aws_iam_user_ssh_key"]["ssh_public_key_id"])
    iam.delete_signing_certificate(**robot, CertificateId=ids["aws_iam_signing_certificate"]["certificate_id"])
    credential = ids["aws_iam_service_specific_credential"]["service_specific_credential_id"]
    iam.delete_service_specific_credential(**robot, ServiceSpecificCredentialId=credential)
    iam.detach_user_policy(**robot, PolicyArn=state["aws_iam_policy.work"]["arn"])
    iam.put_user_policy(**robot, PolicyName="extra", PolicyDocument=ids["aws_iam_user_policy"]["policy"])
    iam.untag_user(**robot, TagKeys=["Team"])
    iam.remove_user_from_group(**robot, GroupName="robots")
    iam.remove_user_from_group(UserName="guest", GroupName="guests")
    iam.delete_group(GroupName="new-name")
    iam.delete_group_policy(GroupName="robots", PolicyName="inline")
    iam.attach_group_policy(GroupName="robots", PolicyArn=f"{OF_AWS}/AdministratorAccess")
    iam.update_role(RoleName="worker", Description="", MaxSessionDuration=43200)
    iam.attach_role_policy(RoleName="worker", PolicyArn=f"{OF_AWS}/AdministratorAccess")
    iam.detach_role_policy(RoleName="federated", PolicyArn=state["aws_iam_policy.shared"]["arn"])
    iam.remove_client_id_from_open_id_connect_provider(
        OpenIDConnectProviderArn=state["aws_iam_openid_connect_provider.builds"]["arn"], ClientID="deploy"
    )
    iam.delete_saml_provider(SAMLProviderArn=state["aws_iam_saml_provider.staff"]["arn"])
    iam.delete_server_certificate(ServerCertificateName="site")
    iam.delete_account_alias(AccountAlias="android-factory")
    iam.delete_account_password_policy()


def imports(state: dict[str, dict[str, Any]]) -> str:
    """The blocks that bring every resource into a new state, but for those that cannot be imported."""
    kinds = {address: address.split(".")[0] for address in state if not address.startswith("data.")}
    ids = {
        address: IMPORTED_BY.get(kind, "{id}").format(**state[address])
        for address, kind in kinds.items()
        if kind not in NOT_IMPORTED
    }
    return "".join(f"import {{\n  to = {address}\n  id = {json.dumps(id)}\n}}\n" for address, id in ids.items())


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with FakeIAM(auth="strict", journal_size=10_000) as fake:
        fake.seed(ORGANIZATION)
        terraform = Terraform(fake, tmp_path_factory.mktemp("terraform"))
        material(terraform.folder)
        terraform.init()
        terraform.apply(**AT_FIRST)
        applied = look(fake, terraform, AT_FIRST)
        terraform.apply(**CHANGED)
        changed = look(fake, terraform, CHANGED)
        wrong_password, right_password = live(fake, changed.state)
        disturb(fake.client("iam"), changed.state)
        disturbed = planned(terraform, CHANGED)
        terraform.apply(**CHANGED)
        repaired = look(fake, terraform, CHANGED)
        other = Terraform(fake, tmp_path_factory.mktemp("imported"))
        files = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.plan")
        shutil.copytree(terraform.folder, other.folder, dirs_exist_ok=True, ignore=files)
        (other.folder / "imports.tf").write_text(imports(repaired.state))
        other.init()
        to_import = planned(other, CHANGED)
        other.apply(**CHANGED)
        imported = look(fake, other, CHANGED)
        destroyed = other.destroy(**CHANGED)
        yield Life(
            terraform.provider(),
            applied,
            changed,
            wrong_password,
            right_password,
            disturbed,
            repaired,
            to_import,
            imported,
            destroyed,
            left=fake.dump()["accounts"]["123456789012"],
            refusals={(call.operation, call.code) for call in fake.calls() if call.code},
        )


def actions(document: dict[str, Any]) -> set[str]:
    """What the first statement of a document is about."""
    return set(document["Statement"][0]["Action"])


def having(moment: Moment, policy: str) -> set[str]:
    """The users, groups and roles that a managed policy is attached to."""
    return {
        name
        for entries in (moment.users, moment.groups, moment.roles)
        for name, entry in entries.items()
        if policy in {attached["PolicyName"] for attached in entry["AttachedManagedPolicies"]}
    }


def policies_of(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the account's details without what tells when and as what it was made."""
    return {name: value for name, value in entry.items() if name not in {"GroupId", "CreateDate"}}


def test_every_resource_and_data_source_of_the_provider_is_in_the_configuration(life: Life) -> None:
    known = {kind for kind in life.provider["resource_schemas"] if kind.startswith("aws_iam_")}
    sources = {f"data.{kind}" for kind in life.provider["data_source_schemas"] if kind.startswith("aws_iam_")}
    applied = {address.rpartition(".")[0] for address in life.applied.state}
    assert {*known, *sources, "data.aws_caller_identity"} - NEWER == applied


@pytest.mark.parametrize("moment", ["applied", "changed", "repaired", "imported"])
def test_there_is_nothing_to_do_after_an_apply(life: Life, moment: str) -> None:
    done: Moment = getattr(life, moment)
    assert done.plan.status == 0, done.plan


def test_the_user_is_made_as_declared(life: Life) -> None:
    robot = life.applied.users["robot"]
    assert robot["Arn"] == f"{ACCOUNT}:user/ci/robot"
    assert {tag["Key"]: tag["Value"] for tag in robot["Tags"]} == {"Team": "red", "Owner": "Ann Other"}
    assert robot["PermissionsBoundary"]["PermissionsBoundaryArn"] == f"{OF_AWS}/PowerUserAccess"
    assert [policy["PolicyName"] for policy in robot["UserPolicyList"]] == ["inline"]
    assert [policy["PolicyArn"] for policy in robot["AttachedManagedPolicies"]] == [f"{ACCOUNT}:policy/ci/work"]
    assert robot["GroupList"] == ["robots"]


def test_the_user_is_changed_and_stays_the_same_user(life: Life) -> None:
    robot = life.changed.users["robot"]
    assert (robot["Arn"], robot["UserId"]) == (f"{ACCOUNT}:user/robots/robot", life.applied.users["robot"]["UserId"])
    assert {tag["Key"]: tag["Value"] for tag in robot["Tags"]} == {"Team": "blue", "Stage": "test"}
    assert "PermissionsBoundary" not in robot


@pytest.mark.parametrize(
    ("kind", "id"),
    [
        ("aws_iam_access_key", "id"),
        ("aws_iam_user_ssh_key", "ssh_public_key_id"),
        ("aws_iam_signing_certificate", "certificate_id"),
        ("aws_iam_service_specific_credential", "service_specific_credential_id"),
    ],
)
def test_a_credential_is_switched_off_and_stays_the_same(life: Life, kind: str, id: str) -> None:
    before, after = (moment.state[f"{kind}.robot"] for moment in (life.applied, life.changed))
    assert (before["status"], after["status"], after[id]) == ("Active", "Inactive", before[id])


def test_the_device_is_nobodys_until_the_seed_in_the_state_gives_its_codes(life: Life) -> None:
    device = "aws_iam_virtual_mfa_device.phone"
    assert life.applied.state[device]["arn"] == f"{ACCOUNT}:mfa/ci/phone"
    assert (life.applied.state[device]["user_name"], life.repaired.state[device]["user_name"]) == (None, "robot")


def test_the_password_in_the_state_is_the_users(life: Life) -> None:
    """The account's password policy lets users change theirs, so the user needs no policy for it."""
    assert life.wrong_password == AwsError("AccessDenied", "The old password was incorrect.", 403)
    assert life.right_password == 200


def test_groups_have_their_members_and_policies(life: Life) -> None:
    robots = life.applied.groups["robots"]
    assert robots["Arn"] == f"{ACCOUNT}:group/ci/robots"
    assert [policy["PolicyName"] for policy in robots["GroupPolicyList"]] == ["inline"]
    assert [policy["PolicyArn"] for policy in robots["AttachedManagedPolicies"]] == [f"{OF_AWS}/ReadOnlyAccess"]
    assert sorted(life.applied.users["guest"]["GroupList"]) == ["guests", "spare"]


def test_groups_are_moved_renamed_and_given_other_members_and_policies(life: Life) -> None:
    robots = life.changed.groups["robots"]
    assert (robots["Arn"], robots["GroupId"]) == (
        f"{ACCOUNT}:group/robots/robots",
        life.applied.groups["robots"]["GroupId"],
    )
    assert [policy["PolicyArn"] for policy in robots["AttachedManagedPolicies"]] == [f"{OF_AWS}/SecurityAudit"]
    assert life.changed.groups["new-name"]["GroupId"] == life.applied.groups["old-name"]["GroupId"]
    assert sorted(life.changed.users["guest"]["GroupList"]) == ["guests", "robots"]


def test_a_changed_document_is_a_new_default_version(life: Life) -> None:
    versions = life.changed.policies["work"]["PolicyVersionList"]
    assert [(version["VersionId"], version["IsDefaultVersion"]) for version in versions] == [
        ("v2", True),
        ("v1", False),
    ]
    assert [actions(version["Document"]) for version in versions] == [
        {"s3:PutObject", "s3:ListBucket"},
        {"s3:GetObject", "s3:ListBucket"},
    ]


def test_a_policy_is_attached_to_exactly_those_that_it_should_be_attached_to(life: Life) -> None:
    shared, spare = (life.applied.state[address]["name"] for address in ("aws_iam_policy.shared", "aws_iam_role.spare"))
    assert having(life.applied, shared) == {"guest", "spare", "federated"}
    assert having(life.changed, shared) == {"guest", "federated", spare}


def test_the_role_is_made_as_declared_and_changed(life: Life) -> None:
    before, after = (moment.state["aws_iam_role.worker"] for moment in (life.applied, life.changed))
    assert (before["description"], before["max_session_duration"]) == ("Allows s3:GetObject", 3600)
    assert (after["description"], after["max_session_duration"]) == ("Allows s3:PutObject", 7200)
    assert (before["permissions_boundary"], after["permissions_boundary"]) == (f"{OF_AWS}/PowerUserAccess", "")
    trusted = life.changed.roles["worker"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
    assert sorted(trusted) == ["ec2.amazonaws.com", "lambda.amazonaws.com"]
    assert before["unique_id"] == after["unique_id"] == life.imported.state["aws_iam_role.worker"]["unique_id"]


def test_the_deprecated_arguments_of_a_role_hold_its_policies(life: Life) -> None:
    role = life.changed.roles["old-style"]
    assert [policy["PolicyArn"] for policy in role["AttachedManagedPolicies"]] == [f"{OF_AWS}/SecurityAudit"]
    assert [actions(policy["PolicyDocument"]) for policy in role["RolePolicyList"]] == [
        {"s3:PutObject", "s3:ListBucket"}
    ]


def test_the_instance_profile_changes_its_role(life: Life) -> None:
    before, after = (moment.state["data.aws_iam_instance_profile.worker"] for moment in (life.applied, life.changed))
    assert before["role_name"] == "worker"
    assert (after["role_name"], after["arn"]) == (life.changed.state["aws_iam_role.spare"]["name"], before["arn"])


def test_the_service_linked_role_is_described_and_tagged_anew(life: Life) -> None:
    before, after = (moment.state["aws_iam_service_linked_role.scaling"] for moment in (life.applied, life.changed))
    assert (before["name"], before["description"]) == ("AWSServiceRoleForAutoScaling_robots", "Allows s3:GetObject")
    assert (after["unique_id"], after["description"]) == (before["unique_id"], "Allows s3:PutObject")
    assert after["tags"] == {"Team": "blue", "Stage": "test"}


def test_identity_providers_are_changed(life: Life) -> None:
    by_arn, by_url = (f"data.aws_iam_openid_connect_provider.{name}" for name in ("by_arn", "by_url"))
    assert set(life.applied.state[by_url]["client_id_list"]) == {"sts.amazonaws.com", "build"}
    after = life.changed.state[by_arn]
    assert set(after["client_id_list"]) == {"sts.amazonaws.com", "deploy"}
    assert after["thumbprint_list"] == ["2" * 40]
    assert (
        "https://sso.example.com/saml"
        in life.changed.state["data.aws_iam_saml_provider.staff"]["saml_metadata_document"]
    )


def test_the_server_certificate_is_found_and_tagged_anew(life: Life) -> None:
    address = "aws_iam_server_certificate.site"
    latest = life.changed.state["data.aws_iam_server_certificate.latest"]
    assert (latest["name"], latest["arn"]) == ("site", f"{ACCOUNT}:server-certificate/ci/site")
    assert life.changed.state[address]["tags"] == {"Team": "blue", "Stage": "test"}
    assert life.changed.state[address]["id"] == life.applied.state[address]["id"]


def test_what_there_is_one_of_is_changed(life: Life) -> None:
    alias, features = "aws_iam_account_alias.account", "aws_iam_organizations_features.organization"
    assert life.applied.state["data.aws_iam_account_alias.account"]["account_alias"] == "robot-factory"
    assert life.changed.state[alias]["account_alias"] == "android-factory"
    assert life.applied.state[features]["enabled_features"] == ["RootCredentialsManagement", "RootSessions"]
    assert life.changed.state[features]["enabled_features"] == ["RootCredentialsManagement"]
    policy = life.changed.state["aws_iam_account_password_policy.strict"]
    assert (policy["minimum_password_length"], policy["max_password_age"], policy["expire_passwords"]) == (20, 90, True)
    preferences = "aws_iam_security_token_service_preferences.account"
    assert life.changed.state[preferences]["global_endpoint_token_version"] == "v1Token"


def test_sessions_are_told_from_roles(life: Life) -> None:
    found = {name: life.applied.state[f"data.aws_iam_session_context.{name}"] for name in ("me", "worker")}
    assert found["me"]["issuer_arn"] == f"{ACCOUNT}:root"
    session = found["worker"]
    assert (session["issuer_arn"], session["session_name"]) == (f"{ACCOUNT}:role/ci/worker", "night-shift")
    assert session["issuer_id"] == life.applied.roles["worker"]["RoleId"]


def test_what_is_looked_up_is_found(life: Life) -> None:
    found = {address[5:]: values for address, values in life.applied.state.items() if address.startswith("data.")}
    assert found["aws_iam_roles.by_name"]["names"] == ["federated", "worker"]
    assert found["aws_iam_roles.by_path"]["names"] == ["AWSServiceRoleForAutoScaling_robots"]
    assert found["aws_iam_users.by_path"]["names"] == ["robot"]
    assert found["aws_iam_users.by_name"]["arns"] == [f"{ACCOUNT}:user/guest"]
    assert found["aws_iam_instance_profiles.worker"]["names"] == ["worker"]
    assert (
        found["aws_iam_policy.by_name"]["arn"] == found["aws_iam_policy.by_arn"]["arn"] == f"{ACCOUNT}:policy/ci/work"
    )
    assert found["aws_iam_policy.of_aws"]["arn"] == f"{OF_AWS}/ReadOnlyAccess"
    assert [key["status"] for key in found["aws_iam_access_keys.robot"]["access_keys"]] == ["Active"]
    assert [user["user_name"] for user in found["aws_iam_group.robots"]["users"]] == ["robot"]
    assert found["aws_iam_user_ssh_key.robot"]["public_key"] == ssh_key().strip()


def test_policies_are_simulated(life: Life) -> None:
    before, after = (
        {result["action_name"]: result["decision"] for result in moment.state[SIMULATION]["results"]}
        for moment in (life.applied, life.changed)
    )
    assert before == {"s3:GetObject": "allowed", "s3:PutObject": "implicitDeny", "s3:DeleteObject": "implicitDeny"}
    assert after == {"s3:GetObject": "implicitDeny", "s3:PutObject": "allowed", "s3:DeleteObject": "implicitDeny"}
    assert life.applied.state["data.aws_iam_principal_policy_simulation.supposed"]["all_allowed"] is True


def test_what_others_changed_is_seen(life: Life) -> None:
    by_action: dict[str, set[str]] = {}
    for address, (action,) in life.disturbed.items():
        by_action.setdefault(action, set()).add(address.removeprefix("aws_iam_"))
    assert by_action == {
        "create": {
            "access_key.robot",
            "account_alias.account",
            "account_password_policy.strict",
            "group.renamed",
            "group_policy.robots",
            "saml_provider.staff",
            "server_certificate.site",
            "service_specific_credential.robot",
            "signing_certificate.robot",
            "user_policy_attachment.robot",
            "user_ssh_key.robot",
        },
        "update": {
            "group_membership.robots",
            "group_policies_exclusive.robots",
            "group_policy_attachments_exclusive.robots",
            "openid_connect_provider.builds",
            "policy_attachment.shared",
            "role.federated",  # as it trusts the SAML provider, which is made anew
            "role.worker",
            "role_policy_attachments_exclusive.worker",
            "user.robot",
            "user_group_membership.guest",
            "user_policies_exclusive.robot",
            "user_policy_attachments_exclusive.robot",
        },
    }


@pytest.mark.parametrize("kind", ["users", "groups", "roles"])
def test_what_others_changed_is_repaired(life: Life, kind: str) -> None:
    """Apart from the ids and dates of what had to be made anew."""
    before, after = (getattr(moment, kind) for moment in (life.changed, life.repaired))
    assert {name: policies_of(entry) for name, entry in before.items()} == {
        name: policies_of(entry) for name, entry in after.items()
    }


def test_all_is_imported_that_the_provider_can_import(life: Life) -> None:
    unlike = {address: steps for address, steps in life.imports.items() if steps != ["import"]}
    assert unlike == {
        "aws_iam_group_membership.robots": ["create"],
        "aws_iam_policy_attachment.shared": ["create"],
        "aws_iam_role.worker": ["import", "update"],  # force_detach_policies is known to the configuration alone
        "aws_iam_security_token_service_preferences.account": ["create"],
        "aws_iam_user.robot": ["import", "update"],  # force_destroy, too
    }
    assert set(life.imports) == {address for address in life.repaired.state if not address.startswith("data.")}


def test_destroy_leaves_nothing(life: Life) -> None:
    """The user has a key that Terraform never heard of: it takes that away, too."""
    assert life.destroyed.status == 0, life.destroyed
    assert life.left["users"] == []
    assert set(life.left["rows"]) == {"Organization", "RoleDeletion", "TokenPreferences"}
    assert [(row["features"], row["members"]) for row in life.left["rows"]["Organization"]] == [([], ["222222222222"])]
    assert [row["outcome"] for row in life.left["rows"]["RoleDeletion"]] == ["SUCCEEDED"]


def test_nothing_was_refused_but_what_was_not_there(life: Life) -> None:
    """And the wrong password, which is no call of Terraform's."""
    assert life.refusals == {
        ("ChangePassword", "AccessDenied"),
        ("DeleteLoginProfile", "NoSuchEntity"),
        ("GetAccountPasswordPolicy", "NoSuchEntity"),
        ("GetGroup", "NoSuchEntity"),
        ("GetGroupPolicy", "NoSuchEntity"),
        ("GetSAMLProvider", "NoSuchEntity"),
        ("GetSSHPublicKey", "NoSuchEntity"),
        ("GetServerCertificate", "NoSuchEntity"),
    }


def test_faults_that_pass_are_waited_out(tmp_path: Path) -> None:
    """A role that trusts a user whom not every part of IAM knows yet, and others of AWS's delays."""
    with FakeIAM(auth="strict") as fake:
        terraform = Terraform(fake, tmp_path)
        material(tmp_path)
        terraform.init()
        fake.propagation.delay(iam={"new_users": "2 calls"})
        rules = {
            operation: fake.faults.add(operation, error=code, message=text, times=1).number
            for operation, (code, text) in PASSING.items()
        }
        terraform.apply("-target=aws_iam_policy_attachment.shared", **AT_FIRST)
        destroyed = terraform.destroy(**AT_FIRST)
        fired = {rule.number: rule.fired for rule in fake.faults.rules()}
        looked_up = [call.code for call in fake.calls() if call.operation == "GetUser"]
        left = fake.dump()["accounts"]["123456789012"]
    assert destroyed.status == 0, destroyed
    assert {operation: fired[number] for operation, number in rules.items()} == dict.fromkeys(PASSING, 1)
    assert looked_up[:2] == ["NoSuchEntity", "NoSuchEntity"]
    assert (left["users"], left.get("rows")) == ([], None)
