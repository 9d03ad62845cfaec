"""Server-sent events in raw bytes: the loop tells listeners, serves others meanwhile, and lets go of all at its end."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Iterator

import pytest

from fake_iam.assembly import Assembled, assemble
from fake_iam.loop import MOST_LISTENERS
from fake_iam.server import LocalServer
from fake_iam.settings import Settings
from fake_iam.wsgi import Application
from tests.http.test_server import Client, post

EVENTS = b"GET /_fake_iam/console/events?last=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
JOURNAL = b"GET /_fake_iam/console/journal/rows?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def assembled() -> Assembled:
    return assemble(Settings())


@pytest.fixture
def server(assembled: Assembled) -> Iterator[LocalServer]:
    with LocalServer(assembled, head_timeout=5.0) as running:
        yield running


@contextlib.contextmanager
def listening(server: LocalServer, request: bytes = EVENTS) -> Iterator[tuple[Client, int, dict[str, str]]]:
    client = Client(server)
    with client.socket:
        status, headers, _ = client.send(request).full_answer()
        yield client, status, headers


def test_a_listener_is_told_of_calls_as_they_are_made(server: LocalServer) -> None:
    with listening(server) as (listener, status, headers), listening(server, post()) as (caller, _, _):
        assert status == 200
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Connection"] == "close"
        assert "Content-Length" not in headers
        assert listener.until(b"\n\n") == b"retry: 3000\nid: 1\ndata: 1\n\n"
        caller.send(post()).answer()
        assert listener.until(b"\n\n") == b"retry: 3000\nid: 2\ndata: 2\n\n"


def test_a_listener_that_comes_back_is_told_what_it_missed(server: LocalServer) -> None:
    again = EVENTS.replace(b"\r\n\r\n", b"\r\nLast-Event-ID: 1\r\n\r\n")
    with listening(server, post()) as (caller, _, _), listening(server, again) as (listener, _, _):
        caller.send(post()).answer()
        assert listener.until(b"\n\n") == b"retry: 3000\nid: 2\ndata: 2\n\n"


def test_listeners_are_few_and_a_place_that_is_left_is_free_again(server: LocalServer) -> None:
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(listening(server)) for _ in range(MOST_LISTENERS)]
        assert {status for _, status, _ in listeners} == {200}
        with listening(server) as (refused, status, headers):
            assert (status, headers["Retry-After"], headers["Connection"]) == (503, "5", "close")
            assert refused.at_end()
        with listening(server, post()) as (_, status, _):
            assert status == 200
        left = listeners[0][0].socket
        left.shutdown(socket.SHUT_WR)
        while left.recv(65536):
            pass
        assert stack.enter_context(listening(server))[1] == 200


def test_what_a_listener_sends_counts_for_nothing(server: LocalServer, assembled: Assembled) -> None:
    with listening(server) as (listener, _, _):
        listener.send(post() * 3)
        with listening(server, post()) as (_, status, _):
            assert status == 200
        assert listener.until(b"\n\n") == b"retry: 3000\nid: 1\ndata: 1\n\n"
        assert assembled.controls.journal.count == 1


def test_a_server_stops_while_somebody_listens(assembled: Assembled) -> None:
    server = LocalServer(assembled)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with listening(server) as (listener, status, _):
        assert status == 200
        server.stop()
        thread.join(5.0)
        assert not thread.is_alive()
        assert listener.at_end()


def test_head_of_the_events_has_an_end(server: LocalServer) -> None:
    with listening(server, EVENTS.replace(b"GET", b"HEAD")) as (client, status, _):
        assert status == 200
        assert client.send(post()).answer()[0] == 200


def test_the_rows_that_an_event_tells_of_are_a_page(server: LocalServer) -> None:
    with listening(server, post()) as (client, _, _):
        status, body = client.send(JOURNAL).answer()
    assert status == 200
    assert b'<tr data-number="1">' in body and b"<html" not in body


def test_under_another_wsgi_server_events_end_and_the_client_asks_again(assembled: Assembled) -> None:
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/_fake_iam/console/events",
        "QUERY_STRING": "",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
    }
    body = Application(assembled)(environ, lambda status, headers: said.append(status))
    assert (said, b"".join(body)) == (["200 OK"], b"retry: 3000\nid: 0\ndata: 0\n\n")
