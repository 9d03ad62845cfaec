from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.policy_vectors import VECTORS, question
from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import (
    ALLOWED,
    BOUNDARY,
    EXPLICIT_DENY,
    IDENTITY,
    IMPLICIT_DENY,
    RESOURCE,
    SESSION,
    Decision,
    Policies,
    Policy,
    decide,
)
from fake_iam.domain.policy.principals import Caller
from fake_iam.domain.policy.statements import (
    ACTIONS_KEPT,
    KEPT,
    LONG_KEPT,
    PATTERNS_KEPT,
    SHORT,
    Request,
    document,
    long_document,
    short_document,
)

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"


def policy(*statements: dict[str, Any], name: str = "p", version: str = "2012-10-17") -> Policy:
    return Policy(name, json.dumps({"Version": version, "Statement": statements}))


def allow(action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {**allow(action, resource, **others), "Effect": "Deny"}


def trust(principal: Any, **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **others}


def asked(
    policies: Policies,
    action: str = "sts:AssumeRole",
    caller: Caller | None = None,
    resource: str = ROLE,
    **options: Any,
) -> Decision:
    return decide(Request(caller or principals.user(USER), action, resource, {}), policies, **options)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_recorded_decision_comes_out(vector: dict[str, Any]) -> None:
    asked = question(vector)
    again = asked.judge()
    assert asked.decide().outcome == vector["decision"], vector["about"]
    assert [again().outcome, again().outcome] == [vector["decision"]] * 2


def test_a_decision_says_which_policy_and_statement_decided() -> None:
    first, second = policy(allow(), name="a"), policy(deny("s3:*", Sid="No"), allow("s3:*"), name="b")
    decision = asked(Policies([first, second]), "s3:GetObject")
    assert (decision.outcome, decision.kind) == (EXPLICIT_DENY, IDENTITY)
    (match,) = decision.matches
    assert (match.policy.name, match.statement.sid, tuple(match.statement.span.start)) == ("b", "No", (1, 41))
    decision = asked(Policies([first, second]), "iam:GetUser")
    assert decision.is_allowed
    assert [match.policy.name for match in decision.matches] == ["a"]


@pytest.mark.parametrize(
    ("policies", "kind"),
    [
        (Policies(), IDENTITY),
        (Policies(boundary=[policy()], session=[policy()]), IDENTITY),
        (Policies([policy(allow())], [policy()], [policy()]), BOUNDARY),
        (Policies([policy(allow())], [policy(allow())], [policy()]), SESSION),
        (Policies([policy(allow())], session=[]), SESSION),
    ],
)
def test_an_implicit_deny_names_the_first_kind_that_is_silent(policies: Policies, kind: str) -> None:
    assert asked(policies, "iam:GetUser") == Decision(IMPLICIT_DENY, kind, ())


@pytest.mark.parametrize("kind", [BOUNDARY, SESSION, RESOURCE])
def test_an_explicit_deny_counts_in_every_kind(kind: str) -> None:
    refusal = trust({"AWS": USER}) | {"Effect": "Deny"} if kind == RESOURCE else deny()
    policies = Policies([policy(allow())])._replace(
        **{kind: [policy(allow() if kind != RESOURCE else trust("*"), refusal)]}
    )
    assert asked(policies)[:2] == (EXPLICIT_DENY, kind)


def test_the_root_user_needs_no_policy_but_a_resource_may_deny() -> None:
    root = principals.user(f"arn:aws:iam::{ACCOUNT}:root")
    assert asked(Policies(), "iam:GetUser", root, is_root=True).is_allowed
    refusal = policy(trust("*") | {"Effect": "Deny"})
    assert asked(Policies(resource=[refusal]), caller=root, is_root=True).outcome == EXPLICIT_DENY


@pytest.mark.parametrize(
    ("principal", "boundary", "session", "outcome"),
    [
        ({"AWS": SESSION_ARN}, "s3:*", "s3:*", ALLOWED),
        ({"AWS": ROLE}, None, None, ALLOWED),
        ({"AWS": ROLE}, "s3:*", None, IMPLICIT_DENY),
        ({"AWS": ROLE}, "sts:*", "s3:*", IMPLICIT_DENY),
        ({"AWS": ROLE}, "sts:*", "sts:*", ALLOWED),
        ({"AWS": "AROAEXAMPLE"}, None, None, ALLOWED),
        ("*", "s3:*", None, IMPLICIT_DENY),
        ({"AWS": "*"}, "sts:*", None, ALLOWED),
        ({"AWS": ACCOUNT}, None, None, IMPLICIT_DENY),
        ({"Service": "ec2.amazonaws.com"}, None, None, IMPLICIT_DENY),
    ],
)
def test_what_a_trust_gives_to_a_role_session(
    principal: Any, boundary: str | None, session: str | None, outcome: str
) -> None:
    caller = principals.session(SESSION_ARN, role_arn=ROLE, role_id="AROAEXAMPLE")
    policies = Policies(
        boundary=boundary and [policy(allow(boundary))],
        session=session and [policy(allow(session))],
        resource=[policy(trust(principal))],
    )
    assert asked(policies, caller=caller, needs_trust=True).outcome == outcome


def test_a_boundary_does_not_limit_what_a_trust_gives_to_a_user_by_name() -> None:
    policies = Policies(boundary=[policy(allow("s3:*"))], resource=[policy(trust({"AWS": ["AIDAEXAMPLE"]}))])
    assert asked(policies, caller=principals.user(USER, "AIDAEXAMPLE"), needs_trust=True).is_allowed


def test_across_accounts_a_trust_by_name_is_not_enough() -> None:
    trusted = policy(trust({"AWS": USER}))
    assert asked(Policies(resource=[trusted]), owner="210987654321")[:2] == (IMPLICIT_DENY, IDENTITY)
    assert asked(Policies([policy(allow())], resource=[trusted]), owner="210987654321").is_allowed
    assert asked(Policies([policy(allow())]), owner="210987654321")[:2] == (IMPLICIT_DENY, RESOURCE)


@pytest.mark.parametrize(
    ("caller", "principal", "allowed"),
    [
        (principals.service("ec2.amazonaws.com"), {"Service": ["ssm.amazonaws.com", "ec2.amazonaws.com"]}, True),
        (principals.service("ec2.amazonaws.com"), {"Service": "ssm.amazonaws.com"}, False),
        (principals.service("ec2.amazonaws.com"), {"AWS": "*"}, False),
        (principals.federated("accounts.google.com"), {"Federated": "accounts.google.com"}, True),
        (principals.federated("accounts.google.com"), {"AWS": "accounts.google.com"}, False),
    ],
)
def test_for_services_and_identity_providers_the_trust_alone_decides(
    caller: Caller, principal: Any, allowed: bool
) -> None:
    policies = Policies(resource=[policy(trust(principal))])
    assert asked(policies, caller=caller, owner=ACCOUNT, needs_trust=True).is_allowed is allowed


def test_not_principal_leaves_out_who_is_named_but_not_who_is_only_in_a_named_account() -> None:
    def decided(*names: str) -> str:
        statement = {"Effect": "Deny", "NotPrincipal": {"AWS": names}, "Action": "s3:*", "Resource": "*"}
        policies = Policies([policy(allow())], resource=[policy(statement)])
        return asked(policies, "s3:GetObject", resource="arn:aws:s3:::b/k").outcome

    assert decided(USER, ACCOUNT) == ALLOWED
    assert decided(ACCOUNT) == EXPLICIT_DENY


def test_the_keys_of_a_document_come_once_as_they_are_written_first() -> None:
    text = policy(
        allow(
            resource="arn:aws:s3:::${aws:username}/*",
            Condition={"StringEquals": {"AWS:UserName": "x", "s3:prefix": ""}},
        ),
        deny(Condition={"Bool": {"aws:SecureTransport": "false"}}),
    ).text
    assert document(text).condition_keys() == ["aws:username", "s3:prefix", "aws:SecureTransport"]


def test_a_document_is_compiled_once() -> None:
    text = policy(allow("s3:Once")).text
    assert document(text) is document("".join(text))


def test_a_caller_is_shown_with_its_names() -> None:
    assert repr(principals.service("ec2.amazonaws.com")) == "Caller(Service, ec2.amazonaws.com)"


ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:GetUser")
RESOURCES = ("arn:aws:s3:::b/k", "arn:aws:s3:::c/k", "*")
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(st.sampled_from([*ACTIONS, "s3:*", "*"]), min_size=1, max_size=2),
        "Resource": st.lists(st.sampled_from([*RESOURCES, "arn:aws:s3:::b/*"]), min_size=1, max_size=2),
    },
    optional={"Condition": st.just({"StringEquals": {"aws:username": ["alice"]}})},
)
documents = st.lists(st.lists(statements, max_size=3), max_size=3)


def outcomes(documents: Sequence[Sequence[Any]]) -> list[str]:
    policies = Policies([policy(*statements) for statements in documents])
    return [
        decide(Request(principals.user(USER), action, resource, {"aws:username": "alice"}), policies).outcome
        for action in ACTIONS
        for resource in RESOURCES
    ]


@given(documents, statements)
def test_a_deny_that_is_added_never_allows_more(before: list[list[Any]], statement: dict[str, Any]) -> None:
    after = outcomes([*before, [statement | {"Effect": "Deny"}]])
    assert all(then == ALLOWED for then, now in zip(outcomes(before), after, strict=True) if now == ALLOWED)


@given(documents, st.randoms())
def test_the_order_of_policies_and_of_statements_does_not_matter(before: list[list[Any]], random: Any) -> None:
    after = [random.sample(statements, len(statements)) for statements in random.sample(before, len(before))]
    assert outcomes(after) == outcomes(before)


def shortened(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@given(documents)
def test_a_list_of_one_and_the_one_decide_alike(before: list[list[Any]]) -> None:
    after = [[{key: shortened(value) for key, value in one.items()} for one in statements] for statements in before]
    assert outcomes(after) == outcomes(before)


@given(documents, st.randoms())
def test_the_order_of_keys_and_the_case_of_actions_do_not_matter(before: list[list[Any]], random: Any) -> None:
    def rewritten(one: dict[str, Any]) -> dict[str, Any]:
        written = one | {"Action": [random.choice([str.upper, str.lower, str.title])(name) for name in one["Action"]]}
        return {key: written[key] for key in random.sample(list(written), len(written))}

    assert outcomes([[rewritten(one) for one in statements] for statements in before]) == outcomes(before)


@given(documents)
def test_a_statement_alone_and_a_list_of_it_decide_alike(before: list[list[Any]]) -> None:
    def decided(*, shortens: bool) -> list[str]:
        texts = [
            json.dumps({"Version": "2012-10-17", "Statement": shortened(one) if shortens else one}) for one in before
        ]
        request = Request(principals.user(USER), "s3:GetObject", "arn:aws:s3:::b/k", {"aws:username": "alice"})
        return [decide(request, Policies([Policy("p", text)])).outcome for text in texts]

    assert decided(shortens=True) == decided(shortens=False)


@given(documents)
def test_a_statement_for_each_action_and_resource_decides_as_one_for_all(before: list[list[Any]]) -> None:
    after = [
        [
            one | {"Action": [action], "Resource": [resource]}
            for one in statements
            for action in one["Action"]
            for resource in one["Resource"]
        ]
        for statements in before
    ]
    assert outcomes(after) == outcomes(before)


def test_only_so_many_documents_are_kept_compiled() -> None:
    for number in range(KEPT + 10):
        document(policy(allow(f"s3:Action{number}")).text)
    for number in range(LONG_KEPT + 10):
        document(policy(allow(f"s3:Action{number}", "a" * SHORT)).text)
    assert short_document.cache_info().currsize == KEPT
    assert long_document.cache_info().currsize == LONG_KEPT


def test_only_so_many_actions_are_kept_of_a_document() -> None:
    compiled = document(policy(allow("s3:Many")).text)
    for number in range(ACTIONS_KEPT + 10):
        compiled.about(f"s3:action{number}")
    assert len(compiled._about) == 10


def test_only_so_many_patterns_are_kept_of_a_resource_with_variables() -> None:
    (statement,) = document(policy(allow(resource="arn:aws:s3:::b/${aws:username}")).text).statements
    for number in range(PATTERNS_KEPT + 10):
        assert statement.is_about_resource(f"arn:aws:s3:::b/{number}", {"aws:username": str(number)})
    assert statement._resources is not None
    assert len(statement._resources._filled) == 10
