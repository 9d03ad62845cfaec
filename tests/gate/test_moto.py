"""moto's server behind the gate: real clients of other services, whose keys and policies are those of fake_iam."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from fake_iam import FakeIAM
from tests.boto3.callers import new_user, signed
from tests.gate.clients import REGION, Clients
from tests.support import INVALID_TOKEN, AwsError, Key, error

ACCOUNT = "123456789012"
ELSEWHERE = "210987654321"
LARGE = 100_000_000
UNKNOWN_TO_S3 = AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
TABLE: dict[str, Any] = {
    "TableName": "rows",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    moto_server = pytest.importorskip("moto.server", reason="moto is not installed: tox -e moto")
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def gate(moto: str) -> Iterator[FakeIAM]:
    requests.post(f"{moto}/moto-api/reset", timeout=10)
    with FakeIAM(upstream=moto) as server:
        yield server


def allow(iam: Any, *statements: dict[str, Any]) -> None:
    """Give alice a policy that has these statements and no others."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]}
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=json.dumps(document))


def denied(action: str, resource: str, code: str, status: int) -> AwsError:
    text = f"User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: {action} on resource: {resource} "
    return AwsError(code, f"{text}because no identity-based policy allows the {action} action", status)


def test_objects_live_in_s3_until_the_key_is_dead(iam: Any, alice: Key, clients: Clients) -> None:
    s3 = clients("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bucket", Key="a b/ü+c", Body=b"hello", Metadata={"k": "v"})
    found = s3.get_object(Bucket="bucket", Key="a b/ü+c")
    assert (found["Body"].read(), found["Metadata"]) == (b"hello", {"k": "v"})
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["a b/ü+c"]
    assert s3.head_object(Bucket="bucket", Key="a b/ü+c")["ContentLength"] == 5
    s3.copy_object(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": "a b/ü+c"})
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "copy"}]})
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert error(s3.get_object, Bucket="bucket", Key="a b/ü+c") == UNKNOWN_TO_S3
    assert error(s3.put_object, Bucket="bucket", Key="new", Body=b"x" * 1_000_000) == UNKNOWN_TO_S3
    root = Clients(clients.url, Key("test", "test"))("s3")
    assert [each["Key"] for each in root.list_objects_v2(Bucket="bucket")["Contents"]] == ["a b/ü+c"]


def test_items_live_in_dynamodb_until_the_key_is_dead(iam: Any, alice: Key, clients: Clients) -> None:
    dynamodb = clients("dynamodb")
    dynamodb.create_table(**TABLE)
    dynamodb.put_item(TableName="rows", Item={"id": {"S": "1"}})
    assert dynamodb.get_item(TableName="rows", Key={"id": {"S": "1"}})["Item"] == {"id": {"S": "1"}}
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    dead = AwsError("UnrecognizedClientException", INVALID_TOKEN, 400)
    assert error(dynamodb.get_item, TableName="rows", Key={"id": {"S": "1"}}) == dead


def test_messages_go_through_queues(gate: FakeIAM, iam: Any, clients: Clients) -> None:
    sqs = clients("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    assert url == f"{gate.url}/{ACCOUNT}/jobs"
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "hello"}])
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
    gate.enforce_policies("on")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
    allow(iam, {"Action": "sqs:ReceiveMessage", "Resource": arn})
    sqs.receive_message(QueueUrl=url)
    refused = denied("sqs:sendmessage", arn, "AccessDenied", 403)
    assert error(sqs.send_message, QueueUrl=url, MessageBody="hello") == refused
    assert error(sqs.send_message_batch, QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "x"}]) == refused


def test_functions_are_made_and_read(gate: FakeIAM, moto: str, iam: Any, clients: Clients) -> None:
    """moto has roles of its own, and checks that a function's is one of them."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = Clients(moto, Key("test", "test"))("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=document)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("code.py", "def run(event, context): return 1")
    gate.enforce_policies("on")
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
    allow(iam, {"Action": "lambda:*", "Resource": f"{arn}:f"})
    functions = clients("lambda")
    functions.create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="code.run",
        Code={"ZipFile": code.getvalue()},
    )
    assert functions.get_function(FunctionName="f")["Configuration"]["FunctionArn"] == f"{arn}:f"
    assert error(functions.get_function, FunctionName="g") == denied(
        "lambda:GetFunction", f"{arn}:g", "AccessDeniedException", 403
    )
    assert error(functions.invoke, FunctionName="g", Payload=b"{}") == denied(
        "lambda:InvokeFunction", f"{arn}:g", "AccessDeniedException", 403
    )


def test_accounts_have_their_own_things(gate: FakeIAM, clients: Clients) -> None:
    clients("dynamodb").create_table(**TABLE)
    bob = Clients(gate.url, new_user(gate.client("iam", access_key_id=ELSEWHERE), "bob"))
    assert bob("dynamodb").list_tables()["TableNames"] == []
    assert clients("dynamodb", region="us-east-2").list_tables()["TableNames"] == []
    assert clients("dynamodb").list_tables()["TableNames"] == ["rows"]
    assert bob("sqs").create_queue(QueueName="q")["QueueUrl"] == f"{gate.url}/{ELSEWHERE}/q"


def test_a_session_of_a_role_is_held_to_the_role_s_policies(gate: FakeIAM, iam: Any, alice: Key) -> None:
    root = Clients(gate.url, Key("test", "test"))("s3")
    root.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    root.put_object(Bucket="bucket", Key="public/a", Body=b"a")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/public/*"}
    iam.put_role_policy(
        RoleName="reader",
        PolicyName="reads",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [reads]}),
    )
    allow(iam, {"Action": "sts:AssumeRole", "Resource": role})
    gate.enforce_policies("on")
    made = signed(gate, "sts", alice).assume_role(RoleArn=role, RoleSessionName="nightly")["Credentials"]
    s3 = Clients(gate.url, Key(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]))("s3")
    assert s3.get_object(Bucket="bucket", Key="public/a")["Body"].read() == b"a"
    assert error(s3.get_object, Bucket="bucket", Key="secret/a") == AwsError(
        "AccessDenied",
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/nightly is not authorized to perform: s3:GetObject on "
        'resource: "arn:aws:s3:::bucket/secret/a" because no identity-based policy allows the s3:GetObject action',
        403,
    )


def test_large_objects_stream_through(gate: FakeIAM, clients: Clients) -> None:
    s3 = clients("s3", read_timeout=120)
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    block = bytes(range(256)) * 4096
    body = io.BytesIO(block * (LARGE // len(block)))
    expected = hashlib.sha256(body.getvalue()).hexdigest()
    s3.put_object(Bucket="bucket", Key="large", Body=body)
    digest = hashlib.sha256()
    for piece in s3.get_object(Bucket="bucket", Key="large")["Body"].iter_chunks(1_000_000):
        digest.update(piece)
    assert digest.hexdigest() == expected
    partial = s3.get_object(Bucket="bucket", Key="large", Range="bytes=256-511")
    assert (partial["ResponseMetadata"]["HTTPStatusCode"], partial["Body"].read()) == (206, bytes(range(256)))
    assert gate.calls("s3:GetObject")[-1].outcome == "ok"


def test_parts_are_uploaded_and_put_together(clients: Clients) -> None:
    s3 = clients("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    upload = s3.create_multipart_upload(Bucket="bucket", Key="parts")["UploadId"]
    given = {"Bucket": "bucket", "Key": "parts", "UploadId": upload}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**given, PartNumber=number, Body=b"x" * 5_300_000)["ETag"]}
        for number in (1, 2)
    ]
    s3.complete_multipart_upload(**given, MultipartUpload={"Parts": parts})
    assert s3.head_object(Bucket="bucket", Key="parts")["ContentLength"] == 10_600_000


def test_moto_is_reset_through_the_gate(gate: FakeIAM, clients: Clients) -> None:
    clients("sqs").create_queue(QueueName="jobs")
    assert requests.post(f"{gate.url}/moto-api/reset", timeout=10).json() == {"status": "ok"}
    assert "QueueUrls" not in clients("sqs").list_queues()
