"""Rows as a database keeps them: every kind comes back as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_iam.store.sql.codec import Codec, codec_of
from fake_iam.store.tables import TABLES, kind_of

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True, slots=True)
class Part:
    at: datetime | None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    name: str
    parts: tuple[Part, ...] = ()
    part: Part | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    share: float


AT = datetime(2026, 1, 1, 12, 0, 0, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize("name", TABLES)
@UNHURRIED
@given(data=st.data())
def test_a_row_of_every_kind_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    row: Any = data.draw(st.from_type(kind_of(name)))
    codec = codec_of(name)
    text = codec.encode(row)
    assert text.isascii()
    assert codec.decode(text) == row


def test_a_row_is_the_json_of_its_fields() -> None:
    row = Whole("a", (Part(AT, (("k", "v"),)),), Part(None))
    assert json.loads(Codec(Whole).encode(row)) == {
        "name": "a",
        "parts": [{"at": "2026-01-01T12:00:00.000005+00:00", "tags": [["k", "v"]]}],
        "part": {"at": None, "tags": []},
        "count": None,
    }


def test_a_field_that_an_earlier_release_did_not_write_has_its_default() -> None:
    assert Codec(Whole).decode('{"name": "a"}') == Whole("a")


def test_a_field_that_no_kind_has_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        Codec(Whole).decode('{"name": "a", "colour": "red"}')


def test_a_field_of_an_unknown_type_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="^no store knows how to keep <class 'float'>$"):
        Codec(Unknown)
