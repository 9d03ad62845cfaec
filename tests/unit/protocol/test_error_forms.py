"""The forms of errors in the protocols of other services."""

from __future__ import annotations

import pytest

from fake_iam.protocol.cbor import encode
from fake_iam.protocol.error_forms import written

SAID = {"__type": "Code", "message": "a < b"}
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
FORMS = [
    ("rpc-v2-cbor", [("smithy-protocol", "rpc-v2-cbor"), ("Content-Type", "application/cbor")], encode(SAID)),
    ("json", [("Content-Type", "application/x-amz-json-1.0")], b'{"__type": "Code", "message": "a < b"}'),
    ("rest-json", [("x-amzn-ErrorType", "Code"), ("Content-Type", "application/json")], b'{"message": "a < b"}'),
    (
        "query",
        [("Content-Type", "text/xml")],
        b"<ErrorResponse><Error><Type>Sender</Type><Code>Code</Code><Message>a &lt; b</Message></Error>"
        b"<RequestId>id</RequestId></ErrorResponse>\n",
    ),
    (
        "ec2",
        [("Content-Type", "text/xml")],
        b"<Response><Errors><Error><Code>Code</Code><Message>a &lt; b</Message></Error></Errors>"
        b"<RequestID>id</RequestID></Response>\n",
    ),
]


@pytest.mark.parametrize(("form", "headers", "body"), FORMS, ids=[each[0] for each in FORMS])
def test_an_error_is_written(form: str, headers: list[tuple[str, str]], body: bytes) -> None:
    assert written(form, "Code", "a < b", "id") == ([("x-amzn-RequestId", "id"), *headers], body)


def test_json_keeps_its_version() -> None:
    headers, _ = written("json", "Code", "text", "id", content_type="application/x-amz-json-1.1")
    assert ("Content-Type", "application/x-amz-json-1.1") in headers


def test_s3_says_more() -> None:
    headers, body = written("s3", "Code", "a < b", "id", details={"AWSAccessKeyId": "<key>"})
    assert headers == [("x-amz-request-id", "id"), ("Content-Type", "application/xml")]
    assert body.decode() == (
        f"{XML}<Error><Code>Code</Code><Message>a &lt; b</Message><AWSAccessKeyId>&lt;key&gt;</AWSAccessKeyId>"
        "<RequestId>id</RequestId><HostId>id</HostId></Error>"
    )
