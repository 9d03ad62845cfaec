"""The rules of service-linked roles, without HTTP."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest

from conformance.modelled import with_whole_model
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.clock import ManualClock
from fake_iam.domain.identities import service_linked_roles
from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.services.iam.identities import service_linked_roles as operations
from tests.support import AwsError, Key, Wire
from tests.unit.services.identities.test_roles import ACCOUNT, CREATED, EC2, POLICY, READ_ONLY, get, members, role

ECS = "ecs.amazonaws.com"
NAME = "AWSServiceRoleForECS"
PATH = f"/aws-service-role/{ECS}/"
PROTECTED = AwsError(
    "UnmodifiableEntity",
    f"Cannot perform the operation on the protected role '{NAME}' - this role is only modifiable by AWS",
    400,
)


def link(wire: Wire, service: str = ECS, by: Key | None = None, **parameters: str) -> Any:
    answer = wire.call("CreateServiceLinkedRole", by, AWSServiceName=service, **parameters)
    return answer if isinstance(answer, AwsError) else answer["Role"]


def taken(name: str) -> AwsError:
    said = f"Service role name {name} has been taken in this account, please try a different suffix."
    return AwsError("InvalidInput", said, 400)


def test_a_service_linked_role_has_the_name_and_path_of_its_service_and_trusts_it_alone(wire: Wire) -> None:
    made = link(wire)
    assert set(made) == CREATED
    assert (made["RoleName"], made["Path"]) == (NAME, PATH)
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role{PATH}{NAME}"
    assert (made["RoleId"][:4], len(made["RoleId"])) == ("AROA", 21)
    assert unquote(made["AssumeRolePolicyDocument"]) == (
        '{"Version":"2012-10-17","Statement":'
        '[{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
    )
    shown = get(wire, NAME)
    assert set(shown) == CREATED | {"MaxSessionDuration", "RoleLastUsed"}
    assert shown["MaxSessionDuration"] == "3600"


def test_it_has_the_description_that_is_given(wire: Wire) -> None:
    assert "Description" not in link(wire, Description="runs tasks")
    assert get(wire, NAME)["Description"] == "runs tasks"


@pytest.mark.parametrize(("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1")])
def test_the_policy_of_aws_is_attached(monkeypatch: pytest.MonkeyPatch, partition: str, region: str) -> None:
    wire = Wire(random_seed=7, partition=partition)
    known = find_aws_managed(READ_ONLY)
    monkeypatch.setattr(operations, "find_aws_managed", lambda arn: known)
    link(wire)
    (attached,) = members(wire.call("ListAttachedRolePolicies", RoleName=NAME)["AttachedPolicies"])
    assert attached == {
        "PolicyArn": f"arn:{partition}:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy",
        "PolicyName": "AmazonECSServiceRolePolicy",
    }
    assert members(wire.call("ListRolePolicies", RoleName=NAME)["PolicyNames"]) == []


def test_a_policy_that_is_not_known_is_not_attached(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "find_aws_managed", lambda arn: None)
    link(wire)
    assert members(wire.call("ListAttachedRolePolicies", RoleName=NAME)["AttachedPolicies"]) == []


def test_a_service_has_one_role(wire: Wire) -> None:
    link(wire)
    assert link(wire) == taken(NAME)


def test_a_name_that_another_role_has_is_taken(wire: Wire) -> None:
    role(wire, NAME.lower())
    assert link(wire) == taken(NAME)


def test_a_suffix_makes_another_role_where_the_service_takes_one(wire: Wire) -> None:
    service = "autoscaling.amazonaws.com"
    name = "AWSServiceRoleForAutoScaling"
    assert link(wire, service)["RoleName"] == name
    assert link(wire, service, CustomSuffix="batch")["RoleName"] == f"{name}_batch"
    assert link(wire, service, CustomSuffix="batch") == taken(f"{name}_batch")
    assert get(wire, f"{name}_batch")["Path"] == f"/aws-service-role/{service}/"


def test_a_suffix_is_refused_where_the_service_takes_none(wire: Wire) -> None:
    refused = AwsError("InvalidInput", f"Custom suffix is not allowed for {ECS}", 400)
    assert link(wire, CustomSuffix="batch") == refused


def test_a_suffix_may_not_make_the_name_longer_than_a_roles(wire: Wire) -> None:
    longest = "s" * (64 - len("AWSServiceRoleForAutoScaling_"))
    name = f"AWSServiceRoleForAutoScaling_{longest}"
    assert link(wire, "autoscaling.amazonaws.com", CustomSuffix=longest)["RoleName"] == name
    refused = AwsError(
        "ValidationError",
        f"1 validation error detected: Value '{name}s' at 'roleName' failed to satisfy constraint: "
        "Member must have length less than or equal to 64",
        400,
    )
    assert link(wire, "autoscaling.amazonaws.com", CustomSuffix=f"{longest}s") == refused


@pytest.mark.parametrize("service", ["example.amazonaws.com", "ECS.amazonaws.com", "ecs"])
def test_a_service_that_has_no_such_role_is_refused(wire: Wire, service: str) -> None:
    refused = AwsError("AccessDenied", f"Cannot find Service Linked Role template for {service}", 403)
    assert link(wire, service) == refused


def test_they_count_as_roles_and_may_exceed_the_quota() -> None:
    wire = Wire(random_seed=7, quotas="roles_per_account=1")
    role(wire)
    assert link(wire)["RoleName"] == NAME
    assert role(wire, "other") == AwsError("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1", 409)
    summary = {entry["key"]: entry["value"] for entry in wire.call("GetAccountSummary")["SummaryMap"]["entry"]}
    assert (summary["Roles"], summary["RolesQuota"]) == ("2", "1")


def test_each_account_has_its_own(wire: Wire) -> None:
    link(wire)
    other = link(wire, by=Key("111122223333", "x"))
    assert other["Arn"] == f"arn:aws:iam::111122223333:role{PATH}{NAME}"


@pytest.mark.parametrize("path", ["/aws-service-role/", PATH])
def test_nobody_else_makes_a_role_on_their_path(wire: Wire, path: str) -> None:
    refused = "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
    assert role(wire, Path=path) == AwsError("InvalidInput", refused, 400)
    assert role(wire, Path="/aws-service-roles/")["Path"] == "/aws-service-roles/"


@with_whole_model
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("UpdateRole", {"MaxSessionDuration": "7200"}),
        ("UpdateRole", {"MaxSigninSessionDuration": "7200"}),
        ("UpdateRole", {"ResetMaxSigninSessionDuration": "true"}),
        ("UpdateAssumeRolePolicy", {"PolicyDocument": EC2}),
        ("DeleteRole", {}),
        ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": POLICY}),
        ("DeleteRolePolicy", {"PolicyName": "p"}),
        ("AttachRolePolicy", {"PolicyArn": READ_ONLY}),
        ("DetachRolePolicy", {"PolicyArn": READ_ONLY}),
        ("PutRolePermissionsBoundary", {"PermissionsBoundary": READ_ONLY}),
        ("DeleteRolePermissionsBoundary", {}),
        ("AddRoleToInstanceProfile", {"InstanceProfileName": "web"}),
        ("RemoveRoleFromInstanceProfile", {"InstanceProfileName": "web"}),
    ],
)
def test_only_aws_modifies_one(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    link(wire)
    wire.call("CreateInstanceProfile", InstanceProfileName="web")
    before = get(wire, NAME)
    assert wire.call(operation, RoleName=NAME.lower(), **parameters) == PROTECTED
    assert get(wire, NAME) == before


def test_description_and_tags_may_change(wire: Wire) -> None:
    link(wire)
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    assert wire.call("TagRole", RoleName=NAME, **tag) is None
    assert wire.call("UpdateRole", RoleName=NAME, Description="x") is None
    assert get(wire, NAME)["Description"] == "x"
    assert wire.call("UpdateRoleDescription", RoleName=NAME, Description="y")["Role"]["Description"] == "y"
    assert wire.call("UntagRole", RoleName=NAME, **{"TagKeys.member.1": "a"}) is None


def test_every_service_makes_a_role_that_a_role_could_be(wire: Wire) -> None:
    services = service_linked_roles._templates()
    made = [link(wire, service) for service in services]
    assert len(made) == len({each["RoleName"] for each in made}) == 100
    assert {each["RoleName"].startswith("AWSServiceRoleFor") for each in made} == {True}


def test_three_services_take_a_suffix() -> None:
    services = service_linked_roles._templates().values()
    suffixed = {each.service for each in services if each.takes_suffix}
    assert suffixed == {"autoscaling.amazonaws.com", "connect.amazonaws.com", "lexv2.amazonaws.com"}


LINKED = {
    "name": NAME,
    "path": PATH,
    "trust_policy": EC2,
    "policies": {"own": POLICY},
    "attached_policies": [READ_ONLY],
}
RESOURCE = "arn:aws:ecs:eu-west-1:123456789012:cluster/blue"
GONE = AwsError("NoSuchEntity", f"The role with name {NAME} cannot be found.", 404)


def delete(wire: Wire, name: str = NAME) -> Any:
    answer = wire.call("DeleteServiceLinkedRole", RoleName=name)
    return answer if isinstance(answer, AwsError) else answer["DeletionTaskId"]


def status(wire: Wire, task: str) -> Any:
    answer = wire.call("GetServiceLinkedRoleDeletionStatus", DeletionTaskId=task)
    return answer if isinstance(answer, AwsError) or "Reason" in answer else answer["Status"]


@pytest.fixture
def slow() -> Wire:
    """A server on which deletions take five seconds of a clock that stands."""
    wire = Wire(ManualClock(), random_seed=7, role_deletion_seconds=5)
    wire.assembled.controls.clock.freeze()
    return wire


def test_a_deletion_is_a_task_that_names_service_and_role(wire: Wire) -> None:
    link(wire)
    uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(f"task/aws-service-role/{ECS}/{NAME}/{uuid}", delete(wire, NAME.lower()))


def test_a_deletion_is_done_at_once_if_no_setting_gives_it_time(wire: Wire) -> None:
    link(wire)
    task = delete(wire)
    assert status(wire, task) == "SUCCEEDED"
    assert wire.call("GetRole", RoleName=NAME) == GONE
    assert delete(wire) == GONE
    assert link(wire)["RoleName"] == NAME
    assert delete(wire) != task


def test_the_clock_brings_a_deletion_to_its_end(slow: Wire) -> None:
    link(slow)
    task = delete(slow)
    assert status(slow, task) == "NOT_STARTED"
    slow.assembled.controls.clock.advance("1 s")
    assert status(slow, task) == "IN_PROGRESS"
    assert get(slow, NAME)["RoleName"] == NAME
    assert link(slow) == taken(NAME)
    slow.assembled.controls.clock.advance("3.999 s")
    assert status(slow, task) == "IN_PROGRESS"
    slow.assembled.controls.clock.advance("1 ms")
    assert status(slow, task) == "SUCCEEDED"
    assert names(slow) == []


def names(wire: Wire) -> list[str]:
    return [each["RoleName"] for each in members(wire.call("ListRoles")["Roles"])]


@pytest.mark.parametrize(
    ("operation", "parameters", "answer"),
    [
        ("GetRole", {"RoleName": NAME}, GONE),
        ("TagRole", {"RoleName": NAME, "Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}, GONE),
        ("ListRoles", {}, {"Roles": None, "IsTruncated": "false"}),
        (
            "ListEntitiesForPolicy",
            {"PolicyArn": READ_ONLY},
            {"PolicyGroups": None, "PolicyUsers": None, "PolicyRoles": None, "IsTruncated": "false"},
        ),
    ],
)
def test_whatever_is_asked_first_finds_the_role_gone(
    slow: Wire, operation: str, parameters: dict[str, str], answer: Any
) -> None:
    slow.assembled.controls.seed({"roles": [LINKED]})
    delete(slow)
    slow.assembled.controls.clock.advance("5 s")
    assert slow.call(operation, **parameters) == answer


def test_a_deletion_asked_for_again_is_the_one_that_is_not_finished(slow: Wire) -> None:
    link(slow)
    link(slow, "batch.amazonaws.com")
    task = delete(slow)
    other = delete(slow, "AWSServiceRoleForBatch")
    assert (delete(slow), delete(slow, "AWSServiceRoleForBatch")) == (task, other)
    slow.assembled.controls.clock.advance("5 s")
    link(slow)
    assert delete(slow) not in (task, other)
    assert status(slow, task) == "SUCCEEDED"


def test_all_that_hangs_on_the_role_goes_with_it(wire: Wire) -> None:
    wire.assembled.controls.seed({"roles": [LINKED], "instance_profiles": [{"name": "web", "role": NAME}]})
    assert status(wire, delete(wire)) == "SUCCEEDED"
    assert wire.call("GetInstanceProfile", InstanceProfileName="web")["InstanceProfile"]["Roles"] is None
    assert wire.call("ListEntitiesForPolicy", PolicyArn=READ_ONLY)["PolicyRoles"] is None
    link(wire)
    assert members(wire.call("ListRolePolicies", RoleName=NAME)["PolicyNames"]) == []


def test_a_deletion_fails_while_the_service_uses_the_role(slow: Wire) -> None:
    used = {"region": "eu-west-1", "resources": [RESOURCE]}
    slow.assembled.controls.seed({"roles": [{**LINKED, "linked_resources": [used]}]})
    task = delete(slow)
    assert status(slow, task) == "NOT_STARTED"
    slow.assembled.controls.clock.advance("5 s")
    assert status(slow, task) == {
        "Status": "FAILED",
        "Reason": {
            "Reason": "The role cannot be deleted because resources of the linked service are using it.",
            "RoleUsageList": {"member": {"Region": "eu-west-1", "Resources": {"member": RESOURCE}}},
        },
    }
    assert get(slow, NAME)["RoleName"] == NAME
    assert delete(slow) != task


def test_a_role_that_is_linked_to_no_service_is_not_deleted_so(wire: Wire) -> None:
    role(wire)
    absent = AwsError("NoSuchEntity", "The role with name deployer cannot be found.", 404)
    assert delete(wire, "deployer") == absent
    assert names(wire) == ["deployer"]


def test_an_unknown_role_or_task_is_missing(wire: Wire) -> None:
    assert delete(wire) == GONE
    task = f"task/aws-service-role/{ECS}/{NAME}/nothing"
    missing = AwsError("NoSuchEntity", f"The deletion task with id {task} cannot be found.", 404)
    assert status(wire, task) == missing


def test_a_dump_brings_back_a_deletion_that_is_not_finished(slow: Wire) -> None:
    used = {"region": "eu-west-1", "resources": [RESOURCE]}
    slow.assembled.controls.seed({"roles": [{**LINKED, "linked_resources": [used]}]})
    link(slow, "batch.amazonaws.com")
    tasks = [delete(slow), delete(slow, "AWSServiceRoleForBatch")]
    document = slow.assembled.controls.dump(secrets=True)
    other = Wire()
    other.assembled.controls.load(document)
    assert [status(other, task) for task in tasks] == ["NOT_STARTED", "NOT_STARTED"]
    other.assembled.controls.clock.advance("5 s")
    assert [status(other, task) for task in tasks][1] == "SUCCEEDED"
    assert status(other, tasks[0])["Status"] == "FAILED"


def test_a_seed_states_resources_of_a_role_that_is_linked_to_a_service_only(wire: Wire) -> None:
    used = {"region": "eu-west-1", "resources": [RESOURCE]}
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"roles": [{**LINKED, "path": "/", "linked_resources": [used]}]})
    assert str(refused.value) == "roles[0].linked_resources: only a role below /aws-service-role/ has some"
