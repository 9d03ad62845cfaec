"""Who may use the control plane."""

from __future__ import annotations

import json

import pytest

from fake_iam.domain.loopback import is_loopback
from fake_iam.protocol.wire import WireRequest
from tests.support import HOST, Wire


def ask(
    wire: Wire, page: str = "journal", method: str = "GET", host: str | None = HOST, **headers: str
) -> tuple[int, str]:
    given = [("Host", host)] if host is not None else []
    given += [(name.replace("_", "-"), text) for name, text in headers.items()]
    response = wire.send(WireRequest.of(method, f"/_fake_iam/{page}", "", given))
    return response.status, json.loads(response.body).get("error", "")


@pytest.mark.parametrize("host", [HOST, "localhost:4593", "LOCALHOST", "[::1]:4593"])
def test_the_local_address_may_use_it(wire: Wire, host: str) -> None:
    assert ask(wire, host=host) == (200, "")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4593", "127.0.0.1.evil.example", "", "[", None])
def test_a_name_that_somebody_pointed_here_may_not(wire: Wire, host: str | None) -> None:
    shown = host or ""
    assert ask(wire, host=host) == (403, f"the Host header {shown!r} is not the address this server listens on")


@pytest.mark.parametrize("page", ["health", "reset", "clock/advance", "nonsense"])
def test_that_holds_for_every_page(wire: Wire, page: str) -> None:
    assert ask(wire, page, "POST", host="evil.example")[0] == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://["])
def test_a_page_of_another_origin_may_not(wire: Wire, origin: str) -> None:
    assert ask(wire, "reset", "POST", Origin=origin) == (403, f"a page of {origin!r} may not use the control plane")


def test_a_page_of_the_same_origin_may(wire: Wire) -> None:
    assert ask(wire, Origin=f"http://{HOST}") == (200, "")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_a_browser_calls_cross_site_may_not(wire: Wire, site: str) -> None:
    assert ask(wire, Sec_Fetch_Site=site) == (403, "a page of another site may not use the control plane")


def test_a_given_token_is_asked_for() -> None:
    wire = Wire(control_token="hush")
    needed = "this needs the control token, as Authorization: Bearer ... or X-Fake-IAM-Token: ..."
    assert ask(wire) == (403, needed)
    assert ask(wire, X_Fake_IAM_Token="wrong") == (403, needed)
    assert ask(wire, Authorization="Bearer hush") == (200, "")
    assert ask(wire, X_Fake_IAM_Token="hush") == (200, "")
    assert ask(wire, X_Fake_IAM_Token="", Authorization="Bearer hush") == (200, "")


def test_health_needs_no_token() -> None:
    assert ask(Wire(control_token="hush"), "health") == (200, "")


def test_a_server_that_others_can_reach_makes_a_token_and_answers_to_any_name() -> None:
    wire = Wire(host="0.0.0.0")
    token = wire.assembled.control_token
    assert token is not None and len(token) == 32
    assert ask(wire, host="ci.example:4593")[0] == 403
    assert ask(wire, host="ci.example:4593", Authorization=f"Bearer {token}") == (200, "")
    assert wire.assembled.control_token != Wire(host="0.0.0.0").assembled.control_token


def test_a_local_server_needs_no_token(wire: Wire) -> None:
    assert wire.assembled.control_token is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
