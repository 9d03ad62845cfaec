"""What the processes that share a store have in common besides its rows: clock, faults, delays, the sequence of ids.

It is a note in the store. Whoever changes it does so in a transaction; the others read it before each call.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from socket import gethostname
from types import TracebackType
from typing import Any, Final

from fake_iam.control.disturbances.faults import Faults
from fake_iam.control.disturbances.propagation import Propagation
from fake_iam.control.documents.moments import ANY_TIME, read_moment, write_moment
from fake_iam.domain.clock import SteerableClock
from fake_iam.domain.errors import ServiceError
from fake_iam.pipeline.call import Call
from fake_iam.pipeline.engine import Engine
from fake_iam.pipeline.runtime import Runtime, Step
from fake_iam.protocol.errors import Refusal

NOTE: Final = "shared"
MICROSECOND: Final = timedelta(microseconds=1)


def replica_name() -> str:
    """This process among those that share a store: its machine's name and its number there."""
    return f"{gethostname()}:{os.getpid()}"


class Shared:
    """Keeps a server's own things and the note alike. ``with shared:`` is a transaction in which they are changed.

    Before any of that, ``attend`` is told which faults and delays are shared.
    """

    _faults: Faults
    _propagation: Propagation

    def __init__(self, engine: Engine, clock: SteerableClock) -> None:
        self._engine = engine
        self._clock = clock
        self._blocks: list[AbstractContextManager[None]] = []
        self._seen: str | None = None

    def attend(self, faults: Faults, propagation: Propagation) -> None:
        """Keep these alike, too."""
        self._faults = faults
        self._propagation = propagation

    @property
    def begun(self) -> bool:
        """Whether some process has put the store's first rows there."""
        return self._engine.store.note(NOTE) is not None

    def __enter__(self) -> None:
        block = self._block()
        block.__enter__()
        self._blocks.append(block)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._blocks.pop().__exit__(kind, error, trace)

    def together(self, steps: Sequence[Step]) -> Step:
        """One step for all that ask the store who calls, which have first what other processes have changed.

        They see the store at one moment, which saves asking for each whether it is the latest. Where a fault may be a
        delay they do not, for nobody else is to wait for that.
        """

        def catch_up_and_ask(runtime: Runtime, call: Call) -> None:
            with runtime.store.unchanged():
                self._read()
                call.now = self._clock.now()
                if not self._faults.delaying:
                    return _take(steps, runtime, call)
            return _take(steps, runtime, call)

        return catch_up_and_ask

    def sharing(self, execute: Step) -> Step:
        """The step ``execute`` with ids that go on where the last process stopped, and changes that all see late."""

        def execute_and_share(runtime: Runtime, call: Call) -> None:
            ids = self._engine.ids
            if ids.place() is None and not self._propagation.document():
                return execute(runtime, call)
            with self:
                place = ids.place()
                try:
                    return execute(runtime, call)
                except (ServiceError, Refusal) as error:  # it drew nothing, but who was asked for was asked for
                    refused = error
                    if place is not None:
                        ids.go_to(place)
            raise refused

        return execute_and_share

    @contextmanager
    def _block(self) -> Iterator[None]:
        try:
            with self._engine.store.transaction():
                if not self._blocks:
                    self._read()
                before = self._text()
                try:
                    yield
                except BaseException:
                    self._adopt(before)
                    raise
                if not self._blocks:
                    self._write()
        except BaseException:
            self._seen = None
            raise

    def _read(self) -> None:
        text = self._engine.store.note(NOTE)
        if text is not None and text != self._seen:
            with self._engine.store.unchanged():
                self._adopt(text)
                self._seen = text

    def _write(self) -> None:
        text = self._text()
        if text != self._seen:
            self._engine.store.keep_note(NOTE, text)
            self._seen = text

    def _text(self) -> str:
        engine = self._engine
        ahead, stopped_at = self._clock.setting
        return json.dumps(
            {
                "account_id": engine.account_id,
                "started": write_moment(engine.started_at),
                "enforcement": engine.enforcement,
                "clock": {
                    "ahead": ahead // MICROSECOND,
                    "stopped_at": None if stopped_at is None else write_moment(stopped_at),
                },
                "ids": engine.ids.place(),
                "faults": self._faults.state(),
                "propagation": self._propagation.state(),
            }
        )

    def _adopt(self, text: str) -> None:
        state: dict[str, Any] = json.loads(text)
        engine, clock = self._engine, state["clock"]
        engine.account_id = state["account_id"]
        engine.started_at = read_moment(state["started"], ANY_TIME)
        engine.enforcement = state["enforcement"]
        stopped_at = clock["stopped_at"]
        self._clock.adopt(clock["ahead"] * MICROSECOND, stopped_at and read_moment(stopped_at, ANY_TIME))
        if state["ids"] is not None and engine.ids.place() is not None:
            engine.ids.go_to(state["ids"])
        self._faults.adopt(state["faults"])
        self._propagation.adopt(state["propagation"])


def _take(steps: Sequence[Step], runtime: Runtime, call: Call) -> None:
    for step in steps:
        step(runtime, call)
