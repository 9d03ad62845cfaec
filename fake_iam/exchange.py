"""A request and its answer in pieces, over a connection of the server that is lent to a thread of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Protocol

from fake_iam.connection import RECEIVE_SIZE
from fake_iam.heads import Malformed
from fake_iam.http11 import CLOSE, CONTINUE, RequestReader, answer, answer_head
from fake_iam.log import log
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.readiness import Overtaken, readable


class Exchange:
    """What a client asks, and the answer to it. Every method may raise OSError: the client went away.

    Args:
        connection: the client's socket, which blocks.
        reader: what has read the request's head from it.
        request: that head.
        date: the time as an HTTP date, for answers that bring none.

    ``last``: no other request can follow on the connection. ``refused``: for the client may still be sending.
    ``begun``: some of an answer is out. ``broken``: what is out is not a whole answer.
    """

    def __init__(self, connection: socket.socket, reader: RequestReader, request: WireRequest, date: str) -> None:
        self.request = request
        self.last = not reader.keep
        self.refused = self.begun = self.broken = False
        self._socket = connection
        self._reader = reader
        self._date = date
        self._upstream: socket.socket | None = None
        self._chunked = False
        self._unsent = b""

    def heed(self, upstream: socket.socket) -> None:
        """Let the wait for the body end if there is something to read from an upstream."""
        self._upstream = upstream

    def pieces(self) -> Iterator[bytes]:
        """The request's body as it arrives; a client that waits for leave to send it is given that.

        Raises:
            Malformed: it is no body.
            Overtaken: the upstream answers before the body is here.
        """
        reader = self._reader
        if reader.wants_continue:
            reader.wants_continue = False
            self._socket.sendall(CONTINUE)
        while True:
            piece = reader.piece()
            if piece is None:
                reader.feed(self._received())
            elif piece:
                yield piece
            else:
                return

    def _received(self) -> bytes:
        if self._upstream is not None:
            ready = readable([self._socket, self._upstream], self._socket.gettimeout())
            if self._upstream in ready:
                raise Overtaken
            if not ready:
                raise TimeoutError
        data = self._socket.recv(RECEIVE_SIZE)
        if not data:
            raise ConnectionError("the client sends no more")
        return data

    def answer(self, response: WireResponse) -> None:
        """Send a whole answer, or break the connection if it is one to be dropped."""
        if response.drop:
            self.broken = True
            return
        connection = self._connection()
        self.begun = True
        self._socket.sendall(answer(response, self._date, connection=connection, body=self.request.method != "HEAD"))

    def refuse(self, status: int) -> None:
        """What the client sends is no request: tell it, unless some of an answer is out."""
        if self.begun:
            self.broken = True
        else:
            self.last = self.refused = True
            with suppress(OSError):
                self._socket.sendall(answer(WireResponse(status, []), self._date, connection=CLOSE))

    def begin(self, status: str, headers: Iterable[tuple[str, str]], length: str | None, *, body: bool) -> None:
        """Send the head of an answer, with the first of its body; ``send`` and ``end`` are for that.

        Args:
            status: the status with its reason.
            headers: all but those that bound the body; with the date.
            length: the body's length; if it is not known, chunks tell where it ends, or the connection's end does.
            body: whether one follows.
        """
        self._chunked = body and length is None and self._reader.minor_version == "1"
        if body and length is None and not self._chunked:
            self.last = True
        framing = "Transfer-Encoding: chunked\r\n" if self._chunked else ""
        if length is not None:
            framing = f"Content-Length: {length}\r\n"
        connection = self._connection()
        self.begun = self.broken = True
        self._unsent = answer_head(status, headers, framing + connection)

    def send(self, piece: bytes) -> None:
        """Send a piece of the body, which is not empty."""
        self._sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)

    def end(self) -> None:
        """The answer is whole."""
        self._sendall(b"0\r\n\r\n" if self._chunked else b"")
        self.broken = False

    def _sendall(self, data: bytes) -> None:
        """Send what has been put off, and data behind it."""
        unsent, self._unsent = self._unsent, b""
        if unsent or data:
            self._socket.sendall(unsent + data)

    def _connection(self) -> str:
        """The answer's Connection header; if the request's body is not all here, nothing can follow it."""
        with suppress(Malformed):
            while self._reader.streaming and self._reader.piece():
                pass
        if self._reader.streaming:
            self.last = self.refused = True
        return CLOSE if self.last else self._reader.connection


class Gate(Protocol):
    """What answers requests piece by piece, each in a thread of its own."""

    def claims(self, request: WireRequest) -> bool:
        """Whether a request, of which there is the head alone, is to be answered so."""
        ...

    def answer(self, exchange: Exchange) -> None:
        """Answer one. May raise OSError if the client went away."""
        ...


def conclude(gate: Gate, exchange: Exchange) -> None:
    """Let the gate answer, and see to it that the connection is not used on if it could not."""
    try:
        gate.answer(exchange)
    except Malformed as malformed:
        exchange.refuse(malformed.status)
    except OSError:  # the client went away
        exchange.broken = True
    except Exception:
        log().exception("internal fault of the gate; the connection is closed")
        exchange.broken = True
