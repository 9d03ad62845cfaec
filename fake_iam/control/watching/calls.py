"""The entries of the journal, as they are read, shown and compared."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from fake_iam.control.documents.moments import write_moment


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One call.

    ``service`` and ``caller`` are None if the call was refused before they were known. ``outcome`` is ok, error or
    dropped; ``code`` is the error's; a dropped call has no status. ``duration`` is in seconds of real
    time, ``time`` by the server's clock.
    ``faults`` are the numbers of the fault rules that struck. ``would_deny`` is what AWS says if the caller's policies
    do not allow the call, whether it was refused here or only noted, ``why`` tells the statements that decided, and
    ``encoded_message`` all of it to DecodeAuthorizationMessage.
    ``needs`` are the actions, each with its resource, that a call to another service takes.
    ``replica`` is the process that answered, if several may share the store: its machine and its number there.
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
    status: int | None
    duration: float
    faults: tuple[int, ...] = ()
    would_deny: str | None = None
    why: tuple[str, ...] = ()
    encoded_message: str | None = None
    needs: tuple[tuple[str, str], ...] = ()
    replica: str | None = field(default=None, kw_only=True)

    def document(self) -> dict[str, Any]:
        """The entry as JSON."""
        lists = {"faults": list(self.faults), "why": list(self.why), "needs": [list(need) for need in self.needs]}
        return {**asdict(self), "time": write_moment(self.time), **lists}

    def __str__(self) -> str:
        return call_line(self.document())


def call_line(call: Mapping[str, Any]) -> str:
    """An entry's document in one line."""
    shown = json.dumps(call["parameters"], ensure_ascii=False, default=str)
    end = [] if call["status"] is None else [str(call["status"])]
    end.append(call["outcome"] if call["code"] is None else call["code"])
    return f"{call['operation'] or '(no action)'} {shown} by {call['caller'] or 'nobody'}: {' '.join(end)}"


class Calls(tuple[JournalEntry, ...]):
    """Calls in order, as they were when they were asked for; shown one a line. They compare with lists, too.

    To forget the calls made so far: ``fake.journal.clear()``.
    """

    __slots__ = ()
    __hash__ = tuple.__hash__

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, list | tuple) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

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
