"""What a connection keeps of an answer that its client does not take at once."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam.connection import Connection
from fake_iam.http11 import RequestReader


class Slow:
    """A socket that takes so many bytes at each time, or would block."""

    def __init__(self, *takes: int) -> None:
        self._takes = list(takes)
        self.sent = b""

    def send(self, data: Any) -> int:
        if not self._takes:
            raise BlockingIOError
        taken = bytes(data[: self._takes.pop(0)])
        self.sent += taken
        return len(taken)


@pytest.mark.parametrize(
    ("takes", "sent", "unsent"),
    [
        ((4, 6), b"headbehind", b""),
        ((4, 2), b"headbe", b"hind"),
        ((4,), b"head", b"behind"),
        ((1,), b"h", b"eadbehind"),
        ((), b"", b"headbehind"),
    ],
)
def test_what_is_behind_is_sent_when_all_before_it_is(takes: tuple[int, ...], sent: bytes, unsent: bytes) -> None:
    socket: Any = Slow(*takes)
    connection = Connection(socket, RequestReader(""))
    connection.send(b"head", b"behind")
    assert (socket.sent, bytes(connection.unsent)) == (sent, unsent)


def test_without_anything_behind_the_rest_is_kept() -> None:
    socket: Any = Slow(1, 9)
    connection = Connection(socket, RequestReader(""))
    connection.send(b"head")
    connection.send(connection.unsent)
    assert (socket.sent, bytes(connection.unsent)) == (b"head", b"")
