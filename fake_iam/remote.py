"""Talks to the control plane of a running server, for the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fake_iam.settings import Settings

if TYPE_CHECKING:
    from urllib.error import HTTPError


class RemoteError(Exception):
    """No server answers, or it refuses: the text says why."""


class Remote:
    """The control plane at the host, port and token of some settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._place = f"{host}:{settings.port}"
        self.url = f"http://{self._place}"
        self._token = settings.control_token

    def get(self, page: str, **query: str | None) -> Any:
        """Read a page. Raises RemoteError."""
        return self._ask("GET", page, query)

    def delete(self, page: str, **query: str | None) -> Any:
        """Undo what a page did. Raises RemoteError."""
        return self._ask("DELETE", page, query)

    def post(self, page: str, **fields: Any) -> Any:
        """Send fields to a page; those that are None are left out. Raises RemoteError."""
        given = {name: value for name, value in fields.items() if value is not None}
        return self.send(page, json.dumps(given))

    def send(self, page: str, text: str) -> Any:
        """Send a text to a page. Raises RemoteError."""
        return self._ask("POST", page, {}, text.encode())

    def _ask(self, method: str, page: str, query: dict[str, str | None], body: bytes | None = None) -> Any:
        import urllib.error  # here, since the command that serves needs neither
        import urllib.request
        from http.client import HTTPException

        given = urlencode({name: value for name, value in query.items() if value is not None})
        url = f"{self.url}/_fake_iam/{page}{'?' if given else ''}{given}"
        request = urllib.request.Request(url, data=body, method=method)
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise RemoteError(self._reason(refusal)) from None
        except (OSError, ValueError, HTTPException) as problem:
            reason = " ".join(str(getattr(problem, "reason", problem)).split()) or type(problem).__name__
            raise RemoteError(f"no fake-iam answers on {self._place}: {reason}") from None

    def _reason(self, refusal: HTTPError) -> str:
        try:
            return str(json.load(refusal)["error"])
        except (ValueError, KeyError, TypeError):
            return f"no fake-iam answers on {self._place}: some other server says {refusal.code} {refusal.reason}"
