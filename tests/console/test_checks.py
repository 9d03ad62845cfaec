"""Who may see the console, and what no other site can do with it."""

from __future__ import annotations

import re

import pytest

from fake_iam.protocol.wire import WireRequest
from tests.console.pages import ORIGIN, ROOT, get, header, post
from tests.support import HOST, Wire

POLICY = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"


@pytest.mark.parametrize("page", ["", "users?", "static/console.css", "sign-in", "nothing", "events"])
def test_every_answer_has_the_headers_that_keep_browsers_in_bounds(wire: Wire, page: str) -> None:
    response = get(wire, page)
    assert header(response, "Content-Security-Policy") == POLICY
    assert header(response, "X-Content-Type-Options") == "nosniff"
    assert header(response, "Cache-Control") == "no-store"
    assert header(response, "Referrer-Policy") == "same-origin"


def test_no_page_has_inline_code_or_asks_elsewhere(wire: Wire) -> None:
    wire.user("alice")
    for page in ("", "roles", "policies", "sessions", "journal", "why", "faults", "sign-in"):
        body = get(wire, page).body.decode()
        assert re.findall(r"<style|\sstyle=|\son\w+=|<script>|javascript:", body) == []
        assert [link for link in re.findall(r'(?:href|src|action)="([^"]+)"', body) if link[:1] not in "/#"] == []
    for name in ("console.css", "console.js"):
        assert b"http" not in get(wire, f"static/{name}").body


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_name_that_somebody_pointed_here_is_refused(wire: Wire, host: str) -> None:
    for page in ("", "journal", "static/console.css", "events"):
        assert get(wire, page, host=host).status == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://["}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_of_another_site_is_refused(wire: Wire, headers: dict[str, str]) -> None:
    assert post(wire, "clock", headers, do="freeze").status == 403
    assert not wire.assembled.controls.clock.frozen


def test_a_form_without_an_origin_is_refused(wire: Wire) -> None:
    assert get(wire, "clock").status == 404
    request = WireRequest.of("POST", f"{ROOT}clock", "", [("Host", HOST)], b"do=freeze")
    response = wire.send(request)
    assert (response.status, b"comes with the Origin of the console" in response.body) == (403, True)
    assert not wire.assembled.controls.clock.frozen


def test_a_token_is_asked_for_and_the_form_sets_a_cookie() -> None:
    wire = Wire(control_token="hush")
    shown = get(wire)
    assert (shown.status, b'type="password"' in shown.body) == (403, True)
    assert post(wire, "clock", do="freeze").status == 403
    assert get(wire, "events").status == 403
    refused = post(wire, "sign-in", token="wrong")
    assert (refused.status, header(refused, "Set-Cookie")) == (403, None)
    signed_in = post(wire, "sign-in", token="hush")
    cookie = header(signed_in, "Set-Cookie") or ""
    assert (signed_in.status, header(signed_in, "Location")) == (303, ROOT)
    found = re.fullmatch(rf"(fake_iam_console=[0-9a-f]{{64}}); Path={ROOT}; HttpOnly; SameSite=Strict", cookie)
    assert found is not None and "hush" not in cookie
    assert get(wire, headers={"Cookie": f"other=1; {found[1]}"}).status == 200
    assert post(wire, "clock", {"Cookie": found[1]}, do="freeze").status == 303
    assert get(wire, headers={"Cookie": "fake_iam_console=ab"}).status == 403
    assert get(Wire(control_token="other"), headers={"Cookie": found[1]}).status == 403
    assert get(wire, headers={"X-Fake-IAM-Token": "hush"}).status == 200


def test_the_cookie_opens_no_page_of_the_control_plane_itself() -> None:
    wire = Wire(control_token="hush")
    cookie = (header(post(wire, "sign-in", token="hush"), "Set-Cookie") or "").partition(";")[0]
    request = WireRequest.of("GET", "/_fake_iam/dump", "", [("Host", HOST), ("Cookie", cookie)])
    assert wire.send(request).status == 403


def test_the_console_can_be_left_out() -> None:
    assert get(Wire(console=False)).status == 404


def test_the_address_without_the_slash_leads_to_the_console(wire: Wire) -> None:
    response = wire.send(WireRequest.of("GET", ROOT.rstrip("/"), "", [("Host", HOST), ("Origin", ORIGIN)]))
    assert (response.status, header(response, "Location")) == (308, ROOT)


@pytest.mark.parametrize("name", ["../console.py", "..%2fconsole.py", "none.css", "", "../templates/base.html", "."])
def test_only_the_files_for_pages_are_given_out(wire: Wire, name: str) -> None:
    assert get(wire, f"static/{name}").status == 404
