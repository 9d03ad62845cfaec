from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.policies import Policies
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import Roles
from conformance.signing import Key
from conformance.sources import API, GUIDE
from conformance.targets import Caller, Target, fake_target

QUOTES = ("2018 to 2026", "quotes of several users")
EVALUATION = f"{GUIDE}/reference_policies_evaluation-logic.html"
KEYS = f"{GUIDE}/reference_policies_condition-keys.html"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions: str, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **others}


def deny(*actions: str) -> dict[str, Any]:
    return {**allow(*actions), "Effect": "Deny"}


class Employee:
    """A user without permissions, and what it is refused."""

    def __init__(self, aws: Target, new_user: People) -> None:
        self._aws = aws
        self.name = new_user()
        self.arn: str = aws.iam.get_user(UserName=self.name)["User"]["Arn"]
        self.clients: Caller = aws.signing_with(new_user.key(self.name))

    def may(self, *statements: dict[str, Any]) -> None:
        """Give the user a policy in place of the one that it has."""
        self._aws.iam.put_user_policy(UserName=self.name, PolicyName="own", PolicyDocument=policy(*statements))

    def denied(self, action: str, resource: str, reason: str | None = None) -> AwsError:
        """The refusal for want of a policy, or for another reason."""
        because = reason or f"because no identity-based policy allows the {action} action"
        text = f"User: {self.arn} is not authorized to perform: {action} on resource: {resource} {because}"
        return AwsError("AccessDenied", text, 403)

    def error(self, operation: str, **parameters: Any) -> AwsError:
        """The error of a call of IAM."""
        return self._aws.error(getattr(self.clients.iam, operation), **parameters)

    def settled(self, operation: str, expected: AwsError, **parameters: Any) -> AwsError:
        """The error of a call once a change of policies has come through."""
        return self._aws.settle(lambda: self.error(operation, **parameters), expected)


@pytest.fixture
def alice(aws: Target, new_user: People) -> Employee:
    return Employee(aws, new_user)


CALLS: list[Any] = [
    ("update_access_key", {"AccessKeyId": "AKIAQAAAAAAAAAAAAAAA", "Status": "Inactive"}, "user {name}"),
    ("create_access_key", {}, "user {name}"),
    ("list_users", {}, "arn:aws:iam::{account}:user/"),
    ("list_roles", {}, "arn:aws:iam::{account}:role/"),
    ("list_groups", {}, "arn:aws:iam::{account}:group/"),
    ("list_policies", {}, "policy path /"),
    ("list_instance_profiles", {}, "arn:aws:iam::{account}:instance-profile/"),
    ("get_role", {"RoleName": "r"}, "role r"),
    ("list_role_policies", {"RoleName": "r"}, "role r"),
    ("list_attached_role_policies", {"RoleName": "r"}, "role r"),
    ("get_policy", {"PolicyArn": "arn:aws:iam::aws:policy/None"}, "policy arn:aws:iam::aws:policy/None"),
    ("add_user_to_group", {"GroupName": "g", "UserName": "u"}, "group g"),
    ("list_attached_user_policies", {"UserName": "u"}, "user u"),
    ("create_user", {"UserName": "u"}, "arn:aws:iam::{account}:user/u"),
    ("create_group", {"GroupName": "g"}, "arn:aws:iam::{account}:group/g"),
    ("create_policy", {"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"))}, "policy p"),
    ("get_instance_profile", {"InstanceProfileName": "i"}, "instance profile i"),
    ("create_instance_profile", {"InstanceProfileName": "i"}, "arn:aws:iam::{account}:instance-profile/i"),
    ("delete_server_certificate", {"ServerCertificateName": "c"}, "server certificate c"),
    ("create_virtual_mfa_device", {"VirtualMFADeviceName": "d"}, "arn:aws:iam::{account}:mfa/d"),
    ("get_account_summary", {}, "*"),
    ("list_account_aliases", {}, "*"),
    (
        "create_service_linked_role",
        {"AWSServiceName": "elasticloadbalancing.amazonaws.com"},
        "arn:aws:iam::{account}:role/aws-service-role/elasticloadbalancing.amazonaws.com/"
        "AWSServiceRoleForElasticLoadBalancing",
    ),
]


@observed(
    *QUOTES,
    "denied-implicit-identity",
    "denied-resource-listusers",
    "denied-resource-listroles",
    "denied-resource-listpolicies",
    "denied-resource-getrole",
    "denied-resource-listrolepolicies",
    "denied-resource-listattachedrolepolicies",
    "denied-resource-getpolicy",
    "denied-resource-addusertogroup",
    "denied-resource-listattacheduserpolicies",
    "denied-resource-createuser",
    "denied-resource-createservicelinkedrole",
    "denied-classic",  # of 2018, without the reason
    "denied-null-username",  # of 2018, with the word null
    "3:Shape",
    "3:Reasons",
    "3:resource",
)
@pytest.mark.parametrize(("operation", "parameters", "resource"), CALLS, ids=[call[0] for call in CALLS])
def test_a_refusal_names_action_and_resource(
    aws: Target, alice: Employee, operation: str, parameters: dict[str, Any], resource: str
) -> None:
    action = f"iam:{getattr(alice.clients.iam, operation).name}"
    shown = resource.format(name=alice.name, account=aws.account)
    assert alice.error(operation, **parameters) == alice.denied(action, shown)


@observed(*QUOTES, "3:Authorization comes first")
def test_a_refusal_comes_before_existence(alice: Employee) -> None:
    missing = "fake-iam-conformance-nobody"
    expected = alice.denied("iam:CreateAccessKey", f"user {missing}")
    assert alice.error("create_access_key", UserName=missing) == expected


@observed(*QUOTES, "denied-explicit-identity")
def test_an_explicit_deny_of_an_inline_policy_is_told(alice: Employee) -> None:
    alice.may(allow("iam:*"), deny("iam:CreateAccessKey"))
    expected = alice.denied(
        "iam:CreateAccessKey", f"user {alice.name}", "with an explicit deny in an identity-based policy"
    )
    assert alice.settled("create_access_key", expected, UserName=alice.name) == expected


@observed("2026", "quotes of several users", "denied-explicit-identity-arn")
def test_an_explicit_deny_of_a_managed_policy_is_told_with_its_arn(
    aws: Target, alice: Employee, new_policy: Policies
) -> None:
    arn = new_policy(PolicyDocument=policy(allow("iam:*"), deny("iam:GetUser")))
    aws.iam.attach_user_policy(UserName=alice.name, PolicyArn=arn)
    reason = f"with an explicit deny in an identity-based policy: {arn}"
    expected = alice.denied("iam:GetUser", f"user {alice.name}", reason)
    assert alice.settled("get_user", expected) == expected


@observed(*QUOTES, "denied-boundary")
def test_a_boundary_that_does_not_allow_is_told(aws: Target, alice: Employee, new_policy: Policies) -> None:
    alice.may(allow("iam:*"))
    boundary = new_policy(PolicyDocument=policy(allow("s3:*")))
    aws.iam.put_user_permissions_boundary(UserName=alice.name, PermissionsBoundary=boundary)
    reason = "because no permissions boundary allows the iam:GetUser action"
    expected = alice.denied("iam:GetUser", f"user {alice.name}", reason)
    assert alice.settled("get_user", expected) == expected


@assumed("quoted by users with the resource, documented without; the ARN as for other policies since 2026")
def test_a_boundary_that_denies_is_told(aws: Target, alice: Employee, new_policy: Policies) -> None:
    alice.may(allow("iam:*"))
    boundary = new_policy(PolicyDocument=policy(allow("iam:*"), deny("iam:GetUser")))
    aws.iam.put_user_permissions_boundary(UserName=alice.name, PermissionsBoundary=boundary)
    expected = alice.denied(
        "iam:GetUser", f"user {alice.name}", f"with an explicit deny in a permissions boundary: {boundary}"
    )
    assert alice.settled("get_user", expected) == expected


@observed(*QUOTES, "denied-session-policy", "denied-getuser-implicit-session")
def test_sessions_are_limited_by_the_role_and_by_the_session(aws: Target, alice: Employee, new_role: Roles) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": alice.arn}, "Action": "sts:AssumeRole"})
    role = new_role(AssumeRolePolicyDocument=trust)
    aws.iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=policy(allow("iam:List*")))
    asked = {"RoleArn": f"arn:aws:iam::{aws.account}:role/{role}", "RoleSessionName": "ci"}

    def session(**parameters: str) -> Caller:
        made = aws.wait_for(alice.clients.sts.assume_role, **asked, **parameters)["Credentials"]
        return aws.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))

    who = f"User: arn:aws:sts::{aws.account}:assumed-role/{role}/ci is not authorized to perform:"
    unnamed = f"{who} iam:GetUser on resource: user ci because no identity-based policy allows the iam:GetUser action"
    assert aws.error(session().iam.get_user) == AwsError("AccessDenied", unnamed, 403)
    limited = session(Policy=policy(allow("iam:ListUsers")))
    silent = (
        f"{who} iam:ListRoles on resource: arn:aws:iam::{aws.account}:role/ because no session policy allows the "
        "iam:ListRoles action"
    )
    assert aws.error(limited.iam.list_roles) == AwsError("AccessDenied", silent, 403)


@observed(*QUOTES, "sts-gaki-denied")
def test_sts_names_no_resource(aws: Target, alice: Employee) -> None:
    text = (
        f"User: {alice.arn} is not authorized to perform: sts:GetAccessKeyInfo because no identity-based policy allows "
        "the sts:GetAccessKeyInfo action"
    )
    error = aws.error(alice.clients.sts.get_access_key_info, AccessKeyId=alice.clients.key.id)
    assert error == AwsError("AccessDenied", text, 403)


@documented(EVALUATION, "9:GetCallerIdentity needs no permission")
def test_who_one_is_may_be_asked_under_a_deny(aws: Target, alice: Employee) -> None:
    alice.may(deny("*"))
    assert aws.wait_for(alice.clients.sts.get_caller_identity)["Arn"] == alice.arn


@documented(KEYS, "C60")
def test_a_policy_for_own_keys_lets_a_user_manage_its_own(aws: Target, alice: Employee, new_user: People) -> None:
    alice.may(allow("iam:*AccessKey*", resource=f"arn:aws:iam::{aws.account}:user/${{aws:username}}"))
    iam, bob = alice.clients.iam, new_user()
    aws.wait_for(iam.list_access_keys)
    made = iam.create_access_key()["AccessKey"]["AccessKeyId"]
    iam.update_access_key(AccessKeyId=made, Status="Inactive")
    assert iam.get_access_key_last_used(AccessKeyId=made)["UserName"] == alice.name
    for operation in ("create_access_key", "list_access_keys"):
        action = f"iam:{getattr(iam, operation).name}"
        assert alice.error(operation, UserName=bob) == alice.denied(action, f"user {bob}")
    iam.delete_access_key(AccessKeyId=made)


@observed("2022 to 2026", "quotes of several users")
def test_making_something_with_tags_takes_leave_to_tag(aws: Target, alice: Employee) -> None:
    alice.may(allow("iam:CreateUser"))
    expected = alice.denied("iam:TagUser", f"arn:aws:iam::{aws.account}:user/fake-iam-conformance-x")
    tags = [{"Key": "a", "Value": "b"}]
    error = alice.settled("create_user", expected, UserName="fake-iam-conformance-x", Tags=tags)
    assert error == expected


@observed(*QUOTES, "denied-resource-passrole")
def test_a_role_is_passed_to_ec2_with_an_instance_profile(aws: Target, alice: Employee, new_role: Roles) -> None:
    role, profile = new_role(), new_role.profile()
    alice.may(allow("iam:AddRoleToInstanceProfile"))
    expected = alice.denied("iam:PassRole", f"arn:aws:iam::{aws.account}:role/{role}")
    asked = {"InstanceProfileName": profile, "RoleName": role}
    assert alice.settled("add_role_to_instance_profile", expected, **asked) == expected


SETTING = f"{API}/API_UpdateAccountPasswordPolicy.html"


@fake_only("an account has one password policy, and that of a real account is not to be touched")
@documented(SETTING, "1.4:PasswordPolicy")
def test_users_may_change_their_own_passwords_where_the_password_policy_lets_them() -> None:
    with fake_target(enforce_policies="on") as aws:
        aws.iam.create_user(UserName="alice")
        aws.iam.create_login_profile(UserName="alice", Password="Correct-horse-7-battery")
        made = aws.iam.create_access_key(UserName="alice")["AccessKey"]
        alice = aws.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"])).iam
        change = {"OldPassword": "Correct-horse-7-battery", "NewPassword": "Correct-horse-8-battery"}
        arn = f"arn:aws:iam::{aws.account}:user/alice"
        text = (
            f"User: {arn} is not authorized to perform: iam:ChangePassword on resource: user alice because no "
            "identity-based policy allows the iam:ChangePassword action"
        )
        assert aws.error(alice.change_password, **change) == AwsError("AccessDenied", text, 403)
        aws.iam.update_account_password_policy(AllowUsersToChangePassword=True)
        assert alice.change_password(**change) == {}
        assert alice.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"] is True


ORGANIZATION, MANAGEMENT, MEMBER = "o-exampleorgid", "111111111111", "222222222222"
OUTSIDE = "an organization, its members and its policies are not made by IAM"
OPEN: dict[str, Any] = {"root_access_key_id": None, "root_secret_access_key": None}
ACCESS_DENIED = f"{GUIDE}/troubleshoot_access-denied.html"


def organization_with(tmp_path: Path, *statements: dict[str, Any], **organization: Any) -> str:
    """A seed file of an organization that limits its member by a service control policy of these statements."""
    limiting = {"id": "p-examplepolicyid", "name": "limit", "document": policy(*statements), "targets": [MEMBER]}
    staged = {"id": ORGANIZATION, "members": [MEMBER], "service_control_policies": [limiting], **organization}
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"account_id": MANAGEMENT, "organization": staged}))
    return str(seed)


@fake_only(OUTSIDE)
@observed("2026", "quotes of several users", "denied-scp")
def test_a_service_control_policy_that_denies_is_told_with_its_arn(tmp_path: Path) -> None:
    seed = organization_with(tmp_path, deny("iam:CreateAccessKey"))
    with fake_target(enforce_policies="on", auth="issued", seed=seed, **OPEN) as aws:
        root = aws.signing_with(Key(MEMBER, "any")).iam
        root.create_user(UserName="alice")
        text = (
            f"User: arn:aws:iam::{MEMBER}:root is not authorized to perform: iam:CreateAccessKey on resource: "
            f"user alice with an explicit deny in a service control policy: arn:aws:organizations::{MANAGEMENT}:policy/"
            f"{ORGANIZATION}/service_control_policy/p-examplepolicyid"
        )
        assert aws.error(root.create_access_key, UserName="alice") == AwsError("AccessDenied", text, 403)


@fake_only(OUTSIDE)
@documented(ACCESS_DENIED)
def test_that_no_service_control_policy_allows_a_call_is_told(tmp_path: Path) -> None:
    seed = organization_with(tmp_path, allow("iam:List*"), without_full_access=[MEMBER])
    with fake_target(enforce_policies="on", auth="issued", seed=seed, **OPEN) as aws:
        root = aws.signing_with(Key(MEMBER, "any")).iam
        assert root.list_users()["Users"] == []
        text = (
            f"User: arn:aws:iam::{MEMBER}:root is not authorized to perform: iam:GetAccountSummary on resource: * "
            "because no service control policy allows the iam:GetAccountSummary action"
        )
        assert aws.error(root.get_account_summary) == AwsError("AccessDenied", text, 403)
