"""A client's connection to the local server: what is read from it, what is still to be sent to it, what is awaited."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from fake_iam.http11 import RequestReader
from fake_iam.protocol.wire import News

DRAIN_LIMIT: Final = 64 * 1024 * 1024
RECEIVE_SIZE: Final = 65536


class Connection:
    """A client's socket, what is read of its requests, and what is still to be sent to it.

    ``stage`` is what is awaited, until ``deadline``. ``last``: the answer that was sent last is the last one.
    ``refused``: it was because of what the client sent. ``lent``: another thread answers over the socket. ``news`` are
    what it listens to, if it does.
    """

    __slots__ = (
        "socket",
        "reader",
        "unsent",
        "stage",
        "deadline",
        "last",
        "refused",
        "draining",
        "lent",
        "news",
        "_drained",
    )

    def __init__(self, accepted: socket.socket, reader: RequestReader) -> None:
        self.socket = accepted
        self.reader = reader
        self.unsent: bytes | memoryview = b""
        self.stage = ""
        self.deadline = 0.0
        self.last = self.refused = self.draining = self.lent = False
        self.news: News | None = None
        self._drained = 0

    def receive(self) -> bool:
        """Take in what is there. False: the client sends no more, or too much after it was refused."""
        try:
            data = self.socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return True
        if self.draining:
            self._drained += len(data)
            return bool(data) and self._drained < DRAIN_LIMIT
        self.reader.feed(data)
        return bool(data)

    def send(self, data: bytes | memoryview, behind: bytes | memoryview = b"") -> None:
        """Send as much as the client takes, and keep the rest; what comes behind the data is not copied to it.

        Raises:
            OSError: the client is gone.
        """
        try:
            sent = self.socket.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self.unsent = bytes(data[sent:]) + behind if behind else memoryview(data)[sent:]
        elif behind:
            self.send(behind)
        else:
            self.unsent = b""

    def enter(self, stage: str, timeouts: Mapping[str, float]) -> None:
        """Await that from now on; bytes that trickle in during a stage do not extend its time."""
        if stage != self.stage:
            self.stage = stage
            self.deadline = time.monotonic() + timeouts[stage]

    def close(self) -> None:
        """Close the socket; one that is lent is cut, and closed by whoever has it."""
        if self.lent:
            self.cut()
        else:
            self.socket.close()

    def cut(self) -> None:
        """Let whoever reads from the socket or writes to it see its end."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
