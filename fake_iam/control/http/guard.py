"""Who may use the control plane: the local address, or whoever has the token; never a page in somebody's browser."""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import urlsplit

from fake_iam.domain.loopback import LOOPBACK_NAMES, is_loopback
from fake_iam.protocol.wire import WireRequest

TOKEN_HEADER: Final = "X-Fake-IAM-Token"


class Guard:
    """Judges requests to the control plane.

    Args:
        host: the address the server listens on.
        token: what a request must show in ``Authorization: Bearer`` or ``X-Fake-IAM-Token``, or None.
    """

    def __init__(self, host: str, token: str | None) -> None:
        self._host = host
        self._token = token

    def objection(self, request: WireRequest, *, open_to_all: bool = False) -> str | None:
        """Why the request is refused, or None. ``open_to_all`` is for pages that need no token."""
        host = request.headers.get("host", "")
        if is_loopback(self._host) and _name(f"//{host}") not in LOOPBACK_NAMES | {self._host.lower()}:
            return f"the Host header {host!r} is not the address this server listens on"
        origin = request.headers.get("origin")
        if origin is not None and _netloc(origin) != host.lower():
            return f"a page of {origin!r} may not use the control plane"
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return "a page of another site may not use the control plane"
        if self._token is not None and not open_to_all and not self._shown(request):
            return f"this needs the control token, as Authorization: Bearer ... or {TOKEN_HEADER}: ..."
        return None

    def is_token(self, text: str) -> bool:
        """Whether the text is the token."""
        return self._token is not None and hmac.compare_digest(text.encode("utf-8", "replace"), self._token.encode())

    def mark(self) -> str:
        """What a browser keeps that has shown the token: the token itself cannot be told from it."""
        return hmac.new((self._token or "").encode(), b"console", "sha256").hexdigest()

    def _shown(self, request: WireRequest) -> bool:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.is_token(request.headers.get(TOKEN_HEADER.lower()) or bearer)


def _netloc(url: str) -> str | None:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return None


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
