"""Heads of HTTP requests, read by llhttp, the parser of Node.js (docs/decisions/0010-http-parser.md).

Whatever leaves the bounds of a request in doubt is refused, since the next one would begin at the wrong place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from fake_iam.protocol.wire import Headers, Repeated, sorted_out

REQUEST_LINE: Final = re.compile(r"([^ ]+) ([^ ]+) HTTP/1\.([01])")
LENGTH: Final = re.compile(rb"\r\nContent-Length:[ \t]*([0-9]+)[ \t]*(?=\r\n)", re.IGNORECASE)
ABSOLUTE: Final = r"https?://[^/?#]*"
BLANKS: Final = " \t"
HEADER_COUNT_LIMIT: Final = 100
NAMES_KEPT: Final = 256


class Malformed(Exception):
    """No request that is served here, with the status of the empty answer; the connection is done with."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


class _Names(dict[bytes, str]):
    """The names of headers in small letters, by how they are sent; those that are seen first are kept."""

    def __missing__(self, name: bytes) -> str:
        lowered = name.decode("latin-1").lower()
        if len(self) < NAMES_KEPT:
            self[name] = lowered
        return lowered


_names: Final = _Names()


class _Headers(dict[bytes, bytes]):
    """What llhttp tells of headers, the last of each name: most heads have no name twice.

    They take no call of Python's for each header.
    """

    on_header = dict.__setitem__


class _AllHeaders(list[tuple[bytes, bytes]]):
    """What llhttp tells of headers."""

    def on_header(self, name: bytes, value: bytes) -> None:
        self.append((name, value))


def headers_in(head: bytes) -> tuple[Headers, Repeated | None]:
    """The headers of a head, as a WireRequest has them. llhttp leaves the blanks behind a value. Raises Malformed.

    Two lines of a head are no headers: the request line and the empty one.
    """
    count = head.count(b"\n") - 2
    if count > HEADER_COUNT_LIMIT:
        raise Malformed(431)
    found = _Headers()
    try:
        _parse(found, head)
    except HttpParserError:
        return _texts(_all_without_lengths(head))
    headers = {_names[name]: value.decode("latin-1").rstrip(BLANKS) for name, value in found.items()}
    return (headers, None) if len(headers) == count else _texts(_all_headers(head))


def _parse(found: _Headers | _AllHeaders, head: bytes) -> None:
    """Let llhttp tell what is in a head. Raises HttpParserError."""
    try:  # noqa: SIM105  # suppress takes half a microsecond
        HttpRequestParser(found).feed_data(head)
    except HttpParserUpgrade:  # an offer to speak another protocol, which may be ignored (RFC 9110, 7.8)
        pass


def _texts(pairs: list[tuple[bytes, bytes]]) -> tuple[Headers, Repeated | None]:
    return sorted_out((_names[name], value.decode("latin-1").rstrip(BLANKS)) for name, value in pairs)


def _all_headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Every header of a head. Raises HttpParserError."""
    found = _AllHeaders()
    _parse(found, head)
    return found


def _all_without_lengths(head: bytes) -> list[tuple[bytes, bytes]]:
    """Every header of a head that llhttp refuses for its length: one given twice, or of more than 64 bits.

    The former is one length (RFC 9110, 8.6), the latter is too large. Raises Malformed if it was anything else.
    """
    try:
        found = _all_headers(LENGTH.sub(b"", head))
    except HttpParserError:
        raise Malformed from None
    return [*found, *((b"Content-Length", length) for length in LENGTH.findall(head))]


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


def _target(target: str) -> tuple[str, str]:
    """Path and query of any form of a request's target, not decoded."""
    if target == "/":
        return target, ""
    absolute = re.match(ABSOLUTE, target, re.IGNORECASE)
    if absolute is not None:
        target = target[absolute.end() :] or "/"
    path, _, query = target.partition("#")[0].partition("?")
    return path if path.startswith("/") else f"/{path}", query
