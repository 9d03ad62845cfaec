"""The policy simulator: what policies decide about actions, of any service, and which keys they ask for.

Nothing is filled in from the caller or the simulated principal: keys count only if ContextEntries give them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import InvalidInput, MalformedPolicyDocument
from fake_iam.domain.policy import principals
from fake_iam.domain.policy.decisions import Policies, Policy
from fake_iam.domain.policy.document import check_identity_policy
from fake_iam.domain.policy.statements import document
from fake_iam.domain.policy.variables import Values
from fake_iam.services.access.organizations import control_policies
from fake_iam.services.context import Context
from fake_iam.services.iam.policies.policy_sources import boundary_of, find_source, sources_of, without
from fake_iam.services.iam.policies.simulation_results import Simulated, result
from fake_iam.services.iam.service import IAM

ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
PAGE: Final = 100
"""So many results are in an answer if MaxItems is left out (documented)."""
MANY: Final = PAGE
"""So many results are made while others wait; more take long."""
BOUNDARY_INPUT: Final = "PermissionsBoundaryPolicyInputList"
EVERYTHING: Final = "*"


@IAM.operation("SimulateCustomPolicy")
def simulate_custom_policy(
    ctx: Context,
    *,
    policy_input_list: Sequence[str],
    action_names: Sequence[str],
    permissions_boundary_policy_input_list: Sequence[str] = (),
    ordered_organization_policy_input_list: Sequence[Mapping[str, Sequence[str]]] = (),
    resource_arns: Sequence[str] = (),
    resource_policy: str | None = None,
    resource_owner: str | None = None,
    caller_arn: str | None = None,
    context_entries: Sequence[Mapping[str, Any]] = (),
    resource_handling_option: str | None = None,
    max_items: int | None = None,
    marker: str | None = None,
) -> dict[str, Any]:
    """Say what the given policies decide. ``resource_handling_option`` changes nothing (assumed)."""
    boundary = _given(ctx, BOUNDARY_INPUT, permissions_boundary_policy_input_list)
    organization = [
        _given(ctx, "ServiceControlPolicyInputList", level.get("ServiceControlPolicyInputList", ()))
        for level in ordered_organization_policy_input_list
    ]
    policies = Policies(_given(ctx, "PolicyInputList", policy_input_list), boundary or None)
    simulated = _simulated(
        ctx, policies, organization, resource_arns, resource_policy, resource_owner, caller_arn, context_entries
    )
    return _page(ctx, simulated, action_names, resource_arns, marker, max_items)


@IAM.operation("SimulatePrincipalPolicy")
def simulate_principal_policy(
    ctx: Context,
    *,
    policy_source_arn: str,
    action_names: Sequence[str],
    policy_input_list: Sequence[str] = (),
    permissions_boundary_policy_input_list: Sequence[str] = (),
    policy_exclusion_list: Sequence[Mapping[str, Any]] = (),
    resource_arns: Sequence[str] = (),
    resource_policy: str | None = None,
    resource_owner: str | None = None,
    caller_arn: str | None = None,
    context_entries: Sequence[Mapping[str, Any]] = (),
    resource_handling_option: str | None = None,
    max_items: int | None = None,
    marker: str | None = None,
) -> dict[str, Any]:
    """Say what the policies of a user (with its groups), group or role decide, and further ones that are given."""
    entity = find_source(ctx, policy_source_arn)
    given = _given(ctx, "PolicyInputList", policy_input_list)
    own = boundary_of(ctx, entity)
    boundary = None if own is None else without(own, policy_exclusion_list) or None
    instead = _given(ctx, BOUNDARY_INPUT, permissions_boundary_policy_input_list)
    policies = Policies([*without(sources_of(ctx, entity), policy_exclusion_list), *given], instead or boundary)
    caller = caller_arn or (None if ":group/" in policy_source_arn else policy_source_arn)
    organization = control_policies(ctx.store, ctx.account.id)
    simulated = _simulated(
        ctx, policies, organization, resource_arns, resource_policy, resource_owner, caller, context_entries
    )
    return _page(ctx, simulated, action_names, resource_arns, marker, max_items)


@IAM.operation("GetContextKeysForCustomPolicy")
def get_context_keys_for_custom_policy(ctx: Context, *, policy_input_list: Sequence[str]) -> dict[str, Any]:
    """List every condition key that the given policies ask for, each once, in order of appearance (assumed)."""
    return {"ContextKeyNames": _keys(_given(ctx, "PolicyInputList", policy_input_list))}


@IAM.operation("GetContextKeysForPrincipalPolicy")
def get_context_keys_for_principal_policy(
    ctx: Context, *, policy_source_arn: str, policy_input_list: Sequence[str] = ()
) -> dict[str, Any]:
    """List every condition key that the policies of a user, group or role ask for, and those of further ones."""
    entity = find_source(ctx, policy_source_arn)
    own = [source.policy for source in sources_of(ctx, entity)]
    return {"ContextKeyNames": _keys([*own, *_given(ctx, "PolicyInputList", policy_input_list)])}


def _given(ctx: Context, name: str, texts: Sequence[str]) -> list[Policy]:
    """Policies of a request, which are named by their place. Raises InvalidInput."""
    for text in texts:
        try:
            check_identity_policy(text, partition=ctx.partition, managed=False)
        except MalformedPolicyDocument as problem:
            raise InvalidInput(str(problem)) from None
    return [Policy(f"{name}.{number}", text) for number, text in enumerate(texts, 1)]


def _resource_policy(text: str | None) -> list[Policy]:
    """The resource policy of a request. Raises InvalidInput."""
    if text is None:
        return []
    try:
        document(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidInput("Syntax errors in policy.") from None
    return [Policy("ResourcePolicy", text)]


def _keys(policies: Iterable[Policy]) -> list[str]:
    found: dict[str, str] = {}
    for policy in policies:
        for key in document(policy.text).condition_keys():
            found.setdefault(key.lower(), key)
    return list(found.values())


def _simulated(
    ctx: Context,
    policies: Policies,
    organization: Sequence[Sequence[Policy]],
    resource_arns: Sequence[str],
    resource_policy: str | None,
    resource_owner: str | None,
    caller_arn: str | None,
    entries: Sequence[Mapping[str, Any]],
) -> Simulated:
    if resource_policy is not None and caller_arn is None:
        raise InvalidInput("CallerArn is required when ResourcePolicy is provided.")
    policies = policies._replace(resource=_resource_policy(resource_policy))
    context = dict(_entry(entry) for entry in entries)
    asked = _keys([*policies.identity, *(policies.boundary or ()), *policies.resource])
    return Simulated(
        _caller(ctx, caller_arn),
        policies,
        organization,
        None if resource_owner is None else _account(resource_owner),
        context,
        [key for key in asked if key.lower() not in context],
        len(resource_arns) > 1,
    )


def _caller(ctx: Context, arn: str | None) -> principals.Caller:
    """Who is simulated. Raises InvalidInput for a session, a service or a group."""
    if arn is None:
        return principals.user(arns.root(ctx.partition, ctx.account.id))
    parts = arns.identity_parts(arn)
    if parts is not None and parts.kind == "role":
        return principals.session(arn, role_arn=arn)
    if (parts is None and not arn.endswith(":root")) or (parts is not None and parts.kind == "group"):
        raise InvalidInput(f"Invalid ARN provided in the request: {arn}")
    return principals.user(arn)


def _account(arn: str) -> str:
    """The account of ResourceOwner. Raises InvalidInput."""
    if not arns.is_arn(arn):
        raise InvalidInput(f"Invalid ARN provided in the request: {arn}")
    return arn.split(":")[4]


def _entry(entry: Mapping[str, Any]) -> tuple[str, Values]:
    """A key of ContextEntries and its value; several values make it a key with many."""
    values = tuple(entry.get("ContextKeyValues", ()))
    several = str(entry.get("ContextKeyType", "")).endswith("List") or len(values) != 1
    return str(entry.get("ContextKeyName", "")).lower(), values if several else values[0]


def _page(
    ctx: Context,
    simulated: Simulated,
    action_names: Sequence[str],
    resource_arns: Sequence[str],
    marker: str | None,
    max_items: int | None,
) -> dict[str, Any]:
    for action in action_names:
        if ACTION.fullmatch(action) is None:
            raise InvalidInput(f"Invalid Action: {action}")
    pairs = [(action, resource) for action in action_names for resource in resource_arns or (EVERYTHING,)]
    page = ctx.page(
        list(enumerate(pairs)),
        scope=f"simulation {len(pairs)}",
        key=lambda pair: f"{pair[0]:06d}",
        marker=marker,
        max_items=max_items or PAGE,
    )
    return {
        "EvaluationResults": ctx.without_lock(
            lambda: [result(simulated, action, resource) for _, (action, resource) in page.items],
            long=len(page.items) > MANY,
        ),
        **page.fields(),
    }
