"""Milliseconds that a test suite spends on its server: FakeIAM starts, is reset, stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from benchmarks.answers import WrongAnswer
from benchmarks.effort import Effort
from benchmarks.figures import Table
from fake_iam import FakeIAM

TITLE: Final = "Fixture"
COLUMN: Final = "fake_iam"


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of the three."""
    table = Table(
        TITLE,
        "ms",
        f"`FakeIAM().start()`, `reset()` with a user and two keys there, and `stop()` with a boto3 client's pool still "
        f"connected; {effort.fixture_rounds} times in one process.",
        (COLUMN,),
        digits=2,
    )
    say("fixture")
    begin = time.perf_counter()
    FakeIAM().start().stop()
    table.notes.append(f"the first start and stop in the process took {(time.perf_counter() - begin) * 1e3:.0f} ms")
    for _ in range(effort.fixture_rounds):
        times = [time.perf_counter()]
        fake = FakeIAM().start()
        times.append(time.perf_counter())
        client = fake.client("iam")
        client.create_user(UserName="alice")
        for _ in range(2):
            client.create_access_key(UserName="alice")
        begin = time.perf_counter()
        fake.reset()
        reset = time.perf_counter() - begin
        if client.list_users()["Users"]:
            raise WrongAnswer("a user has outlived a reset")
        begin = time.perf_counter()
        fake.stop()
        stop = time.perf_counter() - begin
        client.close()
        table.add("start", COLUMN, (times[1] - times[0]) * 1e3)
        table.add("reset", COLUMN, reset * 1e3)
        table.add("stop", COLUMN, stop * 1e3)
    return table
