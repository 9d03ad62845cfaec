"""Every call in order, as a test wants to ask about it. Secrets are masked before anything is kept."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from fake_iam.pipeline.call import Call
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.protocol.wire import WireResponse

if TYPE_CHECKING:
    from fake_iam.control.watching.calls import Calls, JournalEntry
    from fake_iam.domain.policy.refusals import Denial

MASK: Final = "****"
NO_DENIAL: Final = (None, (), lambda: None)
ENVELOPE: Final = frozenset({"Action", "Version"})
LONGEST_NAME: Final = 256
LONGEST_VALUE: Final = 2048
MOST_ITEMS: Final = 200


class Journal:
    """The last calls, up to ``size`` of them; the oldest are forgotten first.

    Args:
        models: the services; their sensitive members are masked.
        size: how many calls are kept.
        encoded: what of a denial DecodeAuthorizationMessage takes.
        others: whether calls of other services are among them.

    ``replica`` is this process among those that share a store.
    """

    def __init__(
        self, models: Sequence[ServiceModel], size: int, encoded: Callable[[Denial], str], *, others: bool = False
    ) -> None:
        self._encoded = encoded
        self._lock = threading.Lock()
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=size)  # the fields of entries, made ones when asked for
        self._count = 0
        self._models = models
        self._others = others
        self.replica: str | None = None

    def observe(self, call: Call, response: WireResponse, duration: float) -> None:
        """Enter a call that has been answered."""
        outcome, code = "ok", None
        if response.drop:
            outcome = "dropped"
        elif not 200 <= response.status < 300:
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
                    None if response.drop else response.status,
                    duration,
                    call.faults,
                    call.needs,
                    self._told(call.denial) if call.denial else NO_DENIAL,
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
            operation: a name, or a glob such as ``"*AccessKey"`` or ``"iam:Update*"``; a call without an action, or
                with one that neither service has, matches ``"*"`` alone.
            caller: a glob over the caller's ARN, or a user's name.
            access_key_id: the key that signed.
            outcome: ``"ok"``, ``"error"``, ``"dropped"``, or an error's code.

        Raises:
            FormatError: neither service has an operation of that name; the text has the nearest one.
        """
        from fake_iam.control.documents.operations import operations_named  # a start has no use for these
        from fake_iam.control.watching.calls import Calls

        with self._lock:
            kept = list(self._entries)
        entries = list(map(self._entry, kept))
        models = [*self._models, *self._other_models(operation, entries)]
        named = None if operation == "*" else {name for _, name in operations_named(models, operation)}
        return Calls(
            entry
            for entry in entries
            if (named is None or entry.operation in named)
            and (caller is None or _named(entry.caller or "", caller))
            and (access_key_id is None or entry.access_key_id == access_key_id)
            and (outcome is None or outcome in (entry.outcome, entry.code))
        )

    def _other_models(self, operation: str, entries: Sequence[JournalEntry]) -> Iterator[ServiceModel]:
        """Other services: those that calls were made to, and the one that a pattern names."""
        if not self._others:
            return
        from fake_iam.protocol.catalogue import described  # a start has no use for it

        own = {model.name for model in self._models}
        for name in {*(entry.service for entry in entries if entry.service), operation.partition(":")[0]} - own:
            if described(name) is not None:
                yield load_service(name)

    @property
    def count(self) -> int:
        """The number of the last call."""
        return self._count

    def recent(self, most: int, *, before: int | None = None, after: int = 0) -> Calls:
        """The latest calls, the newest first: with numbers below ``before`` and above ``after``, no more than ``most``.

        The others are not looked at.
        """
        from fake_iam.control.watching.calls import Calls  # a start has no use for it

        with self._lock:
            end = self._count if before is None else min(self._count, before - 1)
            first = max(after, self._count - len(self._entries), end - most)
            skipped = self._count - end
            fields = list(islice(reversed(self._entries), skipped, skipped + max(0, end - first)))
        return Calls(map(self._entry, fields))

    def clear(self) -> None:
        """Forget every call, and number from 1 again."""
        with self._lock:
            self._entries.clear()
            self._count = 0

    def _told(self, denial: Denial) -> tuple[str, tuple[str, ...], Callable[[], str | None]]:
        """What is said of a denial; to encode it takes as long as the call, so that is done once somebody reads it."""
        denial.settle()
        return denial.text, denial.why, cache(partial(self._encoded, denial))

    def _entry(self, fields: tuple[Any, ...]) -> JournalEntry:
        from fake_iam.control.watching.calls import JournalEntry

        *told, needs, (would_deny, why, encoded) = fields
        whole = (*told, would_deny, why, encoded(), tuple(needs))
        return JournalEntry(*whole, replica=self.replica)

    def _parameters(self, call: Call) -> dict[str, Any]:
        """The members as the model has them; what could not be read stays flat."""
        values = call.values
        if values is None and call.plan is not None:
            try:
                values = call.plan.parse(call.parameters)
            except Refusal:
                values = None
        if values is None or call.service is None:
            sensitive = self._sensitive
            values = {
                name: text for name, text in call.parameters.items() if name not in ENVELOPE and name[:6] != "X-Amz-"
            }
        else:
            sensitive = call.service.sensitive
            if _harmless(values, sensitive):
                return values  # which nobody changes
        masked: dict[str, Any] = _masked(values, sensitive)
        return masked

    @cached_property
    def _sensitive(self) -> frozenset[str]:
        """The sensitive members of every service."""
        return frozenset().union(*(model.sensitive for model in self._models))


def _harmless(values: Mapping[str, Any], sensitive: frozenset[str]) -> bool:
    """Whether nothing is to be masked or cut: the parameters of most calls are a few short texts."""
    for value in values.values():
        if type(value) is not str or len(value) > LONGEST_VALUE:
            return False
    return sensitive.isdisjoint(values)


def _masked(value: Any, sensitive: Container[str]) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}... ({len(value)} characters)"
    if isinstance(value, dict):
        return {
            name[:LONGEST_NAME]: MASK if name.rpartition(".")[2] in sensitive else _masked(item, sensitive)
            for name, item in islice(value.items(), MOST_ITEMS)
        }
    if isinstance(value, list):
        return [_masked(item, sensitive) for item in value[:MOST_ITEMS]]
    return value


def _named(arn: str, pattern: str) -> bool:
    return fnmatchcase(arn, pattern) or arn.rpartition("/")[2] == pattern
