"""Documents of a whole state, in pieces: one call into C for all of it would keep the interpreter from all others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

DEPTH: Final = 4
"""How deep a document is taken apart: to the users of its accounts. What is long is, also in the rows of a dump."""
PIECES: Final = 10_000
LONG: Final = 1_000
LONG_TEXT: Final = 100_000


def json_text(document: Any) -> str:
    """What ``json.dumps`` writes. The keys of its mappings are texts."""
    return _joined(_pieces(document, DEPTH))


def json_line(document: Any) -> bytes:
    """The same as a line of UTF-8."""
    pieces = _pieces(document, DEPTH)
    return b"".join([*iter(lambda: "".join(islice(pieces, PIECES)).encode(), b""), b"\n"])


def json_value(text: str) -> Any:
    """What ``json.loads`` reads."""
    return json.loads(text, object_pairs_hook=_mapping)


def let_go(document: Any) -> None:
    """Empty the long lists of a document that nobody needs any more, item by item."""
    if isinstance(document, dict):
        for value in document.values():
            let_go(value)
    elif isinstance(document, list) and len(document) > LONG:
        while document:
            document.pop()


def _joined(pieces: Iterator[str]) -> str:
    return "".join(iter(lambda: "".join(islice(pieces, PIECES)), ""))


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
    if _is_long(value):
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_long, inside))


def _is_long(value: Any) -> bool:
    return isinstance(value, str | list | dict) and len(value) > (LONG_TEXT if isinstance(value, str) else LONG)
