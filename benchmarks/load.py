"""Requests a second and the 99th percentile at 8 and 32 connections: a closed loop, all from this one process."""

from __future__ import annotations

import random
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from benchmarks.account import Caller, User, new_user, prove, signing_caller
from benchmarks.answers import Answered, Call, WrongAnswer, closes, frame
from benchmarks.effort import Effort
from benchmarks.figures import Table, percentile
from benchmarks.raw_client import TIMEOUT, RawClient, connect, without_collector
from benchmarks.targets import Server, Target

TITLE: Final = "Many connections"
CONNECTIONS: Final = (8, 32)


@dataclass(slots=True)
class Run:
    """What a load has done: every answer, and how long all of it took in seconds."""

    answered: list[Answered] = field(default_factory=list)
    seconds: float = 0.0

    def check(self) -> Run:
        """Itself, once every answer has been checked. Raises WrongAnswer."""
        for each in self.answered:
            each.call.check(each.answer)
        return self

    @property
    def requests_a_second(self) -> float:
        """Answers over time."""
        return len(self.answered) / self.seconds

    @property
    def p99(self) -> float:
        """The 99th percentile of the answers' times, in seconds."""
        return percentile([each.seconds for each in self.answered], 0.99)


class Load:
    """Connections that each send the next of their calls as soon as the last is answered.

    Args:
        port: the server's.
        streams: the calls of each connection; a connection is done when its stream ends.
    """

    def __init__(self, port: int, streams: Sequence[Iterator[Call]]) -> None:
        self._port = port
        self._streams = streams
        self._selector = selectors.DefaultSelector()
        self._sent: dict[int, tuple[socket.socket, Call, float, bytes]] = {}

    def run(self, seconds: float = float("inf")) -> Run:
        """Send until the time is up, and wait for what was sent. The answers are not checked yet.

        Raises:
            WrongAnswer: a request was dropped.
        """
        run = Run()
        begin = time.perf_counter()
        end = begin + seconds
        try:
            for stream in range(len(self._streams)):
                self._send_next(stream, None)
            while self._sent:
                events = self._selector.select(TIMEOUT)
                if not events:
                    raise WrongAnswer(f"no answer in {TIMEOUT:.0f} s")
                for key, _ in events:
                    self._receive(key.data, run, end)
        except OSError as problem:
            raise WrongAnswer(f"a request was dropped: {problem!r}") from problem
        finally:
            for connection, *_ in self._sent.values():
                connection.close()
            self._selector.close()
        run.seconds = time.perf_counter() - begin
        return run

    def _send_next(self, stream: int, connection: socket.socket | None) -> None:
        call = next(self._streams[stream], None)
        if call is None:
            self._close(stream, connection)
            return
        begin = time.perf_counter()
        if connection is None:
            connection = connect(self._port)
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, stream)
        if connection.send(call.request) != len(call.request):
            raise WrongAnswer("a request did not fit into the socket's buffer")
        self._sent[stream] = (connection, call, begin, b"")

    def _receive(self, stream: int, run: Run, end: float) -> None:
        connection, call, begin, data = self._sent[stream]
        more = connection.recv(65536)
        if not more:
            raise WrongAnswer(f"{call.name}: the connection was closed without a whole answer: {data!r}")
        data += more
        length = frame(data)
        if length is None or len(data) < length:
            self._sent[stream] = (connection, call, begin, data)
            return
        now = time.perf_counter()
        run.answered.append(Answered(call, data, now - begin))
        if now >= end:
            self._close(stream, connection)
        elif closes(data):
            self._close(stream, connection)
            self._send_next(stream, None)
        else:
            self._send_next(stream, connection)

    def _close(self, stream: int, connection: socket.socket | None) -> None:
        self._sent.pop(stream, None)
        if connection is not None:
            self._selector.unregister(connection)
            connection.close()


def requests_row(connections: int) -> str:
    """The row of requests a second."""
    return f"requests/s, {connections} connections"


def p99_row(connections: int) -> str:
    """The row of the 99th percentile."""
    return f"p99 in ms, {connections} connections"


def stream(caller: Caller, user: User, repeats: int) -> list[Call]:
    """What a connection asks of its own user, over and over: off, look, look; on, look, look."""
    calls = []
    for _ in range(repeats):
        for status in ("Inactive", "Active"):
            calls.append(caller.update_access_key(user, status))
            calls.append(caller.list_access_keys(user, status))
            calls.append(caller.get_user(user.name))
    return calls


def measure(targets: Sequence[Target], effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of requests a second and of the 99th percentile."""
    table = Table(
        TITLE,
        "requests/s, or ms",
        f"Each connection has a user of its own and goes through UpdateAccessKey, ListAccessKeys (which must show the "
        f"change) and GetUser, each sent when the last is answered, for {effort.load_seconds} s a round. All "
        "connections are driven by one process, which takes a core of its own; answers are checked after the round. "
        "hello-world answers the same requests.",
        tuple(target.name for target in targets),
        digits=1,
    )
    shuffle = random.Random(2).shuffle
    with ExitStack() as stack:
        measured = []
        for target in targets:
            server = stack.enter_context(Server(target))
            caller = signing_caller(server)
            with RawClient(server.port) as client:
                names = [f"user-{number}" for number in range(max(CONNECTIONS))]
                users = [new_user(client, caller, name) if target.answers_iam else User(name, "", "") for name in names]
            measured.append((server, caller, [stream(caller, user, effort.load_repeats) for user in users]))
        for number in range(effort.load_rounds):
            for connections in CONNECTIONS:
                say(f"{connections} connections: round {number + 1} of {effort.load_rounds}")
                order = list(measured)
                shuffle(order)
                for server, _, streams in order:
                    load = Load(server.port, [cycle(calls) for calls in streams[:connections]])
                    with without_collector():
                        run = load.run(effort.load_seconds)
                    run.check()
                    name = server.target.name
                    table.add(requests_row(connections), name, run.requests_a_second)
                    table.add(p99_row(connections), name, run.p99 * 1e3)
        for server, caller, _ in measured:
            prove(server, caller)
    return table
