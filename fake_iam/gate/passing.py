"""Passing a call on: the request to an upstream, and its answer back, in pieces."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Protocol

from fake_iam.gate.bodies import Body
from fake_iam.gate.connections import Answer, Connection, Connections, UpstreamGone
from fake_iam.gate.outgoing import HOP_BY_HOP, head, named
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.readiness import Overtaken


class Exchange(Protocol):
    """A client's request, of which the head was read, and the way back to it.

    ``begun``: some of an answer is out.
    """

    request: WireRequest
    begun: bool

    def heed(self, upstream: socket.socket) -> None:
        """Let the wait for the body end if there is something to read from an upstream."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """The request's body as it arrives. Raises Overtaken if the wait for it ended so."""
        ...

    def answer(self, response: WireResponse) -> None:
        """Send a whole answer."""
        ...

    def begin(self, status: str, headers: Iterable[tuple[str, str]], length: str | None, *, body: bool) -> None:
        """Send the head of an answer."""
        ...

    def send(self, piece: bytes) -> None:
        """Send a piece of its body."""
        ...

    def end(self) -> None:
        """The answer is whole."""
        ...


def pass_on(
    connections: Connections,
    exchange: Exchange,
    request: WireRequest,
    pieces: Iterable[bytes],
    answered: Callable[[int], None],
) -> None:
    """Pass a request on, and its answer back.

    Args:
        connections: those to the upstream.
        exchange: the way back.
        request: the request, as the upstream is to get it.
        pieces: its body.
        answered: is told the status before the client is.

    Raises:
        UpstreamGone: there is no answer, or it is broken off.
        WrongHash: the body is not the one that the request declares.
    """
    connection = connections.take()
    exchange.heed(connection.socket)
    try:
        answer = _ask(connection, request, pieces)
        if answer is None and isinstance(pieces, Body):
            connections.give_back(connection)  # the upstream closed it, just before the request
            connection = connections.fresh()
            answer = _ask(connection, request, pieces)
        if answer is None:
            raise UpstreamGone("it closed the connection without an answer")
        answered(answer.code)
        _pass_back(answer, exchange)
        connection.may_be_kept = connection.may_be_kept and answer.keeps_connection
    except BaseException:
        connection.may_be_kept = False
        raise
    finally:
        connections.give_back(connection)


def _ask(connection: Connection, request: WireRequest, pieces: Iterable[bytes]) -> Answer | None:
    """Send a request, and read the head of the answer; None if the upstream closes the connection instead."""
    chunked = "transfer-encoding" in request.headers
    unsent = head(request)
    connection.may_be_kept = False
    try:
        with suppress(Overtaken):
            for piece in pieces:
                connection.send(unsent + (b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece))
                unsent = b""
            connection.send(unsent + (b"0\r\n\r\n" if chunked else b""))
            connection.may_be_kept = True
        return connection.answer(request.method)
    except UpstreamGone:
        connection.may_be_kept = False
        if connection.is_old:
            return None
        raise


def _pass_back(answer: Answer, exchange: Exchange) -> None:
    unwanted = (
        HOP_BY_HOP
        | {"content-length"}
        | named([value for name, value in answer.headers if name.lower() == "connection"])
    )
    headers = [(name, value) for name, value in answer.headers if name.lower() not in unwanted]
    exchange.begin(answer.status, headers, answer.length, body=answer.has_body)
    for piece in answer.body():
        exchange.send(piece)
    exchange.end()
