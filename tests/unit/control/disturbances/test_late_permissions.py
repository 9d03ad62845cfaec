"""New roles, sessions, principals and instance profiles, and changed policies, that take their time to be seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from fake_iam.control.controls import Controls
from tests.support import INVALID_TOKEN, AwsError, Key, Wire

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
LISTING = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}}
)
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}})
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/listing"
Steps = Callable[[Wire], None]


def trust(principal: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def denied(action: str, resource: str) -> AwsError:
    return AwsError(
        "AccessDenied", f"User: {ALICE} is not authorized to perform: {action} on resource: {resource}", 403
    )


@pytest.fixture
def controls(wire: Wire) -> Controls:
    wire.assembled.controls.clock.freeze()
    return wire.assembled.controls


@pytest.fixture
def alice(wire: Wire, controls: Controls) -> Key:
    wire.user("alice")
    return wire.key("alice")


def done(answer: Any) -> Any:
    assert not isinstance(answer, AwsError), answer
    return answer


def take(wire: Wire, key: Key) -> Any:
    return wire.call("AssumeRole", key, RoleArn=ROLE, RoleSessionName="ci")


def session(made: Any) -> Key:
    credentials = done(made)["Credentials"]
    return Key(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def test_a_new_role_is_taken_on_when_sts_sees_it(wire: Wire, controls: Controls, alice: Key) -> None:
    controls.propagation.delay(sts={"new_roles": "8 seconds"})
    done(wire.call("CreateRole", RoleName="deployer", AssumeRolePolicyDocument=trust(ALICE)))
    assert done(wire.call("GetRole", RoleName="deployer"))["Role"]["Arn"] == ROLE
    assert take(wire, alice) == denied("sts:AssumeRole", ROLE)
    controls.clock.advance("8 s")
    assert done(take(wire, alice))["AssumedRoleUser"]["Arn"].endswith(":assumed-role/deployer/ci")


def test_a_new_role_is_missed_by_a_number_of_calls(wire: Wire, controls: Controls, alice: Key) -> None:
    controls.propagation.delay(sts={"new_roles": "2 calls"})
    done(wire.call("CreateRole", RoleName="deployer", AssumeRolePolicyDocument=trust(ALICE)))
    outcomes = [take(wire, alice) for _ in range(3)]
    assert outcomes[:2] == [denied("sts:AssumeRole", ROLE)] * 2
    done(outcomes[2])


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_trust_policy_names_a_new_principal_when_iam_sees_it(wire: Wire, controls: Controls, kind: str) -> None:
    controls.propagation.delay(iam={"new_principals": "8 seconds"})
    if kind == "user":
        wire.user("new")
    else:
        done(wire.call("CreateRole", RoleName="new", AssumeRolePolicyDocument=trust(ACCOUNT)))
    arn = f"arn:aws:iam::{ACCOUNT}:{kind}/new"
    asked = {"RoleName": "deployer", "AssumeRolePolicyDocument": trust(arn)}
    refused = AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"', 400)
    assert wire.call("CreateRole", **asked) == refused
    controls.clock.advance("8 s")
    done(wire.call("CreateRole", **asked))


def test_new_temporary_credentials_sign_when_the_service_sees_them(wire: Wire, controls: Controls, alice: Key) -> None:
    done(wire.call("CreateRole", RoleName="deployer", AssumeRolePolicyDocument=trust(ALICE)))
    controls.propagation.delay(sts={"new_sessions": "2 s"}, iam={"new_sessions": "4 s"})
    key = session(take(wire, alice))
    assert wire.call("GetCallerIdentity", key) == DEAD
    controls.clock.advance("2 s")
    done(wire.call("GetCallerIdentity", key))
    assert wire.call("ListUsers", key) == DEAD
    controls.clock.advance("2 s")
    done(wire.call("ListUsers", key))


def test_look_ups_and_lists_find_a_new_instance_profile_late(wire: Wire, controls: Controls) -> None:
    controls.propagation.delay(iam={"new_instance_profiles": "8 seconds"})
    done(wire.call("CreateInstanceProfile", InstanceProfileName="web"))
    missing = AwsError("NoSuchEntity", "Instance Profile web cannot be found.", 404)
    assert wire.call("GetInstanceProfile", InstanceProfileName="web") == missing
    assert not done(wire.call("ListInstanceProfiles"))["InstanceProfiles"]
    taken = AwsError("EntityAlreadyExists", "Instance Profile web already exists.", 409)
    assert wire.call("CreateInstanceProfile", InstanceProfileName="web") == taken
    controls.clock.advance("8 s")
    done(wire.call("GetInstanceProfile", InstanceProfileName="web"))
    assert done(wire.call("ListInstanceProfiles"))["InstanceProfiles"]


def test_the_old_trust_policy_decides_until_sts_sees_the_new_one(wire: Wire, controls: Controls, alice: Key) -> None:
    wire.user("bob")
    bob = wire.key("bob")
    done(wire.call("CreateRole", RoleName="deployer", AssumeRolePolicyDocument=trust(ALICE)))
    controls.propagation.delay(sts={"trust_policies": "8 seconds"})
    arn = f"arn:aws:iam::{ACCOUNT}:user/bob"
    wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument=trust(arn))
    done(take(wire, alice))
    assert isinstance(take(wire, bob), AwsError)
    controls.clock.advance("8 s")
    assert take(wire, alice) == denied("sts:AssumeRole", ROLE)
    done(take(wire, bob))


def prepare_nothing(wire: Wire) -> None:
    """The caller may nothing yet."""


def prepare_attached(wire: Wire) -> None:
    done(wire.call("CreatePolicy", PolicyName="listing", PolicyDocument=LISTING))
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=POLICY)


def prepare_inline(wire: Wire) -> None:
    wire.call("PutUserPolicy", UserName="alice", PolicyName="listing", PolicyDocument=LISTING)


def prepare_group(wire: Wire) -> None:
    done(wire.call("CreateGroup", GroupName="staff"))
    wire.call("PutGroupPolicy", GroupName="staff", PolicyName="listing", PolicyDocument=LISTING)


def prepare_member(wire: Wire) -> None:
    prepare_group(wire)
    wire.call("AddUserToGroup", GroupName="staff", UserName="alice")


def prepare_boundary(wire: Wire) -> None:
    prepare_inline(wire)
    done(wire.call("CreatePolicy", PolicyName="nothing", PolicyDocument=NOTHING))


def prepare_bounded(wire: Wire) -> None:
    prepare_boundary(wire)
    bound(wire)


def bound(wire: Wire) -> None:
    wire.call(
        "PutUserPermissionsBoundary",
        UserName="alice",
        PermissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/nothing",
    )


def prepare_versions(wire: Wire) -> None:
    prepare_attached(wire)
    done(wire.call("CreatePolicyVersion", PolicyArn=POLICY, PolicyDocument=NOTHING))


CHANGES: list[tuple[str, Steps, Steps, bool]] = [
    ("put", prepare_nothing, prepare_inline, True),
    (
        "replace",
        prepare_inline,
        lambda wire: wire.call("PutUserPolicy", UserName="alice", PolicyName="listing", PolicyDocument=NOTHING),
        False,
    ),
    (
        "delete",
        prepare_inline,
        lambda wire: wire.call("DeleteUserPolicy", UserName="alice", PolicyName="listing"),
        False,
    ),
    ("attach", prepare_nothing, prepare_attached, True),
    (
        "detach",
        prepare_attached,
        lambda wire: wire.call("DetachUserPolicy", UserName="alice", PolicyArn=POLICY),
        False,
    ),
    (
        "join",
        prepare_group,
        lambda wire: wire.call("AddUserToGroup", GroupName="staff", UserName="alice"),
        True,
    ),
    (
        "leave",
        prepare_member,
        lambda wire: wire.call("RemoveUserFromGroup", GroupName="staff", UserName="alice"),
        False,
    ),
    (
        "group's policy",
        prepare_member,
        lambda wire: wire.call("DeleteGroupPolicy", GroupName="staff", PolicyName="listing"),
        False,
    ),
    (
        "new default version",
        prepare_attached,
        lambda wire: wire.call("CreatePolicyVersion", PolicyArn=POLICY, PolicyDocument=NOTHING, SetAsDefault="true"),
        False,
    ),
    (
        "set default version",
        prepare_versions,
        lambda wire: wire.call("SetDefaultPolicyVersion", PolicyArn=POLICY, VersionId="v2"),
        False,
    ),
    ("boundary", prepare_boundary, bound, False),
    (
        "no boundary",
        prepare_bounded,
        lambda wire: wire.call("DeleteUserPermissionsBoundary", UserName="alice"),
        True,
    ),
]


@pytest.mark.parametrize(("prepare", "change", "allows"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_was_before_decides_until_the_change_is_seen(
    wire: Wire, controls: Controls, alice: Key, prepare: Steps, change: Steps, allows: bool
) -> None:
    prepare(wire)
    controls.enforce_policies("on")

    def may() -> bool:
        return not isinstance(wire.call("ListUsers", alice), AwsError)

    assert may() is not allows
    controls.propagation.delay(iam={"policies": "8 seconds"})
    change(wire)
    assert may() is not allows
    controls.clock.advance("7.9 s")
    assert may() is not allows
    controls.clock.advance("0.1 s")
    assert may() is allows


def test_changes_of_policies_are_seen_one_after_the_other(wire: Wire, controls: Controls, alice: Key) -> None:
    controls.enforce_policies("on")
    controls.propagation.delay(iam={"policies": "8 seconds"})
    prepare_inline(wire)
    controls.clock.advance("5 s")
    wire.call("DeleteUserPolicy", UserName="alice", PolicyName="listing")
    controls.clock.advance("3 s")
    done(wire.call("ListUsers", alice))
    controls.clock.advance("5 s")
    assert wire.call("ListUsers", alice).code == "AccessDenied"


def test_a_changed_policy_is_missed_by_a_number_of_calls(wire: Wire, controls: Controls, alice: Key) -> None:
    controls.enforce_policies("on")
    controls.propagation.delay(iam={"policies": "2 calls"})
    prepare_inline(wire)
    outcomes = [isinstance(wire.call("ListUsers", alice), AwsError) for _ in range(4)]
    assert outcomes == [True, True, False, False]


def test_sts_sees_changed_policies_of_its_own_callers_late(wire: Wire, controls: Controls, alice: Key) -> None:
    done(wire.call("CreateRole", RoleName="deployer", AssumeRolePolicyDocument=trust(ACCOUNT)))
    controls.enforce_policies("on")
    controls.propagation.delay(sts={"policies": "8 seconds"})
    taking = LISTING.replace("iam:ListUsers", "sts:AssumeRole")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="taking", PolicyDocument=taking)
    assert take(wire, alice) == denied("sts:AssumeRole", ROLE)
    controls.clock.advance("8 s")
    done(take(wire, alice))


def test_why_tells_of_a_policy_that_does_not_decide_yet(wire: Wire, controls: Controls, alice: Key) -> None:
    controls.propagation.delay(iam={"policies": "8 seconds"})
    prepare_inline(wire)
    assert controls.why("alice", "iam:ListUsers").decision == "allowed"


def test_other_processes_see_changes_as_late(wire: Wire, controls: Controls, alice: Key) -> None:
    controls.enforce_policies("on")
    controls.propagation.delay(iam={"policies": "8 seconds"}, sts={"trust_policies": "8 seconds"})
    done(wire.call("CreateRole", RoleName="deployer", AssumeRolePolicyDocument=trust(ALICE)))
    wire.call("UpdateAssumeRolePolicy", RoleName="deployer", PolicyDocument=trust(ACCOUNT))
    prepare_attached(wire)
    state = json.loads(json.dumps(controls.propagation.state()))
    controls.propagation.off()
    controls.propagation.adopt(state)
    assert controls.propagation.state() == state
    assert wire.call("ListUsers", alice).code == "AccessDenied"
