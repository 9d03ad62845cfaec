"""The rules of roles' policies and boundaries, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.services.iam.policies import policy_lookups
from tests.support import AwsError, Wire
from tests.unit.services.identities.test_roles import EC2, POLICY, READ_ONLY, members, role

OWN = "arn:aws:iam::123456789012:policy/edge"


@pytest.fixture
def wire() -> Wire:
    wire = Wire(random_seed=7)
    role(wire, "Deployer", Path="/ci/")
    wire.call("CreatePolicy", PolicyName="edge", PolicyDocument=POLICY)
    return wire


def entities(wire: Wire, arn: str, **parameters: Any) -> tuple[list[str], list[str], list[str]]:
    found = wire.call("ListEntitiesForPolicy", PolicyArn=arn, **parameters)
    groups, users, roles = (members(found[f"Policy{kind}s"]) for kind in ("Group", "User", "Role"))
    return (
        [group["GroupName"] for group in groups],
        [user["UserName"] for user in users],
        [role["RoleName"] for role in roles],
    )


def test_an_inline_policy_is_put_shown_listed_replaced_and_deleted(wire: Wire) -> None:
    assert wire.call("PutRolePolicy", RoleName="deployer", PolicyName="own", PolicyDocument="{") == AwsError(
        "MalformedPolicyDocument", "Syntax errors in policy.", 400
    )
    for document in (POLICY.replace("s3", "iam"), POLICY):
        assert wire.call("PutRolePolicy", RoleName="deployer", PolicyName="own", PolicyDocument=document) is None
    shown = wire.call("GetRolePolicy", RoleName="deployer", PolicyName="own")
    assert (shown["RoleName"], shown["PolicyName"]) == ("Deployer", "own")
    assert "s3%3A%2A" in shown["PolicyDocument"]
    assert wire.call("ListRolePolicies", RoleName="deployer")["PolicyNames"]["member"] == "own"
    assert wire.call("DeleteRolePolicy", RoleName="deployer", PolicyName="own") is None
    assert wire.call("ListRolePolicies", RoleName="deployer") == {"PolicyNames": None, "IsTruncated": "false"}


@pytest.mark.parametrize("operation", ["GetRolePolicy", "DeleteRolePolicy"])
def test_an_inline_policy_that_is_not_there_is_named(wire: Wire, operation: str) -> None:
    assert wire.call(operation, RoleName="deployer", PolicyName="none") == AwsError(
        "NoSuchEntity", "The role policy with name none cannot be found.", 404
    )


def test_inline_policies_together_keep_the_quota() -> None:
    wire = Wire(quotas="role_policy_size=150")
    role(wire)
    wire.call("PutRolePolicy", RoleName="deployer", PolicyName="one", PolicyDocument=POLICY)
    assert wire.call("PutRolePolicy", RoleName="deployer", PolicyName="two", PolicyDocument=POLICY) == AwsError(
        "LimitExceeded", "Maximum policy size of 150 bytes exceeded for role deployer", 409
    )


def test_a_policy_is_attached_once_listed_and_detached(wire: Wire) -> None:
    for _ in range(2):
        assert wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=OWN) is None
    listed = wire.call("ListAttachedRolePolicies", RoleName="deployer")
    assert members(listed["AttachedPolicies"]) == [{"PolicyName": "edge", "PolicyArn": OWN}]
    assert wire.call("GetPolicy", PolicyArn=OWN)["Policy"]["AttachmentCount"] == "1"
    assert wire.call("DetachRolePolicy", RoleName="deployer", PolicyArn=OWN) is None
    assert wire.call("ListAttachedRolePolicies", RoleName="deployer") == {
        "AttachedPolicies": None,
        "IsTruncated": "false",
    }


@pytest.mark.parametrize("arn", [OWN, READ_ONLY, f"{OWN}-absent"])
def test_a_policy_that_is_not_attached_was_not_found(wire: Wire, arn: str) -> None:
    refused = wire.call("DetachRolePolicy", RoleName="deployer", PolicyArn=arn)
    assert refused == AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)


def test_a_policy_that_does_not_exist_is_not_attachable(wire: Wire) -> None:
    refused = wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=f"{OWN}-absent")
    assert refused == AwsError("NoSuchEntity", f"Policy {OWN}-absent does not exist or is not attachable.", 404)


def test_attachments_keep_the_quota() -> None:
    wire = Wire(quotas="policies_per_role=1")
    role(wire)
    wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=READ_ONLY)
    refused = wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    assert refused == AwsError("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 1", 409)


def test_a_boundary_is_set_counted_listed_and_taken_off(wire: Wire) -> None:
    assert wire.call("PutRolePermissionsBoundary", RoleName="deployer", PermissionsBoundary=OWN) is None
    wire.user("alice")
    wire.call("PutUserPermissionsBoundary", UserName="alice", PermissionsBoundary=OWN)
    assert wire.call("GetPolicy", PolicyArn=OWN)["Policy"]["PermissionsBoundaryUsageCount"] == "2"
    listed = wire.call("ListPolicies", PolicyUsageFilter="PermissionsBoundary")
    assert [policy["PolicyName"] for policy in members(listed["Policies"])] == ["edge"]
    assert entities(wire, OWN) == ([], ["alice"], ["Deployer"])
    assert entities(wire, OWN, PolicyUsageFilter="PermissionsPolicy") == ([], [], [])
    assert wire.call("DeletePolicy", PolicyArn=OWN) == AwsError(
        "DeleteConflict", "Cannot delete a policy attached to entities.", 409
    )
    for _ in range(2):
        assert wire.call("DeleteRolePermissionsBoundary", RoleName="deployer") is None
    assert "PermissionsBoundary" not in wire.call("GetRole", RoleName="deployer")["Role"]
    assert wire.call("GetPolicy", PolicyArn=OWN)["Policy"]["PermissionsBoundaryUsageCount"] == "1"


def test_a_policy_lists_its_groups_users_and_roles(wire: Wire) -> None:
    wire.user("alice")
    wire.call("CreateGroup", GroupName="devs")
    role(wire, "Auditor")
    wire.call("AttachUserPolicy", UserName="alice", PolicyArn=OWN)
    wire.call("AttachGroupPolicy", GroupName="devs", PolicyArn=OWN)
    for name in ("deployer", "auditor"):
        wire.call("AttachRolePolicy", RoleName=name, PolicyArn=OWN)
    wire.call("PutRolePermissionsBoundary", RoleName="deployer", PermissionsBoundary=OWN)
    assert entities(wire, OWN) == (["devs"], ["alice"], ["Auditor", "Deployer"])
    assert entities(wire, OWN, PathPrefix="/ci/") == ([], [], ["Deployer"])
    assert entities(wire, OWN, EntityFilter="Role") == ([], [], ["Auditor", "Deployer"])
    assert entities(wire, OWN, EntityFilter="User") == ([], ["alice"], [])
    assert entities(wire, OWN, EntityFilter="Group") == (["devs"], [], [])
    assert entities(wire, OWN, EntityFilter="LocalManagedPolicy") == ([], [], [])
    found = [], [], []
    marker: dict[str, str] = {}
    while True:
        page = wire.call("ListEntitiesForPolicy", PolicyArn=OWN, MaxItems=1, **marker)
        for names, kind in zip(found, ("Group", "User", "Role"), strict=True):
            names += [member[f"{kind}Name"] for member in members(page[f"Policy{kind}s"])]
        if page["IsTruncated"] == "false":
            break
        marker = {"Marker": page["Marker"]}
    assert found == (["devs"], ["alice"], ["Auditor", "Deployer"])


def test_a_policy_for_service_linked_roles_is_attached_to_no_other(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    known = find_aws_managed(READ_ONLY)
    monkeypatch.setattr(policy_lookups, "find_aws_managed", lambda arn: None if arn.endswith("Absent") else known)
    arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"
    refused = AwsError("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.", 400)
    assert wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=arn) == refused
    absent = arn.replace("AmazonECSServiceRolePolicy", "Absent")
    missing = AwsError("NoSuchEntity", f"Policy {absent} does not exist or is not attachable.", 404)
    assert wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=absent) == missing
    assert wire.call("ListAttachedRolePolicies", RoleName="deployer")["AttachedPolicies"] is None
    role = {"name": "a", "path": "/aws-service-role/ecs.amazonaws.com/", "trust_policy": EC2}
    wire.assembled.controls.seed({"roles": [{**role, "attached_policies": [arn]}]})
    assert wire.call("ListAttachedRolePolicies", RoleName="a")["AttachedPolicies"]["member"]["PolicyArn"] == arn


def test_a_policy_of_ones_own_may_be_on_the_same_path(wire: Wire) -> None:
    wire.call("CreatePolicy", PolicyName="own", Path="/aws-service-role/", PolicyDocument=POLICY)
    arn = "arn:aws:iam::123456789012:policy/aws-service-role/own"
    assert wire.call("AttachRolePolicy", RoleName="deployer", PolicyArn=arn) is None
