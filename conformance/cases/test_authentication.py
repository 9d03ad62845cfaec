from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import assumed, fake_only, observed
from conformance.signing import ALGORITHM, STAMP, Headers, Key, Signature
from conformance.sources import ONLY_STS_SEEN, ORACLE, ORDER_CHART, VERSITY, on_both
from conformance.targets import FORM, Service, Target

INVALID_TOKEN = "The security token included in the request is invalid."
DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
MISMATCH = AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    403,
)
UNSIGNED = AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
REGION = "Credential should be scoped to a valid region. "
ABSENT = "AKIAQAAAAAAAAAAAAAAA"
CALLS: dict[Service, dict[str, str]] = {
    "sts": {"Action": "GetCallerIdentity", "Version": "2011-06-15"},
    "iam": {"Action": "ListUsers", "Version": "2010-05-08", "MaxItems": "1"},
}
QUERIES: dict[Service, str] = {
    "sts": "Action=GetCallerIdentity&Version=2011-06-15",
    "iam": "Action=ListUsers&MaxItems=1&Version=2010-05-08",
}


both = pytest.mark.parametrize("service", ["sts", "iam"])


def mismatch(message: str | None) -> AwsError:
    return AwsError("SignatureDoesNotMatch", message, 403)


def incomplete(message: str) -> AwsError:
    return AwsError("IncompleteSignature", message, 400)


def signed_with(aws: Target, service: Service, key: Key | None = None, **parts: Any) -> AwsError:
    """The error of a call that is signed wrongly in these parts."""
    return aws.post(service, CALLS[service], signature=aws.signature(service, key, **parts)).error()


def with_header(aws: Target, service: Service, authorization: str, dated: bool = True) -> AwsError:
    """The error of a call with this Authorization header."""
    headers: Headers = [("X-Amz-Date", datetime.now(timezone.utc).strftime(STAMP))] if dated else []
    headers.append(("Authorization", authorization))
    return aws.post(service, CALLS[service], headers=headers, signed=False).error()


def authorization(aws: Target, service: Service) -> tuple[Headers, str, bytes]:
    """The headers of a right signature, the Authorization apart, and the body they sign."""
    body = QUERIES[service].encode()
    headers: Headers = [("Host", aws.host(service)), ("Content-Type", FORM)]
    signed = aws.signature(service).headers("POST", "/", "", headers, body)
    return signed[:-1], signed[-1][1], body


# Right signatures


@on_both("2.2:GET with everything in the query", "C16")
def test_a_signed_post_of_a_form_is_served(aws: Target, service: Service) -> None:
    aws.post(service, CALLS[service]).succeeded()


@on_both("2.2:GET with everything in the query", "C16")
def test_a_signed_get_is_served(aws: Target, service: Service) -> None:
    aws.get(service, QUERIES[service]).succeeded()


@on_both("2.2:GET with everything in the query", "C16")
def test_a_presigned_get_is_served(aws: Target, service: Service) -> None:
    aws.presigned(service, QUERIES[service]).succeeded()


@observed(*ORACLE, "2.2:GET with everything in the query", "C16")
def test_session_credentials_sign_in_the_header_and_in_the_query(aws: Target, new_user: People) -> None:
    made = aws.signing_with(new_user.key(new_user())).sts.get_session_token()["Credentials"]
    temporary = aws.signature("sts", Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))
    aws.post("sts", CALLS["sts"], signature=temporary).succeeded()
    aws.get("sts", QUERIES["sts"], signature=temporary).succeeded()
    aws.presigned("sts", QUERIES["sts"], temporary).succeeded()


@on_both("2.2:x-amz-content-sha256")
def test_a_declared_hash_that_is_right_is_fine(aws: Target, service: Service) -> None:
    digest = hashlib.sha256(QUERIES[service].encode()).hexdigest()
    aws.post(service, QUERIES[service], headers=[("X-Amz-Content-Sha256", digest)]).succeeded()


@both
@assumed("seen at other services; getmoto/moto#9580 is of a mock that refused it", "C16")
def test_a_json_body_is_no_reason_for_a_wrong_signature(aws: Target, service: Service) -> None:
    aws.post(service, b'{"a": "b"}', content_type="application/json", query=QUERIES[service]).succeeded()


@both
@assumed(VERSITY, "2.2:X-Amz-Expires is ignored")
def test_the_expiry_of_a_presigned_url_is_ignored(aws: Target, service: Service) -> None:
    a_minute_ago = datetime.now(timezone.utc) - timedelta(minutes=1)
    aws.presigned(service, QUERIES[service], aws.signature(service, at=a_minute_ago), expires=1).succeeded()


@both
@assumed(ORDER_CHART, "2.1:6")
def test_of_a_part_given_twice_the_last_counts_in_the_header(aws: Target, service: Service) -> None:
    headers, right, body = authorization(aws, service)
    twice = right.replace(ALGORITHM, f"{ALGORITHM} Signature=wrong,")
    aws.send(service, "POST", "/", [*headers, ("Authorization", twice)], body).succeeded()


@both
@assumed(ORDER_CHART, "2.1:5")
def test_of_two_authorization_headers_the_first_counts(aws: Target, service: Service) -> None:
    headers, right, body = authorization(aws, service)
    sent = [*headers, ("Authorization", right), ("Authorization", "Basic x")]
    aws.send(service, "POST", "/", sent, body).succeeded()


# No signature, or a malformed one


@pytest.mark.parametrize(
    "service",
    [
        pytest.param(
            "sts",
            marks=observed("undated", "amzn/selling-partner-api-docs#3081, a raw answer", "auth-missing"),
            id="sts",
        ),
        pytest.param("iam", marks=assumed(ONLY_STS_SEEN, "auth-missing"), id="iam"),
    ],
)
def test_a_call_must_be_signed(aws: Target, service: Service) -> None:
    assert aws.post(service, CALLS[service], signed=False).error() == UNSIGNED


@observed("undated", "amzn/selling-partner-api-docs#3081, a raw answer", "auth-missing", "1.2:STS 297 bytes")
def test_the_refusal_of_an_unsigned_call_has_297_bytes(aws: Target) -> None:
    assert len(aws.post("sts", CALLS["sts"], signed=False).body) == 297


@both
@assumed(ORDER_CHART, "auth-both-places")
def test_a_signature_in_both_places_has_no_message(aws: Target, service: Service) -> None:
    answer = aws.post(service, CALLS[service], query=f"X-Amz-Algorithm={ALGORITHM}")
    assert answer.error() == mismatch(None)


@both
@assumed(ORDER_CHART, "auth-bad-algorithm")
def test_another_algorithm_is_named(aws: Target, service: Service) -> None:
    got = with_header(aws, service, "Basic Zm9vOmJhcg==")
    assert got == incomplete("Unsupported AWS 'algorithm': 'Basic'.")


@both
@observed("undated", "aws/aws-sdk-go#289, aws/aws-cli#4385 (ListUsers)", "auth-not-key-value")
def test_a_part_without_an_equal_sign_is_named(aws: Target, service: Service) -> None:
    header = f"{ALGORITHM} Credential=AKIAQ AAAA, oops, SignedHeaders=host, Signature=x"
    assert with_header(aws, service, header) == incomplete(
        f"'oops' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
    )


MISSING_DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."


@both
@observed("undated", "aws/chalice#828 (API Gateway)", "auth-missing-all-components")
def test_everything_that_is_missing_is_said_at_once(aws: Target, service: Service) -> None:
    sentences = [f"Authorization header requires '{name}' parameter." for name in ("Credential", "Signature")]
    sentences += ["Authorization header requires 'SignedHeaders' parameter.", MISSING_DATE]
    expected = incomplete(f"{' '.join(sentences)} Authorization={ALGORITHM}")
    assert with_header(aws, service, ALGORITHM, dated=False) == expected


@both
@observed("undated", "brendanhay/amazonka#316 (SES)", "auth-missing-signature")
def test_a_missing_signature_and_its_headers_are_said(aws: Target, service: Service) -> None:
    header = f"{ALGORITHM} Credential=x"
    assert with_header(aws, service, header) == incomplete(
        "Authorization header requires 'Signature' parameter. "
        f"Authorization header requires 'SignedHeaders' parameter. Authorization={header}"
    )


@both
@assumed(ORDER_CHART, "auth-missing-date")
def test_a_missing_date_is_said(aws: Target, service: Service) -> None:
    header = f"{ALGORITHM} Credential=a/b/c/d/e, SignedHeaders=host, Signature=x"
    expected = incomplete(f"{MISSING_DATE} Authorization={ALGORITHM}")
    assert with_header(aws, service, header, dated=False) == expected


@both
@assumed(ORDER_CHART, "auth-query-missing")
def test_all_that_a_presigned_url_lacks_is_said_at_once(aws: Target, service: Service) -> None:
    target = f"/?{QUERIES[service]}&X-Amz-Algorithm={ALGORITHM}"
    answer = aws.send(service, "GET", target, [("Host", aws.host(service))])
    names = ("X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
    sentences = [f"AWS query-string parameters must include '{name}'." for name in names]
    assert answer.error() == incomplete(f"{' '.join(sentences)} Re-examine the query-string parameters.")


@both
@observed("undated", "mhart/dynalite; dacut/scratchstack", "auth-date-format")
def test_a_date_of_another_format_is_named(aws: Target, service: Service) -> None:
    assert signed_with(aws, service, stamp="yesterday") == incomplete(
        "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601"
    )


@both
@observed("undated", "mhart/dynalite; fluent/fluent-bit", "auth-credential-five-parts")
def test_a_credential_has_five_parts(aws: Target, service: Service) -> None:
    header = f"{ALGORITHM} Credential=a/b/c, SignedHeaders=host;x-amz-date, Signature=x"
    assert with_header(aws, service, header) == incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c'"
    )


@both
@assumed(ORDER_CHART, "auth-host-not-signed")
def test_the_host_must_be_signed(aws: Target, service: Service) -> None:
    expected = mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    assert signed_with(aws, service, unsigned_headers=("host",)) == expected


@both
@observed("undated", "awslabs/aws-mobile-appsync-sdk-js#702", "auth-signedheader-absent")
def test_a_signed_header_must_exist(aws: Target, service: Service) -> None:
    assert signed_with(aws, service, signed_headers=("x-gone",)) == incomplete(
        "'x-gone' is named as a SignedHeader, but it does not exist in the HTTP request."
    )


# The date


def moment(text: str) -> datetime:
    return datetime.strptime(text, STAMP).replace(tzinfo=timezone.utc)


@both
@observed("undated", "aws/aws-cli#6676 (STS), devsecops/bootcamp#101", "auth-expired-date")
def test_a_signature_expires_after_a_quarter_of_an_hour(aws: Target, service: Service) -> None:
    at = datetime.now(timezone.utc) - timedelta(minutes=16)
    got = signed_with(aws, service, at=at)
    assert (got.code, got.status) == ("SignatureDoesNotMatch", 403)
    form = r"Signature expired: (\w+) is now earlier than (\w+) \((\w+) - 15 min\.\)"
    found = re.fullmatch(form, got.message or "")
    assert found, f"expected 'Signature expired: ...', got {got}"
    assert found[1] == at.strftime(STAMP)
    assert moment(found[3]) - moment(found[2]) == timedelta(minutes=15)


@both
@observed("undated", "dacut/scratchstack; NickWaterton/Roomba980-Python#118 (5 minutes)", "auth-future-date")
def test_a_signature_is_not_yet_current_before_a_quarter_of_an_hour(aws: Target, service: Service) -> None:
    at = datetime.now(timezone.utc) + timedelta(minutes=16)
    got = signed_with(aws, service, at=at)
    assert (got.code, got.status) == ("SignatureDoesNotMatch", 403)
    form = r"Signature not yet current: (\w+) is still later than (\w+) \((\w+) \+ 15 min\.\)"
    found = re.fullmatch(form, got.message or "")
    assert found, f"expected 'Signature not yet current: ...', got {got}"
    assert found[1] == at.strftime(STAMP)
    assert moment(found[2]) - moment(found[3]) == timedelta(minutes=15)


@pytest.mark.parametrize("minutes", [-14, 14])
@both
@observed("undated", "dacut/scratchstack; aws/aws-cli#6676", "auth-expired-date", "auth-future-date")
def test_fourteen_minutes_either_way_are_fine(aws: Target, service: Service, minutes: int) -> None:
    at = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    aws.post(service, CALLS[service], signature=aws.signature(service, at=at)).succeeded()


# The scope


@observed(*ORACLE, "auth-region-2026")
def test_a_wrong_region_at_sts_is_not_named(aws: Target) -> None:
    assert signed_with(aws, "sts", region="nowhere") == mismatch(REGION)


@observed("2022", "JuliaCloud/AWS.jl#565 (ListAccessKeys); aws/aws-sdk-go#156", "auth-region-named")
def test_a_wrong_region_at_iam_is_named(aws: Target) -> None:
    expected = mismatch("Credential should be scoped to a valid region, not 'nowhere'. ")
    assert signed_with(aws, "iam", region="nowhere") == expected


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-northwest-1", "us-gov-east-1", "aws-global"])
@fake_only("AWS's endpoints of IAM take one region each")
@assumed("SDKs that are given an endpoint sign for their own region: AWS's rules for endpoints do not apply then")
def test_iam_at_an_endpoint_of_ones_own_takes_every_region(aws: Target, region: str) -> None:
    assert aws.client("iam", aws.key, region).list_users(MaxItems=1)["Users"] is not None


@on_both("auth-service")
def test_a_wrong_service_is_told_the_right_one(aws: Target, service: Service) -> None:
    got = aws.post(service, CALLS[service], signature=Signature(key=aws.key, service="s3")).error()
    assert got == mismatch(f"Credential should be scoped to correct service: '{service}'. ")


@observed(*ORACLE, "auth-region-and-service")
def test_a_wrong_region_and_a_wrong_service_are_said_in_this_order(aws: Target) -> None:
    signature = Signature(key=aws.key, service="s3", region="nowhere")
    got = aws.post("sts", CALLS["sts"], signature=signature).error()
    assert got == mismatch(f"{REGION}Credential should be scoped to correct service: 'sts'. ")


@both
@observed("undated", "mhart/dynalite; the guide's page on troubleshooting signatures", "auth-terminator")
def test_a_wrong_terminator_is_named(aws: Target, service: Service) -> None:
    assert signed_with(aws, service, terminator="aws3_request") == mismatch(
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'. "
    )


@both
@observed("undated", "mhart/dynalite", "auth-scope-date")
def test_the_date_of_the_scope_is_the_date_of_the_request(aws: Target, service: Service) -> None:
    at = datetime.now(timezone.utc)
    assert signed_with(aws, service, at=at, day="20150830") == mismatch(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'20150830' != '{at:%Y%m%d}', from '{at.strftime(STAMP)}'."
    )


# Key and secret


@on_both("auth-signature-mismatch", "auth-signature-mismatch-long", "C14")
def test_a_wrong_secret_does_not_match(aws: Target, new_user: People, service: Service) -> None:
    key = new_user.key(new_user())
    assert signed_with(aws, service, Key(key.id, "wrong")) == MISMATCH


@both
@observed("undated", "hashicorp/aws-sdk-go-base; many users quote it", "auth-unknown-key", "C14")
def test_an_unknown_key_is_an_invalid_token(aws: Target, service: Service) -> None:
    assert signed_with(aws, service, Key(ABSENT, "wrong")) == DEAD


@on_both("auth-signature-mismatch")
def test_a_body_other_than_the_signed_one_does_not_match(aws: Target, service: Service) -> None:
    headers, right, body = authorization(aws, service)
    answer = aws.send(service, "POST", "/", [*headers, ("Authorization", right)], body + b"&x=1")
    assert answer.error() == MISMATCH


@pytest.mark.parametrize("declared", ["UNSIGNED-PAYLOAD", "0" * 64], ids=["unsigned payload", "wrong hash"])
@on_both("auth-unsigned-payload", "2.2:x-amz-content-sha256")
def test_the_declared_hash_must_be_that_of_the_body(aws: Target, service: Service, declared: str) -> None:
    answer = aws.post(service, CALLS[service], headers=[("X-Amz-Content-Sha256", declared)])
    assert answer.error() == MISMATCH


# Which check comes first


def dead_key(aws: Target, new_user: People) -> Key:
    alice = new_user()
    key = new_user.key(alice)
    aws.iam.update_access_key(UserName=alice, AccessKeyId=key.id, Status="Inactive")
    caller = aws.signing_with(key)
    assert aws.settle(lambda: aws.error(caller.sts.get_caller_identity), DEAD) == DEAD
    return key


@on_both("2.1:10", "auth-inactive-key")
def test_an_inactive_key_is_said_before_a_wrong_secret(aws: Target, new_user: People, service: Service) -> None:
    key = dead_key(aws, new_user)
    assert signed_with(aws, service, Key(key.id, "wrong")) == DEAD


@observed(*ORACLE, "2.1:10", "auth-region-2026")
def test_a_wrong_scope_is_said_before_an_inactive_key(aws: Target, new_user: People) -> None:
    assert signed_with(aws, "sts", dead_key(aws, new_user), region="nowhere") == mismatch(REGION)


@observed(*ORACLE, "auth-inactive-key")
def test_an_inactive_key_with_a_token_is_as_dead(aws: Target, new_user: People) -> None:
    key = dead_key(aws, new_user)
    assert signed_with(aws, "sts", Key(key.id, key.secret, "token")) == DEAD


@both
@assumed(ORDER_CHART, "2.1:8")
def test_an_old_date_is_said_before_a_wrong_scope(aws: Target, service: Service) -> None:
    at = datetime.now(timezone.utc) - timedelta(minutes=16)
    got = signed_with(aws, service, at=at, region="nowhere")
    assert (got.message or "").startswith("Signature expired: "), f"expected 'Signature expired: ...', got {got}"


@both
@assumed(ORDER_CHART, "2.1:7")
def test_an_unsigned_host_is_said_before_a_date_of_another_format(aws: Target, service: Service) -> None:
    expected = mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    assert signed_with(aws, service, stamp="yesterday", unsigned_headers=("host",)) == expected


@both
@assumed(ORDER_CHART, "2.1:6")
def test_the_algorithm_is_looked_at_before_the_parts(aws: Target, service: Service) -> None:
    assert with_header(aws, service, "Basic oops") == incomplete("Unsupported AWS 'algorithm': 'Basic'.")


@assumed("authentication comes before the parameters, as in all services", "2.1:12")
def test_a_dead_key_is_said_before_bad_parameters(aws: Target) -> None:
    form = {"Action": "UpdateAccessKey", "Version": "2010-05-08"}
    answer = aws.post("iam", form, signature=aws.signature("iam", Key(ABSENT, "wrong")))
    assert answer.error() == DEAD


@both
@assumed("not known whether the action is looked up before authentication", "2.1:12", "10:InvalidAction")
def test_an_unknown_action_is_said_before_a_missing_signature(aws: Target, service: Service) -> None:
    version = CALLS[service]["Version"]
    answer = aws.post(service, {"Action": "Dance", "Version": version}, signed=False)
    expected = AwsError("InvalidAction", f"Could not find operation Dance for version {version}", 400)
    assert answer.error() == expected
