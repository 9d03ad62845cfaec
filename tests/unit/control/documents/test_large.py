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
    json_line,
    json_text,
    json_value,
    let_go,
    parts,
    whole,
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
    document = list(range(LONG_TEXT))
    assert json_text(document) == json.dumps(document)
    assert json_line(document) == json.dumps(document).encode() + b"\n"


@pytest.mark.parametrize("length", [0, LONG, LONG + 1, 3 * LONG])
def test_a_document_is_taken_apart_and_whole_again(length: int) -> None:
    long = [{"number": number} for number in range(length)]
    rows = {"Session": long, "AccessReport": [{"id": "a"}, {"entities": long}]}
    document = {"accounts": {"1": {"users": long, "rows": rows, "groups": [1]}}, "issued": long}
    texts = [json_text(part) for part in parts(document)]
    assert len(texts) == 1 + 4 * (length // LONG + (length % LONG > 0)) * (length > LONG)
    assert whole(map(json_value, texts)) == document


def test_only_long_lists_are_emptied_wherever_they_are() -> None:
    long, other, short = [{}] * (LONG + 1), [{}] * (LONG + 1), [{}] * LONG
    let_go({"accounts": {"1": {"users": long, "groups": short, "rows": {"AccessReport": [{"entities": other}]}}}})
    assert (len(long), len(other), len(short)) == (0, 0, LONG)


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
