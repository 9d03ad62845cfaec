"""A judge answers as ``decide`` does, whatever it was asked before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import ALLOWED, EXPLICIT_DENY, Policies, Policy, decide
from fake_iam.domain.policy.judge import DECISIONS_KEPT, LONGEST_KEPT, Judge
from fake_iam.domain.policy.statements import Request

ALICE = principals.user("arn:aws:iam::123456789012:user/alice")
KEYS = ("aws:username", "s3:prefix", "aws:tagkeys")
RESOURCES = ("arn:aws:s3:::alice/k", "arn:aws:s3:::bob/k", "*")
conditions = st.sampled_from(
    [
        {"StringEquals": {"aws:username": "alice"}},
        {"StringLike": {"S3:Prefix": "${AWS:UserName}/*"}},
        {"Null": {"s3:prefix": "true"}},
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "${s3:prefix}"]}},
    ]
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.sampled_from(["s3:GetObject", "s3:*"]),
        "Resource": st.sampled_from([*RESOURCES, "arn:aws:s3:::${aws:username}/*"]),
    },
    optional={"Condition": conditions},
)
texts = st.sampled_from(["alice", "bob", "alice/x", "a"])
contexts = st.fixed_dictionaries(
    {}, optional={"aws:username": texts, "s3:prefix": texts, "aws:tagkeys": st.lists(texts, max_size=2).map(tuple)}
)
asked = st.tuples(st.sampled_from(["s3:GetObject", "s3:PutObject"]), st.sampled_from(RESOURCES), contexts)
kinds = st.lists(st.lists(statements, max_size=2), max_size=2)


def policies(documents: list[list[Any]]) -> list[Policy]:
    return [Policy("p", json.dumps({"Version": "2012-10-17", "Statement": each})) for each in documents]


@given(kinds, st.none() | kinds, st.none() | kinds, kinds, st.lists(asked, max_size=12))
def test_a_judge_decides_as_if_it_were_asked_for_the_first_time(
    identity: list[Any], boundary: Any, session: Any, scopes: list[Any], questions: list[Any]
) -> None:
    applying = Policies(
        policies(identity),
        None if boundary is None else policies(boundary),
        None if session is None else policies(session),
        scopes=policies(scopes),
    )
    judge = Judge(ALICE, applying)
    for action, resource, context in [*questions, *questions]:
        assert judge.decide(action, resource, context) == decide(Request(ALICE, action, resource, context), applying)


def test_a_decision_is_made_once_for_the_values_that_it_depends_on() -> None:
    made: list[Request] = []

    def counted(request: Request, applying: Policies) -> Any:
        made.append(request)
        return decide(request, applying)

    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"s3:x": "true"}}}
    judge = Judge(ALICE, Policies(policies([[statement]])), counted)
    for value in ("true", "false", "true"):
        for other in ("a", "b"):
            judge.decide("s3:GetObject", "*", {"s3:x": value, "aws:username": other})
    assert [request.context.get("s3:x") for request in made] == ["true", "false"]


def test_only_so_many_decisions_are_kept() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/0"}
    judge = Judge(ALICE, Policies(policies([[deny, {"Effect": "Allow", "Action": "*", "Resource": "*"}]])))
    for number in range(DECISIONS_KEPT + 10):
        outcome = judge.decide("s3:GetObject", f"arn:aws:s3:::b/{number}", {}).outcome
        assert outcome == (ALLOWED if number else EXPLICIT_DENY)
    assert len(judge._actions["s3:GetObject"].decisions) == 10


@pytest.mark.parametrize(
    ("resource", "value", "kept"),
    [
        ("a" * LONGEST_KEPT, "a" * LONGEST_KEPT, 1),
        ("a" * (LONGEST_KEPT + 1), "a", 0),
        ("a", "a" * (LONGEST_KEPT + 1), 0),
        ("a", ("a" * LONGEST_KEPT, "a"), 0),
        ("a", None, 1),
    ],
)
def test_a_decision_about_long_texts_is_not_kept(resource: str, value: Any, kept: int) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"s3:x": "false"}}}
    judge = Judge(ALICE, Policies(policies([[statement]])))
    for _ in range(2):
        decision = judge.decide("s3:GetObject", resource, {} if value is None else {"s3:x": value})
        assert decision.is_allowed is (value is not None)
    assert len(judge._actions["s3:GetObject"].decisions) == kept
