"""Documents in CBOR: the examples of RFC 8949, and what botocore writes and reads."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import parsers
from hypothesis import given
from hypothesis import strategies as st

from fake_iam.protocol.cbor import decode, encode

EXAMPLES: list[tuple[Any, str]] = [
    (0, "00"),
    (23, "17"),
    (24, "1818"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (-1, "20"),
    (-1000, "3903e7"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    ("", "60"),
    ("\u00fc", "62c3bc"),
    ([], "80"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    ({}, "a0"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
]
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(("value", "data"), EXAMPLES)
def test_the_examples_of_the_standard_are_written_and_read(value: Any, data: str) -> None:
    assert encode(value).hex() == data
    assert decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("f7", None),
        ("f93c00", 1.0),
        ("fa47c35000", 100000.0),
        ("fb3ff199999999999a", 1.1),
        ("c11a514b67b0", 1363896240),
        ("1a00000001", 1),
    ],
)
def test_other_forms_of_the_standard_are_read(data: str, value: Any) -> None:
    assert decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    "data",
    [
        "",
        *[
            "18",
            "62c3",
            "62c328",
            "81",
            "a1",
            "a16161",
            "a10101",
            "9f01",
            "7f01ff",
            "ff",
            "1c",
            "f8ff",
            "4161",
            "0000",
            "fa00",
        ],
    ],
)
def test_what_is_no_document_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="."):
        decode(bytes.fromhex(data))


def test_a_document_that_is_too_deep_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^too deep$"):
        decode(b"\x81" * 100_000)


def test_what_utf_8_cannot_carry_is_written_all_the_same() -> None:
    assert decode(encode("\ud800")) == "?"


@given(DOCUMENTS)
def test_what_is_written_is_read_again(document: Any) -> None:
    assert decode(encode(document)) == document


@pytest.mark.skipif(not hasattr(parsers, "RpcV2CBORParser"), reason="the installed botocore does not know CBOR")
@given(st.dictionaries(st.text(), st.text() | st.integers(0, 2**63 - 1)))
def test_botocore_reads_what_is_written(document: dict[str, Any]) -> None:
    assert parsers.RpcV2CBORParser()._initial_body_parse(encode(document)) == document
