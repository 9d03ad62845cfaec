"""Requests that carry a document: AWS JSON protocol 1.1, whose operation is in X-Amz-Target, and Smithy RPC v2 CBOR.

A service's model lists both; a document in CBOR is read, kept and written as the JSON that it stands for. Their errors
have other codes than those of the Query protocol, and all of the caller's faults the status 400. Codes and texts are
those that dynalite has for DynamoDB; UnrecognizedClientException was quoted for the Resource Groups Tagging API, too
(cloud-custodian/cloud-custodian#7610).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from fake_iam.domain.errors import ServiceError
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.runtime import Runtime
from fake_iam.protocol import cbor
from fake_iam.protocol.documents import DOCUMENT, body
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.pieces import Body
from fake_iam.protocol.plans import plan_for
from fake_iam.protocol.wire import WireRequest, WireResponse

JSON: Final = "application/x-amz-json-1.1"
CBOR: Final = "rpc-v2-cbor"
CBOR_PATH: Final = re.compile(r"/service/([^/]+)/operation/([^/]+)")
CODES: Final[Mapping[str, str]] = {
    "AccessDenied": "AccessDeniedException",
    "ExpiredToken": "ExpiredTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "Throttling": "ThrottlingException",
    "ValidationError": "ValidationException",
}
"""What an error of the Query protocol is called in this one."""


class DocumentRpc:
    """A call's service and the name of its operation, as the request has them; and how it is answered."""

    def __init__(self, implemented: Implemented, operation: str, *, as_cbor: bool) -> None:
        self._implemented = implemented
        self._operation = operation
        self._as_cbor = as_cbor

    def resolve(self, call: Call) -> None:
        """Find the operation. Raises Refusal UnknownOperationException, which has no text."""
        model = self._implemented.model
        call.service = model
        if self._operation not in model.operations:
            raise Refusal("UnknownOperationException", status=400)
        call.operation, call.plan = self._implemented.operation(self._operation), plan_for(model, self._operation)

    def result(self, call: Call) -> WireResponse:
        """The answer of a call that succeeded."""
        assert call.plan is not None
        return self._answer(call, 200, call.plan.serialize(call.result, call.request_id))

    def error(self, call: Call, error: ServiceError | Refusal, status: int) -> WireResponse:
        """The answer of a call that failed; ``status`` is that of the error in the Query protocol.

        A modelled error has its text in the member ``Message``, as recorded, others in ``message``.
        """
        modelled = error.code in self._implemented.model.error_status
        code = CODES.get(error.code, error.code)
        document = {"__type": code, "Message" if modelled else "message": error.message}
        return self._answer(call, status if status >= 500 else 400, body(document))

    def _answer(self, call: Call, status: int, document: Body) -> WireResponse:
        headers = [("x-amzn-RequestId", call.request_id)]
        if not self._as_cbor:
            return WireResponse(status, [*headers, ("Content-Type", JSON)], document)
        headers += [("smithy-protocol", CBOR), ("Content-Type", "application/cbor")]
        return WireResponse(status, headers, cbor.encode(json.loads(bytes(document))))


def read(runtime: Runtime, call: Call) -> bool:
    """Whether the request is one of a service that is served here; if so, its operation and document are read."""
    request = call.request
    as_cbor = request.headers.get("smithy-protocol") == CBOR
    named = _named_in_path(request) if as_cbor else _named_in_target(request)
    if named is None or request.method != "POST":
        return False
    service, operation = named
    implemented = next((each for each in runtime.targets if each.model.target == service), None)
    if implemented is None:
        return False
    call.rpc = DocumentRpc(implemented, operation, as_cbor=as_cbor)
    document = _from_cbor(request.body) if as_cbor else request.body.decode("utf-8", "replace")
    call.parameters = {"Action": operation, DOCUMENT: document}
    return True


def _named_in_target(request: WireRequest) -> tuple[str, str] | None:
    service, dot, operation = request.headers.get("x-amz-target", "").partition(".")
    return (service, operation) if dot and request.path == "/" else None


def _named_in_path(request: WireRequest) -> tuple[str, str] | None:
    parts = CBOR_PATH.fullmatch(request.path)
    return None if parts is None else (parts[1], parts[2])


def _from_cbor(data: bytes) -> str:
    """A document as JSON; what is none becomes a text that is no JSON either."""
    try:
        return json.dumps(cbor.decode(data)) if data else ""
    except ValueError:
        return repr(data)
