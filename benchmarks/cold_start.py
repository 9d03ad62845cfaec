"""Milliseconds from starting a server's command to its first right answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.targets import NAMES, Server, Target

TITLE: Final = "Cold start"
ROW: Final = "first answer"


def measure(targets: Sequence[Target], effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of targets."""
    table = Table(
        TITLE,
        "ms",
        "The time from starting the command in a new process to its first right answer, to ListUsers; every "
        "millisecond it is tried whether the server listens. One start before, which is not counted, brings files "
        "into the system's cache.",
        NAMES,
    )
    shuffle = random.Random(4).shuffle
    for target in targets:
        Server(target).stop()
    for number in range(effort.cold_starts):
        say(f"cold start: {number + 1} of {effort.cold_starts}")
        order = list(targets)
        shuffle(order)
        for target in order:
            with Server(target) as server:
                table.add(ROW, target.name, server.cold_start * 1e3)
    return table
