"""A client that costs next to nothing: one blocking socket, bytes out, bytes in."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final

from benchmarks.answers import Answered, Call, WrongAnswer, closes, frame
from benchmarks.signing import HOST

TIMEOUT: Final = 180.0


def connect(port: int) -> socket.socket:
    """A connection that sends at once what it is given."""
    connection = socket.create_connection((HOST, port), timeout=TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep this process's garbage collector out of what is measured."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class RawClient:
    """One connection to a server, made anew where the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def exchange(self, request: bytes) -> bytes:
        """Send a request and read its answer whole. Raises WrongAnswer if there is none."""
        try:
            if self._socket is None:
                self._socket = connect(self._port)
            self._socket.sendall(request)
            answer = self._receive(self._socket)
        except OSError as problem:
            raise WrongAnswer(f"a request was dropped: {problem!r}") from problem
        if closes(answer):
            self.close()
        return answer

    def ask(self, call: Call) -> bytes:
        """The checked body of a call's answer."""
        return call.check(self.exchange(call.request))

    def run(self, calls: Iterable[Call]) -> list[float]:
        """How long each call took, in seconds; every answer is checked, outside the time that is measured."""
        return [answered.seconds for answered in self.run_answers(calls)]

    def run_answers(self, calls: Iterable[Call]) -> Iterator[Answered]:
        """Each call's checked answer and its time."""
        for call in calls:
            begin = time.perf_counter()
            answer = self.exchange(call.request)
            seconds = time.perf_counter() - begin
            call.check(answer)
            yield Answered(call, answer, seconds)

    def close(self) -> None:
        """Close the connection; the next request makes another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> RawClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _receive(connection: socket.socket) -> bytes:
        data = connection.recv(65536)
        length = frame(data) if data else None
        pieces, received = [data], len(data)
        while length is None or received < length:
            more = connection.recv(65536)
            if not more:
                raise WrongAnswer(f"the connection was closed in the middle of an answer: {data!r}")
            pieces.append(more)
            received += len(more)
            if length is None:
                data = b"".join(pieces)
                length = frame(data)
        if received != length:
            raise WrongAnswer(f"more than one answer to one request: {data!r}")
        return b"".join(pieces) if len(pieces) > 1 else data
