"""Answers boto3's requests without a socket, at the point where botocore would send them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from fake_iam.assembly import Assembled
from fake_iam.domain.clock import SystemClock, ticks
from fake_iam.http11 import http_date
from fake_iam.protocol.wire import BODY_LIMIT, WireRequest, WireResponse
from fake_iam.wsgi import answered

SERVICES: Final = frozenset({"iam", "sts"})
CLIENTS: Final = SERVICES | {"resourcegroupstaggingapi"}
"""What a fake makes clients of. The last one is of all services, so those that others make of it are left alone."""
NOWHERE: Final = "http://fake-iam.invalid"  # a name that nobody can ever have (RFC 6761): what slips past ends there
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def _always() -> bool:
    return True


class InProcess:
    """Answers prepared requests as the server behind a socket does, its errors of transport included.

    Args:
        assembled: what answers.
        running: whether it does at the moment; if not, a request ends as at a server that has been stopped.
    """

    def __init__(self, assembled: Assembled, running: Callable[[], bool] = _always) -> None:
        self._assembled = assembled
        self._running = running
        self._clock = SystemClock()

    def answer(self, request: Any, read_timeout: float | None = None) -> AWSResponse:
        """The answer to an AWSPreparedRequest.

        Raises:
            EndpointConnectionError: it is not running.
            ReadTimeoutError: the answer took longer than the client waits.
            ConnectionClosedError: a fault rule drops the connection.
        """
        url = request.url
        if not self._running():
            raise EndpointConnectionError(endpoint_url=url)
        began = ticks()
        response = self._answered(_wire_request(request))
        if read_timeout is not None and ticks() - began > read_timeout:
            raise ReadTimeoutError(endpoint_url=url)
        if response.drop:
            raise ConnectionClosedError(endpoint_url=url)
        headers = dict(response.headers)
        headers["Content-Length"] = str(len(response.body))
        headers["Date"] = http_date(self._clock.now())
        return AWSResponse(url, response.status, headers, _Raw(bytes(response.body)))

    def _answered(self, request: WireRequest) -> WireResponse:
        if len(request.body) > BODY_LIMIT:  # which a server refuses before it has read it
            return WireResponse(413, [])
        return answered(self._assembled, request)


def attach(client: Any, assembled: Assembled, running: Callable[[], bool] = _always) -> None:
    """From now on the client's requests go to the assembled server, and no socket is opened."""
    answers = InProcess(assembled, running)
    read_timeout = client.meta.config.read_timeout

    def answer(request: Any, **_: Any) -> AWSResponse:
        return answers.answer(request, read_timeout)

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-send.{service}", answer)  # the more particular is asked first


def _wire_request(request: Any) -> WireRequest:
    path, query, host = _target(request.url)
    headers = [(name, _text(value).strip(" \t")) for name, value in request.headers.items()]
    if "Host" not in request.headers:
        headers.append(("Host", host))
    body = request.body or b""
    return WireRequest.of(
        method=request.method,
        path=path,
        query=query,
        headers=headers,
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


@lru_cache(maxsize=64)
def _target(url: str) -> tuple[str, str, str]:
    """Path, query and the Host header that goes with them on the wire, which is also the one that is signed."""
    target = urlsplit(url)
    host = target.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if target.port is not None and target.port != DEFAULT_PORTS.get(target.scheme):
        host = f"{host}:{target.port}"
    return target.path or "/", target.query, host


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class _Raw:
    """As much of urllib3's response as botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> tuple[bytes]:
        """The body in one piece."""
        return (self._body,)
