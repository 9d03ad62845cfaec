"""Everything a test can do to a server besides calling it, in Python; the pages and commands do no more than this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fake_iam.control.disturbances.clock import ClockControl
from fake_iam.control.disturbances.faults import Faults
from fake_iam.control.disturbances.propagation import Propagation
from fake_iam.control.documents.files import read_file, use_text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.state.account_import import Imported, import_account
from fake_iam.control.state.backdating import backdate
from fake_iam.control.state.dumping import dump
from fake_iam.control.state.loading import Loaded, load
from fake_iam.control.watching.calls import Calls
from fake_iam.control.watching.journal import Journal
from fake_iam.domain.clock import SteerableClock
from fake_iam.pipeline.engine import Engine

When = datetime | str


class Controls:
    """The clock, dates, seeds, snapshots, propagation, faults and journal of one server.

    Args:
        engine: the server's inside.
        clock: what dates everything in it.
        changed: called after each change of state.
        replaced: called after the whole state was replaced.
    """

    def __init__(
        self,
        engine: Engine,
        clock: SteerableClock,
        *,
        faults: Faults,
        propagation: Propagation,
        journal: Journal,
        changed: Callable[[], None],
        replaced: Callable[[], None],
    ) -> None:
        self.clock = ClockControl(clock)
        self.faults = faults
        self.propagation = propagation
        self.journal = journal
        self._engine = engine
        self._clock = clock
        self._changed = changed
        self._replaced = replaced
        self._snapshots: dict[str, dict[str, Any]] = {}

    def calls(self, operation: str = "*", **of: str | None) -> Calls:
        """The calls in the journal; ``of`` may be caller, access_key_id and outcome. See ``Journal.calls``."""
        return self.journal.calls(operation, **of)

    def backdate_user(
        self,
        user: str,
        *,
        created: When | None = None,
        password_last_used: When | None = None,
        account_id: str | None = None,
    ) -> None:
        """Set dates of a user; those left out stay. Raises FormatError for a date in the future or an unknown user."""
        self.backdate(
            {"user": user, "created": created, "password_last_used": password_last_used, "account_id": account_id}
        )

    def backdate_access_key(
        self,
        access_key_id: str,
        *,
        created: When | None = None,
        last_used: When | Mapping[str, Any] | None = None,
    ) -> None:
        """Set dates of a key; those left out stay.

        Args:
            access_key_id: the key.
            created: when it was created.
            last_used: when it last signed, or a mapping of ``date``, ``region`` and ``service``.

        Raises:
            FormatError: a date is in the future or malformed, or there is no such key.
        """
        use = {"date": last_used} if isinstance(last_used, datetime | str) else last_used
        self.backdate({"access_key": access_key_id, "created": created, "last_used": use})

    def backdate(self, values: Mapping[str, Any]) -> None:
        """Set dates of anything that has some: ``backdate({"mfa_device": serial, "enabled": "91 days ago"})``.

        The first field names the thing (see ``fake_iam.control.state.backdating``). Raises FormatError.
        """
        backdate(self._engine, self._clock.now(), values)
        self._changed()

    def seed(self, seed: Mapping[str, Any] | str | Path) -> Loaded:
        """Add accounts, users and keys: all of them, or none if one cannot be.

        Args:
            seed: a document, or the path of a YAML or JSON file.

        Raises:
            FormatError: a field of the document cannot be.
            DocumentError: the same of a file, with its name and line.
        """
        if isinstance(seed, Mapping):
            return self._load(seed, replace=False)
        return self.seed_text(read_file(Path(seed)), str(seed))

    def seed_text(self, text: str, name: str = "") -> Loaded:
        """Add what a YAML or JSON text says; ``name`` is what errors call it. Raises DocumentError."""
        return use_text(text, lambda document: self._load(document, replace=False), name)

    def import_account(self, details: str | Path | None = None, report: str | Path | None = None) -> Imported:
        """Seed the server with the exports of a real account, given as files.

        Args:
            details: what ``aws iam get-account-authorization-details`` printed.
            report: the CSV of ``aws iam get-credential-report``.

        Raises:
            DocumentError, FormatError: an export is not what it should be, or names what is there already.
        """
        texts = [read_file(Path(file)) if file is not None else None for file in (details, report)]
        imported = import_account(*texts)
        self.seed(imported.seed)
        return imported

    def dump(self, *, secrets: bool = False) -> dict[str, Any]:
        """The whole state as a document that ``load`` and ``seed`` take; without ``secrets`` they draw new ones."""
        return dump(self._engine, self._clock, secrets=secrets)

    def load(self, document: Mapping[str, Any]) -> Loaded:
        """Put a document in place of the whole state, clock and random state included. Raises FormatError."""
        return self._load(document, replace=True)

    def load_text(self, text: str, name: str = "") -> Loaded:
        """The same with a YAML or JSON text. Raises DocumentError."""
        return use_text(text, lambda document: self._load(document, replace=True), name)

    def snapshot(self, name: str) -> None:
        """Keep the whole state under a name."""
        self._snapshots[name] = self.dump(secrets=True)

    def restore(self, name: str) -> Loaded:
        """Go back to the state kept under a name. Raises FormatError if there is none."""
        return self._load(self._snapshot(name), replace=True)

    def forget(self, name: str) -> None:
        """Drop a snapshot. Raises FormatError if there is none of that name."""
        self._snapshot(name)
        del self._snapshots[name]

    def snapshots(self) -> list[str]:
        """The names of all snapshots."""
        return sorted(self._snapshots)

    def clear(self) -> None:
        """The clock is released, rules and delays are off, journal and snapshots are empty."""
        self.clock.release()
        self.faults.clear()
        self.propagation.off()
        self.journal.clear()
        self._snapshots.clear()

    def _snapshot(self, name: str) -> dict[str, Any]:
        if name not in self._snapshots:
            kept = ", ".join(self.snapshots()) or "none yet"
            raise FormatError(("name",), f"{name!r} is the name of no snapshot; there are {kept}")
        return self._snapshots[name]

    def _load(self, document: Any, *, replace: bool) -> Loaded:
        loaded = load(self._engine, self._clock, document, replace=replace)
        if replace:
            self.propagation.settle()
            self._replaced()
        self._changed()
        return loaded
