"""Microseconds a call on one connection, for the four calls that a key rotation makes most, and AssumeRole."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

from benchmarks.account import User, new_role, new_user, prove, signing_caller
from benchmarks.answers import Call
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.targets import Server, Target

TITLE: Final = "One connection"


class Measured:
    """One server with its caller, its user and its connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.caller = signing_caller(server)
        self.client = RawClient(server.port)
        self.user = User("alice", "", "")
        if server.target.answers_iam:
            self.user = new_user(self.client, self.caller, "alice")
            self.role = new_role(self.client, self.caller, "deployer")

    def round(self, number: int, count: int) -> dict[str, float]:
        """The median time of each call in one round, in microseconds."""
        found = {}
        names = [f"user-{number}-{index}" for index in range(count)]
        for operation, calls in self._calls(names).items():
            with without_collector():
                found[operation] = median(self.client.run(calls)) * 1e6
        if self.server.target.answers_iam:
            self.client.ask(self.caller.list_access_keys(self.user, "Active"))
            for name in names:
                self.client.ask(self.caller.delete_user(name))
        return found

    def _calls(self, names: Sequence[str]) -> dict[str, list[Call]]:
        """The calls of a round, signed before any is timed; ListAccessKeys tells that the last update is in effect."""
        caller, user = self.caller, self.user
        count = len(names)
        switching = list(caller.switching(user, count))
        if not self.server.target.answers_iam:
            return {"UpdateAccessKey": switching}
        return {
            "UpdateAccessKey": switching,
            "ListAccessKeys": [caller.list_access_keys(user) for _ in range(count)],
            "GetUser": [caller.get_user(user.name) for _ in range(count)],
            "CreateUser": [caller.create_user(name) for name in names],
            "AssumeRole": [caller.assume_role(self.role) for _ in range(count)],
        }


def measure(targets: Sequence[Target], effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of calls and targets."""
    table = Table(
        TITLE,
        "µs a call",
        f"One blocking connection, kept alive where the server keeps it (where it closes it, the time to connect anew "
        f"counts); the median of {effort.single_calls} calls is a round's value. Every CreateUser makes a new user, "
        "which is deleted after the round.",
        tuple(target.name for target in targets),
    )
    shuffle = random.Random(1).shuffle
    with ExitStack() as stack:
        measured = [Measured(stack.enter_context(Server(target))) for target in targets]
        for each in measured:
            stack.callback(each.client.close)
            each.round(-1, min(effort.single_calls, 40))  # warm
        for number in range(effort.single_rounds):
            say(f"one connection: round {number + 1} of {effort.single_rounds}")
            order = list(measured)
            shuffle(order)
            for each in order:
                for operation, microseconds in each.round(number, effort.single_calls).items():
                    table.add(operation, each.server.target.name, microseconds)
        for each in measured:
            prove(each.server, each.caller)
    return table
