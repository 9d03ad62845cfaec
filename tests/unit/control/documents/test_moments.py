"""Moments and spans as people write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from fake_iam.control.documents.moments import read_moment, read_past, read_span, write_moment, write_span

NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("91 days", timedelta(days=91)),
        ("1 day, 3 hours", timedelta(days=1, hours=3)),
        ("2 weeks and 1 day", timedelta(days=15)),
        ("1h30m", timedelta(minutes=90)),
        ("1 h 30 min", timedelta(minutes=90)),
        ("8s", timedelta(seconds=8)),
        ("1.5 hours", timedelta(minutes=90)),
        ("P91D", timedelta(days=91)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        (timedelta(days=2), timedelta(days=2)),
        ("0 s", timedelta()),
    ],
)
def test_a_span_is_read(text: object, span: timedelta) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "days", "P", "PT", "P1M", "1 month", "-1 day", "1 day ago", "1e3 days", 5, None])
def test_what_is_no_span_is_refused_by_its_value(text: object) -> None:
    with pytest.raises(ValueError) as refused:
        read_span(text)
    assert str(refused.value) == (f'{text!r} is no span of time; write "91 days", "1 h 30 min", "P91D" or "PT8S"')


@pytest.mark.parametrize("span", ["99999999999999 days", "400000 days", timedelta(days=-1)])
def test_a_span_out_of_range_is_refused_with_the_range(span: object) -> None:
    with pytest.raises(ValueError) as refused:
        read_span(span)
    assert str(refused.value) == f"{span!r} is out of range; a span of time is from 0 seconds to a thousand years"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("91 days ago", NOW - timedelta(days=91)),
        ("P1D ago", NOW - timedelta(days=1)),
        ("now", NOW),
        ("2025-05-05", datetime(2025, 5, 5, tzinfo=timezone.utc)),
        ("2025-05-05T01:02:03Z", datetime(2025, 5, 5, 1, 2, 3, tzinfo=timezone.utc)),
        ("2025-05-05T01:02:03+02:00", datetime(2025, 5, 4, 23, 2, 3, tzinfo=timezone.utc)),
        ("2025-05-05T01:02:03", datetime(2025, 5, 5, 1, 2, 3, tzinfo=timezone.utc)),
        (date(2025, 5, 5), datetime(2025, 5, 5, tzinfo=timezone.utc)),
        (datetime(2025, 5, 5), datetime(2025, 5, 5, tzinfo=timezone.utc)),  # noqa: DTZ001 -- a naive one, as YAML gives
    ],
)
def test_a_moment_is_read(text: object, moment: datetime) -> None:
    assert read_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01", "9999999 days ago", "days ago", 5, None])
def test_what_is_no_moment_is_refused_by_its_value(text: object) -> None:
    with pytest.raises(ValueError) as refused:
        read_moment(text, NOW)
    assert str(refused.value) == f'{text!r} is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"'


@pytest.mark.parametrize("text", ["1969-12-31", "9001-01-01", "100 weeks and 300000 days ago"])
def test_a_moment_out_of_range_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_moment(text, NOW)
    assert str(refused.value) == f"{text!r} is out of range; a moment is from the year 1970 to 9000"


def test_the_future_is_refused_where_a_past_moment_is_due() -> None:
    assert read_past("now", NOW) == NOW
    with pytest.raises(ValueError) as refused:
        read_past("2026-01-01T12:00:01Z", NOW)
    assert str(refused.value) == (
        "'2026-01-01T12:00:01Z' is in the future; the server's clock says 2026-01-01T12:00:00Z"
    )


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=91), "P91D"),
        (timedelta(seconds=8.5), "PT8.5S"),
        (timedelta(), "PT0S"),
        (timedelta(days=1, seconds=1), "P1DT1S"),
    ],
)
def test_a_span_is_written_so_that_it_can_be_read(span: timedelta, text: str) -> None:
    assert write_span(span) == text
    assert read_span(text) == span


def test_a_moment_is_written_so_that_it_can_be_read() -> None:
    moment = datetime(2026, 1, 1, 12, 0, 0, 250000, tzinfo=timezone.utc)
    assert write_moment(NOW) == "2026-01-01T12:00:00Z"
    assert read_moment(write_moment(moment), NOW) == moment
