"""The pages under /_fake_iam/, for scripts that wait for a server or wipe it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import pytest

from fake_iam import FakeIAM

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Page:
    """An answer of the control plane."""

    status: int
    content_type: str | None
    allow: str | None
    document: Any


def fetch(fake: FakeIAM, path: str, method: str = "GET", body: bytes | None = None) -> Page:
    """What the server answers on a path, an error or not."""
    request = urllib.request.Request(fake.url + path, method=method, data=body)
    try:
        answer = DIRECT.open(request, timeout=10)
    except urllib.error.HTTPError as problem:
        answer = problem
    with answer:
        return Page(answer.status, answer.headers["Content-Type"], answer.headers["Allow"], json.load(answer))


def test_health_shows_a_fresh_server(fake: FakeIAM) -> None:
    page = fetch(fake, "/_fake_iam/health")
    assert (page.status, page.content_type) == (200, "application/json")
    assert page.document == {
        "status": "ok",
        "version": version("fake-iam"),
        "auth": "issued",
        "enforce_policies": "log",
        "account_id": "123456789012",
        "accounts": 0,
        "users": 0,
        "access_keys": 0,
        "sessions": 0,
    }


def test_health_counts_over_all_accounts(fake: FakeIAM) -> None:
    for account in ("123456789012", "210987654321"):
        iam = fake.client("iam", access_key_id=account)
        iam.create_user(UserName="alice")
        made = iam.create_access_key(UserName="alice")["AccessKey"]
        fake.client(
            "sts", access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"]
        ).get_session_token()
    counts = fetch(fake, "/_fake_iam/health").document
    assert {name: counts[name] for name in ("accounts", "users", "access_keys", "sessions")} == {
        "accounts": 2,
        "users": 2,
        "access_keys": 2,
        "sessions": 2,
    }


def test_health_says_which_mode_is_on() -> None:
    with FakeIAM(auth="off") as fake:
        assert fetch(fake, "/_fake_iam/health").document["auth"] == "off"
        fake.enforce_policies("on")
        assert fetch(fake, "/_fake_iam/health").document["enforce_policies"] == "on"


def test_health_tells_no_secret() -> None:
    with FakeIAM(auth="strict", root_access_key_id="AKIAQROOTROOTROOTROO", root_secret_access_key="hush") as fake:
        assert "hush" not in json.dumps(fetch(fake, "/_fake_iam/health").document)


def test_health_needs_no_key_on_a_strict_server() -> None:
    with FakeIAM(auth="strict") as fake:
        assert fetch(fake, "/_fake_iam/health").status == 200


def test_reset_answers_that_it_is_done(fake: FakeIAM) -> None:
    page = fetch(fake, "/_fake_iam/reset", "POST")
    assert (page.status, page.content_type, page.document) == (200, "application/json", {"status": "reset"})


@pytest.mark.parametrize("body", [None, b"", b"{}", b"Action=ListUsers"])
def test_reset_forgets_everything_whatever_the_body(fake: FakeIAM, body: bytes | None) -> None:
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    iam.create_access_key(UserName="alice")
    fetch(fake, "/_fake_iam/reset", "POST", body)
    counts = fetch(fake, "/_fake_iam/health").document
    assert (counts["accounts"], counts["users"], counts["access_keys"]) == (0, 0, 0)


def test_reset_leaves_the_root_key_of_a_strict_server() -> None:
    with FakeIAM(auth="strict") as fake:
        sts = fake.client("sts")
        fetch(fake, "/_fake_iam/reset", "POST")
        assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:root"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_health_takes_no_other_method(fake: FakeIAM, method: str) -> None:
    text = f"/_fake_iam/health takes GET, not {method}"
    assert fetch(fake, "/_fake_iam/health", method) == Page(405, "application/json", "GET", {"error": text})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_reset_takes_no_other_method(fake: FakeIAM, method: str) -> None:
    text = f"/_fake_iam/reset takes POST, not {method}"
    assert fetch(fake, "/_fake_iam/reset", method) == Page(405, "application/json", "POST", {"error": text})


def test_a_reset_that_is_refused_forgets_nothing(fake: FakeIAM) -> None:
    fake.client("iam").create_user(UserName="alice")
    fetch(fake, "/_fake_iam/reset", "GET")
    assert fetch(fake, "/_fake_iam/health").document["users"] == 1


@pytest.mark.parametrize("name", ["", "helth", "health/", "Health", "reset/now"])
def test_an_unknown_page_is_not_found_and_says_which_there_are(fake: FakeIAM, name: str) -> None:
    page = fetch(fake, f"/_fake_iam/{name}")
    pages = page.document.pop("pages")
    assert {"health", "reset", "clock/advance"} <= set(pages)
    text = f"there is no control page /_fake_iam/{name}"
    assert page == Page(404, "application/json", None, {"error": text})


def test_a_query_parameter_that_the_page_lacks_is_refused(fake: FakeIAM) -> None:
    text = "the query has no parameter 'pretty'; there are none"
    assert fetch(fake, "/_fake_iam/health?pretty") == Page(400, "application/json", None, {"error": text})
