"""Documents in CBOR (RFC 8949), as far as AWS's protocols use it: what JSON has, too."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

UNSIGNED, NEGATIVE, BYTES, TEXT, LIST, MAP, TAG, SIMPLE = range(8)
INDEFINITE: Final = 31
BREAK: Final = 0xFF
CONSTANTS: Final[Mapping[int, Any]] = {20: False, 21: True, 22: None, 23: None}
FLOATS: Final[Mapping[int, str]] = {25: ">e", 26: ">f", 27: ">d"}


def encode(value: Any) -> bytes:
    """A document of mappings, lists, texts, whole numbers, flags and None; what UTF-8 cannot carry becomes ``?``."""
    if value is None or isinstance(value, bool):
        return bytes([SIMPLE << 5 | {False: 20, True: 21, None: 22}[value]])
    if isinstance(value, int):
        return _head(UNSIGNED, value) if value >= 0 else _head(NEGATIVE, -1 - value)
    if isinstance(value, str):
        data = value.encode("utf-8", "replace")
        return _head(TEXT, len(data)) + data
    if isinstance(value, Mapping):
        return _head(MAP, len(value)) + b"".join(encode(part) for item in value.items() for part in item)
    return _head(LIST, len(value)) + b"".join(map(encode, value))


def decode(data: bytes) -> Any:
    """The document that fills the bytes. Raises ValueError if they are none, or have what JSON has not."""
    reader = _Reader(data)
    try:
        value = reader.item()
    except RecursionError:
        raise ValueError("too deep") from None
    if reader.at != len(data):
        raise ValueError("there is more behind the document")
    return value


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    power = next(power for power in range(4) if number < 1 << (8 << power))
    return bytes([kind << 5 | 24 + power]) + number.to_bytes(1 << power, "big")


class _Reader:
    """Reads items one behind the other; ``at`` is where the next one begins."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def item(self) -> Any:
        kind, info = divmod(self._take(1)[0], 32)
        if kind == SIMPLE:
            if info in CONSTANTS:
                return CONSTANTS[info]
            form = FLOATS.get(info)
            if form is None:
                raise ValueError(f"a simple value {info}")
            return struct.unpack(form, self._take(struct.calcsize(form)))[0]
        if kind == TEXT:
            return self._text(info)
        if kind == LIST:
            return [self.item() for _ in self._items(info)]
        if kind == MAP:
            return {self._key(): self.item() for _ in self._items(info)}
        if kind == BYTES:
            raise ValueError("a byte string")
        number = self._number(info)
        if kind == TAG:
            return self.item()
        return number if kind == UNSIGNED else -1 - number

    def _key(self) -> str:
        key = self.item()
        if not isinstance(key, str):
            raise ValueError("no text, where only a text can be")
        return key

    def _text(self, info: int) -> str:
        if info == INDEFINITE:
            return "".join([self._key() for _ in self._items(info)])
        return self._take(self._number(info)).decode()

    def _items(self, info: int) -> Any:
        """Something to go over once for each item, up to the number given or to the break."""
        if info != INDEFINITE:
            return range(self._number(info))
        return iter(self._goes_on, False)

    def _goes_on(self) -> bool:
        if self._data[self.at : self.at + 1] != bytes([BREAK]):
            return True
        self.at += 1
        return False

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise ValueError(f"a length {info}")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _take(self, count: int) -> bytes:
        taken = self._data[self.at : self.at + count]
        if len(taken) < count:
            raise ValueError("the document is cut off")
        self.at += count
        return taken
