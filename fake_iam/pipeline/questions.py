"""Questions that a test asks about policies: why somebody may or may not, and what somebody needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policy.decisions import Match, decide
from fake_iam.domain.policy.document import VERSION
from fake_iam.domain.policy.explanations import MOST, Near, explained, near_misses
from fake_iam.domain.policy.refusals import refusal
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.policy.variables import Values
from fake_iam.domain.sts.sessions import RoleSession, Session
from fake_iam.pipeline.runtime import Runtime
from fake_iam.pipeline.sight import stored_credentials
from fake_iam.pipeline.steps.authentication import owner_of
from fake_iam.services.access.caller_policies import policies_of
from fake_iam.services.access.callers import caller_keys, principal_of
from fake_iam.services.access.permission import STS, Attempt, checks
from fake_iam.services.context import Caller
from fake_iam.store.base import Store

ASSUMED: Final = "why"
"""The name of the session by which a role is asked about."""
EVERYTHING: Final = "*"


class UnknownCaller(LookupError):
    """Nobody goes by that name, ARN or key id."""


class Answer(NamedTuple):
    """What policies decide about an action, in AWS's words if they refuse it, and why."""

    decision: str
    text: str | None
    why: tuple[str, ...]
    encoded_message: str
    """The decision as text for DecodeAuthorizationMessage."""


class Judged(NamedTuple):
    """The answer, with the statements that decided, or else those that came near and what kept them."""

    answer: Answer
    decided: Sequence[Match]
    near: Sequence[Near]


def why(
    runtime: Runtime, who: str, action: str, resource: str | None, context: Mapping[str, Values], now: datetime
) -> Answer:
    """What the policies of a caller decide about an action, of any service. See ``judge``."""
    return judge(runtime, who, action, resource, context, now).answer


def judge(
    runtime: Runtime, who: str, action: str, resource: str | None, context: Mapping[str, Values], now: datetime
) -> Judged:
    """What the policies of a caller decide about an action, of any service.

    Args:
        runtime: the server.
        who: a user's name, the ARN of a user, a role or root, or an access key id.
        action: such as ``iam:GetUser``.
        resource: an ARN; ``*`` if it is left out.
        context: condition keys, which win over those that follow from the caller.
        now: the time.

    Raises:
        UnknownCaller: nobody goes by that name.
    """
    with runtime.store.unchanged():
        caller = find_caller(runtime, who)
        keys = {**caller_keys(runtime.store, caller, now), **{key.lower(): value for key, value in context.items()}}
        request = Request(principal_of(runtime.store, caller), action, resource or EVERYTHING, keys)
        policies = policies_of(runtime.store, runtime.store.account(caller.account_id), caller)
        decision = decide(request, policies, is_root=caller.kind == "root")
        text = None if decision.is_allowed else refusal(caller.arn, action, resource or EVERYTHING, decision)
        encoded = runtime.encoded_message(caller.arn, request, decision)
        answer = Answer(decision.outcome, text, tuple(explained(request, policies, decision)), encoded)
        near = () if decision.matches else tuple(islice(near_misses(request, policies, decision.kind), MOST))
        return Judged(answer, decision.matches, near)


class Made(NamedTuple):
    """A call that somebody made: service, operation and parameters as the model has them; what it needs, if it says."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    needs: Sequence[tuple[str, str]] = ()


def needs(runtime: Runtime, who: str, call: Made, now: datetime) -> list[tuple[str, str]]:
    """The actions that a call needs, each with the resource that it is about.

    Raises:
        UnknownCaller: nobody goes by that name.
    """
    with runtime.store.unchanged():
        return _needs(runtime.store, find_caller(runtime, who), call, now)


def least_privilege(runtime: Runtime, who: str, calls: Iterable[Made], now: datetime) -> str:
    """The smallest policy that allows a caller's calls, each on the resource that it was about.

    Raises:
        UnknownCaller: nobody goes by that name.
    """
    needed: dict[str, set[str]] = {}
    with runtime.store.unchanged():
        caller = find_caller(runtime, who)
        for call in calls:
            for action, resource in call.needs or _needs(runtime.store, caller, call, now):
                needed.setdefault(resource, set()).add(action)
    by_actions: dict[tuple[str, ...], list[str]] = {}
    for resource, actions in needed.items():
        by_actions.setdefault(tuple(sorted(actions)), []).append(resource)
    statements = [
        {"Effect": "Allow", "Action": list(actions), "Resource": sorted(resources)}
        for actions, resources in sorted(by_actions.items())
    ]
    return json.dumps({"Version": VERSION, "Statement": statements}, indent=2)


def _needs(store: Store, caller: Caller, call: Made, now: datetime) -> list[tuple[str, str]]:
    if call.service == "sts" and call.operation.startswith("AssumeRole"):
        return [(f"sts:{call.operation}", str(call.parameters.get("RoleArn", EVERYTHING)))]
    if call.service == "sts" and call.operation not in STS:
        return []
    scalars = {name: str(value) for name, value in call.parameters.items() if isinstance(value, str | int)}
    if call.parameters.get("Tags"):
        scalars["Tags.member.1.Key"] = ""
    attempt = Attempt(call.service, call.operation, scalars, dict, now)
    return [(check.action, check.target.arn) for check in checks(store, caller, {}, attempt)]


def find_caller(runtime: Runtime, who: str) -> Caller:
    """Who is meant: in the account that answers, or in the one of an ARN or key id. Raises UnknownCaller."""
    store, partition = runtime.store, runtime.settings.partition
    credentials = stored_credentials(store, who)
    if credentials is not None:
        found = owner_of(runtime, credentials, partition)
    elif who.startswith("arn:"):
        found = _by_arn(store, who)
    else:
        user = store.account(runtime.account_id).users.find("name", name_key(who))
        found = None if user is None else Caller.user(user, "", partition=partition)
    if found is None:
        raise UnknownCaller(f"{who!r} is no user, role, root user or key here")
    return found


def _by_arn(store: Store, arn: str) -> Caller | None:
    partition, account_id = arns.partition_of(arn), arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account_id not in {account.id for account in store.accounts()}:
        return None
    account = store.account(account_id)
    if arn == arns.root(partition, account_id):
        return Caller.root(account_id, partition=partition)
    parts = arns.identity_parts(arn)
    if parts is None or parts.kind == "group":
        return None
    if parts.kind == "user":
        user = account.table(User).find("name", name_key(parts.name))
        return Caller.user(user, "", partition=partition) if user is not None and user.arn == arn else None
    role = account.table(Role).find("name", name_key(parts.name))
    if role is None or role.arn != arn:
        return None
    at = role.created_at
    session = Session("", account_id, role.id, "", "", issued_at=at, expires_at=at, role=RoleSession(ASSUMED))
    return Caller.role_session(role, session, partition=partition)
