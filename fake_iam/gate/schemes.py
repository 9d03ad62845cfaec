"""How requests to other services are signed: Signature Version 4 as they have it, and what S3 has besides."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote

from fake_iam.gate.recognition import S3, Asked, path_style
from fake_iam.pipeline.steps.authentication import Scheme
from fake_iam.protocol import sigv4
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.signing import canonical_request, is_signature
from fake_iam.protocol.sigv4 import Credential, Signed, SignedHeaders
from fake_iam.protocol.wire import WireRequest

UNSIGNED: Final = "UNSIGNED-PAYLOAD"
HASH_HEADER: Final = "x-amz-content-sha256"
HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
VERSION_2: Final = re.compile(r"AWS ([^:\s]+):(\S+)", re.ASCII)
NO_HEADERS: Final = SignedHeaders((), lambda headers: "", "")
SUBRESOURCES: Final = frozenset(
    [
        "accelerate",
        "acl",
        "analytics",
        "cors",
        "defaultObjectAcl",
        "delete",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "lifecycle",
        "location",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "partNumber",
        "policy",
        "replication",
        "requestPayment",
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
        "response-content-language",
        "response-content-type",
        "response-expires",
        "restore",
        "retention",
        "select",
        "select-type",
        "storageClass",
        "tagging",
        "torrent",
        "transfer",
        "uploadId",
        "uploads",
        "versionId",
        "versioning",
        "versions",
        "website",
        "x-amz-security-token",
    ]
)
"""The parameters that Signature Version 2 signs: those of botocore's HmacV1Auth."""


def declared_hash(request: WireRequest) -> str | None:
    """What a request says of its body: its SHA-256, or why that is not signed; None if it says nothing."""
    return request.headers.get(HASH_HEADER)


def needs_body(request: WireRequest, asked: Asked) -> bool:
    """Whether the signature cannot be judged without the body."""
    return declared_hash(request) is None and asked.form != S3


def signed_with(request: WireRequest, asked: Asked, body_hash: str | None) -> tuple[Signed | None, Scheme]:
    """What a request says of its signature, and how it is made. ``body_hash`` is None if the body is not here."""
    second = _version_2(request, asked.query)
    if second is not None:
        return second, Version2(asked.query)
    in_query = "authorization" not in request.headers
    return sigv4.peek(request), Version4(asked, body_hash, in_query=in_query)


class Version4:
    """Signature Version 4 of a request that may have a path and a body that is yet to come."""

    def __init__(self, asked: Asked, body_hash: str | None, *, in_query: bool) -> None:
        self._query = asked.query
        self._in_query = in_query
        self._is_s3 = asked.form == S3
        self._body_hash = body_hash

    def complete(self, signed: Signed | None, request: WireRequest) -> Signed:
        """What the request says, if nothing is missing. Raises Refusal."""
        return sigv4.complete(signed, request)

    def check(self, signed: Signed, service: str, now: datetime) -> None:
        """A signature in the query is good for as long as it says, others for fifteen minutes. Raises Refusal."""
        if self._in_query:
            _check_expiry(sigv4.moment(signed.timestamp), self._query.get("X-Amz-Expires", ""), now)
        else:
            sigv4.check_date(signed, now)
        sigv4.check_scope(signed, signed.credential.service)

    def matches(self, signed: Signed, request: WireRequest, secret: str) -> bool:
        """Whether it is the signature; a body that is here must have the hash that is declared."""
        declared = declared_hash(request)
        if declared is None and self._is_s3:
            declared = self._query.get("X-Amz-Content-Sha256", UNSIGNED)
        if declared is None:
            declared = self._body_hash or hashlib.sha256(request.body).hexdigest()
        elif self._body_hash is not None and HASH.fullmatch(declared) and declared != self._body_hash:
            return False
        canonical = canonical_request(signed, request, declared, encode_twice=not self._is_s3)
        return is_signature(signed, canonical, secret)


class Version2:
    """Signature Version 2 of S3, which older clients use, and boto3 in the URLs that it signs."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = query

    def complete(self, signed: Signed | None, request: WireRequest) -> Signed:
        """What the request says, of which nothing is missing."""
        assert signed is not None
        return signed

    def check(self, signed: Signed, service: str, now: datetime) -> None:
        """A signed URL says until when it is good. Raises Refusal."""
        expires = self._query.get("Expires", "")
        if expires.isdecimal() and now.timestamp() > int(expires):
            raise _expired()

    def matches(self, signed: Signed, request: WireRequest, secret: str) -> bool:
        """Whether it is the signature."""
        digest = hmac.digest(secret.encode(), self._to_sign(request).encode("latin-1", "replace"), "sha1")
        return hmac.compare_digest(base64.b64encode(digest), signed.signature.encode())

    def _to_sign(self, request: WireRequest) -> str:
        headers = request.headers
        amazon = sorted(name for name in headers if name.startswith("x-amz-"))
        date = self._query.get("Expires") or ("" if "x-amz-date" in headers else headers.get("date", ""))
        first = [request.method, headers.get("content-md5", ""), headers.get("content-type", ""), date]
        signed_query = [
            name if not equals else f"{name}={unquote(value)}"
            for name, equals, value in (pair.partition("=") for pair in sorted(request.query.split("&")))
            if name in SUBRESOURCES
        ]
        query = f"?{'&'.join(signed_query)}" if signed_query else ""
        return "\n".join([*first, *(f"{name}:{request.joined(name)}" for name in amazon), path_style(request) + query])


def _version_2(request: WireRequest, query: Mapping[str, str]) -> Signed | None:
    parts = VERSION_2.fullmatch(request.headers.get("authorization", ""))
    if parts is not None:
        key_id, signature = parts.groups()
        token = request.headers.get("x-amz-security-token")
    elif "AWSAccessKeyId" in query and "Signature" in query:
        key_id, signature = query["AWSAccessKeyId"], query["Signature"]
        token = query.get("x-amz-security-token")
    else:
        return None
    credential = Credential(key_id, key_id, "", "", S3, "", "")
    return Signed(credential, NO_HEADERS, signature, "", token, True)


def _check_expiry(at: datetime | None, seconds: str, now: datetime) -> None:
    if not seconds.isdecimal():
        raise Refusal("AuthorizationQueryParametersError", "X-Amz-Expires should be a number", status=400)
    if at is not None and now > at + timedelta(seconds=int(seconds[:9])):
        raise _expired()


def _expired() -> Refusal:
    return Refusal("AccessDenied", "Request has expired", status=403)
