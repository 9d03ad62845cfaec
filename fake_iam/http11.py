"""HTTP/1.1 as bytes: requests out of what arrived, answers into what is sent. Strict, and without sockets.

Whatever leaves the bounds of a request in doubt is refused, since the next request would begin at the wrong place
(RFC 9112, sections 6.3 and 11.2).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final, NamedTuple

from fake_iam.protocol.wire import BODY_LIMIT, WireRequest, WireResponse

HEAD_LIMIT: Final = 16 * 1024
HEADER_COUNT_LIMIT: Final = 100
CHUNK_LINE_LIMIT: Final = 256
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
HEAD: Final = re.compile(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\x80-\xff]+) HTTP/1\.([01])"
    r"((?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*)*)"
)
ABSOLUTE: Final = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")
REASONS: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Malformed(Exception):
    """No request that is served here, with the status of the empty answer; the connection is done with."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


class Arrived(NamedTuple):
    """A whole request, and whether the connection is to be kept for another one."""

    request: WireRequest
    keep: bool


class RequestReader:
    """The requests of one connection, one after another.

    Args:
        remote: the client's address, for the requests.
    """

    def __init__(self, remote: str) -> None:
        self._remote = remote
        self._buffer = bytearray()
        self._searched = 0
        self._head: Arrived | None = None
        self._missing = 0
        self._chunks: bytearray | None = None
        self._trailers = 0
        self.wants_continue = False

    @property
    def stage(self) -> str:
        """What is awaited: ``idle`` (nothing of a request is there yet), ``head`` or ``body``."""
        if self._head is not None:
            return "body"
        return "head" if self._buffer else "idle"

    def feed(self, data: bytes) -> None:
        """Take in what arrived."""
        self._buffer += data

    def next(self) -> Arrived | None:
        """The next request that is there as a whole, or None.

        ``wants_continue`` is set once for a client that waits for leave to send its body.

        Raises:
            Malformed: what arrived is no request, or a larger one than is served.
        """
        if self._head is None:
            if not self._buffer:
                return None
            self._read_head()
        if self._head is None or not self._read_body():
            return None
        arrived, self._head = self._head, None
        self.wants_continue = False
        return arrived

    def _read_head(self) -> None:
        buffer = self._buffer
        if buffer and buffer[0] in b"\r\n":
            del buffer[: len(buffer) - len(buffer.lstrip(b"\r\n"))]
        end = buffer.find(b"\r\n\r\n", self._searched)
        if (len(buffer) if end < 0 else end) > HEAD_LIMIT:
            # What is longer is to blame. To a long query AWS answers 400 (recorded), to long headers RFC 6585 does 431.
            line = buffer.find(b"\r\n", 0, HEAD_LIMIT // 2)
            raise Malformed(400 if line < 0 else 431)
        if end < 0:
            self._searched = max(0, len(buffer) - 3)
            return
        text = buffer[:end].decode("latin-1")
        del buffer[: end + 4]
        self._searched = 0
        head = HEAD.fullmatch(text)
        if head is None:
            raise Malformed
        method, target, minor, lines = head.groups()
        pairs = [line.partition(":") for line in lines.split("\r\n")[1:]]
        headers = [(name, value.strip(" \t")) for name, _, value in pairs]
        if len(headers) > HEADER_COUNT_LIMIT:
            raise Malformed(431)
        path, query = _target(target)
        request = WireRequest(method, path, query, headers, remote=self._remote)
        wish = request.joined("connection").lower()
        self._head = Arrived(request, "close" not in wish and (minor == "1" or "keep-alive" in wish))
        self._begin_body(request)

    def _begin_body(self, request: WireRequest) -> None:
        coding = request.joined("transfer-encoding").lower()
        lengths = set(request.header_values("content-length"))
        if coding and (coding != "chunked" or lengths):
            raise Malformed
        if len(lengths) > 1 or not all(text.isascii() and text.isdigit() for text in lengths):
            raise Malformed
        digits = lengths.pop().lstrip("0") if lengths else ""
        self._missing = int(digits[:12] or "0")
        if self._missing > BODY_LIMIT:
            raise Malformed(413)
        self._chunks = bytearray() if coding else None
        self._trailers = 0
        if coding or self._missing:
            self.wants_continue = "100-continue" in request.joined("expect").lower()

    def _read_body(self) -> bool:
        assert self._head is not None
        if self._chunks is not None:
            if not self._read_chunks(self._chunks):
                return False
            self._head.request.body = bytes(self._chunks)
            return True
        if self._missing:
            if len(self._buffer) < self._missing:
                return False
            self._head.request.body = bytes(self._buffer[: self._missing])
            del self._buffer[: self._missing]
        return True

    def _read_chunks(self, body: bytearray) -> bool:
        """Move what is there of a chunked body; True at its end. ``_missing`` counts a chunk's line end, too."""
        while True:
            if self._missing and not self._move_chunk(body):
                return False
            line = self._line()
            if line is None:
                return False
            if self._trailers:
                if not line:
                    return True
                self._trailers += 1
                if self._trailers > HEADER_COUNT_LIMIT:
                    raise Malformed
                continue
            size = line.partition(b";")[0].strip()
            if not CHUNK_SIZE.fullmatch(size):
                raise Malformed
            length = int(size, 16)
            if len(body) + length > BODY_LIMIT:
                raise Malformed(413)
            if length:
                self._missing = length + 2
            else:
                self._trailers = 1

    def _move_chunk(self, body: bytearray) -> bool:
        if len(self._buffer) < self._missing:
            return False
        end = self._missing - 2
        if self._buffer[end : self._missing] != b"\r\n":
            raise Malformed
        body += self._buffer[:end]
        del self._buffer[: self._missing]
        self._missing = 0
        return True

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n", 0, CHUNK_LINE_LIMIT + 2)
        if end < 0:
            if len(self._buffer) > CHUNK_LINE_LIMIT:
                raise Malformed
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line


def answer(response: WireResponse, date: str, *, keep: bool, body: bool = True) -> bytes:
    """The bytes of an answer. ``date`` is an HTTP date; ``body`` False leaves the body out, as HEAD asks for."""
    headers = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    head = (
        f"{REASONS[response.status]}{headers}Content-Length: {len(response.body)}\r\n"
        f"Date: {date}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    ).encode("latin-1", "replace")
    return head + response.body if body else head


def _target(target: str) -> tuple[str, str]:
    """Path and query of any form of a request's target, not decoded."""
    if target == "/":
        return target, ""
    absolute = ABSOLUTE.match(target)
    if absolute is not None:
        target = target[absolute.end() :] or "/"
    path, _, query = target.partition("#")[0].partition("?")
    return path if path.startswith("/") else f"/{path}", query
