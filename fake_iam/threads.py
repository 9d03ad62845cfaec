"""Threads that do one job after another, so that not every job waits for a new one to start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

KEPT: Final = 16

Job = Callable[[], None]


class Threads:
    """As many threads as there are jobs at a time; those that have nothing to do wait for the next."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._closed = False

    def run(self, job: Job) -> None:
        """Do a job, which raises nothing, in a thread that does no other meanwhile."""
        with self._lock:
            if self._waiting:
                self._waiting -= 1
                self._jobs.put(job)
                return
        threading.Thread(target=self._work, args=(job,), name=self._name, daemon=True).start()

    def close(self) -> None:
        """End those that wait, and each other after its job."""
        with self._lock:
            self._closed = True
            for _ in range(self._waiting):
                self._jobs.put(None)
            self._waiting = 0

    def _work(self, job: Job | None) -> None:
        while job is not None:
            job()
            with self._lock:
                if self._closed or self._waiting >= KEPT:
                    return
                self._waiting += 1
            job = self._jobs.get()
