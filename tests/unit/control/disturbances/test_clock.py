"""The server's clock: what it dates, and what it leaves alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from fake_iam import ManualClock
from fake_iam.control.disturbances.clock import ClockControl
from fake_iam.domain.clock import SteerableClock
from tests.support import AwsError, Wire

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def base() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def clock(base: ManualClock) -> ClockControl:
    return ClockControl(SteerableClock(base))


def test_it_goes_with_its_base(clock: ClockControl, base: ManualClock) -> None:
    base.advance(timedelta(hours=1))
    assert (clock.now(), clock.frozen) == (START + timedelta(hours=1), False)


def test_a_frozen_clock_stands_until_it_is_released(clock: ClockControl, base: ManualClock) -> None:
    clock.freeze()
    base.advance(timedelta(hours=1))
    assert (clock.now(), clock.frozen) == (START, True)
    assert clock.release() == START + timedelta(hours=1)
    assert clock.frozen is False


def test_it_can_be_frozen_elsewhere(clock: ClockControl) -> None:
    assert clock.freeze("2030-05-05") == datetime(2030, 5, 5, tzinfo=timezone.utc)


def test_a_frozen_clock_that_is_advanced_goes_on_standing(clock: ClockControl, base: ManualClock) -> None:
    clock.freeze()
    clock.advance("91 days")
    base.advance(timedelta(hours=1))
    assert clock.now() == START + timedelta(days=91)


def test_a_running_clock_that_is_set_goes_on_running(clock: ClockControl, base: ManualClock) -> None:
    clock.set("91 days ago")
    base.advance(timedelta(hours=1))
    assert clock.now() == START - timedelta(days=91) + timedelta(hours=1)


def test_advances_add_up(clock: ClockControl) -> None:
    clock.advance("P1D")
    assert clock.advance(timedelta(hours=1)) == START + timedelta(days=1, hours=1)


def test_it_goes_no_further_than_the_year_9000(clock: ClockControl) -> None:
    clock.set("8999-12-31")
    with pytest.raises(ValueError, match="a moment is from the year 1970 to 9000"):
        clock.advance("2 days")
    assert clock.now().year == 8999


def test_a_naive_datetime_is_refused_by_the_domains_clock(base: ManualClock) -> None:
    with pytest.raises(ValueError, match="a datetime with a time zone, not the naive 2026-01-01T00:00:00"):
        SteerableClock(base).freeze(datetime(2026, 1, 1))  # noqa: DTZ001 -- the point


def test_of_many_advances_at_once_every_one_counts(clock: ClockControl) -> None:
    clock.freeze()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: clock.advance("1 s"), range(400)))
    assert clock.now() == START + timedelta(seconds=400)


def test_it_dates_users_and_keys(wire: Wire) -> None:
    wire.assembled.controls.clock.freeze("2020-02-02T02:02:02Z")
    wire.user("alice")
    wire.key("alice")
    listed = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert (
        listed["CreateDate"] == wire.call("GetUser", UserName="alice")["User"]["CreateDate"] == "2020-02-02T02:02:02Z"
    )


def test_it_dates_the_last_use(wire: Wire) -> None:
    wire.user("alice")
    key = wire.key("alice")
    wire.assembled.controls.clock.freeze("2030-02-02T02:02:02Z")
    wire.call("GetCallerIdentity", key)
    used = wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]
    assert used["LastUsedDate"] == "2030-02-02T02:02:02Z"


def test_it_ends_sessions(wire: Wire) -> None:
    wire.user("alice")
    made = wire.call("GetSessionToken", wire.key("alice"), DurationSeconds="900")["Credentials"]
    from tests.support import Key

    session = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    assert not isinstance(wire.call("GetCallerIdentity", session), AwsError)
    wire.assembled.controls.clock.advance("900 s")
    assert wire.call("GetCallerIdentity", session) == AwsError(
        "ExpiredToken", "The security token included in the request is expired", 403
    )


def test_it_does_not_judge_signatures(strict: Wire) -> None:
    """A client signs with real time, wherever the server's clock is."""
    from tests.conftest import ROOT_ID, ROOT_SECRET
    from tests.support import Key

    strict.assembled.controls.clock.freeze("2040-01-01")
    assert strict.call("GetCallerIdentity", Key(ROOT_ID, ROOT_SECRET))["Account"] == "123456789012"
