"""Access advisor, without HTTP."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any, NamedTuple

import pytest

from fake_iam import ManualClock
from fake_iam.domain.policy.service_authorization import services
from fake_iam.services.iam.reports.access_advisor import MANY
from tests.support import AwsError, Key, Wire, later
from tests.unit.services.identities.test_roles import EC2, members

ACCOUNT = "arn:aws:iam::123456789012"
AUDIT = "arn:aws:iam::aws:policy/AdministratorAccess"
UNKNOWN_JOB = "00000000-0000-4000-8000-000000000000"


def allow(*actions: str) -> Any:
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}}


def used(date: str, service: str, region: str = "eu-west-1") -> Any:
    return {"created": "200 days ago", "last_used": {"date": date, "region": region, "service": service}}


SEED: dict[str, Any] = {
    "policies": [{"name": "queues", "path": "/team/", "document": allow("sqs:SendMessage")}],
    "groups": [
        {
            "name": "devs",
            "policies": {"keys": allow("kms:Decrypt")},
            "attached_policies": [f"{ACCOUNT}:policy/team/queues"],
        }
    ],
    "users": [
        {
            "name": "alice",
            "path": "/eng/",
            "created": "300 days ago",
            "groups": ["devs"],
            "policies": {"buckets": allow("s3:Get*", "iam:GetUser")},
            "attached_policies": [f"{ACCOUNT}:policy/team/queues"],
            "access_keys": [used("9 days ago", "s3", "us-east-1"), used("2 days ago", "sqs")],
        },
        {"name": "Bob", "created": "300 days ago", "groups": ["devs"], "access_keys": [used("1 day ago", "sqs")]},
        {"name": "carol", "created": "300 days ago", "groups": ["devs"], "access_keys": [used("1 day ago", "ec2")]},
    ],
    "roles": [{"name": "deployer", "trust_policy": EC2, "attached_policies": [f"{ACCOUNT}:policy/team/queues"]}],
}


@pytest.fixture
def wire() -> Wire:
    wire = Wire(ManualClock(datetime(2026, 1, 1, 0, 0, 0, 929_000, tzinfo=timezone.utc)), random_seed=7)
    wire.assembled.controls.seed(SEED)
    return wire


def generate(wire: Wire, arn: str, **parameters: Any) -> str:
    job: str = wire.call("GenerateServiceLastAccessedDetails", Arn=arn, **parameters)["JobId"]
    return job


def report(wire: Wire, arn: str) -> list[Any]:
    return members(wire.call("GetServiceLastAccessedDetails", JobId=generate(wire, arn))["ServicesLastAccessed"])


def entities(wire: Wire, arn: str, namespace: str) -> list[tuple[str, str | None]]:
    answer = wire.call(
        "GetServiceLastAccessedDetailsWithEntities", JobId=generate(wire, arn), ServiceNamespace=namespace
    )
    shown = members(answer["EntityDetailsList"])
    return [(entity["EntityInfo"]["Name"], entity.get("LastAuthenticated")) for entity in shown]


def granting(wire: Wire, arn: str, *namespaces: str) -> dict[str, list[Any]]:
    asked = {f"ServiceNamespaces.member.{number}": name for number, name in enumerate(namespaces, 1)}
    answer = wire.call("ListPoliciesGrantingServiceAccess", Arn=arn, **asked)
    assert answer["IsTruncated"] == "false"
    found = members(answer["PoliciesGrantingServiceAccess"])
    return {entry["ServiceNamespace"]: members(entry["Policies"]) for entry in found}


def test_a_job_is_a_uuid_and_completed_at_once_with_dates_in_milliseconds(wire: Wire) -> None:
    job = generate(wire, f"{ACCOUNT}:user/eng/alice")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", job)
    answer = wire.call("GetServiceLastAccessedDetails", JobId=job)
    assert {name: answer[name] for name in answer if name != "ServicesLastAccessed"} == {
        "JobStatus": "COMPLETED",
        "JobType": "SERVICE_LEVEL",
        "JobCreationDate": "2026-01-01T00:00:00.929Z",
        "JobCompletionDate": "2026-01-01T00:00:00.929Z",
        "IsTruncated": "false",
    }


def test_a_job_on_actions_says_so(wire: Wire) -> None:
    job = generate(wire, f"{ACCOUNT}:user/eng/alice", Granularity="ACTION_LEVEL")
    answer = wire.call("GetServiceLastAccessedDetails", JobId=job)
    assert answer["JobType"] == "ACTION_LEVEL"
    assert not any("TrackedActionsLastAccessed" in service for service in members(answer["ServicesLastAccessed"]))


def actions(wire: Wire, arn: str) -> dict[str, list[Any]]:
    job = generate(wire, arn, Granularity="ACTION_LEVEL")
    services = members(wire.call("GetServiceLastAccessedDetails", JobId=job)["ServicesLastAccessed"])
    return {each["ServiceNamespace"]: members(each.get("TrackedActionsLastAccessed")) for each in services}


@pytest.fixture
def auditor(wire: Wire) -> Role:
    """A role that may look at IAM, STS and tags, and a session of it."""
    document = json.dumps(allow("iam:*", "sts:GetCallerIdentity", "tag:*"))
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT + ":root"}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", "Statement": trust})
    made = wire.call("CreateRole", RoleName="auditor", AssumeRolePolicyDocument=text)["Role"]
    wire.call("PutRolePolicy", RoleName="auditor", PolicyName="own", PolicyDocument=document)
    wire.user("dave")
    wire.call("PutUserPolicy", UserName="dave", PolicyName="own", PolicyDocument=json.dumps(allow("sts:AssumeRole")))
    dave = wire.key("dave")
    taken = wire.call("AssumeRole", dave, RoleArn=made["Arn"], RoleSessionName="night")["Credentials"]
    session = Key(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    return Role(made["Arn"], session)


class Role(NamedTuple):
    """The ARN of a role, and a session of it."""

    arn: str
    session: Key


def test_what_sessions_of_a_role_tried_are_uses_of_the_role(wire: Wire, auditor: Role) -> None:
    wire.call("GetCallerIdentity", auditor.session, region="eu-west-1")
    wire.tagging("GetTagKeys", auditor.session, "eu-central-1")
    wire.call("GetUser", auditor.session, UserName="nobody")
    assert [
        (one["ServiceNamespace"], one["LastAuthenticatedEntity"], one["LastAuthenticatedRegion"])
        for one in report(wire, auditor.arn)
    ] == [
        ("iam", auditor.arn, "us-east-1"),
        ("sts", auditor.arn, "eu-west-1"),
        ("tag", auditor.arn, "eu-central-1"),
    ]


def test_a_report_on_actions_has_those_that_were_tried_by_name(wire: Wire, auditor: Role) -> None:
    wire.call("ListUsers", auditor.session)
    wire.call("GetUser", auditor.session, UserName="nobody")
    shown = {
        "LastAccessedEntity": auditor.arn,
        "LastAccessedTime": "2026-01-01T00:00:00Z",
        "LastAccessedRegion": "us-east-1",
    }
    assert actions(wire, auditor.arn) == {
        "iam": [{"ActionName": "GetUser", **shown}, {"ActionName": "ListUsers", **shown}],
        "sts": [],
        "tag": [],
    }
    assert actions(wire, f"{ACCOUNT}:user/dave") == {
        "sts": [{**shown, "ActionName": "AssumeRole", "LastAccessedEntity": f"{ACCOUNT}:user/dave"}]
    }


def test_what_policies_refuse_is_an_attempt_too(wire: Wire, auditor: Role) -> None:
    wire.assembled.controls.enforcement.set("on")
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}
    wire.call("PutRolePolicy", RoleName="auditor", PolicyName="no", PolicyDocument=json.dumps(deny))
    assert wire.call("ListUsers", auditor.session).code == "AccessDenied"
    assert [used["ActionName"] for used in actions(wire, auditor.arn)["iam"]] == ["ListUsers"]


@pytest.mark.parametrize("key", [None, Key("AKIAQNOTGIVENOUTHERE", "secret")])
def test_who_did_not_sign_with_a_key_of_this_server_used_nothing(wire: Wire, auditor: Role, key: Key | None) -> None:
    wire.call("ListUsers", key)
    wire.call("ListUsers", Key(auditor.session.id, "another", auditor.session.token))
    assert actions(wire, auditor.arn)["iam"] == []


def test_a_state_that_is_loaded_brings_no_actions(wire: Wire, auditor: Role) -> None:
    wire.assembled.controls.snapshot("before")
    wire.call("ListUsers", auditor.session)
    wire.assembled.controls.restore("before")
    assert actions(wire, auditor.arn)["iam"] == []


def test_a_user_has_the_services_of_its_own_policies_and_of_its_groups_by_namespace(wire: Wire) -> None:
    assert report(wire, f"{ACCOUNT}:user/eng/alice") == [
        {
            "ServiceName": "AWS Identity and Access Management (IAM)",
            "ServiceNamespace": "iam",
            "TotalAuthenticatedEntities": "0",
        },
        {
            "ServiceName": "AWS Key Management Service",
            "ServiceNamespace": "kms",
            "TotalAuthenticatedEntities": "0",
        },
        {
            "ServiceName": "Amazon S3",
            "ServiceNamespace": "s3",
            "LastAuthenticated": "2025-12-23T00:00:00Z",
            "LastAuthenticatedEntity": f"{ACCOUNT}:user/eng/alice",
            "LastAuthenticatedRegion": "us-east-1",
            "TotalAuthenticatedEntities": "1",
        },
        {
            "ServiceName": "Amazon SQS",
            "ServiceNamespace": "sqs",
            "LastAuthenticated": "2025-12-30T00:00:00Z",
            "LastAuthenticatedEntity": f"{ACCOUNT}:user/eng/alice",
            "LastAuthenticatedRegion": "eu-west-1",
            "TotalAuthenticatedEntities": "1",
        },
    ]


@pytest.mark.parametrize("arn", [f"{ACCOUNT}:group/devs", f"{ACCOUNT}:policy/team/queues"])
def test_a_group_and_a_policy_show_who_used_a_service_last_and_how_many_did(wire: Wire, arn: str) -> None:
    (queues,) = (service for service in report(wire, arn) if service["ServiceNamespace"] == "sqs")
    assert queues == {
        "ServiceName": "Amazon SQS",
        "ServiceNamespace": "sqs",
        "LastAuthenticated": "2025-12-31T00:00:00Z",
        "LastAuthenticatedEntity": f"{ACCOUNT}:user/Bob",
        "LastAuthenticatedRegion": "eu-west-1",
        "TotalAuthenticatedEntities": "2",
    }


def test_a_role_and_a_policy_have_the_services_that_their_documents_allow(wire: Wire) -> None:
    for arn in (f"{ACCOUNT}:role/deployer", f"{ACCOUNT}:policy/team/queues"):
        assert [service["ServiceNamespace"] for service in report(wire, arn)] == ["sqs"]
    job = generate(wire, AUDIT)
    shown, marker = [], {}
    while marker is not None:
        page = wire.call("GetServiceLastAccessedDetails", JobId=job, MaxItems=200, **marker)
        shown += [service["ServiceNamespace"] for service in members(page["ServicesLastAccessed"])]
        marker = {"Marker": page["Marker"]} if "Marker" in page else None
    assert shown == list(services())


def test_who_has_no_policies_has_no_services(wire: Wire) -> None:
    wire.user("dave")
    assert report(wire, f"{ACCOUNT}:user/dave") == []


def test_a_report_is_a_picture_of_its_moment(wire: Wire) -> None:
    job = generate(wire, f"{ACCOUNT}:user/eng/alice")
    before = wire.call("GetServiceLastAccessedDetails", JobId=job)
    wire.call("DeleteUserPolicy", UserName="alice", PolicyName="buckets")
    assert wire.call("GetServiceLastAccessedDetails", JobId=job) == before
    assert [each["ServiceNamespace"] for each in report(wire, f"{ACCOUNT}:user/eng/alice")] == ["kms", "sqs"]


def test_entities_are_shown_by_their_last_use_and_then_by_name(wire: Wire) -> None:
    bob, alice = ("Bob", "2025-12-31T00:00:00Z"), ("alice", "2025-12-30T00:00:00Z")
    assert entities(wire, f"{ACCOUNT}:group/devs", "sqs") == [bob, alice, ("carol", None)]
    assert entities(wire, f"{ACCOUNT}:policy/team/queues", "sqs") == [bob, alice, ("carol", None), ("deployer", None)]
    assert entities(wire, f"{ACCOUNT}:user/eng/alice", "sqs") == [alice]
    assert entities(wire, f"{ACCOUNT}:user/eng/alice", "ec2") == []


def test_an_entity_is_shown_with_id_path_and_type(wire: Wire) -> None:
    job = generate(wire, f"{ACCOUNT}:policy/team/queues")
    asked = {"JobId": job, "ServiceNamespace": "sqs"}
    first = wire.call("GetServiceLastAccessedDetailsWithEntities", MaxItems=1, **asked)
    assert first["IsTruncated"] == "true"
    rest = wire.call("GetServiceLastAccessedDetailsWithEntities", Marker=first["Marker"], **asked)
    user, role = members(rest["EntityDetailsList"])[0], members(rest["EntityDetailsList"])[-1]
    assert user["EntityInfo"] == {
        "Arn": f"{ACCOUNT}:user/eng/alice",
        "Id": wire.call("GetUser", UserName="alice")["User"]["UserId"],
        "Name": "alice",
        "Path": "/eng/",
        "Type": "USER",
    }
    assert (role["EntityInfo"]["Type"], "LastAuthenticated" in role) == ("ROLE", False)


def test_policies_that_grant_a_service_are_listed_in_the_order_of_the_request(wire: Wire) -> None:
    managed = {
        "PolicyName": "queues",
        "PolicyType": "MANAGED",
        "PolicyArn": f"{ACCOUNT}:policy/team/queues",
    }
    own = {"PolicyName": "buckets", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "alice"}
    of_group = {"PolicyName": "keys", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "devs"}
    found = granting(wire, f"{ACCOUNT}:user/eng/alice", "sqs", "kms", "iam", "ec2")
    assert list(found) == ["sqs", "kms", "iam", "ec2"]
    assert found == {"sqs": [managed, managed], "kms": [of_group], "iam": [own], "ec2": []}
    assert granting(wire, f"{ACCOUNT}:group/devs", "sqs", "iam") == {"sqs": [managed], "iam": []}
    assert granting(wire, f"{ACCOUNT}:role/deployer", "sqs") == {"sqs": [managed]}


def test_a_long_list_of_services_comes_in_pages(wire: Wire) -> None:
    names = list(services())[:150]
    asked: dict[str, Any] = {f"ServiceNamespaces.member.{number}": name for number, name in enumerate(names, 1)}
    first = wire.call("ListPoliciesGrantingServiceAccess", Arn=f"{ACCOUNT}:group/devs", **asked)
    rest = wire.call("ListPoliciesGrantingServiceAccess", Arn=f"{ACCOUNT}:group/devs", Marker=first["Marker"], **asked)
    entries = members(first["PoliciesGrantingServiceAccess"]) + members(rest["PoliciesGrantingServiceAccess"])
    assert [entry["ServiceNamespace"] for entry in entries] == names


@pytest.mark.parametrize(
    ("arn", "code", "text", "status"),
    [
        (f"{ACCOUNT}:user/nobody", "NoSuchEntity", "The user with name nobody cannot be found.", 404),
        (f"{ACCOUNT}:user/alice", "NoSuchEntity", "The user with name alice cannot be found.", 404),
        (f"{ACCOUNT}:group/nobody", "NoSuchEntity", "The group with name nobody cannot be found.", 404),
        (f"{ACCOUNT}:role/nobody", "NoSuchEntity", "The role with name nobody cannot be found.", 404),
        (f"{ACCOUNT}:root", "InvalidInput", f"ARN {ACCOUNT}:root is not valid.", 400),
        (
            "arn:aws:iam::999999999999:user/alice",
            "InvalidInput",
            "ARN arn:aws:iam::999999999999:user/alice is not valid.",
            400,
        ),
        ("arn:aws:s3:::a-bucket-of-mine", "InvalidInput", "ARN arn:aws:s3:::a-bucket-of-mine is not valid.", 400),
        ("arn:aws-cn:iam::123456789012:user/alice", "ValidationError", "Invalid ARN partition", 400),
        ("no-arn-but-long-enough", "InvalidInput", "ARN no-arn-but-long-enough is not valid.", 400),
    ],
)
def test_what_is_no_entity_is_refused(wire: Wire, arn: str, code: str, text: str, status: int) -> None:
    refused = AwsError(code, text, status)
    assert wire.call("GenerateServiceLastAccessedDetails", Arn=arn) == refused
    asked = {"Arn": arn, "ServiceNamespaces.member.1": "s3"}
    assert wire.call("ListPoliciesGrantingServiceAccess", **asked) == refused


def test_a_policy_that_is_not_there_has_no_report_and_no_policy_is_granted_anything(wire: Wire) -> None:
    arn = f"{ACCOUNT}:policy/absent"
    missing = AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)
    assert wire.call("GenerateServiceLastAccessedDetails", Arn=arn) == missing
    asked = {"Arn": AUDIT, "ServiceNamespaces.member.1": "s3"}
    refused = AwsError("InvalidInput", f"ARN {AUDIT} is not valid.", 400)
    assert wire.call("ListPoliciesGrantingServiceAccess", **asked) == refused


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("GetServiceLastAccessedDetails", {}),
        ("GetServiceLastAccessedDetailsWithEntities", {"ServiceNamespace": "s3"}),
    ],
)
def test_a_job_that_was_never_asked_for_is_missing(wire: Wire, action: str, more: dict[str, str]) -> None:
    text = f"The job with id {UNKNOWN_JOB} cannot be found."
    assert wire.call(action, JobId=UNKNOWN_JOB, **more) == AwsError("NoSuchEntity", text, 404)


def test_a_dump_keeps_reports(wire: Wire) -> None:
    job = generate(wire, f"{ACCOUNT}:group/devs")
    before = wire.call("GetServiceLastAccessedDetails", JobId=job)
    other = Wire(random_seed=8)
    other.assembled.controls.load(json.loads(json.dumps(wire.assembled.controls.dump())))
    assert other.call("GetServiceLastAccessedDetails", JobId=job) == before


def test_others_do_not_wait_for_a_report_on_many(wire: Wire) -> None:
    queues = f"{ACCOUNT}:policy/team/queues"
    names = [f"many-{number:03d}" for number in range(MANY)]
    users = [{"name": name, "attached_policies": [queues], "created": "9 days ago"} for name in names]
    users[7]["access_keys"] = [used("8 days ago", "sqs") | {"created": "9 days ago"}]
    wire.assembled.controls.seed({"users": users})
    job = later(wire, "GenerateServiceLastAccessedDetails", Arn=queues)()["JobId"]
    asked = {"JobId": job, "ServiceNamespace": "sqs", "MaxItems": 1000}
    found = members(later(wire, "GetServiceLastAccessedDetailsWithEntities", **asked)()["EntityDetailsList"])
    listed = [one["EntityInfo"]["Name"] for one in found]
    assert listed[:4] == ["Bob", "alice", "many-007", "carol"]
    assert set(listed[4:]) == {"deployer", *names} - {"many-007"}


def test_a_report_takes_as_long_as_the_setting_says_and_is_of_the_moment_it_was_asked_for() -> None:
    wire = Wire(ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc)), access_report_seconds=60)
    wire.assembled.controls.seed(SEED)
    job = {"JobId": wire.call("GenerateServiceLastAccessedDetails", Arn=f"{ACCOUNT}:user/eng/alice")["JobId"]}
    wire.assembled.controls.clock.advance("59 s")
    begun = {"JobStatus": "IN_PROGRESS", "JobCreationDate": "2026-01-01T00:00:00.000Z", "IsTruncated": "false"}
    assert wire.call("GetServiceLastAccessedDetails", **job) == {
        **begun,
        "JobType": "SERVICE_LEVEL",
        "ServicesLastAccessed": None,
    }
    entities = {**job, "ServiceNamespace": "sqs"}
    found = wire.call("GetServiceLastAccessedDetailsWithEntities", **entities)
    assert found == {**begun, "EntityDetailsList": None}
    wire.call("DeleteUserPolicy", UserName="alice", PolicyName="buckets")
    wire.assembled.controls.clock.advance("1 s")
    answer = wire.call("GetServiceLastAccessedDetails", **job)
    assert (answer["JobStatus"], answer["JobCompletionDate"]) == ("COMPLETED", "2026-01-01T00:01:00.000Z")
    listed = [service["ServiceNamespace"] for service in answer["ServicesLastAccessed"]["member"]]
    assert listed == ["iam", "kms", "s3", "sqs"]
    found = wire.call("GetServiceLastAccessedDetailsWithEntities", **entities)["EntityDetailsList"]["member"]
    assert found["EntityInfo"]["Name"] == "alice"
