"""Requests as an upstream is to get them: in whose name they are, how they are signed, and their heads as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from fake_iam.gate.schemes import HASH_HEADER, UNSIGNED
from fake_iam.gate.upstreams import Key
from fake_iam.http11 import RequestReader
from fake_iam.protocol.signing import canonical_request, signature
from fake_iam.protocol.sigv4 import ALGORITHM, BASIC_FORMAT, TERMINATOR, peek
from fake_iam.protocol.wire import WireRequest

ACCOUNT: Final = "x-moto-account-id"
HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection (RFC 9110, 7.6.1), which are not passed on."""
WRITTEN_ANEW: Final = frozenset({"content-length", "expect", "host"})
SIGNING: Final = frozenset({"authorization", "x-amz-date", "x-amz-security-token", HASH_HEADER, ACCOUNT})
CREDENTIAL: Final = re.compile(r"(\bCredential=|\bAWS |\bX-Amz-Credential=|\bAWSAccessKeyId=)\w+", re.ASCII)
"""A key's id, in a header or in a query that is signed."""
SIGNATURE_IN_QUERY: Final = re.compile(
    r"X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256)|"
    r"AWSAccessKeyId|Signature|Expires|x-amz-security-token",
    re.ASCII,
)
CHUNK_SIGNATURES: Final = "STREAMING-AWS4-"
CHUNKED_BY_AWS: Final = "aws-chunked"
OF_CHUNKS: Final = frozenset({"content-length", "transfer-encoding", "x-amz-decoded-content-length", "x-amz-trailer"})
CHUNKED_HEAD: Final = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
USUAL_SCOPE: Final = ("us-east-1", "s3")


def in_account(request: WireRequest, account_id: str | None) -> WireRequest:
    """The request in the name of an account, whose number takes the place of the key's id; None for nobody's.

    So servers that know no keys of this one have everything of an account in one place: moto goes by the header,
    LocalStack takes such an id for the account's, DynamoDB Local keeps the tables of each id apart. None of them looks
    at the signature.
    """
    headers = [(name, value) for name, value in _headers(request) if name != ACCOUNT]
    if account_id is None:
        return _with(request, request.query, headers)
    in_header = "authorization" in request.headers
    headers = [(name, _renamed(value, account_id) if name == "authorization" else value) for name, value in headers]
    query = request.query if in_header else _renamed(request.query, account_id)
    return _with(request, query, [*headers, (ACCOUNT, account_id)])


def signed_anew(request: WireRequest, key: Key, body_hash: str | None, now: datetime) -> WireRequest:
    """The request signed with a key of the upstream's own, for the region and service that it was signed for.

    ``body_hash`` is None if the body is yet to come. If it has signatures between its pieces, what is to come is the
    body ``without_chunks``.
    """
    signed = peek(request)
    region, service = (signed.credential.region, signed.credential.service) if signed else USUAL_SCOPE
    declared = request.headers.get(HASH_HEADER, body_hash or UNSIGNED)
    headers = [(name, value) for name, value in _headers(request) if name not in SIGNING]
    if is_signed_in_chunks(request):
        headers = list(_without_chunks(request, headers))
        declared = UNSIGNED
    headers += [("x-amz-date", now.strftime(BASIC_FORMAT)), (HASH_HEADER, declared)]
    names = ";".join(sorted({name for name, _ in headers if name == "host" or name.startswith("x-amz-")}))
    scope = f"{key.id}/{now:%Y%m%d}/{region or USUAL_SCOPE[0]}/{service or USUAL_SCOPE[1]}/{TERMINATOR}"
    unfinished = f"{ALGORITHM} Credential={scope}, SignedHeaders={names}, Signature="
    bare = _with(request, _without_signature(request.query), [*headers, ("authorization", f"{unfinished}0")])
    unsigned = peek(bare)
    assert unsigned is not None
    canonical = canonical_request(unsigned, bare, declared, encode_twice=service not in ("", "s3"))
    bare.headers["authorization"] = unfinished + signature(unsigned, canonical, key.secret)
    return bare


def without_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The body inside of one in AWS's own chunks, without the signatures between them and what trails behind.

    They are HTTP's chunks, with signatures for extensions, and are read as such. Raises Malformed if they are none.
    """
    reader = RequestReader("", lambda request: True)
    reader.feed(CHUNKED_HEAD)
    reader.next()
    for arrived in pieces:
        reader.feed(arrived)
        while reader.streaming and (piece := reader.piece()):
            yield piece


def is_signed_in_chunks(request: WireRequest) -> bool:
    """Whether a body has signatures between its pieces, which follow from the request's own."""
    return request.headers.get(HASH_HEADER, "").startswith(CHUNK_SIGNATURES)


def head(request: WireRequest) -> bytes:
    """The head as bytes, without what concerns one connection alone.

    The host stays the client's, for answers have addresses with it that lead back here, and buckets may be in it.
    """
    unwanted = HOP_BY_HOP | WRITTEN_ANEW | named(request.all("connection"))
    query = f"?{request.query}" if request.query else ""
    lines = [f"{request.method} {request.path}{query} HTTP/1.1", f"host: {request.headers.get('host', '')}"]
    lines += [f"{name}: {value}" for name, value in _headers(request) if name not in unwanted]
    if "transfer-encoding" in request.headers:
        lines.append("transfer-encoding: chunked")
    elif "content-length" in request.headers:
        lines.append(f"content-length: {int(request.headers['content-length'])}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def named(values: Iterable[str]) -> frozenset[str]:
    """The headers that Connection headers name."""
    return frozenset(name.strip().lower() for value in values for name in value.split(","))


def _headers(request: WireRequest) -> Iterator[tuple[str, str]]:
    for name in request.headers:
        for value in request.all(name):
            yield name, value


def _without_chunks(request: WireRequest, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The headers of a body that is taken out of AWS's chunks."""
    for name, value in headers:
        if name == "content-encoding":
            kept = [part.strip() for part in value.split(",") if part.strip() != CHUNKED_BY_AWS]
            if kept:
                yield name, ",".join(kept)
        elif name not in OF_CHUNKS:
            yield name, value
    yield "content-length", request.headers.get("x-amz-decoded-content-length", "0")


def _with(request: WireRequest, query: str, headers: Iterable[tuple[str, str]]) -> WireRequest:
    return WireRequest.of(request.method, request.path, query, headers)


def _renamed(credential: str, account_id: str) -> str:
    return CREDENTIAL.sub(lambda match: f"{match[1]}{account_id}", credential, count=1)


def _without_signature(query: str) -> str:
    pairs = (pair for pair in query.split("&") if not SIGNATURE_IN_QUERY.fullmatch(pair.partition("=")[0]))
    return "&".join(pairs)
