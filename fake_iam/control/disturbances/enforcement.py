"""Whether policies decide, and what they did not allow."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, cast

from fake_iam.control.documents.format import Field, Record, Text
from fake_iam.control.watching.calls import Calls
from fake_iam.control.watching.journal import Journal
from fake_iam.pipeline.engine import Engine

MODES: Final = ("on", "off", "log")
FORMAT: Final = Record(
    {
        "mode": Field(
            Text(choices=MODES),
            "on refuses what policies do not allow, log lets it pass and notes it, off does not look",
            required=True,
        )
    }
)


class Enforcement:
    """The mode of a server, which the settings give at the start."""

    def __init__(self, engine: Engine, journal: Journal, lock: AbstractContextManager[object] | None = None) -> None:
        self._lock = lock or threading.Lock()
        self._engine = engine
        self._journal = journal

    @property
    def mode(self) -> str:
        """``on``, ``off`` or ``log``."""
        return self._engine.enforcement

    def set(self, mode: str) -> None:
        """Let policies refuse calls (``on``), only note what they would refuse (``log``), or not look (``off``).

        Raises:
            FormatError: it is none of the three.
        """
        wanted = cast(Literal["on", "off", "log"], FORMAT.read({"mode": mode})["mode"])
        with self._lock:
            self._engine.enforcement = wanted

    def reset(self) -> None:
        """Go back to the mode of the settings."""
        with self._lock:
            self._engine.enforcement = self._engine.settings.enforcement

    def denials(self, operation: str = "*", *, caller: str | None = None) -> Calls:
        """The calls in the journal that policies do not allow, refused here or not, oldest first.

        Args:
            operation: a name, or a glob such as ``"iam:Update*"``.
            caller: a glob over the caller's ARN, or a user's name.

        Raises:
            FormatError: neither service has an operation of that name.
        """
        return Calls(call for call in self._journal.calls(operation, caller=caller) if call.would_deny is not None)

    def document(self) -> dict[str, Any]:
        """The mode as JSON."""
        return {"mode": self.mode}
