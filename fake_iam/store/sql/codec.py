"""Rows as JSON and back, by the types of their fields: compiled once for each kind of row.

What it reads it wrote itself, so it checks nothing; ``control.state.rows`` reads what comes from outside.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from fake_iam.store.tables import kind_of

Change = Callable[[Any], Any]
PLAIN = (str, int, bool)
_dumps = json.JSONEncoder(separators=(",", ":")).encode


class Codec:
    """Writes and reads the rows of a kind. A field with a default may be missing, as in what earlier releases wrote.

    Raises:
        TypeError: a field is of a type that it does not know.
    """

    __slots__ = ("_read", "_write")

    def __init__(self, kind: type[Any]) -> None:
        self._write, self._read = _of_record(kind)

    def encode(self, row: Any) -> str:
        """The fields of a row as JSON."""
        return _dumps(self._write(row))

    def decode(self, text: str) -> Any:
        """The row again. Raises TypeError for fields that the kind does not have."""
        return self._read(json.loads(text))


@cache
def codec_of(name: str) -> Codec:
    """The codec of the kind of that name in ``store.tables``."""
    return Codec(kind_of(name))


def _of_record(kind: type[Any]) -> tuple[Change, Change]:
    """What writes a dataclass's fields into a mapping, and what makes it from one."""
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)]
    special = {name: change for name in names if (change := _of(hints[name])) is not None}

    def write(row: Any) -> dict[str, Any]:
        found = {name: getattr(row, name) for name in names}
        for name, (put, _) in special.items():
            found[name] = put(found[name])
        return found

    def read(document: dict[str, Any]) -> Any:
        for name, (_, take) in special.items():
            if name in document:
                document[name] = take(document[name])
        return kind(**document)

    return write, read


def _of(hint: Any) -> tuple[Change, Change] | None:
    """What writes and reads a value of a type; None if JSON has it as it is."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and type(None) in inside and len(inside) == 2:
        (choice,) = (each for each in inside if each is not type(None))
        of_choice = _of(choice)
        return of_choice and (_or_none(of_choice[0]), _or_none(of_choice[1]))
    if origin is tuple and inside[1:] == (...,):
        of_items = _of(inside[0])
        return (list, tuple) if of_items is None else (_each(of_items[0], list), _each(of_items[1], tuple))
    if origin is tuple:
        return _fixed([_of(each) for each in inside])
    if origin in (Union, types.UnionType) and all(each in PLAIN or get_origin(each) is tuple for each in inside):
        return _listed, _tupled
    if hint is datetime:
        return datetime.isoformat, datetime.fromisoformat
    if is_dataclass(hint):
        assert isinstance(hint, type)
        return _of_record(hint)
    if hint in PLAIN:
        return None
    raise TypeError(f"no store knows how to keep {hint!r}")


def _fixed(parts: Sequence[tuple[Change, Change] | None]) -> tuple[Change, Change]:
    """What writes and reads a tuple of so many parts, each of a type of its own."""
    if not any(parts):
        return list, tuple
    put = [_same if part is None else part[0] for part in parts]
    take = [_same if part is None else part[1] for part in parts]
    return (
        lambda values: [change(value) for change, value in zip(put, values, strict=True)],
        lambda values: tuple(change(value) for change, value in zip(take, values, strict=True)),
    )


def _same(value: Any) -> Any:
    return value


def _listed(value: Any) -> Any:
    """A tuple as a list, anything else as it is."""
    return list(value) if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    """A list as the tuple that it was, anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _or_none(change: Change) -> Change:
    return lambda value: None if value is None else change(value)


def _each(change: Change, into: Change) -> Change:
    return lambda values: into(map(change, values))
