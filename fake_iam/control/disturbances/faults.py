"""Calls made to fail on purpose: rules that a test queues, in the order in which they are tried."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from fake_iam.control.disturbances.fault_wordings import COMMON, WITHOUT_TEXT, wording
from fake_iam.control.documents.format import Field, Flag, Number, Record, Span, Text
from fake_iam.control.documents.moments import write_span
from fake_iam.control.documents.operations import names_operation, operations_named
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.clock import pause
from fake_iam.domain.ids import chances
from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.engine import STATUSES
from fake_iam.pipeline.runtime import Runtime
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel

LONGEST_DELAY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule, and how often it was met: ``seen`` counts the calls that it applied to, ``fired`` those it struck."""

    number: int
    operation: str
    caller: str | None
    error: str | None
    message: str | None
    delay: timedelta | None
    drop: bool
    done: bool
    after: int
    times: int | None
    probability: float | None
    seen: int = 0
    fired: int = 0

    def document(self) -> dict[str, Any]:
        """The rule as JSON; what was not set is left out."""
        found: dict[str, Any] = {"number": self.number, "operation": self.operation}
        given = {
            "caller": self.caller,
            "error": self.error,
            "message": self.message,
            "delay": None if self.delay is None else write_span(self.delay),
            "drop": self.drop or None,
            "done": self.done or None,
            "after": self.after or None,
            "times": self.times,
            "probability": self.probability,
        }
        found.update((name, value) for name, value in given.items() if value is not None)
        return {**found, "seen": self.seen, "fired": self.fired}


RULE: Final = Record(
    {
        "operation": Field(Text(), 'an operation, a glob over operations such as "*AccessKey*", or "*"', True),
        "caller": Field(Text(), "a glob over the caller's ARN, or a user's name, or an access key id"),
        "error": Field(Text(), "the code of the error to answer"),
        "message": Field(Text(), "its text, if not AWS's"),
        "delay": Field(Span(), "how long to wait first, in real time, up to five minutes"),
        "drop": Field(Flag(), "close the connection without an answer"),
        "done": Field(Flag(), "let the call do its work first, and fail then"),
        "after": Field(Number(0, 1_000_000), "how many calls to let pass first"),
        "times": Field(Number(1, 1_000_000), "how many calls to strike; one if left out, all with a probability"),
        "probability": Field(Number(1e-9, 1, fraction=True), "the chance that a call is struck, drawn from the seed"),
    },
)


class Faults:
    """The rules. Rules are tried in the order they were added; the first that fails a call ends the search.

    Args:
        models: the services whose operations and errors can be named.
        seed: what the probabilities are drawn from.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self, models: Sequence[ServiceModel], seed: int | None = None, sleep: Callable[[float], None] = pause
    ) -> None:
        self._models = models
        self._seed = seed or 0
        self._sleep = sleep
        self._lock = threading.Lock()
        self.clear()

    def add(self, operation: str, **rule: Any) -> Fault:
        """Add a rule. The fields are those of ``RULE``; ``delay`` is text or a timedelta.

        Raises:
            FormatError: a field cannot be, or the rule could never strike.
        """
        values = RULE.read({"operation": operation, **rule})
        self._check(values)
        with self._lock:
            self._count += 1
            fault = Fault(
                number=self._count,
                operation=values["operation"],
                caller=values.get("caller"),
                error=values.get("error"),
                message=values.get("message"),
                delay=values.get("delay"),
                drop=values.get("drop", False),
                done=values.get("done", False),
                after=values.get("after", 0),
                times=values.get("times", None if "probability" in values else 1),
                probability=values.get("probability"),
            )
            self._rules[fault.number] = _Rule(fault, chances(f"fault {fault.number} {self._seed}"))
        return fault

    def rules(self) -> list[Fault]:
        """Every rule, with its counts as they are now."""
        with self._lock:
            return [rule.fault() for rule in self._rules.values()]

    @property
    def delaying(self) -> bool:
        """Whether some rule has a delay."""
        return any(rule.rule.delay for rule in list(self._rules.values()))

    def remove(self, number: int) -> None:
        """Take a rule away. Raises FormatError if there is none of that number."""
        with self._lock:
            if self._rules.pop(number, None) is None:
                raise FormatError(("number",), f"{number} is the number of no rule")

    def clear(self) -> None:
        """Take all rules away, and number from 1 again."""
        with self._lock:
            self._rules: dict[int, _Rule] = {}
            self._count = 0

    def before(self, runtime: Runtime, call: Call) -> None:
        """A step before the operation: strike by the rules that leave it undone."""
        self._strike(runtime, call, done=False)

    def after(self, runtime: Runtime, call: Call) -> None:
        """A step behind the operation: strike by the rules that let it happen."""
        self._strike(runtime, call, done=True)

    def _strike(self, runtime: Runtime, call: Call, *, done: bool) -> None:
        assert call.service is not None and call.plan is not None
        for rule in list(self._rules.values()):
            fault = rule.rule
            if fault.done != done or not self._applies(fault, call):
                continue
            with self._lock:
                if not rule.strikes():
                    continue
            call.faults += (fault.number,)
            if fault.delay:
                self._sleep(fault.delay.total_seconds())
            if fault.drop:
                raise Answered(500, drop=True)
            if fault.error:
                raise Refusal(fault.error, fault.message or self._wording(runtime, call, fault))

    def _wording(self, runtime: Runtime, call: Call, fault: Fault) -> str | None:
        assert fault.error is not None
        if fault.error in WITHOUT_TEXT:
            return None
        return wording(runtime, call, fault.error) or f"{fault.error} (by fault rule {fault.number})"

    def _applies(self, fault: Fault, call: Call) -> bool:
        assert call.service is not None and call.plan is not None
        named = names_operation(fault.operation, call.service.name, call.plan.name)
        return named and _can_answer(call.service, call.plan.name, fault.error) and _is_caller(fault.caller, call)

    def _check(self, values: dict[str, Any]) -> None:
        """Raises FormatError for a rule that could never strike, or that would do nothing."""
        operations = operations_named(self._models, values["operation"])
        code = values.get("error")
        if code is not None and not any(_can_answer(model, name, code) for model, name in operations):
            known = sorted({code for model, name in operations for code in model.operations[name].errors} | set(COMMON))
            raise FormatError(
                ("error",), f"{code!r} is no error of {values['operation']}; there are {', '.join(known)}"
            )
        if values.get("drop") and code is not None:
            raise FormatError(("drop",), "a dropped connection carries no error; give one of the two")
        if not code and not values.get("drop"):
            if values.get("done"):
                raise FormatError(("done",), "needs an error, or drop, to come after the work")
            if "delay" not in values:
                raise FormatError((), "the rule does nothing; give it an error, a delay, or drop")
        if "message" in values and not code:
            raise FormatError(("message",), "there is no error whose text it could be")
        if values.get("delay", timedelta()) > LONGEST_DELAY:
            raise FormatError(("delay",), f"{write_span(values['delay'])} is too long; the limit is five minutes")
        if values.get("caller") == "":
            raise FormatError(("caller",), "is empty, and would match nobody")


class _Rule:
    """A rule at work."""

    def __init__(self, rule: Fault, chance: Callable[[], float]) -> None:
        self.rule = rule
        self._chance = chance
        self._seen = 0
        self._fired = 0

    def fault(self) -> Fault:
        """The rule with its counts."""
        return replace(self.rule, seen=self._seen, fired=self._fired)

    def strikes(self) -> bool:
        """Whether this call is one to be struck; counts it."""
        if self.rule.times is not None and self._fired >= self.rule.times:
            return False
        self._seen += 1
        if self._seen <= self.rule.after:
            return False
        if self.rule.probability is not None and self._chance() >= self.rule.probability:
            return False
        self._fired += 1
        return True


def _can_answer(model: ServiceModel, operation: str, code: str | None) -> bool:
    if code is None or code in model.operations[operation].errors:
        return True
    return code in COMMON and code in STATUSES


def _is_caller(pattern: str | None, call: Call) -> bool:
    if pattern is None:
        return True
    assert call.caller is not None
    names = (call.caller.arn, call.caller.arn.rpartition("/")[2], call.caller.access_key_id or "")
    return any(fnmatchcase(name, pattern) for name in names)
