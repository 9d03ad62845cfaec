"""What is particular to the store in memory: indexes that never scan, and their upkeep."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fake_iam.store.memory import MemoryStore, MemoryTable, Undo


@pytest.fixture
def undo() -> Undo:
    return []


@pytest.fixture
def table(undo: Undo) -> MemoryTable[str]:
    """Words by any key, indexed by first letter and by length."""
    return MemoryTable(undo, {"letter": lambda word: word[0], "length": lambda word: f"{len(word):03d}"})


def test_every_index_is_kept(table: MemoryTable[str]) -> None:
    for word in ("beta", "alpha", "bee"):
        table.put(word, word)
    assert list(table.where("letter", "b")) == ["beta", "bee"]
    assert list(table.where("length", "004")) == ["beta"]
    assert list(table.rows("length")) == ["bee", "beta", "alpha"]


def test_a_change_moves_a_row_in_those_indexes_whose_value_changed(table: MemoryTable[str]) -> None:
    table.put("1", "beta")
    table.put("2", "bond")
    table.put("1", "bee")
    assert list(table.where("letter", "b")) == ["bee", "bond"]
    assert list(table.where("length", "004")) == ["bond"]
    assert list(table.rows("length")) == ["bee", "bond"]


def test_an_index_value_without_rows_takes_no_room(table: MemoryTable[str]) -> None:
    table.put("1", "beta")
    table.delete("1")
    assert table._keys == {"letter": {}, "length": {}}
    assert table._sorted == {"letter": [], "length": []}


def test_a_look_up_asks_no_row_for_its_value(undo: Undo) -> None:
    asked: list[str] = []

    def letter(word: str) -> str:
        asked.append(word)
        return word[0]

    counted: MemoryTable[str] = MemoryTable(undo, {"letter": letter})
    for word in ("beta", "alpha", "bee"):
        counted.put(word, word)
    asked.clear()
    assert counted.find("letter", "b") == "beta"
    assert list(counted.where("letter", "b")) == ["beta", "bee"]
    assert list(counted.rows("letter")) == ["alpha", "bee", "beta"]
    assert asked == []


def test_every_change_leaves_one_step_to_undo_it(table: MemoryTable[str], undo: Undo) -> None:
    table.put("1", "beta")
    table.put("1", "bee")
    table.delete("1")
    seen = [table.get("1")]
    for step in reversed(undo):
        step()
        seen.append(table.get("1"))
    assert seen == [None, "bee", "beta", None]


def test_a_table_without_indexes_is_a_table(undo: Undo) -> None:
    bare: MemoryTable[str] = MemoryTable(undo, {})
    bare.put("1", "x")
    assert (bare.get("1"), len(bare)) == ("x", 1)


@pytest.mark.parametrize("look", [lambda t: t.where("x", "y"), lambda t: t.find("x", "y"), lambda t: t.rows("x")])
def test_an_index_that_was_not_declared_is_a_key_error(
    table: MemoryTable[str], look: Callable[[MemoryTable[str]], object]
) -> None:
    with pytest.raises(KeyError, match="x"):
        look(table)


def test_a_transaction_that_is_done_leaves_nothing_to_undo() -> None:
    store = MemoryStore()
    with store.transaction():
        store.record_issue("AKIA1", "111111111111")
        assert len(store._undo) == 1
    assert store._undo == []


def test_the_same_account_is_the_same_object() -> None:
    store = MemoryStore()
    assert store.account("111111111111") is store.account("111111111111")
