"""Answers a boto3 client without a socket, through botocore's before-send event."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fake_iam.assembly import Assembled
from fake_iam.protocol.wire import WireRequest


def attach(client: Any, assembled: Assembled) -> None:
    """From now on the client's requests go to the assembled server, and no socket is opened.

    >>> # attach(boto3.client("iam", ...), assemble(Settings()))
    """

    def answer(request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse
        from botocore.compat import HTTPHeaders
        from botocore.exceptions import ConnectionClosedError

        headers = HTTPHeaders()
        response = assembled.handle(_wire_request(request))
        if response.drop:
            raise ConnectionClosedError(endpoint_url=request.url)
        for name, value in response.headers:
            headers[name] = value
        return AWSResponse(request.url, response.status, headers, _Raw(response.body))

    client.meta.events.register("before-send", answer)


def _wire_request(request: Any) -> WireRequest:
    target = urlsplit(request.url)
    headers = [(name, _text(value)) for name, value in request.headers.items()]
    if not any(name.lower() == "host" for name, _ in headers):
        headers.append(("Host", target.netloc))
    body = request.body or b""
    return WireRequest(
        method=request.method,
        path=target.path or "/",
        query=target.query,
        headers=headers,
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class _Raw:
    """As much of urllib3's response as botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        """The body in one piece."""
        yield self._body
