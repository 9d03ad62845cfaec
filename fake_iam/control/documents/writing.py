"""Documents as JSON text, written in pieces: one call for a whole state would keep the interpreter from all others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

DEPTH: Final = 4
"""How deep a document is taken apart: to the users of its accounts."""


def json_text(document: Any) -> str:
    """What ``json.dumps`` writes. The keys of its mappings are texts."""
    return "".join(_pieces(document, DEPTH))


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if not depth or not value or not isinstance(value, dict | list):
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
