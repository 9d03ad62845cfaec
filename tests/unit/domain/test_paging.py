"""Lists in pages: what a marker is good for, and what becomes of it when rows come and go."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.domain.errors import ValidationError
from fake_iam.domain.paging import Page, Walk, page

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy
NAMES = [f"user{number:03d}" for number in range(250)]


def cut(
    rows: Sequence[str] | Walk[str],
    marker: str | None = None,
    max_items: int | None = None,
    scope: str = "s",
    page_size: int = 1000,
) -> Page[str]:
    return page(rows, scope=scope, key=str, marker=marker, max_items=max_items, page_size=page_size)


def walking(rows: Sequence[str], taken: list[str]) -> Walk[str]:
    """A walk that notes what was taken from it."""

    def walk(last: str | None) -> Iterator[str]:
        for row in rows:
            if last is None or row > last:
                taken.append(row)
                yield row

    return walk


def whole(part: Page[str]) -> Sequence[str]:
    """The rows of a page behind which there are no more."""
    assert part.marker is None
    return part.items


def marker_after(rows: Sequence[str], count: int, scope: str = "s") -> str:
    marker = cut(rows, max_items=count, scope=scope).marker
    assert marker is not None
    return marker


def read_all(rows: Sequence[str], max_items: int) -> list[str]:
    seen: list[str] = []
    marker = None
    for _ in range(len(rows) + 1):
        part = cut(rows, marker, max_items)
        seen += part.items
        marker = part.marker
        if marker is None:
            return seen
    raise AssertionError("the pages have no end")


def test_a_list_that_fits_is_complete_and_has_no_marker() -> None:
    assert whole(cut(["a", "b"])) == ["a", "b"]
    assert whole(cut([])) == []


def test_a_list_that_just_fits_has_no_marker() -> None:
    assert cut(["a", "b"], max_items=2).marker is None


def test_a_page_carries_a_hundred_rows_if_nothing_is_said() -> None:
    assert len(cut(NAMES).items) == 100
    assert cut(NAMES[:100]).marker is None


def test_a_page_carries_as_many_rows_as_are_asked_for() -> None:
    assert cut(NAMES, max_items=3).items == NAMES[:3]
    assert len(cut(NAMES, max_items=1000).items) == 250


def test_the_servers_page_size_holds_against_a_larger_wish() -> None:
    part = cut(NAMES, max_items=200, page_size=10)
    assert part.items == NAMES[:10]
    assert cut(NAMES, part.marker, 200, page_size=10).items == NAMES[10:20]


def test_fields_say_is_truncated_always_and_marker_only_if_there_is_more() -> None:
    assert cut(["a"]).fields() == {"IsTruncated": False}
    part = cut(["a", "b"], max_items=1)
    assert part.fields() == {"IsTruncated": True, "Marker": part.marker}


@UNHURRIED
@given(st.lists(st.text(), unique=True).map(sorted), st.integers(1, 12))
def test_pages_together_are_the_list(rows: list[str], max_items: int) -> None:
    assert read_all(rows, max_items) == rows


def test_a_list_that_is_walked_is_cut_into_the_same_pages() -> None:
    marker = None
    for _ in range(4):
        part, same = cut(walking(NAMES, []), marker, 70), cut(NAMES, marker, 70)
        assert (part.items, part.marker) == (same.items, same.marker)
        marker = part.marker
    assert marker is None


def test_no_more_than_a_page_and_one_row_are_taken_of_a_walk() -> None:
    taken: list[str] = []
    cut(walking(NAMES, taken), marker_after(NAMES, 10), 5)
    assert taken == NAMES[10:16]


def test_a_walk_is_given_the_place_that_the_marker_names() -> None:
    given: list[str | None] = []

    def walk(last: str | None) -> Sequence[str]:
        given.append(last)
        return []

    cut(walk)
    cut(walk, marker_after(NAMES, 10))
    assert given == [None, NAMES[9]]


def test_a_row_deleted_between_pages_moves_nothing() -> None:
    marker = marker_after(NAMES, 10)
    assert cut(NAMES[5:], marker, 2).items == NAMES[10:12]


def test_the_row_a_marker_names_may_be_deleted_between_pages() -> None:
    marker = marker_after(NAMES, 10)
    assert cut([name for name in NAMES if name != NAMES[9]], marker, 2).items == NAMES[10:12]


def test_a_row_added_between_pages_moves_nothing_and_is_seen_if_it_comes_later() -> None:
    marker = marker_after(["b", "d", "f"], 2)
    assert cut(["a", "b", "c", "d", "e", "f"], marker).items == ["e", "f"]


def test_a_marker_after_which_everything_was_deleted_gives_an_empty_last_page() -> None:
    assert whole(cut(["a"], marker_after(["a", "b"], 1))) == []


def test_a_marker_does_not_show_the_row_it_names() -> None:
    assert "user009" not in marker_after(NAMES, 10)


def forged(last: bytes) -> str:
    """A marker with the right digest of the scope ``s`` and other bytes behind it."""
    digest = base64.urlsafe_b64decode(marker_after(["a", "b"], 1) + "===")[:8]
    return base64.urlsafe_b64encode(digest + last).decode().rstrip("=")


GOOD = marker_after(NAMES, 10)
OTHER = marker_after(NAMES, 10, scope="another")


@pytest.mark.parametrize(
    "marker",
    [
        pytest.param("", id="empty"),
        pytest.param("x", id="no base 64"),
        pytest.param("nonsense", id="base 64 of nothing"),
        pytest.param(NAMES[9], id="a name"),
        pytest.param(OTHER, id="of another list"),
        pytest.param(GOOD + "=", id="with padding"),
        pytest.param(GOOD + "A", id="with a character more"),
        pytest.param(GOOD[:-1], id="with a character less"),
        pytest.param(" " + GOOD, id="with a blank"),
        pytest.param(GOOD[:5] + "\n" + GOOD[5:], id="with a line feed"),
        pytest.param("é" * 20, id="beyond ASCII"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param(forged(b"\xff\xfe"), id="bytes that are no text"),
    ],
)
def test_a_marker_that_this_list_never_gave_out_is_refused(marker: str) -> None:
    with pytest.raises(ValidationError) as raised:
        cut(NAMES, marker)
    assert (raised.value.code, raised.value.message) == ("ValidationError", "Invalid Marker.")


@UNHURRIED
@given(st.text(max_size=60))
def test_any_text_is_a_marker_or_refused(text: str) -> None:
    try:
        cut(NAMES, text)
    except ValidationError as refused:
        assert refused.message == "Invalid Marker."


@UNHURRIED
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_row_may_be_named_anything(name: str) -> None:
    rows: list[Any] = sorted([name, name + "a"])
    assert cut(rows, marker_after(rows, 1)).items == [name + "a"]
