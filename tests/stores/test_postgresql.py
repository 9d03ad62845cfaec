"""What is particular to a store in PostgreSQL: a server that goes away, and comes back."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator

import pytest

from benchmarks.postgresql import Cluster
from fake_iam.store.base import StoreError, StoreUnavailable
from fake_iam.store.opening import open_store
from tests.stores.killing import kill_round
from tests.stores.test_durability import FAILURE, complaints
from tests.support import Wire


@pytest.fixture
def address(postgres: Cluster) -> str:
    return postgres.fresh()


@pytest.fixture
def wire(address: str) -> Iterator[Wire]:
    wire = Wire(store=address)
    yield wire
    wire.assembled.rest()


def names(wire: Wire) -> list[str]:
    return [user["UserName"] for user in wire.call("ListUsers")["Users"]["member"]]


def test_a_server_that_is_gone_fails_the_call_and_is_found_again(
    wire: Wire, postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    wire.user("alice")
    postgres.stop()
    try:
        assert wire.call("CreateUser", UserName="bob") == FAILURE
        (complaint,) = complaints(caplog)
        assert re.match(r"the store does not answer: .*connection.* failed: Connection refused$", complaint)
    finally:
        postgres.start()
    wire.user("carol")
    assert wire.call("ListUsers")["Users"]["member"][1]["UserName"] == "carol"


def test_a_server_that_was_away_between_two_calls_is_not_missed(wire: Wire, postgres: Cluster) -> None:
    wire.user("alice")
    postgres.stop()
    postgres.start()
    wire.user("bob")
    assert names(wire) == ["alice", "bob"]


def test_what_was_answered_outlives_a_kill(address: str) -> None:
    chance, done = random.Random(2), 0
    for _ in range(2):
        answered, done = kill_round(address, done, chance)
        assert answered <= done


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(StoreUnavailable, match="Connection refused") as told:
        open_store("postgresql://user:hush@127.0.0.1:1/iam")
    assert str(told.value).startswith("postgresql://user:***@127.0.0.1:1/iam: ")


def test_without_its_driver_it_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError) as told:
        open_store("postgresql://user@127.0.0.1:1/iam")
    assert str(told.value) == ("postgresql://user@127.0.0.1:1/iam: it needs psycopg: pip install 'fake-iam[postgres]'")
