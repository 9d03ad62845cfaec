"""Files of reference data: where the data is from, an index that is small, and a block for each entry of the index.

A file begins with a line of JSON that people can read. The index and every block are JSON, compressed each on its own.
The index is read when it is first asked for, a block each time it is asked for: a server pays for what is used alone.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any


class Packed:
    """A file of reference data beside this module, by its name; one elsewhere by its path."""

    def __init__(self, name: str) -> None:
        self._path = os.path.join(os.path.dirname(__file__), name)

    @property
    def about(self) -> Mapping[str, Any]:
        """Where the data is from: sources with their versions and licences."""
        return self._head[0]

    @property
    def index(self) -> Mapping[str, Sequence[Any]]:
        """For each key, in the file's order, where its block begins, how long it is, and what the index says of it."""
        return self._head[1]

    @cached_property
    def _head(self) -> tuple[dict[str, Any], dict[str, list[Any]]]:
        with open(self._path, "rb") as file:
            about = json.loads(file.readline())
            return about, json.loads(zlib.decompress(file.read(about["index"])))

    def block(self, key: str) -> Any:
        """The block of a key. Raises KeyError."""
        start, length = self.index[key][:2]
        with open(self._path, "rb") as file:
            file.seek(start - self.about["blocks"], os.SEEK_END)
            return json.loads(zlib.decompress(file.read(length)))


def pack(about: Mapping[str, Any], entries: Mapping[str, tuple[Sequence[Any], Any]]) -> bytes:
    """A file with, under each key, what the index is to say of it and its block."""
    index = {}
    blocks = bytearray()
    for key, (told, block) in entries.items():
        packed = _compressed(block)
        index[key] = [len(blocks), len(packed), *told]
        blocks += packed
    head = _compressed(index)
    line = json.dumps({**about, "index": len(head), "blocks": len(blocks)})
    return b"%s\n%s%s" % (line.encode(), head, bytes(blocks))


def _compressed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(), 9)
