"""Whether a caller's policies allow a call, and what else the call takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from fake_iam.domain.policy.decisions import Decision, decide
from fake_iam.domain.policy.explanations import explained
from fake_iam.domain.policy.refusals import NO_IDENTITY_POLICY, Denial, refusal
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.policy.variables import Context, Values
from fake_iam.services.access.caller_policies import policies_of
from fake_iam.services.access.callers import caller_keys, principal_of
from fake_iam.services.access.request_keys import LateContext, parameter_keys
from fake_iam.services.access.resources import ALL, RULES, Asked, Target, passed_role
from fake_iam.services.context import Caller
from fake_iam.store.base import Store

TAGGING: Final[Mapping[str, str]] = {
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreatePolicy": "TagPolicy",
    "CreateRole": "TagRole",
    "CreateSAMLProvider": "TagSAMLProvider",
    "CreateUser": "TagUser",
    "CreateVirtualMFADevice": "TagMFADevice",
    "UploadServerCertificate": "TagServerCertificate",
}
"""What making something with tags takes besides (quoted by users for users, roles and policies)."""

STS: Final = frozenset(
    {
        "AssumeRoot",
        "DecodeAuthorizationMessage",
        "GetAccessKeyInfo",
        "GetDelegatedAccessToken",
        "GetFederationToken",
        "GetWebIdentityToken",
    }
)
"""Operations of STS that policies of the caller allow. Any caller may the others, or a role's trust policy decides."""


ACTIONS: Final[Mapping[str, str]] = {"resourcegroupstaggingapi": "tag"}
"""What policies call a service, where that is not its name. Its operations are allowed on all resources or none."""


class Attempt(NamedTuple):
    """A call that is to be decided on: the parameters are the scalars of the request, ``keys`` those of its wire.

    ``service`` is what policies call it.
    """

    service: str
    operation: str
    parameters: Mapping[str, str]
    keys: Mapping[str, Values]
    now: datetime


class _Check(NamedTuple):
    """One action that the call takes, on its resource, with its context."""

    action: str
    target: Target
    context: Context


def denial_of(store: Store, caller: Caller, attempt: Attempt) -> Denial | None:
    """What of a call the caller's policies do not allow; None if they allow it all."""
    policies = policies_of(store, caller)
    principal = principal_of(store, caller)
    is_root = caller.kind == "root"
    for action, target, context in _checks(store, caller, attempt):
        request = Request(principal, action, target.arn, context)
        decision = decide(request, policies, is_root=is_root)
        if not decision.is_allowed:
            why = tuple(explained(request, policies, decision))
            return Denial(action, target.arn, _text(caller, action, target, decision), why)
    return None


def refusal_without_policies(store: Store, caller: Caller, attempt: Attempt) -> str:
    """What AWS says if no policy of the caller allows the call."""
    action = f"{attempt.service}:{attempt.operation}"
    return _text(caller, action, target_of(store, caller, attempt), NO_IDENTITY_POLICY)


def _text(caller: Caller, action: str, target: Target, decision: Decision) -> str:
    """AWS's words. GetAccessKeyLastUsed says no more than of a key that is unknown (assumed)."""
    if action == "iam:GetAccessKeyLastUsed":
        return f"User: {caller.arn} is not authorized to perform {action} on resource: {target.shown}"
    return refusal(caller.arn, action, target.shown, decision)


def _checks(store: Store, caller: Caller, attempt: Attempt) -> Iterator[_Check]:
    name, parameters = attempt.operation, attempt.parameters
    target = target_of(store, caller, attempt)

    def keys() -> dict[str, Values]:
        return {
            **caller_keys(store, caller, attempt.now),
            **attempt.keys,
            **parameter_keys(name, parameters, target.row),
        }

    context = LateContext(keys)
    yield _Check(f"{attempt.service}:{name}", target, context)
    if name in TAGGING and "Tags.member.1.Key" in parameters:
        yield _Check(f"iam:{TAGGING[name]}", target, context)
    if name == "AddRoleToInstanceProfile":
        role = passed_role(Asked(store.account(caller.account_id), caller, parameters))
        passing = LateContext(lambda: {**context.all(), "iam:passedtoservice": "ec2.amazonaws.com"})
        yield _Check("iam:PassRole", role, passing)


def target_of(store: Store, caller: Caller, attempt: Attempt) -> Target:
    """What a call is authorized on."""
    asked = Asked(store.account(caller.account_id), caller, attempt.parameters)
    if attempt.service == "iam":
        return RULES[attempt.operation].find(asked)
    if attempt.operation == "GetFederationToken":
        arn = f"arn:{caller.partition}:sts::{caller.account_id}:federated-user/{asked.named('Name')}"
        return Target(arn, arn)
    return Target(ALL, "")
