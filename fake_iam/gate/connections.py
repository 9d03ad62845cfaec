"""Kept-alive connections to an upstream, and answers as they arrive over them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from fake_iam.gate.upstreams import Upstream
from fake_iam.readiness import readable

RECEIVE_SIZE: Final = 65536
KEPT: Final = 32
CONNECT_PATIENCE: Final = 5.0
PATIENCE: Final = 900.0
"""Seconds that an answer may take: as long as AWS lets a function run."""
BODILESS: Final = frozenset({204, 304})


class UpstreamGone(Exception):
    """The upstream does not listen, breaks a connection off, or speaks no HTTP: the text says which."""


class Connections:
    """Those to one upstream: the ones in use, and the ones that are kept to be used again."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self._kept: list[Connection] = []
        self._used: set[Connection] = set()
        self._lock = threading.Lock()
        self._closed = False

    def take(self) -> Connection:
        """A connection, an old one or a new one. Raises UpstreamGone."""
        while True:
            with self._lock:
                self._closed = False
                kept = self._kept.pop() if self._kept else None
            if kept is None:
                return self.fresh()
            if not kept.is_readable():
                return self._in_use(kept)
            kept.close()  # its end is all that there can be to read

    def fresh(self) -> Connection:
        """A new connection, unless all were closed meanwhile. Raises UpstreamGone."""
        if self._closed:
            raise UpstreamGone("the gate is closed")
        try:
            opened = socket.create_connection((self.upstream.host, self.upstream.port), CONNECT_PATIENCE)
        except OSError as problem:
            raise UpstreamGone(problem.strerror or str(problem)) from None
        opened.settimeout(PATIENCE)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._in_use(Connection(opened))

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next call if another may follow on it, or close it."""
        with self._lock:
            self._used.discard(connection)
            if connection.may_be_kept and len(self._kept) < KEPT and not self._closed:
                connection.is_old = True
                self._kept.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close all that are kept, let those in use end, and keep none until one is taken again."""
        with self._lock:
            kept, self._kept, self._closed = self._kept, [], True
            for connection in self._used:
                connection.cut()
        for connection in kept:
            connection.close()

    def _in_use(self, connection: Connection) -> Connection:
        with self._lock:
            self._used.add(connection)
        return connection


class Connection:
    """A connection to an upstream. ``is_old``: it was used before, so the upstream may be about to close it."""

    def __init__(self, opened: socket.socket) -> None:
        self.is_old = False
        self.may_be_kept = False
        self.socket = opened

    def is_readable(self) -> bool:
        """Whether there is something to read already, or the upstream has closed the connection."""
        return bool(readable([self.socket], 0))

    def send(self, data: bytes) -> None:
        """Send a part of a request. Raises UpstreamGone."""
        try:
            self.socket.sendall(data)
        except OSError as problem:
            raise UpstreamGone(problem.strerror or str(problem)) from None

    def answer(self, method: str) -> Answer:
        """The head of the answer to the request that was sent. Raises UpstreamGone."""
        answer = Answer(self._receive, method)
        answer.read_head()
        return answer

    def close(self) -> None:
        """Close it."""
        self.socket.close()

    def cut(self) -> None:
        """Let whoever reads from it see its end."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(RECEIVE_SIZE)
        except OSError as problem:
            raise UpstreamGone(problem.strerror or str(problem)) from None


class Answer:
    """An answer: its status with its reason, its headers, and its body as it arrives."""

    def __init__(self, receive: Callable[[], bytes], method: str) -> None:
        self.headers: list[tuple[str, str]] = []
        self.length: str | None = None
        self.code = 0
        self._receive = receive
        self._method = method
        self._parser = HttpResponseParser(self)
        self._reason = b""
        self._has_head = self._is_whole = self._keeps_alive = False
        self._chunked = False
        self._pieces: list[bytes] = []

    @property
    def status(self) -> str:
        """The status with its reason."""
        return f"{self.code} {self._reason.decode('latin-1')}"

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return self._method != "HEAD" and self.code not in BODILESS

    @property
    def keeps_connection(self) -> bool:
        """Whether, when all was read, another request may follow on the connection."""
        return self._keeps_alive and (self._is_whole or not self.has_body)

    def read_head(self) -> None:
        """Read until the head is there. Raises UpstreamGone."""
        while not self._has_head:
            data = self._receive()
            if not data:
                raise UpstreamGone("it closed the connection without an answer")
            self._feed(data)

    def body(self) -> Iterator[bytes]:
        """The body. Raises UpstreamGone if it is broken off."""
        while self.has_body:
            pieces, self._pieces = self._pieces, []
            yield from pieces
            if self._is_whole:
                return
            data = self._receive()
            if data:
                self._feed(data)
            elif self._chunked or self.length is not None:
                raise UpstreamGone("it broke its answer off")
            else:
                return  # its end is the connection's

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            raise UpstreamGone("it changes the protocol") from None
        except HttpParserError as problem:
            raise UpstreamGone(f"it answers what is no HTTP: {problem}") from None

    def on_status(self, reason: bytes) -> None:
        """Called by llhttp, maybe with a part of it."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by llhttp."""
        text = value.decode("latin-1").rstrip(" \t")
        lower = name.lower()
        if lower == b"content-length":
            self.length = text
        elif lower == b"transfer-encoding":
            self._chunked = "chunked" in text.lower()
        self.headers.append((name.decode("latin-1"), text))

    def on_headers_complete(self) -> None:
        """Called by llhttp; of answers that only announce another, nothing is kept."""
        self.code = self._parser.get_status_code()
        if self.code < 200:
            self.headers, self._reason = [], b""
        else:
            self._has_head = True
            self._keeps_alive = self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        """Called by llhttp."""
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        """Called by llhttp."""
        self._is_whole = self._has_head
