"""A call as the policies of its caller see it."""

from __future__ import annotations

from fake_iam.domain.policy.refusals import Denial
from fake_iam.domain.policy.variables import Values
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.services.access.permission import (
    ACTIONS,
    STS,
    Attempt,
    actions_of,
    denial_of,
    refusal_without_policies,
)


def denial_of_call(runtime: Runtime, call: Call) -> Denial | None:
    """What of the call the caller's policies do not allow."""
    assert call.service is not None and call.plan is not None and call.caller is not None
    name, callers = call.plan.name, runtime.known_callers
    if call.service.name == "sts" and name not in STS:
        return None
    known = callers.kept(runtime.store, call.caller)
    if known is not None:
        actions = actions_of(_prefix(call.service.name), name, call.parameters)
        if all(map(known.always_allows, actions)):
            return None
    with runtime.store.unchanged():
        known = callers.find(runtime.store, call.caller)
        return denial_of(runtime.store, call.caller, known, _attempt(call))


def refusal_of(runtime: Runtime, call: Call) -> str:
    """What AWS says to the call if no policy of its caller allows it."""
    assert call.caller is not None
    with runtime.store.unchanged():
        return refusal_without_policies(runtime.store, call.caller, _attempt(call))


def _attempt(call: Call) -> Attempt:
    assert call.service is not None and call.plan is not None
    return Attempt(_prefix(call.service.name), call.plan.name, call.parameters, lambda: _wire_keys(call), call.now)


def _prefix(service: str) -> str:
    """What policies call a service."""
    return ACTIONS.get(service, service)


def _wire_keys(call: Call) -> dict[str, Values]:
    """The keys that follow from the request itself. Clients reach AWS by TLS, so here it counts as if they did."""
    headers = call.request.headers
    keys: dict[str, Values] = {"aws:securetransport": "true"}
    if call.request.remote:
        keys["aws:sourceip"] = call.request.remote
    if call.signed is not None:
        keys["aws:requestedregion"] = call.signed.credential.region
    for key, header in (("aws:useragent", "user-agent"), ("aws:referer", "referer")):
        if header in headers:
            keys[key] = headers[header]
    return keys
