"""Questions about policies: why, and what somebody needed; without HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from fake_iam import ManualClock
from fake_iam.control.disturbances.enforcement import Enforcement
from fake_iam.control.documents.problems import FormatError
from tests.support import Key, Wire

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


@pytest.fixture
def wire() -> Wire:
    wire = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)), random_seed=7)
    wire.user("alice")
    return wire


@pytest.fixture
def enforcement(wire: Wire) -> Enforcement:
    return wire.assembled.controls.enforcement


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions: str, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **others}


def give(wire: Wire, *statements: dict[str, Any]) -> None:
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=policy(*statements))


def test_why_tells_the_statement_that_allows(wire: Wire, enforcement: Enforcement) -> None:
    give(wire, allow("s3:Get*", Sid="Read"))
    assert enforcement.why("alice", "s3:GetObject", "arn:aws:s3:::b/k")[:3] == (
        "allowed",
        None,
        ("s3:GetObject on arn:aws:s3:::b/k is allowed", "by statement Read of own, line 1, column 41"),
    )


def test_why_has_awss_words_for_what_is_not_allowed(wire: Wire, enforcement: Enforcement) -> None:
    answer = enforcement.why("alice", "s3:PutObject")
    assert answer.decision == "implicitDeny"
    assert answer.text == (
        f"User: {ALICE} is not authorized to perform: s3:PutObject on resource: * because no identity-based policy "
        "allows the s3:PutObject action"
    )


def test_why_takes_condition_keys(wire: Wire, enforcement: Enforcement) -> None:
    give(wire, allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"x:y": "true"}}))
    answer = enforcement.why("alice", "s3:GetObject", context={"aws:SourceIp": "198.51.100.1"})
    assert answer.why[1] == (
        "statement of own, line 1, column 41 would, but IpAddress asks aws:SourceIp for 203.0.113.0/24, which is "
        "198.51.100.1 and Bool asks x:y for true, which is absent"
    )
    context = {"AWS:sourceip": "203.0.113.9", "x:y": "true"}
    assert enforcement.why("alice", "s3:GetObject", context=context).decision == "allowed"


def test_why_knows_a_caller_by_name_arn_and_key(wire: Wire, enforcement: Enforcement) -> None:
    give(wire, allow("iam:GetUser"))
    key = wire.key("alice")
    for who in ("alice", "Alice", ALICE, key.id):
        assert enforcement.why(who, "iam:GetUser").decision == "allowed"
    root = wire.key()
    for who in (f"arn:aws:iam::{ACCOUNT}:root", root.id):
        assert enforcement.why(who, "iam:DeleteUser").decision == "allowed"


def test_why_knows_roles_and_their_sessions(wire: Wire, enforcement: Enforcement) -> None:
    session = role_session(wire, allow("iam:GetRole"), Policy=policy(allow("iam:ListRoles")))
    assert enforcement.why(ROLE, "iam:GetRole").decision == "allowed"
    assert enforcement.why(session.id, "iam:GetRole").why == ("iam:GetRole on * is not allowed by any session policy",)


def role_session(wire: Wire, *statements: dict[str, Any], **parameters: str) -> Key:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "sts:AssumeRole"})
    wire.call("CreateRole", RoleName="r", AssumeRolePolicyDocument=trust)
    wire.call("PutRolePolicy", RoleName="r", PolicyName="own", PolicyDocument=policy(*statements))
    asked = {"RoleArn": ROLE, "RoleSessionName": "ci", **parameters}
    made = wire.call("AssumeRole", wire.key("alice"), **asked)["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


@pytest.mark.parametrize(
    "who",
    [
        "nobody",
        "AKIAQAAAAAAAAAAAAAAA",
        f"{ALICE}-gone",
        "arn:aws:iam::999999999999:user/alice",
        f"arn:aws:iam::{ACCOUNT}:role/none",
        f"arn:aws:iam::{ACCOUNT}:group/g",
        "arn:aws:s3:::b",
        "arn:",
    ],
)
def test_nobody_of_that_name_is_an_error(enforcement: Enforcement, who: str) -> None:
    with pytest.raises(FormatError, match=r"caller: .* is no user, role, root user or key here"):
        enforcement.why(who, "iam:GetUser")
    with pytest.raises(FormatError, match=r"caller: .* is no user, role, root user or key here"):
        enforcement.least_privilege(who)


@pytest.mark.parametrize(("who", "meant"), [("alcie", "alice"), (ALICE.replace("alice", "alcie"), ALICE)])
def test_the_caller_that_was_probably_meant_is_named(enforcement: Enforcement, who: str, meant: str) -> None:
    said = f"caller: '{who}' is no user, role, root user or key here; did you mean {meant}?"
    for ask in (lambda: enforcement.why(who, "iam:GetUser"), lambda: enforcement.least_privilege(who)):
        with pytest.raises(FormatError) as refused:
            ask()
        assert str(refused.value) == said


def test_least_privilege_is_what_the_calls_took(wire: Wire, enforcement: Enforcement) -> None:
    key = wire.key("alice")
    wire.call("CreateUser", key, UserName="bob", **{"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"})
    wire.call("GetUser", key, UserName="bob")
    wire.call("GetUser", key)
    wire.call("ListUsers", key)
    wire.call("ListRoles", key)
    wire.call("GetCallerIdentity", key)
    wire.call("DeleteUser", UserName="bob")
    bob = f"arn:aws:iam::{ACCOUNT}:user/bob"
    assert json.loads(enforcement.least_privilege("alice")) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["iam:CreateUser", "iam:GetUser", "iam:TagUser"], "Resource": [bob]},
            {"Effect": "Allow", "Action": ["iam:GetUser"], "Resource": [ALICE]},
            {"Effect": "Allow", "Action": ["iam:ListRoles", "iam:ListUsers"], "Resource": ["*"]},
        ],
    }


def test_the_least_policy_allows_the_calls(wire: Wire, enforcement: Enforcement) -> None:
    key = wire.key("alice")
    wire.call("ListUsers", key)
    wire.call("UpdateAccessKey", key, AccessKeyId=key.id, Status="Active")
    text = enforcement.least_privilege("alice")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="least", PolicyDocument=text)
    enforcement.set("on")
    assert wire.call("ListUsers", key)["Users"]
    assert wire.call("UpdateAccessKey", key, AccessKeyId=key.id, Status="Active") is None
    assert wire.call("ListRoles", key).code == "AccessDenied"


def test_the_least_policy_of_a_role_is_that_of_all_its_sessions(wire: Wire, enforcement: Enforcement) -> None:
    wire.call("ListUsers", role_session(wire, allow("s3:*")))
    (statement,) = json.loads(enforcement.least_privilege(ROLE))["Statement"]
    assert statement["Action"] == ["iam:ListUsers"]
    (taking_on,) = json.loads(enforcement.least_privilege("alice"))["Statement"]
    assert taking_on == {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": [ROLE]}
