"""Files of reference data: they say where they are from, and a block is read alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_iam.data.packed import Packed, pack

ENTRIES = {"b": ([1, "first"], {"text": "ü"}), "a": ([2], ["x"] * 1000)}


@pytest.fixture
def packed(tmp_path: Path) -> Packed:
    file = tmp_path / "some.bin"
    file.write_bytes(pack({"what": "letters", "sources": []}, ENTRIES))
    return Packed(str(file))


def test_the_first_line_says_where_the_data_is_from(packed: Packed) -> None:
    assert (packed.about["what"], packed.about["sources"]) == ("letters", [])


def test_the_index_keeps_the_order_and_what_it_is_told(packed: Packed) -> None:
    assert [(key, told[2:]) for key, told in packed.index.items()] == [("b", [1, "first"]), ("a", [2])]


def test_each_block_is_read_alone(packed: Packed) -> None:
    assert packed.block("a") == ["x"] * 1000
    assert packed.block("b") == {"text": "ü"}
    with pytest.raises(KeyError):
        packed.block("c")
