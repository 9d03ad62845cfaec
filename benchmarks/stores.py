"""What a store in a database costs beside memory, how a state file grows, and what another worker brings."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import cycle
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import growth, single_connection
from benchmarks.account import Caller, User, new_user, prove, signing_caller
from benchmarks.answers import Call
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.load import Load
from benchmarks.postgresql import QUICK, cluster, programs
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.targets import FAKE_IAM, Server, Target

Say = Callable[[str], None]
TITLE: Final = "Stores"
MEMORY, SQLITE, POSTGRESQL = "memory", "SQLite", "PostgreSQL"
STATE_FILE: Final = "fake_iam with a state file"
WORKERS_TITLE: Final = "Workers on PostgreSQL"
READS: Final = "reads a second"
CONNECTIONS: Final = 16
NO_POSTGRESQL: Final = "PostgreSQL is not measured here: it, or psycopg, is not installed"


def workers(count: int) -> str:
    """The column of so many workers."""
    return f"{count} worker{'s' if count > 1 else ''}"


def measure(effort: Effort, say: Say) -> Table:
    """The table of calls by store."""
    with TemporaryDirectory() as directory, postgresql() as address:
        targets = [_storing(MEMORY), _storing(SQLITE, "--store", f"sqlite:///{directory}/store.db")]
        if address is not None:
            targets.append(_storing(POSTGRESQL, "--store", address))
        table = single_connection.measure(targets, effort, say)
    table.title, table.grows = TITLE, True
    table.how += (
        " A server for each store. PostgreSQL is on this machine. As SQLite does, it leaves the disk to the system "
        "(fsync=off); to wait for it takes as long as the disk does."
    )
    if address is None:
        table.notes.append(NO_POSTGRESQL)
    return table


def measure_growth(effort: Effort, say: Say) -> Table:
    """The table of calls on a state file by the number of users in it."""
    sizes = (effort.growth_sizes[0], effort.growth_sizes[-1])
    with TemporaryDirectory() as directory:
        target = replace(
            FAKE_IAM,
            name=STATE_FILE,
            command=lambda port: [*FAKE_IAM.command(port), "--state", f"{directory}/{port}.db"],
        )
        return growth.measure_fake_iam(target, sizes, effort, say)


def measure_workers(effort: Effort, say: Say) -> Table:
    """The table of reads a second by the number of workers."""
    table = Table(
        WORKERS_TITLE,
        "requests/s",
        f"GetUser and ListAccessKeys on {CONNECTIONS} connections, for {effort.workers_seconds} s a round; the client "
        "and PostgreSQL share the machine with the workers.",
        (workers(1), workers(2)),
        grows=True,
    )
    with ExitStack() as stack:
        address = stack.enter_context(postgresql())
        if address is None:
            table.notes.append(NO_POSTGRESQL)
            return table
        first = stack.enter_context(Server(_storing(workers(1), "--store", address)))
        caller = signing_caller(first)
        with RawClient(first.port) as client:
            users = [new_user(client, caller, f"user-{number}") for number in range(CONNECTIONS)]
        second = stack.enter_context(Server(_storing(workers(2), "--store", address, "--workers", "2")))
        measured = []
        for server in (first, second):
            own = replace(caller, port=server.port)
            measured.append((server, own, [_reads(own, user, effort.load_repeats) for user in users]))
        shuffle = random.Random(3).shuffle
        for number in range(effort.workers_rounds):
            say(f"workers: round {number + 1} of {effort.workers_rounds}")
            shuffle(measured)
            for server, _, streams in measured:
                with without_collector():
                    run = Load(server.port, [cycle(calls) for calls in streams]).run(effort.workers_seconds)
                run.check()
                table.add(READS, server.target.name, run.requests_a_second)
        for server, own, _ in measured:
            prove(server, own)
    return table


@contextmanager
def postgresql() -> Iterator[str | None]:
    """The address of an empty database of PostgreSQL, for the length of a with block; None if it is not installed."""
    found = programs()
    if found is None or importlib.util.find_spec("psycopg") is None:
        yield None
        return
    with cluster(found, QUICK) as running:
        yield running.address


def _reads(caller: Caller, user: User, repeats: int) -> list[Call]:
    """Calls that change nothing, each signed anew."""
    return [call for _ in range(repeats) for call in (caller.get_user(user.name), caller.list_access_keys(user))]


def _storing(name: str, *options: str) -> Target:
    """fake_iam with options."""
    return replace(FAKE_IAM, name=name, command=lambda port: [*FAKE_IAM.command(port), *options])
