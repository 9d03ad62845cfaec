"""Policies decide about calls of other services: their own actions, on the resources that requests name."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM
from tests.gate.clients import REGION, Clients
from tests.gate.upstream import Upstream
from tests.support import AwsError, Key, error

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
Allow = Callable[..., None]
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"


@pytest.fixture
def allow(gate: FakeIAM, iam: Any) -> Allow:
    """Lets policies decide, and gives alice one that has these statements."""

    def put(*statements: dict[str, Any]) -> None:
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]}
        iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=json.dumps(document))
        gate.enforce_policies("on")

    return put


def denied(action: str, resource: str | None, code: str, status: int) -> AwsError:
    on = f" on resource: {resource}" if resource is not None else ""
    text = f"User: {ALICE} is not authorized to perform: {action}{on} because no identity-based policy allows the "
    return AwsError(code, f"{text}{action} action", status)


def s3_denied(action: str, path: str) -> AwsError:
    return denied(action, f'"arn:aws:s3:::{path}"', "AccessDenied", 403)


REFUSED: list[tuple[str, str, dict[str, Any], AwsError]] = [
    ("s3", "get_object", {"Bucket": "bucket", "Key": "a b/ü"}, s3_denied("s3:GetObject", "bucket/a b/ü")),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "k", "Body": b"x"}, s3_denied("s3:PutObject", "bucket/k")),
    ("s3", "list_objects_v2", {"Bucket": "bucket"}, s3_denied("s3:ListBucket", "bucket")),
    ("s3", "list_buckets", {}, denied("s3:ListAllMyBuckets", None, "AccessDenied", 403)),
    ("s3", "get_bucket_encryption", {"Bucket": "b3"}, s3_denied("s3:GetEncryptionConfiguration", "b3")),
    ("s3", "delete_bucket_cors", {"Bucket": "b3"}, s3_denied("s3:PutBucketCORS", "b3")),
    (
        "s3",
        "get_object",
        {"Bucket": "bucket", "Key": "k", "VersionId": "1"},
        s3_denied("s3:GetObjectVersion", "bucket/k"),
    ),
    (
        "s3",
        "upload_part",
        {"Bucket": "bucket", "Key": "k", "UploadId": "u", "PartNumber": 1, "Body": b"x"},
        s3_denied("s3:PutObject", "bucket/k"),
    ),
    (
        "dynamodb",
        "get_item",
        {"TableName": "rows", "Key": {"id": {"S": "1"}}},
        denied("dynamodb:GetItem", f"{TABLE}/rows", "AccessDeniedException", 400),
    ),
    (
        "dynamodb",
        "query",
        {"TableName": "rows", "IndexName": "by-date", "KeyConditionExpression": "a = b"},
        denied("dynamodb:Query", f"{TABLE}/rows/index/by-date", "AccessDeniedException", 400),
    ),
    ("dynamodb", "list_tables", {}, denied("dynamodb:ListTables", f"{TABLE}/*", "AccessDeniedException", 400)),
    (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Delete": {"TableName": "rows", "Key": {"id": {"S": "1"}}}}]},
        denied("dynamodb:DeleteItem", f"{TABLE}/rows", "AccessDeniedException", 400),
    ),
    (
        "dynamodb",
        "execute_statement",
        {"Statement": 'UPDATE "rows" SET a = 1 WHERE id = 2'},
        denied("dynamodb:PartiQLUpdate", f"{TABLE}/rows", "AccessDeniedException", 400),
    ),
    (
        "dynamodb",
        "execute_statement",
        {"Statement": 'select * from "rows"."by-date"'},
        denied("dynamodb:PartiQLSelect", f"{TABLE}/rows", "AccessDeniedException", 400),
    ),
    (
        "sqs",
        "send_message",
        {"QueueUrl": QUEUE, "MessageBody": "x"},
        denied("sqs:sendmessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs", "AccessDenied", 403),
    ),
    (
        "sqs",
        "receive_message",
        {"QueueUrl": "http://localhost/210987654321/jobs"},
        denied("sqs:receivemessage", f"arn:aws:sqs:{REGION}:210987654321:jobs", "AccessDenied", 403),
    ),
    (
        "sns",
        "publish",
        {"TopicArn": TOPIC, "Message": "x"},
        denied("SNS:Publish", TOPIC, "AuthorizationError", 403),
    ),
    (
        "lambda",
        "invoke",
        {"FunctionName": "f", "Payload": b"{}"},
        denied(
            "lambda:InvokeFunction",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
            "AccessDeniedException",
            403,
        ),
    ),
    ("lambda", "list_functions", {}, denied("lambda:ListFunctions", "*", "AccessDeniedException", 403)),
    (
        "kms",
        "encrypt",
        {"KeyId": "alias/x", "Plaintext": b"x"},
        denied("kms:Encrypt", "*", "AccessDeniedException", 400),
    ),
    (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "db"},
        denied(
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-??????",
            "AccessDeniedException",
            400,
        ),
    ),
    (
        "cloudwatch",
        "list_metrics",
        {},
        denied("cloudwatch:ListMetrics", "*", "AccessDenied", 403),
    ),
    (
        "apigateway",
        "get_resources",
        {"restApiId": "a1"},
        denied(
            "apigateway:GET",
            f"arn:aws:apigateway:{REGION}::/restapis/a1/resources",
            "AccessDeniedException",
            403,
        ),
    ),
]


@pytest.mark.parametrize(
    ("service", "method", "parameters", "refusal"), REFUSED, ids=[f"{each[0]}-{each[1]}" for each in REFUSED]
)
def test_what_no_policy_allows_is_refused_in_the_service_s_words(
    upstream: Upstream,
    clients: Clients,
    allow: Allow,
    service: str,
    method: str,
    parameters: dict[str, Any],
    refusal: AwsError,
) -> None:
    allow({"Action": "iam:*", "Resource": "*"})
    assert error(getattr(clients(service), method), **parameters) == refusal
    assert upstream.sent == []


def test_ec2_says_it_its_own_way(clients: Clients, allow: Allow) -> None:
    allow({"Action": "iam:*", "Resource": "*"})
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-2"
    refused = denied("ec2:TerminateInstances", arn, "UnauthorizedOperation", 403)
    allow({"Action": "ec2:*", "Resource": arn.replace("i-2", "i-1")})
    assert error(clients("ec2").terminate_instances, InstanceIds=["i-1", "i-2"]) == AwsError(
        refused.code, f"You are not authorized to perform this operation. {refused.message}", 403
    )


def test_what_a_policy_allows_is_passed_on(upstream: Upstream, clients: Clients, allow: Allow) -> None:
    allow(
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/public/*"},
        {"Action": "dynamodb:*Item", "Resource": f"{TABLE}/rows"},
    )
    clients("s3").get_object(Bucket="bucket", Key="public/a")
    clients("dynamodb").put_item(TableName="rows", Item={"id": {"S": "1"}})
    assert len(upstream.sent) == 2


def test_every_table_of_a_batch_must_be_allowed(upstream: Upstream, clients: Clients, allow: Allow) -> None:
    allow({"Action": "dynamodb:BatchGetItem", "Resource": f"{TABLE}/rows"})
    keys = {"Keys": [{"id": {"S": "1"}}]}
    dynamodb = clients("dynamodb")
    dynamodb.batch_get_item(RequestItems={"rows": keys})
    refused = denied("dynamodb:BatchGetItem", f"{TABLE}/others", "AccessDeniedException", 400)
    assert error(dynamodb.batch_get_item, RequestItems={"rows": keys, "others": keys}) == refused
    assert len(upstream.sent) == 1


def test_every_object_of_a_deletion_must_be_allowed(upstream: Upstream, clients: Clients, allow: Allow) -> None:
    allow({"Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::bucket/a&*"})
    s3 = clients("s3")
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "a&1"}, {"Key": "a&2"}]})
    refused = s3_denied("s3:DeleteObject", "bucket/b")
    assert error(s3.delete_objects, Bucket="bucket", Delete={"Objects": [{"Key": "a&1"}, {"Key": "b"}]}) == refused
    assert len(upstream.sent) == 1


def test_a_copy_takes_reading_its_source(upstream: Upstream, clients: Clients, allow: Allow) -> None:
    allow({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::to/*"})
    copy = {"Bucket": "to", "Key": "k", "CopySource": {"Bucket": "from", "Key": "ü"}}
    assert error(clients("s3").copy_object, **copy) == s3_denied("s3:GetObject", "from/ü")
    allow({"Action": ["s3:PutObject", "s3:GetObject"], "Resource": ["arn:aws:s3:::to/*", "arn:aws:s3:::from/*"]})
    clients("s3").copy_object(**copy)
    assert len(upstream.sent) == 1


def test_conditions_see_the_request(upstream: Upstream, clients: Clients, allow: Allow) -> None:
    allow(
        {"Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "home/alice/"}}},
        {"Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-2"}}},
    )
    clients("s3").list_objects_v2(Bucket="bucket", Prefix="home/alice/")
    assert error(clients("s3").list_objects_v2, Bucket="bucket", Prefix="home/") == s3_denied("s3:ListBucket", "bucket")
    clients("sqs", region="us-east-2").list_queues()
    assert error(clients("sqs").list_queues).code == "AccessDenied"
    assert len(upstream.sent) == 2


def test_an_explicit_deny_wins_and_is_named(clients: Clients, allow: Allow) -> None:
    allow(
        {"Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
    )
    assert error(clients("s3").delete_object, Bucket="bucket", Key="k") == AwsError(
        "AccessDenied",
        f'User: {ALICE} is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::bucket/k" with an '
        "explicit deny in an identity-based policy",
        403,
    )


def test_the_root_user_and_dummy_credentials_may_everything(gate: FakeIAM, upstream: Upstream) -> None:
    gate.enforce_policies("on")
    Clients(gate.url, Key("test", "test"))("s3").list_buckets()
    assert len(upstream.sent) == 1


def test_with_log_nothing_is_refused_but_all_is_noted(
    gate: FakeIAM, upstream: Upstream, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "fake_iam"):
        for _ in range(2):
            clients("s3").get_object(Bucket="bucket", Key="k")
    assert len(upstream.sent) == 2
    refusal = s3_denied("s3:GetObject", "bucket/k").message
    why = ("s3:GetObject on arn:aws:s3:::bucket/k is not allowed by any identity policy",)
    assert [(call.operation, call.would_deny, call.why) for call in gate.denials()] == [
        ("GetObject", refusal, why),
        ("GetObject", refusal, why),
    ]
    assert caplog.messages == [f"AWS would refuse: {refusal} ({why[0]})"]


def test_with_off_nothing_is_noted(gate: FakeIAM, clients: Clients) -> None:
    gate.enforce_policies("off")
    clients("s3").get_object(Bucket="bucket", Key="k")
    assert gate.denials() == []


def test_the_journal_has_the_calls_without_bodies(gate: FakeIAM, alice: Key, clients: Clients) -> None:
    clients("s3").put_object(Bucket="bucket", Key="k", Body=b"secret")
    clients("dynamodb").put_item(TableName="rows", Item={"id": {"S": "secret"}})
    put, item = gate.calls("PutObject")[0], gate.calls("dynamodb:Put*")[0]
    assert (put.service, put.operation, put.parameters) == ("s3", "PutObject", {"Bucket": "bucket", "Key": "k"})
    assert (item.service, item.operation, item.parameters) == ("dynamodb", "PutItem", {"TableName": "rows"})
    assert (put.caller, put.access_key_id, put.outcome, put.status) == (ALICE, alice.id, "ok", 200)
    assert put.needs == (("s3:PutObject", "arn:aws:s3:::bucket/k"),)
    assert "secret" not in str(gate.calls().__repr__())


def test_the_journal_has_refusals_and_the_upstream_s_errors(
    gate: FakeIAM, upstream: Upstream, iam: Any, alice: Key, clients: Clients
) -> None:
    upstream.answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    error(clients("s3").get_object, Bucket="bucket", Key="k")
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    error(clients("s3").get_object, Bucket="bucket", Key="k")
    assert [(call.outcome, call.status, call.code) for call in gate.calls("s3:*")] == [
        ("error", 404, None),
        ("error", 403, "InvalidClientTokenId"),
    ]


def test_the_least_privilege_has_the_services_actions(gate: FakeIAM, clients: Clients) -> None:
    clients("s3").list_objects_v2(Bucket="bucket")
    clients("s3").head_object(Bucket="bucket", Key="k")
    clients("sqs").send_message_batch(QueueUrl=QUEUE, Entries=[{"Id": "1", "MessageBody": "x"}])
    assert json.loads(gate.least_privilege("alice"))["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::bucket/k"]},
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::bucket"]},
        {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"]},
    ]


def test_a_request_that_nobody_knows_passes_and_is_noted(gate: FakeIAM, upstream: Upstream, alice: Key) -> None:
    gate.enforce_policies("on")
    scope = "20260101/eu-west-1/teapots/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host, Signature=x"}
    requests.get(f"{gate.url}/kettle", headers=headers, timeout=10)
    call = gate.calls()[-1]
    assert (call.service, call.operation, call.status) == ("teapots", None, 200)
    assert len(upstream.sent) == 1
