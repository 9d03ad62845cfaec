"""Documents of a whole state, in pieces: one call into C for all of it would keep the interpreter from all others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fake_iam.protocol.pieces import Body, joined

DEPTH: Final = 4
"""How deep a document is taken apart: to the users of its accounts. What is long is, also in the rows of a dump."""
LONG: Final = 1_000
LONG_TEXT: Final = 100_000
Place = tuple[str | int, ...]


def json_text(document: Any) -> str:
    """What ``json.dumps`` writes. The keys of its mappings are texts."""
    return "".join(_texts(document))


def json_line(document: Any) -> Body:
    """The same as a line of UTF-8."""
    return joined([*(text.encode() for text in _texts(document)), b"\n"])


def json_value(text: str) -> Any:
    """What ``json.loads`` reads."""
    return json.loads(text, object_pairs_hook=_mapping)


def parts(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A document without its long lists, and then these in pieces that say where they belong: for ``whole``."""
    long: list[tuple[Place, list[Any]]] = []
    yield _without_long(document, (), long)
    for place, items in long:
        for start in range(0, len(items), LONG):
            yield {"place": place, "items": items[start : start + LONG]}


def whole(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """The document that was taken apart."""
    document = next(parts)
    for part in parts:
        found: Any = document
        for key in part["place"]:
            found = found[key]
        found += part["items"]
    return document


def let_go(document: Any) -> None:
    """Empty the long lists of a document that nobody needs any more, item by item; what is in them is short."""
    if isinstance(document, list) and len(document) > LONG:
        while document:
            document.pop()
    for value in _inside(document):
        let_go(value)


def _without_long(value: Any, place: Place, long: list[tuple[Place, list[Any]]]) -> Any:
    """A value with empty lists in place of the long ones, which are added to ``long`` with their places."""
    if isinstance(value, list) and len(value) > LONG:
        long.append((place, value))
        return []
    if not _has_long(value):
        return value
    if isinstance(value, dict):
        return {key: _without_long(item, (*place, key), long) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_long(item, (*place, number), long) for number, item in enumerate(value)]
    return value


def _texts(document: Any) -> Iterator[str]:
    """The document as JSON, in texts that are long enough to be few."""
    some: list[str] = []
    length = 0
    for piece in _pieces(document, DEPTH):
        some.append(piece)
        length += len(piece)
        if length >= LONG_TEXT:
            yield "".join(some)
            some, length = [], 0
    yield "".join(some)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Python between the calls into C, where threads take turns."""
    return dict(pairs)


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str) and _is_long(value):
        yield '"'
        for start in range(0, len(value), LONG_TEXT):
            yield json.dumps(value[start : start + LONG_TEXT])[1:-1]
        yield '"'
        return
    if not value or not isinstance(value, dict | list) or (depth <= 0 and not _has_long(value)):
        yield json.dumps(value)
        return
    is_mapping = isinstance(value, dict)
    before = "{" if is_mapping else "["
    for item in value:
        yield before
        if is_mapping:
            yield f"{json.dumps(item)}: "
        yield from _pieces(value[item] if is_mapping else item, depth - 1)
        before = ", "
    yield "}" if is_mapping else "]"


def _has_long(value: Any) -> bool:
    """Whether something is long, or anything in it is."""
    return _is_long(value) or any(map(_has_long, _inside(value)))


def _inside(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _is_long(value: Any) -> bool:
    return isinstance(value, str | list | dict) and len(value) > (LONG_TEXT if isinstance(value, str) else LONG)
