"""Every call in order, as a test wants to ask about it. Secrets are masked before anything is kept."""

from __future__ import annotations

import difflib
import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, Final

from fake_iam.control.moments import write_moment
from fake_iam.pipeline.call import Call
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel
from fake_iam.protocol.wire import WireResponse

MASK: Final = "****"
ENVELOPE: Final = frozenset({"Action", "Version"})
LONGEST_NAME: Final = 256
LONGEST_VALUE: Final = 2048
MOST_ITEMS: Final = 200


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One call.

    ``service`` and ``caller`` are None if the call was refused before they were known. ``outcome`` is ok, error or
    dropped; ``code`` is the error's. ``duration`` is in seconds of real time, ``time`` by the server's clock.
    ``faults`` are the numbers of the fault rules that struck.
    """

    number: int
    time: datetime
    request_id: str
    service: str | None
    operation: str | None
    parameters: Mapping[str, Any]
    caller: str | None
    access_key_id: str | None
    source: str
    outcome: str
    code: str | None
    status: int
    duration: float
    faults: tuple[int, ...] = ()

    def document(self) -> dict[str, Any]:
        """The entry as JSON."""
        return {**asdict(self), "time": write_moment(self.time), "faults": list(self.faults)}

    def __str__(self) -> str:
        return call_line(self.document())


def call_line(call: Mapping[str, Any]) -> str:
    """An entry's document in one line."""
    shown = json.dumps(call["parameters"], ensure_ascii=False, default=str)
    end = call["outcome"] if call["code"] is None else call["code"]
    return f"{call['operation'] or '(no action)'} {shown} by {call['caller'] or 'nobody'}: {call['status']} {end}"


class Calls(list[JournalEntry]):
    """Calls in order; shown one a line."""

    def __repr__(self) -> str:
        return "\n".join(str(entry) for entry in self) or "(no calls)"

    def assert_equal(self, expected: Iterable[str | Mapping[str, Any]]) -> None:
        """Assert that these calls, in this order, were made.

        Each expected call is an operation's name, or a mapping of the fields that matter; in ``parameters`` only those
        named are compared. Raises AssertionError with a difference line by line.
        """
        wanted = [{"operation": item} if isinstance(item, str) else dict(item) for item in expected]
        if len(wanted) == len(self) and all(map(_agrees, self, wanted)):
            return
        known = [entry.document() for entry in self]
        seen = [_like(entry, wanted[i] if i < len(wanted) else {"operation": None}) for i, entry in enumerate(known)]
        lines = difflib.ndiff(list(map(_line, wanted)), list(map(_line, seen)))
        raise AssertionError(
            "the calls differ (- expected, + made):\n" + "\n".join(line.rstrip("\n") for line in lines)
        )


class Journal:
    """The last calls, up to ``size`` of them; the oldest are forgotten first.

    Args:
        models: the services; their sensitive members are masked.
        size: how many calls are kept.
    """

    def __init__(self, models: Sequence[ServiceModel], size: int) -> None:
        self._lock = threading.Lock()
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=size)  # the fields of entries, made ones when asked for
        self._count = 0
        self._sensitive = frozenset().union(*(model.sensitive for model in models))

    def observe(self, call: Call, response: WireResponse, duration: float) -> None:
        """Enter a call that has been answered."""
        outcome, code = "ok", None
        if response.drop:
            outcome = "dropped"
        elif response.status != 200:
            outcome, code = "error", call.error.code if call.error else None
        caller, signed = call.caller, call.signed
        key_id = caller.access_key_id if caller else signed.credential.access_key_id if signed else None
        parameters = self._parameters(call)
        with self._lock:
            self._count += 1
            self._entries.append(
                (
                    self._count,
                    call.now,
                    call.request_id,
                    call.service.name if call.service else None,
                    call.parameters.get("Action", "")[:LONGEST_NAME] or None,
                    parameters,
                    caller.arn if caller else None,
                    key_id or None,
                    call.request.remote or "in-process",
                    outcome,
                    code,
                    response.status,
                    duration,
                    call.faults,
                )
            )

    def calls(
        self,
        operation: str = "*",
        *,
        caller: str | None = None,
        access_key_id: str | None = None,
        outcome: str | None = None,
    ) -> Calls:
        """The calls kept, oldest first.

        Args:
            operation: a name, or a glob such as ``"*AccessKey"``; a call without an action matches ``"*"`` alone.
            caller: a glob over the caller's ARN, or a user's name.
            access_key_id: the key that signed.
            outcome: ``"ok"``, ``"error"``, ``"dropped"``, or an error's code.
        """
        with self._lock:
            entries = [JournalEntry(*fields) for fields in self._entries]
        return Calls(
            entry
            for entry in entries
            if fnmatchcase(entry.operation or "", operation)
            and (caller is None or _named(entry.caller or "", caller))
            and (access_key_id is None or entry.access_key_id == access_key_id)
            and (outcome is None or outcome in (entry.outcome, entry.code))
        )

    def clear(self) -> None:
        """Forget every call, and number from 1 again."""
        with self._lock:
            self._entries.clear()
            self._count = 0

    def _parameters(self, call: Call) -> dict[str, Any]:
        """The members as the model has them; what could not be read stays flat."""
        values = call.values
        if values is not None and self._harmless(values):
            return values  # which nobody changes
        if values is None and call.plan is not None:
            try:
                values = call.plan.parse(call.parameters)
            except Refusal:
                values = None
        if values is None:
            values = {
                name: text for name, text in call.parameters.items() if name not in ENVELOPE and name[:6] != "X-Amz-"
            }
        masked: dict[str, Any] = self._masked(values)
        return masked

    def _harmless(self, values: Mapping[str, Any]) -> bool:
        """Whether nothing is to be masked or cut: the parameters of most calls are a few short texts."""
        for name, value in values.items():
            if type(value) is not str or len(value) > LONGEST_VALUE or name in self._sensitive:
                return False
        return True

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}... ({len(value)} characters)"
        if isinstance(value, dict):
            return {
                name[:LONGEST_NAME]: MASK if name.rpartition(".")[2] in self._sensitive else self._masked(item)
                for name, item in islice(value.items(), MOST_ITEMS)
            }
        if isinstance(value, list):
            return [self._masked(item) for item in value[:MOST_ITEMS]]
        return value


def _named(arn: str, pattern: str) -> bool:
    return fnmatchcase(arn, pattern) or arn.rpartition("/")[2] == pattern


def _agrees(entry: JournalEntry, wanted: Mapping[str, Any]) -> bool:
    return _like(entry.document(), wanted) == wanted


def _like(entry: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """As much of an entry as the expectation speaks of."""
    shown = {name: entry.get(name) for name in wanted}
    parameters = wanted.get("parameters")
    if isinstance(parameters, Mapping):
        shown["parameters"] = {name: entry["parameters"].get(name) for name in parameters}
    return shown


def _line(call: Mapping[str, Any]) -> str:
    return json.dumps(call, ensure_ascii=False, default=str)
