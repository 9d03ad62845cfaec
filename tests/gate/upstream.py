"""An upstream that does as a test tells it, and remembers what it was sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

BODY = "<ok/>"  # which clients of XML and of JSON take
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<ok/>"
PATIENCE = 10.0


@dataclass(frozen=True)
class Sent:
    """A request as it arrived: its first line, its headers under small names, its body without chunks' bounds."""

    line: str
    headers: dict[str, str]
    body: bytes


class Wire:
    """A connection, read and written by hand."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._buffer = b""

    def request(self) -> Sent | None:
        """The next request, or None at the end."""
        head = self.head()
        if head is None:
            return None
        return Sent(head.line, head.headers, self.body(head))

    def head(self) -> Sent | None:
        """The next request without its body."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        text, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        line, *lines = text.decode("latin-1").split("\r\n")
        pairs = [each.partition(": ") for each in lines]
        return Sent(line, {name.lower(): value for name, _, value in pairs}, b"")

    def body(self, head: Sent) -> bytes:
        """The body that belongs to a head."""
        if head.headers.get("transfer-encoding") != "chunked":
            return self.exactly(int(head.headers.get("content-length", "0")))
        body = b""
        while size := int(self._line(), 16):
            body += self.exactly(size)
            self._line()
        self._line()
        return body

    def exactly(self, count: int) -> bytes:
        """So many bytes; fewer if the connection ends."""
        while len(self._buffer) < count and self._more():
            pass
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer and self._more():
            pass
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _more(self) -> bool:
        data = self.socket.recv(65536)
        self._buffer += data
        return bool(data)


Serve = Callable[[Wire], None]


class Upstream:
    """Listens; every connection is served by a function, which by default answers each request with ``answer``."""

    def __init__(self, serve: Serve | None = None, *, answer: bytes = OK) -> None:
        self.sent: list[Sent] = []
        self.connections = 0
        self.answer = answer
        self._serve = serve or self._answer_each
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Upstream:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._start(lambda connection=connection: self._attend(connection))

    def _attend(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._serve(Wire(connection))

    def _answer_each(self, wire: Wire) -> None:
        while (sent := wire.request()) is not None:
            self.sent.append(sent)
            wire.send(self.answer)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()
