"""Calls made to fail on purpose: rules that a test queues, in the order in which they are tried."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Final

from fake_iam.control.disturbances.fault_callers import check_caller, is_caller
from fake_iam.control.disturbances.fault_rules import RULE, Fault, RuleAtWork
from fake_iam.control.disturbances.fault_wordings import COMMON, WITHOUT_TEXT, wording
from fake_iam.control.documents.moments import write_span
from fake_iam.control.documents.operations import names_operation, operations_named
from fake_iam.control.documents.problems import FormatError
from fake_iam.domain.clock import pause
from fake_iam.domain.ids import chances
from fake_iam.pipeline.call import Answered, Call
from fake_iam.pipeline.runtime import Runtime
from fake_iam.pipeline.statuses import STATUSES
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel
from fake_iam.store.base import Store

LONGEST_DELAY: Final = timedelta(minutes=5)
OFTEN: Final = frozenset({"probability", "every", "more_than"})  # with these, a rule strikes as often as it may
THROTTLED: Final = "Throttling"  # what a rule with more_than answers if it names nothing else


class Faults:
    """The rules. Rules are tried in the order they were added; the first that fails a call ends the search.

    Args:
        models: the services whose operations and errors can be named.
        store: where the callers are that a rule may name.
        seed: what the probabilities are drawn from.
        sleep: waits for a number of seconds.
        lock: inside it, rules and their counts are changed.
    """

    def __init__(
        self,
        models: Sequence[ServiceModel],
        store: Store,
        seed: int | None = None,
        sleep: Callable[[float], None] = pause,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        self._models = models
        self._store = store
        self._seed = seed or 0
        self._sleep = sleep
        self._lock = lock or threading.Lock()
        self._rules: dict[int, RuleAtWork] = {}
        self._count = 0

    def add(self, operation: str, **rule: Any) -> Fault:
        """Add a rule. The fields are those of ``RULE``; ``delay`` is text or a timedelta.

        Raises:
            FormatError: a field cannot be, or the rule could never strike.
        """
        values = RULE.read({"operation": operation, **rule})
        if "more_than" in values and not {"error", "delay", "drop"} & set(values):
            values["error"] = THROTTLED
        self._check(values)
        with self._lock:
            self._count += 1
            added = self._rules[self._count] = self._rule(self._count, values)
        return added.rule

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
            self._rules = {}
            self._count = 0

    def state(self) -> dict[str, Any]:
        """The rules as JSON for ``adopt``."""
        rules = [{**rule.rule.document(), "counts": rule.counts()} for rule in self._rules.values()]
        return {"count": self._count, "rules": rules}

    def adopt(self, state: Mapping[str, Any]) -> None:
        """Have the rules of another process, whose ``state`` this is; drawn chances go on here as they were."""
        before, self._rules, self._count = self._rules, {}, state["count"]
        for document in state["rules"]:
            number = document["number"]
            values = RULE.read({name: value for name, value in document.items() if name in RULE.fields})
            rule = self._rule(number, {**values, "times": document.get("times")})
            if number in before and before[number].rule == rule.rule:
                rule = before[number]
            rule.count_from(document["counts"])
            self._rules[number] = rule

    def unauthenticated(self, runtime: Runtime, call: Call) -> None:
        """A step before the caller is known: strike by the rules that do not ask who calls."""
        self._strike(runtime, call, done=False, unauthenticated=True)

    def before(self, runtime: Runtime, call: Call) -> None:
        """A step before the operation: strike by the rules that leave it undone."""
        self._strike(runtime, call, done=False)

    def after(self, runtime: Runtime, call: Call) -> None:
        """A step behind the operation: strike by the rules that let it happen."""
        self._strike(runtime, call, done=True)

    def _strike(self, runtime: Runtime, call: Call, *, done: bool, unauthenticated: bool = False) -> None:
        assert call.service is not None and call.plan is not None
        for rule in list(self._rules.values()):
            fault = rule.rule
            if (fault.done, fault.unauthenticated) != (done, unauthenticated) or not self._applies(fault, call):
                continue
            with self._lock:
                if not rule.strikes(call.now):
                    continue
            call.faults += (fault.number,)
            if fault.delay:
                self._sleep(fault.delay.total_seconds())
            if fault.drop:
                raise Answered(500, drop=True)
            if fault.error:
                raise Refusal(fault.error, fault.message or self._wording(runtime, call, fault))

    def _rule(self, number: int, values: Mapping[str, Any]) -> RuleAtWork:
        fault = Fault(
            number=number,
            operation=values["operation"],
            caller=values.get("caller"),
            error=values.get("error"),
            message=values.get("message"),
            delay=values.get("delay"),
            drop=values.get("drop", False),
            done=values.get("done", False),
            after=values.get("after", 0),
            times=values.get("times", None if OFTEN & set(values) else 1),
            probability=values.get("probability"),
            every=values.get("every", 1),
            more_than=values.get("more_than"),
            within=values.get("within"),
            unauthenticated=values.get("unauthenticated", False),
        )
        return RuleAtWork(fault, chances(f"fault {number} {self._seed}"))

    def _wording(self, runtime: Runtime, call: Call, fault: Fault) -> str | None:
        assert fault.error is not None
        if fault.error in WITHOUT_TEXT:
            return None
        return wording(runtime, call, fault.error) or f"{fault.error} (by fault rule {fault.number})"

    def _applies(self, fault: Fault, call: Call) -> bool:
        assert call.service is not None and call.plan is not None
        named = names_operation(fault.operation, call.service.name, call.plan.name)
        return named and _can_answer(call.service, call.plan.name, fault.error) and is_caller(fault.caller, call)

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
        if "within" in values and "more_than" not in values:
            raise FormatError(("within",), "needs more_than, the number of calls in that span")
        if values.get("unauthenticated") and (values.get("done") or "caller" in values):
            raise FormatError(("unauthenticated",), "cannot go with done or caller: nobody is known yet, nothing done")
        if "caller" in values:
            check_caller(self._store, values["caller"])


def _can_answer(model: ServiceModel, operation: str, code: str | None) -> bool:
    if code is None or code in model.operations[operation].errors:
        return True
    return code in COMMON and code in STATUSES
