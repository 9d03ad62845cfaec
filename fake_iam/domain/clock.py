"""Where the time comes from: the only module that asks the machine for it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time in UTC."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(timezone.utc)


class ManualClock:
    """A clock that stands still until it is told to move.

    Args:
        at: an aware datetime to start from; 2026-01-01T00:00:00Z if left out.
    """

    def __init__(self, at: datetime | None = None) -> None:
        self._at = _aware(at) if at is not None else datetime(2026, 1, 1, tzinfo=timezone.utc)

    def now(self) -> datetime:
        """The moment the clock stands at."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to an aware moment, earlier or later. Raises ValueError for a naive one."""
        self._at = _aware(at)

    def advance(self, by: timedelta) -> None:
        """Move by a span of time."""
        self._at += by


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"the clock takes a datetime with a time zone, not the naive {at.isoformat()}")
    return at.astimezone(timezone.utc)
