"""The server's clock as a test steers it: in words, datetimes or timedeltas."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from fake_iam.control.documents.moments import read_moment, read_span, write_moment
from fake_iam.domain.clock import SteerableClock


class ClockControl:
    """Reads and moves the clock that dates users, keys, uses and sessions.

    A moment is a datetime, ISO 8601 text, or text such as "91 days ago", seen from the server's own time; a span is a
    timedelta, text such as "91 days", or an ISO 8601 duration. Signatures are judged on real time whatever this clock
    says, so clients go on working.
    """

    def __init__(self, clock: SteerableClock, lock: AbstractContextManager[object] | None = None) -> None:
        self._clock = clock
        self._lock = lock or threading.Lock()  # of two advances at once, both count

    def now(self) -> datetime:
        """The server's time, aware, in UTC."""
        return self._clock.now()

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._clock.frozen

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Stand still, at a moment or where the clock is. Returns the time. Raises ValueError."""
        with self._lock:
            self._clock.freeze(None if at is None else read_moment(at, self.now()))
        return self.now()

    def set(self, at: datetime | str) -> datetime:
        """Move to a moment, earlier or later; the clock goes on, or stands, as before. Raises ValueError."""
        with self._lock:
            self._clock.set(read_moment(at, self.now()))
        return self.now()

    def advance(self, by: timedelta | str) -> datetime:
        """Move on by a span of time. Returns the time. Raises ValueError."""
        with self._lock:
            self._clock.set(read_moment(self.now() + read_span(by), self.now()))
        return self.now()

    def release(self) -> datetime:
        """Go with real time again. Returns the time."""
        with self._lock:
            self._clock.release()
        return self.now()

    def document(self) -> dict[str, Any]:
        """The clock as JSON."""
        return {"now": write_moment(self.now()), "frozen": self.frozen}
