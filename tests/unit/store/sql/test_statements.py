"""How many statements a call takes, and when a date of last use is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_iam.store.sql import store as sql_store
from fake_iam.store.sql.database import Database
from fake_iam.store.sql.engines import open_store
from fake_iam.store.sql.store import SqlStore
from tests.support import Wire

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
    say = Database._say

    def note(database: Database, text: str, values: Any = ()) -> Any:
        found.append(" ".join(text.split()[:2]))
        return say(database, text, values)

    monkeypatch.setattr(Database, "_say", note)
    return found


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
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"] == "iam"
    other = Wire(store=address)
    used = other.call("GetAccessKeyLastUsed", AccessKeyId=key.id)
    assert used["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    later.pop()()
    used = other.call("GetAccessKeyLastUsed", AccessKeyId=key.id)
    assert used["AccessKeyLastUsed"]["ServiceName"] == "iam"
    other.assembled.rest()


def test_an_orderly_stop_stores_the_last_use(wire: Wire, address: str) -> None:
    key = wire.key("alice")
    wire.call("GetUser", key=key)
    wire.assembled.rest()
    other = Wire(store=address)
    assert other.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"] == "iam"
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
