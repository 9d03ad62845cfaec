"""Which operation a request is, which actions it takes, and on what."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.loaders import Loader

from fake_iam.gate.actions import Needed, needed
from fake_iam.gate.recognition import Asked, recognized
from fake_iam.gate.resources import Place, resources_of
from fake_iam.protocol.cbor import encode
from fake_iam.protocol.wire import WireRequest

PLACE = Place("aws", "eu-west-1", "123456789012")
HERE = "eu-west-1:123456789012"
CLOUDWATCH = "/service/GraniteServiceVersion20100801/operation"
Outline = tuple[str, str | None, str | None, str]
FORM = "application/x-www-form-urlencoded"


def request(method: str, target: str, body: bytes = b"", **headers: str) -> WireRequest:
    path, _, query = target.partition("?")
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return WireRequest.of(method, path, query, given.items(), body)


def document(target: str, members: dict[str, Any]) -> WireRequest:
    return request("POST", "/", json.dumps(members).encode(), X_Amz_Target=target)


@pytest.mark.parametrize(
    ("method", "target", "headers", "operation", "actions"),
    [
        ("GET", "/", {}, "ListBuckets", ["s3:ListAllMyBuckets"]),
        ("GET", "/b", {}, "ListObjects", ["s3:ListBucket"]),
        ("GET", "/b/", {}, "ListObjects", ["s3:ListBucket"]),
        ("GET", "/b?list-type=2&prefix=", {}, "ListObjectsV2", ["s3:ListBucket"]),
        ("GET", "/b?versions", {}, "ListObjectVersions", ["s3:ListBucketVersions"]),
        ("HEAD", "/b", {}, "HeadBucket", ["s3:ListBucket"]),
        ("PUT", "/b", {}, "CreateBucket", ["s3:CreateBucket"]),
        ("GET", "/b?location", {}, "GetBucketLocation", ["s3:GetBucketLocation"]),
        ("GET", "/b?lifecycle", {}, "GetBucketLifecycle", ["s3:GetLifecycleConfiguration"]),
        ("DELETE", "/b?encryption", {}, "DeleteBucketEncryption", ["s3:PutEncryptionConfiguration"]),
        ("GET", "/b?analytics&id=1", {}, "GetBucketAnalyticsConfiguration", ["s3:GetAnalyticsConfiguration"]),
        ("GET", "/b?analytics", {}, "ListBucketAnalyticsConfigurations", ["s3:GetAnalyticsConfiguration"]),
        ("GET", "/b?publicAccessBlock", {}, "GetPublicAccessBlock", ["s3:GetBucketPublicAccessBlock"]),
        ("GET", "/b/k", {}, "GetObject", ["s3:GetObject"]),
        ("GET", "/b/k?versionId=1", {}, "GetObject", ["s3:GetObjectVersion"]),
        ("HEAD", "/b/k?versionId=1", {}, "HeadObject", ["s3:GetObjectVersion"]),
        ("DELETE", "/b/k?versionId=1", {}, "DeleteObject", ["s3:DeleteObjectVersion"]),
        ("GET", "/b/k?tagging&versionId=1", {}, "GetObjectTagging", ["s3:GetObjectVersionTagging"]),
        ("PUT", "/b/k?acl", {}, "PutObjectAcl", ["s3:PutObjectAcl"]),
        ("POST", "/b/k?uploads", {}, "CreateMultipartUpload", ["s3:PutObject"]),
        ("PUT", "/b/k?partNumber=1&uploadId=2", {}, "UploadPart", ["s3:PutObject"]),
        ("POST", "/b/k?uploadId=2", {}, "CompleteMultipartUpload", ["s3:PutObject"]),
        ("DELETE", "/b/k?uploadId=2", {}, "AbortMultipartUpload", ["s3:AbortMultipartUpload"]),
        ("GET", "/b/k?uploadId=2", {}, "ListParts", ["s3:ListMultipartUploadParts"]),
        ("PUT", "/b/k", {"X_Amz_Copy_Source": "/c/d"}, "CopyObject", ["s3:PutObject", "s3:GetObject"]),
        (
            "PUT",
            "/b/k?partNumber=1&uploadId=2",
            {"X_Amz_Copy_Source": "c/d?versionId=3"},
            "UploadPartCopy",
            ["s3:PutObject", "s3:GetObjectVersion"],
        ),
        ("POST", "/b", {}, None, []),
    ],
)
def test_operations_of_s3(
    method: str, target: str, headers: dict[str, str], operation: str | None, actions: list[str]
) -> None:
    asked = recognized(sent := request(method, target, **headers), "s3")
    assert asked.operation == operation
    assert [need.action for need in needed(asked, sent)] == actions


@pytest.mark.parametrize(
    ("host", "path", "members"),
    [
        ("127.0.0.1:4593", "/b/k", {"Bucket": "b", "Key": "k"}),
        ("bucket.localhost:4593", "/a/b", {"Bucket": "bucket", "Key": "a/b"}),
        ("my.bucket.s3.amazonaws.com", "/k", {"Bucket": "my.bucket", "Key": "k"}),
        ("bucket.s3.eu-west-1.amazonaws.com", "/k", {"Bucket": "bucket", "Key": "k"}),
        ("bucket.s3.localhost.localstack.cloud:4566", "/k", {"Bucket": "bucket", "Key": "k"}),
        ("s3.eu-west-1.amazonaws.com", "/b/k", {"Bucket": "b", "Key": "k"}),
        ("s3.localhost.localstack.cloud:4566", "/b/k", {"Bucket": "b", "Key": "k"}),
        ("localhost:4593", "/b/k%20%C3%BC", {"Bucket": "b", "Key": "k ü"}),
    ],
)
def test_buckets_are_in_the_path_or_in_the_host(host: str, path: str, members: dict[str, str]) -> None:
    assert recognized(request("GET", path, Host=host), "s3").members == members


def outline(asked: Asked) -> Outline:
    return asked.signing_name, asked.service.name if asked.service else None, asked.operation, asked.form


@pytest.mark.parametrize(
    ("sent", "signing_name", "expected"),
    [
        (document("DynamoDB_20120810.GetItem", {}), "dynamodb", ("dynamodb", "dynamodb", "GetItem", "json")),
        (
            document("DynamoDBStreams_20120810.ListStreams", {}),
            "dynamodb",
            ("dynamodb", "dynamodbstreams", "ListStreams", "json"),
        ),
        (document("DynamoDB_20120810.GetItem", {}), "", ("dynamodb", "dynamodb", "GetItem", "json")),
        (document("DynamoDB_20120810.Nothing", {}), "dynamodb", ("dynamodb", "dynamodb", None, "json")),
        (document("Nobody.Nothing", {}), "teapots", ("teapots", None, None, "json")),
        pytest.param(
            request("POST", f"{CLOUDWATCH}/ListMetrics", Smithy_Protocol="rpc-v2-cbor"),
            "monitoring",
            ("monitoring", "cloudwatch", "ListMetrics", "rpc-v2-cbor"),
            marks=pytest.mark.skipif(
                "targetPrefix" not in Loader().load_service_model("cloudwatch", "service-2")["metadata"],
                reason="the installed botocore does not know CloudWatch's protocol with CBOR",
            ),
        ),
        (
            request("POST", "/elsewhere", Smithy_Protocol="rpc-v2-cbor"),
            "monitoring",
            ("monitoring", None, None, "rpc-v2-cbor"),
        ),
        (request("GET", "/?Action=ListTopics&Version=2010-03-31"), "sns", ("sns", "sns", "ListTopics", "query")),
        (request("GET", "/?Action=ListTopics&Version=2010-03-31"), "", ("sns", "sns", "ListTopics", "query")),
        (
            request("GET", "/?Action=DescribeLoadBalancers&Version=2015-12-01"),
            "elasticloadbalancing",
            ("elasticloadbalancing", "elbv2", "DescribeLoadBalancers", "query"),
        ),
        (request("GET", "/?Action=Nothing&Version=2010-03-31"), "sns", ("sns", "sns", None, "query")),
        (request("GET", "/2015-03-31/functions/"), "lambda", ("lambda", "lambda", "ListFunctions", "rest-json")),
        (request("GET", "/nowhere"), "lambda", ("lambda", "lambda", None, "rest-json")),
        (
            request("GET", "/v20180820/bucket", X_Amz_Account_Id="1"),
            "s3",
            ("s3", "s3control", "ListRegionalBuckets", "s3"),
        ),
        (request("PUT", "/buckets"), "s3tables", ("s3tables", "s3tables", "CreateTableBucket", "rest-json")),
        (request("GET", "/2013-04-01/hostedzone"), "route53", ("route53", "route53", "ListHostedZones", "rest-xml")),
        (request("GET", "/kettle"), "teapots", ("teapots", None, None, "rest-json")),
    ],
)
def test_other_services(
    sent: WireRequest, signing_name: str, expected: tuple[str, str | None, str | None, str]
) -> None:
    assert outline(recognized(sent, signing_name)) == expected


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_a_document_that_cannot_be_read_has_no_members(body: bytes) -> None:
    asked = recognized(request("POST", "/", body, X_Amz_Target="DynamoDB_20120810.GetItem"), "dynamodb")
    assert (asked.operation, asked.members) == ("GetItem", {})


def test_members_are_read_in_every_protocol() -> None:
    cbor = request(
        "POST",
        f"{CLOUDWATCH}/DeleteAlarms",
        encode({"AlarmNames": ["a", "b"]}),
        Smithy_Protocol="rpc-v2-cbor",
    )
    form = urlencode(
        {"Action": "TerminateInstances", "Version": "2016-11-15", "InstanceId.1": "a", "InstanceId.2": "b"}
    )
    lists = urlencode({"Action": "PutMetricAlarm", "Version": "2010-08-01", "Tags.member.1": "x", "AlarmName": "a"})
    path = request("GET", "/2015-03-31/functions/f?Qualifier=1")
    assert recognized(cbor, "monitoring").members == {"AlarmNames": ["a", "b"]}
    assert recognized(request("POST", "/", form.encode(), Content_Type=FORM), "ec2").members["InstanceId"] == ["a", "b"]
    assert recognized(request("POST", "/", lists.encode(), Content_Type=FORM), "monitoring").members["Tags"] == ["x"]
    assert recognized(path, "lambda").members == {"FunctionName": "f", "Qualifier": "1"}


@pytest.mark.parametrize(
    ("target", "members", "expected"),
    [
        (
            "DynamoDB_20120810.TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "a"}}, {"ConditionCheck": {"TableName": "b"}}]},
            [("dynamodb:PutItem", "a"), ("dynamodb:ConditionCheckItem", "b")],
        ),
        (
            "DynamoDB_20120810.TransactGetItems",
            {"TransactItems": [{"Get": {"TableName": "a"}}]},
            [("dynamodb:GetItem", "a")],
        ),
        (
            "DynamoDB_20120810.BatchWriteItem",
            {"RequestItems": {"a": [], "b": []}},
            [("dynamodb:BatchWriteItem", "a"), ("dynamodb:BatchWriteItem", "b")],
        ),
        (
            "DynamoDB_20120810.BatchExecuteStatement",
            {"Statements": [{"Statement": "INSERT INTO a VALUE {}"}, {"Statement": ' DELETE FROM "b.c" WHERE x=1'}]},
            [("dynamodb:PartiQLInsert", "a"), ("dynamodb:PartiQLDelete", "b.c")],
        ),
        (
            "DynamoDB_20120810.ExecuteTransaction",
            {"TransactStatements": [{"Statement": "?"}]},
            [("dynamodb:PartiQLSelect", None)],
        ),
        ("DynamoDB_20120810.TransactGetItems", {"TransactItems": "?"}, [("dynamodb:TransactGetItems", None)]),
    ],
)
def test_actions_of_dynamodb(target: str, members: dict[str, Any], expected: list[tuple[str, str | None]]) -> None:
    sent = document(target, members)
    found = needed(recognized(sent, "dynamodb"), sent)
    assert [(need.action, need.members.get("TableName")) for need in found] == expected


def test_each_object_of_a_deletion_is_asked_about() -> None:
    body = (
        b"<Delete><Object><Key>a &amp; b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object>"
        b"<Quiet>true</Quiet></Delete>"
    )
    sent = request("POST", "/b?delete", body)
    assert needed(recognized(sent, "s3"), sent) == [
        Needed("s3:DeleteObject", {"Bucket": "b", "Key": "a & b"}),
        Needed("s3:DeleteObjectVersion", {"Bucket": "b", "Key": "c"}),
    ]


def test_reencrypting_takes_both_keys() -> None:
    sent = document("TrentService.ReEncrypt", {"SourceKeyId": "a", "DestinationKeyId": "b"})
    found = needed(recognized(sent, "kms"), sent)
    assert [(need.action, need.members["KeyId"]) for need in found] == [
        ("kms:ReEncryptFrom", "a"),
        ("kms:ReEncryptTo", "b"),
    ]


TABLE = f"arn:aws:dynamodb:{HERE}:table/t"
ELSEWHERE = "arn:aws:dynamodb:us-east-1:210987654321:table/x"
PARAMETER = f"arn:aws:ssm:{HERE}:parameter"
INSTANCE = f"arn:aws:ec2:{HERE}:instance"
RESOURCES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("s3:GetObject", {"Bucket": "b", "Key": "a/b"}, ["arn:aws:s3:::b/a/b"]),
    ("s3:ListBucket", {"Bucket": "b"}, ["arn:aws:s3:::b"]),
    ("s3:ListAllMyBuckets", {}, ["*"]),
    ("dynamodb:GetItem", {"TableName": "t"}, [TABLE]),
    (
        "dynamodb:GetItem",
        {"TableName": "arn:aws:dynamodb:us-east-1:1:table/x"},
        ["arn:aws:dynamodb:us-east-1:1:table/x"],
    ),
    ("dynamodb:Query", {"TableName": "t", "IndexName": "i"}, [f"{TABLE}/index/i"]),
    ("dynamodb:ListTagsOfResource", {"ResourceArn": f"{TABLE}/stream/s"}, [f"{TABLE}/stream/s"]),
    ("sqs:SendMessage", {"QueueUrl": "http://x/210987654321/q/"}, ["arn:aws:sqs:eu-west-1:210987654321:q"]),
    ("sqs:CreateQueue", {"QueueName": "q"}, [f"arn:aws:sqs:{HERE}:q"]),
    ("sns:CreateTopic", {"Name": "t"}, [f"arn:aws:sns:{HERE}:t"]),
    (
        "sns:Subscribe",
        {"TopicArn": "arn:aws:sns:eu-west-1:1:t", "Endpoint": "arn:aws:sqs:eu-west-1:1:q"},
        ["arn:aws:sns:eu-west-1:1:t"],
    ),
    ("lambda:InvokeFunction", {"FunctionName": "f", "Qualifier": "3"}, [f"arn:aws:lambda:{HERE}:function:f:3"]),
    ("kms:Encrypt", {"KeyId": "1234"}, [f"arn:aws:kms:{HERE}:key/1234"]),
    ("kms:Encrypt", {"KeyId": "alias/x"}, ["*"]),
    ("kms:CreateAlias", {"AliasName": "alias/x"}, [f"arn:aws:kms:{HERE}:alias/x"]),
    ("secretsmanager:GetSecretValue", {"SecretId": "s"}, [f"arn:aws:secretsmanager:{HERE}:secret:s-??????"]),
    (
        "secretsmanager:GetSecretValue",
        {"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:s-abcdef"},
        ["arn:aws:secretsmanager:eu-west-1:1:secret:s-abcdef"],
    ),
    (
        "ssm:GetParameters",
        {"Names": ["/a/b", "c"]},
        [f"{PARAMETER}/a/b", f"{PARAMETER}/c"],
    ),
    ("logs:CreateLogGroup", {"logGroupName": "/x"}, [f"arn:aws:logs:{HERE}:log-group:/x:log-stream:"]),
    (
        "logs:PutLogEvents",
        {"logGroupName": "/x", "logStreamName": "s"},
        [f"arn:aws:logs:{HERE}:log-group:/x:log-stream:s"],
    ),
    ("cloudformation:CreateStack", {"StackName": "s"}, [f"arn:aws:cloudformation:{HERE}:stack/s/*"]),
    ("states:CreateStateMachine", {"name": "m"}, [f"arn:aws:states:{HERE}:stateMachine:m"]),
    ("route53:GetHostedZone", {"Id": "Z1"}, ["arn:aws:route53:::hostedzone/Z1"]),
    (
        "ec2:TerminateInstances",
        {"InstanceId": ["a", "b"]},
        [f"{INSTANCE}/a", f"{INSTANCE}/b"],
    ),
    ("ec2:DescribeInstances", {}, ["*"]),
    ("teapots:Boil", {"Kettle": "k"}, ["*"]),
    ("apigateway:GET", {"Path": "/restapis"}, ["arn:aws:apigateway:eu-west-1::/restapis"]),
]


@pytest.mark.parametrize(("action", "members", "arns"), RESOURCES, ids=[f"{each[0]}-{each[1]}" for each in RESOURCES])
def test_resources_are_named_by_members(action: str, members: dict[str, Any], arns: list[str]) -> None:
    assert list(resources_of(Needed(action, members), PLACE).arns) == arns


def test_what_would_take_for_ever_is_everything() -> None:
    many = [str(number) for number in range(101)]
    streams = Needed("logs:PutLogEvents", {"logGroupName": many, "logStreamName": many})
    assert list(resources_of(streams, PLACE).arns) == ["*"]
    endless = Needed("sns:Publish", {"TopicArn": "arn:" + ":" * 1_000_000})
    assert list(resources_of(endless, PLACE).arns) == ["*"]
    body = b"<Delete>" + b"<Object>" * 200_000
    sent = request("POST", "/b?delete", body)
    assert len(needed(recognized(sent, "s3"), sent)) == 200_000
