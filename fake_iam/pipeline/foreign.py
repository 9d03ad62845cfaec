"""Requests to services that are not served here: refused in the caller's own protocol, so that its SDK prints why.

A request is another service's if its signature's scope or its X-Amz-Target header says so. The code and text are this
server's own: AWS has no endpoint that serves two services and refuses the rest.
"""

from __future__ import annotations

from typing import Final

from fake_iam.pipeline.call import Answered, Call
from fake_iam.protocol import sigv4
from fake_iam.protocol.error_forms import AMZ_JSON, CBOR, written
from fake_iam.protocol.wire import WireRequest

CODE: Final = "NotImplemented"
STATUS: Final = 501
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
    content_type = request.headers.get("content-type", "")
    headers, body = written(_form(call, service), CODE, text, call.request_id, content_type=content_type)
    named = [] if ("x-amzn-ErrorType", CODE) in headers else [("x-amzn-ErrorType", CODE)]
    return Answered(STATUS, [*headers, *named], body)


def _service(request: WireRequest) -> str | None:
    """The name of the other service, or None."""
    signed = sigv4.peek(request)
    service = signed.credential.service if signed is not None else ""
    if service not in SERVED:
        return service
    target = request.headers.get("x-amz-target", "")
    return target.partition(".")[0] or None


def _form(call: Call, service: str) -> str:
    """The protocol that the request speaks."""
    headers = call.request.headers
    if headers.get("smithy-protocol") == CBOR:
        return CBOR
    if "x-amz-target" in headers or headers.get("content-type", "").startswith(AMZ_JSON):
        return "json"
    if "Action" in call.parameters:
        return "ec2" if service == "ec2" else "query"
    if service in S3:
        return "s3"
    return "rest-xml" if service in REST_XML else "rest-json"
