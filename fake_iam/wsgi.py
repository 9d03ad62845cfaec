"""WSGI in, WSGI out: a thin shell around an assembled server."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import quote

from fake_iam.protocol.wire import BODY_LIMIT, WireRequest, WireResponse

LOGGER = logging.getLogger("fake_iam")
RAW_HEADERS: Final = "fake_iam.headers"
DROP: Final = "fake_iam.drop"


class Answers(Protocol):
    """Whatever answers requests: an assembled server, or a stand-in."""

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer one request."""
        ...


class Application:
    """A WSGI application. It runs under any WSGI server; ours also hands it the undecoded target and raw headers."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request; a fault of ours is a logged, empty 500."""
        response = self._answer(environ)
        if response.drop and DROP in environ:
            environ[DROP]()
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return [response.body]

    def _answer(self, environ: dict[str, Any]) -> WireResponse:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return WireResponse(400, [])
        if len(length) > 9 or int(length) > BODY_LIMIT:
            return WireResponse(413, [])
        try:
            return self._answers.handle(_request(environ, int(length)))
        except Exception:
            LOGGER.exception("internal fault outside the engine")
            return WireResponse(500, [])


def _request(environ: dict[str, Any], length: int) -> WireRequest:
    path = environ.get("RAW_URI", "").partition("?")[0]
    if not path:
        path = quote(environ.get("PATH_INFO", "") or "/", safe="/-_.~", encoding="latin-1")
    return WireRequest(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        headers=environ[RAW_HEADERS] if RAW_HEADERS in environ else list(_headers(environ)),
        body=environ["wsgi.input"].read(length) if length else b"",
        remote=environ.get("REMOTE_ADDR", ""),
    )


def _headers(environ: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key[5:].replace("_", "-"), value
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield key.replace("_", "-"), value
