"""Everything a test can do to a server besides calling it, in Python; the pages and commands do no more than this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from fake_iam.considerate import considerate
from fake_iam.control.disturbances.clock import ClockControl
from fake_iam.control.disturbances.enforcement import Enforcement
from fake_iam.control.disturbances.faults import Faults
from fake_iam.control.disturbances.propagation import Propagation
from fake_iam.control.documents.files import read_file, use_text
from fake_iam.control.documents.large import let_go
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.federation.federation import Federation
from fake_iam.control.federation.service_roles import ServiceRoles
from fake_iam.control.given import LEFT_OUT, LeftOut
from fake_iam.control.state.account_import import Imported, import_account
from fake_iam.control.state.backdating import backdate
from fake_iam.control.state.dumping import dump
from fake_iam.control.state.loading import Loaded, load
from fake_iam.control.state.snapshots import Snapshots
from fake_iam.control.watching.calls import Calls
from fake_iam.control.watching.delegation_notifications import DelegationNotification, delegation_notifications
from fake_iam.control.watching.journal import Journal
from fake_iam.domain.clock import SteerableClock
from fake_iam.domain.credentials.access_keys import STATUSES, AccessKey
from fake_iam.log import log
from fake_iam.pipeline.engine import Engine
from fake_iam.pipeline.questions import Answer
from fake_iam.pipeline.sight import stored_credentials

When = datetime | str


class Controls:
    """The clock, dates, seeds, snapshots, federation, propagation, faults and journal of one server.

    Args:
        engine: the server's inside.
        clock: what dates everything in it.
        replaced: called after the whole state was replaced, with whether the server's own root key must stay.
        own_key: the id of the root key that the server made for itself, if it did.
        shared: inside it, what all processes share is changed; None if this process shares nothing.
    """

    def __init__(
        self,
        engine: Engine,
        clock: SteerableClock,
        *,
        faults: Faults,
        propagation: Propagation,
        journal: Journal,
        replaced: Callable[[bool], None],
        own_key: Callable[[], str | None],
        shared: AbstractContextManager[object] | None = None,
    ) -> None:
        self._together = shared or nullcontext()
        self.clock = ClockControl(clock, shared)
        self.faults = faults
        self.propagation = propagation
        self.journal = journal
        self.federation = Federation(engine, clock)
        self.service_roles = ServiceRoles(engine, clock)
        self.enforcement = Enforcement(engine, journal, shared)
        self._engine = engine
        self._clock = clock
        self._replaced = replaced
        self._own_key = own_key
        self._snapshots = Snapshots(engine.store)

    def calls(self, operation: str = "*", **of: str | None) -> Calls:
        """The calls in the journal; ``of`` may be caller, access_key_id and outcome. See ``Journal.calls``."""
        return self.journal.calls(operation, **of)

    def enforce_policies(self, mode: str) -> None:
        """Let policies refuse calls (``on``), only note what they would refuse (``log``), or not look (``off``).

        Raises:
            FormatError: it is none of the three.
        """
        self.enforcement.set(mode)

    def denials(self, operation: str = "*", *, caller: str | None = None) -> Calls:
        """The calls in the journal that policies do not allow, refused here or not. See ``Enforcement.denials``."""
        return self.enforcement.denials(operation, caller=caller)

    def why(
        self, caller: str, action: str, resource: str | None = None, *, context: Mapping[str, Any] | None = None
    ) -> Answer:
        """What the policies of a caller decide about an action of any service, and why. See ``Enforcement.why``."""
        return self.enforcement.why(caller, action, resource, context)

    def delegation_notifications(self, request_id: str | None = None) -> list[DelegationNotification]:
        """What partners are told of their delegation requests, or of one of them, the older first.

        A request that is finalized comes with the token that GetDelegatedAccessToken takes.
        """
        return delegation_notifications(self._engine.store, self.clock.now(), request_id)

    def least_privilege(self, caller: str) -> str:
        """The smallest policy that allows a caller's calls in the journal. See ``Enforcement.least_privilege``."""
        return self.enforcement.least_privilege(caller)

    def backdate_user(
        self,
        user: str,
        *,
        created: When | LeftOut = LEFT_OUT,
        password_last_used: When | None | LeftOut = LEFT_OUT,
        password_created: When | LeftOut = LEFT_OUT,
        password_changed: When | LeftOut = LEFT_OUT,
        account_id: str | None = None,
        allow_impossible: bool = False,
    ) -> None:
        """Set dates of a user; those left out stay. ``password_last_used=None`` means that it never signed in.

        Raises FormatError as ``backdate`` does.
        """
        self.backdate(
            user=user,
            created=created,
            password_last_used=password_last_used,
            password_created=password_created,
            password_changed=password_changed,
            account_id=account_id,
            allow_impossible=allow_impossible,
        )

    def backdate_access_key(
        self,
        access_key_id: str,
        *,
        created: When | LeftOut = LEFT_OUT,
        last_used: When | Mapping[str, Any] | None | LeftOut = LEFT_OUT,
        allow_impossible: bool = False,
    ) -> None:
        """Set dates of a key; those left out stay.

        Args:
            access_key_id: the key.
            created: when it was created.
            last_used: when it last signed, or a mapping of ``date``, ``region`` and ``service``; None: never.
            allow_impossible: whether the key may be older than its user, or its use than the key.

        Raises:
            FormatError: as ``backdate`` does.
        """
        self.backdate(access_key=access_key_id, created=created, last_used=last_used, allow_impossible=allow_impossible)

    def backdate_root(
        self,
        *,
        created: When | LeftOut = LEFT_OUT,
        password_last_used: When | None | LeftOut = LEFT_OUT,
        account_id: str | None = None,
        allow_impossible: bool = False,
    ) -> None:
        """Set dates of the root user; those left out stay. Raises FormatError as ``backdate`` does."""
        self.backdate(
            root="root",
            created=created,
            password_last_used=password_last_used,
            account_id=account_id,
            allow_impossible=allow_impossible,
        )

    def backdate(self, values: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Set dates of anything that has some: ``backdate(mfa_device=serial, enabled="91 days ago")``.

        One field names the thing, the others are its dates; docs/reference/nouns has them. They may also be given as a
        mapping. ``allow_impossible=True`` also takes dates that cannot be, such as a use before the creation.

        Raises:
            FormatError: there is no date, or one that is in the future, malformed, or before one that it follows;
                there is no such thing. Nothing has changed then.
        """
        given = {**(values or {}), **fields}
        backdate(
            self._engine, self._clock.now(), {name: value for name, value in given.items() if value is not LEFT_OUT}
        )

    def switch_access_key(self, access_key_id: str, status: str) -> None:
        """Switch a key ``Active`` or ``Inactive``, as every service sees at once.

        Raises:
            FormatError: there is no such key, or no such status.
        """
        store = self._engine.store
        if status not in STATUSES:
            raise FormatError(("status",), f"{status!r} must be one of {', '.join(STATUSES)}")
        with self._together, store.transaction():
            key = stored_credentials(store, access_key_id)
            if not isinstance(key, AccessKey):
                raise FormatError(("access_key_id",), f"{access_key_id!r} is no key here")
            store.account(key.account_id).access_keys.put(key.id, key.switched(status))

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

    def import_account(
        self,
        details: str | Path | None = None,
        report: str | Path | None = None,
        *,
        keep_account_id: bool = False,
    ) -> Imported:
        """Seed the server with the exports of a real account, given as files.

        If nothing is stored, that account answers from now on, as if ``account_id`` were its number.

        Args:
            details: what ``aws iam get-account-authorization-details`` printed.
            report: the CSV of ``aws iam get-credential-report``.
            keep_account_id: whether the server's own account goes on answering.

        Raises:
            DocumentError, FormatError: an export is not what it should be, or names what is there already.
        """
        texts = [read_file(Path(file)) if file is not None else None for file in (details, report)]
        imported = import_account(*texts, keep_account_id=keep_account_id)
        warning = self.seed(imported.seed).warning
        return imported if warning is None else Imported(imported.seed, (warning, *imported.notes))

    def dump(self, *, secrets: bool = False) -> dict[str, Any]:
        """The whole state as a document that ``load`` and ``seed`` take; without ``secrets`` they draw new ones."""
        with considerate():
            return dump(self._engine, self._clock, secrets=secrets)

    def load(self, document: Mapping[str, Any]) -> Loaded:
        """Put a document in place of the whole state, clock and random state included. Raises FormatError."""
        return self._load(document, replace=True)

    def load_text(self, text: str, name: str = "") -> Loaded:
        """The same with a YAML or JSON text. Raises DocumentError."""
        return use_text(text, lambda document: self._load(document, replace=True), name)

    def snapshot(self, name: str) -> None:
        """Keep the whole state under a name."""
        with considerate():
            document = self.dump(secrets=True)
            self._snapshots.keep(name, document)
            let_go(document)

    def restore(self, name: str) -> Loaded:
        """Go back to the state kept under a name. Raises FormatError if there is none."""
        with considerate():
            document = self._snapshots.get(name)
            loaded = self._load(document, replace=True)
            let_go(document)
            return loaded

    def forget(self, name: str) -> None:
        """Drop a snapshot. Raises FormatError if there is none of that name."""
        self._snapshots.drop(name)

    def snapshots(self) -> list[str]:
        """The names of all snapshots."""
        return self._snapshots.names()

    def clear(self) -> None:
        """The clock is released, rules and delays are off, journal and snapshots are empty."""
        self.clock.release()
        self.faults.clear()
        self.enforcement.reset()
        self.propagation.off()
        self.journal.clear()
        self._engine.accesses.clear()
        self._snapshots.clear()

    def _load(self, document: Any, *, replace: bool) -> Loaded:
        with considerate(), self._together:
            loaded = load(self._engine, self._clock, document, replace=replace, own_key=self._own_key())
            if replace:
                self.propagation.settle()
                self._engine.accesses.clear()
            if replace or loaded.moved:
                self._replaced(not replace)
        if loaded.warning is not None:
            log().warning("%s", loaded.warning)
        return loaded
