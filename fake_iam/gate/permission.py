"""Whether the caller's policies allow a call to another service. Policies of resources are there, and not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from fake_iam.domain.policy.refusals import Denial, refusal
from fake_iam.domain.policy.statements import Request
from fake_iam.domain.policy.variables import Values
from fake_iam.gate.actions import Needed, needed
from fake_iam.gate.recognition import S3, Asked
from fake_iam.gate.refusals import shown_action, shown_resource
from fake_iam.gate.resources import EVERYTHING, Place, resources_of
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.pipeline.steps.permission import wire_keys
from fake_iam.protocol.wire import WireRequest
from fake_iam.services.access.callers import moment_keys
from fake_iam.services.access.organizations import resource_keys
from fake_iam.services.access.request_keys import LateContext
from fake_iam.services.context import Caller

S3_KEYS: Final = ("prefix", "delimiter", "max-keys", "versionId")


class Wanted(NamedTuple):
    """What a call is about: each action with its resources, and the members that name these."""

    checks: Sequence[tuple[str, str]]
    named_by: Mapping[str, Any]


def wanted(asked: Asked, request: WireRequest, caller: Caller, region: str) -> Wanted:
    """What a call wants to do, to what."""
    place = Place(caller.partition, region, caller.account_id)
    checks: list[tuple[str, str]] = []
    named_by: dict[str, Any] = {}
    for need in needed(asked, request):
        found = resources_of(need, place)
        named_by = {**found.named_by, **named_by}
        checks += [(need.action, _on(need, arn, place)) for arn in found.arns]
    return Wanted(list(dict.fromkeys(checks)), named_by)


def denial_of(runtime: Runtime, call: Call, asked: Asked, wants: Wanted) -> Denial | None:
    """What of a call the caller's policies do not allow."""
    assert call.caller is not None
    account = runtime.sight.deciding("iam", runtime.store.account(call.caller.account_id), call.now)
    kept = runtime.known_callers.kept(account, call.caller)
    if kept is not None and all(kept.standing(action).always for action, _ in wants.checks):
        return None
    with runtime.store.unchanged():
        known = runtime.known_callers.find(runtime.store, account, call.caller)
        caller, now = call.caller, call.now
        for action, resource in wants.checks:
            context = LateContext(
                known.keys,
                lambda: moment_keys(caller, now),
                lambda: wire_keys(call),
                lambda: _own_keys(asked, call),
                partial(resource_keys, runtime.store, resource, caller.account_id),
            )
            decision = known.judge.decide(action, resource, context)
            if not decision.is_allowed:
                shown = shown_resource(action.partition(":")[0], resource)
                text = partial(refusal, caller.arn, shown_action(action), shown, decision)
                request = Request(known.principal, action, resource, context)
                return Denial(caller.arn, request, known.judge.about(action), decision, text)
    return None


def _on(need: Needed, arn: str, place: Place) -> str:
    """DynamoDB asks about all tables where other services ask about everything (as its refusals say)."""
    if arn == EVERYTHING and need.prefix == "dynamodb":
        return f"arn:{place.partition}:dynamodb:{place.region}:{place.account_id}:table/*"
    return arn


def _own_keys(asked: Asked, call: Call) -> dict[str, Values]:
    """The condition keys of services that follow from the request: those of S3 that are in the query and in headers."""
    return dict(_s3_keys(asked, call)) if asked.form == S3 else {}


def _s3_keys(asked: Asked, call: Call) -> Iterator[tuple[str, Values]]:
    for name in S3_KEYS:
        if name in asked.query:
            yield f"s3:{name.lower()}", asked.query[name]
    headers = call.request.headers
    for name in ("x-amz-acl", "x-amz-copy-source", "x-amz-server-side-encryption", "x-amz-storage-class"):
        if name in headers:
            yield f"s3:{name}", headers[name]
    yield "s3:signatureversion", "AWS4-HMAC-SHA256" if call.signed and call.signed.credential.scope else "AWS"
    yield "s3:authtype", "REST-HEADER" if "authorization" in headers else "REST-QUERY-STRING"
