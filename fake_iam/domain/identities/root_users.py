"""The root user of an account, as far as it is more than the account's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RootUser:
    """What is known of it besides keys, devices and certificates. An account without such a row has an ordinary one.

    ``has_password`` is false in member accounts of an organization that never had root credentials, or lost them.
    """

    account_id: str
    created_at: datetime
    password_last_used: datetime | None = None
    has_password: bool = True
