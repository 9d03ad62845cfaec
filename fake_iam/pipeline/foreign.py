"""Requests to services that are not served here: refused in the caller's own protocol, so that its SDK prints why.

A request is another service's if its signature's scope or its X-Amz-Target header says so. The code and text are this
server's own: AWS has no endpoint that serves two services and refuses the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from fake_iam.pipeline.call import Answered, Call
from fake_iam.protocol import sigv4
from fake_iam.protocol.cbor import encode
from fake_iam.protocol.wire import WireRequest
from fake_iam.protocol.xml import escape

CODE: Final = "NotImplemented"
STATUS: Final = 501
JSON: Final = "application/x-amz-json-"
CBOR: Final = "rpc-v2-cbor"
SERVED: Final = frozenset({"iam", "sts", ""})
# By the name in the signature's scope: what speaks REST and XML (botocore's service models). S3 has a form of its own.
S3: Final = frozenset({"s3", "s3express", "s3-outposts", "s3-object-lambda"})
REST_XML: Final = frozenset({"cloudfront", "route53"})


def refusal(call: Call) -> Answered | None:
    """The answer to a request that is another service's, or None if nothing says that it is."""
    request = call.request
    service = _service(request)
    if service is None:
        return None
    text = f"fake_iam serves IAM, STS and the Tagging API only; this request is for {service}."
    kind, body = _written(request, call, service, text)
    headers = [("x-amzn-RequestId", call.request_id), ("x-amzn-ErrorType", CODE), ("Content-Type", kind)]
    if kind == "application/cbor":
        headers.append(("smithy-protocol", CBOR))
    return Answered(STATUS, headers, body)


def _service(request: WireRequest) -> str | None:
    """The name of the other service, or None."""
    signed = sigv4.peek(request)
    service = signed.credential.service if signed is not None else ""
    if service not in SERVED:
        return service
    target = request.headers.get("x-amz-target", "")
    return target.partition(".")[0] or None


def _written(request: WireRequest, call: Call, service: str, text: str) -> tuple[str, bytes]:
    """Content type and body in the protocol that the request speaks."""
    kind = request.headers.get("content-type", "")
    if request.headers.get("smithy-protocol") == CBOR:
        return "application/cbor", encode({"__type": CODE, "message": text})
    if "x-amz-target" in request.headers or kind.startswith(JSON):
        return kind if kind.startswith(JSON) else f"{JSON}1.0", _json({"__type": CODE, "message": text})
    error = f"<Code>{CODE}</Code><Message>{escape(text)}</Message>"
    if "Action" in call.parameters:
        if service == "ec2":
            errors = f"<Errors><Error>{error}</Error></Errors><RequestID>{call.request_id}</RequestID>"
            return "text/xml", f"<Response>{errors}</Response>\n".encode()
        return "text/xml", _error_response(error, call.request_id)
    if service in S3:
        return "application/xml", f"<Error>{error}<RequestId>{call.request_id}</RequestId></Error>\n".encode()
    if service in REST_XML:
        return "text/xml", _error_response(error, call.request_id)
    return "application/json", _json({"message": text})


def _error_response(error: str, request_id: str) -> bytes:
    typed = f"<Error><Type>Sender</Type>{error}</Error>"
    return f"<ErrorResponse>{typed}<RequestId>{request_id}</RequestId></ErrorResponse>\n".encode()


def _json(document: Mapping[str, str]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
