"""Passing a call on: the request to an upstream, and its answer back, in pieces."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final, Protocol

from fake_iam.gate.bodies import Body
from fake_iam.gate.connections import Answer, Connection, Connections, UpstreamGone
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.readiness import Overtaken

ACCOUNT: Final = "x-moto-account-id"
HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection (RFC 9110, 7.6.1), which are not passed on."""
GIVEN_ANEW: Final = frozenset({"authorization", "content-length", "expect", "host", ACCOUNT})


CREDENTIAL: Final = re.compile(r"(\bCredential=|\bAWS |\bX-Amz-Credential=|\bAWSAccessKeyId=)\w+", re.ASCII)
"""A key's id, in a header or in a query that is signed."""


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
    pieces: Iterable[bytes],
    account_id: str | None,
    answered: Callable[[int], None],
) -> None:
    """Pass a request on, and its answer back.

    Args:
        connections: those to the upstream.
        exchange: the request, and the way back.
        pieces: its body.
        account_id: the account in whose name; None leaves that to the upstream.
        answered: is told the status before the client is.

    Raises:
        UpstreamGone: there is no answer, or it is broken off.
        WrongHash: the body is not the one that the request declares.
    """
    request = exchange.request
    head = _head(request, account_id)
    connection = connections.take()
    exchange.heed(connection.socket)
    try:
        answer = _ask(connection, request, head, pieces)
        if answer is None and isinstance(pieces, Body):
            connection.close()  # the upstream did so, just before the request
            connection = connections.fresh()
            answer = _ask(connection, request, head, pieces)
        if answer is None:
            raise UpstreamGone("it closed the connection without an answer")
        answered(answer.code)
        _pass_back(answer, exchange)
    except BaseException:
        connection.close()
        raise
    connection.may_be_kept = connection.may_be_kept and answer.keeps_connection
    connections.give_back(connection)


def _ask(connection: Connection, request: WireRequest, head: bytes, pieces: Iterable[bytes]) -> Answer | None:
    """Send a request, and read the head of the answer; None if the upstream closes the connection instead."""
    chunked = "transfer-encoding" in request.headers
    unsent = head
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
        if connection.is_old:
            return None
        raise


def _pass_back(answer: Answer, exchange: Exchange) -> None:
    unwanted = (
        HOP_BY_HOP
        | {"content-length"}
        | _named([value for name, value in answer.headers if name.lower() == "connection"])
    )
    headers = [(name, value) for name, value in answer.headers if name.lower() not in unwanted]
    exchange.begin(answer.status, headers, answer.length, body=answer.has_body)
    for piece in answer.body():
        exchange.send(piece)
    exchange.end()


def _head(request: WireRequest, account_id: str | None) -> bytes:
    """The request's head for the upstream: as it was, apart from what concerns one connection alone.

    The host stays the client's, for answers have addresses with it that lead back here, and buckets may be in it.
    """
    unwanted = HOP_BY_HOP | GIVEN_ANEW | _named(request.all("connection"))
    query = f"?{_in_account(request.query, account_id)}" if request.query else ""
    lines = [f"{request.method} {request.path}{query} HTTP/1.1", f"host: {request.headers.get('host', '')}"]
    if "authorization" in request.headers:
        lines.append(f"authorization: {_in_account(request.headers['authorization'], account_id)}")
    for name in request.headers:
        if name not in unwanted:
            lines += [f"{name}: {value}" for value in request.all(name)]
    if "transfer-encoding" in request.headers:
        lines.append("transfer-encoding: chunked")
    elif "content-length" in request.headers:
        lines.append(f"content-length: {int(request.headers['content-length'])}")
    if account_id is not None:
        lines.append(f"{ACCOUNT}: {account_id}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _in_account(credential: str, account_id: str | None) -> str:
    """A header or query with a credential, the account's number in it for the id of the key.

    So servers that know no keys of this one have everything of an account in one place: LocalStack takes such an id for
    the account's, and DynamoDB Local keeps the tables of each id apart. None of them looks at the signature.
    """
    if account_id is None:
        return credential
    return CREDENTIAL.sub(lambda match: f"{match[1]}{account_id}", credential, count=1)


def _named(values: Iterable[str]) -> frozenset[str]:
    """The headers that a Connection header names."""
    return frozenset(name.strip().lower() for value in values for name in value.split(","))
