"""A local HTTP/1.1 server for one WSGI application: keep-alive, a thread a connection, hard to upset, quick to stop.

Why it is our own: docs/decisions/0001-http-server.md.
"""

from __future__ import annotations

import io
import re
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final

from fake_iam.protocol.wire import BODY_LIMIT
from fake_iam.wsgi import DROP, RAW_HEADERS

HEAD_LIMIT: Final = 16 * 1024
HEADER_COUNT_LIMIT: Final = 100
CHUNK_LINE_LIMIT: Final = 256
DRAIN_LIMIT: Final = 64 * 1024 * 1024
REQUEST_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\x80-\xff]+) HTTP/1\.([01])")
HEADER_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*")
ABSOLUTE: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LocalServer:
    """Serves an application on one address.

    The constructor binds, so that a taken port raises OSError there and ``port`` is known before the first request.

    Args:
        app: a WSGI application.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        head_timeout: seconds that a client may take to send a request's head, and then its body.
        idle_timeout: seconds that a connection may stay open without a request.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        head_timeout: float = 30.0,
        idle_timeout: float = 300.0,
    ) -> None:
        self._app = app
        self._head_timeout = head_timeout
        self._idle_timeout = idle_timeout
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((host, port))
            self._listener.listen(1024)
        except OSError:
            self._listener.close()
            raise
        self._listener.setblocking(False)
        self._wake_reader, self._wake_writer = socket.socketpair()
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._started = False

    @property
    def url(self) -> str:
        """Where the server is reached."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> LocalServer:
        """Serve from a thread of the server's own."""
        self._started = True
        self._thread = threading.Thread(target=self.serve_forever, name="fake_iam-accept", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and cut every connection; safe to call twice, and from a signal handler."""
        self._stopping.set()
        with suppress(OSError):
            self._wake_writer.send(b"x")
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)
            self._close()
        if not self._started:
            self._close()

    def serve_forever(self) -> None:
        """Serve in this thread until ``stop`` is called."""
        if self._stopping.is_set() and not self._started:
            return
        self._started = True
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            while not self._stopping.is_set():
                selector.select()
                self._accept()
        self._close()

    def __enter__(self) -> LocalServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        with suppress(OSError):  # nobody there after all, or gone again
            while not self._stopping.is_set():
                connection, address = self._listener.accept()
                with self._lock:
                    self._connections.add(connection)
                threading.Thread(target=self._serve, args=(connection, str(address[0])), daemon=True).start()

    def _close(self) -> None:
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._wake_reader.close()
        self._wake_writer.close()

    def _serve(self, connection: socket.socket, remote: str) -> None:
        try:
            connection.setblocking(True)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            conversation = _Conversation(self._app, connection, remote, (self.host, self.port))
            while not self._stopping.is_set() and conversation.exchange(self._idle_timeout, self._head_timeout):
                pass
        except OSError:
            pass  # the client went away, or took too long
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()


class _Malformed(Exception):
    """A request that is no HTTP request we serve, with the status of the empty answer."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


class _Conversation:
    """The requests and answers of one connection."""

    def __init__(self, app: WSGIApplication, connection: socket.socket, remote: str, address: tuple[str, int]) -> None:
        self._app = app
        self._connection = connection
        self._remote = remote
        self._address = address
        self._buffer = b""
        self._deadline = 0.0

    def exchange(self, idle_timeout: float, head_timeout: float) -> bool:
        """One request and its answer. False: the connection is done with."""
        self._deadline = time.monotonic() + idle_timeout
        if not self._buffer and not self._receive():
            return False
        self._deadline = time.monotonic() + head_timeout
        try:
            head = self._read_head()
            if head is None:
                return False
            environ, headers, keep = self._parse(head)
            self._deadline = time.monotonic() + head_timeout
            body = self._read_body(headers)
        except _Malformed as malformed:
            self._refuse(malformed.status)
            return False
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        return self._answer(environ, keep)

    def _receive(self) -> bool:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._connection.settimeout(remaining)
        data = self._connection.recv(65536)
        self._buffer += data
        return bool(data)

    def _read_head(self) -> bytes | None:
        self._buffer = self._buffer.lstrip(b"\r\n")
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > HEAD_LIMIT:
                raise _Malformed
            if not self._receive():
                return None
        if end > HEAD_LIMIT:
            raise _Malformed
        head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
        return head

    def _parse(self, head: bytes) -> tuple[dict[str, Any], dict[str, list[str]], bool]:
        first, *lines = head.split(b"\r\n")
        request_line = REQUEST_LINE.fullmatch(first)
        if request_line is None or len(lines) > HEADER_COUNT_LIMIT:
            raise _Malformed
        raw: list[tuple[str, str]] = []
        headers: dict[str, list[str]] = {}
        for line in lines:
            header = HEADER_LINE.fullmatch(line)
            if header is None:
                raise _Malformed
            name, value = header[1].decode("ascii"), header[2].decode("latin-1")
            raw.append((name, value))
            headers.setdefault(name.lower(), []).append(value)
        method = request_line[1].decode("ascii")
        target = request_line[2].decode("latin-1")
        absolute = ABSOLUTE.match(target)
        target = target[absolute.end() :] or "/" if absolute else target
        target = target.partition("#")[0]
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "RAW_URI": target if target.startswith("/") else f"/{target}",
            "SERVER_NAME": self._address[0],
            "SERVER_PORT": str(self._address[1]),
            "SERVER_PROTOCOL": f"HTTP/1.{request_line[3].decode()}",
            "REMOTE_ADDR": self._remote,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.errors": io.StringIO(),
            RAW_HEADERS: raw,
        }
        for name, values in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = ",".join(values)
        wish = ",".join(headers.get("connection", ())).lower()
        keep = "close" not in wish and (request_line[3] == b"1" or "keep-alive" in wish)
        return environ, headers, keep

    def _read_body(self, headers: dict[str, list[str]]) -> bytes:
        coding = ",".join(headers.get("transfer-encoding", ())).lower()
        lengths = set(headers.get("content-length", ()))
        if coding and (coding != "chunked" or lengths):
            raise _Malformed
        if len(lengths) > 1 or not all(text.isascii() and text.isdigit() for text in lengths):
            raise _Malformed
        digits = next(iter(lengths)).lstrip("0") if lengths else ""
        length = int(digits[:12] or "0")
        if length > BODY_LIMIT:
            raise _Malformed(413)
        if "100-continue" in ",".join(headers.get("expect", ())).lower() and (length or coding):
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._read_chunks() if coding else self._take(length)

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while size := self._read_chunk_size():
            if len(body) + size > BODY_LIMIT:
                raise _Malformed(413)
            body += self._take(size)
            if self._take(2) != b"\r\n":
                raise _Malformed
        for _ in range(HEADER_COUNT_LIMIT):  # trailers, of no use to anyone here
            if not self._read_line():
                return bytes(body)
        raise _Malformed

    def _read_chunk_size(self) -> int:
        text = self._read_line().partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", text):
            raise _Malformed
        return int(text, 16)

    def _read_line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > CHUNK_LINE_LIMIT or not self._receive():
                raise _Malformed
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _take(self, length: int) -> bytes:
        parts = [self._buffer]
        missing = length - len(self._buffer)
        while missing > 0:
            self._buffer = b""
            if not self._receive():
                raise ConnectionError("the client left in the middle of a body")
            parts.append(self._buffer)
            missing -= len(self._buffer)
        data = b"".join(parts)
        self._buffer = data[length:]
        return data[:length]

    def _answer(self, environ: dict[str, Any], keep: bool) -> bool:
        started: list[Any] = []
        dropped: list[bool] = []
        environ[DROP] = lambda: dropped.append(True)
        body = b"".join(self._app(environ, lambda status, headers, error=None: started.extend((status, headers))))
        if dropped:
            return False
        status, headers = started
        self._send(status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body, keep)
        return keep

    def _refuse(self, status: int) -> None:
        """An empty answer, then read on for a moment, so that a client still sending gets to see it."""
        self._send(f"{status} {HTTPStatus(status).phrase}", [("Content-Length", "0")], b"", keep=False)
        self._connection.shutdown(socket.SHUT_WR)
        self._deadline = time.monotonic() + 2
        drained = 0
        while drained < DRAIN_LIMIT and self._receive():
            drained += len(self._buffer)
            self._buffer = b""

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes, keep: bool) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        lines += [f"Date: {formatdate(usegmt=True)}", f"Connection: {'keep-alive' if keep else 'close'}"]
        head = "\r\n".join(lines)
        self._connection.settimeout(30)
        self._connection.sendall(head.encode("latin-1", "replace") + b"\r\n\r\n" + body)
