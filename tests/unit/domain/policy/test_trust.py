"""The rules of trust policies and their principals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.domain.errors import MalformedPolicyDocument
from fake_iam.domain.policy.trust import aws_principals, check_trust_policy, with_principals

EC2 = {"Service": "ec2.amazonaws.com"}


def statement(**elements: Any) -> dict[str, Any]:
    whole = {"Effect": "Allow", "Principal": EC2, "Action": "sts:AssumeRole", **elements}
    return {name: value for name, value in whole.items() if value is not None}


def document(*statements: Any, **elements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **elements})


@pytest.mark.parametrize(
    "text",
    [
        document(statement()),
        document(statement(), Version="2008-10-17"),
        json.dumps({"Statement": statement()}),
        document(statement(Principal="*")),
        document(statement(Principal={"AWS": ["123456789012", "*"], "Federated": "cognito"})),
        document(statement(Action=["sts:AssumeRole", "sts:TagSession"], Effect="Deny")),
        document(statement(Action="sts:*"), statement(Action="STS:assumerole*")),
        document(statement(Sid="a"), statement(Sid="b"), statement(Sid=""), statement(Sid="")),
        document(statement(Principal={"Federated": "cognito-identity.amazonaws.com"}, Condition={"Null": {}})),
    ],
)
def test_what_keeps_the_rules_passes(text: str) -> None:
    check_trust_policy(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "This policy contains invalid Json"),
        ("[]", "This policy contains invalid Json"),
        ("[" * 100_000, "This policy contains invalid Json"),
        (document(statement(), Version="2020-01-01"), "The policy must contain a valid version string"),
        (document(), "Could not parse the policy: Statement is empty!"),
        ('{"Version": "2012-10-17"}', "Could not parse the policy: Statement is empty!"),
        (document("x"), "Syntax error in policy."),
        (document(statement(Effect=None)), "Missing required field Effect"),
        (document(statement(Effect="allow")), "Invalid effect: allow"),
        (document(statement(Effect=["Allow"])), "Invalid effect: ['Allow']"),
        (document(statement(Resource="*")), "Has prohibited field Resource"),
        (document(statement(NotResource="*")), "AssumeRole policy must not contain resources."),
        (document(statement(NotPrincipal=EC2)), "Allow with NotPrincipal is not allowed."),
        (
            document(statement(NotPrincipal=EC2, Effect="Deny")),
            "AssumeRole policy must not contain NotPrincipal field.",
        ),
        (document(statement(Principal=None)), "Missing required field Principal"),
        (document(statement(Principal={})), "Missing required field Principal cannot be empty!"),
        (document(statement(Principal=[EC2])), "Syntax error in policy."),
        (document(statement(Principal={"AWS": [1]})), "Syntax error in policy."),
        (document(statement(Principal={"Aws": "*"})), 'Invalid principal in policy: "Aws"'),
        (document(statement(Principal={"Service": "ec2"})), 'Invalid principal in policy: "SERVICE":"ec2"'),
        (document(statement(Action=None)), "Missing required field Action"),
        (document(statement(Action="s3:*")), "AssumeRole policy may only specify STS AssumeRole actions."),
        (document(statement(Action=[1])), "AssumeRole policy may only specify STS AssumeRole actions."),
        (document(statement(Sid="a"), statement(Sid="a")), "The Statement Ids in the policy are not unique"),
        (
            document(statement(Principal={"Federated": "cognito-identity.amazonaws.com"})),
            "A condition block must be present for the Cognito provider",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_in_its_own_words(text: str, said: str) -> None:
    with pytest.raises(MalformedPolicyDocument) as refused:
        check_trust_policy(text)
    assert refused.value.message == said


def test_the_principals_of_aws_are_found_once_and_in_order() -> None:
    text = document(
        statement(Principal={"AWS": ["b", "a"], "Service": "c.amazonaws.com"}),
        statement(Principal="*"),
        statement(Principal={"AWS": "a"}),
    )
    assert aws_principals(text) == ["b", "a", "*"]


def test_principals_are_replaced_where_they_stand_and_nothing_else_is() -> None:
    condition = {"StringEquals": {"aws:PrincipalArn": "old"}}
    text = document(statement(Principal={"AWS": ["old", "older"]}, Condition=condition)).replace(": ", " :  ")
    shown = with_principals(text, lambda name: {"old": "new"}.get(name, name))
    assert shown == text.replace('["old"', '["new"')
    assert with_principals(text, lambda name: name) is text
