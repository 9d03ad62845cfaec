"""What every store must keep to: one suite, run on each implementation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.domain.access_keys import AccessKey, Session
from fake_iam.domain.users import User
from fake_iam.store.base import Account, Store
from fake_iam.store.memory import MemoryStore
from fake_iam.store.tables import TABLES

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy
ONE, OTHER = "111111111111", "222222222222"
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
STORES: list[Callable[[], Store]] = [MemoryStore]


class Regret(Exception):
    """What undoes a transaction."""


@pytest.fixture(params=STORES, ids=lambda store: store.__name__)
def store(request: pytest.FixtureRequest) -> Store:
    made: Store = request.param()
    return made


def user(number: int | str, name: str | None = None) -> User:
    return User(id=f"AIDA{number}", account_id=ONE, name=name or f"user{number}", path="/", created_at=AT)


def key(key_id: str, owner: str = "AIDA1") -> AccessKey:
    return AccessKey(key_id, ONE, owner, "secret", AT, 0)


def session(key_id: str, owner: str = "AIDA1") -> Session:
    return Session(key_id, ONE, owner, "secret", "token", AT)


def put(account: Account, *users: User) -> None:
    for row in users:
        account.users.put(row.id, row)


def look(store: Store) -> object:
    """Everything that can be seen of a store."""
    accounts = [store.account(number) for number in (ONE, OTHER)]
    return [
        (
            len(account.users),
            len(account.access_keys),
            len(account.sessions),
            list(account.users.rows("name")),
            list(account.access_keys.rows("owner")),
            list(account.sessions.rows("owner")),
            [list(account.users.where("name", f"user{number}")) for number in range(5)],
            [list(account.access_keys.where("owner", f"AIDA{number}")) for number in range(5)],
            [list(account.sessions.where("owner", f"AIDA{number}")) for number in range(5)],
            [store.key_account(f"AKIA{number}") for number in range(5)],
        )
        for account in accounts
    ]


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.accounts() == []
    account = store.account(ONE)
    assert (account.id, len(account.users), len(account.access_keys), len(account.sessions)) == (ONE, 0, 0, 0)
    assert account.users.get("AIDA1") is None
    assert account.users.find("name", "user1") is None
    assert list(account.users.where("name", "user1")) == []
    assert list(account.users.rows("name")) == []


def test_accounts_are_those_that_hold_something(store: Store) -> None:
    store.account("333333333333")
    with store.transaction():
        put(store.account(OTHER), user(1))
        store.account(ONE).access_keys.put("k", key("k"))
    assert [account.id for account in store.accounts()] == [OTHER, ONE]


def test_issued_ids_are_told_in_the_order_of_issue(store: Store) -> None:
    with store.transaction():
        serials = [store.record_issue(key_id, account) for key_id, account in (("b", ONE), ("a", OTHER), ("b", ONE))]
    assert serials == [0, 1, 0]
    assert list(store.issued()) == [("b", ONE), ("a", OTHER)]


def test_the_revision_counts_transactions_that_changed_something(store: Store) -> None:
    before = store.revision
    with store.transaction():
        put(store.account(ONE), user(1))
        put(store.account(ONE), user(2))
    with store.transaction():
        store.account(ONE).users.get("AIDA1")
    with pytest.raises(Regret), store.transaction():
        put(store.account(ONE), user(3))
        raise Regret
    assert store.revision == before + 1


def test_a_failed_clearing_leaves_everything(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
        store.record_issue("a", ONE)
    with pytest.raises(Regret), store.transaction():
        store.clear()
        put(store.account(ONE), user(2))
        raise Regret
    assert [row.id for row in store.account(ONE).users.rows("name")] == ["AIDA1"]
    assert store.key_account("a") == ONE


def test_a_row_is_found_under_its_key_and_by_its_index(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1, "Alice"))
    users = store.account(ONE).users
    assert users.get("AIDA1") == user(1, "Alice")
    assert users.find("name", "alice") == user(1, "Alice")
    assert users.find("name", "Alice") is None
    assert len(users) == 1


def test_a_row_put_again_replaces_the_one_before_and_its_index(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1, "alice"), user(1, "bob"))
    users = store.account(ONE).users
    assert users.get("AIDA1") == user(1, "bob")
    assert users.find("name", "alice") is None
    assert users.find("name", "bob") == user(1, "bob")
    assert len(users) == len(users.rows("name")) == 1


def test_a_deleted_row_is_gone_from_everywhere(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
        store.account(ONE).users.delete("AIDA1")
    users = store.account(ONE).users
    assert (users.get("AIDA1"), users.find("name", "user1"), len(users)) == (None, None, 0)
    assert list(users.rows("name")) == list(users.where("name", "user1")) == []


def test_deleting_what_is_not_there_is_a_key_error(store: Store) -> None:
    with pytest.raises(KeyError), store.transaction():
        store.account(ONE).users.delete("AIDA1")


def test_the_rows_of_an_index_value_are_all_that_have_it(store: Store) -> None:
    keys = store.account(ONE).access_keys
    with store.transaction():
        for name in ("z", "a", "m"):
            keys.put(name, key(name))
        keys.put("b", key("b", "AIDA2"))
        keys.put("z", key("z").switched("Inactive"))
    assert sorted(row.id for row in keys.where("owner", "AIDA1")) == ["a", "m", "z"]
    assert keys.find("owner", "AIDA2") == key("b", "AIDA2")


def test_all_rows_come_sorted_by_the_index_and_then_by_key(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1, "Zoe"), user(2, "alice"), user(3, "Bob"))
        for name, owner in (("c", "AIDA2"), ("b", "AIDA1"), ("a", "AIDA2")):
            store.account(ONE).access_keys.put(name, key(name, owner))
            store.account(ONE).sessions.put(name, session(name, owner))
    account = store.account(ONE)
    assert [row.name for row in account.users.rows("name")] == ["alice", "Bob", "Zoe"]
    assert [row.id for row in account.access_keys.rows("owner")] == ["b", "a", "c"]
    assert [row.key_id for row in account.sessions.rows("owner")] == ["b", "a", "c"]


def test_a_renamed_row_moves_in_the_order(store: Store) -> None:
    users = store.account(ONE).users
    with store.transaction():
        put(store.account(ONE), user(1, "alice"), user(2, "bob"), user(1, "carol"))
    assert [row.name for row in users.rows("name")] == ["bob", "carol"]


def test_an_unknown_index_is_a_key_error(store: Store) -> None:
    with pytest.raises(KeyError):
        store.account(ONE).users.where("path", "/")


def test_accounts_do_not_see_each_others_rows(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
    assert store.account(OTHER).users.get("AIDA1") is None
    assert store.account(OTHER).users.find("name", "user1") is None
    assert list(store.account(OTHER).users.rows("name")) == []
    assert len(store.account(ONE).users) == 1


def test_kinds_of_rows_do_not_see_each_other(store: Store) -> None:
    account = store.account(ONE)
    with store.transaction():
        account.access_keys.put("X", key("X"))
    assert account.sessions.get("X") is None
    assert list(account.sessions.where("owner", "AIDA1")) == []


def test_an_issued_id_is_remembered_for_good_with_its_account(store: Store) -> None:
    with store.transaction():
        store.record_issue("AKIA1", ONE)
        store.account(ONE).access_keys.put("AKIA1", key("AKIA1"))
    with store.transaction():
        store.account(ONE).access_keys.delete("AKIA1")
    assert store.key_account("AKIA1") == ONE
    assert store.key_account("AKIA2") is None


def test_issued_ids_are_counted_across_accounts(store: Store) -> None:
    with store.transaction():
        assert [store.record_issue(f"AKIA{number}", (ONE, OTHER)[number % 2]) for number in range(4)] == [0, 1, 2, 3]
    assert [store.key_account(f"AKIA{number}") for number in range(4)] == [ONE, OTHER, ONE, OTHER]


def test_an_id_issued_in_a_transaction_that_failed_was_not_issued(store: Store) -> None:
    with pytest.raises(Regret), store.transaction():
        store.record_issue("AKIA1", ONE)
        raise Regret
    assert store.key_account("AKIA1") is None
    with store.transaction():
        assert store.record_issue("AKIA2", ONE) == 0


def test_an_id_issued_twice_is_still_issued_when_the_second_time_is_undone(store: Store) -> None:
    with store.transaction():
        store.record_issue("AKIA1", ONE)
    with pytest.raises(Regret), store.transaction():
        store.record_issue("AKIA1", ONE)
        raise Regret
    assert store.key_account("AKIA1") == ONE


def test_a_transaction_that_fails_leaves_nothing_behind(store: Store) -> None:
    one, other = store.account(ONE), store.account(OTHER)
    with store.transaction():
        put(one, user(1), user(2), user(3))
        one.access_keys.put("AKIA1", key("AKIA1"))
        one.sessions.put("ASIA1", session("ASIA1"))
        store.record_issue("AKIA1", ONE)
    before = look(store)
    with pytest.raises(Regret), store.transaction():
        put(one, user(4), user(1, "renamed"))
        one.users.delete("AIDA2")
        one.access_keys.put("AKIA1", key("AKIA1").switched("Inactive"))
        one.access_keys.put("AKIA2", key("AKIA2", "AIDA2"))
        one.access_keys.delete("AKIA1")
        one.sessions.delete("ASIA1")
        put(other, user(1))
        store.record_issue("AKIA2", OTHER)
        raise Regret
    assert look(store) == before


def test_a_row_changed_many_times_goes_back_to_where_it_was(store: Store) -> None:
    users = store.account(ONE).users
    with store.transaction():
        put(store.account(ONE), user(1))
    with pytest.raises(Regret), store.transaction():
        put(store.account(ONE), user(1, "a"), user(1, "b"))
        users.delete("AIDA1")
        put(store.account(ONE), user(1, "c"))
        raise Regret
    assert users.get("AIDA1") == users.find("name", "user1") == user(1)
    assert [row.name for row in users.rows("name")] == ["user1"]


def test_a_deleted_row_comes_back_to_its_index(store: Store) -> None:
    keys = store.account(ONE).access_keys
    with store.transaction():
        for name in ("first", "second"):
            keys.put(name, key(name))
    with pytest.raises(Regret), store.transaction():
        keys.delete("first")
        raise Regret
    assert sorted(row.id for row in keys.where("owner", "AIDA1")) == ["first", "second"]


def test_a_transaction_undoes_itself_and_not_the_one_before(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
    with pytest.raises(Regret), store.transaction():
        put(store.account(ONE), user(2))
        raise Regret
    assert [row.id for row in store.account(ONE).users.rows("name")] == ["AIDA1"]


@pytest.mark.parametrize("regret", [Regret, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_is_raised_undoes_the_transaction(store: Store, regret: type[BaseException]) -> None:
    with pytest.raises(regret), store.transaction():
        put(store.account(ONE), user(1))
        raise regret
    assert len(store.account(ONE).users) == 0


def test_a_store_goes_on_after_a_transaction_that_failed(store: Store) -> None:
    with pytest.raises(Regret), store.transaction():
        raise Regret
    with store.transaction():
        put(store.account(ONE), user(1))
    assert len(store.account(ONE).users) == 1


def test_one_transaction_runs_at_a_time(store: Store) -> None:
    with store.transaction():
        store.account(ONE).users.put("AIDA1", replace(user(1), path="/0/"))

    def count_up() -> None:
        for _ in range(200):
            with store.transaction():
                row = store.account(ONE).users.get("AIDA1")
                assert row is not None
                store.account(ONE).users.put("AIDA1", replace(row, path=f"/{int(row.path.strip('/')) + 1}/"))

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    row = store.account(ONE).users.get("AIDA1")
    assert row is not None
    assert row.path == "/1600/"


def test_a_second_transaction_waits_for_the_first(store: Store) -> None:
    entered = threading.Event()

    def enter() -> None:
        with store.transaction():
            entered.set()

    second = threading.Thread(target=enter)
    with store.transaction():
        second.start()
        assert not entered.wait(0.05)
    assert entered.wait(10)
    second.join(10)


def test_a_cleared_store_is_as_new(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
        store.record_issue("AKIA1", ONE)
    with store.transaction():
        store.clear()
    assert (store.accounts(), store.key_account("AKIA1"), len(store.account(ONE).users)) == ([], None, 0)
    with store.transaction():
        assert store.record_issue("AKIA2", ONE) == 0


def test_a_sequence_handed_out_does_not_change_with_the_table(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
    seen = store.account(ONE).users.rows("name")
    with store.transaction():
        put(store.account(ONE), user(2))
    assert [row.id for row in seen] == ["AIDA1"]


steps = st.lists(st.tuples(st.sampled_from(["put", "delete"]), st.integers(0, 4), st.integers(0, 4)), max_size=12)


@pytest.mark.parametrize("make", STORES)
@UNHURRIED
@given(kept=steps, undone=steps)
def test_any_failed_transaction_leaves_any_state_as_it_was(
    make: Callable[[], Store], kept: list[tuple[str, int, int]], undone: list[tuple[str, int, int]]
) -> None:
    store = make()

    def run(todo: list[tuple[str, int, int]]) -> None:
        keys = store.account(ONE).access_keys
        for what, number, owner in todo:
            if what == "put":
                keys.put(f"AKIA{number}", key(f"AKIA{number}", f"AIDA{owner}"))
            elif keys.get(f"AKIA{number}") is not None:
                keys.delete(f"AKIA{number}")

    with store.transaction():
        run(kept)
    account = store.account(ONE)
    before = (
        list(account.access_keys.rows("owner")),
        [{row.id for row in account.access_keys.where("owner", f"AIDA{number}")} for number in range(5)],
    )
    with pytest.raises(Regret), store.transaction():
        run(undone)
        raise Regret
    assert before == (
        list(account.access_keys.rows("owner")),
        [{row.id for row in account.access_keys.where("owner", f"AIDA{number}")} for number in range(5)],
    )


def test_a_table_tells_all_its_items_in_the_order_of_insertion(store: Store) -> None:
    keys = store.account(ONE).access_keys
    with store.transaction():
        for name in ("z", "a"):
            keys.put(name, key(name))
    assert list(keys.items()) == [("z", key("z")), ("a", key("a"))]


def test_there_is_a_table_for_every_kind_of_row(store: Store) -> None:
    account = store.account(ONE)
    assert set(TABLES) == set(account.kinds())
    assert all(len(account.table(kind)) == 0 for kind in account.kinds())
