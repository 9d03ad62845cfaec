"""Credentials that are narrower than those they are made with: scoped ones, those of AssumeRoot and of delegations.

Assumed: every text, and the order of checks; the service model and the API reference have the rules.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from fake_iam.domain.errors import AccessDenied, ServiceError, ValidationError
from fake_iam.domain.sts.sessions import Session

MOST_SCOPES: Final = 3
TASK_SECONDS: Final = 900
TASKS: Final = (
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
)
MEMBER: Final = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?", re.ASCII)


class InsufficientSessionLifetime(ServiceError):
    """Credentials are to outlive the session that they are made of."""

    code = "InsufficientSessionLifetime"


class InvalidSubjectCredentials(ServiceError):
    """Credentials of this kind cannot be narrowed down."""

    code = "InvalidSubjectCredentials"


class ExpiredTradeInToken(ServiceError):
    """A token of a delegation request is too old."""

    code = "ExpiredTradeInTokenException"


def scoped_end(session: Session, seconds: int | None, now: datetime) -> datetime:
    """Until when scoped credentials work. Raises InsufficientSessionLifetime beyond the session that calls."""
    end = session.expires_at if seconds is None else now + timedelta(seconds=seconds)
    if end > session.expires_at:
        raise InsufficientSessionLifetime("The requested duration exceeds the remaining lifetime of the session.")
    return end


def with_scope(session: Session, policy: str | None) -> tuple[str, ...]:
    """The scope-down policies of a session and one more, of which there may be three. Raises AccessDenied."""
    if policy is None:
        return session.scopes
    if len(session.scopes) >= MOST_SCOPES:
        raise AccessDenied(f"A session can have at most {MOST_SCOPES} scope-down policies.")
    return (*session.scopes, policy)


def nothing_narrowed() -> ValidationError:
    """Neither a policy nor a duration is given."""
    return ValidationError("At least one of Policy or DurationSeconds must be specified.")


def not_temporary() -> InvalidSubjectCredentials:
    """The caller has long-term credentials."""
    return InvalidSubjectCredentials("GetScopedCredentials must be called with temporary security credentials.")


def member_account(principal: str) -> str | None:
    """The account that TargetPrincipal names: by its number, or by its root user's ARN."""
    match = MEMBER.fullmatch(principal)
    return match[1] if match is not None else None


def task_policy(partition: str, name: str) -> str:
    """The ARN of a policy that a privileged session may have."""
    return f"arn:{partition}:iam::aws:policy/root-task/{name}"


def not_a_task(arn: str) -> ValidationError:
    """The policy is none of those for privileged tasks."""
    return ValidationError(f"TaskPolicyArn {arn} is not a supported task policy.")


def unknown_token() -> AccessDenied:
    """Nobody was sent that token."""
    return AccessDenied("The trade-in token is not valid.")


def expired_token() -> ExpiredTradeInToken:
    """The request that the token belongs to has expired."""
    return ExpiredTradeInToken("The trade-in token has expired.")
