"""Heads of HTTP requests, read by llhttp, the parser of Node.js (docs/decisions/0010-http-parser.md).

Whatever leaves the bounds of a request in doubt is refused, since the next one would begin at the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from fake_iam.protocol.wire import Headers

REQUEST_LINE: Final = re.compile(r"([^ ]+) ([^ ]+) HTTP/1\.([01])")
LENGTH: Final = re.compile(rb"\r\nContent-Length:[ \t]*([0-9]+)[ \t]*(?=\r\n)", re.IGNORECASE)
ABSOLUTE: Final = r"https?://[^/?#]*"
BLANKS: Final = " \t"


class Malformed(Exception):
    """No request that is served here, with the status of the empty answer; the connection is done with."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


class Found:
    """What llhttp finds in a head: the first header of each name, in small letters, and those that repeat a name."""

    __slots__ = ("first", "again")

    def __init__(self) -> None:
        self.first: Headers = {}
        self.again: list[tuple[str, str]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by llhttp; it leaves the blanks behind a value."""
        key, text = _name(name), value.decode("latin-1").rstrip(BLANKS)
        if key in self.first:
            self.again.append((key, text))
        else:
            self.first[key] = text


def headers_in(head: bytearray) -> Found:
    """The headers of a head. Raises Malformed."""
    try:
        return _parsed(head)
    except HttpParserError:
        return _found_without_lengths(head)


def _found_without_lengths(head: bytearray) -> Found:
    """The headers of a head that llhttp refuses for its length: one given twice, or of more than 64 bits.

    The former is one length (RFC 9110, 8.6), the latter is too large. Raises Malformed if it was anything else.
    """
    try:
        found = _parsed(LENGTH.sub(b"", head))
    except HttpParserError:
        raise Malformed from None
    for length in LENGTH.findall(head):
        found.on_header(b"Content-Length", length)
    return found


def _parsed(head: bytes | bytearray) -> Found:
    """Most heads have no name twice: they take no call of Python's for each header.

    Two lines of a head are no headers: the request line and the empty one.
    """
    raw: dict[bytes, bytes] = {}
    found = Found()
    _parse(_Receiver(raw.__setitem__), head)
    found.first = {_name(name): value.decode("latin-1").rstrip(BLANKS) for name, value in raw.items()}
    if len(found.first) != head.count(b"\n") - 2:
        found.first.clear()
        _parse(found, head)
    return found


class _Receiver:
    """What llhttp tells of the headers, and nothing else."""

    __slots__ = ("on_header",)

    def __init__(self, on_header: Callable[[bytes, bytes], None]) -> None:
        self.on_header = on_header


def _parse(receiver: _Receiver | Found, head: bytes | bytearray) -> None:
    try:  # noqa: SIM105  # suppress takes half a microsecond
        HttpRequestParser(receiver).feed_data(head)
    except HttpParserUpgrade:  # an offer to speak another protocol, which may be ignored (RFC 9110, 7.8)
        pass


@lru_cache(maxsize=64)
def request_line(line: bytes) -> tuple[str, str, str, str]:
    """Method, path, query and minor version of a line of which llhttp has read the characters. Raises Malformed.

    llhttp lets pass what is refused here: two blanks in a row, HTTP/0.9 and 2.0, RTSP and ICE.
    """
    parts = REQUEST_LINE.fullmatch(line.decode("latin-1"))
    if parts is None:
        raise Malformed
    method, target, minor = parts.groups()
    return method, *_target(target), minor


@lru_cache(maxsize=256)
def _name(name: bytes) -> str:
    return name.decode("latin-1").lower()


def _target(target: str) -> tuple[str, str]:
    """Path and query of any form of a request's target, not decoded."""
    if target == "/":
        return target, ""
    absolute = re.match(ABSOLUTE, target, re.IGNORECASE)
    if absolute is not None:
        target = target[absolute.end() :] or "/"
    path, _, query = target.partition("#")[0].partition("?")
    return path if path.startswith("/") else f"/{path}", query
