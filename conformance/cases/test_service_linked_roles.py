from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.conftest import LEFT_BEHIND
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import EC2, Roles
from conformance.sources import API, GUIDE, Source
from conformance.targets import Target, fake_target
from fake_iam import ManualClock

MAIN = Source("2025-03", "localstack/localstack, AWS-validated test_iam TestIAMServiceRoles")
DELETION = Source("2025-03", "localstack/localstack, AWS-validated test_iam, test_service_role_deletion")
CUSTODIAN = Source("undated", "cloud-custodian/cloud-custodian, placebo recordings of roles")
TEMPLATES = Source("2023 to 2025", "clouddrove/terraform-aws-elasticsearch#20 and others: users quote the error")
PATHS = Source("2019-06", "tilfin/aws-iam-policy-tool#9: the author quotes the error")
GONE = Source("2026-06", "gruntwork-io/cloud-nuke#1143: deletions whose task AWS no longer knew")
DELETE = f"{API}/API_DeleteServiceLinkedRole.html"
CREATING = f"{GUIDE}/id_roles_create-service-linked-role.html"
OWN_CLOCK = "it moves the server's clock"
SEEDED = "it says what a service uses"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
LEX, SUFFIX = "lexv2.amazonaws.com", "fake-iam-conformance"
NAME = f"AWSServiceRoleForLexV2Bots_{SUFFIX}"
PATH = f"/aws-service-role/{LEX}/"
CREATED = ["Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName"]
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
RESOURCE = "arn:aws:lex:eu-west-1:123456789012:bot/ABCDEFGHIJ"


def delete(aws: Target, name: str) -> str:
    """The status that a role's deletion ends in."""
    task = aws.iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]

    def status() -> str:
        return str(aws.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"])

    aws.settle(lambda: status() in ("SUCCEEDED", "FAILED"), True)
    return status()


@pytest.fixture
def linked(aws: Target, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """A role of a service that takes a suffix, so that nobody's own is touched."""
    yield aws.iam.create_service_linked_role(AWSServiceName=LEX, CustomSuffix=SUFFIX)["Role"]
    try:
        ended = delete(aws, NAME)
    except AssertionError as problem:
        ended = "SUCCEEDED" if "NoSuchEntity" in str(problem) else str(problem)
    request.config.stash[LEFT_BEHIND] += [] if ended == "SUCCEEDED" else [f"role {NAME}: {ended}"]


@observed(*MAIN, "5:Path", "5:Custom suffix", "5:Without Description in the request none is stored", "5:Create answer")
def test_a_role_has_name_and_path_of_its_service(aws: Target, linked: dict[str, Any]) -> None:
    assert sorted(linked) == CREATED
    assert (linked["RoleName"], linked["Path"]) == (NAME, PATH)
    assert linked["Arn"] == f"arn:aws:iam::{aws.account}:role{PATH}{NAME}"
    shown = aws.iam.get_role(RoleName=NAME)["Role"]
    assert sorted(shown) == sorted([*CREATED, "MaxSessionDuration", "RoleLastUsed"])
    assert shown["MaxSessionDuration"] == 3600
    assert aws.iam.list_role_policies(RoleName=NAME)["PolicyNames"] == []
    (attached,) = aws.iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]
    assert attached["PolicyArn"] == f"arn:aws:iam::aws:policy/aws-service-role/{attached['PolicyName']}"


@observed(*CUSTODIAN, "5:Trust policy")
def test_it_trusts_its_service_alone(linked: dict[str, Any]) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": LEX}, "Action": "sts:AssumeRole"}
    assert linked["AssumeRolePolicyDocument"] == {"Version": "2012-10-17", "Statement": [statement]}
    assert list(linked["AssumeRolePolicyDocument"]["Statement"][0]) == ["Effect", "Principal", "Action"]


@observed(*MAIN, "slr-exists", "5:Same service twice")
def test_a_name_is_taken_once(aws: Target, linked: dict[str, Any]) -> None:
    said = f"Service role name {NAME} has been taken in this account, please try a different suffix."
    refused = AwsError("InvalidInput", said, 400)
    assert aws.error(aws.iam.create_service_linked_role, AWSServiceName=LEX, CustomSuffix=SUFFIX) == refused


@observed(*MAIN, "slr-suffix", "5:Custom suffix")
@pytest.mark.parametrize("service", ["batch.amazonaws.com", "ecs.amazonaws.com", "rds.amazonaws.com"])
def test_most_services_take_no_suffix(aws: Target, service: str) -> None:
    refused = AwsError("InvalidInput", f"Custom suffix is not allowed for {service}", 400)
    assert aws.error(aws.iam.create_service_linked_role, AWSServiceName=service, CustomSuffix=SUFFIX) == refused


@observed(*TEMPLATES)
@pytest.mark.parametrize("service", ["account.amazonaws.com", "OpenSearch.amazonaws.com"])
def test_a_service_without_such_a_role_has_no_template(aws: Target, service: str) -> None:
    refused = AwsError("AccessDenied", f"Cannot find Service Linked Role template for {service}", 403)
    assert aws.error(aws.iam.create_service_linked_role, AWSServiceName=service) == refused


@assumed("the name that comes out is longer than the model lets a role's be")
def test_a_suffix_does_not_make_the_name_too_long(aws: Target) -> None:
    name = f"AWSServiceRoleForLexV2Bots_{'s' * 40}"
    refused = AwsError(
        "ValidationError",
        f"1 validation error detected: Value '{name}' at 'roleName' failed to satisfy constraint: "
        "Member must have length less than or equal to 64",
        400,
    )
    assert aws.error(aws.iam.create_service_linked_role, AWSServiceName=LEX, CustomSuffix="s" * 40) == refused


@fake_only("it lowers a quota")
@documented(CREATING)
def test_such_roles_count_as_roles_and_may_exceed_the_quota() -> None:
    with fake_target(quotas="roles_per_account=1") as target:
        for service in ("spot.amazonaws.com", "es.amazonaws.com"):
            target.iam.create_service_linked_role(AWSServiceName=service)
        assert target.iam.get_account_summary()["SummaryMap"]["Roles"] == 2
        refused = AwsError("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1", 409)
        assert target.error(target.iam.create_role, RoleName="own", AssumeRolePolicyDocument=EC2) == refused


@observed(*PATHS)
def test_nobody_else_makes_a_role_on_their_path(aws: Target, new_role: Roles) -> None:
    said = "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
    given = {"RoleName": new_role.name(), "AssumeRolePolicyDocument": EC2, "Path": PATH}
    assert aws.error(aws.iam.create_role, **given) == AwsError("InvalidInput", said, 400)


def protected() -> AwsError:
    said = f"Cannot perform the operation on the protected role '{NAME}' - this role is only modifiable by AWS"
    return AwsError("UnmodifiableEntity", said, 400)


@observed(*CUSTODIAN, "role-protected", "1:Service-linked role")
def test_only_aws_deletes_one(aws: Target, linked: dict[str, Any]) -> None:
    assert aws.error(aws.iam.delete_role, RoleName=NAME) == protected()


@assumed(
    "the model lists the error for these operations; its text is that of DeleteRole",
    "role-protected",
    "1:Service-linked role",
)
@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("update_role", {"MaxSessionDuration": 7200}),
        ("update_assume_role_policy", {"PolicyDocument": EC2}),
        ("put_role_policy", {"PolicyName": "p", "PolicyDocument": POLICY}),
        ("delete_role_policy", {"PolicyName": "p"}),
        ("attach_role_policy", {"PolicyArn": READ_ONLY}),
        ("detach_role_policy", {"PolicyArn": READ_ONLY}),
        ("put_role_permissions_boundary", {"PermissionsBoundary": READ_ONLY}),
        ("delete_role_permissions_boundary", {}),
    ],
)
def test_only_aws_modifies_one(aws: Target, linked: dict[str, Any], method: str, parameters: dict[str, Any]) -> None:
    assert aws.error(getattr(aws.iam, method), RoleName=NAME, **parameters) == protected()


@documented(f"{API}/API_UpdateRoleDescription.html", "1:Service-linked role")
def test_the_description_may_change(aws: Target, linked: dict[str, Any]) -> None:
    assert aws.iam.update_role_description(RoleName=NAME, Description="x")["Role"]["Description"] == "x"
    assert aws.iam.update_role(RoleName=NAME, Description="y") == {}
    assert aws.iam.get_role(RoleName=NAME)["Role"]["Description"] == "y"


@fake_only("every account of AWS has it from the start, a fake when it is asked for")
@observed(*CUSTODIAN, "role-protected", "5:Created by services themselves")
def test_the_role_of_support_is_protected() -> None:
    name = "AWSServiceRoleForSupport"
    said = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    with fake_target() as target:
        target.iam.create_service_linked_role(AWSServiceName="support.amazonaws.com")
        shown = target.iam.get_role(RoleName=name)["Role"]
        assert shown["Path"] == "/aws-service-role/support.amazonaws.com/"
        assert target.error(target.iam.delete_role, RoleName=name) == AwsError("UnmodifiableEntity", said, 400)


@observed(*CUSTODIAN, "1:Service-linked role")
def test_it_may_have_tags(aws: Target, linked: dict[str, Any]) -> None:
    aws.iam.tag_role(RoleName=NAME, Tags=[{"Key": "a", "Value": "b"}])
    assert aws.iam.get_role(RoleName=NAME)["Role"]["Tags"] == [{"Key": "a", "Value": "b"}]


@observed(*DELETION, "5:DeleteServiceLinkedRole answers", "5:GetServiceLinkedRoleDeletionStatus")
def test_a_deletion_is_a_task_that_succeeds(aws: Target, linked: dict[str, Any]) -> None:
    task = aws.iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    assert re.fullmatch(f"task{PATH}{NAME}/[0-9a-f-]{{36}}", task)

    def answer() -> Any:
        return aws.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)

    assert aws.settle(answer, {"Status": "SUCCEEDED"}) == {"Status": "SUCCEEDED"}
    missing = AwsError("NoSuchEntity", f"The role with name {NAME} cannot be found.", 404)
    assert aws.settle(lambda: aws.error(aws.iam.get_role, RoleName=NAME), missing) == missing


@fake_only(OWN_CLOCK)
@documented(DELETE)
def test_a_deletion_asked_for_again_is_the_earlier_one() -> None:
    clock = ManualClock(START)
    with fake_target(clock, role_deletion_seconds=10) as target:
        target.iam.create_service_linked_role(AWSServiceName=LEX)
        tasks = [target.iam.delete_service_linked_role(RoleName="AWSServiceRoleForLexV2Bots") for _ in range(2)]
        assert tasks[0]["DeletionTaskId"] == tasks[1]["DeletionTaskId"]


@fake_only(OWN_CLOCK)
@assumed("the model lists the statuses; when a task starts is not said")
def test_a_deletion_starts_when_time_passes() -> None:
    clock = ManualClock(START)
    with fake_target(clock, role_deletion_seconds=10) as target:
        target.iam.create_service_linked_role(AWSServiceName=LEX)
        task = target.iam.delete_service_linked_role(RoleName="AWSServiceRoleForLexV2Bots")["DeletionTaskId"]
        seen = []
        for seconds in (0, 1, 8, 1):
            clock.advance(timedelta(seconds=seconds))
            seen.append(target.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"])
        assert seen == ["NOT_STARTED", "IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"]


@fake_only(SEEDED)
@documented(f"{API}/API_GetServiceLinkedRoleDeletionStatus.html")
def test_a_failed_deletion_tells_what_the_role_is_used_for(tmp_path: Path) -> None:
    role: dict[str, Any] = {"name": "AWSServiceRoleForLexV2Bots", "path": PATH, "trust_policy": EC2}
    role |= {"linked_resources": [{"region": "eu-west-1", "resources": [RESOURCE]}]}
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"roles": [role]}))
    with fake_target(seed=str(seed)) as target:
        task = target.iam.delete_service_linked_role(RoleName="AWSServiceRoleForLexV2Bots")["DeletionTaskId"]
        answer = target.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
        assert answer["Status"] == "FAILED"
        assert answer["Reason"]["RoleUsageList"] == [{"Region": "eu-west-1", "Resources": [RESOURCE]}]


@assumed("the operation lists NoSuchEntity alone for roles that it does not delete")
def test_another_role_is_as_absent_as_none(aws: Target, new_role: Roles) -> None:
    for name in (new_role(), new_role.name()):
        missing = AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
        assert aws.error(aws.iam.delete_service_linked_role, RoleName=name) == missing


@observed(*GONE)
def test_an_unknown_task_is_missing(aws: Target) -> None:
    task = f"task{PATH}{NAME}/00000000-0000-4000-8000-000000000000"
    refused = aws.error(aws.iam.get_service_linked_role_deletion_status, DeletionTaskId=task)
    assert (refused.code, refused.status) == ("NoSuchEntity", 404)


@assumed("in the style of other missing things", "role-missing")
def test_an_unknown_task_is_named(aws: Target) -> None:
    task = f"task{PATH}{NAME}/00000000-0000-4000-8000-000000000000"
    missing = AwsError("NoSuchEntity", f"The deletion task with id {task} cannot be found.", 404)
    assert aws.error(aws.iam.get_service_linked_role_deletion_status, DeletionTaskId=task) == missing
