"""Requests that name their operation in X-Amz-Target and carry a JSON document (AWS JSON protocol 1.1).

Their errors have other codes than those of the Query protocol, and all of the caller's faults the status 400. Codes and
texts are those that dynalite has for DynamoDB; UnrecognizedClientException was quoted for the Resource Groups Tagging
API, too (cloud-custodian/cloud-custodian#7610).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.domain.errors import ServiceError
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.implemented import Implemented
from fake_iam.pipeline.runtime import Runtime
from fake_iam.protocol.documents import DOCUMENT, body
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.plans import plan_for
from fake_iam.protocol.wire import WireResponse

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
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


class JsonRpc:
    """A call's service and the name of its operation, as the request has them; and how it is answered."""

    def __init__(self, implemented: Implemented, operation: str) -> None:
        self._implemented = implemented
        self._operation = operation

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
        return _answer(call, 200, call.plan.serialize(call.result, call.request_id))

    def error(self, call: Call, error: ServiceError | Refusal, status: int) -> WireResponse:
        """The answer of a call that failed; ``status`` is that of the error in the Query protocol.

        A modelled error has its text in the member ``Message``, as recorded, others in ``message``.
        """
        modelled = error.code in self._implemented.model.error_status
        code = CODES.get(error.code, error.code)
        document = {"__type": code, "Message" if modelled else "message": error.message}
        return _answer(call, status if status >= 500 else 400, body(document))


def read(runtime: Runtime, call: Call) -> bool:
    """Whether the request is one of a service that is served here; if so, its operation and document are read."""
    request = call.request
    prefix, dot, operation = request.headers.get("x-amz-target", "").partition(".")
    served = (each for each in runtime.targets if each.model.target == prefix)
    implemented = next(served, None) if dot and request.method == "POST" and request.path == "/" else None
    if implemented is None:
        return False
    call.rpc = JsonRpc(implemented, operation)
    call.parameters = {"Action": operation, DOCUMENT: request.body.decode("utf-8", "replace")}
    return True


def _answer(call: Call, status: int, document: bytes) -> WireResponse:
    headers = [("x-amzn-RequestId", call.request_id), ("Content-Type", CONTENT_TYPE)]
    return WireResponse(status, headers, document)
