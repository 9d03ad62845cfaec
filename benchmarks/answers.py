"""What an answer must be: a call knows the bytes it sends and the answer that alone is right."""

from __future__ import annotations

from dataclasses import dataclass


class WrongAnswer(Exception):
    """An answer that is wrong, or none: the whole run has failed."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as bytes, and what its answer must be.

    Args:
        name: what is called, for the message of a failure.
        request: the bytes to send.
        expected: what the answer's body must hold, all of it.
        absent: what the body must not hold.
        status: the HTTP status.
    """

    name: str
    request: bytes
    expected: tuple[bytes, ...]
    absent: tuple[bytes, ...] = ()
    status: int = 200

    def check(self, answer: bytes) -> bytes:
        """The body of the answer. Raises WrongAnswer unless it is the right one."""
        head, separator, body = answer.partition(b"\r\n\r\n")
        status = head[9:12]
        if not separator or not head.startswith(b"HTTP/1.") or status != b"%d" % self.status:
            raise WrongAnswer(f"{self.name}: status {status.decode('latin-1')} instead of {self.status}: {answer!r}")
        for part in self.expected:
            if part not in body:
                raise WrongAnswer(f"{self.name}: {part!r} is not in {answer!r}")
        for part in self.absent:
            if part in body:
                raise WrongAnswer(f"{self.name}: {part!r} is in {answer!r}")
        return body


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with how long it took, in seconds, from the first byte sent (or the connection made) to its last."""

    call: Call
    answer: bytes
    seconds: float


def frame(data: bytes) -> int | None:
    """How long the answer is that begins in ``data``, or None while its head is incomplete.

    Raises:
        WrongAnswer: the answer does not say how long it is.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[: end + 2].lower()
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        raise WrongAnswer(f"an answer without Content-Length: {data[:end]!r}")
    start += len(b"\r\ncontent-length:")
    return end + 4 + int(head[start : head.find(b"\r\n", start)])


def closes(answer: bytes) -> bool:
    """Whether the server says that it closes the connection behind this answer."""
    head = answer[: answer.find(b"\r\n\r\n") + 2].lower()
    return b"\r\nconnection: close\r\n" in head or head.startswith(b"http/1.0")
