"""Whether a caller's policies allow a call, and what else the call takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.account.password_policy import PasswordPolicy
from fake_iam.domain.policy.decisions import IDENTITY, IMPLICIT_DENY, Decision
from fake_iam.domain.policy.refusals import NO_IDENTITY_POLICY, Denial, refusal
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.policy.variables import Context, Values
from fake_iam.services.access.caller_policies import Known
from fake_iam.services.access.callers import moment_keys
from fake_iam.services.access.organizations import resource_keys
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

PASSING: Final = "AddRoleToInstanceProfile"
TOKEN: Final = "GetWebIdentityToken"
PASS_ROLE: Final = "iam:PassRole"

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

OF_PASSWORDS: Final = frozenset({"ChangePassword", "GetAccountPasswordPolicy"})
"""What users may without a policy where the password policy lets them change their own passwords.

Source: the model, PasswordPolicy.AllowUsersToChangePassword: "the permissions are applied at the account-level". That a
permissions boundary takes nothing of it is assumed.
"""


class Attempt(NamedTuple):
    """A call that is to be decided on: the parameters are the scalars of the request, ``keys`` those of its wire.

    ``service`` is what policies call it.
    """

    service: str
    operation: str
    parameters: Mapping[str, str]
    keys: Callable[[], Mapping[str, Values]]
    now: datetime


class Check(NamedTuple):
    """One action that the call takes, on its resource, with its context."""

    action: str
    target: Target
    context: Context


def denial_of(store: Store, caller: Caller, known: Known, attempt: Attempt) -> Denial | None:
    """What of a call the caller's policies do not allow; None if they allow it all."""
    for action, target, context in checks(store, caller, known.keys, attempt):
        decision = known.judge.decide(action, target.arn, context)
        if not decision.is_allowed and not _is_given_anyway(store, caller, attempt, decision):
            text = partial(_text, caller.arn, action, target.shown, decision)
            request = Request(known.principal, action, target.arn, context)
            return Denial(caller.arn, request, known.judge.about(action), decision, text)
    return None


def _is_given_anyway(store: Store, caller: Caller, attempt: Attempt, decision: Decision) -> bool:
    """Whether IAM allows what no policy mentions: delegation requests and the password policy give such permissions."""
    if (decision.outcome, decision.kind) != (IMPLICIT_DENY, IDENTITY):
        return False
    if attempt.operation in OF_PASSWORDS:
        policy = store.account(caller.account_id).table(PasswordPolicy).get(caller.account_id)
        return caller.kind == "user" and policy is not None and policy.allow_users_to_change
    if "Delegation" not in attempt.operation and attempt.operation != "GetHumanReadableSummary":
        return False
    from fake_iam.services.access.delegation import is_granted_by_default  # few calls are about them

    return is_granted_by_default(store, caller, attempt.operation, attempt.parameters)


def refusal_without_policies(store: Store, caller: Caller, attempt: Attempt) -> str:
    """What AWS says if no policy of the caller allows the call."""
    action = f"{attempt.service}:{attempt.operation}"
    return _text(caller.arn, action, target_of(store, caller, attempt).shown, NO_IDENTITY_POLICY)


def _text(caller_arn: str, action: str, shown: str, decision: Decision) -> str:
    """AWS's words. GetAccessKeyLastUsed says no more than of a key that is unknown (assumed)."""
    if action == "iam:GetAccessKeyLastUsed":
        return f"User: {caller_arn} is not authorized to perform {action} on resource: {shown}"
    return refusal(caller_arn, action, shown, decision)


def checks(store: Store, caller: Caller, keys: Mapping[str, Values], attempt: Attempt) -> Iterator[Check]:
    """Every action that a call takes, on what, and with which context."""
    name, parameters = attempt.operation, attempt.parameters
    target = target_of(store, caller, attempt)
    context = LateContext(
        keys,
        attempt.keys,
        lambda: moment_keys(caller, attempt.now),
        lambda: parameter_keys(name, parameters, target.row),
        lambda: resource_keys(store, target.arn, caller.account_id),
    )
    for action in actions_of(attempt.service, name, parameters):
        if action == PASS_ROLE:
            role = passed_role(Asked(store.account(caller.account_id), caller, parameters))
            yield Check(action, role, LateContext({"iam:passedtoservice": "ec2.amazonaws.com"}, context.all))
        else:
            yield Check(action, target, context)


def takes_more(operation: str) -> bool:
    """Whether some calls of an operation of IAM take another action besides."""
    return operation in TAGGING or operation == PASSING


def actions_of(service: str, operation: str, parameters: Mapping[str, str]) -> list[str]:
    """Every action that a call takes, in the order in which AWS asks (assumed for what comes after the first)."""
    actions = [f"{service}:{operation}"]
    if "Tags.member.1.Key" in parameters:
        if operation in TAGGING:
            actions.append(f"iam:{TAGGING[operation]}")
        elif operation == TOKEN:
            actions.append(f"sts:Tag{TOKEN}")
    if operation == PASSING:
        actions.append(PASS_ROLE)
    return actions


def target_of(store: Store, caller: Caller, attempt: Attempt) -> Target:
    """What a call is authorized on."""
    asked = Asked(store.account(caller.account_id), caller, attempt.parameters)
    if attempt.service == "iam":
        return RULES[attempt.operation].find(asked)
    if attempt.operation == "GetFederationToken":
        arn = f"arn:{caller.partition}:sts::{caller.account_id}:federated-user/{asked.named('Name')}"
        return Target(arn, arn)
    if attempt.operation == "AssumeRoot":
        account_id = asked.named("TargetPrincipal").removesuffix(":root").rpartition(":")[2]
        arn = arns.root(caller.partition, account_id)
        return Target(arn, arn)
    return Target(ALL, "")
