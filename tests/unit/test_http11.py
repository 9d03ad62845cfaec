"""HTTP/1.1 as bytes, without a socket: requests cut anywhere, what is awaited, how an answer looks."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fake_iam.heads import Malformed
from fake_iam.http11 import CLOSE, HEAD_LIMIT, KEEP_ALIVE, RequestReader, answer, http_date
from fake_iam.protocol.wire import WireRequest, WireResponse

PLAIN = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"
WITH_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + (
    b"5;name=value\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n"
)
LAST = b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n"
STREAM = PLAIN + WITH_BODY + b"\r\n" + CHUNKED + LAST


Read = tuple[tuple[object, ...], bool]


def fields(request: WireRequest) -> tuple[object, ...]:
    """All that a request is, to be compared."""
    return tuple(getattr(request, name) for name in WireRequest.__slots__)


def expected(
    method: str, path: str, query: str = "", *headers: tuple[str, str], body: bytes = b"", keep: bool = True
) -> Read:
    return fields(WireRequest.of(method, path, query, headers, body, "127.0.0.9")), keep


def read(*pieces: bytes) -> list[Read]:
    """Every request that is there once all pieces have arrived, and whether its connection is kept."""
    reader, found = RequestReader("127.0.0.9"), []
    for piece in pieces:
        reader.feed(piece)
        while request := reader.next():
            found.append((fields(request), reader.keep))
    return found


def test_requests_that_arrive_at_once_are_read_one_after_another() -> None:
    host = ("Host", "x")
    assert read(STREAM) == [
        expected("GET", "/a", "b=c", host),
        expected("POST", "/", "", host, ("Content-Length", "5"), body=b"hello"),
        expected("POST", "/", "", host, ("Transfer-Encoding", "chunked"), body=b"hello!"),
        expected("HEAD", "/", "", ("Connection", "close"), keep=False),
    ]


LINES = [b"Host: x", b"host: y", b"A: 1", b"A: 2", b"B:1", b"b: 2 ", b"Expect: 100-continue", b"Connection: close"]


@given(st.lists(st.lists(st.sampled_from(LINES), max_size=4), max_size=4))
@example([[b"Host: x", b"A: 1"], [b"Host: x", b"A: 2"]])  # the first keeps its value
def test_what_came_before_on_the_connection_makes_no_difference(heads: list[list[bytes]]) -> None:
    requests = [b"\r\n".join([b"GET / HTTP/1.1", *lines, b"", b""]) for lines in heads]
    assert read(*requests) == [read(request)[0] for request in requests]


@given(
    st.lists(st.tuples(st.sampled_from(["Host", "host", "A", "a", "B"]), st.sampled_from(["1", "2", ""])), max_size=6)
)
def test_headers_are_all_there_whatever_their_names(headers: list[tuple[str, str]]) -> None:
    lines = [f"{name}: {value} ".encode() for name, value in headers]
    assert read(b"\r\n".join([b"GET / HTTP/1.1", *lines, b"", b""])) == [expected("GET", "/", "", *headers)]


def test_a_length_that_is_given_twice_is_kept_twice() -> None:
    """A client may have signed it so."""
    length = ("Content-Length", "5")
    (found,) = read(b"POST / HTTP/1.1\r\nContent-Length: 5\r\nHost: x\r\ncontent-length:5 \r\n\r\nhello")
    assert found == expected("POST", "/", "", ("Host", "x"), length, length, body=b"hello")


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_where_the_bytes_are_cut_makes_no_difference(places: list[int]) -> None:
    cuts = [0, *sorted(places), len(STREAM)]
    assert read(*(STREAM[start:end] for start, end in zip(cuts, cuts[1:], strict=False))) == read(STREAM)


def test_what_is_awaited_is_known_at_every_stage() -> None:
    reader = RequestReader("")
    seen = []
    for piece in (b"", b"\r\n", b"POST / HTTP/1.1\r\n", b"Content-Length: 2\r\n\r\n", b"a", b"b"):
        reader.feed(piece)
        request = reader.next()
        seen.append((reader.stage, request is not None))
    assert seen == [
        ("idle", False),
        ("idle", False),
        ("head", False),
        ("body", False),
        ("body", False),
        ("idle", True),
    ]


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"Expect: 100-continue\r\nContent-Length: 1", True),
        (b"expect: 100-Continue\r\nTransfer-Encoding: chunked", True),
        (b"Expect: 100-continue\r\nContent-Length: 0", False),
        (b"Expect: 100-continue", False),
        (b"Content-Length: 1", False),
    ],
)
def test_leave_to_send_a_body_is_wanted_when_it_is_asked_for(head: bytes, wanted: bool) -> None:
    reader = RequestReader("")
    reader.feed(b"POST / HTTP/1.1\r\n" + head + b"\r\n\r\n")
    reader.next()
    assert reader.wants_continue is wanted


@pytest.mark.parametrize("size", [1, 1000, HEAD_LIMIT])
def test_a_head_that_does_not_end_is_refused_at_the_limit_however_it_arrives(size: int) -> None:
    reader = RequestReader("")
    fed = 0
    with pytest.raises(Malformed) as refused:
        while fed < 2 * HEAD_LIMIT:
            reader.feed(b"a" * size)
            fed += size
            assert reader.next() is None
    assert refused.value.status == 400
    assert HEAD_LIMIT < fed <= HEAD_LIMIT + size


@pytest.mark.parametrize(
    ("connection", "body", "end"), [("", True, b"<x/>"), (CLOSE, False, b""), (KEEP_ALIVE, True, b"<x/>")]
)
def test_an_answer_has_its_length_date_and_fate_of_the_connection(connection: str, body: bool, end: bytes) -> None:
    response = WireResponse(404, [("x-amzn-RequestId", "1"), ("Odd", "\u2603")], b"<x/>")
    assert answer(response, "Thu, 01 Jan 1970 00:00:00 GMT", connection=connection, body=body) == (
        b"HTTP/1.1 404 Not Found\r\nx-amzn-RequestId: 1\r\nOdd: ?\r\nContent-Length: 4\r\n"
        b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n" + connection.encode() + b"\r\n" + end
    )


@given(st.datetimes(timezones=st.just(timezone.utc)).filter(lambda at: at.year >= 1000))
def test_a_date_is_written_as_http_wants_it(at: datetime) -> None:
    assert http_date(at) == format_datetime(at, usegmt=True)
