"""Signature Version 4: what is read, in which order it is refused, and which signatures are right."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest import mock

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from fake_iam.protocol import signing, sigv4
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.wire import WireRequest
from tests.support import HOST, Key, form_request, sign, with_header, with_headers

KEY = Key("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SCOPE = "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request"
GOOD = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host;x-amz-date, Signature=abc"
NOW = datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc)


def request(
    authorization: str | None = GOOD, date: str | None = "20150830T123600Z", query: str = "", **more: str
) -> WireRequest:
    headers = [("Host", HOST)]
    headers += [("Authorization", authorization)] if authorization is not None else []
    headers += [("X-Amz-Date", date)] if date is not None else []
    headers += [(name.replace("_", "-"), value) for name, value in more.items()]
    return WireRequest.of("POST", "/", query, headers)


def read_whole(wire: WireRequest) -> sigv4.Signed:
    return sigv4.complete(sigv4.peek(wire), wire)


def refusal(call: Any, *arguments: Any) -> tuple[str, str | None, int | None]:
    with pytest.raises(Refusal) as raised:
        call(*arguments)
    return raised.value.code, raised.value.message, raised.value.status


def test_the_documented_example_of_list_users_verifies() -> None:
    """The worked example of AWS's Signature Version 4 documentation."""
    signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    documented = WireRequest.of(
        "GET",
        "/",
        "Action=ListUsers&Version=2010-05-08",
        [
            ("Host", "iam.amazonaws.com"),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("X-Amz-Date", "20150830T123600Z"),
            (
                "Authorization",
                f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=content-type;host;x-amz-date, "
                f"Signature={signature}",
            ),
        ],
    )
    assert signing.matches(read_whole(documented), documented, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    assert not signing.matches(read_whole(documented), documented, "another secret")


@pytest.mark.parametrize("user", ["alice", "a b", "a+b@c,d", "Zoë ☃", "100%"])
def test_what_botocore_signs_verifies_and_nothing_else(user: str) -> None:
    signed = form_request("GetUser", KEY, UserName=user)
    assert signing.matches(read_whole(signed), signed, KEY.secret)
    signed.body += b"&x=1"
    assert not signing.matches(read_whole(signed), signed, KEY.secret)


def test_a_space_in_the_body_verifies_in_either_spelling() -> None:
    for body in ("Action=GetUser&UserName=a%20b", "Action=GetUser&UserName=a+b"):
        headers = sign("POST", f"http://{HOST}/", {"Host": HOST}, body, KEY, "iam")
        signed = WireRequest.of("POST", "/", "", headers.items(), body.encode())
        assert signing.matches(read_whole(signed), signed, KEY.secret)


@pytest.mark.parametrize("query", ["Action=ListUsers&Version=2010-05-08", "b=2&a=1&a=0&c", "x=a%2Fb&y=%C3%A9~"])
def test_a_signed_query_verifies(query: str) -> None:
    headers = sign("GET", f"http://{HOST}/?{query}", {"Host": HOST}, "", KEY, "iam")
    signed = WireRequest.of("GET", "/", query, headers.items())
    assert signing.matches(read_whole(signed), signed, KEY.secret)


def test_a_presigned_url_verifies_and_carries_its_token() -> None:
    presigned = AWSRequest("GET", f"http://{HOST}/?Action=GetCallerIdentity&Version=2011-06-15")
    credentials = Credentials(KEY.id, KEY.secret, "token/with+signs=")
    botocore.auth.SigV4QueryAuth(credentials, "sts", "us-east-1").add_auth(presigned)
    query = presigned.url.partition("?")[2]
    wire = WireRequest.of("GET", "/", query, [("Host", HOST)])
    signed = read_whole(wire)
    assert signed.session_token == "token/with+signs="
    assert signed.credential.access_key_id == KEY.id
    assert signing.matches(signed, wire, KEY.secret)
    wire.query += "&Extra=1"
    assert not signing.matches(read_whole(wire), wire, KEY.secret)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded", "Amz-Sdk-Invocation-Id": "1", "Content-Length": "5"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Amz-User-Agent": "js   with  runs "},
        {"User-Agent": "x", "X-Custom": "  a   b  "},
        {"X-%s-%%": "%s"},
    ],
)
def test_other_sets_of_signed_headers_verify(headers: dict[str, str]) -> None:
    sent = sign("POST", f"http://{HOST}/", {"Host": HOST, **headers}, "a=b&c", KEY, "iam")
    signed = WireRequest.of("POST", "/", "", sent.items(), b"a=b&c")
    assert signing.matches(read_whole(signed), signed, KEY.secret)
    signed = with_headers(signed, [(name.upper(), value) for name, value in signed.headers.items()])
    assert signing.matches(read_whole(signed), signed, KEY.secret)


def test_no_blank_after_the_commas_is_fine() -> None:
    signed = form_request("GetUser", KEY)
    signed.headers["authorization"] = signed.headers["authorization"].replace(", ", ",")
    assert signing.matches(read_whole(signed), signed, KEY.secret)


def test_a_date_header_will_do_for_x_amz_date() -> None:
    read = read_whole(request(GOOD.replace("x-amz-date", "date"), None, Date="Sun, 30 Aug 2015 12:36:00 GMT"))
    assert read.timestamp == "20150830T123600Z"


@pytest.mark.parametrize("declared", ["UNSIGNED-PAYLOAD", "0" * 64])
def test_a_declared_hash_must_be_the_bodys(declared: str) -> None:
    sent = sign("POST", f"http://{HOST}/", {"Host": HOST, "X-Amz-Content-SHA256": declared}, "a=b", KEY, "iam")
    signed = WireRequest.of("POST", "/", "", sent.items(), b"a=b")
    assert not signing.matches(read_whole(signed), signed, KEY.secret)


def test_the_last_of_a_part_counts_in_the_header_and_the_first_in_the_query() -> None:
    assert read_whole(request(f"{GOOD}, Signature=last")).signature == "last"
    query = (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={SCOPE}&X-Amz-Date=20150830T123600Z"
        "&X-Amz-SignedHeaders=host&X-Amz-Signature=first&X-Amz-Signature=last"
    )
    assert read_whole(request(None, None, query)).signature == "first"


def test_the_first_of_several_authorization_headers_counts() -> None:
    several = with_header(request(), "Authorization", "Basic x")
    assert read_whole(several).signature == "abc"


PIECES = ["AWS4-HMAC-SHA256", " ", "Credential", "=", SCOPE, "A/x", ",", ", ", "SignedHeaders", "host;x-amz-date", "é"]
PIECES += ["Signature", "abc", "\t", "a=b", "\xa0", "SIGNATURE"]


@given(st.one_of(st.lists(st.sampled_from(PIECES)).map("".join), st.sampled_from(PIECES).map(lambda end: GOOD + end)))
@example(GOOD.removesuffix("abc"))
def test_the_short_way_of_reading_a_usual_header_ends_where_the_long_way_does(header: str) -> None:
    wire = request(header)
    short = sigv4.peek(wire)
    with mock.patch.object(sigv4, "_usual", lambda front: None):
        long = sigv4.peek(wire)
    assert short is not None and long is not None
    for name in ("credential", "signature", "timestamp", "session_token", "whole"):
        assert getattr(short, name) == getattr(long, name)
    assert short.signed_headers.names == long.signed_headers.names


HEADER_BASE = "Authorization header requires"
MISSING_DATE = f"{HEADER_BASE} existence of either a 'X-Amz-Date' or a 'Date' header."
REFUSED = [
    (request(None), "MissingAuthenticationToken", "Request is missing Authentication Token", 403),
    (request(query="X-Amz-Algorithm=AWS4-HMAC-SHA256"), "SignatureDoesNotMatch", None, 403),
    (request("Basic abc"), "IncompleteSignature", "Unsupported AWS 'algorithm': 'Basic'.", 400),
    (request(None, query="X-Amz-Algorithm=X"), "IncompleteSignature", "Unsupported AWS 'algorithm': 'X'.", 400),
    (
        request("AWS4-HMAC-SHA256 Credential=a, oops"),
        "IncompleteSignature",
        "'oops' not a valid key=value pair (missing equal-sign) in Authorization header: "
        "'AWS4-HMAC-SHA256 Credential=a, oops'.",
        400,
    ),
    (
        request("AWS4-HMAC-SHA256", None),
        "IncompleteSignature",
        f"{HEADER_BASE} 'Credential' parameter. {HEADER_BASE} 'Signature' parameter. "
        f"{HEADER_BASE} 'SignedHeaders' parameter. {MISSING_DATE} Authorization=AWS4-HMAC-SHA256",
        400,
    ),
    (
        request("AWS4-HMAC-SHA256 Credential=x"),
        "IncompleteSignature",
        f"{HEADER_BASE} 'Signature' parameter. {HEADER_BASE} 'SignedHeaders' parameter. "
        "Authorization=AWS4-HMAC-SHA256 Credential=x",
        400,
    ),
    (request(date=None), "IncompleteSignature", f"{MISSING_DATE} Authorization=AWS4-HMAC-SHA256", 400),
    (
        request(None, query="X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        "IncompleteSignature",
        "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
        400,
    ),
    (
        request(GOOD.replace("host;", "")),
        "SignatureDoesNotMatch",
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        403,
    ),
    (
        request(GOOD.replace("host;", "host;x-gone;")),
        "IncompleteSignature",
        "'x-gone' is named as a SignedHeader, but it does not exist in the HTTP request.",
        400,
    ),
    (
        request(date="yesterday"),
        "IncompleteSignature",
        "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
        400,
    ),
    (
        request(date="20159930T123600Z"),
        "IncompleteSignature",
        "Date must be in ISO-8601 'basic format'. Got '20159930T123600Z'. See http://en.wikipedia.org/wiki/ISO_8601",
        400,
    ),
]


@pytest.mark.parametrize(("wire", "code", "message", "status"), REFUSED)
def test_a_malformed_signature_is_refused(wire: WireRequest, code: str, message: str | None, status: int) -> None:
    assert refusal(read_whole, wire) == (code, message, status)


@pytest.mark.parametrize("earlier", range(len(REFUSED)))
def test_peek_reads_what_is_refused_later(earlier: int) -> None:
    sigv4.peek(REFUSED[earlier][0])


def test_of_two_faults_the_earlier_check_answers() -> None:
    no_host_bad_date = request(GOOD.replace("host;", ""), "yesterday")
    assert refusal(read_whole, no_host_bad_date)[0] == "SignatureDoesNotMatch"
    bad_algorithm_no_equal_sign = request("Basic oops")
    assert refusal(read_whole, bad_algorithm_no_equal_sign)[1] == "Unsupported AWS 'algorithm': 'Basic'."
    no_equal_sign_and_missing = request("AWS4-HMAC-SHA256 oops", None)
    assert "not a valid key=value pair" in str(refusal(read_whole, no_equal_sign_and_missing)[1])


@pytest.mark.parametrize(
    ("offset", "message"),
    [
        (
            timedelta(minutes=15, seconds=1),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)",
        ),
        (
            -timedelta(minutes=15, seconds=1),
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
            "(20150830T122059Z + 15 min.)",
        ),
    ],
)
def test_a_date_may_be_off_by_fifteen_minutes(offset: timedelta, message: str) -> None:
    signed = read_whole(request())
    sigv4.check_date(signed, NOW + (offset - timedelta(seconds=1) if offset > timedelta() else timedelta()))
    assert refusal(sigv4.check_date, signed, NOW + offset) == ("SignatureDoesNotMatch", message, 403)


def scoped(scope: str) -> sigv4.Signed:
    return read_whole(request(GOOD.replace(SCOPE, scope)))


@pytest.mark.parametrize(
    ("scope", "service", "message"),
    [
        (
            "A/20150830/eu-west/iam/aws4_request",
            "iam",
            "Credential should be scoped to a valid region, not 'eu-west'. ",
        ),
        ("A/20150830/x/sts/aws4_request", "sts", "Credential should be scoped to a valid region. "),
        ("A/20150830/us-east-1/s3/aws4_request", "iam", "Credential should be scoped to correct service: 'iam'. "),
        (
            "A/20150830/us-east-1/sts/aws3",
            "sts",
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'. ",
        ),
        (
            "A/20150831/0/127/aws4_request",
            "sts",
            "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'. "
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            "'20150831' != '20150830', from '20150830T123600Z'.",
        ),
    ],
)
def test_a_wrong_scope_says_all_that_is_wrong(scope: str, service: str, message: str) -> None:
    assert refusal(sigv4.check_scope, scoped(scope), service) == ("SignatureDoesNotMatch", message, 403)


@pytest.mark.parametrize("service", ["iam", "sts"])
@pytest.mark.parametrize(
    "region",
    ["us-east-1", "eu-central-1", "cn-northwest-1", "us-gov-west-1", "us-isob-east-1", "aws-global", "me-new-7"],
)
def test_a_right_scope_passes(region: str, service: str) -> None:
    sigv4.check_scope(scoped(f"A/20150830/{region}/{service}/aws4_request"), service)


def test_a_credential_has_five_parts() -> None:
    assert refusal(sigv4.check_scope, scoped("AKID/20150830"), "iam") == (
        "IncompleteSignature",
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
        "got 'AKID/20150830'",
        400,
    )


def test_nothing_said_is_nothing_peeked() -> None:
    assert sigv4.peek(request(None)) is None


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=200))
def test_hostile_text_is_refused_and_never_raises_anything_else(header: str, date: str, query: str) -> None:
    for wire in (request(header, date), request(f"AWS4-HMAC-SHA256 {header}", date), request(None, date, query)):
        sigv4.peek(wire)
        with suppress(Refusal):
            assert not signing.matches(read_whole(wire), wire, "secret")
