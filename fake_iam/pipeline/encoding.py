"""Long answers: they say that they vary with what the client accepts, and are compressed for one that accepts gzip.

Recorded by cloud-custodian since 2018: answers of 2,673 bytes and more say ``Vary: Accept-Encoding``, those of up to
1,797 bytes do not. The limit between them is assumed to be Tomcat's, 2,048 bytes, and so is what it does for gzip.
"""

from __future__ import annotations

from typing import Final

from fake_iam.protocol.wire import WireRequest, WireResponse

LONG: Final = 2048


def encoded(request: WireRequest, response: WireResponse) -> WireResponse:
    """The answer, compressed if it is long and the client accepts gzip."""
    body = response.body
    if len(body) < LONG:
        return response
    headers = [*response.headers, ("Vary", "Accept-Encoding")]
    if "accept-encoding" in request.headers and accepts_gzip(request.joined("accept-encoding")):
        import gzip  # takes its time, and SDKs of most languages accept only identity

        body = gzip.compress(body, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    return WireResponse(response.status, headers, body, response.drop)


def accepts_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header names gzip with another weight than zero."""
    for choice in accepted.lower().split(","):
        name, _, weight = choice.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
