"""Long work changes the interpreter while it lasts, and no longer."""

from __future__ import annotations

import gc
import sys

from fake_iam.considerate import SWITCH_INTERVAL, considerate


def state() -> tuple[bool, float]:
    return gc.isenabled(), sys.getswitchinterval()


def test_the_interpreter_is_as_before_once_the_last_of_several_works_ends() -> None:
    before = state()
    with considerate():
        with considerate():
            assert state() == (False, min(SWITCH_INTERVAL, before[1]))
        assert state() == (False, min(SWITCH_INTERVAL, before[1]))
    assert state() == before


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with considerate():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
