"""Rows of any kind as JSON and back, by the types of their fields: how a dump keeps what seeds do not spell out."""

from __future__ import annotations

import base64
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from fake_iam.control.documents.moments import ANY_TIME, read_moment, write_moment
from fake_iam.control.documents.problems import FormatError, Where

Draw = Callable[[str], str]


def encode(row: Any, *, secrets: bool) -> dict[str, Any]:
    """A row's fields as JSON; those that no repr shows are left out unless ``secrets``."""
    return {item.name: _encode(getattr(row, item.name), secrets) for item in fields(row) if item.repr or secrets}


def decode(kind: type[Any], document: Any, where: Where, draw: Draw) -> Any:
    """A row of a kind from its fields.

    A field that has a default may be left out, as in dumps of earlier releases. A secret that is left out is drawn:
    ``draw`` is given the name of a method of IdSource, the ``draw`` in the field's metadata, or "secret".

    Raises:
        FormatError: a field is missing, unknown, or of another type.
    """
    if not isinstance(document, Mapping):
        raise FormatError(where, f"{document!r} is no mapping of fields")
    declared = {item.name: item for item in fields(kind)}
    for name in document:
        if name not in declared:
            raise FormatError((*where, str(name)), f"is no field; there are {', '.join(declared)}")
    hints = _hints(kind)  # type: ignore[arg-type]  # classes are hashable
    values = {}
    for name, item in declared.items():
        if name in document:
            values[name] = _decode(hints[name], document[name], (*where, name), draw)
        elif item.default is MISSING or not item.repr:
            values[name] = _drawn(item, where, draw)
    return kind(**values)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    """The types of a kind's fields, which take long to find."""
    return get_type_hints(kind)


def _encode(value: Any, secrets: bool) -> Any:
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple):
        return [_encode(item, secrets) for item in value]
    if is_dataclass(value):
        return encode(value, secrets=secrets)
    return value


def _drawn(item: Field[Any], where: Where, draw: Draw) -> str:
    if item.repr:
        raise FormatError((*where, item.name), "is missing")
    return draw(item.metadata.get("draw", "secret"))


def _decode(hint: Any, value: Any, where: Where, draw: Draw) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in inside:
            return None
        (hint,) = (choice for choice in inside if choice is not type(None))
        return _decode(hint, value, where, draw)
    if origin is tuple:
        if inside[0] is str and isinstance(value, str):  # in dumps of earlier releases, credential reports
            return (value,)
        if not isinstance(value, list):
            raise FormatError(where, f"{value!r} is no list")
        return tuple(_decode(inside[0], item, (*where, number), draw) for number, item in enumerate(value))
    if isinstance(hint, type) and is_dataclass(hint):
        return decode(hint, value, where, draw)
    if hint in (datetime, bytes):
        return _decode_text(hint, value, where)
    if type(value) is not hint:
        raise FormatError(where, f"{value!r} is no {hint.__name__}")
    return value


def _decode_text(hint: Any, value: Any, where: Where) -> Any:
    if hint is bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (TypeError, ValueError):
            raise FormatError(where, f"{value!r} is no base64") from None
    try:
        return read_moment(value, ANY_TIME)
    except ValueError as problem:
        raise FormatError(where, str(problem)) from None
