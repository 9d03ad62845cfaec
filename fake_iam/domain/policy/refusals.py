"""What AWS says to a caller whose policies do not allow a call.

Source: IAM User Guide, "Troubleshoot access denied error messages", and quotes by users: the reason since 2021, the ARN
of a managed policy that denies since 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fake_iam.domain.policy.decisions import (
    BOUNDARY,
    EXPLICIT_DENY,
    IDENTITY,
    IMPLICIT_DENY,
    ORGANIZATION,
    RESOURCE,
    SESSION,
    Decision,
    Policies,
)
from fake_iam.domain.policy.explanations import explained
from fake_iam.domain.policy.statements import Request

NO_IDENTITY_POLICY: Final = Decision(IMPLICIT_DENY, IDENTITY, ())
NO_TRUST: Final = Decision(IMPLICIT_DENY, RESOURCE, ())
"""A role does not trust the caller, or it does but the caller's policies do not allow it: no reason is given."""
SILENT: Final[Mapping[str, str]] = {
    ORGANIZATION: "no service control policy",
    IDENTITY: "no identity-based policy",
    BOUNDARY: "no permissions boundary",
    SESSION: "no session policy",
}
DENYING: Final[Mapping[str, str]] = {
    ORGANIZATION: "a service control policy",
    IDENTITY: "an identity-based policy",
    BOUNDARY: "a permissions boundary",
    SESSION: "a sessions policy",
}


class Denial:
    """A call that the caller's policies do not allow. What is said of it is put together when it is asked for.

    Args:
        caller_arn: who asked.
        request: for what; policies name its resource by an ARN or a star.
        policies: those that were asked.
        decision: what they decided.
        text: makes AWS's words.
    """

    __slots__ = ("_policies", "_request", "_text", "caller_arn", "decision")

    def __init__(
        self, caller_arn: str, request: Request, policies: Policies, decision: Decision, text: Callable[[], str]
    ) -> None:
        self.caller_arn = caller_arn
        self.decision = decision
        self._request = request
        self._policies = policies
        self._text = text

    @property
    def request(self) -> Request:
        """What was asked for; policies name its resource by an ARN or a star."""
        return self._request

    def settle(self) -> None:
        """Make all of the request's context, so that nothing is held any longer of which it is made."""
        self._request.context.get("")

    @property
    def action(self) -> str:
        """What for, such as ``iam:GetUser``."""
        return self._request.action

    @property
    def text(self) -> str:
        """What AWS says."""
        return self._text()

    @property
    def why(self) -> tuple[str, ...]:
        """The statements that decided, or that came nearest, in sentences."""
        return tuple(explained(self._request, self._policies, self.decision))


def refusal(caller_arn: str, action: str, shown: str | None, decision: Decision = NO_IDENTITY_POLICY) -> str:
    """The text of AccessDenied, without a final full stop.

    Args:
        caller_arn: who asks.
        action: what for, such as ``iam:GetUser``.
        shown: how the resource is named; None for operations of STS that name none.
        decision: what was decided; if it is left out, no policy of the caller allows the action.
    """
    on = f" on resource: {shown}" if shown else ""
    return f"User: {caller_arn} is not authorized to perform: {action}{on}{_reason(action, decision)}"


def _reason(action: str, decision: Decision) -> str:
    """Why. The policy of a resource, such as a role's trust policy, is never named (recorded)."""
    kind = decision.kind or ""
    if kind in SILENT and decision.outcome == IMPLICIT_DENY:
        return f" because {SILENT[kind]} allows the {action} action"
    if kind in DENYING and decision.outcome == EXPLICIT_DENY:
        arn = next((match.policy.arn for match in decision.matches if match.policy.arn is not None), None)
        return f" with an explicit deny in {DENYING[kind]}" + (f": {arn}" if arn is not None else "")
    return ""
