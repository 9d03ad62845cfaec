"""What services let policies name."""

from __future__ import annotations

import pytest

from fake_iam.domain.policy.service_authorization import (
    Action,
    ActionResource,
    ResourceType,
    Service,
    find_action,
    find_service,
    services,
)
from fake_iam.services.iam import IAM
from fake_iam.services.registry import Service as Registered
from fake_iam.services.sts import STS


def test_services_are_in_order_by_their_prefixes_and_have_names() -> None:
    assert list(services()) == sorted(services())
    assert len(services()) > 400
    assert services()["iam"] == Service("iam", "AWS Identity and Access Management (IAM)")
    assert services()["s3"].name == "Amazon S3"


@pytest.mark.parametrize("prefix", ["sts", "STS"])
def test_a_service_is_found_by_its_prefix_in_any_letter_case(prefix: str) -> None:
    assert find_service(prefix) == Service("sts", "AWS Security Token Service")


def test_a_prefix_that_no_service_has_is_not_found() -> None:
    assert find_service("s4") is None
    assert find_action("s4", "GetObject") is None


@pytest.mark.parametrize(("service", "action"), [("iam", "PassRole"), ("IAM", "passrole")])
def test_an_action_has_the_resources_it_is_authorized_on_and_its_condition_keys(service: str, action: str) -> None:
    assert find_action(service, action) == Action(
        name="PassRole",
        access_levels=("Write",),
        resources=(ActionResource("role", required=True),),
        condition_keys=("iam:AssociatedResourceArn", "iam:PassedToService"),
    )


def test_a_resource_of_an_action_has_condition_keys_of_its_own() -> None:
    action = find_action("ec2", "RunInstances")
    assert action is not None
    by_type = {each.type: each for each in action.resources}
    assert by_type["instance"].required and not by_type["group"].required
    assert "ec2:InstanceType" in by_type["instance"].condition_keys


def test_an_action_may_be_of_several_access_levels() -> None:
    attach = find_action("iam", "AttachRolePolicy")
    assert attach is not None
    assert attach.access_levels == ("Permissions management", "Write")


def test_an_action_that_the_service_has_not_is_not_found() -> None:
    assert find_action("iam", "GetObject") is None


def test_resource_types_have_their_arns() -> None:
    service = find_service("s3")
    assert service is not None
    arn = "arn:${Partition}:s3:::${BucketName}"
    found = [kind for kind in service.resource_types if kind.name == "bucket"]
    assert [(kind.name, kind.arn) for kind in found] == [("bucket", arn)]
    assert isinstance(found[0], ResourceType) and "aws:ResourceTag/${TagKey}" in found[0].condition_keys


def test_condition_keys_have_types() -> None:
    service = find_service("sts")
    assert service is not None
    assert service.condition_keys["sts:ExternalId"] == "String"
    assert service.condition_keys["aws:TagKeys"] == "ArrayOfString"


@pytest.mark.parametrize("service", [IAM, STS], ids=["iam", "sts"])
def test_the_operations_of_the_two_services_are_actions_but_for_the_newest(service: Registered) -> None:
    newest = {"AcquireRole", "GetScopedCredentials", "UpdateDelegationRequest", "UpdateOpenIDConnectProvider"}
    assert {name for name in service.operations if find_action(service.name, name) is None} <= newest
    assert {"GetUser", "AssumeRole", "GetSessionToken"} & set(service.operations)


def test_every_service_can_be_read() -> None:
    for service in services().values():
        types = {kind.name for kind in service.resource_types}
        for name in service.actions:
            action = service.action(name)
            assert action is not None and action.name == name
            assert action.access_levels
            assert {each.type for each in action.resources} <= types | {""}
