"""Requests to other services: which they are, and in what form they are refused."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.foreign import refusal
from fake_iam.protocol.wire import WireRequest
from tests.support import AwsError, Wire, form_request

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)


def refused(path: str = "/", parameters: dict[str, str] | None = None, **headers: str) -> Answered | None:
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    call = Call(WireRequest.of("POST", path, "", sent), "id", AT)
    call.parameters = parameters or {}
    return refusal(call)


def scope(service: str) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_a_request_to_iam_or_sts_is_not_refused(service: str) -> None:
    assert refused(Authorization=scope(service)) is None


def test_a_request_that_names_no_service_is_not_refused() -> None:
    assert refused() is None
    assert refused(Content_Type="application/x-amz-json-1.1") is None


def test_a_target_names_the_service_of_an_unsigned_request() -> None:
    answer = refused(X_Amz_Target="DynamoDB_20120810.ListTables", Content_Type="application/x-amz-json-1.0")
    assert answer is not None
    assert dict(answer.response.headers)["Content-Type"] == "application/x-amz-json-1.0"
    assert json.loads(answer.response.body) == {
        "__type": "NotImplemented",
        "message": "fake_iam serves IAM, STS and the Tagging API only; this request is for DynamoDB_20120810.",
    }


def test_signs_of_markup_in_a_scope_are_escaped() -> None:
    answer = refused(Authorization=scope("<s3>"), parameters={"Action": "X"})
    assert answer is not None
    assert b"this request is for &lt;s3&gt;." in answer.response.body


def test_an_action_of_another_service_is_refused_and_one_of_no_service_is_unknown(wire: Wire) -> None:
    key = wire.key("alice") if wire.user("alice") is None else None
    foreign = wire.call("ListQueues", key)
    assert foreign == AwsError("InvalidAction", "Could not find operation ListQueues for version 2010-05-08", 400)
    response = wire.send(form_request("ListQueues", key, scope="sqs"))
    assert response.status == 501
    assert (
        b"<Message>fake_iam serves IAM, STS and the Tagging API only; this request is for sqs.</Message>"
        in response.body
    )
