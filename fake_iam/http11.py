"""HTTP/1.1 as bytes: requests out of what arrived, answers into what is sent. Strict, and without sockets.

Where heads end and what follows them is found here; what they say, in ``heads``. Whatever leaves the bounds of a
request in doubt is refused, since the next request would begin at the wrong place (RFC 9112, sections 6.3 and 11.2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from fake_iam.heads import HEADER_COUNT_LIMIT, Malformed, headers_in, request_line
from fake_iam.protocol.wire import BODY_LIMIT, WireRequest, WireResponse, reason

HEAD_LIMIT: Final = 16 * 1024
CHUNK_LINE_LIMIT: Final = 256
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNK_SIZE: Final = rb"[0-9A-Fa-f]{1,8}"
LINE_END: Final = 2  # bytes
LENGTH_DIGITS: Final = 12
CLOSE: Final = "Connection: close\r\n"
KEEP_ALIVE: Final = "Connection: keep-alive\r\n"


class _LoopRequest(WireRequest):
    """A request to a loop, which has others to answer while this one takes long."""

    __slots__ = ()
    takes_later = True


class RequestReader:
    """The requests of one connection, one after another.

    Args:
        remote: the client's address, for the requests.
        streams: says by its head whether a request's body, of any length, is to be taken in pieces.

    ``streaming`` tells that ``next`` gave a head alone, behind which ``piece`` gives the body. ``keep`` tells whether
    the connection is to be kept for another request behind the last one that ``next`` gave; ``connection`` is the
    Connection header that its answer needs: none where HTTP/1.1 keeps the connection anyway.
    """

    def __init__(self, remote: str, streams: Callable[[WireRequest], bool] | None = None) -> None:
        self._remote = remote
        self._streams = streams
        self._buffer = bytearray()
        self._searched = 0
        self._head: WireRequest | None = None
        self._missing = 0
        self._chunks: bytearray | None = None
        self._trailers = 0
        self.streaming = False
        self.wants_continue = False
        self.minor_version = "1"
        self.keep = True
        self.connection = ""

    @property
    def stage(self) -> str:
        """What is awaited: ``idle`` (nothing of a request is there yet), ``head`` or ``body``."""
        if self._head is not None:
            return "body"
        return "head" if self._buffer else "idle"

    def feed(self, data: bytes) -> None:
        """Take in what arrived."""
        self._buffer += data

    def next(self) -> WireRequest | None:
        """The next request that is there as a whole, or None; of one that is streamed the head.

        ``wants_continue`` is set once for a client that waits for leave to send its body.

        Raises:
            Malformed: what arrived is no request, or a larger one than is served.
        """
        if self._head is None:
            if not self._buffer:
                return None
            self._read_head()
        request = self._head
        if request is None or self.streaming:
            return request
        if not self._read_body(request):
            return None
        self._end()
        return request

    def piece(self) -> bytes | None:
        """What is there of a body that is streamed: nothing at its end, None if more is to be fed.

        Raises:
            Malformed: it is no body.
        """
        if self._chunks is not None:
            piece = self._chunk_piece()
        elif self._missing and not self._buffer:
            return None
        else:
            piece = self._taken(self._missing)
        if piece == b"":
            self._end()
        return piece

    def _end(self) -> None:
        self._head = None
        self.streaming = self.wants_continue = False

    def _taken(self, most: int) -> bytes:
        """So much of what is there of a body or a chunk, and no more."""
        piece = bytes(self._buffer[:most])
        del self._buffer[: len(piece)]
        self._missing -= len(piece)
        return piece

    def _read_head(self) -> None:
        buffer = self._buffer
        if buffer and buffer[0] in b"\r\n":
            del buffer[: len(buffer) - len(buffer.lstrip(b"\r\n"))]
        end = buffer.find(b"\r\n\r\n", self._searched)
        if (len(buffer) if end < 0 else end) > HEAD_LIMIT:
            # What is longer is to blame. To a long query AWS answers 400 (recorded), to long headers RFC 6585 does 431.
            raise Malformed(400 if buffer.find(b"\r\n", 0, HEAD_LIMIT // 2) < 0 else 431)
        if end < 0:
            self._searched = max(0, len(buffer) - 3)
            return
        head = bytes(buffer[: end + 4])
        del buffer[: end + 4]
        self._searched = 0
        headers, repeated = headers_in(head)
        method, path, query, minor = request_line(head[: head.index(b"\r\n")])
        self._head = request = _LoopRequest(method, path, query, headers, b"", self._remote, repeated)
        self.minor_version = minor
        self.keep = minor == "1"
        if "connection" in headers:
            wish = request.joined("connection").lower()
            self.keep = "close" not in wish and (self.keep or "keep-alive" in wish)
        self.connection = CLOSE if not self.keep else "" if minor == "1" else KEEP_ALIVE
        self._begin_body(request)

    def _begin_body(self, request: WireRequest) -> None:
        headers = request.headers
        if request.repeated and len(set(request.all("content-length"))) > 1:
            raise Malformed
        chunked = "transfer-encoding" in headers
        if chunked and (request.joined("transfer-encoding").lower() != "chunked" or "content-length" in headers):
            raise Malformed
        self.streaming = self._streams is not None and self._streams(request)
        length = headers.get("content-length", "0").lstrip("0")
        self._missing = int(length[:LENGTH_DIGITS] or "0")
        if len(length) > LENGTH_DIGITS or (self._missing > BODY_LIMIT and not self.streaming):
            raise Malformed(413)
        self._chunks = bytearray() if chunked else None
        self._trailers = 0
        if "expect" in headers and (chunked or self._missing):
            self.wants_continue = "100-continue" in request.joined("expect").lower()

    def _read_body(self, request: WireRequest) -> bool:
        if self._chunks is not None:
            if not self._read_chunks(self._chunks):
                return False
            request.body = bytes(self._chunks)
        elif self._missing:
            if len(self._buffer) < self._missing:
                return False
            request.body = bytes(self._buffer[: self._missing])
            del self._buffer[: self._missing]
        return True

    def _read_chunks(self, body: bytearray) -> bool:
        """Move what is there of a chunked body; True at its end."""
        while piece := self._chunk_piece(BODY_LIMIT - len(body)):
            body += piece
        return piece is not None

    def _chunk_piece(self, most: int | None = None) -> bytes | None:
        """What is there of a chunk: nothing at the last one's end, None if more is to be fed.

        ``_missing`` counts a chunk's line end, too. A chunk longer than ``most`` is refused.
        """
        while True:
            if self._missing > LINE_END:
                return self._taken(self._missing - LINE_END) or None
            if self._missing and not self._end_chunk():
                return None
            line = self._line()
            if line is None:
                return None
            if self._trailers:
                if not line:
                    return b""
                self._trailers += 1
                if self._trailers > HEADER_COUNT_LIMIT:
                    raise Malformed
                continue
            size = line.partition(b";")[0].strip()
            if not re.fullmatch(CHUNK_SIZE, size):
                raise Malformed
            length = int(size, 16)
            if most is not None and length > most:
                raise Malformed(413)
            if length:
                self._missing = length + LINE_END
            else:
                self._trailers = 1

    def _end_chunk(self) -> bool:
        if len(self._buffer) < LINE_END:
            return False
        if self._taken(LINE_END) != b"\r\n":
            raise Malformed
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


def answer(response: WireResponse, date: str, *, connection: str = "", body: bool = True) -> bytes:
    """The bytes of an answer.

    ``date`` is an HTTP date; ``connection`` a line with a Connection header, or nothing, as AWS answers HTTP/1.1;
    ``body`` False leaves the body out, as HEAD asks for. A body that goes on with news has no length: it ends with the
    connection (RFC 9112, 6.3).
    """
    length = f"Content-Length: {len(response.body)}\r\n" if response.news is None else ""
    framing = f"{length}Date: {date}\r\n{connection}"
    head = answer_head(f"{response.status} {reason(response.status)}", response.headers, framing)
    return head + response.body if body else head


def answer_head(status: str, headers: Iterable[tuple[str, str]], framing: str) -> bytes:
    """The head of an answer: its status with its reason, headers, and whole lines with those that bound it."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    return f"HTTP/1.1 {status}\r\n{lines}{framing}\r\n".encode("latin-1", "replace")


def http_date(at: datetime) -> str:
    """A moment in UTC as RFC 9110 writes it; by ``ctime``, which is always English: email.utils takes 9 ms to load."""
    weekday, month, day, clock, year = at.ctime().split()
    return f"{weekday}, {day:0>2} {month} {year} {clock} GMT"
