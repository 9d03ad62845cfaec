"""What was answered is there, whatever becomes of the server, its file and its disk."""

from __future__ import annotations

import logging
import os
import random
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fake_iam.store.sql.store import SqlStore
from tests.stores.killing import kill_round
from tests.support import AwsError, Wire

FAILURE = AwsError(
    "ServiceFailure",
    "The request processing has failed because of an unknown error, exception or failure.",
    500,
)
READ_ONLY = "attempt to write a readonly database"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log, without request ids."""
    return [record.getMessage().partition(";")[0] for record in caplog.records if record.levelno >= logging.ERROR]


def test_what_was_answered_outlives_a_kill_and_nothing_is_half(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    chance = random.Random(1)
    done = 0
    for _ in range(request.config.getoption("kill_rounds")):
        answered, done = kill_round(f"sqlite:///{tmp_path}/store.db", done, chance)
        assert answered <= done


def test_a_locked_file_fails_the_call_and_the_next_finds_it_free(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire(store=f"sqlite:///{file}?timeout=0.05")
    wire.user("alice")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert wire.call("CreateUser", UserName="bob") == FAILURE
        assert complaints(caplog) == ["the store does not answer: database is locked"]
        other.execute("ROLLBACK")
    wire.user("bob")
    assert [user["UserName"] for user in wire.call("ListUsers")["Users"]["member"]] == ["alice", "bob"]
    wire.assembled.rest()


def test_a_control_page_that_finds_the_file_locked_says_so(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire(store=f"sqlite:///{file}?timeout=0.05")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = wire.send(control("POST", "clock/freeze", b"{}"))
        assert (answer.status, answer.body) == (
            500,
            b'{"error": "the store does not answer: database is locked"}\n',
        )
        other.execute("ROLLBACK")
    assert complaints(caplog) == ["the store does not answer: database is locked"]
    assert wire.send(control("GET", "clock", b"")).body.endswith(b'"frozen": false}\n')
    assert wire.send(control("POST", "clock/freeze", b"{}")).status == 200
    wire.assembled.rest()


def test_a_store_that_may_not_be_written_fails_the_call_and_is_opened_again(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(store=f"sqlite:///{file}")
    connection(wire).exec_driver_sql("PRAGMA query_only = ON")
    assert wire.call("CreateUser", UserName="alice") == FAILURE
    assert complaints(caplog) == [f"the store does not answer: {READ_ONLY}"]
    wire.user("alice")
    wire.assembled.rest()


def test_a_file_that_may_only_be_read_answers_what_changes_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writing = Wire(store=f"sqlite:///{file}")
    writing.user("alice")
    writing.assembled.rest()
    wire = Wire(store=f"sqlite:///file:{file}?mode=ro&uri=true")
    assert wire.call("GetUser", UserName="alice")["User"]["UserName"] == "alice"
    assert wire.call("CreateUser", UserName="bob") == FAILURE
    assert complaints(caplog) == [f"the store does not answer: {READ_ONLY}"]
    assert wire.call("GetUser", UserName="alice")["User"]["UserName"] == "alice"
    wire.assembled.rest()


def test_a_file_that_is_moved_away_is_found_when_it_is_back(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire(store=f"sqlite:///{file}")
    wire.user("alice")
    away = file.rename(file.with_name("away.db"))
    assert wire.call("CreateUser", UserName="bob") == FAILURE
    assert wire.call("GetUser", UserName="alice") == FAILURE
    assert complaints(caplog) == ["the store does not answer: the file is gone"] * 2
    assert not file.exists()
    away.rename(file)
    wire.user("carol")
    assert [user["UserName"] for user in wire.call("ListUsers")["Users"]["member"]] == ["alice", "carol"]
    wire.assembled.rest()


def test_a_file_that_is_replaced_is_opened_anew(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("alice", "bob"):
        filling = Wire(store=f"sqlite:///{file.with_name(name)}")
        filling.user(name)
        filling.assembled.rest()
    wire = Wire(store=f"sqlite:///{file.with_name('alice')}")
    file.with_name("bob").rename(file.with_name("alice"))
    assert wire.call("GetUser", UserName="bob") == FAILURE
    assert complaints(caplog) == ["the store does not answer: the file is another one"]
    assert wire.call("GetUser", UserName="bob")["User"]["UserName"] == "bob"
    wire.assembled.rest()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_fails_the_call_and_room_is_enough_to_go_on(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(store=f"sqlite:///{small_disk}/store.db")
    wire.user("alice")
    fill(small_disk / "rest")
    made = ["alice"]
    while (answer := wire.call("CreateUser", UserName=f"user{len(made):04}")) != FAILURE:
        made.append(answer["User"]["UserName"])
    assert complaints(caplog) == ["the store does not answer: database or disk is full"]
    (small_disk / "rest").unlink()
    wire.user("zoe")
    assert [user["UserName"] for user in wire.call("ListUsers", MaxItems=1000)["Users"]["member"]] == [*made, "zoe"]
    wire.assembled.rest()


def fill(file: Path) -> None:
    """Write until there is no room."""
    with file.open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        while True:
            full.write(b"x" * 4096)


def control(method: str, page: str, body: bytes) -> Any:
    from fake_iam.protocol.wire import WireRequest

    return WireRequest.of(method, f"/_fake_iam/{page}", "", [("Host", "127.0.0.1:4593")], body)


def connection(wire: Wire) -> Any:
    """The connection that a server's store has open."""
    store = wire.assembled.engine.store
    assert isinstance(store, SqlStore)
    return store._database._connected()
