"""Access advisor as auditors use it: ask for a report, wait until it is complete, and see what could be taken away."""

from __future__ import annotations

import json
from typing import Any

from fake_iam import FakeIAM
from tests.boto3.callers import new_user, signed
from tests.support import Key

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": ["iam:*", "sqs:SendMessage"], "Resource": "*"},
}


def last_accessed(iam: Any, arn: str, **asked: str) -> dict[str, Any]:
    """The services of a report, page after page, as auditors' tools gather them."""
    job = iam.generate_service_last_accessed_details(Arn=arn, **asked)["JobId"]
    found: dict[str, Any] = {}
    more: dict[str, str] = {}
    while True:
        answer = iam.get_service_last_accessed_details(JobId=job, **more)
        assert answer["JobStatus"] == "COMPLETED"
        assert answer["JobCreationDate"] <= answer["JobCompletionDate"]
        found |= {service["ServiceNamespace"]: service for service in answer["ServicesLastAccessed"]}
        if not answer["IsTruncated"]:
            return found
        more = {"Marker": answer["Marker"]}


def test_an_audit_finds_services_that_are_granted_and_never_used(fake: FakeIAM, iam: Any) -> None:
    key = new_user(iam, "alice")
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))
    arn = signed(fake, "iam", key).get_user()["User"]["Arn"]
    services = last_accessed(iam, arn)
    assert list(services) == ["iam", "sqs"]
    assert services["iam"]["LastAuthenticatedEntity"] == arn
    assert [name for name, service in services.items() if "LastAuthenticated" not in service] == ["sqs"]
    granting = iam.list_policies_granting_service_access(Arn=arn, ServiceNamespaces=["sqs"])
    assert granting["PoliciesGrantingServiceAccess"][0]["Policies"][0]["PolicyName"] == "own"


def test_an_audit_of_a_role_finds_the_actions_that_its_sessions_use(fake: FakeIAM, iam: Any) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", "Statement": trust})
    arn = iam.create_role(RoleName="ops", AssumeRolePolicyDocument=text)["Role"]["Arn"]
    iam.put_role_policy(RoleName="ops", PolicyName="own", PolicyDocument=json.dumps(DOCUMENT))
    made = fake.assume_role_as("ec2.amazonaws.com", role=arn, session_name="i-1")["Credentials"]
    signed(fake, "iam", Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])).list_roles()
    services = last_accessed(iam, arn, Granularity="ACTION_LEVEL")
    assert [used["ActionName"] for used in services["iam"]["TrackedActionsLastAccessed"]] == ["ListRoles"]
    assert "TrackedActionsLastAccessed" not in services["sqs"]


def test_a_policy_of_aws_is_reported_with_all_its_services(iam: Any) -> None:
    services = last_accessed(iam, READ_ONLY)
    assert len(services) > 250
    assert services["dynamodb"]["ServiceName"] == "Amazon DynamoDB"
