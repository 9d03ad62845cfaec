"""WSGI in, WSGI out: a thin shell around an assembled server, for whoever runs a WSGI server of his own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from fake_iam.log import log
from fake_iam.protocol.wire import BODY_LIMIT, Later, WireRequest, WireResponse, reason


class Answers(Protocol):
    """Whatever answers requests: an assembled server, or a stand-in."""

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer one request."""
        ...


def answered(answers: Answers, request: WireRequest) -> WireResponse:
    """The answer; a fault of ours is a logged, empty 500. Raises Later for requests that take it."""
    try:
        return answers.handle(request)
    except Later:
        raise
    except Exception:
        log().exception("internal fault outside the engine")
        return WireResponse(500, [])


class Application:
    """A WSGI application. WSGI knows no way to drop a connection: an answer to be dropped is an empty 500.

    Args:
        answers: what answers the requests; if left out, a server that is put together on the first request, with the
            settings that the environment gives.
    """

    def __init__(self, answers: Answers | None = None) -> None:
        self._answers = answers
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        response = self._answer(environ)
        if response.news is not None:  # WSGI would give a thread to it: the client asks again
            response = WireResponse(response.status, response.headers, response.news.take())
        headers = [*response.headers, ("Content-Length", str(len(response.body)))]
        start_response(f"{response.status} {reason(response.status)}", headers)
        return [bytes(response.body)]

    def _answer(self, environ: dict[str, Any]) -> WireResponse:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            return WireResponse(400, [])
        if len(length) > 9 or int(length) > BODY_LIMIT:
            return WireResponse(413, [])
        return answered(self._assembled(), _request(environ, int(length)))

    def _assembled(self) -> Answers:
        with self._lock:
            if self._answers is None:
                from fake_iam.assembly import assemble
                from fake_iam.settings import Settings

                self._answers = assemble(Settings.from_env())
            return self._answers


app = Application()


def _request(environ: dict[str, Any], length: int) -> WireRequest:
    path = environ.get("RAW_URI", "").partition("?")[0]
    if not path:
        from urllib.parse import quote  # our own server has no use for it

        path = quote(environ.get("PATH_INFO", "") or "/", safe="/-_.~", encoding="latin-1")
    return WireRequest.of(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        headers=_headers(environ),
        body=environ["wsgi.input"].read(length) if length else b"",
        remote=environ.get("REMOTE_ADDR", ""),
    )


def _headers(environ: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield key[5:].replace("_", "-"), value
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield key.replace("_", "-"), value
