from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.people import People
from conformance.policies import Policies
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import Roles
from conformance.signing import Key
from conformance.sources import API
from conformance.targets import Target, fake_target
from fake_iam import ManualClock

GENERATE = f"{API}/API_GenerateServiceLastAccessedDetails.html"
GET = f"{API}/API_GetServiceLastAccessedDetails.html"
ENTITIES = f"{API}/API_GetServiceLastAccessedDetailsWithEntities.html"
LIST = f"{API}/API_ListPoliciesGrantingServiceAccess.html"
EXAMPLE = "https://docs.aws.amazon.com/cli/latest/reference/iam/list-policies-granting-service-access.html"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
READING = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}}'
SENDING = (
    """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}"""
)


def completed(aws: Target, arn: str, **parameters: Any) -> Any:
    """The first page of a report that is asked for, and is waited for."""
    job = aws.wait_for(aws.iam.generate_service_last_accessed_details, Arn=arn, **parameters)["JobId"]
    answer: Any = {}

    def done() -> bool:
        answer.update(aws.iam.get_service_last_accessed_details(JobId=job))
        return bool(answer["JobStatus"] != "IN_PROGRESS")

    aws.settle(done, True)
    return {"JobId": job, **answer}


def alice_who_read(target: Target) -> str:
    """The ARN of a user who may read of IAM, and has read who she is."""
    arn: str = target.iam.create_user(UserName="alice")["User"]["Arn"]
    target.iam.put_user_policy(UserName="alice", PolicyName="reading", PolicyDocument=READING)
    made = target.iam.create_access_key(UserName="alice")["AccessKey"]
    target.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"])).iam.get_user()
    return arn


@documented(GET, "6:GetServiceLastAccessedDetails")
def test_a_report_has_the_services_that_policies_allow(aws: Target, new_user: People) -> None:
    name = new_user()
    aws.iam.put_user_policy(UserName=name, PolicyName="sending", PolicyDocument=SENDING)
    report = completed(aws, aws.iam.get_user(UserName=name)["User"]["Arn"])
    assert (report["JobStatus"], report["JobType"], len(report["JobId"])) == ("COMPLETED", "SERVICE_LEVEL", 36)
    assert [service["ServiceNamespace"] for service in report["ServicesLastAccessed"]] == ["sqs"]


@observed("2026-08", "mondoohq/mql#9555", "6:A service never used")
def test_a_service_never_used_has_no_date_and_nobody(aws: Target, new_user: People) -> None:
    name = new_user()
    aws.iam.put_user_policy(UserName=name, PolicyName="sending", PolicyDocument=SENDING)
    service = only(completed(aws, aws.iam.get_user(UserName=name)["User"]["Arn"])["ServicesLastAccessed"])
    assert sorted(service) == ["ServiceName", "ServiceNamespace", "TotalAuthenticatedEntities"]
    assert service["TotalAuthenticatedEntities"] == 0


@fake_only("on AWS a use takes hours to show")
@observed("2026-08", "mondoohq/mql#9555", "6:A service never used")
def test_a_service_that_was_used_says_when_where_and_by_whom() -> None:
    with fake_target() as target:
        arn = alice_who_read(target)
        services = completed(target, arn, Granularity="SERVICE_LEVEL")["ServicesLastAccessed"]
        used = only(services)
        assert (used["ServiceNamespace"], used["LastAuthenticatedEntity"]) == ("iam", arn)
        assert (used["LastAuthenticatedRegion"], used["TotalAuthenticatedEntities"]) == ("us-east-1", 1)


@fake_only("on AWS a use takes hours to show")
@assumed("the reference says which fields there are, not which actions of IAM are tracked")
def test_a_report_on_actions_has_those_that_were_tried() -> None:
    with fake_target() as target:
        arn = alice_who_read(target)
        service = only(completed(target, arn, Granularity="ACTION_LEVEL")["ServicesLastAccessed"])
        used = only(service["TrackedActionsLastAccessed"])
        assert (used["ActionName"], used["LastAccessedEntity"]) == ("GetUser", arn)
        assert sorted(used) == ["ActionName", "LastAccessedEntity", "LastAccessedRegion", "LastAccessedTime"]


@documented(GET)
def test_services_are_sorted_by_namespace(aws: Target) -> None:
    services = completed(aws, ADMINISTRATOR)["ServicesLastAccessed"]
    names = [service["ServiceNamespace"] for service in services]
    assert len(names) == 100
    assert names == sorted(names)


@documented(ENTITIES)
def test_entities_are_those_that_could_have_used_the_policy(aws: Target, new_policy: Policies, new_role: Roles) -> None:
    arn, name = new_policy(PolicyDocument=SENDING), new_role()
    aws.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    job = completed(aws, arn)["JobId"]
    answer = aws.iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="sqs")
    entity = only(answer["EntityDetailsList"])
    role = aws.iam.get_role(RoleName=name)["Role"]
    shown = {"Arn": role["Arn"], "Name": name, "Type": "ROLE", "Id": role["RoleId"], "Path": role["Path"]}
    assert entity == {"EntityInfo": shown}


@documented(EXAMPLE, "6:ListPoliciesGrantingServiceAccess")
def test_an_inline_policy_that_grants_names_its_entity(aws: Target, new_user: People) -> None:
    name = new_user()
    aws.iam.put_user_policy(UserName=name, PolicyName="sending", PolicyDocument=SENDING)
    answer = aws.iam.list_policies_granting_service_access(
        Arn=aws.iam.get_user(UserName=name)["User"]["Arn"], ServiceNamespaces=["sqs"]
    )
    inline = {"PolicyName": "sending", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": name}
    assert answer["PoliciesGrantingServiceAccess"] == [{"ServiceNamespace": "sqs", "Policies": [inline]}]
    assert answer["IsTruncated"] is False


@documented(LIST, "6:ListPoliciesGrantingServiceAccess")
def test_a_managed_policy_that_grants_has_its_arn(aws: Target, new_role: Roles) -> None:
    name = new_role()
    aws.iam.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)
    answer = aws.iam.list_policies_granting_service_access(
        Arn=aws.iam.get_role(RoleName=name)["Role"]["Arn"], ServiceNamespaces=["sqs", "ec2"]
    )
    managed = {"PolicyName": "AdministratorAccess", "PolicyType": "MANAGED", "PolicyArn": ADMINISTRATOR}
    assert answer["PoliciesGrantingServiceAccess"] == [
        {"ServiceNamespace": "sqs", "Policies": [managed]},
        {"ServiceNamespace": "ec2", "Policies": [managed]},
    ]


@assumed("the API reference does not say what becomes of a service that nothing grants")
def test_a_service_that_nothing_grants_has_no_policies(aws: Target, new_user: People) -> None:
    arn = aws.iam.get_user(UserName=new_user())["User"]["Arn"]
    answer = aws.iam.list_policies_granting_service_access(Arn=arn, ServiceNamespaces=["sqs"])
    assert answer["PoliciesGrantingServiceAccess"] == [{"ServiceNamespace": "sqs", "Policies": []}]


@assumed("quoted once for a role, in a guide that lists common errors; the text is that of the other operations")
@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_an_entity_that_is_not_there_is_named(aws: Target, kind: str) -> None:
    name = "fake-iam-conformance-nobody"
    arn = f"arn:aws:iam::{aws.account}:{kind}/{name}"
    missing = AwsError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)
    assert aws.error(aws.iam.generate_service_last_accessed_details, Arn=arn) == missing
    refused = aws.error(aws.iam.list_policies_granting_service_access, Arn=arn, ServiceNamespaces=["sqs"])
    assert refused == missing


@assumed("users say that such ARNs are refused (turbot/steampipe-plugin-aws#905), but not how", "6:An ARN of another")
@pytest.mark.parametrize("arn", ["arn:aws:iam::999999999999:user/alice", "arn:aws:s3:::fake-iam-conformance"])
def test_an_arn_of_another_account_or_service_is_not_valid(aws: Target, arn: str) -> None:
    refused = AwsError("InvalidInput", f"ARN {arn} is not valid.", 400)
    assert aws.error(aws.iam.generate_service_last_accessed_details, Arn=arn) == refused


@assumed("the code is in the model; the text has the form of others")
def test_a_job_that_is_not_there_is_missing(aws: Target) -> None:
    missing = AwsError("NoSuchEntity", f"The job with id {UNKNOWN} cannot be found.", 404)
    assert aws.error(aws.iam.get_service_last_accessed_details, JobId=UNKNOWN) == missing
    ask = aws.iam.get_service_last_accessed_details_with_entities
    assert aws.error(ask, JobId=UNKNOWN, ServiceNamespace="sqs") == missing


@fake_only("the server's own clock decides how long a report takes")
@documented(GET, "6:GetServiceLastAccessedDetails")
def test_a_report_that_takes_its_time_is_in_progress() -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    clock = ManualClock(start)
    with fake_target(clock, access_report_seconds=10) as target:
        arn = target.iam.create_user(UserName="alice")["User"]["Arn"]
        job = target.iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
        answer = target.iam.get_service_last_accessed_details(JobId=job)
        assert (answer["JobStatus"], answer["JobCreationDate"]) == ("IN_PROGRESS", start)
        assert "JobCompletionDate" not in answer
        clock.advance(timedelta(seconds=10))
        answer = target.iam.get_service_last_accessed_details(JobId=job)
        assert (answer["JobStatus"], answer["JobCompletionDate"]) == ("COMPLETED", start + timedelta(seconds=10))
