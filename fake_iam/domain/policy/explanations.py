"""Why policies decided as they did: the statement that did, or those that came nearest and what kept them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from fake_iam.domain.policy.conditions import Condition
from fake_iam.domain.policy.decisions import EXPLICIT_DENY, Decision, Match, Policies
from fake_iam.domain.policy.principals import Trust
from fake_iam.domain.policy.statements import Request, Statement

MOST: Final = 5
"""So many of the statements that came near are told."""


class Near(NamedTuple):
    """A statement that would allow the action, and what keeps it from it."""

    match: Match
    kept_by: str


def explained(request: Request, policies: Policies, decision: Decision) -> list[str]:
    """The decision in sentences, the first of which says what was decided."""
    if decision.is_allowed:
        told = [f"{request.action} on {request.resource} is allowed"]
        return [*told, *(f"by {place(match)}" for match in decision.matches)]
    if decision.outcome == EXPLICIT_DENY:
        told = [f"{request.action} on {request.resource} is denied"]
        return [*told, *(f"by {place(match)}" for match in decision.matches)]
    told = [f"{request.action} on {request.resource} is not allowed by any {decision.kind} policy"]
    near = list(near_misses(request, policies, decision.kind))
    return [*told, *(f"{place(one.match)} would, but {one.kept_by}" for one in near[:MOST])]


def place(match: Match) -> str:
    """A statement by its policy, its Sid and where it stands."""
    start = match.statement.span.start
    sid = f" {match.statement.sid}" if match.statement.sid else ""
    return f"statement{sid} of {match.policy.arn or match.policy.name}, line {start.line}, column {start.column}"


def near_misses(request: Request, policies: Policies, kind: str | None) -> Iterator[Near]:
    """The statements of a kind of policy that would allow the action, those with failed conditions first."""
    about = [
        Match(policy, statement)
        for policy in dict(policies.by_kind()).get(kind or "", ())
        for statement in policy.statements
        if statement.allows and statement.is_about_action(request.action.lower())
    ]
    there = [match for match in about if match.statement.is_about_resource(request.resource, request.context)]
    for match in there:
        yield Near(match, _kept_by(match.statement, request))
    for match in about:
        if match not in there:
            yield Near(match, f"not on {request.resource}")


def _kept_by(statement: Statement, request: Request) -> str:
    if statement.trust(request.caller) is Trust.NONE:
        return "not for this caller"
    return " and ".join(_failed(condition, request) for condition in statement.failed_conditions(request.context))


def _failed(condition: Condition, request: Request) -> str:
    wanted = ", ".join(condition.values)
    given = request.context.get(condition.key.lower())
    said = "which is absent" if given is None else f"which is {given if isinstance(given, str) else ', '.join(given)}"
    return f"{condition.operator} asks {condition.key} for {wanted}, {said}"
