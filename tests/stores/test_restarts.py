"""A server that keeps its state in a database: what it was is there when it starts again."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fake_iam.store.opening import open_store
from fake_iam.store.sql.schema import STEPS
from tests.support import AwsError, Wire
from tests.ways.command import run, served


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def restarted(wire: Wire, **settings: object) -> Wire:
    """The server again, on the same store."""
    wire.assembled.rest()
    return Wire(store=wire.assembled.settings.store, **settings)


def names(wire: Wire) -> list[str]:
    users = wire.call("ListUsers")["Users"]
    found = [] if users is None else users["member"]
    return [user["UserName"] for user in (found if isinstance(found, list) else [found])]


def test_users_and_keys_outlive_the_server(address: str) -> None:
    wire = Wire(store=address)
    wire.user("alice")
    key = wire.key("alice")
    again = restarted(wire)
    assert names(again) == ["alice"]
    assert again.call("GetCallerIdentity", key)["Arn"] == "arn:aws:iam::123456789012:user/alice"


def test_what_was_refused_left_nothing(address: str) -> None:
    wire = Wire(store=address)
    wire.user("alice")
    assert wire.call("CreateUser", UserName="alice") == AwsError(
        "EntityAlreadyExists", "User with name alice already exists.", 409
    )
    assert names(restarted(wire)) == ["alice"]


def test_a_seed_counts_only_while_the_store_is_new(address: str, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("users: [{name: alice}]")
    wire = Wire(store=address, seed=str(seed))
    wire.call("DeleteUser", UserName="alice")
    assert names(restarted(wire, seed=str(seed))) == []


def test_a_seed_that_cannot_be_leaves_the_store_new(address: str, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("users: [{name: alice}, {name: alice}]")
    with pytest.raises(ValueError, match="alice"):
        Wire(store=address, seed=str(seed))
    seed.write_text("users: [{name: bob}]")
    assert names(Wire(store=address, seed=str(seed))) == ["bob"]


def test_the_root_key_of_a_strict_server_stays(address: str) -> None:
    wire = Wire(store=address, auth="strict")
    key = wire.assembled.root_access_key()
    assert key is not None
    assert restarted(wire, auth="strict").assembled.root_access_key() == key


def test_the_account_that_answers_and_its_date_stay(address: str) -> None:
    wire = Wire(store=address)
    wire.assembled.controls.load({"account_id": "210987654321", "users": [{"name": "alice"}]})
    began = wire.assembled.engine.started_at
    again = restarted(wire)
    assert (again.assembled.engine.account_id, again.assembled.engine.started_at) == ("210987654321", began)


def test_the_clock_stays_where_it_was_set(address: str) -> None:
    wire = Wire(store=address)
    wire.assembled.controls.clock.freeze("2027-01-01T00:00:00Z")
    assert restarted(wire).assembled.controls.clock.document() == {"now": "2027-01-01T00:00:00Z", "frozen": True}


def test_seeded_ids_go_on_where_they_stopped(address: str) -> None:
    one = Wire(random_seed=7)
    drawn = [one.call("CreateUser", UserName=name)["User"]["UserId"] for name in ("alice", "bob", "carol")]
    wire = Wire(store=address, random_seed=7)
    kept = [wire.call("CreateUser", UserName=name)["User"]["UserId"] for name in ("alice", "bob")]
    wire = restarted(wire, random_seed=7)
    kept.append(wire.call("CreateUser", UserName="carol")["User"]["UserId"])
    assert kept == drawn


def test_a_reset_brings_the_seed_back_for_good(address: str, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("users: [{name: alice}]")
    wire = Wire(store=address, seed=str(seed))
    wire.user("bob")
    wire.assembled.controls.clock.freeze("2027-01-01T00:00:00Z")
    wire.assembled.reset()
    again = restarted(wire, seed=str(seed))
    assert names(again) == ["alice"]
    assert again.assembled.controls.clock.frozen is False


def test_a_command_keeps_its_state_and_says_nothing_of_it(address: str) -> None:
    with served("--store", address) as server:
        assert run("clock", "freeze", "2027-01-01", "--port", server.port).status == 0
        assert server.stop(signal.SIGTERM).err == ""
    with served("--store", address) as server:
        assert '"frozen": true' in run("clock", "--port", server.port).out


def test_a_store_of_a_later_release_ends_the_command_and_is_left_as_it_is(address: str, tmp_path: Path) -> None:
    open_store(address).close()
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.execute("UPDATE fake_iam_schema SET version = 99")
        connection.commit()
    done = run("--store", address)
    assert (done.status, done.err) == (
        2,
        f"fake-iam: store: {address}: it has version 99 of the schema, and this release of fake_iam knows versions up "
        f"to {len(STEPS)}; it is left as it is\n",
    )
