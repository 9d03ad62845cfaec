"""The console: who may see it, which page a path is, and what goes around every answer."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fake_iam.control.console.actions import Actions
from fake_iam.control.console.events import JournalNews
from fake_iam.control.console.rendering import ROOT, WITHOUT_JINJA, Rendering, link, plain, static
from fake_iam.control.console.views import NotFound, Views
from fake_iam.control.controls import Controls
from fake_iam.control.http.guard import Guard
from fake_iam.domain.errors import ServiceError
from fake_iam.log import log
from fake_iam.pipeline.engine import Engine
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.store.base import StoreUnavailable

COOKIE: Final = "fake_iam_console"
HTML: Final = "text/html; charset=utf-8"
STATIC: Final = "static/"
SAID: Final = ("done", "problem")
"""What a page is told in its address of the form that led to it."""
KINDS: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
AROUND: Final = (
    (
        "Content-Security-Policy",
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


class Console:
    """Answers the paths below /_fake_iam/console/.

    Args:
        engine: the server's inside, which is only read.
        controls: what is shown and steered.
        guard: who may come.
        shared: inside it, a page reads and changes what all processes share; None if this process shares nothing.
        workers: how many processes answer at this address, each with a journal of its own.
    """

    def __init__(
        self,
        engine: Engine,
        controls: Controls,
        guard: Guard,
        shared: AbstractContextManager[object] | None,
        workers: int,
    ) -> None:
        self._engine = engine
        self._journal = controls.journal
        self._guard = guard
        self._together = shared or nullcontext()
        self._views = Views(engine, controls, workers)
        self._actions = Actions(controls)
        self._rendering = Rendering()

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer a request whose path is that of the console. Never raises."""
        response = self._answer(request)
        response.headers += AROUND
        return response

    def _answer(self, request: WireRequest) -> WireResponse:
        objection = self._guard.objection(request, open_to_all=True) or _forged(request)
        if objection is not None:
            return _html(403, plain("Not from there", objection))
        if not request.path.startswith(ROOT):
            return _see(ROOT, status=308)
        name = request.path[len(ROOT) :]
        try:
            if name.startswith(STATIC):
                return _file(name.removeprefix(STATIC))
            if name == "sign-in":
                return self._sign_in(request)
            if not self._is_known(request):
                return self._html(403, "sign_in.html", {"problem": None})
            if request.method == "POST":
                return self._change(name, request)
            if request.method not in ("GET", "HEAD"):
                return _html(405, plain("Not so", f"{request.method} is nothing that the console takes."))
            if name == "events":
                return self._events(request)
            return self._show(name, request)
        except ModuleNotFoundError as missing:
            if missing.name != "jinja2":
                log().exception("internal fault in the console, %s", name)
                return _html(500, plain("An internal fault", "The server's log has more."))
            return _html(501, WITHOUT_JINJA)
        except StoreUnavailable as problem:
            log().error("the store does not answer: %s; console page %s", problem, name)
            return _html(500, plain("The store does not answer", str(problem)))
        except Exception:
            log().exception("internal fault in the console, %s", name)
            return _html(500, plain("An internal fault", "The server's log has more."))

    def _show(self, name: str, request: WireRequest) -> WireResponse:
        view, query = self._views.pages.get(name), _fields(request.query)
        if view is None:
            return _html(404, plain("No such page", f"There is no page {name!r} in the console."))
        try:
            with self._together, self._engine.store.unchanged():
                template, values = view(query)
                frame = self._views.frame(query)
        except NotFound as problem:
            return _html(404, plain("Not found", str(problem)))
        except (ValueError, OverflowError, ServiceError) as problem:
            return _html(400, plain("That cannot be", str(problem)))
        around = {
            "page": name,
            "said": {word: query.get(word) for word in SAID},
            "here": link(name, **{word: text for word, text in query.items() if word not in SAID}),
            "start": "after" in query,
        }
        return self._html(200, template, {**around, **frame, **values})

    def _change(self, name: str, request: WireRequest) -> WireResponse:
        """Do what a form says, and go back to the page that it stands on."""
        form = _fields(request.body.decode("utf-8", "replace"))
        action = self._actions.forms.get(name)
        if action is None:
            return _html(404, plain("No such form", f"There is no form {name!r} in the console."))
        page, query = _back(form.pop("back", ""))
        try:
            with self._together:
                said = {"done": action(form)}
        except (ValueError, OverflowError) as problem:
            said = {"problem": str(problem)}
        return _see(link(page, **{**query, **said}))

    def _events(self, request: WireRequest) -> WireResponse:
        last = request.headers.get("last-event-id") or _fields(request.query).get("last", "")
        known = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None
        return WireResponse(200, [("Content-Type", "text/event-stream")], news=JournalNews(self._journal, known))

    def _is_known(self, request: WireRequest) -> bool:
        """Whether the request shows the token, if there is one: by a header, or by the cookie of the sign-in form."""
        if self._guard.objection(request) is None:
            return True
        return any(hmac.compare_digest(value, self._guard.mark()) for value in _cookies(request))

    def _sign_in(self, request: WireRequest) -> WireResponse:
        if request.method != "POST":
            return self._html(200, "sign_in.html", {"problem": None})
        if not self._guard.is_token(_fields(request.body.decode("utf-8", "replace")).get("token", "")):
            return self._html(403, "sign_in.html", {"problem": "That is not the control token."})
        response = _see(ROOT)
        cookie = f"{COOKIE}={self._guard.mark()}; Path={ROOT}; HttpOnly; SameSite=Strict"
        response.headers.append(("Set-Cookie", cookie))
        return response

    def _html(self, status: int, template: str, values: Mapping[str, object]) -> WireResponse:
        return _html(status, self._rendering.page(template, values))


def _forged(request: WireRequest) -> str | None:
    """Why a request that changes something may be the work of another site, or None: browsers name the origin."""
    if request.method in ("GET", "HEAD") or "origin" in request.headers:  # the guard has compared it
        return None
    return "a form of the console comes with the Origin of the console"


def _html(status: int, text: str) -> WireResponse:
    return WireResponse(status, [("Content-Type", HTML)], text.encode("utf-8", "replace"))


def _see(address: str, status: int = 303) -> WireResponse:
    return WireResponse(status, [("Location", address)])


def _file(name: str) -> WireResponse:
    found = static(name)
    if found is None:
        return _html(404, plain("No such file", f"There is no file {name!r} in the console."))
    return WireResponse(200, [("Content-Type", KINDS[name.rpartition(".")[2]])], found)


def _fields(text: str) -> dict[str, str]:
    """The fields of a form or a query; no store takes a NUL in a text."""
    return {name: value.replace("\0", "\ufffd") for name, value in parse_qsl(text, keep_blank_values=True)}


def _back(address: str) -> tuple[str, dict[str, str]]:
    """The page of an address and its parameters, without what was said there last; never one outside the console."""
    parts = urlsplit(address if address.startswith(ROOT) else ROOT)
    query = _fields(parts.query)
    return parts.path[len(ROOT) :], {name: value for name, value in query.items() if name not in SAID}


def _cookies(request: WireRequest) -> list[str]:
    pairs = [pair.strip().partition("=") for value in request.all("cookie") for pair in value.split(";")]
    return [value for name, _, value in pairs if name == COOKIE and value.isascii()]
