"""What AWS says to a caller whose policies do not allow a call.

Source: IAM User Guide, "Troubleshoot access denied error messages", and quotes by users: the reason since 2021, the ARN
of a managed policy that denies since 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from fake_iam.domain.policy.decisions import BOUNDARY, EXPLICIT_DENY, IDENTITY, IMPLICIT_DENY, SESSION, Decision

NO_IDENTITY_POLICY: Final = Decision(IMPLICIT_DENY, IDENTITY, ())
SILENT: Final[Mapping[str, str]] = {
    IDENTITY: "no identity-based policy",
    BOUNDARY: "no permissions boundary",
    SESSION: "no session policy",
}
DENYING: Final[Mapping[str, str]] = {
    IDENTITY: "an identity-based policy",
    BOUNDARY: "a permissions boundary",
    SESSION: "a sessions policy",
}


class Denial(NamedTuple):
    """A call that the caller's policies do not allow."""

    action: str
    resource: str
    """As policies name it: an ARN, or a star."""
    text: str
    """What AWS says."""
    why: tuple[str, ...]
    """The statements that decided, or that came nearest, in sentences."""


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
