"""Signature Version 4: computing what a signature should be. Pure functions."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from fake_iam.protocol.sigv4 import ALGORITHM, Signed, SignedHeaders
from fake_iam.protocol.wire import WireRequest


def matches(signed: Signed, request: WireRequest, secret: str) -> bool:
    """Whether a signature that is complete is the one that the secret gives for this request, its body included."""
    body_hash = hashlib.sha256(request.body).hexdigest()
    declared = request.headers.get("x-amz-content-sha256")
    if declared is not None and declared != body_hash:
        return False
    return is_signature(signed, canonical_request(signed, request, body_hash), secret)


def is_signature(signed: Signed, canonical: bytes, secret: str) -> bool:
    """Whether a signature is the one that the secret gives for a canonical request."""
    return signed.signature.isascii() and hmac.compare_digest(signature(signed, canonical, secret), signed.signature)


def signature(signed: Signed, canonical: bytes, secret: str) -> str:
    """The signature that the secret gives for a canonical request, at the time and for the scope that it names."""
    scope = signed.credential.scope
    to_sign = f"{ALGORITHM}\n{signed.timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
    signer = _signer(secret, scope).copy()
    signer.update(to_sign.encode("utf-8", "replace"))
    return signer.hexdigest()


@lru_cache(maxsize=1024)
def _signer(secret: str, scope: str) -> hmac.HMAC:
    """An HMAC with the signing key of one secret and scope, to be copied; a client signs with it all day."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode("utf-8", "replace"), "sha256")
    return hmac.new(key, digestmod=_sha256)


def _sha256(data: bytes = b"") -> Any:
    """Keeps ``hmac`` to hashes: an HMAC of OpenSSL's, which a name or hashlib's own function makes, is slow to copy."""
    return hashlib.sha256(data)


def canonical_request(signed: Signed, request: WireRequest, body_hash: str, *, encode_twice: bool = False) -> bytes:
    """The canonical request: header values as received, since SDKs differ in which headers they sign.

    The path is encoded once, as S3 wants it; ``encode_twice`` is for the other services with paths.
    """
    path = request.path if request.path == "/" else quote(unquote_to_bytes(request.path), safe="/-_.~") or "/"
    if encode_twice:
        path = quote(path, safe="/-_.~")
    query = _canonical_query(request.query) if request.query else ""
    headers = _canonical_headers(request, signed.signed_headers)
    return f"{request.method}\n{path}\n{query}\n{headers}\n{body_hash}".encode("latin-1", "replace")


def _canonical_headers(request: WireRequest, signed: SignedHeaders) -> str:
    """Values are joined, and runs of blanks in them are one blank; few have any. The names follow."""
    if request.repeated is None:
        lines: str = signed.canonical % signed.values(request.headers)
        if "  " not in lines and "\t" not in lines and lines.isascii():
            return lines
    return signed.canonical % tuple([" ".join(request.joined(name).split()) for name in signed.names])


def _canonical_query(query: str) -> str:
    pairs = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if pair and name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote_to_bytes(text.replace("+", " ")), safe="-_.~")
