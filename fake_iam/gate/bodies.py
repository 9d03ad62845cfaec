"""Bodies of requests: read as a whole where a signature covers them, or checked while they are passed on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Final

from fake_iam.protocol.wire import BODY_LIMIT

PIECE: Final = 262_144


class WrongHash(Exception):
    """A body is not the one that its request declares. Nobody has got the whole of it."""


class Body:
    """A body that was read. What is longer than a request to IAM may be is kept in a file; ``data`` is empty then."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        taken = bytearray()
        digest = hashlib.sha256()
        self._file: IO[bytes] | None = None
        for piece in pieces:
            digest.update(piece)
            if self._file is not None:
                self._file.write(piece)
                continue
            taken += piece
            if len(taken) > BODY_LIMIT:
                self._file = TemporaryFile()  # noqa: SIM115 (closed by the block that the body is used in)
                self._file.write(taken)
                taken.clear()
        self.data = bytes(taken)
        self.hash = digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces, as often as it is asked for."""
        if self._file is None:
            if self.data:
                yield self.data
            return
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def __enter__(self) -> Body:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def checked(pieces: Iterable[bytes], declared: str) -> Iterator[bytes]:
    """The pieces of a body as they arrive; the last is given out when the whole has the hash that is declared.

    Raises:
        WrongHash: it has not.
    """
    digest = hashlib.sha256()
    held = b""
    for piece in pieces:
        if held:
            yield held
        digest.update(piece)
        held = piece
    if digest.hexdigest() != declared:
        raise WrongHash
    if held:
        yield held
