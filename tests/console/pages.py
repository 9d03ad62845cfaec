"""How tests ask the console without a browser."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

from fake_iam.protocol.wire import WireRequest, WireResponse
from tests.support import HOST, Wire

ROOT = "/_fake_iam/console/"
ORIGIN = f"http://{HOST}"


def get(
    wire: Wire, page: str = "", host: str = HOST, headers: dict[str, str] | None = None, **query: str
) -> WireResponse:
    sent = {"Host": host, **(headers or {})}
    return wire.send(WireRequest.of("GET", ROOT + page, urlencode(query), sent.items()))


def text(wire: Wire, page: str = "", **query: str) -> str:
    response = get(wire, page, **query)
    assert response.status == 200, response.body
    return response.body.decode()


def follow(wire: Wire, shown: str, words: str) -> str:
    """The page that a link of a page leads to; there is one link with those words."""
    (address,) = re.findall(rf'<a href="([^"]*)"[^>]*>{re.escape(words)}</a>', shown)
    path, _, query = unescape(address).partition("?")
    response = wire.send(WireRequest.of("GET", path, query, {"Host": HOST}.items()))
    assert response.status == 200, response.body
    return response.body.decode()


def post(wire: Wire, form: str, headers: dict[str, str] | None = None, **fields: str) -> WireResponse:
    sent = {"Host": HOST, "Origin": ORIGIN, **(headers or {})}
    return wire.send(WireRequest.of("POST", ROOT + form, "", sent.items(), urlencode(fields).encode()))


def header(response: WireResponse, name: str) -> str | None:
    return dict(response.headers).get(name)
