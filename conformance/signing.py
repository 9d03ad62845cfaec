"""Signature Version 4 by hand, so that a case can sign wrongly in one point and rightly in all others."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Final
from urllib.parse import quote, unquote_plus

ALGORITHM: Final = "AWS4-HMAC-SHA256"
STAMP: Final = "%Y%m%dT%H%M%SZ"
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Key:
    """A key pair to sign with, and its session token if it has one."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """How to sign: each part may be set to something that is wrong.

    Args:
        key: the key that signs.
        service: the service of the scope.
        region: the region of the scope.
        at: the date of the signature; now if left out.
        stamp: X-Amz-Date as sent, if it is not to be the date in its proper form.
        day: the date of the scope, if not that of the signature.
        terminator: the end of the scope.
        signed_headers: the names that are signed, besides those the request has.
        unsigned_headers: the names that are left out.
    """

    key: Key
    service: str
    region: str = "us-east-1"
    at: datetime | None = None
    stamp: str | None = None
    day: str | None = None
    terminator: str = "aws4_request"
    signed_headers: tuple[str, ...] = ()
    unsigned_headers: tuple[str, ...] = ()

    def dated(self) -> Signature:
        """The same with its date fixed, so that the case knows what was sent."""
        moment = self.at or datetime.now(timezone.utc)
        stamp = self.stamp or moment.strftime(STAMP)
        return Signature(**{**vars(self), "at": moment, "stamp": stamp, "day": self.day or moment.strftime("%Y%m%d")})

    @property
    def scope(self) -> str:
        """The credential scope of a dated signature."""
        return f"{self.day}/{self.region}/{self.service}/{self.terminator}"

    def headers(self, method: str, path: str, query: str, headers: Headers, body: bytes) -> Headers:
        """The headers with date, token and Authorization added."""
        signature = self.dated()
        sent = [*headers, ("X-Amz-Date", str(signature.stamp))]
        if self.key.token is not None:
            sent.append(("X-Amz-Security-Token", self.key.token))
        names = {name.lower() for name, _ in sent} | set(self.signed_headers)
        names -= set(self.unsigned_headers)
        signed = ";".join(sorted(names))
        digest = signature._digest(method, path, query, sent, signed, body)
        credential = f"{self.key.id}/{signature.scope}"
        text = f"{ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={digest}"
        return [*sent, ("Authorization", text)]

    def query(self, method: str, path: str, query: str, headers: Headers, expires: int = 900) -> str:
        """The query with the parameters of a presigned URL added; Host alone is signed."""
        signature = self.dated()
        credential = quote(f"{self.key.id}/{signature.scope}", safe="")
        parts = [query, f"X-Amz-Algorithm={ALGORITHM}", f"X-Amz-Credential={credential}"]
        parts += [f"X-Amz-Date={signature.stamp}", f"X-Amz-Expires={expires}", "X-Amz-SignedHeaders=host"]
        if self.key.token is not None:
            parts.append(f"X-Amz-Security-Token={quote(self.key.token, safe='')}")
        unsigned = "&".join(part for part in parts if part)
        digest = signature._digest(method, path, unsigned, headers, "host", b"")
        return f"{unsigned}&X-Amz-Signature={digest}"

    def _digest(self, method: str, path: str, query: str, headers: Headers, signed: str, body: bytes) -> str:
        values: dict[str, list[str]] = {}
        for name, value in headers:
            values.setdefault(name.lower(), []).append(" ".join(value.split()))
        lines = "".join(f"{name}:{','.join(values.get(name, []))}\n" for name in signed.split(";"))
        pairs = sorted(pair.partition("=")[::2] for pair in query.split("&") if pair)
        canonical_query = "&".join(f"{_again(name)}={_again(value)}" for name, value in pairs)
        body_hash = hashlib.sha256(body).hexdigest()
        canonical = "\n".join((method, path, canonical_query, lines, signed, body_hash))
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join((ALGORITHM, str(self.stamp), self.scope, hashed))
        secret = f"AWS4{self.key.secret}".encode()
        for part in self.scope.split("/"):
            secret = hmac.digest(secret, part.encode(), "sha256")
        return hmac.digest(secret, to_sign.encode(), "sha256").hex()


def _again(text: str) -> str:
    return quote(unquote_plus(text), safe="-_.~")
