"""Resident memory of a server that is empty, and with many users of two keys each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks.account import prove, signing_caller
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.filling import create_users
from benchmarks.targets import NAMES, Server, Target

TITLE: Final = "Resident memory"
EMPTY: Final = "empty"


def row(users: int) -> str:
    """The row of a server with so many users."""
    return f"{users:,} users"


def resident_mebibytes(pid: int) -> float | None:
    """What a process keeps in memory, or None where /proc does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:")), None)


def measure(targets: Sequence[Target], effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of targets; they are filled side by side, since nothing here is timed."""
    table = Table(
        TITLE,
        "MiB",
        f"VmRSS of the server's process after its first answer, and once {effort.memory_users:,} users with two keys "
        "each have been created over HTTP. Measured once.",
        NAMES,
        digits=1,
    )
    say(f"memory: {effort.memory_users:,} users with two keys each")
    with ThreadPoolExecutor() as threads:
        found = list(threads.map(lambda target: _measure(target, effort.memory_users), targets))
    for target, (empty, full) in zip(targets, found, strict=True):
        if empty is None:
            table.notes.append("not measured here: there is no /proc")
            return table
        table.add(EMPTY, target.name, empty)
        if full is not None:
            table.add(row(effort.memory_users), target.name, full)
    return table


def _measure(target: Target, users: int) -> tuple[float | None, float | None]:
    with Server(target) as server:
        empty = resident_mebibytes(server.pid)
        if empty is None or not target.answers_iam:
            return empty, None
        caller = signing_caller(server)
        create_users(caller, users)
        full = resident_mebibytes(server.pid)
        prove(server, caller)
        return empty, full
