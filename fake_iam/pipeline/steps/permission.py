"""A call as the policies of its caller see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policy.refusals import Denial
from fake_iam.domain.policy.variables import Values
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.services.access.caller_policies import Place
from fake_iam.services.access.permission import (
    ACTIONS,
    OF_PASSWORDS,
    STS,
    Attempt,
    actions_of,
    denial_of,
    refusal_without_policies,
    takes_more,
)
from fake_iam.services.access.resources import ON_USERS


def denial_of_call(runtime: Runtime, call: Call) -> Denial | None:
    """What of the call the caller's policies do not allow."""
    assert call.service is not None and call.plan is not None and call.caller is not None
    service, name, callers = call.service.name, call.plan.name, runtime.known_callers
    if service == "sts" and name not in STS:
        return None
    account = runtime.sight.deciding(service, runtime.store.account(call.caller.account_id), call.now)
    known = callers.kept(account, call.caller)
    place = None
    if known is not None:
        if name in known.always and service == "iam":
            return None
        action, *others = actions_of(_prefix(service), name, call.parameters)
        standing = known.standing(action)
        if standing.always and all(known.standing(other).always for other in others):
            if service == "iam" and not takes_more(name):
                known.always.add(name)
            return None
        if not others:
            place = _place(action, standing.keys, call)
            if place is not None and known.was_allowed(place, _named_user(runtime, call)):
                return None
    with runtime.store.unchanged():
        now = callers.find(runtime.store, account, call.caller)
        denial = denial_of(runtime.store, call.caller, now, _attempt(call))
        if denial is None and place is not None and now is known:
            known.remember(place, _named_user(runtime, call))
        return denial


def _place(action: str, keys: Sequence[str], call: Call) -> Place | None:
    """What a call is remembered by; None if its decision depends on more than a user and what the request's wire says.

    So what IAM gives without a policy is never remembered, be it by a delegation request or by the password policy.
    """
    assert call.plan is not None
    if call.plan.name not in ON_USERS or call.plan.name in OF_PASSWORDS:
        return None
    try:
        return action, call.parameters.get("UserName"), tuple([WIRE_KEYS[key](call) for key in keys])
    except KeyError:
        return None


def _named_user(runtime: Runtime, call: Call) -> User | None:
    """The row of the user that a call names; without a name it is about the caller, who is known anew itself."""
    assert call.caller is not None
    name = call.parameters.get("UserName")
    return None if name is None else runtime.store.account(call.caller.account_id).users.find("name", name_key(name))


def refusal_of(runtime: Runtime, call: Call) -> str:
    """What AWS says to the call if no policy of its caller allows it."""
    assert call.caller is not None
    with runtime.store.unchanged():
        return refusal_without_policies(runtime.store, call.caller, _attempt(call))


def _attempt(call: Call) -> Attempt:
    assert call.service is not None and call.plan is not None
    return Attempt(_prefix(call.service.name), call.plan.name, call.parameters, lambda: wire_keys(call), call.now)


def _prefix(service: str) -> str:
    """What policies call a service."""
    return ACTIONS.get(service, service)


def wire_keys(call: Call) -> dict[str, Values]:
    """The keys that follow from the request itself."""
    return {key: value for key, read in WIRE_KEYS.items() if (value := read(call)) is not None}


WIRE_KEYS: Final[Mapping[str, Callable[[Call], Values | None]]] = {
    "aws:securetransport": lambda call: "true",  # clients reach AWS by TLS, so here it counts as if they did
    "aws:sourceip": lambda call: call.request.remote or None,
    "aws:requestedregion": lambda call: None if call.signed is None else call.signed.credential.region,
    "aws:useragent": lambda call: call.request.headers.get("user-agent"),
    "aws:referer": lambda call: call.request.headers.get("referer"),
}
