"""What every store must keep to: one suite, run on each implementation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.credentials.login_profiles import LoginProfile
from fake_iam.domain.identities.groups import Group, Membership, membership_key
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.sts.sessions import Session
from fake_iam.store.base import Account, Store, Table
from fake_iam.store.opening import open_store
from fake_iam.store.tables import TABLES, declared
from tests.conftest import STORES, new_address

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy
ONE, OTHER = "111111111111", "222222222222"
POLICY = f"arn:aws:iam::{ONE}:policy/team/reading"
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Regret(Exception):
    """What undoes a transaction."""


Making = Callable[[], AbstractContextManager[Store]]


@pytest.fixture(params=STORES, scope="session")
def making(request: pytest.FixtureRequest) -> Making:
    """Makes stores of an engine with nothing in them, that are gone afterwards."""

    @contextmanager
    def make() -> Iterator[Store]:
        with TemporaryDirectory() as directory:
            store = open_store(new_address(request, request.param, Path(directory)))
            yield store
            store.close()

    return make


@pytest.fixture
def store(making: Making) -> Iterator[Store]:
    with making() as store:
        yield store


def user(number: int | str, name: str | None = None) -> User:
    return User(id=f"AIDA{number}", account_id=ONE, name=name or f"user{number}", path="/", created_at=AT)


def key(key_id: str, owner: str = "AIDA1") -> AccessKey:
    return AccessKey(key_id, ONE, owner, "secret", AT, 0)


def session(key_id: str, owner: str = "AIDA1") -> Session:
    return Session(key_id, ONE, owner, "secret", "token", AT, AT)


def put(account: Account, *users: User) -> None:
    for row in users:
        account.users.put(row.id, row)


def group(number: int, name: str | None = None) -> Group:
    return Group(f"AGPA{number}", ONE, name or f"group{number}", "/", AT)


def join(account: Account, group_id: str, *user_ids: str) -> None:
    for user_id in user_ids:
        account.table(Membership).put(membership_key(group_id, user_id), Membership(group_id, user_id, AT))


def attach(account: Account, *owner_ids: str, policy: str = POLICY) -> None:
    for owner_id in owner_ids:
        row = Attachment(owner_id, policy)
        account.table(Attachment).put(row.key, row)


def by_name(account: Account) -> list[User]:
    return list(account.users.after("path", "/"))


def members(account: Account, group_id: str = "AGPA1", last: str | None = None) -> list[str]:
    return [row.owner_id for row in account.table(Membership).after("group", f"{group_id}/", last)]


def holders(account: Account, prefix: str = "/", last: str | None = None) -> list[str]:
    return [row.owner_id for row in account.table(Attachment).after("entity", f"{POLICY} {prefix}", last)]


def look(store: Store) -> object:
    """Everything that can be seen of a store."""
    accounts = [store.account(number) for number in (ONE, OTHER)]
    return [
        (
            len(account.users),
            len(account.access_keys),
            len(account.sessions),
            by_name(account),
            list(account.users.after("bounded", f"{POLICY} /")),
            list(account.users.after("boundary", "/")),
            dict(account.users.tally("boundary")),
            account.access_keys.items(),
            account.sessions.items(),
            members(account),
            holders(account),
            list(account.table(Attachment).after("policy", "/")),
            dict(account.table(Attachment).tally("policy")),
            [list(account.users.where("name", f"user{number}")) for number in range(5)],
            [list(account.access_keys.where("owner", f"AIDA{number}")) for number in range(5)],
            [list(account.table(Membership).where("owner", f"AIDA{number}")) for number in range(5)],
            [(store.key_account(f"AKIA{number}"), store.serial(f"AKIA{number}")) for number in range(5)],
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
    assert by_name(account) == []


def test_an_account_tells_which_kinds_it_holds(store: Store) -> None:
    account, groups = store.account(ONE), "identities.groups.Group"
    assert not account.holds(groups)
    with store.transaction():
        account.table(Group).put("AGPA1", group(1))
    assert account.holds(groups)
    assert not store.account(OTHER).holds(groups)
    with store.transaction():
        account.table(Group).delete("AGPA1")
    assert not account.holds(groups)


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
    assert [row.id for row in by_name(store.account(ONE))] == ["AIDA1"]
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
    assert len(users) == len(by_name(store.account(ONE))) == 1


def test_a_deleted_row_is_gone_from_everywhere(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
        store.account(ONE).users.delete("AIDA1")
    users = store.account(ONE).users
    assert (users.get("AIDA1"), users.find("name", "user1"), len(users)) == (None, None, 0)
    assert by_name(store.account(ONE)) == list(users.where("name", "user1")) == []


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


def test_a_list_is_sorted_by_place(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1, "Zoe"), user(2, "alice"), user(3, "Bob"))
    assert [row.name for row in by_name(store.account(ONE))] == ["alice", "Bob", "Zoe"]


def test_a_list_is_read_behind_a_place_that_need_not_be_there(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), *(user(number) for number in (3, 1, 2)))
    users = store.account(ONE).users
    assert [row.id for row in users.after("path", "/", "user1")] == ["AIDA2", "AIDA3"]
    assert [row.id for row in users.after("path", "/", "user15")] == ["AIDA2", "AIDA3"]
    assert [row.id for row in users.after("path", "/", "a")] == ["AIDA1", "AIDA2", "AIDA3"]
    assert list(users.after("path", "/", "user3")) == []


PATHS = ["/", "/a/", "/a/b/", "/a/bc/", "/a/bc/d/", "/a/b-c/", "/ab/", "/b/", "/a//b/"]


@pytest.mark.parametrize("prefix", ["/", "/a", "/a/", "/a/b", "/a/b/", "/a/bc", "/a//", "/x", "/x/", "/a/bc/d/e"])
@pytest.mark.parametrize("last", [None, "user03", "user12", "z"])
def test_lists_by_path_are_read_by_any_beginning_of_a_path(store: Store, prefix: str, last: str | None) -> None:
    rows = [replace(user(f"{number:02d}"), path=PATHS[number * 5 % len(PATHS)]) for number in range(18)]
    with store.transaction():
        put(store.account(ONE), *rows[::2], *rows[1::2])
    expected = [row for row in rows if row.path.startswith(prefix) and (last is None or row.name > last)]
    assert list(store.account(ONE).users.after("path", prefix, last)) == expected


def test_a_list_is_read_one_row_at_a_time(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), *(user(number) for number in range(5)))
    walk = store.account(ONE).users.after("path", "/")
    assert [next(walk).id, next(walk).id] == ["AIDA0", "AIDA1"]


def test_a_row_that_moves_is_in_the_lists_of_its_new_path(store: Store) -> None:
    users = store.account(ONE).users
    with store.transaction():
        put(store.account(ONE), replace(user(1), path="/a/"), replace(user(1), path="/b/c/"))
    assert list(users.after("path", "/a/")) == []
    assert [row.path for row in users.after("path", "/b/")] == ["/b/c/"]


def test_rows_are_counted_by_value(store: Store) -> None:
    users = store.account(ONE).users
    with store.transaction():
        put(store.account(ONE), *(replace(user(number), permissions_boundary=POLICY) for number in range(3)), user(4))
        users.delete("AIDA0")
    assert dict(users.tally("boundary")) == {POLICY: 2}
    with store.transaction():
        put(store.account(ONE), user(1), user(2))
    assert dict(users.tally("boundary")) == {}


def test_members_of_a_group_are_in_the_order_of_their_names(store: Store) -> None:
    account = store.account(ONE)
    with store.transaction():
        put(account, user(1, "Carol"), user(2, "alice"), user(3, "bob"))
        join(account, "AGPA1", "AIDA1", "AIDA2", "AIDA3")
        join(account, "AGPA2", "AIDA2")
    assert members(account) == ["AIDA2", "AIDA3", "AIDA1"]
    assert members(account, last="alice") == ["AIDA3", "AIDA1"]
    assert members(account, "AGPA2") == ["AIDA2"]


def test_a_renamed_user_moves_in_its_groups(store: Store) -> None:
    account = store.account(ONE)
    with store.transaction():
        put(account, user(1, "alice"), user(2, "bob"))
        join(account, "AGPA1", "AIDA1", "AIDA2")
    with store.transaction():
        put(account, user(1, "carol"))
    assert members(account) == ["AIDA2", "AIDA1"]
    assert members(account, last="bob") == ["AIDA1"]
    with store.transaction():
        for row in account.table(Membership).where("owner", "AIDA1"):
            account.table(Membership).delete(membership_key(row.group_id, row.owner_id))
    assert members(account) == ["AIDA2"]


def test_members_may_come_before_the_user_and_outlive_it(store: Store) -> None:
    account = store.account(ONE)
    with store.transaction():
        join(account, "AGPA1", "AIDA2", "AIDA1")
    with store.transaction():
        put(account, user(2, "alice"), user(1, "bob"))
    assert members(account, last="") == ["AIDA2", "AIDA1"]
    with store.transaction():
        account.users.delete("AIDA2")
    assert members(account, last="") == ["AIDA1"]
    assert sorted(members(account)) == ["AIDA1", "AIDA2"]


def test_whom_a_policy_is_attached_to_is_in_order_groups_first(store: Store) -> None:
    account = store.account(ONE)
    with store.transaction():
        put(account, user(1, "bob"), user(2, "alice"))
        for row in (group(1, "staff"), group(2, "devs")):
            account.table(Group).put(row.id, row)
        attach(account, "AIDA1", "AIDA2", "AGPA1", "AGPA2", "AIDAGONE")
        attach(account, "AIDA1", policy="arn:aws:iam::aws:policy/Another")
    assert holders(account) == ["AGPA2", "AGPA1", "AIDA2", "AIDA1"]
    assert holders(account, last="1") == ["AIDA2", "AIDA1"]
    with store.transaction():
        put(account, replace(user(2, "zoe"), path="/team/"))
        account.table(Group).put("AGPA2", group(2, "users"))
    assert holders(account) == ["AGPA1", "AGPA2", "AIDA1", "AIDA2"]
    assert holders(account, "/team/") == ["AIDA2"]


def test_policies_in_use_are_in_order_the_accounts_own_first(store: Store) -> None:
    account = store.account(ONE)
    arns = ["arn:aws:iam::aws:policy/A", f"arn:aws:iam::{ONE}:policy/b", f"arn:aws:iam::{ONE}:policy/team/A"]
    with store.transaction():
        for number, arn in enumerate(arns):
            attach(account, "AIDA1", policy=arn)
            put(account, replace(user(number), permissions_boundary=arn))
    attached = account.table(Attachment)
    assert [row.policy_arn for row in attached.after("policy", "/")] == arns[::-1]
    assert [row.policy_arn for row in attached.after("policy", "/te")] == arns[2:]
    assert [row.permissions_boundary for row in account.users.after("boundary", "/", "0a")] == [arns[1], arns[0]]
    assert dict(attached.tally("policy")) == dict.fromkeys(arns, 1)


def test_a_renamed_row_moves_in_the_order(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1, "alice"), user(2, "bob"), user(1, "carol"))
    assert [row.name for row in by_name(store.account(ONE))] == ["bob", "carol"]


@pytest.mark.parametrize(
    "look_up",
    [
        lambda users: users.where("path", "/"),
        lambda users: users.find("path", "/"),
        lambda users: users.tally("path"),
        lambda users: users.after("name", "/"),
    ],
)
def test_an_unknown_index_is_a_key_error(store: Store, look_up: Callable[[Table[User]], object]) -> None:
    with pytest.raises(KeyError):
        look_up(store.account(ONE).users)


def test_accounts_do_not_see_each_others_rows(store: Store) -> None:
    with store.transaction():
        put(store.account(ONE), user(1))
    assert store.account(OTHER).users.get("AIDA1") is None
    assert store.account(OTHER).users.find("name", "user1") is None
    assert by_name(store.account(OTHER)) == []
    assert len(store.account(ONE).users) == 1


def test_kinds_of_rows_do_not_see_each_other(store: Store) -> None:
    account = store.account(ONE)
    with store.transaction():
        account.access_keys.put("X", key("X"))
    assert account.sessions.get("X") is None
    assert list(account.table(LoginProfile).where("owner", "AIDA1")) == []


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
    assert [store.serial(f"AKIA{number}") for number in range(5)] == [0, 1, 2, 3, None]


def test_an_id_issued_in_a_transaction_that_failed_was_not_issued(store: Store) -> None:
    with pytest.raises(Regret), store.transaction():
        store.record_issue("AKIA1", ONE)
        raise Regret
    assert (store.key_account("AKIA1"), store.serial("AKIA1"), list(store.issued())) == (None, None, [])
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
        join(one, "AGPA1", "AIDA1", "AIDA2", "AIDA3")
        attach(one, "AIDA1", "AIDA2")
        put(one, replace(user(3), permissions_boundary=POLICY))
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
        put(one, replace(user(3, "0"), path="/moved/"), replace(user(1, "z"), permissions_boundary=POLICY))
        join(one, "AGPA1", "AIDA4")
        one.table(Membership).delete(membership_key("AGPA1", "AIDA3"))
        attach(one, "AIDA3")
        one.table(Attachment).delete(Attachment("AIDA1", POLICY).key)
        raise Regret
    assert look(store) == before


def test_a_transaction_inside_another_is_undone_by_itself(store: Store) -> None:
    account = store.account(ONE)
    before = store.revision
    with store.transaction():
        put(account, user(1))
        with pytest.raises(Regret), store.transaction():
            put(account, user(2))
            with store.transaction():
                put(account, user(3))
            raise Regret
        with store.transaction():
            put(account, user(4))
    assert [row.id for row in by_name(account)] == ["AIDA1", "AIDA4"]
    assert store.revision == before + 1


def test_a_transaction_undoes_those_inside_it(store: Store) -> None:
    with pytest.raises(Regret), store.transaction():
        with store.transaction():
            put(store.account(ONE), user(1))
        raise Regret
    assert len(store.account(ONE).users) == 0


def test_a_transaction_may_begin_where_nothing_changes(store: Store) -> None:
    with store.unchanged():
        assert len(store.account(ONE).users) == 0
        with store.transaction():
            put(store.account(ONE), user(1))
        with store.unchanged():
            assert len(store.account(ONE).users) == 1
    assert len(store.account(ONE).users) == 1


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
    assert [row.name for row in by_name(store.account(ONE))] == ["user1"]


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
    assert [row.id for row in by_name(store.account(ONE))] == ["AIDA1"]


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


def test_a_note_is_kept_beside_the_rows(store: Store) -> None:
    assert store.note("a") is None
    with store.transaction():
        store.keep_note("a", "one")
        store.keep_note("b", "two")
        store.keep_note("a", "three")
        store.keep_note("b", None)
        store.clear()
    assert (store.note("a"), store.note("b")) == ("three", None)


def test_a_note_goes_back_with_its_transaction(store: Store) -> None:
    with store.transaction():
        store.keep_note("a", "one")
    with pytest.raises(Regret), store.transaction():
        store.keep_note("a", None)
        store.keep_note("b", "two")
        raise Regret
    assert (store.note("a"), store.note("b")) == ("one", None)


def test_a_closed_store_opens_again(store: Store) -> None:
    with store.transaction():
        store.keep_note("a", "one")
    store.close()
    assert store.note("a") == "one"


def test_a_sequence_handed_out_does_not_change_with_the_table(store: Store) -> None:
    keys = store.account(ONE).access_keys
    with store.transaction():
        keys.put("a", key("a"))
    seen, items = keys.where("owner", "AIDA1"), keys.items()
    with store.transaction():
        keys.put("b", key("b"))
    assert (list(seen), list(items)) == ([key("a")], [("a", key("a"))])


def test_the_latest_rows_are_those_added_last_the_newest_first(store: Store) -> None:
    keys = store.account(ONE).access_keys
    assert keys.latest(2) == []
    with store.transaction():
        for name in "abcd":
            keys.put(name, key(name))
        store.account(OTHER).access_keys.put("e", key("e"))
    with store.transaction():
        keys.put("b", key("b", "AIDA2"))
        keys.delete("d")
    assert keys.latest(2) == [key("c"), key("b", "AIDA2")]
    assert keys.latest(9) == [key("c"), key("b", "AIDA2"), key("a")]


NAMES = st.sampled_from(["a", "B", "c", "d", "E"])
DEEDS = st.one_of(
    st.tuples(st.just("user"), st.integers(0, 4), NAMES, st.sampled_from(PATHS), st.sampled_from([None, POLICY])),
    st.tuples(st.just("group"), st.integers(0, 1), NAMES, st.sampled_from(PATHS), st.none()),
    st.tuples(st.just("join"), st.integers(0, 4), st.integers(0, 1), st.booleans(), st.none()),
    st.tuples(st.just("attach"), st.integers(0, 4), st.booleans(), st.booleans(), st.none()),
    st.tuples(st.just("key"), st.integers(0, 4), st.integers(0, 4), st.booleans(), st.none()),
    st.tuples(st.just("delete"), st.integers(0, 4), st.none(), st.none(), st.none()),
)


def do(account: Account, deed: tuple[str, int, Any, Any, Any]) -> None:
    """A change; a deletion of what is not there is none."""
    what, number, second, third, boundary = deed
    user_id, joined = f"AIDA{number}", account.table(Membership)
    attachment = Attachment(f"AGPA{number}" if second is True else user_id, POLICY)
    if what == "user":
        put(account, replace(user(number, f"{second}{number}"), path=third, permissions_boundary=boundary))
    elif what == "group":
        account.table(Group).put(f"AGPA{number}", replace(group(number, f"{second}{number}"), path=third))
    elif what == "join" and third:
        join(account, f"AGPA{second}", user_id)
    elif what == "join" and joined.get(membership_key(f"AGPA{second}", user_id)):
        joined.delete(membership_key(f"AGPA{second}", user_id))
    elif what == "attach" and third:
        attach(account, attachment.owner_id)
    elif what == "attach" and account.table(Attachment).get(attachment.key):
        account.table(Attachment).delete(attachment.key)
    elif what == "key" and third:
        account.access_keys.put(f"AKIA{number}", key(f"AKIA{number}", f"AIDA{second}"))
    elif what == "key" and account.access_keys.get(f"AKIA{number}"):
        account.access_keys.delete(f"AKIA{number}")
    elif what == "delete" and account.users.get(user_id):
        account.users.delete(user_id)


def found(account: Account) -> object:
    """What every index tells of an account, in its order where it has one."""
    users = account.users
    return (
        [list(users.after("path", path)) for path in PATHS],
        [list(account.table(Group).after("path", path)) for path in PATHS],
        [list(users.after("bounded", f"{POLICY} {path}")) for path in PATHS],
        (sorted(row.id for row in users.after("boundary", "/team/")), dict(users.tally("boundary"))),
        [members(account, f"AGPA{number}") for number in range(2)],
        [holders(account, path) for path in PATHS],
        sorted(row.owner_id for row in account.table(Attachment).after("policy", "/")),
        dict(account.table(Attachment).tally("policy")),
        [{row.id for row in account.access_keys.where("owner", f"AIDA{number}")} for number in range(5)],
        [users.find("name", f"{name}{number}") for name in "abcde" for number in range(5)],
    )


def computed(account: Account) -> object:
    """The same from nothing but the rows."""
    users = sorted((row for _, row in account.users.items()), key=lambda row: row.name_key)
    groups = sorted((row for _, row in account.table(Group).items()), key=lambda row: row.name_key)
    bounded = [row for row in users if row.permissions_boundary]
    named = {row.id: row.name_key for row in users}
    joined = [row for _, row in account.table(Membership).items()]
    attached = [row for _, row in account.table(Attachment).items()]
    owners = {row.owner_id for row in attached}
    named_owners: list[Group | User] = [*groups, *users]
    keys = [row for _, row in account.access_keys.items()]
    spelt = {row.name_key: row for row in users}
    in_groups = [[row for row in joined if row.group_id == f"AGPA{number}"] for number in range(2)]
    for rows in in_groups:
        rows.sort(key=lambda row: (named.get(row.owner_id, ""), membership_key(row.group_id, row.owner_id)))
    return (
        [[row for row in users if row.path.startswith(path)] for path in PATHS],
        [[row for row in groups if row.path.startswith(path)] for path in PATHS],
        [[row for row in bounded if row.path.startswith(path)] for path in PATHS],
        (sorted(row.id for row in bounded), {POLICY: len(bounded)} if bounded else {}),
        [[row.owner_id for row in rows] for rows in in_groups],
        [[row.id for row in named_owners if row.id in owners and row.path.startswith(path)] for path in PATHS],
        sorted(row.owner_id for row in attached),
        {POLICY: len(attached)} if attached else {},
        [{row.id for row in keys if row.owner_id == f"AIDA{number}"} for number in range(5)],
        [spelt.get(f"{name}{number}") for name in "abcde" for number in range(5)],
    )


@UNHURRIED
@given(kept=st.lists(DEEDS, max_size=25), undone=st.lists(DEEDS, max_size=25))
def test_indexes_tell_what_the_rows_tell_whatever_was_done_and_undone(
    making: Making, kept: list[tuple[str, int, Any, Any, Any]], undone: list[tuple[str, int, Any, Any, Any]]
) -> None:
    with making() as store:
        account = store.account(ONE)
        with store.transaction():
            for deed in kept:
                do(account, deed)
        before = found(account)
        assert before == computed(account)
        with pytest.raises(Regret), store.transaction():
            for deed in undone:
                do(account, deed)
            assert found(account) == computed(account)
            raise Regret
        assert found(account) == before


def test_a_table_tells_all_its_items_in_the_order_of_insertion(store: Store) -> None:
    keys = store.account(ONE).access_keys
    with store.transaction():
        for name in ("z", "a"):
            keys.put(name, key(name))
    assert list(keys.items()) == [("z", key("z")), ("a", key("a"))]


def test_there_is_a_table_for_every_kind_of_row(store: Store) -> None:
    account = store.account(ONE)
    assert set(TABLES) == {declared(kind) for kind in account.kinds()}
    assert all(len(account.table(kind)) == 0 for kind in account.kinds())


def test_a_picture_has_the_rows_and_what_was_found_beside_them(store: Store) -> None:
    with store.transaction():
        store.account(ONE).users.put("AIDA1", user(1, "alice"))
        store.record_issue("AKIA1", ONE)
    with store.picture(lambda: "beside") as (picture, beside):
        assert beside == "beside"
        assert [account.id for account in picture.accounts()] == [ONE]
        assert [row.name for row in picture.account(ONE).users.after("path", "/")] == ["alice"]
        assert picture.issued() == [("AKIA1", ONE)]


def test_what_is_rebuilt_counts_whole(store: Store) -> None:
    with store.transaction():
        store.account(ONE).users.put("AIDA1", user(1, "alice"))
        store.keep_note("note", "kept")

    def rebuild(filled: Store) -> str:
        with filled.transaction():
            filled.account(ONE).users.put("AIDA2", user(2, "bob"))
            filled.account(OTHER).users.put("AIDA3", user(3, "carol"))
            filled.record_issue("AKIA1", OTHER)
        return "done"

    assert store.rebuilt(rebuild, lambda found: found == "done", afresh=False) == "done"
    assert [row.name for row in store.account(ONE).users.after("path", "/")] == ["alice", "bob"]
    assert [account.id for account in store.accounts()] == [ONE, OTHER]
    assert (store.key_account("AKIA1"), store.note("note")) == (OTHER, "kept")


@pytest.mark.parametrize("afresh", [True, False])
def test_of_what_fails_to_be_rebuilt_nothing_counts(store: Store, afresh: bool) -> None:
    with store.transaction():
        store.account(ONE).users.put("AIDA1", user(1, "alice"))

    def rebuild(filled: Store) -> None:
        with filled.transaction():
            filled.clear()
            filled.account(ONE).users.put("AIDA2", user(2, "bob"))
            raise Regret

    with pytest.raises(Regret):
        store.rebuilt(rebuild, lambda _: True, afresh=afresh)
    assert [row.name for row in store.account(ONE).users.after("path", "/")] == ["alice"]


def test_what_is_rebuilt_in_a_transaction_is_undone_with_it(store: Store) -> None:
    def rebuild(filled: Store) -> None:
        filled.account(ONE).users.put("AIDA2", user(2, "bob"))

    with pytest.raises(Regret), store.transaction():
        store.rebuilt(rebuild, lambda _: True, afresh=False)
        assert store.account(ONE).users.find("name", "bob") == user(2, "bob")
        raise Regret
    assert store.account(ONE).users.find("name", "bob") is None
