"""The loop over the connections of a server, which reads requests and sends answers, each when it can be.

Why it is our own, and why a loop: docs/decisions/0001-http-server.md.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from functools import partial
from typing import Final, Protocol

from fake_iam.connection import RECEIVE_SIZE, Connection
from fake_iam.exchange import Exchange, Gate, conclude
from fake_iam.heads import Malformed
from fake_iam.http11 import CLOSE, CONTINUE, RequestReader, answer, http_date
from fake_iam.log import log
from fake_iam.protocol.wire import Later, News, WireRequest, WireResponse
from fake_iam.threads import Threads
from fake_iam.wsgi import Answers, answered

DRAIN_SECONDS: Final = 2.0
LARGE: Final = 1_000_000  # bytes
MOST_LISTENERS: Final = 16  # connections that are told news


class PatientAnswers(Answers, Protocol):
    """What answers requests, and knows which of them may wait."""

    def may_wait(self, request: WireRequest) -> bool:
        """Whether the answer may take so long that other connections are to be served meanwhile."""
        ...


class Loop:
    """Binds an address and serves its connections; ``LocalServer`` starts and stops it, and describes the arguments."""

    def __init__(
        self,
        answers: PatientAnswers,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        head_timeout: float = 30.0,
        idle_timeout: float = 300.0,
        share_port: bool = False,
        gate: Gate | None = None,
    ) -> None:
        self._answers = answers
        self._gate = gate
        self._timeouts = {"idle": idle_timeout, "head": head_timeout, "body": head_timeout, "unsent": head_timeout}
        self._timeouts["news"] = float("inf")
        self._sweep_every = min(1.0, head_timeout / 4, idle_timeout / 4)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if share_port:
                self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._listener.bind((host, port))
            self._listener.listen(1024)
        except OSError:
            self._listener.close()
            raise
        self._listener.setblocking(False)
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._threads = Threads("fake_iam-answer")
        self._selector = selectors.DefaultSelector()
        self._connections: set[Connection] = set()
        self._listeners: set[Connection] = set()
        self._made: deque[tuple[Connection, tuple[WireRequest, WireResponse] | Exchange]] = deque()
        self._date = (0, "")
        self._deaf = False
        self._stopping = self._closed = False

    def _serve(self) -> None:
        selector = self._selector
        selector.register(self._wake_reader, selectors.EVENT_READ)
        self._listen()
        next_sweep = time.monotonic() + self._sweep_every
        while not self._stopping:
            for key, _ in selector.select(self._sweep_every if self._connections or self._deaf else None):
                if key.data is not None:
                    self._attend(key.data)
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._send_made()
            for listener in list(self._listeners):
                self._tell(listener)
            now = time.monotonic()
            if now >= next_sweep:
                next_sweep = now + self._sweep_every
                self._sweep(now)

    def _listen(self) -> None:
        self._deaf = False
        self._selector.register(self._listener, selectors.EVENT_READ)

    def _wake(self) -> None:
        with suppress(OSError):
            self._wake_writer.send(b"x")

    def _accept(self) -> None:
        try:
            while True:
                accepted, address = self._listener.accept()
                self._welcome(accepted, str(address[0]))
        except (BlockingIOError, ConnectionError):
            pass  # nobody there after all, or gone again
        except OSError as problem:  # no descriptors are left: the next sweep may free some
            log().error("cannot accept a connection: %s", problem.strerror)
            self._selector.unregister(self._listener)
            self._deaf = True

    def _welcome(self, accepted: socket.socket, remote: str) -> None:
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        streams = self._gate.claims if self._gate is not None else None
        connection = Connection(accepted, RequestReader(remote, streams))
        connection.enter("idle", self._timeouts)
        self._connections.add(connection)
        self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _attend(self, connection: Connection, made: tuple[WireRequest, WireResponse] | Exchange | None = None) -> None:
        """Go on with a connection: its answer has been made, or it can be written to, or read from."""
        try:
            if isinstance(made, Exchange):
                if not self._take_back(connection, made):
                    return
            elif made is not None:
                if not self._reply(connection, *made):
                    return
            elif connection.unsent:
                self._send(connection, connection.unsent)
            elif not connection.receive():
                self._close_connection(connection)
                return
            self._advance(connection)
        except OSError:  # the client went away
            self._close_connection(connection)
        except Exception:
            log().exception("internal fault of the server; the connection is closed")
            self._close_connection(connection)

    def _advance(self, connection: Connection) -> None:
        """Answer every request that is there, as long as the client takes the answers."""
        while not connection.unsent:
            if connection.news is not None:
                return
            if connection.last:
                self._finish(connection)
                return
            reader = connection.reader
            try:
                request = reader.next()
            except Malformed as malformed:
                connection.refused = connection.last = True
                self._send(connection, answer(WireResponse(malformed.status, []), self._now(), connection=CLOSE))
                continue
            if request is None:
                if reader.wants_continue:
                    reader.wants_continue = False
                    self._send(connection, CONTINUE)
                connection.enter(reader.stage, self._timeouts)
                return
            if reader.streaming:
                self._lend(connection, request)
                return
            if self._answers.may_wait(request):
                self._answer_aside(connection, request, partial(self._whole_answer, request))
                return
            try:
                response = answered(self._answers, request)
            except Later as later:
                self._answer_aside(connection, request, later.finish)
                return
            if not self._reply(connection, request, response):
                return

    def _whole_answer(self, request: WireRequest) -> WireResponse:
        try:
            return answered(self._answers, request)
        except Later as later:
            return later.finish()

    def _answer_aside(self, connection: Connection, request: WireRequest, finish: Callable[[], WireResponse]) -> None:
        """Make the answer in a thread of its own; meanwhile nothing is read from the connection."""
        self._selector.unregister(connection.socket)
        connection.deadline = float("inf")

        def make() -> None:
            self._made.append((connection, (request, finish())))
            self._wake()

        self._threads.run(make)

    def _lend(self, connection: Connection, request: WireRequest) -> None:
        """Let the gate answer over the connection, in a thread of its own."""
        self._selector.unregister(connection.socket)
        connection.deadline = float("inf")
        connection.lent = True
        connection.socket.settimeout(self._timeouts["body"])
        exchange = Exchange(connection.socket, connection.reader, request, self._now())
        self._threads.run(partial(self._pass, connection, exchange))

    def _pass(self, connection: Connection, exchange: Exchange) -> None:
        assert self._gate is not None
        conclude(self._gate, exchange)
        self._made.append((connection, exchange))
        self._wake()
        if self._closed:
            connection.socket.close()

    def _take_back(self, connection: Connection, exchange: Exchange) -> bool:
        """False: the connection is done with."""
        connection.lent = False
        if exchange.broken:
            self._close_connection(connection)
            return False
        connection.socket.setblocking(False)
        connection.stage, connection.last, connection.refused = "", exchange.last, exchange.refused
        return True

    def _send_made(self) -> None:
        with suppress(BlockingIOError):
            self._wake_reader.recv(RECEIVE_SIZE)
        while self._made:
            connection, made = self._made.popleft()
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            self._attend(connection, made)

    def _reply(self, connection: Connection, request: WireRequest, response: WireResponse) -> bool:
        """Send an answer. False: it was one to be dropped, and the connection with it."""
        if response.drop:
            self._close_connection(connection)
            return False
        body = b"" if request.method == "HEAD" else response.body
        if response.news is not None and request.method != "HEAD":
            self._begin_news(connection, response, response.news)
            return True
        connection.stage, connection.last = "", not connection.reader.keep
        is_large = len(body) > LARGE  # to copy it takes so long that others would notice
        keeps, shown = connection.reader.connection, bool(body) and not is_large
        whole = answer(response, self._now(), connection=keeps, body=shown)
        self._send(connection, whole, body if is_large else b"")
        return True

    def _begin_news(self, connection: Connection, response: WireResponse, news: News) -> None:
        """Keep the connection for news, asked for after all else; what the client sends now counts for nothing."""
        connection.last = True
        if len(self._listeners) >= MOST_LISTENERS:
            self._send(connection, answer(WireResponse(503, [("Retry-After", "5")]), self._now(), connection=CLOSE))
            return
        connection.news, connection.draining = news, True
        self._listeners.add(connection)
        connection.enter("news", self._timeouts)
        self._send(connection, answer(response, self._now(), connection=CLOSE))

    def _tell(self, connection: Connection) -> None:
        """Send the news, unless the client has not yet taken the last."""
        try:
            if connection.news is not None and not connection.unsent and (told := connection.news.take()):
                self._send(connection, told)
        except OSError:  # the client went away
            self._close_connection(connection)

    def _send(self, connection: Connection, data: bytes | memoryview, behind: bytes | memoryview = b"") -> None:
        waited = bool(connection.unsent)
        connection.send(data, behind)
        if bool(connection.unsent) != waited:
            self._turn(connection)

    def _turn(self, connection: Connection) -> None:
        """The client does not take all that is sent to it, or it does at last."""
        awaited = "idle" if connection.news is None else "news"
        stage, event = ("unsent", selectors.EVENT_WRITE) if connection.unsent else (awaited, selectors.EVENT_READ)
        connection.stage = ""
        connection.enter(stage, self._timeouts)
        self._selector.modify(connection.socket, event, connection)

    def _finish(self, connection: Connection) -> None:
        """The last answer is out. A client that was refused may still be sending: read on, so that it sees why."""
        if not connection.refused:
            self._close_connection(connection)
        elif not connection.draining:
            connection.draining = True
            connection.deadline = time.monotonic() + DRAIN_SECONDS
            connection.socket.shutdown(socket.SHUT_WR)

    def _sweep(self, now: float) -> None:
        if self._deaf:
            self._listen()
        for connection in [late for late in self._connections if late.deadline < now]:
            self._close_connection(connection)

    def _close_connection(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._listeners.discard(connection)
        with suppress(KeyError, ValueError):
            self._selector.unregister(connection.socket)
        connection.close()

    def _cut(self) -> None:
        for connection in list(self._connections):
            connection.cut()
        self._listener.close()

    def _close(self) -> None:
        self._closed = True
        for connection in list(self._connections):
            self._close_connection(connection)
        for connection, _ in self._made:
            connection.socket.close()
        self._threads.close()
        self._selector.close()
        self._listener.close()
        self._wake_reader.close()
        self._wake_writer.close()

    def _now(self) -> str:
        """The time as an HTTP date, written once a second."""
        second = int(time.time())
        if second != self._date[0]:
            self._date = (second, http_date(datetime.fromtimestamp(second, timezone.utc)))
        return self._date[1]
