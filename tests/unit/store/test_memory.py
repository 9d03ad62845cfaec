"""What is particular to the store in memory: indexes that never scan, and their upkeep."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Final

import pytest

from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.users import User
from fake_iam.store.memory import MemoryStore, MemoryTable, Undo
from fake_iam.store.tables.declaring import Indexes, Order

ONE: Final = "111111111111"
AT: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def undo() -> Undo:
    return []


@pytest.fixture
def table(undo: Undo) -> MemoryTable[str]:
    """Words by any key: by first letter, counted by length, and listed from the end."""
    return MemoryTable(
        undo,
        Indexes(
            lookups={"letter": lambda word: word[0]},
            tallies={"length": lambda word: str(len(word))},
            orders={"end": Order(lambda word, _: ["all/", f"{word[0]}/"], lambda word, _: word[::-1])},
        ),
    )


def test_every_index_is_kept(table: MemoryTable[str]) -> None:
    for word in ("beta", "alpha", "bee"):
        table.put(word, word)
    assert list(table.where("letter", "b")) == ["beta", "bee"]
    assert dict(table.tally("length")) == {"3": 1, "4": 1, "5": 1}
    assert list(table.after("end", "all/")) == ["alpha", "beta", "bee"]
    assert list(table.after("end", "b/", "ateb")) == ["bee"]


def test_a_change_moves_a_row_in_those_indexes_whose_value_changed(table: MemoryTable[str]) -> None:
    table.put("1", "beta")
    table.put("2", "bond")
    table.put("1", "bee")
    assert list(table.where("letter", "b")) == ["bee", "bond"]
    assert dict(table.tally("length")) == {"3": 1, "4": 1}
    assert list(table.after("end", "all/")) == ["bond", "bee"]


def test_an_index_value_without_rows_takes_no_room(table: MemoryTable[str]) -> None:
    table.put("1", "beta")
    table.delete("1")
    assert table._lookups["letter"]._keys == {}
    assert dict(table.tally("length")) == {}
    assert table._orders["end"]._entries._runs == [[]]


def test_a_look_up_asks_no_row_for_its_value(undo: Undo) -> None:
    asked: list[str] = []

    def letter(word: str) -> str:
        asked.append(word)
        return word[0]

    orders = {"letter": Order(lambda _, __: ["all/"], lambda word, _: letter(word))}
    counted: MemoryTable[str] = MemoryTable(undo, Indexes({"letter": letter}, {"letter": letter}, orders))
    for word in ("beta", "alpha", "bee"):
        counted.put(word, word)
    asked.clear()
    assert counted.find("letter", "b") == "beta"
    assert list(counted.where("letter", "b")) == ["beta", "bee"]
    assert counted.tally("letter")["b"] == 2
    assert list(counted.after("letter", "all/")) == ["alpha", "bee", "beta"]
    assert asked == []


def test_a_tally_cannot_be_changed_from_outside(table: MemoryTable[str]) -> None:
    with pytest.raises(TypeError):
        table.tally("length")["3"] = 1  # type: ignore[index]


def test_every_change_leaves_one_step_to_undo_it(table: MemoryTable[str], undo: Undo) -> None:
    table.put("1", "beta")
    table.put("1", "bee")
    table.delete("1")
    seen = [table.get("1")]
    for step, *arguments in reversed(undo):
        step(*arguments)
        seen.append(table.get("1"))
    assert seen == [None, "bee", "beta", None]


def test_a_table_without_indexes_is_a_table(undo: Undo) -> None:
    bare: MemoryTable[str] = MemoryTable(undo, Indexes())
    bare.put("1", "x")
    assert (bare.get("1"), len(bare)) == ("x", 1)


def test_a_transaction_that_is_done_leaves_nothing_to_undo() -> None:
    store = MemoryStore()
    with store.transaction():
        store.record_issue("AKIA1", "111111111111")
        assert len(store._undo) == 1
    assert store._undo == []


def test_the_same_account_is_the_same_object() -> None:
    store = MemoryStore()
    assert store.account("111111111111") is store.account("111111111111")


def test_a_picture_stays_as_it_was_while_the_store_changes() -> None:
    store = MemoryStore()
    users, groups = store.account(ONE).users, store.account(ONE).table(Group)
    alice, bob = (
        User(id=f"AIDA{name}", account_id=ONE, name=name, path="/", created_at=AT) for name in ("alice", "bob")
    )
    devs = Group(id="AGPA1", account_id=ONE, name="devs", path="/", created_at=AT)
    with store.transaction():
        users.put(alice.id, alice)
        groups.put(devs.id, devs)
        store.keep_note("note", "before")
    with store.picture(lambda: store.revision) as (picture, revision):
        with store.transaction():
            users.put(bob.id, bob)
            users.put(alice.id, replace(alice, name="carol"))
            groups.delete(devs.id)
            store.record_issue("AKIA1", ONE)
            store.keep_note("note", "after")
        seen = picture.account(ONE)
        assert list(seen.users.after("path", "/")) == [alice]
        assert (seen.users.find("name", "alice"), seen.users.find("name", "bob")) == (alice, None)
        assert seen.table(Group).get(devs.id) == devs
        assert (picture.issued(), picture.note("note"), revision) == ([], "before", 1)
