"""The control plane: requests under /_fake_iam/ to pages, JSON out, errors too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fake_iam.considerate import considerate
from fake_iam.control.documents.files import read_text
from fake_iam.control.documents.large import json_line, let_go
from fake_iam.control.documents.problems import AwsRefusal, DocumentError
from fake_iam.control.http.address import CONSOLE, PREFIX
from fake_iam.control.http.guard import Guard
from fake_iam.control.http.page import Asked, Page
from fake_iam.log import log
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.store.base import StoreUnavailable

if TYPE_CHECKING:
    from fake_iam.control.console.console import Console


class ControlPlane:
    """Answers the paths under /_fake_iam/.

    Args:
        pages: what can be asked.
        guard: who may ask.
        shared: inside it, a page reads and changes what all processes share; None if this process shares nothing.
        console: what answers the paths below console/, made for the first of them; None if there is no console.
    """

    def __init__(
        self,
        pages: Sequence[Page],
        guard: Guard,
        shared: AbstractContextManager[object] | None,
        console: Callable[[], Console] | None = None,
    ) -> None:
        self._guard = guard
        self._console = console
        self._together = shared or nullcontext()
        self._pages: dict[str, dict[str, Page]] = {}
        for page in pages:
            self._pages.setdefault(page.path, {})[page.method] = page

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer a request whose path begins with /_fake_iam/. Never raises."""
        name = request.path[len(PREFIX) :]
        if self._console is not None and (name + "/").startswith(CONSOLE):
            return self._console().handle(request)
        methods = self._pages.get(name, {})
        page = methods.get(request.method)
        objection = self._guard.objection(request, open_to_all=page is not None and page.open_to_all)
        if objection is not None:
            return _json(403, {"error": objection})
        if not methods:
            return _json(404, {"error": f"there is no control page {PREFIX}{name}", "pages": sorted(self._pages)})
        if page is None:
            taken = ", ".join(sorted(methods))
            answer = _json(405, {"error": f"{PREFIX}{name} takes {taken}, not {request.method}"})
            answer.headers.append(("Allow", taken))
            return answer
        try:
            with considerate(), self._together:
                answer = _json(200, page.answer(_asked(request, page)))
            return answer
        except AwsRefusal as refusal:
            return _json(refusal.status, {"error": str(refusal), "code": refusal.code, "message": refusal.message})
        except (ValueError, OverflowError) as problem:
            return _json(400, {"error": str(problem)})
        except StoreUnavailable as problem:
            log().error("the store does not answer: %s; control page %s", problem, name)
            return _json(500, {"error": f"the store does not answer: {problem}"})
        except Exception:
            log().exception("internal fault in the control page %s", name)
            return _json(500, {"error": "an internal fault; the server's log has more"})


def _asked(request: WireRequest, page: Page) -> Asked:
    """Raises ValueError for a body that is no UTF-8, no document, or has a field that cannot be."""
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    unknown = sorted(set(query) - set(page.query))
    if unknown:
        there = ", ".join(page.query) or "none"
        raise DocumentError(f"the query has no parameter {unknown[0]!r}; there are {there}")
    text = request.body.decode()
    if page.body is None:
        return Asked(query, text, {})
    return Asked(query, text, page.body.read(read_text(text) if text.strip() else {}))


def _json(status: int, document: Mapping[str, Any]) -> WireResponse:
    body = json_line(document)
    let_go(document)
    return WireResponse(status, [("Content-Type", "application/json")], body)
