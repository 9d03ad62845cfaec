"""Long work beside a loop that answers others: how it leaves them the interpreter.

It must not hold a lock meanwhile, nor make one call into C that takes long. Why: docs/decisions/0019-long-work.md.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fake_iam.domain.clock import ticks

MANY_OBJECTS: Final = 10_000
"""That a work leaves behind. More are set apart from the collector, whose next round would look through all of them."""
LONG: Final = 0.1
"""Seconds. So is what a longer work leaves behind: few objects, perhaps, but large ones."""
SWITCH_INTERVAL: Final = 0.001
"""Seconds until a thread that waits for the interpreter gets it from one that computes."""


class _Consideration:
    """Counts the long works that are under way: the first changes the interpreter, the last puts it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works = 0
        self._began = self._interval = 0.0
        self._collects = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Inside, threads take turns often, and no collection of garbage looks through all that is kept."""
        with self._lock:
            self._works += 1
            if self._works == 1:
                self._began = ticks()
                self._interval, self._collects = sys.getswitchinterval(), gc.isenabled()
                sys.setswitchinterval(min(SWITCH_INTERVAL, self._interval))
                gc.disable()
        try:
            yield
        finally:
            with self._lock:
                self._works -= 1
                if not self._works:
                    sys.setswitchinterval(self._interval)
                    if self._collects:
                        if gc.get_count()[0] > MANY_OBJECTS or ticks() - self._began > LONG:
                            gc.freeze()
                        gc.enable()


considerate: Final = _Consideration()
