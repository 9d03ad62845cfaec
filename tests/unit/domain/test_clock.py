"""The clocks: the machine's, and one that stands still."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from fake_iam.domain.clock import ManualClock, SystemClock, pause, ticks

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def test_the_system_clock_tells_the_machines_time_in_utc() -> None:
    before = datetime.now(timezone.utc)
    told = SystemClock().now()
    assert before <= told <= datetime.now(timezone.utc)
    assert told.tzinfo is timezone.utc


def test_a_manual_clock_starts_with_2026_and_stands_still() -> None:
    clock = ManualClock()
    assert clock.now() == START
    assert clock.now() == START


def test_a_manual_clock_starts_where_it_is_told() -> None:
    assert ManualClock(START + timedelta(days=1)).now() == START + timedelta(days=1)


@pytest.mark.parametrize("by", [timedelta(seconds=1), timedelta(days=-400), timedelta()])
def test_a_manual_clock_moves_by_a_span(by: timedelta) -> None:
    clock = ManualClock()
    clock.advance(by)
    assert clock.now() == START + by


@pytest.mark.parametrize("to", [START + timedelta(days=9), START - timedelta(days=9)])
def test_a_manual_clock_is_set_forward_and_back(to: datetime) -> None:
    clock = ManualClock()
    clock.set(to)
    assert clock.now() == to


def test_every_moment_is_told_in_utc() -> None:
    east = timezone(timedelta(hours=5))
    clock = ManualClock(datetime(2026, 1, 1, 5, tzinfo=east))
    assert (clock.now(), clock.now().tzinfo) == (START, timezone.utc)
    clock.set(datetime(2026, 1, 2, 5, tzinfo=east))
    assert clock.now().tzinfo is timezone.utc


def test_a_naive_moment_is_refused_when_a_clock_is_made_and_when_it_is_set() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    text = "^the clock takes a datetime with a time zone, not the naive 2026-01-01T00:00:00$"
    with pytest.raises(ValueError, match=text):
        ManualClock(naive)
    clock = ManualClock()
    with pytest.raises(ValueError, match=text):
        clock.set(naive)
    assert clock.now() == START


def test_a_pause_lets_real_time_pass() -> None:
    before = ticks()
    pause(0.01)
    assert ticks() - before >= 0.01
