"""What the policies of one caller decide, each question once: a decision is kept by all that it depends on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from fake_iam.domain.policy.decisions import Decision, Policies, Policy, decide
from fake_iam.domain.policy.principals import Caller
from fake_iam.domain.policy.statements import Request, document
from fake_iam.domain.policy.variables import Context, Values

DECISIONS_KEPT: Final = 100
"""Of one caller; then all are forgotten."""
LONGEST_KEPT: Final = 1_000
"""Characters of a text that a decision depends on: what is longer is decided anew each time."""


class _Action(NamedTuple):
    """The policies about an action, the condition keys that they ask for, and the decisions by resource and values."""

    policies: Policies
    keys: tuple[str, ...]
    decisions: dict[object, Decision]


class Judge:
    """Decides for one caller, as long as it and its policies stay as they are.

    Args:
        caller: who asks.
        policies: all that apply.
        decide: what decides; ``decide`` with more options than the caller and the policies, if there are any.
    """

    __slots__ = ("_actions", "_caller", "_decide", "_kept", "policies")

    def __init__(
        self, caller: Caller, policies: Policies, decide: Callable[[Request, Policies], Decision] = decide
    ) -> None:
        self.policies = policies
        self._caller = caller
        self._decide = decide
        self._actions: dict[str, _Action] = {}
        self._kept = 0

    def about(self, action: str) -> Policies:
        """The policies that have statements about an action."""
        return (self._actions.get(action) or self._look_up(action)).policies

    def keys(self, action: str) -> tuple[str, ...]:
        """The condition keys, in lower case, that a decision about an action depends on."""
        return (self._actions.get(action) or self._look_up(action)).keys

    def decide(self, action: str, resource: str, context: Context) -> Decision:
        """What the policies decide about an action on a resource."""
        try:
            _, keys, decisions = self._actions[action]
            return decisions[(resource, *map(context.get, keys)) if keys else resource]
        except KeyError:
            return self._decide_anew(action, resource, context)

    def _decide_anew(self, action: str, resource: str, context: Context) -> Decision:
        if self._kept >= DECISIONS_KEPT:
            self._actions.clear()
            self._kept = 0
        policies, keys, decisions = self._actions.get(action) or self._look_up(action)
        decision = self._decide(Request(self._caller, action, resource, context), policies)
        values = [context.get(key) for key in keys]
        if is_short(resource) and all(map(is_short, values)):
            decisions[(resource, *values) if keys else resource] = decision
            self._kept += 1
        return decision

    def _look_up(self, action: str) -> _Action:
        policies = self.policies.about(action)
        found = self._actions[action] = _Action(policies, tuple(_keys(policies, action.lower())), {})
        return found


def is_short(value: Values | None) -> bool:
    """Whether what a decision depends on is short enough to be kept."""
    return value is None or (sum(map(len, value)) if isinstance(value, tuple) else len(value)) <= LONGEST_KEPT


def _keys(policies: Policies, action: str) -> set[str]:
    """The condition keys, in lower case, of every statement that is about an action, which is in lower case, too."""
    applying: list[Policy] = [policy for _, kind in policies.by_kind() for policy in kind]
    return {
        key.lower()
        for policy in applying
        for statement in document(policy.text).about(action)
        for key in statement.condition_keys()
    }
