"""Whether policies decide, and what they did not allow."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, cast

from fake_iam.control.disturbances.near_callers import hint
from fake_iam.control.documents.format import Field, MapOf, Record, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.watching.calls import Calls, JournalEntry
from fake_iam.control.watching.journal import Journal
from fake_iam.domain.policy.variables import Values
from fake_iam.pipeline.engine import Engine
from fake_iam.pipeline.questions import (
    ASSUMED,
    Answer,
    Judged,
    Made,
    UnknownCaller,
    find_caller,
    judge,
    least_privilege,
    needs,
)

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
QUESTION: Final = Record(
    {
        "caller": Field(
            Text(), "a user's name, the ARN of a user, a role or the root user, or an access key id", required=True
        ),
        "action": Field(
            Text(pattern=r"[\w-]+:[\w*]+", says="a service and a name, such as iam:GetUser"), "what for", required=True
        ),
        "resource": Field(Text(), "an ARN; a star if left out"),
        "context": Field(MapOf(Text(), Text()), "condition keys, which win over the caller's own"),
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

    def why(
        self, caller: str, action: str, resource: str | None = None, context: Mapping[str, Values] | None = None
    ) -> Answer:
        """What the policies of a caller decide about an action of any service, and the statements that decide.

        Args:
            caller: a user's name, the ARN of a user, a role or the root user, or an access key id.
            action: such as ``"iam:UpdateAccessKey"``.
            resource: an ARN; ``*`` if it is left out.
            context: condition keys, such as ``{"aws:SourceIp": "203.0.113.7"}``; they win over the caller's own.

        Raises:
            FormatError: nobody goes by that name.
        """
        return self.judge(caller, action, resource, context).answer

    def judge(
        self, caller: str, action: str, resource: str | None = None, context: Mapping[str, Values] | None = None
    ) -> Judged:
        """The same with the statements themselves. Raises FormatError as ``why`` does."""
        try:
            return judge(self._engine, caller, action, resource, context or {}, self._engine.clock.now())
        except UnknownCaller as problem:
            raise self._unknown(caller, problem) from None

    def needs(self, caller: str, call: JournalEntry) -> list[tuple[str, str]]:
        """The actions that a call of the journal needs, each with its resource; none if its caller is no longer."""
        if call.service is None or call.operation is None:
            return []
        try:
            return needs(
                self._engine, caller, Made(call.service, call.operation, call.parameters), self._engine.clock.now()
            )
        except UnknownCaller:
            return []

    def least_privilege(self, caller: str) -> str:
        """The smallest policy that allows the calls of a caller that the journal has, as JSON text.

        Raises:
            FormatError: nobody goes by that name.
        """
        try:
            arn = find_caller(self._engine, caller).arn
            made = [
                Made(call.service, call.operation, call.parameters, call.needs)
                for call in self._journal.calls()
                if call.service is not None and call.operation is not None and _is_by(call.caller or "", arn)
            ]
            return least_privilege(self._engine, caller, made, self._engine.clock.now())
        except UnknownCaller as problem:
            raise self._unknown(caller, problem) from None

    def _unknown(self, caller: str, problem: UnknownCaller) -> FormatError:
        return FormatError(("caller",), f"{problem}{hint(self._engine.store, caller)}")

    def document(self) -> dict[str, Any]:
        """The mode as JSON."""
        return {"mode": self.mode}


def _is_by(arn: str, wanted: str) -> bool:
    """Whether a call is by that caller; by any session of a role if the role is meant."""
    return arn == wanted or (wanted.endswith(f"/{ASSUMED}") and arn.startswith(wanted.removesuffix(ASSUMED)))
