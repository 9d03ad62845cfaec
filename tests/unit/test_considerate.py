"""Long work changes the interpreter while it lasts, and no longer."""

from __future__ import annotations

import gc
import sys

import pytest

from fake_iam import considerate as module
from fake_iam.considerate import LONG, MANY_OBJECTS, SWITCH_INTERVAL, considerate


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


def test_the_collector_does_not_look_through_the_many_objects_that_a_work_leaves() -> None:
    assert gc.isenabled()
    before = gc.get_freeze_count()
    try:
        with considerate():
            few = [[] for _ in range(100)]
        assert gc.get_freeze_count() == before
        with considerate():
            many = [[few] for _ in range(2 * MANY_OBJECTS)]
        assert gc.get_freeze_count() > len(many)
    finally:
        gc.unfreeze()


def test_the_collector_does_not_look_through_what_a_long_work_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((0.0, LONG, 1.0, 1.0 + LONG + 0.01))
    monkeypatch.setattr(module, "ticks", lambda: next(times))
    before = gc.get_freeze_count()
    try:
        with considerate():
            pass
        assert gc.get_freeze_count() == before
        with considerate():
            pass
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
