"""Temporary credentials: what STS gives a user or the root user to sign with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fake_iam.domain.errors import AccessDenied


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials that rest on a user or on the root user.

    Those of GetSessionToken call as their owner, those of GetFederationToken as the federated user of that name.
    """

    key_id: str
    account_id: str
    owner_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires_at: datetime
    mfa: bool = False
    federated_name: str | None = None


def closed_to_sessions(operation: str) -> AccessDenied:
    """An STS operation closed to temporary credentials (recorded for GetSessionToken; assumed for the others)."""
    return AccessDenied(f"Cannot call {operation} with session credentials")
