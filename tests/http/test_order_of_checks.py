"""Of two faults in one request, the one AWS finds first is answered (facts, section 2.1).

A case's id says the pair, the winner first.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest

from conformance.modelled import with_whole_model
from fake_iam import ManualClock
from fake_iam.domain.ids import IdSource
from fake_iam.protocol.wire import WireRequest, WireResponse
from tests.conftest import ROOT_ID, ROOT_SECRET
from tests.support import (
    FORM,
    HOST,
    IAM_VERSION,
    INVALID_TOKEN,
    MISMATCH,
    STS_VERSION,
    WITHOUT_MFA,
    AwsError,
    Key,
    Wire,
    form_request,
    read,
    with_header,
    with_headers,
)

ROOT = Key(ROOT_ID, ROOT_SECRET)
WRONG_SECRET = Key(ROOT_ID, "not the secret")
UNKNOWN = Key("AKIAQAAAAAAAAAAAAAAA", "x")
LIST = f"Action=ListUsers&Version={IAM_VERSION}"
ALGORITHM = "AWS4-HMAC-SHA256"
NOW = datetime.now(timezone.utc).replace(microsecond=0)
STALE = NOW - timedelta(days=2)
AHEAD = NOW + timedelta(days=2)
TODAY = f"{NOW:%Y%m%dT%H%M%SZ}"
NOT_FOUND = (404, b"<UnknownOperationException/>\n")
INVALID = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
WRONG = AwsError("SignatureDoesNotMatch", MISMATCH, 403)
MISSING_TOKEN = AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
EXPIRED = AwsError("ExpiredToken", "The security token included in the request is expired", 403)
UNSIGNED_HOST = AwsError(
    "SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.", 403
)
BAD_QUERY = AwsError("MalformedQueryString", "Illegal hex character in escape % pattern: %zz", 400)
ALGORITHM_X = AwsError("IncompleteSignature", "Unsupported AWS 'algorithm': 'X'.", 400)


def plain(
    authorization: str | None = None,
    *,
    date: str | None = None,
    method: str = "GET",
    path: str = "/",
    query: str = LIST,
) -> WireRequest:
    """A request with the headers given, none of them computed."""
    headers = [("Host", HOST)]
    headers += [("Authorization", authorization)] if authorization is not None else []
    headers += [("X-Amz-Date", date)] if date is not None else []
    return WireRequest.of(method, path, query, headers)


def authorization(
    scope: str = "us-east-1/iam/aws4_request",
    *,
    key: str = ROOT_ID,
    day: str = TODAY[:8],
    names: str = "host;x-amz-date",
) -> str:
    return f"{ALGORITHM} Credential={key}/{day}/{scope}, SignedHeaders={names}, Signature=0"


def incomplete(message: str) -> AwsError:
    return AwsError("IncompleteSignature", message, 400)


def mismatch(message: str) -> AwsError:
    return AwsError("SignatureDoesNotMatch", message, 403)


def date_format(value: str) -> AwsError:
    return incomplete(
        f"Date must be in ISO-8601 'basic format'. Got '{value}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )


def raw(response: WireResponse) -> tuple[int, bytes]:
    return response.status, response.body


@pytest.mark.parametrize(
    ("request_", "status", "body"),
    [
        pytest.param(plain(path="/%zz", method="DANCE"), 400, b"", id="bad path escape and unknown method"),
        pytest.param(plain(path="/%zz", query="%zz"), 400, b"", id="bad path escape before bad query"),
        pytest.param(plain(path="/x%zz"), 400, b"", id="bad path escape before other path"),
        pytest.param(plain(path="/%zz"), 400, b"", id="bad path escape before authentication"),
        pytest.param(plain(method="DANCE", path="/x"), 400, b"", id="unknown method before other path"),
        pytest.param(plain(method="DANCE", query="%zz"), 400, b"", id="unknown method before bad query"),
        pytest.param(plain(method="DANCE"), 400, b"", id="unknown method before authentication"),
        pytest.param(plain(path="/x", query="%zz"), *NOT_FOUND, id="other path before bad query"),
        pytest.param(plain(path="/x", query=""), *NOT_FOUND, id="other path before missing action"),
        pytest.param(plain(path="/x"), *NOT_FOUND, id="other path before authentication (assumed)"),
        pytest.param(plain(query="", method="PUT"), *NOT_FOUND, id="unserved method before missing action"),
        pytest.param(plain(method="PUT"), *NOT_FOUND, id="unserved method before authentication (assumed)"),
        pytest.param(plain(query="Version=x"), 302, b"", id="missing action before authentication"),
        pytest.param(plain("X", query="Version=x"), 302, b"", id="missing action before algorithm"),
        pytest.param(
            plain("X", query="X-Amz-Algorithm=X"), 302, b"", id="missing action before both authentication places"
        ),
    ],
)
def test_what_is_no_request_to_a_service_is_answered_before_all_else(
    strict: Wire, request_: WireRequest, status: int, body: bytes
) -> None:
    assert raw(strict.send(request_)) == (status, body)


def oversized(**changes: str) -> WireRequest:
    given = {"method": "POST", "path": "/", "query": "", **changes}
    return WireRequest.of(given["method"], given["path"], given["query"], [("Host", HOST)], b"a" * 10_000_001)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(oversized(path="/x"), id="too large before other path"),
        pytest.param(oversized(query="%zz"), id="too large before bad query"),
        pytest.param(oversized(), id="too large before missing action"),
        pytest.param(oversized(query=LIST), id="too large before authentication"),
    ],
)
def test_a_body_too_large_is_answered_before_all_that_follows(strict: Wire, request_: WireRequest) -> None:
    assert raw(strict.send(request_)) == (413, b"")


def test_a_malformed_query_is_answered_before_a_method_that_is_not_served(strict: Wire) -> None:
    """Facts, 2.1 step 3 (confidence D): query string well-formed, then method, then content type."""
    assert read(strict.send(plain(method="PUT", query="%zz"))) == BAD_QUERY


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(plain(method="POST", query=f"{LIST}&%zz"), id="bad query before content type"),
        pytest.param(plain(query="%zz"), id="bad query before missing action"),
        pytest.param(plain(query=f"{LIST}&%zz"), id="bad query before authentication"),
        pytest.param(plain(query=f"Action=Dance&Version={IAM_VERSION}&%zz"), id="bad query before unknown action"),
        pytest.param(plain("X", query=f"{LIST}&X-Amz-Algorithm=%zz"), id="bad query before both authentication places"),
    ],
)
def test_a_malformed_query_is_answered_before_all_that_follows(strict: Wire, request_: WireRequest) -> None:
    assert read(strict.send(request_)) == BAD_QUERY


@pytest.mark.parametrize("header", [None, "X", authorization()])
def test_an_unknown_action_is_answered_before_authentication(strict: Wire, header: str | None) -> None:
    """Assumed: the place of InvalidAction is not known (facts, 2.1 step 12)."""
    response = strict.send(plain(header, query=f"Action=Dance&Version={IAM_VERSION}"))
    assert read(response) == AwsError("InvalidAction", f"Could not find operation Dance for version {IAM_VERSION}", 400)


def test_a_post_that_is_no_form_is_redirected_before_authentication(strict: Wire) -> None:
    request = form_request("ListUsers", WRONG_SECRET)
    del request.headers["content-type"]
    assert raw(strict.send(request)) == (302, b"")


PRESIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
REQUIRES = "Authorization header requires"
NO_DATE = f"{REQUIRES} existence of either a 'X-Amz-Date' or a 'Date' header."
EXPIRED_STAMP = "20150830T123600Z"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(
            plain("X", query=f"{LIST}&{PRESIGNED}"),
            AwsError("SignatureDoesNotMatch", None, 403),
            id="both authentication places before algorithm of the header",
        ),
        pytest.param(
            plain(authorization(), query=f"{LIST}&X-Amz-Algorithm=X"),
            AwsError("SignatureDoesNotMatch", None, 403),
            id="both authentication places before algorithm of the query",
        ),
        pytest.param(
            plain(f"{ALGORITHM} oops", query=f"{LIST}&{PRESIGNED}"),
            AwsError("SignatureDoesNotMatch", None, 403),
            id="both authentication places before components",
        ),
        pytest.param(plain("X oops"), ALGORITHM_X, id="algorithm before key=value parts"),
        pytest.param(plain("X Credential=a"), ALGORITHM_X, id="algorithm before missing components"),
        pytest.param(plain("X"), ALGORITHM_X, id="algorithm before missing date"),
        pytest.param(
            plain(authorization(names="x-amz-date").replace(ALGORITHM, "X"), date=TODAY),
            ALGORITHM_X,
            id="algorithm before host unsigned",
        ),
        pytest.param(plain(query=f"{LIST}&X-Amz-Algorithm=X"), ALGORITHM_X, id="query: algorithm before components"),
        pytest.param(
            plain(f"{ALGORITHM} Credential=a, oops"),
            incomplete(
                "'oops' not a valid key=value pair (missing equal-sign) in Authorization header: "
                f"'{ALGORITHM} Credential=a, oops'."
            ),
            id="key=value parts before missing components",
        ),
        pytest.param(
            plain(ALGORITHM),
            incomplete(
                f"{REQUIRES} 'Credential' parameter. {REQUIRES} 'Signature' parameter. "
                f"{REQUIRES} 'SignedHeaders' parameter. {NO_DATE} Authorization={ALGORITHM}"
            ),
            id="all missing components in one message",
        ),
        pytest.param(
            plain(f"{ALGORITHM} Credential=x", date=TODAY),
            incomplete(
                f"{REQUIRES} 'Signature' parameter. {REQUIRES} 'SignedHeaders' parameter. "
                f"Authorization={ALGORITHM} Credential=x"
            ),
            id="two missing components in one message",
        ),
        pytest.param(
            plain(f"{ALGORITHM} Credential=x, SignedHeaders=x-gone"),
            incomplete(
                f"{REQUIRES} 'Signature' parameter. {NO_DATE} "
                f"Authorization={ALGORITHM} Credential=x, SignedHeaders=x-gone"
            ),
            id="missing component and missing date in one message",
        ),
        pytest.param(
            plain(authorization(names="x-amz-date")),
            incomplete(f"{NO_DATE} Authorization={ALGORITHM}"),
            id="missing date before host unsigned",
        ),
        pytest.param(
            plain(f"{ALGORITHM} Credential=x, SignedHeaders=x-gone", date="yesterday"),
            incomplete(
                f"{REQUIRES} 'Signature' parameter. Authorization={ALGORITHM} Credential=x, SignedHeaders=x-gone"
            ),
            id="missing component before host unsigned, absent header and date format",
        ),
        pytest.param(
            plain(query=f"{LIST}&{PRESIGNED}&X-Amz-SignedHeaders=x-gone"),
            incomplete(
                "AWS query-string parameters must include 'X-Amz-Credential'. "
                "AWS query-string parameters must include 'X-Amz-Signature'. "
                "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."
            ),
            id="query: missing components, all in one message, before host unsigned",
        ),
        pytest.param(
            plain(authorization(names="x-gone"), date=TODAY),
            UNSIGNED_HOST,
            id="host unsigned before absent header",
        ),
        pytest.param(
            plain(authorization(names="x-amz-date"), date="yesterday"),
            UNSIGNED_HOST,
            id="host unsigned before date format",
        ),
        pytest.param(
            plain(authorization(names="x-amz-date"), date=EXPIRED_STAMP), UNSIGNED_HOST, id="host unsigned before skew"
        ),
        pytest.param(
            plain(authorization("nowhere/s3/x", names="x-amz-date"), date=TODAY),
            UNSIGNED_HOST,
            id="host unsigned before scope",
        ),
        pytest.param(
            plain(authorization(names="host;x-gone"), date="yesterday"),
            incomplete("'x-gone' is named as a SignedHeader, but it does not exist in the HTTP request."),
            id="absent header before date format",
        ),
        pytest.param(
            plain(authorization(), date="2015-08-30T12:36:00Z"),
            date_format("2015-08-30T12:36:00Z"),
            id="date format before skew",
        ),
        pytest.param(
            plain(f"{ALGORITHM} Credential=a, SignedHeaders=host, Signature=0", date="yesterday"),
            date_format("yesterday"),
            id="date format before five parts",
        ),
        pytest.param(
            plain(authorization("nowhere/s3/x"), date="yesterday"),
            date_format("yesterday"),
            id="date format before scope",
        ),
        pytest.param(
            plain(f"{ALGORITHM} Credential={ROOT_ID}/x/nowhere/s3/y/z, SignedHeaders=host, Signature=0", date=TODAY),
            incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                f"got '{ROOT_ID}/x/nowhere/s3/y/z'"
            ),
            id="five parts before scope",
        ),
        pytest.param(
            plain(f"{ALGORITHM} Credential={UNKNOWN.id}, SignedHeaders=host, Signature=0", date=TODAY),
            incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                f"got '{UNKNOWN.id}'"
            ),
            id="five parts before unknown key",
        ),
        pytest.param(
            plain(authorization("nowhere/s3/aws3", day="20150830"), date=TODAY),
            mismatch(
                "Credential should be scoped to a valid region, not 'nowhere'. "
                "Credential should be scoped to correct service: 'iam'. "
                "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'. "
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                f"'20150830' != '{TODAY[:8]}', from '{TODAY}'."
            ),
            id="region, service, terminator and date of the scope in one message",
        ),
        pytest.param(
            plain(
                authorization("nowhere/s3/aws4_request"),
                date=TODAY,
                query=f"Action=GetCallerIdentity&Version={STS_VERSION}",
            ),
            mismatch(
                "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'."
            ),
            id="region and service of the scope in one message at STS",
        ),
        pytest.param(
            plain(authorization("us-east-1/s3/aws4_request", key=UNKNOWN.id), date=TODAY),
            mismatch("Credential should be scoped to correct service: 'iam'."),
            id="scope before unknown key",
        ),
        pytest.param(
            plain(authorization("us-east-1/iam/aws4_request", day="20150830"), date=TODAY),
            mismatch(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                f"'20150830' != '{TODAY[:8]}', from '{TODAY}'."
            ),
            id="date of the scope before signature",
        ),
    ],
)
def test_the_earlier_fault_of_a_signature_is_answered(strict: Wire, request_: WireRequest, expected: AwsError) -> None:
    assert read(strict.send(request_)) == expected


@pytest.mark.parametrize("date", ["yesterday", "Thu, 99 Jan 1970 00:00:00 GMT", "0", "20260101"])
def test_a_date_header_that_is_no_date_is_answered_before_the_scope(strict: Wire, date: str) -> None:
    request = plain(authorization("nowhere/s3/x", names="host;date"))
    assert read(strict.send(with_header(request, "Date", date))) == date_format(date)


def skewed(error: AwsError) -> tuple[str, int, str | None]:
    """Code, status, and the message with its moments left out, since one of them is the machine's."""
    return error.code, error.status, re.sub(r"\d{8}T\d{6}Z", "T", error.message or "")


TOO_OLD = ("SignatureDoesNotMatch", 403, "Signature expired: T is now earlier than T (T - 15 min.)")
TOO_NEW = ("SignatureDoesNotMatch", 403, "Signature not yet current: T is still later than T (T + 15 min.)")


@pytest.mark.parametrize(("at", "expected"), [(STALE, TOO_OLD), (AHEAD, TOO_NEW)], ids=["too old", "too far ahead"])
@pytest.mark.parametrize(
    "credential",
    [
        pytest.param(ROOT_ID, id="skew before five parts"),
        pytest.param(f"{ROOT_ID}/{TODAY[:8]}/nowhere/iam/aws4_request", id="skew before region"),
        pytest.param(f"{ROOT_ID}/{TODAY[:8]}/us-east-1/s3/aws4_request", id="skew before service"),
        pytest.param(f"{ROOT_ID}/{TODAY[:8]}/us-east-1/iam/aws3", id="skew before terminator"),
        pytest.param(f"{ROOT_ID}/{TODAY[:8]}/us-east-1/iam/aws4_request", id="skew before date of the scope"),
        pytest.param(f"{UNKNOWN.id}/{TODAY[:8]}/us-east-1/iam/aws4_request", id="skew before unknown key"),
    ],
)
def test_a_date_too_far_off_is_answered_before_the_scope(
    strict: Wire, credential: str, at: datetime, expected: tuple[str, int, str]
) -> None:
    header = f"{ALGORITHM} Credential={credential}, SignedHeaders=host;x-amz-date, Signature=0"
    assert skewed(read(strict.send(plain(header, date=f"{at:%Y%m%dT%H%M%SZ}")))) == expected


@with_whole_model
def test_a_date_too_far_off_is_answered_before_a_wrong_signature(strict: Wire) -> None:
    assert skewed(strict.call("ListUsers", WRONG_SECRET, at=STALE)) == TOO_OLD
    assert skewed(strict.call("ListUsers", WRONG_SECRET, at=AHEAD)) == TOO_NEW


@pytest.fixture
def inactive(strict: Wire) -> Key:
    """A key of alice's that was switched off."""
    strict.call("CreateUser", ROOT, UserName="alice")
    key = strict.key("alice", ROOT)
    assert strict.call("UpdateAccessKey", ROOT, UserName="alice", AccessKeyId=key.id, Status="Inactive") is None
    return key


def test_a_wrong_scope_is_answered_before_an_inactive_key(strict: Wire, inactive: Key) -> None:
    assert strict.call("ListUsers", inactive, region="here") == mismatch(
        "Credential should be scoped to a valid region, not 'here'."
    )
    assert strict.call("ListUsers", inactive, scope="s3") == mismatch(
        "Credential should be scoped to correct service: 'iam'."
    )


def test_a_wrong_scope_is_answered_before_a_wrong_signature(strict: Wire) -> None:
    assert strict.call("ListUsers", WRONG_SECRET, scope="s3") == mismatch(
        "Credential should be scoped to correct service: 'iam'."
    )


def test_an_inactive_key_is_answered_before_a_wrong_secret(strict: Wire, inactive: Key) -> None:
    assert strict.call("ListUsers", Key(inactive.id, "not the secret")) == INVALID


def test_an_inactive_key_is_answered_before_a_declared_hash_that_is_not_the_bodys(strict: Wire, inactive: Key) -> None:
    request = with_header(form_request("ListUsers", inactive), "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
    assert read(strict.send(request)) == INVALID


def test_an_inactive_key_is_refused_by_sts_too_with_or_without_a_token(strict: Wire, inactive: Key) -> None:
    assert strict.call("GetCallerIdentity", inactive) == INVALID
    assert strict.call("GetCallerIdentity", Key(inactive.id, inactive.secret, "token")) == INVALID


def test_an_unknown_key_is_answered_before_its_signature(strict: Wire) -> None:
    assert strict.call("ListUsers", UNKNOWN) == INVALID


def test_a_token_that_goes_with_no_session_is_answered_before_a_wrong_secret(strict: Wire) -> None:
    assert strict.call("ListUsers", Key(ROOT_ID, "not the secret", "token")) == INVALID


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def clocked(clock: ManualClock) -> Wire:
    """As ``strict``, under a clock that the test moves; signatures are still held to the machine's time."""
    settings = {"auth": "strict", "root_access_key_id": ROOT_ID, "root_secret_access_key": ROOT_SECRET}
    return Wire(clock, random_seed=7, **settings)


def session(wire: Wire, by: Key = ROOT) -> Key:
    made = wire.call("GetSessionToken", by)["Credentials"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def with_token(key: Key, token: str | None) -> Key:
    return Key(key.id, "not the secret", token)


@pytest.mark.parametrize("token", [None, "x", IdSource(1).session_token()], ids=["none", "damaged", "another"])
def test_a_session_token_that_does_not_match_is_answered_before_the_signature(clocked: Wire, token: str | None) -> None:
    assert clocked.call("GetCallerIdentity", with_token(session(clocked), token)) == INVALID


def test_the_token_of_another_session_is_answered_before_the_signature(clocked: Wire) -> None:
    mine, other = session(clocked), session(clocked)
    assert clocked.call("GetCallerIdentity", with_token(mine, other.token)) == INVALID


@pytest.mark.parametrize("token", [None, "x"], ids=["none", "damaged"])
def test_a_session_token_that_does_not_match_is_answered_before_its_expiry(
    clocked: Wire, clock: ManualClock, token: str | None
) -> None:
    key = session(clocked)
    clock.advance(timedelta(hours=2))
    assert clocked.call("GetCallerIdentity", Key(key.id, key.secret, token)) == INVALID


def test_an_expired_token_is_answered_before_a_wrong_signature(clocked: Wire, clock: ManualClock) -> None:
    key = session(clocked)
    clock.advance(timedelta(hours=2))
    assert clocked.call("GetCallerIdentity", with_token(key, key.token)) == EXPIRED


def test_a_token_holds_until_the_moment_of_its_expiry(clocked: Wire, clock: ManualClock) -> None:
    key = session(clocked)
    clock.advance(timedelta(hours=1) - timedelta(seconds=1))
    assert clocked.call("GetCallerIdentity", key)["Account"] == "123456789012"
    clock.advance(timedelta(seconds=1))
    assert clocked.call("GetCallerIdentity", key) == EXPIRED


def test_a_token_that_holds_still_is_held_to_its_signature(clocked: Wire) -> None:
    key = session(clocked)
    assert clocked.call("GetCallerIdentity", with_token(key, key.token)) == WRONG


def deleted_owner(wire: Wire) -> Key:
    """A session of a user who is gone."""
    wire.call("CreateUser", ROOT, UserName="alice")
    key = wire.key("alice", ROOT)
    temporary = session(wire, key)
    wire.call("DeleteAccessKey", ROOT, UserName="alice", AccessKeyId=key.id)
    assert wire.call("DeleteUser", ROOT, UserName="alice") is None
    return temporary


def test_a_session_whose_user_is_gone_is_answered_before_a_wrong_signature(clocked: Wire) -> None:
    key = deleted_owner(clocked)
    assert clocked.call("GetCallerIdentity", with_token(key, key.token)) == INVALID


def test_an_expired_token_is_answered_before_the_deletion_of_its_owner(clocked: Wire, clock: ManualClock) -> None:
    """Recorded for a deleted role; of a deleted user by analogy (facts, 2.1 step 10)."""
    key = deleted_owner(clocked)
    clock.advance(timedelta(days=2))
    assert clocked.call("GetCallerIdentity", key) == EXPIRED


SHORT_KEY = {"AccessKeyId": "short", "Status": "Frozen"}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param(None, MISSING_TOKEN, id="missing token before validation"),
        pytest.param(UNKNOWN, INVALID, id="unknown key before validation"),
        pytest.param(WRONG_SECRET, WRONG, id="wrong signature before validation"),
    ],
)
def test_authentication_is_answered_before_validation(strict: Wire, key: Key | None, expected: AwsError) -> None:
    assert strict.call("UpdateAccessKey", key, **SHORT_KEY) == expected


def test_authentication_is_answered_before_a_malformed_integer(strict: Wire) -> None:
    assert strict.call("ListUsers", WRONG_SECRET, MaxItems="abc") == WRONG


def test_authentication_is_answered_before_an_operation_not_implemented(strict: Wire) -> None:
    assert strict.call("GenerateOrganizationsAccessReport", WRONG_SECRET) == WRONG


def test_authentication_is_answered_before_the_existence_of_the_user(strict: Wire) -> None:
    assert strict.call("GetUser", WRONG_SECRET, UserName="nobody") == WRONG


def test_what_a_session_may_not_do_is_answered_before_the_existence_of_the_user(clocked: Wire) -> None:
    refused = AwsError("InvalidClientTokenId", WITHOUT_MFA, 403)
    assert clocked.call("GetUser", session(clocked), UserName="nobody") == refused


def test_an_unknown_access_key_is_denied_before_its_owner_is_looked_for(strict: Wire) -> None:
    assert strict.call("GetAccessKeyLastUsed", ROOT, AccessKeyId=UNKNOWN.id) == AwsError(
        "AccessDenied",
        "User: arn:aws:iam::123456789012:root is not authorized to perform iam:GetAccessKeyLastUsed "
        f"on resource: access key {UNKNOWN.id}",
        403,
    )


def test_a_malformed_integer_is_answered_before_validation(strict: Wire) -> None:
    answer = strict.call("ListUsers", ROOT, MaxItems="abc", PathPrefix="no slash")
    assert answer == AwsError("MalformedInput", None, 400)


def test_validation_is_answered_before_an_unknown_user(strict: Wire) -> None:
    assert strict.call("UpdateAccessKey", ROOT, UserName="nobody", AccessKeyId="A" * 16, Status="Frozen") == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set",
        400,
    )


@pytest.mark.parametrize("action", ["UpdateAccessKey", "DeleteAccessKey"])
def test_an_unknown_user_is_answered_before_an_unknown_key(strict: Wire, action: str) -> None:
    answer = strict.call(action, ROOT, UserName="nobody", AccessKeyId=UNKNOWN.id, Status="Active")
    assert answer == AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)


def test_the_first_of_several_authorization_headers_counts(strict: Wire) -> None:
    request = form_request("ListUsers", ROOT)
    assert strict.send(with_header(request, "Authorization", "X")).status == 200
    first = with_headers(request, [("Authorization", "X"), *request.headers.items()])
    assert read(strict.send(first)) == ALGORITHM_X


def test_a_request_without_a_fault_is_answered(strict: Wire) -> None:
    """The ground on which the faults above stand."""
    assert strict.call("ListUsers", ROOT)["IsTruncated"] == "false"
    assert strict.call("GetCallerIdentity", ROOT)["Account"] == "123456789012"
    assert strict.call("GetCallerIdentity", session(strict))["Account"] == "123456789012"
    body = urlencode({"Action": "ListUsers", "Version": IAM_VERSION}).encode()
    assert raw(strict.send(WireRequest.of("POST", "/", "", [("Host", HOST), ("Content-Type", FORM)], body)))[0] == 403
