"""Results of the policy simulator: what is decided about one action on one resource, and by which statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import (
    ALLOWED,
    BOUNDARY,
    EXPLICIT_DENY,
    IMPLICIT_DENY,
    Decision,
    Match,
    Policies,
    Policy,
    decide,
)
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.policy.variables import Values

IAM_POLICY: Final = "IAM Policy"
BOUNDARY_POLICY: Final = "Permissions Boundary Policy"
ASSUMING: Final = "sts:assume"
"""What the resource policy of a simulation says of these actions does not count (observed by users)."""


class Simulated(NamedTuple):
    """What is the same for all actions and resources of a simulation."""

    caller: principals.Caller
    policies: Policies
    organization: Sequence[Sequence[Policy]]
    owner: str | None
    context: Mapping[str, Values]
    missing: Sequence[str]
    several: bool


class _Outcome(NamedTuple):
    """What is decided about one action on one resource, by which statements of which type, and by whom."""

    action: str
    resource: str
    decision: str
    statements: Sequence[tuple[str, Match]]
    by_organization: str | None
    by_boundary: bool | None
    by_side: Mapping[str, str]
    missing: Sequence[str]


def _outcome(simulated: Simulated, action: str, resource: str) -> _Outcome:
    policies = simulated.policies
    if action.lower().startswith(ASSUMING):
        policies = policies._replace(resource=())
    request = Request(simulated.caller, action, resource, simulated.context)
    owner = simulated.owner or _owner(resource)
    by_organization = _organization_decision(request, simulated.organization)
    decision = decide(request, policies, owner=owner if policies.resource else None)
    if decision.outcome != EXPLICIT_DENY and by_organization not in (None, ALLOWED):
        decision = Decision(by_organization or IMPLICIT_DENY, None, ())
    by_boundary = None if policies.boundary is None else decide(request, Policies(policies.boundary)).is_allowed
    statements = _statements(request, policies, decision)
    sides = _sides(request, policies, owner)
    return _Outcome(
        action, resource, decision.outcome, statements, by_organization, by_boundary, sides, simulated.missing
    )


def _statements(request: Request, policies: Policies, decision: Decision) -> list[tuple[str, Match]]:
    """Those that decided. If a boundary denies, the statements of the other policies that decided are listed, too.

    So it was recorded by cloud-custodian in 2021; what a boundary allows was not listed.
    """
    boundary = policies.boundary or ()
    others = [match for match in decision.matches if match.policy not in boundary]
    if decision.kind != BOUNDARY or decision.outcome != EXPLICIT_DENY:
        return [(IAM_POLICY, match) for match in others]
    unbounded = decide(request, policies._replace(boundary=None))
    return [(IAM_POLICY, match) for match in unbounded.matches] + [
        (BOUNDARY_POLICY, match) for match in decision.matches
    ]


def result(simulated: Simulated, action: str, resource: str) -> dict[str, Any]:
    """A member of EvaluationResults."""
    outcome = _outcome(simulated, action, resource)
    return {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": outcome.decision,
        "MatchedStatements": [_statement(kind, match) for kind, match in outcome.statements],
        "MissingContextValues": list(outcome.missing),
        **_organization_detail(outcome),
        **_boundary_detail(outcome),
        **_side_details(outcome),
        **({"ResourceSpecificResults": [_specific(outcome)]} if simulated.several else {}),
    }


def _specific(outcome: _Outcome) -> dict[str, Any]:
    """The result of one resource among several."""
    return {
        "EvalResourceName": outcome.resource,
        "EvalResourceDecision": outcome.decision,
        "MatchedStatements": [_statement(kind, match) for kind, match in outcome.statements],
        "MissingContextValues": list(outcome.missing),
        **_boundary_detail(outcome),
        **_side_details(outcome),
    }


def _organization_detail(outcome: _Outcome) -> dict[str, Any]:
    if outcome.by_organization is None:
        return {}
    return {"OrganizationsDecisionDetail": {"AllowedByOrganizations": outcome.by_organization == ALLOWED}}


def _boundary_detail(outcome: _Outcome) -> dict[str, Any]:
    if outcome.by_boundary is None:
        return {}
    return {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": outcome.by_boundary}}


def _side_details(outcome: _Outcome) -> dict[str, Any]:
    return {"EvalDecisionDetails": dict(outcome.by_side)} if outcome.by_side else {}


def _owner(resource: str) -> str | None:
    """The account in an ARN, if it says one."""
    return (resource.split(":")[4] or None) if resource.count(":") >= 5 else None


def _organization_decision(request: Request, levels: Sequence[Sequence[Policy]]) -> str | None:
    """What service control policies decide on their own, as they do about a root user. None if there are none."""
    return decide(request, Policies(organization=levels), is_root=True).outcome if levels else None


def _sides(request: Request, policies: Policies, owner: str | None) -> dict[str, str]:
    """Across accounts, what the caller's policies and the resource's decide on their own."""
    if not policies.resource or owner is None or owner == request.caller.account:
        return {}
    alone = Policies(resource=policies.resource)
    return {
        IAM_POLICY: decide(request, Policies(policies.identity)).outcome,
        "Resource Policy": decide(request, alone, needs_trust=True).outcome,
    }


def _statement(kind: str, match: Match) -> dict[str, Any]:
    _, end, after = match.statement.span
    return {
        "SourcePolicyId": match.policy.name,
        "SourcePolicyType": kind,
        "StartPosition": {"Line": after.line, "Column": after.column},
        "EndPosition": {"Line": end.line, "Column": end.column},
    }
