"""Bodies in pieces, both ways, and what happens if one of the sides breaks off."""

from __future__ import annotations

import hashlib
import queue
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM
from fake_iam.protocol.wire import BODY_LIMIT
from tests.boto3.callers import new_user
from tests.gate.clients import REGION, Clients
from tests.gate.upstream import BODY, OK, PATIENCE, Sent, Upstream, Wire
from tests.support import AwsError, Key, error, sign

MEGABYTE = 1_000_000
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def connect(gate: FakeIAM) -> Wire:
    host, port = gate.url.removeprefix("http://").split(":")
    return Wire(socket.create_connection((host, int(port)), timeout=PATIENCE))


def head(gate: FakeIAM, method: str, path: str, *headers: str) -> bytes:
    host = gate.url.removeprefix("http://")
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode()


def signed_head(gate: FakeIAM, key: Key, path: str, declared: str, *headers: str) -> bytes:
    """The head of a PUT to S3 whose body has, or has not, the hash that is declared."""
    given = {"Host": gate.url.removeprefix("http://"), "X-Amz-Content-SHA256": declared}
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("PUT", f"{gate.url}{path}", given, b"")
    signer = S3SigV4Auth(Credentials(key.id, key.secret), "s3", REGION)
    signer.payload = lambda _: declared
    signer.add_auth(request)
    lines = [f"{name}: {value}" for name, value in request.headers.items() if name != "Host"]
    return head(gate, "PUT", path, *lines, *headers)


@pytest.fixture
def pieces() -> Iterator[tuple[Upstream, queue.Queue[bytes]]]:
    """An upstream that tells of every ten bytes of a body as they arrive, and answers piece by piece when told to."""
    arrived: queue.Queue[bytes] = queue.Queue()

    def serve(wire: Wire) -> None:
        sent = wire.head()
        assert sent is not None
        for _ in range(int(sent.headers["content-length"]) // 10):
            arrived.put(wire.exactly(10))
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(2):
            wire.exactly(1)
            wire.send(b"5\r\nhello\r\n")
        wire.send(b"0\r\n\r\n")

    with Upstream(serve) as upstream:
        yield upstream, arrived


def test_a_body_is_passed_on_as_it_arrives(pieces: tuple[Upstream, queue.Queue[bytes]]) -> None:
    upstream, arrived = pieces
    with FakeIAM(upstream=upstream.url) as gate:
        wire = connect(gate)
        wire.send(head(gate, "PUT", "/bucket/key", "Content-Length: 20") + b"0123456789")
        assert arrived.get(timeout=PATIENCE) == b"0123456789"
        wire.send(b"abcdefghij")
        assert arrived.get(timeout=PATIENCE) == b"abcdefghij"
        wire.socket.close()


def test_an_answer_comes_back_as_it_arrives() -> None:
    go: queue.Queue[bytes] = queue.Queue()

    def serve(wire: Wire) -> None:
        wire.request()
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while piece := go.get(timeout=PATIENCE):
            wire.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        wire.send(b"0\r\n\r\n")

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        go.put(b"one")
        answer = requests.get(f"{gate.url}/bucket/key", stream=True, timeout=PATIENCE)
        parts = answer.iter_content(None)
        assert next(parts) == b"one"
        go.put(b"two")
        assert next(parts) == b"two"
        go.put(b"")
        assert list(parts) == []


def test_a_chunked_body_stays_chunked(gate: FakeIAM, upstream: Upstream) -> None:
    answer = requests.put(f"{gate.url}/bucket/key", data=iter([b"one", b"two"]), timeout=PATIENCE)
    (sent,) = upstream.sent
    assert (answer.text, sent.body, sent.headers["transfer-encoding"]) == (BODY, b"onetwo", "chunked")
    assert "content-length" not in sent.headers


def test_several_requests_go_over_one_connection(gate: FakeIAM, upstream: Upstream) -> None:
    wire = connect(gate)
    wire.send(head(gate, "PUT", "/bucket/1", "Content-Length: 3") + b"one" + head(gate, "GET", "/bucket/2"))
    wire.send(head(gate, "GET", "/_fake_iam/health"))
    answers = [wire.request() for _ in range(3)]
    wire.socket.close()
    assert [answer.line for answer in answers if answer] == ["HTTP/1.1 200 OK"] * 3
    assert [(sent.line, sent.body) for sent in upstream.sent] == [
        ("PUT /bucket/1 HTTP/1.1", b"one"),
        ("GET /bucket/2 HTTP/1.1", b""),
    ]


def test_a_client_that_waits_for_leave_gets_it_if_it_may_call(gate: FakeIAM, upstream: Upstream) -> None:
    wire = connect(gate)
    wire.send(head(gate, "PUT", "/bucket/key", "Content-Length: 5", "Expect: 100-continue"))
    go_on = wire.head()
    assert go_on is not None
    assert go_on.line == "HTTP/1.1 100 Continue"
    wire.send(b"hello")
    answer = wire.request()
    wire.socket.close()
    assert answer is not None
    assert answer.line == "HTTP/1.1 200 OK"
    (sent,) = upstream.sent
    assert (sent.body, "expect" in sent.headers) == (b"hello", False)


def test_a_client_that_waits_for_leave_is_refused_without_sending(gate: FakeIAM, iam: Any, alice: Key) -> None:
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    wire = connect(gate)
    more = ("Content-Length: 1000000000", "Expect: 100-continue")
    wire.send(signed_head(gate, alice, "/bucket/key", "UNSIGNED-PAYLOAD", *more))
    answer = wire.head()
    wire.socket.close()
    assert answer is not None
    assert (answer.line, answer.headers["connection"]) == ("HTTP/1.1 403 Forbidden", "close")


def test_head_and_no_content_have_no_body(gate: FakeIAM, upstream: Upstream) -> None:
    upstream.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
    answer = requests.head(f"{gate.url}/bucket/key", timeout=PATIENCE)
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, "1234")
    upstream.answer = NO_CONTENT
    wire = connect(gate)
    wire.send(head(gate, "DELETE", "/bucket/key") * 2)
    assert [wire.head(), wire.head()] == [Sent("HTTP/1.1 204 No Content", {}, b"")] * 2
    wire.socket.close()


def test_a_body_that_is_not_the_declared_one_never_reaches_its_end(
    gate: FakeIAM, upstream: Upstream, alice: Key
) -> None:
    declared = hashlib.sha256(b"hello").hexdigest()
    wire = connect(gate)
    wire.send(signed_head(gate, alice, "/bucket/key", declared, "Content-Length: 5") + b"hullo")
    answer = wire.request()
    wire.socket.close()
    assert answer is not None
    assert answer.line == "HTTP/1.1 400 Bad Request"
    assert b"<Code>XAmzContentSHA256Mismatch</Code>" in answer.body
    assert upstream.sent == []
    (call,) = gate.calls("s3:*")
    assert (call.status, call.code) == (400, "XAmzContentSHA256Mismatch")


def test_a_long_body_of_a_service_that_signs_it_is_kept_in_a_file(
    gate: FakeIAM, upstream: Upstream, alice: Key
) -> None:
    document = b'{"FunctionName": "f", "x": "%b"}' % (b"x" * BODY_LIMIT)
    path = "/2015-03-31/functions"
    given = {"Host": gate.url.removeprefix("http://"), "Content-Type": "application/json"}
    headers = sign("POST", f"{gate.url}{path}", given, document.decode(), alice, "lambda", REGION)
    answer = requests.post(f"{gate.url}{path}", document, headers=headers, timeout=PATIENCE)
    assert answer.text == BODY
    assert upstream.sent[0].body == document
    headers["Authorization"] = headers["Authorization"][:-1]
    assert requests.post(f"{gate.url}{path}", document, headers=headers, timeout=PATIENCE).status_code == 403
    assert len(upstream.sent) == 1


def test_a_malformed_body_is_a_bad_request(gate: FakeIAM, upstream: Upstream) -> None:
    wire = connect(gate)
    wire.send(head(gate, "PUT", "/bucket/key", "Transfer-Encoding: chunked") + b"zz\r\n")
    answer = wire.request()
    wire.socket.close()
    assert answer is not None
    assert (answer.line, answer.body) == ("HTTP/1.1 400 Bad Request", b"")


@pytest.mark.parametrize(
    ("method", "more", "status"),
    [
        ("PUT", "Content-Length: 1000000000000", "413 "),
        ("TRACE", "Accept: */*", "404 "),
        ("CONNECT", "Accept: */*", "404 "),
    ],
)
def test_what_is_never_passed_on(gate: FakeIAM, upstream: Upstream, method: str, more: str, status: str) -> None:
    wire = connect(gate)
    wire.send(head(gate, method, "/bucket/key", more))
    answer = wire.head()
    wire.socket.close()
    assert answer is not None
    assert answer.line.startswith(f"HTTP/1.1 {status}")
    assert upstream.sent == []


def test_an_upstream_may_answer_before_it_has_seen_all() -> None:
    def serve(wire: Wire) -> None:
        wire.head()
        wire.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        wire = connect(gate)
        wire.send(head(gate, "PUT", "/bucket/key", "Content-Length: 1000000") + b"x" * 1000)
        wire.send(b"x" * 1000)
        answer = wire.request()
        wire.socket.close()
    assert answer is not None
    assert (answer.line, answer.body, answer.headers["connection"]) == ("HTTP/1.1 413 Too Large", b"no", "close")


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
def test_an_answer_that_is_broken_off_is_broken_off(cut: bytes) -> None:
    def serve(wire: Wire) -> None:
        wire.request()
        wire.send(cut)

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        wire = connect(gate)
        wire.send(head(gate, "GET", "/bucket/key"))
        answer = wire.head()
        assert answer is not None
        assert answer.line == "HTTP/1.1 200 OK"
        assert wire.exactly(100).endswith(b"hello" if b"chunked" not in cut else b"hello\r\n")
        wire.socket.close()
        assert requests.get(f"{gate.url}/_fake_iam/health", timeout=PATIENCE).status_code == 200


def test_a_client_that_goes_away_leaves_no_whole_body(gate: FakeIAM) -> None:
    ended: queue.Queue[bytes] = queue.Queue()

    def serve(wire: Wire) -> None:
        wire.head()
        ended.put(wire.exactly(10))

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        wire = connect(gate)
        wire.send(head(gate, "PUT", "/bucket/key", "Content-Length: 10") + b"hello")
        wire.socket.shutdown(socket.SHUT_WR)
        assert ended.get(timeout=PATIENCE) == b"hello"
        wire.socket.close()


def test_a_connection_that_the_upstream_closed_meanwhile_is_not_used() -> None:
    closed: queue.Queue[bool] = queue.Queue()

    def serve(wire: Wire) -> None:
        wire.request()
        wire.send(OK)
        wire.socket.shutdown(socket.SHUT_RDWR)
        closed.put(True)

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        for _ in range(3):
            assert requests.get(f"{gate.url}/bucket/key", timeout=PATIENCE).text == BODY
            closed.get(timeout=PATIENCE)
    assert upstream.connections == 3


def closing_at_the_second_request(wire: Wire) -> None:
    wire.request()
    wire.send(OK)
    wire.request()


def test_a_call_that_meets_the_end_of_an_old_connection_is_made_again() -> None:
    with Upstream(closing_at_the_second_request) as upstream, FakeIAM(upstream=upstream.url) as gate:
        for _ in range(2):
            assert requests.get(f"{gate.url}/bucket/key", timeout=PATIENCE).text == BODY
    assert upstream.connections == 2


def test_a_body_that_is_gone_is_not_sent_again() -> None:
    with Upstream(closing_at_the_second_request) as upstream, FakeIAM(upstream=upstream.url) as gate:
        assert requests.put(f"{gate.url}/bucket/key", b"x", timeout=PATIENCE).text == BODY
        answer = requests.put(f"{gate.url}/bucket/key", b"x", timeout=PATIENCE)
    assert answer.status_code == 502
    assert "it closed the connection without an answer" in answer.text


def test_many_clients_are_served_at_once(gate: FakeIAM, upstream: Upstream) -> None:
    def ask(number: int) -> list[str]:
        with requests.Session() as session:
            return [session.get(f"{gate.url}/bucket/{number}", timeout=PATIENCE).text for _ in range(10)]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(16))) == [[BODY] * 10] * 16
    assert len(upstream.sent) == 160
    assert upstream.connections <= 16


def test_a_stop_ends_what_is_under_way() -> None:
    asked: queue.Queue[bool] = queue.Queue()
    ended: queue.Queue[bytes] = queue.Queue()

    def serve(wire: Wire) -> None:
        wire.request()
        asked.put(True)
        ended.put(wire.exactly(1))

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        wire = connect(gate)
        wire.send(head(gate, "GET", "/bucket/key"))
        assert asked.get(timeout=PATIENCE)
        gate.stop()
        assert ended.get(timeout=PATIENCE) == b""
        assert wire.exactly(1) == b""
        wire.socket.close()


def test_a_fault_of_the_gate_is_told_and_logged(
    gate: FakeIAM, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("fake_iam.gate.gate.wanted", lambda *_: 1 / 0)
    answer = requests.get(f"{gate.url}/bucket/key", timeout=PATIENCE)
    assert answer.status_code == 500
    assert "<Code>InternalFailure</Code><Message>fake_iam has failed; its log says why.</Message>" in answer.text
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert upstream.sent == []


DOWN: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "list_buckets", {}),
    ("dynamodb", "list_tables", {}),
    ("sqs", "list_queues", {}),
    ("lambda", "list_functions", {}),
    ("sns", "list_topics", {}),
    ("ec2", "describe_regions", {}),
    ("cloudwatch", "list_metrics", {}),
    ("route53", "list_hosted_zones", {}),
]


@pytest.mark.parametrize(("service", "method", "parameters"), DOWN, ids=[each[0] for each in DOWN])
def test_a_dead_upstream_is_told_in_the_service_s_own_protocol(
    service: str, method: str, parameters: dict[str, Any]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with FakeIAM(upstream=url) as gate:
        client = Clients(gate.url, new_user(gate.client("iam"), "alice"))(service)
        text = f"fake_iam cannot pass this call on to {url}: Connection refused"
        assert error(getattr(client, method), **parameters) == AwsError("BadGateway", text, 502)
        (call,) = gate.calls(f"{service}:*")
    assert (call.outcome, call.status, call.code) == ("error", 502, "BadGateway")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "it closed the connection without an answer"),
        (b"teapot\r\n\r\n", r"it answers what is no HTTP: .*"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "it changes the protocol"),
    ],
)
def test_an_upstream_that_does_not_answer_is_told(answer: bytes, reason: str) -> None:
    def serve(wire: Wire) -> None:
        wire.request()
        wire.send(answer)

    with Upstream(serve) as upstream, FakeIAM(upstream=upstream.url) as gate:
        said = requests.get(f"{gate.url}/bucket/key", timeout=PATIENCE)
    assert said.status_code == 502
    assert re.search(f"<Message>fake_iam cannot pass this call on to {upstream.url}: {reason}</Message>", said.text)


def test_large_bodies_are_never_whole_in_memory(tmp_path: Path) -> None:
    """The server is a process of its own, whose greatest size Linux knows."""
    piece = b"x" * MEGABYTE

    def serve(wire: Wire) -> None:
        sent = wire.head()
        assert sent is not None
        length = int(sent.headers["content-length"])
        for _ in range(length // MEGABYTE):
            wire.exactly(MEGABYTE)
        wire.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % length)
        for _ in range(length // MEGABYTE):
            wire.send(piece)

    with Upstream(serve) as upstream:
        command = [sys.executable, "-m", "fake_iam", "--port", "0", "--upstream", upstream.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
            try:
                assert process.stdout is not None
                url = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
                status = Path(f"/proc/{process.pid}/status")
                if not status.exists():
                    pytest.skip("the system does not tell the size of processes")
                peaks = []
                for times in (1, 100):
                    body = _Repeated(piece, times)
                    with requests.put(f"{url}/b/k", data=body, stream=True, timeout=PATIENCE) as answer:
                        assert sum(map(len, answer.iter_content(MEGABYTE))) == times * MEGABYTE
                    peaks.append(_peak(status))
                assert peaks[1] - peaks[0] < 20_000  # kilobytes
            finally:
                process.terminate()


class _Repeated:
    """A body of known length that is nowhere as a whole."""

    def __init__(self, piece: bytes, times: int) -> None:
        self._piece = piece
        self._times = times

    def __len__(self) -> int:
        return len(self._piece) * self._times

    def __iter__(self) -> Iterator[bytes]:
        return iter([self._piece] * self._times)


def _peak(status: Path) -> int:
    """The most memory that a process has had so far, in kilobytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found is not None
    return int(found[1])
