"""Service-linked roles as boto3 shows them: made, protected, and deleted by a task that is asked until it ends."""

from __future__ import annotations

from typing import Any

from fake_iam import FakeIAM
from tests.support import AwsError, error

NAME = "AWSServiceRoleForEC2Spot"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "spot.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def test_a_role_is_made_and_found_by_its_path(iam: Any) -> None:
    made = iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com", Description="buys")["Role"]
    assert made["AssumeRolePolicyDocument"] == TRUST
    (listed,) = iam.list_roles(PathPrefix="/aws-service-role/spot.amazonaws.com/")["Roles"]
    assert (listed["Arn"], listed["Description"]) == (made["Arn"], "buys")


def test_a_deletion_is_asked_for_until_it_ends() -> None:
    with FakeIAM(role_deletion_seconds=30) as fake:
        fake.clock.freeze()
        iam = fake.client("iam")
        iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
        said = f"Cannot perform the operation on the protected role '{NAME}' - this role is only modifiable by AWS"
        assert error(iam.delete_role, RoleName=NAME) == AwsError("UnmodifiableEntity", said, 400)
        task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
        seen = []
        while not seen or seen[-1] not in ("SUCCEEDED", "FAILED"):
            answer = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
            assert set(answer) == {"Status", "ResponseMetadata"}
            seen.append(answer["Status"])
            fake.clock.advance("15 s")
        assert seen == ["NOT_STARTED", "IN_PROGRESS", "SUCCEEDED"]
        assert error(iam.get_role, RoleName=NAME).code == "NoSuchEntity"
