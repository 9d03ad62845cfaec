"""How SQLite runs the statements of a store: by indexes, whatever the size of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from fake_iam.domain.identities.groups import Group, Membership, membership_key
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.store.sql.database import Database
from fake_iam.store.sql.engines import open_store
from fake_iam.store.sql.store import SqlStore

ONE = "111111111111"
POLICY = f"arn:aws:iam::{ONE}:policy/team/reading"
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
Statement = tuple[str, Any]


def user(number: int, path: str = "/") -> User:
    return User(f"AIDA{number}", ONE, f"user{number}", path, AT, permissions_boundary=POLICY)


def put_user(store: SqlStore, row: User) -> None:
    with store.transaction():
        store.account(ONE).users.put(row.id, row)


def join(store: SqlStore, number: int) -> None:
    with store.transaction():
        row = Membership("AGPA1", f"AIDA{number}", AT)
        store.account(ONE).table(Membership).put(membership_key("AGPA1", row.owner_id), row)


def attach(store: SqlStore, number: int) -> None:
    with store.transaction():
        row = Attachment(f"AIDA{number}", POLICY)
        store.account(ONE).table(Attachment).put(row.key, row)


def delete_user(store: SqlStore) -> None:
    with store.transaction():
        store.account(ONE).users.delete("AIDA3")


def issue(store: SqlStore) -> None:
    with store.transaction():
        store.record_issue("AKIA1", ONE)


def keep_note(store: SqlStore) -> None:
    with store.transaction():
        store.keep_note("a", "one")
        store.keep_note("a", None)


DEEDS: dict[str, Callable[[SqlStore], object]] = {
    "get": lambda store: store.account(ONE).users.get("AIDA2"),
    "where": lambda store: store.account(ONE).users.where("name", "user2"),
    "find": lambda store: store.account(ONE).users.find("name", "user2"),
    "tally": lambda store: store.account(ONE).users.tally("boundary").get(POLICY),
    "every tally": lambda store: dict(store.account(ONE).users.tally("boundary")),
    "a list": lambda store: list(store.account(ONE).users.after("path", "/", "user1")),
    "a list by its beginning": lambda store: list(store.account(ONE).users.after("path", "/te")),
    "members": lambda store: list(store.account(ONE).table(Membership).after("group", "AGPA1/")),
    "items": lambda store: store.account(ONE).users.items(),
    "latest": lambda store: store.account(ONE).users.latest(2),
    "size": lambda store: len(store.account(ONE).users),
    "holds": lambda store: store.account(ONE).holds("identities.users.User"),
    "put": lambda store: put_user(store, user(9)),
    "rename": lambda store: put_user(store, user(2, "/other/")),
    "delete": delete_user,
    "issue": issue,
    "note": lambda store: store.note("a"),
    "keep note": keep_note,
    "key account": lambda store: store.key_account("AKIA1"),
    "serial": lambda store: store.serial("AKIA1"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{file}")
    with store.transaction():
        store.account(ONE).table(Group).put("AGPA1", Group("AGPA1", ONE, "group", "/", AT))
        for number in range(5):
            put_user(store, user(number, "/team/"))
            join(store, number)
            attach(store, number)
    yield store
    store.close()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """What is said to the database."""
    found: list[Statement] = []

    say = Database._say

    def note(database: Database, text: str, values: Any) -> Any:
        found.append((text, values))
        return say(database, text, values)

    monkeypatch.setattr(Database, "_say", note)
    return found


def plans(file: Path, said: list[Statement]) -> dict[str, list[str]]:
    """How SQLite runs each of the statements that ask for or change rows."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        found = {
            statement: [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in said
            if statement.startswith(("SELECT", "UPDATE", "DELETE"))
        }
    engine.dispose()
    return found


@pytest.mark.parametrize("name", DEEDS)
def test_no_table_is_scanned(file: Path, store: SqlStore, said: list[Statement], name: str) -> None:
    store.close()  # what is known from before is not asked for
    DEEDS[name](store)
    found = plans(file, list(said))
    assert found
    assert {statement: plan for statement, plan in found.items() if any("SCAN" in step for step in plan)} == {}


@pytest.mark.parametrize("name", ["a list", "a list by its beginning", "members"])
def test_a_list_is_read_in_the_order_of_its_index(
    file: Path, store: SqlStore, said: list[Statement], name: str
) -> None:
    store.close()  # what is known from before is not asked for
    DEEDS[name](store)
    found = plans(file, list(said))
    assert [step for plan in found.values() for step in plan if "TEMP B-TREE" in step] == []


def test_a_long_list_is_taken_in_parts(store: SqlStore, said: list[Statement]) -> None:
    with store.transaction():
        for number in range(300):
            put_user(store, user(number, "/team/"))
    said.clear()
    walk = store.account(ONE).users.after("path", "/")
    assert next(walk).id == "AIDA0"
    assert len(said) == 1
    assert len(list(walk)) == 299
    assert len(said) == 3
