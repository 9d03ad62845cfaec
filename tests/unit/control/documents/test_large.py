from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_iam.control.documents import large
from fake_iam.control.documents.large import (
    LONG,
    LONG_TEXT,
    PIECES,
    json_line,
    json_text,
    json_value,
    let_go,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
)


@given(values)
def test_a_document_is_written_as_json_dumps_writes_it(value: Any) -> None:
    assert json_text(value) == json.dumps(value)
    assert json_value(json.dumps(value)) == value


def test_a_text_of_many_pieces_is_whole() -> None:
    document = list(range(2 * PIECES))
    assert json_text(document) == json.dumps(document)
    assert json_line(document) == json.dumps(document).encode() + b"\n"


def test_only_long_lists_are_emptied() -> None:
    long, short = [{}] * (LONG + 1), [{}] * LONG
    let_go({"accounts": {"1": {"users": long, "groups": short}}})
    assert (len(long), len(short)) == (0, LONG)


def test_what_is_long_is_written_in_pieces_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    long = [{"name": "a"}] * (LONG + 1)
    rows = {"AccessReport": [{"entities": long, "arn": "a"}], "CredentialReport": [{"content": "é\n" * LONG_TEXT}]}
    document = {"seed": {"accounts": {"1": {"users": long, "groups": [[[{"deep": [1, 2]}]]], "rows": rows}}}}
    written: list[object] = []
    dumps = json.dumps
    monkeypatch.setattr(large.json, "dumps", lambda value: (written.append(value), dumps(value))[1])
    assert large.json_text(document) == dumps(document)
    assert long not in written
    assert max(len(value) for value in written if isinstance(value, str)) == LONG_TEXT
