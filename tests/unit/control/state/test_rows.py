"""Rows of any kind as JSON, and back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import pytest

from fake_iam.control.documents.problems import FormatError
from fake_iam.control.state.rows import decode, encode


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    count: int
    ready: bool
    made_at: datetime
    body: bytes
    parts: tuple[Part, ...] = ()
    words: tuple[str, ...] = ()
    note: str | None = None
    secret: str = field(repr=False, default="")
    seed: str = field(repr=False, default="", metadata={"draw": "mfa_seed"})


AT = datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=timezone.utc)
THING = Thing("a", 3, True, AT, b"\x00\xff", (Part("x", AT), Part("y", None)), ("one", "two"), None, "hush", "SEED")


def draw(name: str) -> str:
    return f"drawn by {name}"


def test_a_row_comes_back_as_it_was() -> None:
    document = json.loads(json.dumps(encode(THING, secrets=True)))
    assert decode(Thing, document, (), draw) == THING


def test_secrets_are_left_out_unless_asked_for_and_drawn_anew() -> None:
    document = encode(THING, secrets=False)
    assert "hush" not in json.dumps(document)
    back = decode(Thing, document, (), draw)
    assert (back.secret, back.seed) == ("drawn by secret", "drawn by mfa_seed")
    assert back.parts == THING.parts


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"count": "3"}, "rows[0].count: '3' is no int"),
        ({"count": True}, "rows[0].count: True is no int"),
        ({"id": None}, "rows[0].id: None is no str"),
        ({"made_at": "soon"}, 'rows[0].made_at: \'soon\' is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"'),
        ({"body": "%"}, "rows[0].body: '%' is no base64"),
        ({"parts": {}}, "rows[0].parts: {} is no list"),
        ({"parts": ["x"]}, "rows[0].parts[0]: 'x' is no mapping of fields"),
        ({"parts": [{"name": 1, "at": None}]}, "rows[0].parts[0].name: 1 is no str"),
        ({"extra": 1}, "rows[0].extra: is no field; there are id, count, ready, made_at, body, parts, words, note,"),
    ],
)
def test_a_field_that_cannot_be_is_named(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormatError) as refused:
        decode(Thing, {**encode(THING, secrets=True), **change}, ("rows", 0), draw)
    assert str(refused.value).startswith(problem)


def test_a_field_that_is_missing_is_named() -> None:
    document = encode(THING, secrets=True)
    del document["count"]
    with pytest.raises(FormatError, match=r"^rows\[0\].count: is missing$"):
        decode(Thing, document, ("rows", 0), draw)
