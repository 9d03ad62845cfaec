"""What a fault rule is, and when it strikes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, Number, Record, Span, Text
from fake_iam.control.documents.moments import ANY_TIME, read_moment, write_moment, write_span

ONE_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule, and how often it was met: ``seen`` counts the calls that it applied to, ``fired`` those it struck.

    A rule with ``more_than`` strikes the calls above that number in the span ``within``, by the server's clock; one
    that is ``unauthenticated`` strikes before anybody asks who calls.
    """

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
    every: int = 1
    more_than: int | None = None
    within: timedelta | None = None
    unauthenticated: bool = False
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
            "every": self.every if self.every > 1 else None,
            "more_than": self.more_than,
            "within": None if self.within is None else write_span(self.within),
            "unauthenticated": self.unauthenticated or None,
        }
        found.update((name, value) for name, value in given.items() if value is not None)
        return {**found, "seen": self.seen, "fired": self.fired}


RULE: Final = Record(
    {
        "operation": Field(Text(), 'an operation, a glob over operations such as "*AccessKey*", or "*"', True),
        "caller": Field(Text(), "a user's name, `root`, an access key id, an ARN, or a glob over ARNs"),
        "error": Field(Text(), "the code of the error to answer"),
        "message": Field(Text(), "its text, if not AWS's"),
        "delay": Field(Span(), "how long to wait first, in real time, up to five minutes"),
        "drop": Field(Flag(), "close the connection without an answer"),
        "done": Field(Flag(), "let the call do its work first, and fail then"),
        "after": Field(Number(0, 1_000_000), "how many calls to let pass first"),
        "times": Field(Number(1, 1_000_000), "how many calls to strike; one if left out and nothing else counts"),
        "probability": Field(Number(1e-9, 1, fraction=True), "the chance that a call is struck, drawn from the seed"),
        "every": Field(Number(1, 1_000_000), "strike every so many-th call"),
        "more_than": Field(Number(0, 1_000_000), "strike what exceeds so many calls in the span within"),
        "within": Field(Span(), "the span of more_than, by the server's clock; one second if left out"),
        "unauthenticated": Field(Flag(), "strike before the credentials are looked at, as an outage does"),
    },
)


class RuleAtWork:
    """A rule with its counts."""

    def __init__(self, rule: Fault, chance: Callable[[], float]) -> None:
        self.rule = rule
        self._chance = chance
        self._let_pass: deque[datetime] = deque()
        self._seen = 0
        self._fired = 0

    def fault(self) -> Fault:
        """The rule with its counts."""
        return replace(self.rule, seen=self._seen, fired=self._fired)

    def counts(self) -> dict[str, Any]:
        """How far the rule has come, as JSON for ``count_from``."""
        passed = [write_moment(at) for at in self._let_pass]
        return {"seen": self._seen, "fired": self._fired, "let_pass": passed}

    def count_from(self, counts: Mapping[str, Any]) -> None:
        """Go on where the same rule of another process stands."""
        self._seen, self._fired = counts["seen"], counts["fired"]
        self._let_pass = deque(read_moment(at, ANY_TIME) for at in counts["let_pass"])

    def strikes(self, now: datetime) -> bool:
        """Whether the call of that moment is one to be struck; counts it."""
        if self.rule.times is not None and self._fired >= self.rule.times:
            return False
        self._seen += 1
        counted = self._seen - self.rule.after
        if counted <= 0 or counted % self.rule.every:
            return False
        if self.rule.more_than is not None and not self._exceeds(self.rule.more_than, now):
            return False
        if self.rule.probability is not None and self._chance() >= self.rule.probability:
            return False
        self._fired += 1
        return True

    def _exceeds(self, limit: int, now: datetime) -> bool:
        """Whether so many calls were let pass in the span before; a struck call does not count, as with AWS."""
        passed = self._let_pass
        while passed and now - passed[0] >= (self.rule.within or ONE_SECOND):
            passed.popleft()
        if len(passed) >= limit:
            return True
        passed.append(now)
        return False
