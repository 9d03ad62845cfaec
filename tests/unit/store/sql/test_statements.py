"""How many statements a call takes, and when a date of last use is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fake_iam.store.sql import store as sql_store
from fake_iam.store.sql.database import Database
from fake_iam.store.sql.engines import open_store
from fake_iam.store.sql.store import SqlStore
from tests.support import Key, Wire

ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
VERSION = "PRAGMA data_version"
SNAPSHOT = ["BEGIN", VERSION, "COMMIT"]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What is put off, instead of done half a second later."""
    put_off: list[Callable[[], None]] = []
    monkeypatch.setattr(sql_store, "in_a_while", put_off.append)
    return put_off


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
def wire(later: list[Callable[[], None]], address: str) -> Iterator[Wire]:
    wire = Wire(store=address)
    wire.user("alice")
    yield wire
    wire.assembled.rest()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to the database, without what follows the table's name."""
    found: list[str] = []
    say, tell = Database._say, Database._tell

    def note_said(database: Database, text: str, values: Any) -> Any:
        found.append(" ".join(text.split()[:2]))
        return say(database, text, values)

    def note_told(database: Database, text: str) -> Any:
        found.append(text)
        return tell(database, text)

    monkeypatch.setattr(Database, "_say", note_said)
    monkeypatch.setattr(Database, "_tell", note_told)
    return found


def last_service(wire: Wire, key: Key) -> str:
    """The service that a key was last used for, or N/A."""
    used: str = wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"]
    return used


def test_update_access_key_writes_one_row(wire: Wire, said: list[str]) -> None:
    key_id = wire.key("alice").id
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key_id, Status="Inactive")
    said.clear()
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key_id, Status="Active")
    assert said == [*SNAPSHOT, "BEGIN IMMEDIATE", VERSION, "UPDATE rows", "COMMIT"]


def test_get_user_asks_only_whether_others_have_changed_something(wire: Wire, said: list[str]) -> None:
    wire.call("GetUser", UserName="alice")
    said.clear()
    wire.call("GetUser", UserName="alice")
    assert said == [*SNAPSHOT, *SNAPSHOT]


def test_a_signed_call_stores_the_last_use_later(
    wire: Wire, later: list[Callable[[], None]], said: list[str], address: str
) -> None:
    key = wire.key("alice")
    wire.call("PutUserPolicy", UserName="alice", PolicyName="all", PolicyDocument=ALL)
    wire.call("GetUser", key=key)
    said.clear()
    wire.call("GetUser", key=key)
    assert said == [*SNAPSHOT, *SNAPSHOT]
    assert last_service(wire, key) == "iam"
    other = Wire(store=address)
    assert last_service(other, key) == "N/A"
    later.pop()()
    assert last_service(other, key) == "iam"
    other.assembled.rest()


def test_a_last_use_that_cannot_be_stored_is_kept_and_stored_later(
    later: list[Callable[[], None]], tmp_path: Path, address: str
) -> None:
    wire = Wire(store=f"{address}?timeout=0.05")
    wire.user("alice")
    key = wire.key("alice")
    wire.call("GetUser", key=key)
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as locking:
        locking.execute("BEGIN IMMEDIATE")
        later.pop()()
        locking.execute("ROLLBACK")
    assert last_service(wire, key) == "iam"
    later.pop()()
    other = Wire(store=address)
    assert last_service(other, key) == "iam"
    assert later == []
    for each in (wire, other):
        each.assembled.rest()


def test_the_last_use_of_a_key_that_was_deleted_meanwhile_is_nowhere(
    wire: Wire, later: list[Callable[[], None]], address: str
) -> None:
    key, other = wire.key("alice"), Wire(store=address)
    wire.call("GetUser", key=key)
    other.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    later.pop()()
    assert other.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"] is None
    assert wire.call("GetUser", key=key).code == "InvalidClientTokenId"
    assert later == []
    other.assembled.rest()


def test_an_orderly_stop_stores_the_last_use(wire: Wire, address: str) -> None:
    key = wire.key("alice")
    wire.call("GetUser", key=key)
    wire.assembled.rest()
    other = Wire(store=address)
    assert last_service(other, key) == "iam"
    other.assembled.rest()


def test_what_another_process_has_changed_is_seen_at_once(address: str) -> None:
    one, other = open_store(address), open_store(address)
    for text in ("first", "second"):
        with one.transaction():
            one.keep_note("a", text)
        assert other.note("a") == text
    one.close()
    other.close()


def test_what_was_undone_is_not_remembered(address: str) -> None:
    store: SqlStore = open_store(address)
    with pytest.raises(RuntimeError), store.transaction():
        store.keep_note("a", "text")
        assert store.note("a") == "text"
        raise RuntimeError
    assert store.note("a") is None
    store.close()
