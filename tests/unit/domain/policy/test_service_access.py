"""Which services a document allows at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.domain.policy.service_access import services_allowed
from fake_iam.domain.policy.service_authorization import services


def allowed(*statements: dict[str, Any]) -> frozenset[str]:
    return services_allowed(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


@pytest.mark.parametrize(
    ("actions", "prefixes"),
    [
        ("s3:GetObject", {"s3"}),
        (["S3:Get*", "iam:*", "sts:AssumeRole"], {"iam", "s3", "sts"}),
        (["nosuch:*"], set()),
    ],
)
def test_a_service_is_allowed_if_one_of_its_actions_is_named(actions: Any, prefixes: set[str]) -> None:
    assert allowed({"Effect": "Allow", "Action": actions, "Resource": "*"}) == prefixes


@pytest.mark.parametrize("action", ["*", "*:*", "*:Get*"])
def test_an_action_of_every_service_allows_every_service(action: str) -> None:
    assert allowed({"Effect": "Allow", "Action": action, "Resource": "*"}) == set(services())


def test_all_but_some_actions_leave_out_only_what_is_named_whole() -> None:
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "s3:GetObject"], "Resource": "*"}
    assert allowed(statement) == set(services()) - {"iam", "organizations"}
    assert allowed({**statement, "NotAction": "*"}) == set()


def test_what_is_denied_does_not_count_and_statements_add_up() -> None:
    reading = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b"}
    using = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    assert allowed({"Effect": "Deny", "Action": "*", "Resource": "*"}) == set()
    assert allowed(reading, using, {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}) == {"kms", "s3"}


def test_a_single_statement_needs_no_list() -> None:
    document = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    assert services_allowed(document) == {"s3"}
