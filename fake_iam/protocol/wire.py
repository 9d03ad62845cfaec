"""One HTTP request and one HTTP response as plain values, before any of it is understood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Final, Protocol

from fake_iam.protocol.pieces import Body

BODY_LIMIT: Final = 10_000_000  # bytes; exactly so many are accepted (facts, section 2.3)


Headers = dict[str, str]
Repeated = Mapping[str, Sequence[str]]


class Later(Exception):
    """No answer yet: ``finish`` makes it, and may take long. Raised for requests that ``take_later`` alone."""

    def __init__(self, finish: Callable[[], WireResponse]) -> None:
        super().__init__("the answer takes long")
        self.finish = finish


class WireRequest:
    """A request as it arrived: its target is not decoded.

    ``headers`` are the first of each name, under the name in small letters. ``repeated`` has every value of the names
    that were given twice, None if there is no such name; ``of`` tells them apart.
    """

    __slots__ = ("method", "path", "query", "headers", "body", "remote", "repeated")
    takes_later = False
    """Whether whoever asks knows what to do with ``Later``."""

    def __init__(
        self,
        method: str,
        path: str,
        query: str,
        headers: Headers,
        body: bytes = b"",
        remote: str = "",
        repeated: Repeated | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remote = remote
        self.repeated = repeated

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        query: str,
        headers: Iterable[tuple[str, str]],
        body: bytes = b"",
        remote: str = "",
    ) -> WireRequest:
        """A request whose headers are names in any letter case, and values, in the order in which they arrived."""
        first, repeated = sorted_out((name.lower(), value) for name, value in headers)
        return cls(method, path, query, first, body, remote, repeated)

    def all(self, name: str) -> Sequence[str]:
        """Every header of a name, which is given in small letters."""
        if self.repeated is not None and name in self.repeated:
            return self.repeated[name]
        return [self.headers[name]] if name in self.headers else []

    def joined(self, name: str) -> str:
        """Every header of a name, which is given in small letters, as one value; empty if there is none."""
        return ",".join([value.strip(" \t") for value in self.all(name)])


def sorted_out(pairs: Iterable[tuple[str, str]]) -> tuple[Headers, Repeated | None]:
    """Headers with names in small letters as a WireRequest has them."""
    given = list(pairs)
    headers = dict(given)
    if len(headers) == len(given):
        return headers, None
    every: dict[str, list[str]] = {}
    for name, value in given:
        every.setdefault(name, []).append(value)
    repeated = {name: values for name, values in every.items() if len(values) > 1}
    return {name: values[0] for name, values in every.items()}, repeated


class News(Protocol):
    """What an answer without an end goes on with."""

    def take(self) -> bytes:
        """What there is to tell since the last time, or nothing. Never waits."""
        ...


class WireResponse:
    """What goes back; ``drop`` means: close the connection without an answer.

    With ``news`` the body has no end: what they bring is sent when there is some, until the client or the server goes.
    """

    __slots__ = ("status", "headers", "body", "drop", "news")

    def __init__(
        self,
        status: int,
        headers: list[tuple[str, str]],
        body: Body = b"",
        drop: bool = False,
        news: News | None = None,
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.drop = drop
        self.news = news


@cache
def reason(status: int) -> str:
    """The reason phrase of a status; that of 200 is spelt out, since ``http`` takes 2 ms to load."""
    if status == 200:
        return "OK"
    from http import HTTPStatus

    return HTTPStatus(status).phrase
