"""Upstreams that look at signatures are sent their own: here, another gate in strict mode, with a key of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM, Settings, SettingsError
from tests.boto3.callers import new_user, signed
from tests.gate.clients import Clients
from tests.gate.test_streaming import connect, signed_head
from tests.gate.upstream import BODY, PATIENCE, Upstream
from tests.support import Key

OWN_ID = "AKIAQMINIOMINIOMINIO"
OWN_SECRET = "a/secret+of:minio@home"
QUOTED = "a%2Fsecret%2Bof%3Aminio%40home"


@pytest.fixture
def strict(upstream: Upstream) -> Iterator[FakeIAM]:
    """What stands for MinIO: it refuses every key but its own, and passes on what it takes."""
    own = {"root_access_key_id": OWN_ID, "root_secret_access_key": OWN_SECRET}
    with FakeIAM(upstream=upstream.url, auth="strict", **own) as server:
        yield server


@pytest.fixture
def gate(strict: FakeIAM) -> Iterator[FakeIAM]:
    place = strict.url.removeprefix("http://")
    with FakeIAM(upstream=f"http://{OWN_ID}:{QUOTED}@{place}") as server:
        yield server


def test_calls_are_signed_with_the_upstream_s_key(
    gate: FakeIAM, strict: FakeIAM, upstream: Upstream, clients: Clients
) -> None:
    clients("s3").put_object(Bucket="bucket", Key="a b/ü+c", Body=b"hello", Metadata={"k": "v"})
    clients("s3").list_objects_v2(Bucket="bucket", Prefix="a b")
    clients("dynamodb", region="us-east-2").list_tables()
    clients("lambda").get_function(FunctionName="arn:aws:lambda:eu-west-1:123456789012:function:f")
    clients("sqs").list_queues()
    assert [sent.body for sent in upstream.sent[:2]] == [b"hello", b""]
    assert [(call.access_key_id, call.status) for call in strict.calls()] == [(OWN_ID, 200)] * 5
    assert "/us-east-2/dynamodb/" in upstream.sent[2].headers["authorization"]
    assert "x-amz-security-token" not in upstream.sent[0].headers


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_a_signed_url_becomes_a_signed_request(upstream: Upstream, clients: Clients, version: str) -> None:
    s3 = clients("s3", signature_version=version)
    given = {"Bucket": "bucket", "Key": "k", "ResponseContentType": "a/b"}
    assert requests.get(s3.generate_presigned_url("get_object", given), timeout=PATIENCE).text == BODY
    assert upstream.sent[0].line == "GET /bucket/k?response-content-type=a%2Fb HTTP/1.1"


def test_a_session_is_passed_on_without_its_token(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    made = signed(gate, "sts", alice).get_session_token()["Credentials"]
    session = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    Clients(gate.url, session)("s3").list_buckets()
    assert "x-amz-security-token" not in upstream.sent[0].headers


def test_a_body_in_signed_chunks_is_passed_on_without_them(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    ending = ";chunk-signature=" + "0" * 64 + "\r\n"
    body = f"5{ending}hello\r\n6{ending} world\r\n0{ending}x-amz-checksum-crc32:AAAAAA==\r\n\r\n".encode()
    more = (
        f"Content-Length: {len(body)}",
        "Content-Encoding: gzip,aws-chunked",
        "X-Amz-Decoded-Content-Length: 11",
        "X-Amz-Trailer: x-amz-checksum-crc32",
    )
    wire = connect(gate)
    wire.send(signed_head(gate, alice, "/bucket/key", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", *more) + body)
    answer = wire.request()
    wire.socket.close()
    assert answer is not None
    assert answer.line == "HTTP/1.1 200 OK"
    (sent,) = upstream.sent
    assert (sent.body, sent.headers["content-length"]) == (b"hello world", "11")
    assert sent.headers["content-encoding"] == "gzip"
    assert {"x-amz-decoded-content-length", "x-amz-trailer"} & set(sent.headers) == set()


def test_without_a_key_such_a_body_is_passed_on_as_it_is(upstream: Upstream) -> None:
    body = b"5;chunk-signature=x\r\nhello\r\n0;chunk-signature=y\r\n\r\n"
    with FakeIAM(upstream=upstream.url) as gate:
        key = new_user(gate.client("iam"), "alice")
        wire = connect(gate)
        declared = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        wire.send(signed_head(gate, key, "/bucket/key", declared, f"Content-Length: {len(body)}") + body)
        answer = wire.request()
        wire.socket.close()
    assert answer is not None
    assert answer.line == "HTTP/1.1 200 OK"
    assert (upstream.sent[0].body, upstream.sent[0].headers["x-amz-content-sha256"]) == (body, declared)


def test_anonymous_calls_stay_anonymous(gate: FakeIAM, upstream: Upstream) -> None:
    assert requests.get(f"{gate.url}/bucket/public", timeout=PATIENCE).text == BODY
    assert "authorization" not in upstream.sent[0].headers


def test_a_wrong_key_of_the_upstream_is_the_upstream_s_to_refuse(strict: FakeIAM, upstream: Upstream) -> None:
    place = strict.url.removeprefix("http://")
    with FakeIAM(upstream=f"http://{OWN_ID}:wrong@{place}") as gate:
        url = Clients(gate.url, new_user(gate.client("iam"), "alice"))("s3").generate_presigned_url("list_buckets")
        assert "<Code>SignatureDoesNotMatch</Code>" in requests.get(url, timeout=PATIENCE).text
    assert upstream.sent == []


def test_the_upstream_s_secret_is_shown_nowhere(gate: FakeIAM, strict: FakeIAM) -> None:
    assert QUOTED not in repr(gate.settings)
    assert gate.settings.upstreams()[""].url == strict.url
    with pytest.raises(SettingsError, match=r"^upstream: 'host:x' is no address such as http://127.0.0.1:5000$"):
        Settings(upstream="http://key:hush@host:x")


def test_a_hash_that_is_declared_stays_the_declared_one(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    declared = hashlib.sha256(b"hello").hexdigest()
    answers: list[Any] = []
    for body in (b"hello", b"hullo"):
        wire = connect(gate)
        wire.send(signed_head(gate, alice, "/bucket/key", declared, "Content-Length: 5") + body)
        answers.append(wire.request())
        wire.socket.close()
    assert [answer.line for answer in answers] == ["HTTP/1.1 200 OK", "HTTP/1.1 400 Bad Request"]
    assert [sent.headers["x-amz-content-sha256"] for sent in upstream.sent] == [declared]
