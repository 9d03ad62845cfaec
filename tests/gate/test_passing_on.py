"""What reaches the upstream of a call, and what of its answer comes back."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM
from tests.boto3.callers import new_user, signed
from tests.gate.clients import Clients
from tests.gate.upstream import BODY, Upstream, Wire
from tests.support import IAM_VERSION, Key

ACCOUNT = "123456789012"


def test_a_call_of_another_service_reaches_the_upstream(upstream: Upstream, clients: Clients) -> None:
    clients("s3").put_object(Bucket="bucket", Key="a b/ü+c", Body=b"hello", ContentType="text/x", Metadata={"k": "v"})
    (sent,) = upstream.sent
    assert sent.line == "PUT /bucket/a%20b/%C3%BC%2Bc HTTP/1.1"
    assert sent.body == b"hello"
    assert sent.headers["content-type"] == "text/x"
    assert sent.headers["x-amz-meta-k"] == "v"


def test_the_caller_s_account_and_region_go_with_it(upstream: Upstream, clients: Clients) -> None:
    clients("dynamodb", region="ap-south-1").list_tables()
    (sent,) = upstream.sent
    assert sent.headers["x-moto-account-id"] == ACCOUNT
    scope = re.match(r"AWS4-HMAC-SHA256 Credential=(\d{12}/)\d{8}(/.*?),", sent.headers["authorization"])
    assert scope is not None
    assert scope.groups() == (f"{ACCOUNT}/", "/ap-south-1/dynamodb/aws4_request")


def test_a_caller_of_another_account_is_passed_on_in_its_name(gate: FakeIAM, upstream: Upstream) -> None:
    key = new_user(gate.client("iam", access_key_id="210987654321"), "bob")
    Clients(gate.url, key)("s3").list_buckets()
    assert upstream.sent[0].headers["x-moto-account-id"] == "210987654321"


def test_a_caller_may_not_say_which_account_it_is(gate: FakeIAM, upstream: Upstream) -> None:
    requests.get(f"{gate.url}/bucket/key", headers={"X-Moto-Account-Id": "210987654321"}, timeout=10)
    assert "x-moto-account-id" not in upstream.sent[0].headers


def test_the_host_stays_the_client_s(gate: FakeIAM, upstream: Upstream, clients: Clients) -> None:
    clients("s3").list_buckets()
    assert upstream.sent[0].headers["host"] == gate.url.removeprefix("http://")


def test_headers_of_one_connection_are_not_passed_on(gate: FakeIAM, upstream: Upstream) -> None:
    upstream.answer = (
        b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nConnection: X-Here\r\nX-Here: 1\r\nKeep-Alive: timeout=5\r\n"
        b"X-There: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok"
    )
    headers = {"Connection": "keep-alive, X-Hop", "X-Hop": "1", "X-Far": "2", "TE": "trailers"}
    answer = requests.get(f"{gate.url}/bucket/key", headers=headers, timeout=10)
    (sent,) = upstream.sent
    assert {"connection", "x-hop", "te"} & set(sent.headers) == set()
    assert sent.headers["x-far"] == "2"
    assert (answer.status_code, answer.reason, answer.text) == (200, "Fine", "ok")
    assert {"X-Here", "Keep-Alive", "Connection"} & set(answer.headers) == set()
    assert answer.headers["X-There"] == "2"
    assert answer.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]


def test_redirects_are_not_followed(gate: FakeIAM, upstream: Upstream) -> None:
    upstream.answer = b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    answer = requests.get(f"{gate.url}/bucket/key", allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://127.0.0.1:1/")


def test_connections_to_the_upstream_are_used_again(upstream: Upstream, clients: Clients) -> None:
    s3 = clients("s3")
    for _ in range(5):
        s3.get_object(Bucket="bucket", Key="key")["Body"].read()
    assert (len(upstream.sent), upstream.connections) == (5, 1)


def test_an_upstream_that_closes_its_connections_gets_new_ones() -> None:
    def answer_and_close(wire: Wire) -> None:
        wire.request()
        wire.send(b"HTTP/1.0 200 OK\r\n\r\nuntil the end")

    with Upstream(answer_and_close) as upstream, FakeIAM(upstream=upstream.url) as gate:
        bodies = [requests.get(f"{gate.url}/bucket/key", timeout=10).text for _ in range(2)]
    assert (bodies, upstream.connections) == (["until the end"] * 2, 2)


def test_iam_sts_and_tagging_are_answered_here(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    signed(gate, "iam", alice).get_user()
    signed(gate, "sts", alice).get_caller_identity()
    signed(gate, "resourcegroupstaggingapi", alice).get_resources()
    assert requests.get(f"{gate.url}/_fake_iam/health", timeout=10).json()["status"] == "ok"
    assert upstream.sent == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unsigned_call_of_iam_or_sts_is_answered_here(gate: FakeIAM, upstream: Upstream, method: str) -> None:
    form = {"Action": "ListUsers", "Version": IAM_VERSION}
    given: dict[str, Any] = {"params": form} if method == "GET" else {"data": form}
    answer = requests.request(method, gate.url, timeout=10, **given)
    assert answer.status_code == 200
    assert "<ListUsersResponse" in answer.text
    assert upstream.sent == []


def test_an_unsigned_form_of_another_service_is_passed_on(gate: FakeIAM, upstream: Upstream) -> None:
    form = {"Action": "ConfirmSubscription", "Version": "2010-03-31", "Token": "t"}
    assert requests.post(gate.url, data=form, timeout=10).text == BODY
    assert upstream.sent[0].body == b"Action=ConfirmSubscription&Version=2010-03-31&Token=t"


def test_an_anonymous_request_passes_even_if_all_others_must_be_signed(upstream: Upstream) -> None:
    with FakeIAM(upstream=upstream.url, auth="strict") as gate:
        assert requests.get(f"{gate.url}/bucket/public.html", timeout=10).text == BODY
    assert {"authorization", "x-moto-account-id"} & set(upstream.sent[0].headers) == set()


def test_services_may_have_upstreams_of_their_own(upstream: Upstream) -> None:
    with Upstream() as tables, FakeIAM(upstream=f"dynamodb={tables.url}, {upstream.url}") as gate:
        clients = Clients(gate.url, new_user(gate.client("iam"), "alice"))
        clients("dynamodb").list_tables()
        clients("s3").list_buckets()
    assert [sent.headers["x-amz-target"] for sent in tables.sent] == ["DynamoDB_20120810.ListTables"]
    assert [sent.line for sent in upstream.sent] == ["GET / HTTP/1.1"]


def test_a_service_without_an_upstream_is_refused_as_ever(upstream: Upstream) -> None:
    with FakeIAM(upstream=f"dynamodb={upstream.url}") as gate:
        answer = requests.get(
            gate.url,
            headers={"Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/s3/aws4_request"},
            timeout=10,
        )
    assert answer.status_code == 501
    assert "this request is for s3" in answer.text
