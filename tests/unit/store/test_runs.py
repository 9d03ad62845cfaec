"""Entries in order: what the runs hold is what a sorted list would."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.store import runs
from fake_iam.store.runs import SortedRuns

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
ENTRIES = st.integers(0, 60).map(lambda number: (f"{number // 10}", f"{number % 10}"))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that split soon."""
    monkeypatch.setattr(runs, "LONGEST", 4)


def held(entries: SortedRuns) -> list[tuple[str, ...]]:
    return list(entries.after(()))


@pytest.mark.usefixtures("short")
@UNHURRIED
@given(st.lists(ENTRIES, max_size=80), ENTRIES)
def test_entries_come_in_order_from_anywhere_whatever_came_and_went(
    changes: list[tuple[str, str]], begin: tuple[str, str]
) -> None:
    entries, expected = SortedRuns(), set[tuple[str, ...]]()
    for entry in changes:  # the second time it goes
        (entries.remove if entry in expected else entries.add)(entry)
        expected ^= {entry}
    assert held(entries) == sorted(expected)
    assert list(entries.after(begin)) == sorted(entry for entry in expected if entry > begin)
    assert list(entries.after(begin[:1])) == sorted(entry for entry in expected if entry > begin[:1])


def test_no_run_is_longer_than_the_limit_and_none_is_empty() -> None:
    entries = SortedRuns()
    numbers = [(f"{number * 7919 % 10_007:05d}",) for number in range(10_007)]
    for entry in numbers:
        entries.add(entry)
    assert held(entries) == sorted(numbers)
    assert max(map(len, entries._runs)) <= runs.LONGEST
    for entry in sorted(numbers)[1_000:9_000]:
        entries.remove(entry)
    assert held(entries) == sorted(numbers)[:1_000] + sorted(numbers)[9_000:]
    assert all(entries._runs)


def test_a_walk_takes_no_more_than_is_asked_for() -> None:
    entries = SortedRuns()
    for number in range(2_000):
        entries.add((f"{number:04d}",))
    assert list(islice(entries.after(("0999",)), 3)) == [("1000",), ("1001",), ("1002",)]


def test_removing_the_last_entry_leaves_room_for_the_next() -> None:
    entries = SortedRuns()
    entries.add(("a",))
    entries.remove(("a",))
    assert held(entries) == []
    entries.add(("b",))
    assert held(entries) == [("b",)]
