"""A key that may not call is dead for every service, in each service's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM
from tests.boto3.callers import signed
from tests.gate.clients import Clients
from tests.gate.upstream import BODY, Upstream
from tests.support import INVALID_TOKEN, AwsError, Key, error

UNKNOWN_TO_S3 = AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
DEAD: dict[str, tuple[Callable[[Any], Any], AwsError]] = {
    "s3": (lambda client: client.list_buckets, UNKNOWN_TO_S3),
    "dynamodb": (lambda client: client.list_tables, AwsError("UnrecognizedClientException", INVALID_TOKEN, 400)),
    "sqs": (lambda client: client.list_queues, AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)),
    "lambda": (lambda client: client.list_functions, AwsError("UnrecognizedClientException", INVALID_TOKEN, 403)),
    "sns": (lambda client: client.list_topics, AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)),
    "ec2": (
        lambda client: client.describe_regions,
        AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    ),
    "cloudwatch": (lambda client: client.list_metrics, AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)),
    "route53": (lambda client: client.list_hosted_zones, AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)),
}
MISMATCHES = {
    "s3": AwsError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.",
        403,
    ),
    "dynamodb": ("InvalidSignatureException", 400),
    "lambda": ("InvalidSignatureException", 403),
    "sns": ("SignatureDoesNotMatch", 403),
}


@pytest.mark.parametrize("service", DEAD)
def test_an_inactive_key_is_dead(iam: Any, upstream: Upstream, alice: Key, clients: Clients, service: str) -> None:
    client = clients(service)
    method, refusal = DEAD[service]
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert error(method(client)) == refusal
    assert upstream.sent == []


def test_a_key_that_is_switched_on_again_lives(iam: Any, upstream: Upstream, alice: Key, clients: Clients) -> None:
    for status in ("Inactive", "Active"):
        iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status=status)
    clients("dynamodb").list_tables()
    assert len(upstream.sent) == 1


def test_a_deleted_key_is_dead(iam: Any, upstream: Upstream, alice: Key, clients: Clients) -> None:
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    assert error(clients("s3").get_object, Bucket="bucket", Key="key") == UNKNOWN_TO_S3
    assert upstream.sent == []


def test_the_answer_to_head_has_the_status_alone(iam: Any, alice: Key, clients: Clients) -> None:
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    assert error(clients("s3").head_bucket, Bucket="bucket") == AwsError("403", "Forbidden", 403)


@pytest.mark.parametrize("service", MISMATCHES)
def test_a_wrong_secret_is_refused(gate: FakeIAM, upstream: Upstream, alice: Key, service: str) -> None:
    method = DEAD[service][0](Clients(gate.url, Key(alice.id, "wrong"))(service))
    found, expected = error(method), MISMATCHES[service]
    assert (found if isinstance(expected, AwsError) else (found.code, found.status)) == expected
    assert upstream.sent == []


def test_the_xml_of_s3_names_the_key(gate: FakeIAM, alice: Key, iam: Any, clients: Clients) -> None:
    url = clients("s3", signature_version="s3v4").generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    answer = requests.get(url, timeout=10)
    assert answer.headers["Content-Type"] == "application/xml"
    request_id = answer.headers["x-amz-request-id"]
    assert answer.text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id '
        f"you provided does not exist in our records.</Message><AWSAccessKeyId>{alice.id}</AWSAccessKeyId>"
        f"<RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>"
    )


@pytest.mark.parametrize("version", ["s3v4", "s3"])
@pytest.mark.parametrize("key", ["plain", "a b/ü+c=d", "a//b"])
def test_a_signed_url_is_good_until_its_key_is_not(
    upstream: Upstream, iam: Any, alice: Key, clients: Clients, version: str, key: str
) -> None:
    s3 = clients("s3", signature_version=version)
    url = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": key, "ResponseContentType": "a/b"})
    assert requests.get(url, timeout=10).text == BODY
    assert alice.id not in upstream.sent[0].line
    assert requests.get(url.replace("bucket", "basket"), timeout=10).status_code == 403
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert requests.get(url, timeout=10).status_code == 403
    assert len(upstream.sent) == 1


@pytest.mark.parametrize("version", ["s3v4", "s3"])
def test_where_dates_are_judged_a_signed_url_ends(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    with FakeIAM(upstream=upstream.url, auth="strict") as gate:
        root = gate.assembled.root_access_key()
        assert root is not None
        s3 = Clients(gate.url, Key(*root))("s3", signature_version=version)
        good = s3.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"}, ExpiresIn=60)
        past = datetime.now(timezone.utc) - timedelta(hours=1)
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: past.replace(tzinfo=None))
        monkeypatch.setattr("botocore.auth.time.time", past.timestamp)
        ended = s3.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"}, ExpiresIn=60)
        assert requests.get(good, timeout=10).text == BODY
        answer = requests.get(ended, timeout=10)
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.text


@pytest.mark.parametrize("key", ["a b", "a//b", "../x", "ü=&?#%", "a+b*c'(d)!e~f"])
def test_keys_of_objects_are_signed_as_they_are(upstream: Upstream, clients: Clients, key: str) -> None:
    clients("s3").put_object(Bucket="bucket", Key=key, Body=b"x")
    assert len(upstream.sent) == 1


def test_a_bucket_in_the_host_s_name_is_signed_with_it(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    port = gate.url.rpartition(":")[2]
    s3 = Clients(f"http://localhost:{port}", alice)("s3", s3={"addressing_style": "virtual"})
    url = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "key"})
    host = f"bucket.localhost:{port}"
    assert url.startswith(f"http://{host}/key?")
    assert requests.get(url.replace("bucket.localhost", "127.0.0.1"), headers={"Host": host}, timeout=10).text == BODY
    (call,) = gate.calls("s3:*")
    assert call.parameters == {"Bucket": "bucket", "Key": "key"}


def test_paths_of_other_services_are_signed_twice_encoded(upstream: Upstream, clients: Clients) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    clients("lambda").get_function(FunctionName=arn, Qualifier="$LATEST")
    assert upstream.sent[0].line == f"GET /2015-03-31/functions/{arn.replace(':', '%3A')}?Qualifier=%24LATEST HTTP/1.1"


def test_a_session_needs_its_token(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    made = signed(gate, "sts", alice).get_session_token()["Credentials"]
    session = Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    Clients(gate.url, session)("dynamodb").list_tables()
    assert len(upstream.sent) == 1
    without = Clients(gate.url, Key(session.id, session.secret))
    assert error(without("dynamodb").list_tables) == AwsError("UnrecognizedClientException", INVALID_TOKEN, 400)
    wrong = Clients(gate.url, Key(session.id, session.secret, "wrong"))
    assert error(wrong("s3").list_buckets) == AwsError(
        "InvalidToken", "The provided token is malformed or otherwise invalid.", 400
    )


def test_an_expired_session_is_told_so(gate: FakeIAM, alice: Key) -> None:
    made = signed(gate, "sts", alice).get_session_token(DurationSeconds=900)["Credentials"]
    clients = Clients(gate.url, Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))
    gate.clock.advance("16 minutes")
    assert error(clients("s3").list_buckets) == AwsError("ExpiredToken", "The provided token has expired.", 400)
    assert error(clients("dynamodb").list_tables) == AwsError(
        "ExpiredTokenException", "The security token included in the request is expired", 400
    )


def test_the_use_of_a_key_is_noted(gate: FakeIAM, iam: Any, alice: Key, clients: Clients) -> None:
    clients("sqs", region="eu-north-1").list_queues()
    used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sqs", "eu-north-1")


def test_unknown_keys_pass_where_dummy_credentials_do(gate: FakeIAM, upstream: Upstream) -> None:
    Clients(gate.url, Key("test", "test"))("s3").list_buckets()
    assert len(upstream.sent) == 1


def test_in_strict_unknown_keys_do_not_pass(upstream: Upstream) -> None:
    with FakeIAM(upstream=upstream.url, auth="strict") as gate:
        clients = Clients(gate.url, Key("test", "test"))
        assert error(clients("s3").list_buckets) == UNKNOWN_TO_S3
        target = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
        unsigned = requests.post(gate.url, b"{}", headers=target, timeout=10)
    assert unsigned.status_code == 400
    assert unsigned.json() == {
        "__type": "MissingAuthenticationTokenException",
        "message": "Request is missing Authentication Token",
    }
    assert upstream.sent == []


def test_what_takes_no_signature_takes_none_in_strict(upstream: Upstream) -> None:
    target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp", "Content-Type": "application/x-amz-json-1.1"}
    with FakeIAM(upstream=upstream.url, auth="strict") as gate:
        assert requests.post(gate.url, b"{}", headers=target, timeout=10).text == BODY


def test_in_strict_an_old_signature_is_refused(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeIAM(upstream=upstream.url, auth="strict") as gate:
        root = gate.assembled.root_access_key()
        assert root is not None
        s3 = Clients(gate.url, Key(*root))("s3")
        past = datetime.now(timezone.utc) - timedelta(hours=1)
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: past.replace(tzinfo=None))
        assert error(s3.list_buckets) == AwsError(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            403,
        )
