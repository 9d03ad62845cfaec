"""What is particular to the store in memory: indexes that never scan, and their upkeep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Final

import pytest

from fake_iam.domain.credentials.access_keys import AccessKey, LastUse
from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.users import User
from fake_iam.store.memory import MemoryStore
from fake_iam.store.memory_tables import MemoryTable, Undo
from fake_iam.store.tables.declaring import Indexes, Order

ONE: Final = "111111111111"
AT: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)


def user(name: str) -> User:
    return User(id=f"AIDA{name}", account_id=ONE, name=name, path="/", created_at=AT)


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
    assert table._lookups["letter"]._held == {}
    assert dict(table.tally("length")) == {}
    assert table._orders["end"]._held._runs == [[]]


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
    alice, bob = user("alice"), user("bob")
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


def key(name: str) -> AccessKey:
    return AccessKey(id=f"AKIA{name}", account_id=ONE, owner_id=f"AIDA{name}", secret="s", created_at=AT, serial=0)


class Rebuilding:
    """A store with a user and a key, into which another user is put while others change it."""

    def __init__(self, meanwhile: Callable[[MemoryStore], object], *, afresh: bool = False, keeps: bool = True) -> None:
        self.store = MemoryStore()
        self.account = self.store.account(ONE)
        with self.store.transaction():
            self.account.users.put("AIDAalice", user("alice"))
            self.account.access_keys.put("AKIAalice", key("alice"))
        self.filled: list[bool] = []

        def rebuild(store: MemoryStore) -> None:
            self.filled.append(store is self.store)
            if len(self.filled) == 1:
                with self.store.transaction():
                    meanwhile(self.store)
            with store.transaction():
                if afresh:
                    store.clear()
                store.account(ONE).users.put("AIDAbob", user("bob"))

        self.store.rebuilt(rebuild, lambda _: keeps, afresh=afresh)

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.account.users.after("path", "/")]


USE: Final = LastUse(AT, "iam", "us-east-1")


def note_use(store: MemoryStore) -> None:
    keys = store.account(ONE).access_keys
    for _ in range(2):
        keys.put("AKIAalice", key("alice").used(USE))


def test_dates_that_others_change_while_a_store_is_rebuilt_are_taken_over() -> None:
    rebuilding = Rebuilding(note_use)
    assert (rebuilding.filled, rebuilding.names) == ([False], ["alice", "bob"])
    assert rebuilding.store.account(ONE) is rebuilding.account, "who has the account goes on with it"
    found = rebuilding.account.access_keys.get("AKIAalice")
    assert found is not None
    assert found.last_use == USE


@pytest.mark.parametrize(
    ("meanwhile", "names"),
    [
        (lambda store: store.account(ONE).users.put("AIDAcarol", user("carol")), ["alice", "bob", "carol"]),
        (lambda store: store.account(ONE).users.put("AIDAalice", replace(user("alice"), path="/x/")), ["alice", "bob"]),
        (lambda store: store.account(ONE).users.delete("AIDAalice"), ["bob"]),
        (lambda store: store.account(ONE).users.put("AIDAbob", user("bob")), ["alice", "bob"]),
        (lambda store: store.account(ONE).table(Group).put("AGPA", Group("AGPA", ONE, "g", "/", AT)), ["alice", "bob"]),
        (lambda store: store.record_issue("AKIAx", ONE), ["alice", "bob"]),
        (lambda store: store.clear(), ["bob"]),
    ],
)
def test_a_store_is_rebuilt_again_if_others_have_made_or_deleted_something(
    meanwhile: Callable[[MemoryStore], object], names: list[str]
) -> None:
    rebuilding = Rebuilding(meanwhile)
    assert rebuilding.filled == [False, True]
    assert [row.name for row in rebuilding.store.account(ONE).users.after("path", "/")] == names


def test_a_note_that_others_keep_while_a_store_is_rebuilt_stays() -> None:
    rebuilding = Rebuilding(lambda store: store.keep_note("note", "new"))
    assert (rebuilding.filled, rebuilding.store.note("note")) == ([False], "new")


def test_what_others_change_while_a_store_is_replaced_goes_with_it() -> None:
    rebuilding = Rebuilding(lambda store: store.account(ONE).users.put("AIDAcarol", user("carol")), afresh=True)
    assert (rebuilding.filled, rebuilding.names) == ([False], ["bob"])
    assert rebuilding.account.users.find("name", "alice") is None
    assert len(rebuilding.account.access_keys) == 0


def test_a_store_is_rebuilt_again_if_it_may_not_be_kept() -> None:
    rebuilding = Rebuilding(lambda store: None, keeps=False)
    assert (rebuilding.filled, rebuilding.names) == ([False, True], ["alice", "bob"])


def test_a_store_that_was_rebuilt_has_nothing_to_undo_and_counts_the_change() -> None:
    rebuilding = Rebuilding(lambda store: None)
    store, account, revision = rebuilding.store, rebuilding.account, rebuilding.store.revision
    count = account.counter([User])
    changes = count()
    store.rebuilt(lambda copy: copy.account(ONE).users.delete("AIDAbob"), lambda _: True, afresh=False)
    assert (store._undo, store._logs, store.revision) == ([], [], revision + 1)
    assert count() > changes
    with pytest.raises(KeyError), store.transaction():
        account.users.delete("AIDAalice")
        account.users.delete("AIDAnobody")
    assert rebuilding.names == ["alice"]
