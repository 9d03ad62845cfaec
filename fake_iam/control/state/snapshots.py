"""Whole states under names: kept in the store, so that every server over it knows them."""

from __future__ import annotations

import json
from typing import Any, Final

from fake_iam.control.documents.large import json_text, json_value, parts, whole
from fake_iam.control.documents.problems import FormatError
from fake_iam.store.base import Store

NAMES: Final = "snapshots"


class Snapshots:
    """The snapshots in a store. Each is a note for every part of it; one more note tells their names and parts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self) -> list[str]:
        """The names of all snapshots."""
        return sorted(self._parts())

    def keep(self, name: str, document: dict[str, Any]) -> None:
        """Keep a state under a name."""
        texts = [json_text(part) for part in parts(document)]
        with self._store.transaction():
            counts = self._parts()
            self._drop_parts(name, counts.get(name, 0))
            for number, text in enumerate(texts):
                self._store.keep_note(_note(name, number), text)
            self._know({**counts, name: len(texts)})

    def get(self, name: str) -> dict[str, Any]:
        """The state under a name. Raises FormatError if there is none."""
        with self._store.unchanged():
            texts = [self._store.note(_note(name, number)) or "" for number in range(self._count(name))]
        found: dict[str, Any] = whole(map(json_value, texts))
        return found

    def drop(self, name: str) -> None:
        """Forget the one of that name. Raises FormatError if there is none."""
        with self._store.transaction():
            self._drop_parts(name, self._count(name))
            counts = self._parts()
            del counts[name]
            self._know(counts)

    def clear(self) -> None:
        """Forget all."""
        with self._store.transaction():
            for name, count in self._parts().items():
                self._drop_parts(name, count)
            self._know({})

    def _parts(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self._store.note(NAMES) or "{}")
        return found

    def _know(self, counts: dict[str, int]) -> None:
        self._store.keep_note(NAMES, json.dumps(counts) if counts else None)

    def _drop_parts(self, name: str, count: int) -> None:
        for number in range(count):
            self._store.keep_note(_note(name, number), None)

    def _count(self, name: str) -> int:
        counts = self._parts()
        if name not in counts:
            kept = ", ".join(sorted(counts)) or "none yet"
            raise FormatError(("name",), f"{name!r} is the name of no snapshot; there are {kept}")
        return counts[name]


def _note(name: str, number: int) -> str:
    return f"snapshot {number} {name}"
