"""What operations are authorized on, held against AWS's service authorization reference."""

from __future__ import annotations

import pytest

from conformance.modelled import with_whole_model
from fake_iam.domain.policy.service_authorization import find_action
from fake_iam.protocol.model import load_service
from fake_iam.services.access.permission import STS, TAGGING
from fake_iam.services.access.resources import RULES

OPERATIONS = sorted(load_service("iam").operations)
NOT_IN_THE_REFERENCE = {"AcquireRole", "UpdateDelegationRequest", "UpdateOpenIDConnectProvider"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_authorized_on_the_types_of_the_reference(name: str) -> None:
    action = find_action("iam", name)
    if name in NOT_IN_THE_REFERENCE:
        assert action is None
        return
    assert action is not None
    assert sorted(RULES[name].types) == sorted(resource.type for resource in action.resources)


@with_whole_model
def test_there_is_a_rule_for_operations_alone() -> None:
    assert set(RULES) == set(OPERATIONS)


@pytest.mark.parametrize(("making", "tagging"), sorted(TAGGING.items()))
def test_tags_are_given_with_the_operation_that_the_reference_has(making: str, tagging: str) -> None:
    action = find_action("iam", making)
    assert action is not None
    assert "aws:RequestTag/${TagKey}" in action.condition_keys
    assert tagging in OPERATIONS
    assert RULES[making].types == RULES[tagging].types


@with_whole_model
@pytest.mark.parametrize("name", sorted(STS))
def test_operations_of_sts_that_are_asked_about_are_in_the_model(name: str) -> None:
    assert name in load_service("sts").operations
