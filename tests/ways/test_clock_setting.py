"""The setting ``clock``: the time stands from the first request on."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fake_iam import FakeIAM, ManualClock, Settings, SettingsError
from fake_iam.assembly import assemble

AT = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


def test_everything_is_dated_by_it_from_the_start() -> None:
    with FakeIAM(clock="2026-01-31T12:00:00Z", transport="inprocess") as fake:
        iam = fake.client("iam")
        assert iam.get_user()["User"]["CreateDate"] == AT
        assert iam.create_user(UserName="alice")["User"]["CreateDate"] == AT


def test_a_relative_moment_is_seen_from_real_time() -> None:
    assembled = assemble(Settings(clock="91 days ago"), ManualClock(AT))
    assert assembled.controls.clock.now() == AT - timedelta(days=91)


def test_a_reset_goes_back_to_it() -> None:
    with FakeIAM(Settings(port=0, clock="2026-01-31T12:00:00Z")) as fake:
        fake.clock.advance("1 day")
        fake.reset()
        assert (fake.clock.now(), fake.clock.frozen) == (AT, True)
        fake.clock.release()
        assert not fake.clock.frozen


def test_it_wins_over_the_clock_of_a_state_file(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    with FakeIAM(Settings(port=0, state=state)) as fake:
        fake.clock.freeze("2020-01-01")
    with FakeIAM(Settings(port=0, state=state, clock="2026-01-31T12:00:00Z")) as fake:
        assert fake.clock.now() == AT


def test_it_is_read_from_the_environment() -> None:
    assert Settings.from_env({"FAKE_IAM_CLOCK": "2026-01-31"}).clock == "2026-01-31"


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings(clock="yesterday")
    assert str(refused.value) == 'clock: \'yesterday\' is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"'
