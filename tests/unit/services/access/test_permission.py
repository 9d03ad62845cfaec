"""Policies that decide: whom they stop, in which words, and what is only noted, without HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.modelled import needs
from fake_iam import ManualClock
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.policy.judge import DECISIONS_KEPT, LONGEST_KEPT
from fake_iam.services.access import caller_policies
from tests.support import AwsError, Key, Wire, form_request, read
from tests.unit.services.credentials.test_mfa_devices import Phone, enable

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/team/alice"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    return Wire(clock, random_seed=7, enforce_policies="on")


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.call("CreateUser", UserName="alice", Path="/team/")
    return wire.key("alice")


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions: str, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **others}


def deny(*actions: str, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {**allow(*actions, resource=resource, **others), "Effect": "Deny"}


def give(wire: Wire, *statements: dict[str, Any], user: str = "alice", name: str = "own") -> None:
    wire.call("PutUserPolicy", UserName=user, PolicyName=name, PolicyDocument=policy(*statements))


def managed(wire: Wire, *statements: dict[str, Any], name: str = "shared") -> str:
    made = wire.call("CreatePolicy", PolicyName=name, PolicyDocument=policy(*statements))
    return str(made["Policy"]["Arn"])


def denied(
    action: str, resource: str, reason: str | None = "no identity-based policy", caller: str = ALICE
) -> AwsError:
    because = f" because {reason} allows the {action} action" if reason else ""
    text = f"User: {caller} is not authorized to perform: {action} on resource: {resource}{because}"
    return AwsError("AccessDenied", text, 403)


def with_explicit_deny(action: str, resource: str, kind: str, caller: str = ALICE) -> AwsError:
    text = (
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} with an explicit deny in {kind}"
    )
    return AwsError("AccessDenied", text, 403)


def arn(rest: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{rest}"


@pytest.mark.parametrize(
    ("operation", "parameters", "shown"),
    [
        ("UpdateAccessKey", {"AccessKeyId": "AKIAQAAAAAAAAAAAAAAA", "Status": "Inactive"}, "user alice"),
        ("UpdateAccessKey", {"UserName": "bob", "AccessKeyId": "AKIAQAAAAAAAAAAAAAAA", "Status": "x"}, "user bob"),
        ("GetUser", {}, "user alice"),
        ("CreateUser", {"UserName": "bob", "Path": "/a/"}, arn("user/a/bob")),
        ("ListUsers", {}, arn("user/")),
        ("ListUsers", {"PathPrefix": "/a/"}, arn("user/a/")),
        ("ListRoles", {}, arn("role/")),
        ("ListGroups", {}, arn("group/")),
        ("ListPolicies", {}, "policy path /"),
        ("ListInstanceProfiles", {}, arn("instance-profile/")),
        ("ListVirtualMFADevices", {}, arn("mfa/")),
        ("CreateGroup", {"GroupName": "devs"}, arn("group/devs")),
        ("GetGroup", {"GroupName": "devs"}, "group devs"),
        ("AddUserToGroup", {"GroupName": "devs", "UserName": "alice"}, "group devs"),
        ("CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{"}, arn("role/r")),
        ("GetRole", {"RoleName": "r"}, "role r"),
        ("CreatePolicy", {"PolicyName": "p", "PolicyDocument": "{"}, "policy p"),
        ("GetPolicy", {"PolicyArn": arn("policy/p")}, f"policy {arn('policy/p')}"),
        ("CreateInstanceProfile", {"InstanceProfileName": "i"}, arn("instance-profile/i")),
        ("GetInstanceProfile", {"InstanceProfileName": "i"}, "instance profile i"),
        ("UploadServerCertificate", {"ServerCertificateName": "c"}, arn("server-certificate/c")),
        ("DeleteServerCertificate", {"ServerCertificateName": "c"}, "server certificate c"),
        ("CreateVirtualMFADevice", {"VirtualMFADeviceName": "d"}, arn("mfa/d")),
        ("CreateOpenIDConnectProvider", {"Url": "https://h/p"}, arn("oidc-provider/h/p")),
        ("GetSAMLProvider", {"SAMLProviderArn": arn("saml-provider/s")}, arn("saml-provider/s")),
        ("CreateSAMLProvider", {"Name": "s"}, arn("saml-provider/s")),
        (
            "CreateServiceLinkedRole",
            {"AWSServiceName": "ecs.amazonaws.com"},
            arn("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        ),
        ("GetAccountSummary", {}, "*"),
        ("ListAccountAliases", {}, "*"),
    ],
)
def test_a_refusal_names_the_resource_as_aws_does(
    wire: Wire, alice: Key, operation: str, parameters: dict[str, str], shown: str
) -> None:
    assert wire.call(operation, alice, **parameters) == denied(f"iam:{operation}", shown)


def test_a_refusal_comes_before_existence_and_validation(wire: Wire, alice: Key) -> None:
    assert wire.call("CreateAccessKey", alice, UserName="nobody") == denied("iam:CreateAccessKey", "user nobody")
    assert wire.call("ListUsers", alice, MaxItems="0") == denied("iam:ListUsers", arn("user/"))
    give(wire, allow("iam:*"))
    assert wire.call("CreateAccessKey", alice, UserName="nobody").code == "NoSuchEntity"


def test_the_last_use_of_a_key_says_as_little_as_of_an_unknown_one(wire: Wire, alice: Key) -> None:
    text = f"User: {ALICE} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {alice.id}"
    assert wire.call("GetAccessKeyLastUsed", alice, AccessKeyId=alice.id) == AwsError("AccessDenied", text, 403)
    give(wire, allow("iam:GetAccessKeyLastUsed", resource=arn("user/team/*")))
    assert wire.call("GetAccessKeyLastUsed", alice, AccessKeyId=alice.id)["UserName"] == "alice"


def test_sts_names_no_resource(wire: Wire, alice: Key) -> None:
    text = (
        f"User: {ALICE} is not authorized to perform: sts:GetAccessKeyInfo because no identity-based policy allows the "
        "sts:GetAccessKeyInfo action"
    )
    assert wire.call("GetAccessKeyInfo", alice, AccessKeyId=alice.id) == AwsError("AccessDenied", text, 403)
    shown = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
    assert wire.call("GetFederationToken", alice, Name="bob") == denied("sts:GetFederationToken", shown)


def test_some_calls_take_no_permission(wire: Wire, alice: Key) -> None:
    give(wire, deny("*"))
    assert wire.call("GetCallerIdentity", alice)["Arn"] == ALICE
    assert wire.call("GetSessionToken", alice)["Credentials"]


def test_the_root_user_may_do_all(wire: Wire) -> None:
    root = wire.key()
    assert wire.call("CreateUser", root, UserName="bob")["User"]["UserName"] == "bob"
    assert wire.call("ListUsers")["Users"]


def by_inline(wire: Wire, *statements: dict[str, Any]) -> None:
    give(wire, *statements)


def by_managed(wire: Wire, *statements: dict[str, Any]) -> None:
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=managed(wire, *statements))


def by_group(wire: Wire, *statements: dict[str, Any]) -> None:
    wire.call("CreateGroup", GroupName="devs")
    wire.call("AddUserToGroup", GroupName="devs", UserName="alice")
    wire.call("PutGroupPolicy", GroupName="devs", PolicyName="p", PolicyDocument=policy(*statements))


def by_managed_of_group(wire: Wire, *statements: dict[str, Any]) -> None:
    wire.call("CreateGroup", GroupName="devs")
    wire.call("AddUserToGroup", GroupName="devs", UserName="alice")
    wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=managed(wire, *statements))


@pytest.mark.parametrize("give_by", [by_inline, by_managed, by_group, by_managed_of_group])
def test_a_users_policies_are_its_own_and_those_of_its_groups(
    wire: Wire, alice: Key, give_by: Callable[..., None]
) -> None:
    give_by(wire, allow("iam:GetUser", resource=arn("user/team/${aws:username}")))
    assert wire.call("GetUser", alice)["User"]["UserName"] == "alice"
    assert wire.call("GetUser", alice, UserName="bob") == denied("iam:GetUser", "user bob")


def test_a_policy_of_aws_counts_too(wire: Wire, alice: Key) -> None:
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert wire.call("ListUsers", alice)["Users"]
    assert wire.call("DeleteUser", alice, UserName="alice") == denied("iam:DeleteUser", "user alice")
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AWSDenyAll")
    assert wire.call("ListUsers", alice) == with_explicit_deny(
        "iam:ListUsers", arn("user/"), "an identity-based policy: arn:aws:iam::aws:policy/AWSDenyAll"
    )


def test_the_default_version_counts_at_once(wire: Wire, alice: Key) -> None:
    shared = managed(wire, allow("iam:ListUsers"))
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=shared)
    assert wire.call("ListUsers", alice)["Users"]
    document = policy(allow("iam:ListRoles"))
    wire.call("CreatePolicyVersion", PolicyArn=shared, PolicyDocument=document, SetAsDefault="true")
    assert wire.call("ListUsers", alice) == denied("iam:ListUsers", arn("user/"))
    wire.call("DetachUserPolicy", UserName="alice", PolicyArn=shared)
    assert wire.call("ListRoles", alice) == denied("iam:ListRoles", arn("role/"))


def test_an_explicit_deny_is_told_from_a_missing_allow(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:*"), deny("iam:DeleteUser"))
    assert wire.call("DeleteUser", alice, UserName="bob") == with_explicit_deny(
        "iam:DeleteUser", "user bob", "an identity-based policy"
    )


def test_a_boundary_must_allow_and_may_deny(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:*"))
    boundary = managed(wire, allow("iam:Get*"), deny("iam:GetRole"), name="boundary")
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=boundary)
    assert wire.call("GetUser", alice)["User"]["UserName"] == "alice"
    assert wire.call("ListUsers", alice) == denied("iam:ListUsers", arn("user/"), "no permissions boundary")
    assert wire.call("GetRole", alice, RoleName="r") == with_explicit_deny(
        "iam:GetRole", "role r", f"a permissions boundary: {boundary}"
    )


def role_session(wire: Wire, alice: Key, *statements: dict[str, Any], **parameters: str) -> Key:
    """A session of a role that has these statements."""
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:*"})
    wire.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust, **tags(env="test"))
    wire.call("PutRolePolicy", RoleName="r", PolicyName="own", PolicyDocument=policy(*statements))
    asked = {"RoleArn": arn("role/r"), "RoleSessionName": "ci", **parameters}
    made = wire.call("AssumeRole", alice, **asked)["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def tags(**values: str) -> dict[str, str]:
    return {
        name: text
        for number, (key, value) in enumerate(values.items(), 1)
        for name, text in ((f"Tags.member.{number}.Key", key), (f"Tags.member.{number}.Value", value))
    }


SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/ci"


def test_a_session_has_the_roles_policies_and_not_the_users(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:ListRoles"))
    session = role_session(wire, alice, allow("iam:ListUsers"))
    assert wire.call("ListUsers", session)["Users"]
    assert wire.call("ListRoles", session) == denied("iam:ListRoles", arn("role/"), caller=SESSION)
    assert wire.call("GetUser", session) == denied("iam:GetUser", "user ci", caller=SESSION)


def test_a_session_policy_limits_the_session(wire: Wire, alice: Key) -> None:
    shared = managed(wire, allow("iam:ListRoles"), deny("iam:GetRole"))
    session = role_session(
        wire,
        alice,
        allow("iam:*"),
        Policy=policy(allow("iam:ListUsers"), deny("iam:GetUser")),
        **{"PolicyArns.member.1.arn": shared},
    )
    assert wire.call("ListUsers", session)["Users"]
    assert wire.call("ListRoles", session)["Roles"]
    silent = denied("iam:ListGroups", arn("group/"), "no session policy", SESSION)
    assert wire.call("ListGroups", session) == silent
    denying = with_explicit_deny("iam:GetUser", "user bob", "a sessions policy", SESSION)
    assert wire.call("GetUser", session, UserName="bob") == denying
    denying = with_explicit_deny("iam:GetRole", "role r", f"a sessions policy: {shared}", SESSION)
    assert wire.call("GetRole", session, RoleName="r") == denying


def test_session_tags_win_over_the_roles(wire: Wire, alice: Key) -> None:
    wanted = {"StringEquals": {"aws:PrincipalTag/env": "prod", "aws:PrincipalTag/team": "red"}}
    session = role_session(wire, alice, allow("iam:ListUsers", Condition=wanted), **tags(env="prod", team="red"))
    assert wire.call("ListUsers", session)["Users"]


def test_sessions_before_a_moment_are_revoked_by_a_policy(wire: Wire, alice: Key, clock: ManualClock) -> None:
    session = role_session(wire, alice, allow("iam:ListUsers"))
    clock.advance(timedelta(minutes=5))
    condition = {"DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:05:00Z"}}
    document = policy(deny("*", Condition=condition))
    wire.call("PutRolePolicy", RoleName="r", PolicyName="AWSRevokeOlderSessions", PolicyDocument=document)
    assert wire.call("ListUsers", session) == with_explicit_deny(
        "iam:ListUsers", arn("user/"), "an identity-based policy", SESSION
    )
    made = wire.call("AssumeRole", alice, RoleArn=arn("role/r"), RoleSessionName="ci")["Credentials"]
    assert wire.call("ListUsers", Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))["Users"]


def test_a_session_with_a_code_has_the_users_policies_and_mfa(wire: Wire, alice: Key, clock: ManualClock) -> None:
    phone = Phone(wire, clock)
    enable(wire, phone)
    clock.advance(timedelta(minutes=1))
    give(
        wire,
        allow("iam:ListUsers"),
        deny("iam:ListUsers", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        allow("iam:ListRoles", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
    )
    made = wire.call("GetSessionToken", alice, SerialNumber=phone.serial, TokenCode=phone.code())["Credentials"]
    session = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    assert wire.call("ListUsers", session)["Users"]
    assert wire.call("ListRoles", alice) == denied("iam:ListRoles", arn("role/"))
    assert wire.call("ListUsers", alice)["Users"], "with a long-term key the condition key is absent, not false"


def test_taking_on_a_role_takes_the_users_leave_when_the_trust_names_the_account(wire: Wire, alice: Key) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    wire.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust)
    asked = {"RoleArn": arn("role/r"), "RoleSessionName": "ci"}
    assert wire.call("AssumeRole", alice, **asked) == denied("sts:AssumeRole", arn("role/r"), None)
    give(wire, allow("sts:AssumeRole", resource=arn("role/r")))
    assert wire.call("AssumeRole", alice, **asked)["Credentials"]


def test_making_something_with_tags_takes_leave_to_tag(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:CreateUser", "iam:CreatePolicy"))
    assert wire.call("CreateUser", alice, UserName="bob", **tags(a="b")) == denied("iam:TagUser", arn("user/bob"))
    assert wire.call("GetUser", UserName="bob").code == "NoSuchEntity"
    asked = {"PolicyName": "p", "PolicyDocument": policy(allow("s3:*")), **tags(a="b")}
    assert wire.call("CreatePolicy", alice, **asked) == denied("iam:TagPolicy", "policy p")
    assert wire.call("CreateUser", alice, UserName="bob")["User"]["UserName"] == "bob"


def test_a_role_is_passed_to_ec2_with_an_instance_profile(wire: Wire, alice: Key) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    wire.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust, Path="/a/")
    wire.call("CreateInstanceProfile", InstanceProfileName="i")
    asked = {"InstanceProfileName": "i", "RoleName": "r"}
    give(wire, allow("iam:AddRoleToInstanceProfile"))
    assert wire.call("AddRoleToInstanceProfile", alice, **asked) == denied("iam:PassRole", arn("role/a/r"))
    to = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    give(wire, allow("iam:PassRole", resource=arn("role/a/*"), Condition=to), name="pass")
    assert wire.call("AddRoleToInstanceProfile", alice, **asked) is None


@pytest.mark.parametrize(
    ("condition", "operation", "parameters", "allowed"),
    [
        ({"StringEquals": {"aws:RequestTag/team": "red"}}, "CreateUser", {"UserName": "bob", **tags(team="red")}, True),
        ({"StringEquals": {"aws:RequestTag/team": "red"}}, "CreateUser", {"UserName": "bob", **tags(team="x")}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, "TagUser", {"UserName": "alice", **tags(a="1")}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, "TagUser", {"UserName": "alice", **tags(b="1")}, False),
        (
            {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}},
            "UntagUser",
            {"UserName": "alice", "TagKeys.member.1": "a"},
            True,
        ),
        ({"StringEquals": {"iam:ResourceTag/own": "yes"}}, "GetUser", {"UserName": "alice"}, True),
        ({"StringEquals": {"aws:ResourceTag/own": "no"}}, "GetUser", {"UserName": "alice"}, False),
        (
            {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
            "AttachUserPolicy",
            {"UserName": "alice", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            True,
        ),
        (
            {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
            "AttachUserPolicy",
            {"UserName": "alice", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            False,
        ),
        (
            {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
            "CreateUser",
            {"UserName": "bob", "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            True,
        ),
        (
            {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
            "CreateUser",
            {"UserName": "bob"},
            False,
        ),
        ({"Bool": {"aws:SecureTransport": "true"}}, "ListUsers", {}, True),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, "ListUsers", {}, True),
        ({"StringEquals": {"aws:PrincipalType": "User", "aws:username": "alice"}}, "ListUsers", {}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/*"}}, "ListUsers", {}, True),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalTag/own": "yes"}}, "ListUsers", {}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:01Z"}}, "ListUsers", {}, True),
        ({"NumericEquals": {"aws:EpochTime": "1767225600"}}, "ListUsers", {}, True),
        ({"Null": {"aws:MultiFactorAuthPresent": "true", "aws:TokenIssueTime": "true"}}, "ListUsers", {}, True),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.1"}}, "ListUsers", {}, True),
        ({"StringLike": {"aws:UserAgent": "probe/*"}}, "ListUsers", {}, True),
    ],
)
def test_a_condition_sees_the_call(
    wire: Wire, alice: Key, condition: dict[str, Any], operation: str, parameters: dict[str, str], allowed: bool
) -> None:
    wire.call("TagUser", UserName="alice", **tags(own="yes"))
    give(wire, allow("iam:*", Condition=condition))
    request = form_request(operation, alice, **parameters)
    request.remote = "127.0.0.1"
    request.headers["user-agent"] = "probe/1"
    answer = read(wire.send(request))
    assert (getattr(answer, "code", None) == "AccessDenied") is not allowed


# What is only noted


@pytest.fixture
def lenient(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7)
    wire.call("CreateUser", UserName="alice", Path="/team/")
    return wire


def test_by_default_a_denial_is_let_pass_and_noted(lenient: Wire, caplog: pytest.LogCaptureFixture) -> None:
    key = lenient.key("alice")
    caplog.set_level(logging.WARNING, "fake_iam")
    assert lenient.call("ListUsers", key)["Users"]
    assert lenient.call("ListUsers", key)["Users"]
    text = denied("iam:ListUsers", arn("user/")).message
    controls = lenient.assembled.controls
    assert [call.would_deny for call in controls.denials()] == [text, text]
    assert controls.denials()[0].why == ("iam:ListUsers on * is not allowed by any identity policy",)
    assert caplog.messages == [f"AWS would refuse: {text} (iam:ListUsers on * is not allowed by any identity policy)"]


def test_what_is_allowed_is_no_denial(lenient: Wire) -> None:
    key = lenient.key("alice")
    give(lenient, allow("iam:List*"))
    lenient.call("ListUsers", key)
    lenient.call("GetUser", UserName="alice")
    assert lenient.assembled.controls.denials() == []


def test_a_role_that_the_users_policies_do_not_allow_is_noted(lenient: Wire) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    lenient.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust)
    key = lenient.key("alice")
    assert lenient.call("AssumeRole", key, RoleArn=arn("role/r"), RoleSessionName="ci")["Credentials"]
    (noted,) = lenient.assembled.controls.denials("AssumeRole")
    assert noted.would_deny == denied("sts:AssumeRole", arn("role/r"), None).message


def test_a_test_may_switch_enforcement_at_run_time(lenient: Wire) -> None:
    controls, key = lenient.assembled.controls, lenient.key("alice")
    controls.enforce_policies("on")
    assert lenient.call("ListUsers", key) == denied("iam:ListUsers", arn("user/"))
    controls.enforce_policies("off")
    controls.journal.clear()
    assert lenient.call("ListUsers", key)["Users"]
    assert controls.denials() == []
    with pytest.raises(FormatError, match="mode"):
        controls.enforce_policies("maybe")
    lenient.assembled.reset()
    assert controls.enforcement.mode == "log"


def test_an_explanation_tells_the_nearest_statements(lenient: Wire) -> None:
    key = lenient.key("alice")
    give(
        lenient,
        allow("iam:GetUser", Sid="Mfa", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        allow("iam:GetUser", resource=arn("user/bob")),
        allow("iam:ListUsers"),
    )
    lenient.call("GetUser", key)
    (noted,) = lenient.assembled.controls.denials()
    assert noted.why == (
        f"iam:GetUser on {ALICE} is not allowed by any identity policy",
        "statement Mfa of own, line 1, column 41 would, but Bool asks aws:MultiFactorAuthPresent for true, which is "
        "absent",
        f"statement of own, line 1, column 183 would, but not on {ALICE}",
    )


def test_an_explanation_tells_the_statement_that_denies(lenient: Wire) -> None:
    key = lenient.key("alice")
    give(lenient, allow("iam:*"), deny("iam:GetUser", Sid="No"))
    lenient.call("GetUser", key)
    (noted,) = lenient.assembled.controls.denials()
    assert noted.why == (f"iam:GetUser on {ALICE} is denied", "by statement No of own, line 1, column 100")


def test_what_is_kept_of_a_caller_is_forgotten_with_every_change(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:ListUsers"))
    assert wire.call("ListUsers", alice)["Users"]
    boundary = managed(wire, allow("iam:*"), name="boundary")
    changes: list[Callable[[], Any]] = [
        lambda: give(wire, deny("iam:ListUsers"), name="stop"),
        lambda: wire.call("DeleteUserPolicy", UserName="alice", PolicyName="stop"),
        lambda: wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=boundary),
        lambda: wire.call(
            "CreatePolicyVersion",
            PolicyArn=boundary,
            PolicyDocument=policy(allow("s3:*")),
            SetAsDefault="true",
        ),
        lambda: wire.call("DeleteUserPermissionsBoundary", UserName="alice"),
        lambda: wire.call("CreateGroup", GroupName="g"),
        lambda: wire.call(
            "PutGroupPolicy", GroupName="g", PolicyName="p", PolicyDocument=policy(deny("iam:ListUsers"))
        ),
        lambda: wire.call("AddUserToGroup", GroupName="g", UserName="alice"),
        lambda: wire.call("RemoveUserFromGroup", GroupName="g", UserName="alice"),
        lambda: wire.call("DeleteUserPolicy", UserName="alice", PolicyName="own"),
    ]
    seen = []
    for change in changes:
        change()
        seen.append(not isinstance(wire.call("ListUsers", alice), AwsError))
    assert seen == [False, True, True, False, True, True, True, False, True, False]


def test_what_is_kept_of_a_caller_is_forgotten_with_a_reset(wire: Wire) -> None:
    for allowed in (True, False):
        wire.call("CreateUser", UserName="alice")
        key = wire.key("alice")
        if allowed:
            give(wire, allow("iam:*"))
        assert isinstance(wire.call("ListUsers", key), AwsError) is not allowed
        wire.assembled.reset()


CHANGE = {"OldPassword": "Correct-horse-7-battery", "NewPassword": "Correct-horse-8-battery"}


@pytest.fixture
def password(wire: Wire, alice: Key) -> None:
    """Alice has a password, and users of the account may change theirs."""
    wire.call("CreateLoginProfile", UserName="alice", Password=CHANGE["OldPassword"])
    wire.call("UpdateAccountPasswordPolicy", AllowUsersToChangePassword="true")


@pytest.mark.usefixtures("password")
def test_the_password_policy_lets_a_user_without_policies_change_its_password(wire: Wire, alice: Key) -> None:
    assert not isinstance(wire.call("GetAccountPasswordPolicy", alice), AwsError)
    assert not isinstance(wire.call("ChangePassword", alice, **CHANGE), AwsError)


@pytest.mark.usefixtures("password")
def test_what_the_password_policy_gives_can_be_denied(wire: Wire, alice: Key) -> None:
    give(wire, deny("iam:ChangePassword"))
    refused = with_explicit_deny("iam:ChangePassword", "user alice", "an identity-based policy")
    assert wire.call("ChangePassword", alice, **CHANGE) == refused


@pytest.mark.usefixtures("password")
def test_the_password_policy_gives_no_other_permission(wire: Wire, alice: Key) -> None:
    refused = wire.call("UpdateLoginProfile", alice, UserName="alice", Password=CHANGE["NewPassword"])
    assert refused == denied("iam:UpdateLoginProfile", "user alice")


@pytest.mark.usefixtures("password")
def test_what_the_password_policy_gave_before_is_not_remembered(wire: Wire, alice: Key) -> None:
    wrong = {**CHANGE, "OldPassword": "Another-horse-9-battery"}
    for _ in range(3):
        assert "password was incorrect" in wire.call("ChangePassword", alice, **wrong).message
    wire.call("UpdateAccountPasswordPolicy")
    assert wire.call("ChangePassword", alice, **wrong) == denied("iam:ChangePassword", "user alice")


def test_without_that_setting_a_user_needs_a_policy_to_change_its_password(wire: Wire, alice: Key) -> None:
    wire.call("UpdateAccountPasswordPolicy")
    assert wire.call("ChangePassword", alice, **CHANGE) == denied("iam:ChangePassword", "user alice")


def put_boundary(wire: Wire) -> None:
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=managed(wire, allow("s3:*")))


def restored(wire: Wire) -> None:
    wire.assembled.controls.restore("before")


def renamed(wire: Wire) -> None:
    wire.call("UpdateUser", UserName="bob", NewUserName="carol")
    wire.call("CreateUser", UserName="bob", Path="/other/")


def made_again(wire: Wire) -> None:
    wire.call("DeleteUser", UserName="bob")
    wire.call("CreateUser", UserName="bob", Path="/other/")


def new_default_version(wire: Wire) -> None:
    wire.call(
        "CreatePolicyVersion", PolicyArn=arn("policy/limited"), PolicyDocument=policy(deny("*")), SetAsDefault="true"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda wire: give(wire, deny("iam:*"), name="no"), "an identity-based policy"),
        (new_default_version, "an identity-based policy"),
        (lambda wire: wire.call("DeleteUserPolicy", UserName="alice", PolicyName="own"), None),
        (lambda wire: wire.call("UpdateUser", UserName="bob", NewPath="/other/"), None),
        (renamed, None),
        (made_again, None),
        (lambda wire: wire.call("DeleteUser", UserName="bob"), None),
        (put_boundary, None),
        (restored, None),
    ],
    ids=[
        "policy put",
        "new version",
        "policy deleted",
        "resource moved",
        "resource renamed",
        "resource made again",
        "resource deleted",
        "boundary",
        "restored",
    ],
)
def test_what_was_allowed_before_is_decided_anew_after_each_change(
    wire: Wire, alice: Key, change: Callable[[Wire], object], message: str | None
) -> None:
    wire.call("CreateUser", UserName="bob", Path="/team/")
    limited = managed(wire, allow("s3:*"), name="limited")
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=limited)
    wire.assembled.controls.snapshot("before")
    region = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    give(wire, allow("iam:GetUser", resource=arn("user/team/*"), Condition=region))
    for _ in range(3):
        assert wire.call("GetUser", alice, UserName="bob")["User"]["UserName"] == "bob"
    change(wire)
    answer = wire.call("GetUser", alice, UserName="bob")
    assert answer.code == "AccessDenied"
    assert (message or " because no ") in answer.message


def test_a_caller_who_leaves_a_group_loses_what_was_allowed_before(wire: Wire, alice: Key) -> None:
    wire.call("CreateGroup", GroupName="devs")
    document = policy(allow("iam:GetUser", resource=arn("user/${aws:username}/*")))
    wire.call("PutGroupPolicy", GroupName="devs", PolicyName="p", PolicyDocument=document)
    wire.call("AddUserToGroup", GroupName="devs", UserName="alice")
    wire.call("CreateUser", UserName="bob", Path="/alice/")
    for _ in range(2):
        assert wire.call("GetUser", alice, UserName="bob")["User"]["UserName"] == "bob"
    wire.call("RemoveUserFromGroup", GroupName="devs", UserName="alice")
    assert wire.call("GetUser", alice, UserName="bob") == denied("iam:GetUser", "user bob")


def test_what_was_allowed_to_one_request_is_not_to_another_one(wire: Wire, alice: Key) -> None:
    for name, path in (("bob", "/team/"), ("carol", "/other/")):
        wire.call("CreateUser", UserName=name, Path=path)
    give(wire, allow("iam:GetUser", resource=arn("user/team/*")))
    assert wire.call("GetUser", alice, UserName="bob")["User"]["UserName"] == "bob"
    assert wire.call("GetUser", alice, UserName="carol") == denied("iam:GetUser", "user carol")


def test_a_caller_that_moves_is_decided_anew(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:GetUser", resource=arn("user/team/*")))
    for _ in range(3):
        assert wire.call("GetUser", alice)["User"]["UserName"] == "alice"
    wire.call("UpdateUser", UserName="alice", NewPath="/other/")
    moved = arn("user/other/alice")
    assert wire.call("GetUser", alice) == denied("iam:GetUser", "user alice", caller=moved)


def test_the_tags_of_what_was_allowed_before_are_looked_at_anew(wire: Wire, alice: Key) -> None:
    wire.call("CreateUser", UserName="bob", **tags(own="yes"))
    give(wire, allow("iam:GetUser", Condition={"StringEquals": {"aws:ResourceTag/own": "yes"}}))
    for _ in range(3):
        assert wire.call("GetUser", alice, UserName="bob")["User"]["UserName"] == "bob"
    wire.call("TagUser", UserName="bob", **tags(own="no"))
    assert wire.call("GetUser", alice, UserName="bob") == denied("iam:GetUser", "user bob")


@needs("ListDelegationRequests")
def test_what_iam_gives_without_a_policy_is_not_given_to_other_requests(wire: Wire, alice: Key) -> None:
    for _ in range(3):
        assert wire.call("ListDelegationRequests", alice, OwnerId=ALICE)["DelegationRequests"] is None
    assert wire.call("ListDelegationRequests", alice, OwnerId=arn("user/bob")) == denied(
        "iam:ListDelegationRequests", "*"
    )
    (known,) = wire.assembled.engine.known_callers._known.values()
    assert known.allowed == {}


def test_only_so_many_allowed_calls_are_remembered_of_a_caller(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:GetUser", resource=arn("user/*")))
    for number in range(DECISIONS_KEPT + 2):  # the first makes the caller known
        wire.call("GetUser", alice, UserName=f"user-{number}")
    (known,) = wire.assembled.engine.known_callers._known.values()
    assert len(known.allowed) == 1


def test_an_allowed_call_with_a_long_name_is_not_remembered(wire: Wire, alice: Key) -> None:
    give(wire, allow("iam:GetUser", resource=arn("user/*")))
    for _ in range(3):
        assert wire.call("GetUser", alice, UserName="a" * (LONGEST_KEPT + 1)).code == "ValidationError"
    (known,) = wire.assembled.engine.known_callers._known.values()
    assert known.allowed == {}


def test_only_so_many_callers_are_known(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_policies, "CALLERS_KEPT", 3)
    for number in range(4):
        wire.call("CreateUser", UserName=f"user-{number}")
        give(wire, allow("iam:GetUser"), user=f"user-{number}")
        assert wire.call("GetUser", wire.key(f"user-{number}"))["User"]["UserName"] == f"user-{number}"
    assert len(wire.assembled.engine.known_callers._known) == 1
