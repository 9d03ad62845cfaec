"""Versions of a store: older ones are brought up, later ones and other programs' are left as they are."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from fake_iam.store.base import StoreError, StoreUnavailable
from fake_iam.store.sql.engines import open_store
from fake_iam.store.sql.schema import STEPS, bring_up


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def say(file: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(statement).fetchall()
        connection.commit()
        return found


def test_a_new_store_has_the_present_version(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()
    open_store(f"sqlite:///{file}").close()
    assert say(file, "SELECT version FROM fake_iam_schema") == [(len(STEPS),)]


def test_a_later_version_is_refused_and_left_as_it_is(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()
    say(file, "UPDATE fake_iam_schema SET version = 99")
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{file}")
    assert str(refused.value) == (
        f"sqlite:///{file}: it has version 99 of the schema, and this release of fake_iam knows versions up to "
        f"{len(STEPS)}; it is left as it is"
    )
    assert say(file, "SELECT version FROM fake_iam_schema") == [(99,)]


def test_the_database_of_another_program_is_refused(file: Path) -> None:
    say(file, "CREATE TABLE birds (name TEXT)")
    with pytest.raises(StoreError, match="it is a database of another program; it is left as it is$"):
        open_store(f"sqlite:///{file}")
    assert say(file, "SELECT name FROM sqlite_master") == [("birds",)]


def test_an_earlier_version_takes_the_steps_that_it_lacks(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()
    taken: list[int] = []

    def step(number: int) -> None:
        taken.append(number)

    steps = [*STEPS, lambda connection: step(2), lambda connection: step(3)]
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        bring_up(connection, steps)
    with engine.begin() as connection:
        bring_up(connection, steps)
    engine.dispose()
    assert taken == [2, 3]
    assert say(file, "SELECT version FROM fake_iam_schema") == [(len(STEPS) + 2,)]


def test_a_store_of_the_first_version_is_brought_up(file: Path) -> None:
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        bring_up(connection, STEPS[:1])
        connection.execute(text("DROP TABLE fake_iam_changes"))
    engine.dispose()
    open_store(f"sqlite:///{file}").close()
    assert say(file, "SELECT number FROM fake_iam_changes") == [(0,)]


def test_a_step_that_fails_leaves_the_earlier_version(file: Path) -> None:
    def fail(connection: Connection) -> None:
        connection.execute(text("DELETE FROM rows"))
        raise RuntimeError("no room")

    open_store(f"sqlite:///{file}").close()
    engine = create_engine(f"sqlite:///{file}")
    with pytest.raises(RuntimeError), engine.begin() as connection:
        bring_up(connection, [*STEPS, fail])
    engine.dispose()
    assert say(file, "SELECT version FROM fake_iam_schema") == [(len(STEPS),)]


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("sqlite://", "sqlite://: name a file: sqlite:///state.db, or sqlite:////var/lib/state.db from the root"),
        (
            "oracle://host/x",
            "oracle://host/x: there is no such store; there are memory, sqlite:///FILE and postgresql://USER:PASSWORD@HOST/DATABASE",
        ),
        (
            "state.db",
            "state.db: there is no such store; there are memory, sqlite:///FILE and postgresql://USER:PASSWORD@HOST/DATABASE",
        ),
    ],
)
def test_an_address_that_cannot_be_is_refused(address: str, problem: str) -> None:
    with pytest.raises(StoreError, match=f"^{re.escape(problem)}$"):
        open_store(address)


def test_a_file_that_is_no_database_does_not_answer(file: Path) -> None:
    file.write_text("birds and bees, " * 100)
    with pytest.raises(StoreUnavailable, match="store.db: file is not a database$"):
        open_store(f"sqlite:///{file}")
    assert file.read_text() == "birds and bees, " * 100


def test_a_directory_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="unable to open database file$"):
        open_store(f"sqlite:///{tmp_path}/nowhere/store.db")
