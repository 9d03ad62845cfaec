"""Where the time comes from: the only module that asks the machine for it."""

from __future__ import annotations

import time
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


ticks = time.perf_counter  # seconds of real time since some moment; only differences mean something


def pause(seconds: float) -> None:
    """Let real time pass."""
    time.sleep(seconds)


class SteerableClock:
    """A clock that follows another one until it is frozen or set.

    Args:
        base: the clock it follows, at a distance that ``set`` changes.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._ahead = timedelta()
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        """The present moment as the clock has it, aware, in UTC."""
        if self._stopped_at is not None:
            return self._stopped_at
        now = self._base.now()
        return now + self._ahead if self._ahead else now

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    @property
    def setting(self) -> tuple[timedelta, datetime | None]:
        """How far it is ahead of the clock that it follows, and where it stands if it does."""
        return self._ahead, self._stopped_at

    def adopt(self, ahead: timedelta, stopped_at: datetime | None) -> None:
        """Be set as another clock is, whose ``setting`` this is."""
        self._ahead, self._stopped_at = ahead, stopped_at

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, at an aware moment or where it is. Raises ValueError for a naive one."""
        self._stopped_at = self.now() if at is None else _aware(at)

    def set(self, at: datetime) -> None:
        """Move to an aware moment; it goes on, or stands still, as before. Raises ValueError for a naive one."""
        moment = _aware(at)
        if self._stopped_at is None:
            self._ahead = moment - self._base.now()
        else:
            self._stopped_at = moment

    def release(self) -> None:
        """Follow the base clock again, at no distance."""
        self._ahead = timedelta()
        self._stopped_at = None


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"the clock takes a datetime with a time zone, not the naive {at.isoformat()}")
    return at.astimezone(timezone.utc)
