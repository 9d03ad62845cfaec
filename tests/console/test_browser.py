"""The console in Chromium: looks, keys, scripts, and the same without scripts. Skipped where there is no browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from docs.console_picture import ARGUMENTS, CHROMIUM, CONSOLE, PAGES, SEED, set_the_stage, staged
from fake_iam import FakeIAM

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: tox -e console")
pytestmark = [
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason=f"there is no {CHROMIUM}: apt-get install chromium"),
]

# Each text's contrast with what is behind it (WCAG 2.2, 1.4.3), in the page: those below 4.5.
CONTRAST = """() => {
  const rgb = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const linear = (v) => v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = (c) => c.slice(0, 3).map(linear)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    const c = rgb(getComputedStyle(e).backgroundColor);
    return c[3] === 1 ? c : behind(e.parentElement);
  };
  const poor = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own && e.tagName !== "INPUT" || !e.getClientRects().length) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${e.tagName}.${e.className} "${e.textContent.trim()}": ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
UNNAMED = """() => [...document.querySelectorAll("input:not([type=hidden]), button, a, nav, [role]")].filter((e) =>
  !(e.labels?.length || e.getAttribute("aria-label") || e.textContent.trim())).map((e) => e.outerHTML)"""
WIDER = """() => [...document.querySelectorAll("body *")].filter((e) => {
  for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return false;
  const box = e.getBoundingClientRect(); return box.width && box.right > innerWidth + 0.5;
}).map((e) => e.outerHTML.slice(0, 80))"""
KEY = SEED["users"][0]["access_keys"][0]["id"]
EVERY = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def fake() -> Iterator[FakeIAM]:
    with staged() as running:
        set_the_stage(running)
        yield running


@pytest.fixture(scope="module")
def shown() -> Iterator[FakeIAM]:
    """An account for tests that change nothing."""
    with staged() as running:
        set_the_stage(running)
        yield running


def opened(browser: Any, fake: FakeIAM, address: str = "", **options: Any) -> Any:
    page = browser.new_page(**options)
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"{fake.url}{CONSOLE}{address}")
    return page


@EVERY
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_every_control_has_a_name(
    browser: Any, shown: FakeIAM, name: str, scheme: str
) -> None:
    page = opened(browser, shown, PAGES[name], color_scheme=scheme)
    page.evaluate("document.querySelector('details').open = true")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(UNNAMED) == []
    assert page.locator("main").count() == page.locator("h1").count() == 1
    assert page.problems == []
    page.close()


@EVERY
def test_nothing_is_wider_than_a_small_telephone(browser: Any, shown: FakeIAM, name: str) -> None:
    page = opened(browser, shown, PAGES[name], viewport={"width": 360, "height": 740})
    assert page.evaluate(WIDER) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()


@pytest.mark.parametrize(("scheme", "ground"), [("light", (255, 255, 255)), ("dark", (20, 22, 27))])
def test_the_main_page_is_painted(browser: Any, shown: FakeIAM, tmp_path: Path, scheme: str, ground: Any) -> None:
    """The picture has its size, its ground in the corner, and something else in the header, the list and a chip."""
    page = opened(browser, shown, viewport={"width": 1100, "height": 560}, color_scheme=scheme)
    picture = page.screenshot(path=tmp_path / "main.png")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (1100, 560)
    assert 10_000 < len(picture) < 150_000
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == f"rgb{ground}"
    for selector in ("header", "table", ".chip.good", "nav [aria-current]"):
        box = page.locator(selector).first.bounding_box()
        assert box["width"] > 20 and box["height"] > 10 and box["x"] >= 0 and box["x"] + box["width"] <= 1100
        assert len(page.screenshot(clip=box)) > 300
    assert page.locator("tbody th a").all_inner_texts() == ["alice", "bob", "carol", "ci-deploy"]
    page.close()


def test_by_keyboard_one_skips_to_the_content_and_sees_where_one_is(browser: Any, shown: FakeIAM) -> None:
    page = opened(browser, shown)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Control+/")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") in ("solid", "auto")
    page.close()


def test_motion_is_reduced_for_whoever_wishes_it(browser: Any, shown: FakeIAM) -> None:
    for wish, animation in (("no-preference", "breathe"), ("reduce", "none")):
        page = opened(browser, shown, "journal", reduced_motion=wish)
        assert page.evaluate("getComputedStyle(document.querySelector('.dot')).animationName") == animation
        page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_key_is_switched_off_and_the_clock_moved(browser: Any, fake: FakeIAM, scripts: bool) -> None:
    page = opened(browser, fake, java_script_enabled=scripts)
    page.get_by_role("button", name=f"Switch {KEY} off").click()
    assert page.get_by_role("status").inner_text() == f"{KEY} is Inactive now."
    (first, _) = fake.client("iam").list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert first["Status"] == "Inactive"
    page.locator("details summary").click()
    page.get_by_label("Move on by").fill("91 days")
    page.get_by_role("button", name="Move on").click()
    assert page.get_by_role("status").inner_text() == "The clock has moved on by 91 days."
    assert fake.clock.now().isoformat() == "2026-06-01T09:30:00+00:00"
    page.close()


def test_a_fault_is_added_and_removed(browser: Any, fake: FakeIAM) -> None:
    page = opened(browser, fake, "faults", java_script_enabled=False)
    page.get_by_label("Operation").fill("GetUser")
    page.get_by_label("Error").fill("<b>")
    page.get_by_role("button", name="Add the rule").click()
    assert page.get_by_role("alert").inner_text().startswith("error: '<b>' is no error of GetUser; ")
    page.get_by_label("Operation").fill("GetUser")
    page.get_by_label("Error").fill("Throttling")
    page.get_by_role("button", name="Add the rule").click()
    assert page.get_by_role("status").inner_text() == "Rule 2 was added."
    assert page.locator("tbody tr").nth(1).get_by_text("error Throttling").count() == 1
    page.get_by_role("button", name="Remove rule 1").click()
    assert page.get_by_role("status").inner_text() == "Rule 1 was removed."
    assert [(rule.operation, rule.error) for rule in fake.faults.rules()] == [("GetUser", "Throttling")]
    page.close()


def test_the_journal_grows_before_ones_eyes_and_markup_in_it_is_text(browser: Any, fake: FakeIAM) -> None:
    page = opened(browser, fake, "journal")
    page.get_by_text("Live").wait_for()
    before = page.locator("tbody tr").count()
    fake.client("iam").create_user(UserName="dave")
    page.locator("tbody tr").nth(before).wait_for()
    assert page.locator("tbody tr th").first.inner_text() == "CreateUser"
    with pytest.raises(HTTPError):
        urlopen(f"{fake.url}/?Version=2010-05-08&Action=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", timeout=10)
    page.locator("tbody tr").nth(before + 1).wait_for()
    assert page.locator("tbody tr th").first.inner_text() == "<img src=x onerror=alert(1)>"
    number = page.locator("tbody tr").first.get_attribute("data-number")
    assert page.locator("[data-calls]").inner_text() == number == str(fake.assembled.controls.journal.count)
    fake.journal.clear()
    page.get_by_text("No calls yet").wait_for()
    assert page.problems == []
    page.close()


def test_the_journal_grows_on_when_the_server_was_away_for_a_moment(browser: Any, fake: FakeIAM) -> None:
    page = opened(browser, fake, "journal")
    page.get_by_text("Live").wait_for()
    before = page.locator("tbody tr").count()
    page.route("**/journal/rows*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        fake.client("iam").create_user(UserName="dave")
    page.unroute("**/journal/rows*")
    fake.client("iam").create_user(UserName="erin")
    page.locator("tbody tr").nth(before + 1).wait_for()
    assert [page.locator("tbody tr th").nth(row).inner_text() for row in range(3)] == [
        "CreateUser",
        "CreateUser",
        "CreateAccessKey",
    ]
    page.close()


def test_an_empty_journal_begins_to_grow(browser: Any) -> None:
    with staged() as fake:
        page = opened(browser, fake, "journal")
        page.get_by_text("No calls yet").wait_for()
        page.get_by_text("Live").wait_for()
        fake.client("iam").create_user(UserName="dave")
        page.locator("tbody tr").first.wait_for()
        assert page.get_by_text("No calls yet").count() == 0
        page.close()


def test_one_signs_in_with_the_token(browser: Any) -> None:
    with staged(control_token="hush") as fake:
        page = opened(browser, fake)
        page.get_by_label("Control token").fill("hush")
        page.get_by_role("button", name="Sign in").click()
        assert page.locator("h1").inner_text() == "Users and keys"
        assert page.get_by_role("heading", name="No users yet").count() == 1
        assert page.evaluate("document.cookie") == ""
        page.close()
