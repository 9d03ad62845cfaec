"""Service control policies: whom they limit, at which level, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import STORES, new_address
from tests.support import AwsError, Key, Wire

MANAGEMENT, MEMBER, OTHER = "111111111111", "222222222222", "333333333333"
ORGANIZATION = "o-exampleorgid"
DENYING, ALLOWING = "p-denyusers1", "p-allowusers"


def statement(effect: str, *actions: str, **others: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": "*", **others}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def policy(id: str, *statements: dict[str, Any], targets: list[str]) -> dict[str, Any]:
    return {"id": id, "name": id, "document": document(*statements), "targets": targets}


NO_USERS = policy(DENYING, statement("Deny", "iam:CreateUser"), targets=["root"])
ALL = document(statement("Allow", "*"))
UNITS = [
    {"id": "ou-ab12-11111111", "accounts": [OTHER]},
    {"id": "ou-ab12-22222222", "parent": "ou-ab12-11111111", "accounts": [MEMBER]},
]


def arn(id: str) -> str:
    return f"arn:aws:organizations::{MANAGEMENT}:policy/{ORGANIZATION}/service_control_policy/{id}"


class Staged:
    """A server whose policies decide, with an organization, and an administrator in each of its accounts."""

    def __init__(self, *, store: str = "memory", **organization: Any) -> None:
        self.wire = Wire(enforce_policies="on", store=store)
        self.keys: dict[str, Key] = {}
        for account_id in (MANAGEMENT, MEMBER, OTHER):
            root = Key(account_id, "dummy")
            self.wire.call("CreateUser", root, UserName="admin")
            self.wire.call("PutUserPolicy", root, UserName="admin", PolicyName="all", PolicyDocument=ALL)
            self.keys[account_id] = self.wire.key("admin", by=root)
        self.stage(**organization)

    def stage(self, **organization: Any) -> None:
        fields = {"id": ORGANIZATION, "members": [MEMBER, OTHER], "root_id": "r-ab12", **organization}
        self.wire.assembled.controls.seed({"account_id": MANAGEMENT, "organization": fields})

    def error(self, account_id: str, action: str = "CreateUser", key: Key | None = None, **parameters: str) -> AwsError:
        asked = parameters or {"UserName": "bob"}
        error = self.wire.call(action, key or self.keys[account_id], **asked)
        assert isinstance(error, AwsError)
        return error

    def may(self, account_id: str, action: str = "CreateUser", key: Key | None = None, **parameters: str) -> None:
        answer = self.wire.call(action, key or self.keys[account_id], **(parameters or {"UserName": "bob"}))
        assert not isinstance(answer, AwsError), answer


def refused(caller: str, action: str, resource: str, reason: str) -> AwsError:
    text = f"User: {caller} is not authorized to perform: {action} on resource: {resource} {reason}"
    return AwsError("AccessDenied", text, 403)


def no_users(caller: str, account_id: str) -> AwsError:
    return refused(
        caller,
        "iam:CreateUser",
        f"arn:aws:iam::{account_id}:user/bob",
        f"with an explicit deny in a service control policy: {arn(DENYING)}",
    )


def admin(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:user/admin"


@pytest.mark.parametrize("engine", STORES)
def test_a_deny_limits_whoever_may_do_all(request: pytest.FixtureRequest, tmp_path: Path, engine: str) -> None:
    staged = Staged(store=new_address(request, engine, tmp_path), service_control_policies=[NO_USERS])
    assert staged.error(MEMBER) == no_users(admin(MEMBER), MEMBER)
    staged.may(MEMBER, "ListUsers", PathPrefix="/")
    staged.may(MANAGEMENT)
    staged.wire.assembled.rest()


def test_root_users_of_members_are_limited_and_the_managements_is_not() -> None:
    staged = Staged(service_control_policies=[NO_USERS])
    root = Key(MEMBER, "dummy")
    assert staged.error(MEMBER, key=root) == no_users(f"arn:aws:iam::{MEMBER}:root", MEMBER)
    staged.may(MANAGEMENT, key=Key(MANAGEMENT, "dummy"))


def test_what_no_policy_of_a_level_allows_is_refused_at_every_level_below() -> None:
    only_reading = policy(ALLOWING, statement("Allow", "iam:List*", "iam:Get*"), targets=["ou-ab12-11111111"])
    staged = Staged(units=UNITS, service_control_policies=[only_reading], without_full_access=["ou-ab12-11111111"])
    for account_id in (MEMBER, OTHER):
        staged.may(account_id, "GetUser", UserName="admin")
        assert staged.error(account_id) == refused(
            admin(account_id),
            "iam:CreateUser",
            f"arn:aws:iam::{account_id}:user/bob",
            "because no service control policy allows the iam:CreateUser action",
        )
    staged.may(MANAGEMENT)


def test_a_policy_of_a_unit_limits_no_account_beside_it() -> None:
    inner = {**NO_USERS, "targets": ["ou-ab12-22222222"]}
    staged = Staged(units=UNITS, service_control_policies=[inner])
    assert staged.error(MEMBER) == no_users(admin(MEMBER), MEMBER)
    staged.may(OTHER)


def test_a_policy_of_an_account_limits_it_alone() -> None:
    staged = Staged(service_control_policies=[{**NO_USERS, "targets": [OTHER]}])
    assert staged.error(OTHER) == no_users(admin(OTHER), OTHER)
    staged.may(MEMBER)


def test_a_policy_gives_nothing() -> None:
    staged = Staged(service_control_policies=[policy(ALLOWING, statement("Allow", "iam:*"), targets=["root"])])
    root = Key(MEMBER, "dummy")
    staged.wire.call("CreateUser", root, UserName="nobody")
    nobody = staged.wire.key("nobody", by=root)
    assert staged.error(MEMBER, key=nobody) == refused(
        f"arn:aws:iam::{MEMBER}:user/nobody",
        "iam:CreateUser",
        f"arn:aws:iam::{MEMBER}:user/bob",
        "because no identity-based policy allows the iam:CreateUser action",
    )


def test_an_organization_staged_later_limits_callers_that_are_known() -> None:
    wire = Wire(enforce_policies="on")
    root = Key(MEMBER, "dummy")
    wire.call("CreateUser", root, UserName="admin")
    wire.call("PutUserPolicy", root, UserName="admin", PolicyName="all", PolicyDocument=ALL)
    key = wire.key("admin", by=root)
    wire.call("CreateUser", key, UserName="before")
    organization = {"id": ORGANIZATION, "members": [MEMBER], "service_control_policies": [NO_USERS]}
    wire.assembled.controls.seed({"account_id": MANAGEMENT, "organization": organization})
    assert wire.call("CreateUser", key, UserName="bob") == no_users(admin(MEMBER), MEMBER)


def test_taking_on_a_role_needs_leave_of_the_callers_organization_and_gets_no_reason() -> None:
    staged = Staged(service_control_policies=[policy(DENYING, statement("Deny", "sts:AssumeRole"), targets=[MEMBER])])
    trust = document({"Effect": "Allow", "Principal": {"AWS": [MEMBER, OTHER]}, "Action": "sts:AssumeRole"})
    staged.may(OTHER, "CreateRole", RoleName="shared", AssumeRolePolicyDocument=trust)
    role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/shared", "RoleSessionName": "job"}
    text = f"User: {admin(MEMBER)} is not authorized to perform: sts:AssumeRole on resource: {role['RoleArn']}"
    assert staged.error(MEMBER, "AssumeRole", **role) == AwsError("AccessDenied", text, 403)
    staged.may(OTHER, "AssumeRole", **role)


def test_sessions_are_limited_by_the_organization_of_their_roles_account() -> None:
    staged = Staged(service_control_policies=[{**NO_USERS, "targets": [OTHER]}])
    trust = document({"Effect": "Allow", "Principal": {"AWS": MEMBER}, "Action": "sts:AssumeRole"})
    staged.may(OTHER, "CreateRole", RoleName="shared", AssumeRolePolicyDocument=trust)
    staged.may(OTHER, "PutRolePolicy", RoleName="shared", PolicyName="all", PolicyDocument=ALL)
    role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/shared", "RoleSessionName": "job"}
    made = staged.wire.call("AssumeRole", staged.keys[MEMBER], **role)["Credentials"]
    session = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    assert staged.error(OTHER, key=session) == no_users(f"arn:aws:sts::{OTHER}:assumed-role/shared/job", OTHER)


def test_service_linked_roles_are_not_limited() -> None:
    nothing = policy(DENYING, statement("Deny", "*"), targets=[MEMBER])
    staged = Staged()
    staged.may(MEMBER, "CreateServiceLinkedRole", AWSServiceName="support.amazonaws.com")
    linked = f"arn:aws:iam::{MEMBER}:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"
    before = staged.wire.assembled.controls.why(linked, "iam:ListUsers")
    staged = Staged(service_control_policies=[nothing])
    staged.wire.assembled.controls.enforce_policies("off")
    staged.may(MEMBER, "CreateServiceLinkedRole", AWSServiceName="support.amazonaws.com")
    after = staged.wire.assembled.controls.why(linked, "iam:ListUsers")
    assert (after.decision, after.text) == (before.decision, before.text)
    assert staged.wire.assembled.controls.why(admin(MEMBER), "iam:ListUsers").decision == "explicitDeny"


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-anotherorgid"}}, False),
        (
            {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-ab12/ou-ab12-11111111/*"}},
            True,
        ),
        (
            {
                "ForAnyValue:StringEquals": {
                    "aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"
                }
            },
            True,
        ),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-ab12/"}}, False),
    ],
)
def test_a_role_trusts_an_organization(condition: dict[str, Any], allowed: bool) -> None:
    staged = Staged(units=UNITS)
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition}
    staged.may(OTHER, "CreateRole", RoleName="shared", AssumeRolePolicyDocument=document(trust))
    role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/shared", "RoleSessionName": "job"}
    if allowed:
        staged.may(MEMBER, "AssumeRole", **role)
    else:
        assert staged.error(MEMBER, "AssumeRole", **role).code == "AccessDenied"


def test_roles_outside_the_organization_may_be_closed() -> None:
    outside = statement(
        "Deny", "sts:AssumeRole", Condition={"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}
    )
    staged = Staged(service_control_policies=[policy(DENYING, outside, targets=["root"])])
    stranger = Key("444444444444", "dummy")
    trust = document({"Effect": "Allow", "Principal": {"AWS": MEMBER}, "Action": "sts:AssumeRole"})
    for key in (stranger, staged.keys[OTHER]):
        staged.wire.call("CreateRole", key, RoleName="shared", AssumeRolePolicyDocument=trust)
    roles = [f"arn:aws:iam::{account_id}:role/shared" for account_id in ("444444444444", OTHER)]
    assert staged.error(MEMBER, "AssumeRole", RoleArn=roles[0], RoleSessionName="job").code == "AccessDenied"
    staged.may(MEMBER, "AssumeRole", RoleArn=roles[1], RoleSessionName="job")


def test_whose_a_resource_is_can_be_asked() -> None:
    own = statement("Allow", "iam:*", Condition={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})
    wire = Wire(enforce_policies="on")
    wire.user("alice")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document(own))
    key = wire.key("alice")
    for action in ("GetUser", "ListUsers"):
        assert not isinstance(wire.call(action, key), AwsError)


def test_the_simulator_says_what_the_organization_allows() -> None:
    staged = Staged(service_control_policies=[NO_USERS])

    def decided(account_id: str, action: str) -> tuple[str, Any]:
        asked = {"PolicySourceArn": admin(account_id), "ActionNames.member.1": action}
        results = staged.wire.call("SimulatePrincipalPolicy", staged.keys[account_id], **asked)["EvaluationResults"]
        return results["member"]["EvalDecision"], results["member"].get("OrganizationsDecisionDetail")

    assert decided(MEMBER, "iam:CreateUser") == ("explicitDeny", {"AllowedByOrganizations": "false"})
    assert decided(MEMBER, "iam:GetUser") == ("allowed", {"AllowedByOrganizations": "true"})
    assert decided(MANAGEMENT, "iam:CreateUser") == ("allowed", None)


def test_why_names_the_policy_that_denies() -> None:
    staged = Staged(service_control_policies=[NO_USERS])
    answer = staged.wire.assembled.controls.why(admin(MEMBER), "iam:CreateUser")
    assert answer.why == (
        "iam:CreateUser on * is denied",
        f"by statement of {arn(DENYING)}, line 1, column 41",
    )


def test_where_policies_only_log_what_the_organization_denies_is_noted() -> None:
    staged = Staged(service_control_policies=[NO_USERS])
    staged.wire.assembled.controls.enforce_policies("log")
    staged.may(MEMBER)
    (denial,) = staged.wire.assembled.controls.denials()
    assert denial.would_deny == no_users(admin(MEMBER), MEMBER).message


def test_a_dump_keeps_the_organization() -> None:
    staged = Staged(units=UNITS, service_control_policies=[NO_USERS])
    dump = staged.wire.assembled.controls.dump(secrets=True)
    again = Wire(enforce_policies="on")
    again.assembled.controls.load(dump)
    assert again.call("CreateUser", staged.keys[MEMBER], UserName="bob") == no_users(admin(MEMBER), MEMBER)


def test_root_sessions_may_be_told_from_root_users() -> None:
    """The policy of AWS's own examples lets the management of root credentials in, and nobody else's root user."""
    condition = {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "Null": {"aws:AssumedRoot": "true"}}
    no_root = policy(DENYING, statement("Deny", "iam:*", Condition=condition), targets=["root"])
    staged = Staged(service_control_policies=[no_root], features=["RootCredentialsManagement", "RootSessions"])
    task = {
        "TargetPrincipal": MEMBER,
        "TaskPolicyArn.arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    }
    made = staged.wire.call("AssumeRoot", staged.keys[MANAGEMENT], **task)["Credentials"]
    session = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    staged.may(MEMBER, "ListMFADevices", session, MaxItems="1")
    root = staged.error(MEMBER, "ListMFADevices", Key(MEMBER, "dummy"), MaxItems="1")
    assert root.message is not None and root.message.endswith(f"in a service control policy: {arn(DENYING)}")
