"""The pages of the control plane: JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_iam.protocol.wire import WireRequest, WireResponse

PREFIX: Final = "/_fake_iam/"
Page = Callable[[], Mapping[str, Any]]


class ControlPlane:
    """Answers the paths under /_fake_iam/; every answer is JSON, errors too.

    Args:
        health: what GET /_fake_iam/health shows.
        reset: forgets all state, on POST /_fake_iam/reset.
    """

    def __init__(self, *, health: Page, reset: Callable[[], None]) -> None:
        self._health = health
        self._reset = reset
        self._pages: dict[str, tuple[str, Page]] = {
            "health": ("GET", self._health),
            "reset": ("POST", self._reset_page),
        }

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer a request whose path begins with /_fake_iam/."""
        name = request.path[len(PREFIX) :]
        if name not in self._pages:
            return _json(404, {"error": f"there is no control page {PREFIX}{name}", "pages": sorted(self._pages)})
        method, page = self._pages[name]
        if request.method != method:
            answer = _json(405, {"error": f"{PREFIX}{name} takes {method}, not {request.method}"})
            answer.headers.append(("Allow", method))
            return answer
        return _json(200, page())

    def _reset_page(self) -> Mapping[str, Any]:
        self._reset()
        return {"status": "reset"}


def _json(status: int, document: Mapping[str, Any]) -> WireResponse:
    return WireResponse(status, [("Content-Type", "application/json")], json.dumps(document).encode() + b"\n")
