"""Long bodies, made of pieces: one call into C for all of it would keep the interpreter from all other threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

MANY: Final = 1_000
"""So many texts are put together at a time."""
LARGE: Final = 4_000_000
"""Bytes that may be put together in one go."""
Body = bytes | memoryview


def encoded(texts: Sequence[str]) -> Body:
    """The texts, one behind the other, in UTF-8."""
    if len(texts) <= MANY:
        return "".join(texts).encode()
    return joined("".join(texts[start : start + MANY]).encode() for start in range(0, len(texts), MANY))


def joined(pieces: Iterable[bytes]) -> Body:
    """The pieces, one behind the other; in memory of its own if it is large, of which each fills its part."""
    parts = list(pieces)
    size = sum(map(len, parts))
    if size <= LARGE:
        return b"".join(parts)
    from mmap import mmap  # few bodies are large

    whole, end = mmap(-1, size), size
    while parts:
        piece = parts.pop()
        whole[end - len(piece) : end] = piece
        end -= len(piece)
    return memoryview(whole)
