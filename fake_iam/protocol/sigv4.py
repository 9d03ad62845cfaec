"""Signature Version 4: reading what a request says of its signature. What it should be: ``signing``. Pure functions.

Order and texts of the refusals: facts, sections 2.1 and 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.partitions import partition_of
from fake_iam.protocol.wire import Headers, WireRequest

ALGORITHM: Final = "AWS4-HMAC-SHA256"
TERMINATOR: Final = "aws4_request"
SKEW: Final = timedelta(minutes=15)
BASIC_FORMAT: Final = "%Y%m%dT%H%M%SZ"
STAMP: Final = r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z"
COMPONENTS: Final = ("Credential", "Signature", "SignedHeaders")
USUAL: Final = re.compile(rf"{ALGORITHM} Credential=([\w/-]+), ?SignedHeaders=([\w;-]+), ?", re.ASCII)
QUERY_COMPONENTS: Final = ("X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")


class Credential(NamedTuple):
    """What a credential names, as sent: the key's id and its scope, whose day is YYYYMMDD; what is missing is empty."""

    text: str
    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    scope: str


class SignedHeaders(NamedTuple):
    """The names of signed headers, in small letters, what takes their values, and what these are put into."""

    names: tuple[str, ...]
    values: Callable[[Headers], str | tuple[str, ...]]
    canonical: str


class Signed:
    """What a request says of its signature, as sent. ``timestamp`` is X-Amz-Date, or Date in the same format.

    ``whole``: the algorithm is the one there is, and no part is missing or is no pair.
    """

    __slots__ = ("credential", "signed_headers", "signature", "timestamp", "session_token", "whole")

    def __init__(
        self,
        credential: Credential,
        signed_headers: SignedHeaders,
        signature: str,
        timestamp: str,
        session_token: str | None,
        whole: bool,
    ) -> None:
        self.credential = credential
        self.signed_headers = signed_headers
        self.signature = signature
        self.timestamp = timestamp
        self.session_token = session_token
        self.whole = whole


def peek(request: WireRequest) -> Signed | None:
    """What the request says of its signature, well formed or not; None if it says nothing. Raises nothing."""
    header = request.headers.get("authorization")
    if header is not None:
        return _from_header(request, header)
    parameters = _query_parameters(request.query)
    if "X-Amz-Algorithm" in parameters or "X-Amz-Credential" in parameters:
        return _from_query(parameters)
    return None


def complete(signed: Signed | None, request: WireRequest) -> Signed:
    """What ``peek`` found, if it is all that a signature needs.

    Raises:
        Refusal: MissingAuthenticationToken, SignatureDoesNotMatch or IncompleteSignature, the first that AWS finds.
    """
    header = request.headers.get("authorization")
    parameters = _query_parameters(request.query) if request.query else {}
    in_query = "X-Amz-Algorithm" in parameters
    if signed is None or (header is None and not in_query):
        raise Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
    if header is not None and in_query:
        raise Refusal("SignatureDoesNotMatch", status=403)
    if not signed.whole:
        raise _query_fault(parameters) if header is None else _header_fault(signed, header)
    _check_signed_headers(request, signed)
    if moment(signed.timestamp) is None:
        raise _incomplete(
            f"Date must be in ISO-8601 'basic format'. Got '{signed.timestamp}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        )
    return signed


def check_date(signed: Signed, now: datetime) -> None:
    """Hold the signature to 15 minutes either way. Raises Refusal SignatureDoesNotMatch."""
    at = moment(signed.timestamp)
    assert at is not None
    stamp = now.strftime(BASIC_FORMAT)
    if at < now - SKEW:
        limit = (now - SKEW).strftime(BASIC_FORMAT)
        raise _mismatch(f"Signature expired: {signed.timestamp} is now earlier than {limit} ({stamp} - 15 min.)")
    if at > now + SKEW:
        limit = (now + SKEW).strftime(BASIC_FORMAT)
        raise _mismatch(
            f"Signature not yet current: {signed.timestamp} is still later than {limit} ({stamp} + 15 min.)"
        )


def check_scope(signed: Signed, service: str) -> None:
    """Hold the credential scope to region, service, terminator and date; all that is wrong goes into one message.

    Any region of any partition will do. AWS's endpoints of IAM take one region each, but SDKs that are given an
    endpoint sign for the region that they are set to: the rules by which they would sign for IAM's do not apply then.
    IAM names the wrong region (quoted until 2022), STS does not (recorded 2026).

    Raises:
        Refusal: IncompleteSignature if the credential has not five parts, else SignatureDoesNotMatch.
    """
    credential = signed.credential
    if credential.text.count("/") != 4:
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, "
            f"e.g. keyid/date/region/service/term, got '{credential.text}'"
        )
    found = []
    if partition_of(credential.region) is None:
        named = f", not '{credential.region}'" if service == "iam" else ""
        found.append(f"Credential should be scoped to a valid region{named}. ")
    if credential.service != service:
        found.append(f"Credential should be scoped to correct service: '{service}'. ")
    if credential.terminator != TERMINATOR:
        found.append(
            f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{credential.terminator}'. "
        )
    day = signed.timestamp[:8]
    if credential.date != day:
        found.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{credential.date}' != '{day}', from '{signed.timestamp}'."
        )
    if found:
        raise _mismatch("".join(found))


def _query_parameters(query: str) -> dict[str, str]:
    """Of a parameter given twice the first counts."""
    found: dict[str, str] = {}
    if "X-Amz-" not in query:
        return found
    from urllib.parse import unquote_to_bytes  # only signed URLs come here

    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        found.setdefault(name, unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace"))
    return found


def _header_parts(header: str) -> list[str]:
    parts = [part.strip() for part in header.partition(" ")[2].split(",")]
    return [part for part in parts if part]


def _from_header(request: WireRequest, header: str) -> Signed:
    """Of a part given twice the last counts. What SDKs send is read by its beginning, to the same end."""
    headers = request.headers
    timestamp = headers.get("x-amz-date") or _basic(headers.get("date", ""))
    token = headers.get("x-amz-security-token")
    front, _, signature = header.rpartition("Signature=")
    usual = _usual(front)
    if usual is not None and signature and "," not in signature:
        return Signed(usual[0], usual[1], signature.rstrip(), timestamp, token, bool(timestamp))
    pairs = [part.partition("=") for part in _header_parts(header)]
    parts = {name: value for name, _, value in pairs}
    credential, signature, names = [parts.get(name, "") for name in COMPONENTS]
    paired = all(equals for _, equals, _ in pairs) and header.startswith(f"{ALGORITHM} ")
    complete = paired and bool(credential and signature and names and timestamp)
    return Signed(_credential(credential), _signed_headers(names), signature, timestamp, token, complete)


def _from_query(parameters: dict[str, str]) -> Signed:
    credential, signature, names, timestamp = [parameters.get(name, "") for name in QUERY_COMPONENTS]
    whole = parameters.get("X-Amz-Algorithm") == ALGORITHM and bool(credential and signature and names and timestamp)
    token = parameters.get("X-Amz-Security-Token")
    return Signed(_credential(credential), _signed_headers(names), signature, timestamp, token, whole)


@lru_cache(maxsize=256)
def _usual(front: str) -> tuple[Credential, SignedHeaders] | None:
    """Credential and signed headers, in all that comes before a signature in its usual form; a client repeats it."""
    parts = USUAL.fullmatch(front)
    return None if parts is None else (_credential(parts[1]), _signed_headers(parts[2]))


def _credential(text: str) -> Credential:
    key_id, *scope = [*text.split("/"), "", "", "", ""][:5]
    date, region, service, terminator = scope
    return Credential(text, key_id, date, region, service, terminator, "/".join(scope))


def _signed_headers(text: str) -> SignedHeaders:
    names = tuple(name for name in text.lower().split(";") if name)
    listed = ";".join(names).replace("%", "%%")
    lines = "".join([f"{name}:%s\n" for name in listed.split(";")])
    return SignedHeaders(names, itemgetter(*names or ("host",)), f"{lines}\n{listed}")


def _header_fault(signed: Signed, header: str) -> Refusal:
    """What AWS finds first in a header that is not whole."""
    algorithm = header.partition(" ")[0]
    if algorithm != ALGORITHM:
        return _incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    parts: dict[str, str] = {}
    for part in _header_parts(header):
        name, equals, value = part.partition("=")
        if not equals:
            return _incomplete(
                f"'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
            )
        parts[name] = value
    missing = [f"Authorization header requires '{name}' parameter." for name in COMPONENTS if not parts.get(name)]
    if not signed.timestamp:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    shown = algorithm if len(missing) == 1 and not signed.timestamp else header
    return _incomplete(f"{' '.join(missing)} Authorization={shown}")


def _query_fault(parameters: dict[str, str]) -> Refusal:
    """What AWS finds first in a query that is not whole."""
    algorithm = parameters["X-Amz-Algorithm"]
    if algorithm != ALGORITHM:
        return _incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    missing = [name for name in QUERY_COMPONENTS if not parameters.get(name)]
    sentences = [f"AWS query-string parameters must include '{name}'." for name in missing]
    return _incomplete(" ".join([*sentences, "Re-examine the query-string parameters."]))


def _check_signed_headers(request: WireRequest, signed: Signed) -> None:
    names = signed.signed_headers.names
    if "host" not in names:
        raise _mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    for name in names:
        if name not in request.headers:
            raise _incomplete(f"'{name}' is named as a SignedHeader, but it does not exist in the HTTP request.")


def _basic(date: str) -> str:
    """A Date header in the basic format; what is no HTTP date stays as it is."""
    if not date or re.fullmatch(STAMP, date, re.ASCII):
        return date
    from email.utils import parsedate_to_datetime  # takes its time, and SDKs send X-Amz-Date

    try:
        return parsedate_to_datetime(date).astimezone(timezone.utc).strftime(BASIC_FORMAT)
    except (ValueError, TypeError, OverflowError, IndexError):
        return date


@lru_cache(maxsize=128)
def moment(stamp: str) -> datetime | None:
    """The moment of a timestamp, or None if it is none."""
    digits = re.fullmatch(STAMP, stamp, re.ASCII)
    if digits is None:
        return None
    year, month, day, hour, minute, second = map(int, digits.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None


def _incomplete(message: str) -> Refusal:
    return Refusal("IncompleteSignature", message, status=400)


def _mismatch(message: str) -> Refusal:
    return Refusal("SignatureDoesNotMatch", message, status=403)
