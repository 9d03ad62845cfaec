"""Whole states under names: kept in the store, so that every server over it knows them."""

from __future__ import annotations

import json
from typing import Any, Final

from fake_iam.control.documents.large import json_text, json_value
from fake_iam.control.documents.problems import FormatError
from fake_iam.store.base import Store

NAMES: Final = "snapshots"


class Snapshots:
    """The snapshots in a store. Each is a note; one more names them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self) -> list[str]:
        """The names of all snapshots."""
        found: list[str] = json.loads(self._store.note(NAMES) or "[]")
        return found

    def keep(self, name: str, document: dict[str, Any]) -> None:
        """Keep a state under a name."""
        text = json_text(document)
        with self._store.transaction():
            self._store.keep_note(_note(name), text)
            self._store.keep_note(NAMES, json.dumps(sorted({*self.names(), name})))

    def get(self, name: str) -> dict[str, Any]:
        """The state under a name. Raises FormatError if there is none."""
        found: dict[str, Any] = json_value(self._text(name))
        return found

    def drop(self, name: str) -> None:
        """Forget the one of that name. Raises FormatError if there is none."""
        with self._store.transaction():
            self._text(name)
            self._store.keep_note(_note(name), None)
            self._store.keep_note(NAMES, json.dumps([other for other in self.names() if other != name]))

    def clear(self) -> None:
        """Forget all."""
        with self._store.transaction():
            for name in self.names():
                self._store.keep_note(_note(name), None)
            self._store.keep_note(NAMES, None)

    def _text(self, name: str) -> str:
        text = self._store.note(_note(name))
        if text is None:
            kept = ", ".join(self.names()) or "none yet"
            raise FormatError(("name",), f"{name!r} is the name of no snapshot; there are {kept}")
        return text


def _note(name: str) -> str:
    return f"snapshot {name}"
