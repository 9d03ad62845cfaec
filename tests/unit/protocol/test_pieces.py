"""Long bodies that are made of pieces."""

from __future__ import annotations

import base64

import pytest

from fake_iam.protocol.pieces import LARGE, MANY, encoded, joined
from fake_iam.protocol.xml import PIECE, base64_text


@pytest.mark.parametrize("count", [0, 1, MANY, MANY + 1, 3 * MANY])
def test_texts_are_put_together_in_utf_8(count: int) -> None:
    texts = [("", "a", "é")[number % 3] for number in range(count)]
    assert bytes(encoded(texts)) == "".join(texts).encode()


@pytest.mark.parametrize("size", [0, 1, LARGE, LARGE + 1])
def test_pieces_are_put_together_whatever_their_size(size: int) -> None:
    whole = bytes(number % 251 for number in range(size))
    pieces = [whole[start : start + 1_000_000] for start in range(0, size, 1_000_000)]
    body = joined(pieces)
    assert (len(body), bytes(body)) == (size, whole)
    assert isinstance(body, memoryview) is (size > LARGE)


@pytest.mark.parametrize("sizes", [[0], [1], [2, 2], [PIECE, 1, PIECE + 1], [3 * PIECE + 2, 0, 5]])
def test_base64_of_parts_is_that_of_the_whole(sizes: list[int]) -> None:
    parts = [bytes([number]) * size for number, size in enumerate(sizes)]
    assert base64_text(parts) == base64_text(b"".join(parts)) == base64.b64encode(b"".join(parts)).decode()
