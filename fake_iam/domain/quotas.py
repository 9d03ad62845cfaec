"""The numbers an account may not exceed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quotas:
    """AWS's own numbers by default. ``page_size`` is the most rows one answer of a list carries."""

    access_keys_per_user: int = 2
    users_per_account: int = 5000
    page_size: int = 1000
