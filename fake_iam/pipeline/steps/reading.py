"""The steps that read a request: its parameters, and the operation they name."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fake_iam.domain.errors import InvalidAction
from fake_iam.pipeline import forms
from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.protocol.plans import plan_for
from fake_iam.protocol.wire import BODY_LIMIT

DOCUMENTATION: Final = "https://aws.amazon.com/iam"
FORM: Final = "application/x-www-form-urlencoded"
SERVED_METHODS: Final = frozenset({"GET", "POST"})
KNOWN_METHODS: Final = SERVED_METHODS | {"HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}


def parse(runtime: Runtime, call: Call) -> None:
    """Read the parameters; what is no request to a service at all is answered here (facts, 2.1 steps 1 to 4)."""
    request = call.request
    if not forms.well_formed(request.path) or request.method not in KNOWN_METHODS:
        raise Answered(400)
    if len(request.body) > BODY_LIMIT:
        raise Answered(413)
    if request.path != "/":
        if "smithy-protocol" in request.headers and _is_rpc(runtime, call):
            return
        raise _foreign(call) or _elsewhere(call)
    parameters = forms.read_pairs(request.query)
    if request.method not in SERVED_METHODS:
        raise _foreign(call) or _elsewhere(call)
    if request.method == "POST" and _is_form(request.headers.get("content-type", "")):
        parameters = forms.read_pairs(request.body.decode("latin-1")) | parameters
    call.parameters = parameters
    if "Action" not in call.parameters:
        if "x-amz-target" in request.headers and _is_rpc(runtime, call):
            return
        query = f"?{request.query}" if request.method == "GET" and request.query else ""
        raise _foreign(call) or Answered(302, _identified(call, [("Location", DOCUMENTATION + query)]))


def resolve(runtime: Runtime, call: Call) -> None:
    """Find the operation by Version and Action. Raises InvalidAction, or NotImplemented for what we lack."""
    if call.rpc is not None:
        return call.rpc.resolve(call)
    action, version = call.parameters["Action"], call.parameters.get("Version")
    implemented = runtime.services.get(version or "")
    operation = implemented.operation(action) if implemented else None
    if implemented is None or (operation is None and action not in implemented.model.operations):
        raise _foreign(call) or InvalidAction.operation(action, "NO_VERSION_SPECIFIED" if version is None else version)
    call.service, call.operation = implemented.model, operation
    call.plan = plan_for(call.service, action)
    return None


@lru_cache(maxsize=256)
def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == FORM


def _is_rpc(runtime: Runtime, call: Call) -> bool:
    """Whether the request carries a document for a service that is served here; loaded with the first such."""
    from fake_iam.pipeline.rpc import read

    return read(runtime, call)


def _foreign(call: Call) -> Answered | None:
    """The refusal of a request to another service, or None; loaded with the first request that is none of IAM's."""
    from fake_iam.pipeline.foreign import refusal

    return refusal(call)


def _elsewhere(call: Call) -> Answered:
    return Answered(404, _identified(call, [("Content-Type", "text/xml")]), b"<UnknownOperationException/>\n")


def _identified(call: Call, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("x-amzn-RequestId", call.request_id), *headers]
