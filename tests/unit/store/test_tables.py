"""The declarations of the tables: what they say of rows is so for any row."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.store.tables import TABLES, declared, kind_of
from fake_iam.store.tables.declaring import directories

KINDS = [kind_of(name) for name in TABLES]
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def indexed(kind: type[Any], row: Any) -> list[object]:
    """All that the indexes of a kind tell of a row."""
    indexes = TABLES[declared(kind)]
    values = [value_of(row) for value_of in (*indexes.lookups.values(), *indexes.tallies.values())]
    return [*values, *((list(order.lists(row, None)), order.place(row, None)) for order in indexes.orders.values())]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if TABLES[declared(kind)].fields])
@UNHURRIED
@given(data=st.data())
def test_indexes_go_by_no_other_field_than_those_named(kind: type[Any], data: st.DataObject) -> None:
    row, other = (data.draw(st.from_type(kind)) for _ in range(2))
    named = {name: getattr(row, name) for name in TABLES[declared(kind)].fields}
    assert indexed(kind, row) == indexed(kind, dataclasses.replace(other, **named))


@pytest.mark.parametrize("kind", KINDS)
@UNHURRIED
@given(data=st.data())
def test_names_of_lists_end_in_a_slash_and_are_told_once(kind: type[Any], data: st.DataObject) -> None:
    row = data.draw(st.from_type(kind))
    for order in TABLES[declared(kind)].orders.values():
        names = list(order.lists(row, None))
        assert all(name.endswith("/") for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_by_its_owner_is_found_by_it(kind: type[Any]) -> None:
    indexes = TABLES[declared(kind)]
    assert "owner" in indexes.lookups or not any(order.by_owner for order in indexes.orders.values())


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/", ["/"]),
        ("/a/", ["/", "/a/"]),
        ("/a/b c/", ["/", "/a/", "/a/b c/"]),
        ("/a//b/", ["/", "/a/", "/a//", "/a//b/"]),
    ],
)
def test_a_path_is_below_each_of_its_beginnings(path: str, above: list[str]) -> None:
    assert directories(path) == above


def test_every_kind_is_declared_under_its_own_module_and_name() -> None:
    assert [declared(kind) for kind in KINDS] == list(TABLES)
