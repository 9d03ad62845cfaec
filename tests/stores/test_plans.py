"""How much every operation reads of a store in a database: as much of a large account as of a small one, by indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam.store.sql import store as sql_store
from fake_iam.store.sql import tables
from fake_iam.store.sql.database import Database
from tests.test_growth import OPERATIONS, SCRIPTS, WHOLE, Caller

pytestmark = with_whole_model  # the scripts call all there is
SMALL, LARGE = 100, 300
BOUNDED = pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in WHOLE])
FEW = 8  # rows that a walk takes at a time: fewer than there are in any list of the small account


@dataclass
class Asked:
    """What a call has asked a database: each statement with values for it, and how many rows were found in all."""

    statements: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    rows: int = 0


class Account:
    """An account of a size in SQLite, in which every script was run.

    Args:
        size: how many of each kind are there.
        file: where it is kept.
    """

    def __init__(self, size: int, file: Path) -> None:
        self._now = Asked()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "FEW", FEW)
            patch.setattr(tables, "WALK", tables.WALK.limit(FEW))
            patch.setattr(sql_store, "in_a_while", lambda do: None)  # what is stored later is of no call
            self._watch(patch)
            call = Caller(size, self._measure, f"sqlite:///{file}")
            for script in SCRIPTS:
                script(call)
        self.taken: Mapping[tuple[str, str], Asked] = call.taken
        call.wire.assembled.rest()

    def _measure(self, run: Callable[[], Any]) -> tuple[Any, Asked]:
        self._now = now = Asked()
        return run(), now

    def _watch(self, patch: pytest.MonkeyPatch) -> None:
        say, read = Database._say, Database.read

        def say_and_note(database: Database, text: str, values: Any) -> Any:
            self._now.statements[text] = values
            self._now.count += 1
            return say(database, text, values)

        def read_and_count(database: Database, *asked: Any) -> Any:
            found = read(database, *asked)
            self._now.rows += len(found)
            return found

        patch.setattr(Database, "_say", say_and_note)
        patch.setattr(Database, "read", read_and_count)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return Account(LARGE, tmp_path_factory.mktemp("large") / "store.db")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return Account(SMALL, tmp_path_factory.mktemp("small") / "store.db")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A store in which plans are asked for."""
    file = tmp_path_factory.mktemp("plans") / "store.db"
    Caller(0, store=f"sqlite:///{file}").wire.assembled.rest()
    with closing(sqlite3.connect(file)) as connection:
        yield connection


def scans(step: str) -> bool:
    """Whether a step reads a large table from its beginning to its end; sizes has a row for each kind of an account."""
    return step.startswith("SCAN") and not step.startswith("SCAN sizes ")


@BOUNDED
def test_no_operation_scans_a_table(large: Account, database: sqlite3.Connection, operation: str) -> None:
    asked = [each for (name, _), each in large.taken.items() if name == operation]
    assert asked, f"no script calls {operation}"
    statements = {text: values for each in asked for text, values in each.statements.items()}
    plans = {
        text: [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {text}", values)]
        for text, values in statements.items()
        if text.startswith(("SELECT", "UPDATE", "DELETE"))
    }
    assert {text: plan for text, plan in plans.items() if any(map(scans, plan))} == {}


@BOUNDED
def test_an_operation_asks_as_much_of_a_large_account_as_of_a_small_one(
    small: Account, large: Account, operation: str
) -> None:
    more = {
        note: (asked.count, large.taken[name, note].count, asked.rows, large.taken[name, note].rows)
        for (name, note), asked in small.taken.items()
        if name == operation
        and (large.taken[name, note].count > asked.count or large.taken[name, note].rows > asked.rows)
    }
    assert more == {}
