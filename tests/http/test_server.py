"""The server over real sockets, spoken to in raw bytes: framing, faults, many clients, stopping."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM
from fake_iam.assembly import assemble
from fake_iam.http11 import HEAD_LIMIT, HEADER_COUNT_LIMIT
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.server import LocalServer
from fake_iam.services.iam.reports import credential_report
from fake_iam.settings import Settings
from tests.support import IAM_VERSION

FORM = f"Action=ListUsers&Version={IAM_VERSION}".encode()
PATIENCE = 10.0
GET = b"GET /?%s HTTP/1.1\r\nHost: x\r\n\r\n" % FORM
BAD = (400, b"")
TOO_LONG = (431, b"")


def post(body: bytes = FORM, *headers: bytes, version: bytes = b"1.1") -> bytes:
    lines = [
        b"POST / HTTP/" + version,
        b"Host: x",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: %d" % len(body),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def head(*headers: bytes, first: bytes = b"POST / HTTP/1.1") -> bytes:
    fixed = (first, b"Host: x", b"Content-Type: application/x-www-form-urlencoded")
    return b"\r\n".join([*fixed, *headers]) + b"\r\n\r\n"


class Client:
    """A connection that sends bytes as they are given and reads one answer after another."""

    def __init__(self, server: LocalServer) -> None:
        self.socket = socket.create_connection((server.host, server.port), timeout=PATIENCE)
        self.buffer = b""

    def send(self, data: bytes) -> Client:
        self.socket.sendall(data)
        return self

    def answer(self, *, body: bool = True) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        return self.full_answer(body=body)[::2]

    def full_answer(self, *, body: bool = True) -> tuple[int, dict[str, str], bytes]:
        text = self.until(b"\r\n\r\n")
        first, *lines = text.decode("latin-1").split("\r\n")[:-2]
        assert first.startswith("HTTP/1.1 "), first
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers.get("Content-Length", "0")) if body else 0
        while len(self.buffer) < length:
            self.buffer += self.received()
        content, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(first.split(" ")[1]), headers, content

    def until(self, end: bytes) -> bytes:
        while end not in self.buffer:
            self.buffer += self.received()
        text, _, self.buffer = self.buffer.partition(end)
        return text + end

    def received(self) -> bytes:
        data = self.socket.recv(65536)
        assert data, f"the server hung up after {self.buffer!r}"
        return data

    def at_end(self) -> bool:
        """Whether the server has closed the connection and sent nothing more."""
        try:
            return self.buffer == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer(assemble(Settings()), head_timeout=5.0) as running:
        yield running


@pytest.fixture
def hasty() -> Iterator[LocalServer]:
    """A server that waits for nobody."""
    with LocalServer(assemble(Settings()), head_timeout=0.05, idle_timeout=0.05) as running:
        yield running


@pytest.fixture
def connect(server: LocalServer) -> Iterator[Callable[[], Client]]:
    with contextlib.ExitStack() as stack:

        def connected() -> Client:
            client = Client(server)
            stack.callback(client.socket.close)
            return client

        yield connected


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    return connect()


class Stand:
    """A stand-in for the engine."""

    def __init__(self, answer: Callable[[WireRequest], WireResponse], *, waits: bool = False) -> None:
        self.handle = answer
        self.waits = waits

    def may_wait(self, request: WireRequest) -> bool:
        return self.waits


@contextlib.contextmanager
def serving(answer: Callable[[WireRequest], WireResponse], *, waits: bool = False) -> Iterator[Client]:
    """A server with a stand-in for the engine, and a client of it."""
    with LocalServer(Stand(answer, waits=waits)) as running:
        client = Client(running)
        with client.socket:
            yield client


def echo(request: WireRequest) -> WireResponse:
    """What arrived, as text."""
    return WireResponse(200, [], f"{request.method} {request.path} ? {request.query} | ".encode() + request.body)


def test_several_requests_are_answered_on_one_connection(client: Client) -> None:
    for _ in range(5):
        status, headers, body = client.send(post()).full_answer()
        assert (status, "Connection" in headers) == (200, False)
        assert body.startswith(b"<ListUsersResponse ")


def test_an_error_of_the_service_leaves_the_connection_open(client: Client) -> None:
    status, headers, _ = client.send(post(b"Action=Dance&Version=x")).full_answer()
    assert (status, "Connection" in headers) == (400, False)
    assert client.send(post()).answer()[0] == 200


def test_an_answer_has_a_date_and_its_own_length(client: Client) -> None:
    _, headers, body = client.send(post()).full_answer()
    assert headers["Date"].endswith(" GMT")
    assert list(headers) == ["x-amzn-RequestId", "Content-Type", "Content-Length", "Date"]
    assert int(headers["Content-Length"]) == len(body) > 0


@pytest.mark.parametrize("value", [b"close", b"Close", b"keep-alive, close"])
def test_a_client_that_wishes_to_close_is_told_so_and_hung_up_on(client: Client, value: bytes) -> None:
    status, headers, _ = client.send(post(FORM, b"Connection: " + value)).full_answer()
    assert (status, headers["Connection"]) == (200, "close")
    assert client.at_end()


def test_http_1_0_closes_after_the_answer(client: Client) -> None:
    status, headers, _ = client.send(post(version=b"1.0")).full_answer()
    assert (status, headers["Connection"]) == (200, "close")
    assert client.at_end()


def test_http_1_0_may_ask_to_be_kept_alive(client: Client) -> None:
    for _ in range(2):
        _, headers, _ = client.send(post(FORM, b"Connection: Keep-Alive", version=b"1.0")).full_answer()
        assert headers["Connection"] == "keep-alive"


def test_head_and_body_may_come_in_two_packets(client: Client) -> None:
    top, _, body = post().partition(b"\r\n\r\n")
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.send(top + b"\r\n\r\n").send(body[:7]).send(body[7:])
    assert client.answer()[0] == 200


def test_a_request_may_come_a_byte_at_a_time(client: Client) -> None:
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in post():
        client.send(bytes([byte]))
    assert client.answer()[0] == 200


def test_empty_lines_before_a_request_are_passed_over(client: Client) -> None:
    assert client.send(b"\r\n\r\n" + post() + b"\r\n").answer()[0] == 200
    assert client.send(post()).answer()[0] == 200


CHUNKED = b"Transfer-Encoding: chunked"
UPGRADE = (b"Connection: Upgrade", b"Upgrade: h2c")


def chunks(body: bytes, size: int = 7, trailer: bytes = b"") -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%X\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailer + b"\r\n"


@pytest.mark.parametrize("size", [1, 7, 16, 1000])
def test_a_chunked_body_is_put_together(client: Client, size: int) -> None:
    client.send(head(CHUNKED) + chunks(FORM, size))
    assert client.answer()[0] == 200
    assert client.send(post()).answer()[0] == 200


def test_extensions_of_chunks_and_trailers_are_passed_over(client: Client) -> None:
    body = b'4;name="value"\r\nActi\r\n' + chunks(FORM[4:], 10, b"X-Sum: 1\r\nX-More: 2\r\n")
    assert client.send(head(CHUNKED) + body).answer()[0] == 200
    assert client.send(post()).answer()[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"zz\r\n", id="a size that is no number"),
        pytest.param(b"-1\r\nx\r\n0\r\n\r\n", id="a negative size"),
        pytest.param(b"0x1\r\nx\r\n0\r\n\r\n", id="a size with a prefix"),
        pytest.param(b"\r\nx\r\n0\r\n\r\n", id="an empty size"),
        pytest.param(b"1_0\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n", id="an underscore in the size"),
        pytest.param(b"123456789\r\n", id="a size of nine digits"),
        pytest.param(b"1\r\nxy\r\n0\r\n\r\n", id="more than the size"),
        pytest.param(b"1\r\nx\n0\r\n\r\n", id="a bare line feed after the chunk"),
        pytest.param(b"1;" + b"x" * 300, id="a size line without an end"),
        pytest.param(b"0\r\n" + b"X-A: 1\r\n" * 101 + b"\r\n", id="too many trailers"),
    ],
)
def test_a_malformed_chunk_is_refused_and_the_connection_closed(client: Client, body: bytes) -> None:
    status, headers, content = client.send(head(CHUNKED) + body).full_answer()
    assert (status, content, headers["Connection"]) == (*BAD, "close")
    assert client.at_end()


def test_a_chunked_body_over_the_limit_is_too_large_as_soon_as_its_size_says_so(client: Client) -> None:
    status, headers, content = client.send(head(CHUNKED) + b"989681\r\n").full_answer()
    assert (status, content, headers["Connection"]) == (413, b"", "close")


def test_a_client_that_expects_100_continue_is_told_to_go_on(client: Client) -> None:
    top, _, body = post(FORM, b"Expect: 100-continue").partition(b"\r\n\r\n")
    assert client.send(top + b"\r\n\r\n").until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert client.send(body).answer()[0] == 200


def test_nobody_is_told_to_go_on_with_a_body_too_large(client: Client) -> None:
    client.send(head(b"Content-Length: 10000001", b"Expect: 100-continue"))
    assert client.answer() == (413, b"")


def test_nobody_is_told_to_go_on_with_no_body(client: Client) -> None:
    assert client.send(post(b"", b"Expect: 100-continue")).answer() == (302, b"")


def test_the_answer_to_head_has_a_length_and_no_body(client: Client) -> None:
    status, headers, _ = client.send(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").full_answer(body=False)
    assert (status, headers["Content-Length"]) == (404, "29")
    assert client.send(post()).answer()[0] == 200


def test_pipelined_requests_are_answered_in_order() -> None:
    with serving(echo) as client:
        client.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(50)))
        assert [client.answer() for _ in range(50)] == [(200, b"GET /%d ?  | " % number) for number in range(50)]


def test_a_body_ends_where_the_next_request_begins() -> None:
    with serving(echo) as client:
        client.send(post(b"one") + head(CHUNKED) + chunks(b"two") + post(b"three"))
        assert [client.answer()[1] for _ in range(3)] == [b"POST / ?  | one", b"POST / ?  | two", b"POST / ?  | three"]


def test_a_head_of_just_the_limit_is_read() -> None:
    first = b"GET / HTTP/1.1\r\nX: "
    with serving(echo) as client:
        assert client.send(first + b"a" * (HEAD_LIMIT - len(first)) + b"\r\n\r\n").answer()[0] == 200


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(b"GET /?" + b"a" * HEAD_LIMIT + b" HTTP/1.1\r\n\r\n", BAD, id="a long query"),
        pytest.param(b"GET /" + b"a" * (HEAD_LIMIT + 1), BAD, id="a query without an end"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_LIMIT + b"\r\n\r\n", TOO_LONG, id="a long header"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_LIMIT, TOO_LONG, id="a header without an end"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 3000, TOO_LONG, id="headers without an end"),
        pytest.param(b"\xff" * (HEAD_LIMIT + 1), BAD, id="garbage without an end"),
    ],
)
def test_a_long_query_is_an_empty_400_as_at_aws_and_long_headers_are_an_empty_431(
    client: Client, request_: bytes, expected: tuple[int, bytes]
) -> None:
    assert client.send(request_).answer() == expected
    assert client.at_end()


def test_a_hundred_headers_are_read_and_one_more_is_refused(connect: Callable[[], Client]) -> None:
    lines = b"".join(b"X-%d: 1\r\n" % number for number in range(HEADER_COUNT_LIMIT))
    assert connect().send(b"GET /x HTTP/1.1\r\n" + lines + b"\r\n").answer()[0] == 404
    assert connect().send(b"GET /x HTTP/1.1\r\n" + lines + b"One-More: 1\r\n\r\n").answer() == TOO_LONG


def test_a_body_over_the_limit_is_refused_before_it_is_sent(client: Client) -> None:
    status, headers, content = client.send(head(b"Content-Length: 10000001")).full_answer()
    assert (status, content, headers["Connection"]) == (413, b"", "close")


def test_a_client_that_sends_on_after_a_413_still_sees_it(client: Client) -> None:
    client.send(head(b"Content-Length: 10000001"))
    for _ in range(20):
        client.send(b"a" * 500_000)
    assert client.answer() == (413, b"")


def test_a_body_of_just_the_limit_is_read(client: Client) -> None:
    assert client.send(post(FORM + b"&x=" + b"a" * (10_000_000 - len(FORM) - 3))).answer()[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param((b"Content-Length: 5", b"Content-Length: 6"), id="two lengths"),
        pytest.param((b"Content-Length: 5, 5",), id="a list of lengths"),
        pytest.param((b"Content-Length: +5",), id="a signed length"),
        pytest.param((b"Content-Length: 0x5",), id="a hexadecimal length"),
        pytest.param((b"Content-Length: 5_0",), id="an underscore in the length"),
        pytest.param((b"Content-Length: \xb2",), id="a superscript as length"),
        pytest.param((b"Content-Length:",), id="an empty length"),
        pytest.param((b"Content-Length: 5", CHUNKED), id="length with chunked"),
        pytest.param((CHUNKED, b"Content-Length: 5"), id="chunked with length"),
        pytest.param((b"Transfer-Encoding: gzip, chunked",), id="another coding"),
        pytest.param((b"Transfer-Encoding: identity",), id="identity"),
        pytest.param((b"Transfer-Encoding: xchunked",), id="nearly chunked"),
        pytest.param((CHUNKED, CHUNKED), id="chunked twice"),
        pytest.param((b"Transfer-Encoding : chunked",), id="a blank before the colon"),
        pytest.param((b"Transfer-Encoding:\x0bchunked",), id="a vertical tab before the value"),
        pytest.param((b"Transfer-Encoding:\xa0chunked",), id="a blank of Latin-1 before the value"),
        pytest.param((b"X: 1\r\n Content-Length: 5",), id="a folded line"),
        pytest.param((b"Content-Length: 5\r\n 6",), id="a folded length"),
        pytest.param((b"Content-Length: 5", b"Content-Length: 5\r\n 6"), id="a repeated length, folded"),
        pytest.param((b"Content-Length: 5", b"Content-Length: 5", CHUNKED), id="a repeated length with chunked"),
        pytest.param((b"Content-Length: 5", b"Content-Length: 05"), id="two spellings of a length"),
        pytest.param((b"Content-Length: " + b"9" * 30, b"Content-Length: 5"), id="a length of many digits and another"),
        pytest.param((*UPGRADE, b"Transfer-Encoding: identity"), id="identity with an upgrade"),
        pytest.param((*UPGRADE, b"Content-Length: 5", CHUNKED), id="length with chunked and an upgrade"),
    ],
)
def test_a_body_whose_length_is_in_doubt_is_refused_and_nothing_after_it_is_read(
    client: Client, headers: tuple[bytes, ...]
) -> None:
    status, sent, content = client.send(head(*headers) + b"0\r\n\r\n" + GET).full_answer()
    assert (status, content, sent["Connection"]) == (*BAD, "close")
    assert client.at_end()


@pytest.mark.parametrize("length", [b"%d", b"0%d", b"000000000000000%d"])
def test_leading_zeros_do_not_change_a_length(length: bytes) -> None:
    """As many digits as you like are a length (RFC 9110, 8.6); read otherwise, the body is the next request."""
    with serving(echo) as client:
        client.send(head(b"Content-Length: " + length % len(GET)) + GET + b"GET /next HTTP/1.1\r\n\r\n")
        assert client.answer() == (200, b"POST / ?  | " + GET)
        assert client.answer() == (200, b"GET /next ?  | ")


def test_a_length_of_many_digits_is_too_large(client: Client) -> None:
    assert client.send(head(b"Content-Length: " + b"9" * 5000)).answer() == (413, b"")


def test_the_same_length_twice_is_one_length(client: Client) -> None:
    length = b"Content-Length: %d" % len(FORM)
    assert client.send(head(length, length) + FORM).answer()[0] == 200


@pytest.mark.parametrize("body", [post(b"one", *UPGRADE), head(*UPGRADE, CHUNKED) + chunks(b"one")])
def test_an_offer_to_speak_another_protocol_is_ignored(body: bytes) -> None:
    with serving(echo) as client:
        client.send(body + GET)
        assert [client.answer()[1] for _ in range(2)] == [b"POST / ?  | one", b"GET / ? " + FORM + b" | "]


def test_what_follows_a_connect_is_the_next_request() -> None:
    with serving(echo) as client:
        client.send(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
        assert [client.answer()[1] for _ in range(2)] == [b"CONNECT /x:80 ?  | ", b"GET / ? " + FORM + b" | "]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", id="bare line feed between headers"),
        pytest.param(b"GET / HTTP/1.1\nHost: x\r\n\r\n", id="bare line feed after the request line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", id="bare carriage return"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n", id="NUL in a header"),
        pytest.param(b"GET / HTTP/1.1\r\nno colon\r\n\r\n", id="header without a colon"),
        pytest.param(b"GET / HTTP/1.1\r\n: x\r\n\r\n", id="header without a name"),
        pytest.param(b"GET / HTTP/1.1\r\na b: x\r\n\r\n", id="blank in a name"),
        pytest.param(b"GET / HTTP/2.0\r\n\r\n", id="another version"),
        pytest.param(b"GET / HTTP/1.2\r\n\r\n", id="another minor version"),
        pytest.param(b"GET / HTTP/0.9\r\n\r\n", id="an old version"),
        pytest.param(b"GET / HTTP/1.1 \r\n\r\n", id="blank after the version"),
        pytest.param(b"GET / RTSP/1.0\r\n\r\n", id="RTSP"),
        pytest.param(b"SOURCE / ICE/1.0\r\n\r\n", id="ICE"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="the preface of HTTP/2"),
        pytest.param(b"GET /\r\n\r\n", id="no version"),
        pytest.param(b"GET  / HTTP/1.1\r\n\r\n", id="two blanks"),
        pytest.param(b"GET /a b HTTP/1.1\r\n\r\n", id="blank in the target"),
        pytest.param(b"GET /\x01 HTTP/1.1\r\n\r\n", id="control character in the target"),
        pytest.param(b"GET /\xc3\xa9 HTTP/1.1\r\n\r\n", id="unescaped letter in the target"),
        pytest.param(b"GET x/y HTTP/1.1\r\n\r\n", id="target of no form"),
        pytest.param(b"G@T / HTTP/1.1\r\n\r\n", id="no method"),
        pytest.param(b"DANCE / HTTP/1.1\r\n\r\n", id="unknown method"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", id="TLS"),
        pytest.param(bytes(range(256)) * 4 + b"\r\n\r\n", id="garbage"),
    ],
)
def test_what_is_no_http_is_an_empty_400_and_the_end(client: Client, request_: bytes) -> None:
    status, headers, body = client.send(request_).full_answer()
    assert (status, body, headers["Connection"]) == (*BAD, "close")
    assert client.at_end()


def test_a_head_of_bare_line_feeds_is_never_a_head(hasty: LocalServer) -> None:
    client = Client(hasty)
    with client.socket:
        assert client.send(GET.replace(b"\r\n", b"\n")).at_end()


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        (b"http://iam.amazonaws.com/?a=1", b"GET / ? a=1"),
        (b"https://iam.amazonaws.com/x?a=1", b"GET /x ? a=1"),
        (b"http://iam.amazonaws.com", b"GET / ? "),
        (b"HTTP://x:1?a=http://y/z", b"GET / ? a=http://y/z"),
        (b"/http://x/?a", b"GET /http://x/ ? a"),
        (b"/?Url=https://x/y&a", b"GET / ? Url=https://x/y&a"),
        (b"/?a=1#fragment", b"GET / ? a=1"),
        (b"*", b"GET /* ? "),
        (b"/a%2Fb?c=%41", b"GET /a%2Fb ? c=%41"),
        (b"//x?y?z", b"GET //x ? y?z"),
    ],
)
def test_every_form_of_target_is_taken_apart_and_not_decoded(target: bytes, seen: bytes) -> None:
    with serving(echo) as client:
        assert client.send(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n").answer() == (200, seen + b" | ")


def test_the_values_of_headers_come_to_the_application_as_they_were_sent() -> None:
    def headers(request: WireRequest) -> WireResponse:
        return WireResponse(200, [], repr([*request.headers.items(), request.all("a")]).encode())

    with serving(headers) as client:
        client.send(b"GET / HTTP/1.1\r\nA:  b  c \r\na:\r\nX_Y: \xe9\r\n\r\n")
        assert client.answer()[1].decode() == "[('a', 'b  c'), ('x_y', 'é'), ['b  c', '']]"


def test_fifty_half_sent_heads_do_not_keep_another_client_waiting(connect: Callable[[], Client]) -> None:
    for _ in range(50):
        connect().send(b"POST / HTTP/1.1\r\nHost:")
    assert connect().send(post()).answer()[0] == 200


def test_half_sent_bodies_do_not_keep_another_client_waiting(connect: Callable[[], Client]) -> None:
    for _ in range(50):
        connect().send(post()[:-1])
    assert connect().send(post()).answer()[0] == 200


def test_a_client_that_reads_nothing_does_not_keep_others_waiting() -> None:
    reached = threading.Event()

    def answer(request: WireRequest) -> WireResponse:
        if request.path == "/large":
            reached.set()
            return WireResponse(200, [], b"a" * 50_000_000)
        return WireResponse(200, [], b"small")

    with serving(answer) as slow:
        slow.send(b"GET /large HTTP/1.1\r\n\r\n")
        assert reached.wait(PATIENCE)
        other = socket.create_connection(slow.socket.getpeername(), timeout=PATIENCE)
        with other:
            other.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            with other.makefile("rb") as answered:
                assert answered.read().endswith(b"\r\n\r\nsmall")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(post()[:-5], id="in a body"),
        pytest.param(head(CHUNKED) + b"5\r\nab", id="in a chunk"),
        pytest.param(head(CHUNKED) + b"5", id="in the size of a chunk"),
        pytest.param(b"POST / HT", id="in a head"),
        pytest.param(b"", id="before a request"),
    ],
)
@pytest.mark.parametrize("reset", [False, True], ids=["closing", "resetting"])
def test_a_client_that_leaves_early_does_no_harm(connect: Callable[[], Client], sent: bytes, reset: bool) -> None:
    leaver = connect().send(sent)
    if reset:
        leaver.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    leaver.socket.close()
    assert connect().send(post()).answer()[0] == 200


def test_a_client_that_leaves_in_the_middle_of_a_body_changes_nothing(connect: Callable[[], Client]) -> None:
    create = b"Action=CreateUser&Version=2010-05-08&UserName=alice"
    leaver = connect().send(post(create + b"&Path=/team/")[:-12])
    leaver.socket.shutdown(socket.SHUT_WR)
    assert leaver.at_end()
    assert b"<Users/>" in connect().send(post()).answer()[1]


@pytest.mark.parametrize("sent", [b"", b"POST / HTTP/1.1\r\n", post()[:-1], head(CHUNKED) + b"5\r\na"])
def test_a_client_that_takes_too_long_is_hung_up_on(hasty: LocalServer, sent: bytes) -> None:
    client = Client(hasty)
    with client.socket:
        assert client.send(sent).at_end()


def test_bytes_that_trickle_do_not_extend_the_time_for_a_head() -> None:
    with LocalServer(assemble(Settings()), head_timeout=0.2) as running:
        client = Client(running)
        client.socket.settimeout(0.02)
        with client.socket:
            for _ in range(500):
                try:
                    client.send(b"a")
                    if client.socket.recv(1) == b"":
                        return
                except TimeoutError:
                    continue
                except OSError:
                    return
    raise AssertionError("the server waited on for a head that never ended")


@pytest.mark.parametrize(("seconds", "open_still"), [(60, True), (299, True), (301, False)])
def test_an_idle_connection_is_kept_for_five_minutes(seconds: float, open_still: bool) -> None:
    with LocalServer(assemble(Settings())) as server:
        client = Client(server)
        with client.socket:
            assert client.send(post()).answer()[0] == 200
            server._sweep(time.monotonic() + seconds)
            assert (client.send(post()).answer()[0] == 200) if open_still else client.at_end()


def test_an_answer_that_waits_does_not_keep_another_client_waiting() -> None:
    go_on, reached = threading.Event(), threading.Event()

    def answer(request: WireRequest) -> WireResponse:
        if request.path == "/slow":
            reached.set()
            go_on.wait(PATIENCE)
        return WireResponse(200, [], request.path.encode())

    with serving(answer, waits=True) as slow:
        slow.send(b"GET /slow HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n")
        assert reached.wait(PATIENCE)
        other = socket.create_connection(slow.socket.getpeername(), timeout=PATIENCE)
        with other:
            other.sendall(b"GET /other HTTP/1.1\r\nConnection: close\r\n\r\n")
            with other.makefile("rb") as answered:
                assert answered.read().endswith(b"\r\n\r\n/other")
        go_on.set()
        assert [slow.answer(), slow.answer()] == [(200, b"/slow"), (200, b"/next")]


@pytest.mark.parametrize("waits", [False, True], ids=["in the loop", "aside"])
def test_a_fault_of_ours_is_an_empty_500_and_the_server_goes_on(waits: bool) -> None:
    def answer(request: WireRequest) -> WireResponse:
        if request.path == "/broken":
            raise RuntimeError("on purpose")
        return WireResponse(200, [])

    with serving(answer, waits=waits) as client:
        client.send(b"GET /broken HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        assert [client.answer(), client.answer()] == [(500, b""), (200, b"")]


def test_a_server_without_descriptors_to_spare_goes_on_when_there_are_some_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Exhausted:
        """A listening socket that cannot accept, once."""

        def __init__(self, listener: socket.socket) -> None:
            self.listener = listener
            self.refused = 0

        def accept(self) -> Any:
            if not self.refused:
                self.refused += 1
                raise OSError(errno.EMFILE, "Too many open files")
            return self.listener.accept()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.listener, name)

    server = LocalServer(assemble(Settings()), head_timeout=0.2)
    exhausted = Exhausted(server._listener)
    server._listener = exhausted  # type: ignore[assignment]
    with server:
        client = Client(server)
        with client.socket:
            assert client.send(post()).answer()[0] == 200
    assert exhausted.refused == 1
    assert caplog.messages == ["cannot accept a connection: Too many open files"]


def test_an_answer_to_be_dropped_is_a_closed_connection() -> None:
    with serving(lambda _: WireResponse(200, [], b"unseen", drop=True)) as client:
        assert client.send(GET).at_end()


def stopped_within_patience(server: LocalServer) -> bool:
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    stopping.join(4)  # stop itself gives up after 5
    return not stopping.is_alive()


def test_stopping_cuts_connections_that_are_open() -> None:
    server = LocalServer(assemble(Settings())).start()
    with contextlib.ExitStack() as stack:
        clients = [Client(server) for _ in range(10)]
        for client in clients:
            stack.callback(client.socket.close)
            assert client.send(post()).answer()[0] == 200
        clients[0].send(b"POST / HTTP/1.1\r\n")
        assert stopped_within_patience(server)
        assert all(client.at_end() for client in clients)


@pytest.mark.parametrize("waits", [False, True], ids=["in the loop", "aside"])
def test_stopping_does_not_wait_for_an_answer_that_is_being_made(waits: bool) -> None:
    made, reached = threading.Event(), threading.Event()

    def answer(request: WireRequest) -> WireResponse:
        reached.set()
        made.wait(PATIENCE)
        return WireResponse(200, [])

    server = LocalServer(Stand(answer, waits=waits)).start()
    client = Client(server)
    with client.socket:
        client.send(GET)
        assert reached.wait(PATIENCE)
        stopped = stopped_within_patience(server)
        cut_off = client.at_end()
        made.set()
        assert stopped
        assert cut_off


def test_stopping_twice_is_stopping_once() -> None:
    server = LocalServer(assemble(Settings())).start()
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), timeout=PATIENCE)


def test_a_port_is_free_again_after_stopping() -> None:
    with LocalServer(assemble(Settings())) as server:
        client = Client(server)
        with client.socket:
            assert client.send(post()).answer()[0] == 200
    with LocalServer(assemble(Settings()), port=server.port) as again:
        assert again.port == server.port


def test_a_server_that_was_never_started_gives_its_port_back_when_stopped() -> None:
    app = assemble(Settings())
    server = LocalServer(app)
    server.stop()
    try:
        with LocalServer(app, port=server.port) as again:
            assert again.port == server.port
    finally:
        server.serve_forever()  # closes what stop left open, if it did


def test_serve_forever_returns_when_another_thread_stops_it() -> None:
    server = LocalServer(assemble(Settings()))
    serving_thread = threading.Thread(target=server.serve_forever)
    serving_thread.start()
    client = Client(server)
    with client.socket:
        assert client.send(post()).answer()[0] == 200
        server.stop()
        serving_thread.join(PATIENCE)
        assert not serving_thread.is_alive()


def test_serve_forever_returns_at_once_when_it_is_stopped_before() -> None:
    server = LocalServer(assemble(Settings()))
    server.stop()
    server.serve_forever()
    with pytest.raises(OSError, match="Bad file descriptor"):
        server._listener.getsockname()


def test_a_taken_port_fails_in_the_constructor(server: LocalServer) -> None:
    with pytest.raises(OSError, match="in use"):
        LocalServer(assemble(Settings()), port=server.port)


def test_the_port_is_known_before_the_server_is_started() -> None:
    server = LocalServer(assemble(Settings()))
    assert 0 < server.port < 65536
    assert server.url == f"http://127.0.0.1:{server.port}"
    with server:
        client = Client(server)
        with client.socket:
            assert client.send(post()).answer()[0] == 200


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback address")
def test_an_ipv6_address_is_served_and_bracketed_in_the_url() -> None:
    with LocalServer(assemble(Settings()), host="::1") as server:
        assert server.url == f"http://[::1]:{server.port}"
        client = Client(server)
        with client.socket:
            assert client.send(post()).answer()[0] == 200


def test_no_request_of_many_clients_is_dropped_or_answered_for_another(connect: Callable[[], Client]) -> None:
    seen: dict[int, list[Any]] = {}

    def ask(number: int, client: Client) -> None:
        body = b"Action=GetUser&Version=2010-05-08&UserName=user%d" % number
        seen[number] = [b"with name user%d cannot" % number in client.send(post(body)).answer()[1] for _ in range(50)]

    threads = [threading.Thread(target=ask, args=(number, connect())) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert seen == {number: [True] * 50 for number in range(32)}


def test_a_long_answer_is_compressed_on_the_wire_for_a_client_that_asks() -> None:
    with FakeIAM() as fake:
        fake.seed({"users": [{"name": f"user{number:03d}"} for number in range(40)]})
        asked = {"Action": "ListUsers", "Version": "2010-05-08"}
        plain = requests.post(fake.url, data=asked, headers={"Accept-Encoding": "identity"}, timeout=10)
        packed = requests.post(fake.url, data=asked, headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert (plain.headers["Vary"], plain.headers.get("Content-Encoding")) == ("Accept-Encoding", None)
    assert (packed.headers["Vary"], packed.headers["Content-Encoding"]) == ("Accept-Encoding", "gzip")
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert packed.text.count("<UserName>") == plain.text.count("<UserName>") == 40


def test_others_are_answered_while_long_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def held(subjects: object) -> str:
        begun.set()
        assert go_on.wait(PATIENCE)
        return "user\n"

    monkeypatch.setattr(credential_report, "write", held)
    assembled = assemble(Settings())
    with LocalServer(assembled) as running:
        working, other = Client(running), Client(running)
        with working.socket, other.socket:
            working.send(post(f"Action=GenerateCredentialReport&Version={IAM_VERSION}".encode()))
            assert begun.wait(PATIENCE)
            for _ in range(3):
                assert other.send(post()).answer()[0] == 200
            go_on.set()
            status, body = working.answer()
            assert (status, b"<State>STARTED</State>" in body) == (200, True)
            assert working.send(post()).answer()[0] == 200
    assert len(assembled.controls.calls("GenerateCredentialReport")) == 1


def test_long_work_is_done_whole_where_answers_are_made_in_threads_of_their_own() -> None:
    assembled = assemble(Settings())
    assembled.controls.faults.add(operation="ListUsers", delay="1 second")
    with LocalServer(assembled) as running:
        client = Client(running)
        with client.socket:
            body = client.send(post(f"Action=GenerateCredentialReport&Version={IAM_VERSION}".encode())).answer()[1]
    assert b"<State>STARTED</State>" in body
