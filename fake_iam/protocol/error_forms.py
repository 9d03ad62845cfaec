"""Errors in the forms of the protocols that other services speak."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from fake_iam.protocol.cbor import encode
from fake_iam.protocol.xml import escape

CBOR: Final = "rpc-v2-cbor"
AMZ_JSON: Final = "application/x-amz-json-"
NOTHING: Final[Mapping[str, str]] = {}


def written(
    form: str, code: str, text: str, request_id: str, *, content_type: str = "", details: Mapping[str, str] = NOTHING
) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body of an error.

    Args:
        form: a protocol of botocore's: rpc-v2-cbor, json, query, ec2, rest-xml or rest-json; or s3, which has its own.
        code: the error's code.
        text: what it says.
        request_id: the request's id.
        content_type: the request's.
        details: what S3 says besides.
    """
    headers = [("x-amz-request-id" if form == "s3" else "x-amzn-RequestId", request_id)]
    if form == CBOR:
        answer = encode({"__type": code, "message": text})
        return [*headers, ("smithy-protocol", CBOR), ("Content-Type", "application/cbor")], answer
    if form == "json":
        kind = content_type if content_type.startswith(AMZ_JSON) else f"{AMZ_JSON}1.0"
        return [*headers, ("Content-Type", kind)], _json({"__type": code, "message": text})
    if form == "rest-json":
        return [*headers, ("x-amzn-ErrorType", code), ("Content-Type", "application/json")], _json({"message": text})
    error = f"<Code>{code}</Code><Message>{escape(text)}</Message>"
    if form == "s3":
        more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in details.items())
        document = f"<Error>{error}{more}<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>"
        declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
        return [*headers, ("Content-Type", "application/xml")], f"{declaration}{document}".encode()
    if form == "ec2":
        document = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>\n"
    else:
        typed = f"<Error><Type>Sender</Type>{error}</Error>"
        document = f"<ErrorResponse>{typed}<RequestId>{request_id}</RequestId></ErrorResponse>\n"
    return [*headers, ("Content-Type", "text/xml")], document.encode("utf-8", "replace")


def _json(document: Mapping[str, str]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
