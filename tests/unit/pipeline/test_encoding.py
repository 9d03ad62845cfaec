"""When answers are compressed, and what they say about it."""

from __future__ import annotations

import gzip

import pytest

from fake_iam.pipeline.encoding import LONG, accepts_gzip, encoded
from fake_iam.protocol.wire import WireRequest, WireResponse

VARY = ("Vary", "Accept-Encoding")


def answered(size: int, *accepted: str) -> WireResponse:
    request = WireRequest.of("POST", "/", "", [("Accept-Encoding", value) for value in accepted])
    return encoded(request, WireResponse(200, [("Content-Type", "text/xml")], b"x" * size))


def test_a_short_answer_is_left_alone() -> None:
    response = answered(LONG - 1, "gzip")
    assert (response.headers, response.body) == ([("Content-Type", "text/xml")], b"x" * (LONG - 1))


def test_a_long_answer_says_that_it_varies() -> None:
    for accepted in ((), ("identity",), ("br",)):
        response = answered(LONG, *accepted)
        assert (response.headers[1:], response.body) == ([VARY], b"x" * LONG)


def test_a_long_answer_is_compressed_for_a_client_that_accepts_gzip() -> None:
    for accepted in (("gzip",), ("deflate, gzip;q=0.5",), ("br", "GZIP")):
        response = answered(LONG, *accepted)
        assert response.headers[1:] == [VARY, ("Content-Encoding", "gzip")]
        assert gzip.decompress(response.body) == b"x" * LONG


@pytest.mark.parametrize(
    ("accepted", "is_accepted"),
    [("gzip", True), ("x-gzip", True), ("gzip; q=0", False), ("gzip;q=0.000", False), ("", False), ("zgzip", False)],
)
def test_gzip_is_accepted_by_name_and_weight(accepted: str, is_accepted: bool) -> None:
    assert accepts_gzip(accepted) is is_accepted
