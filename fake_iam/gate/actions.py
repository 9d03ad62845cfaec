"""What a call takes of its caller's permissions: actions, each with the members that name its resource.

Most operations are the action of their name. The others are told here. Sources: for S3 the user guide's "Required
permissions for Amazon S3 API operations", for the rest the services' own pages on permissions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from fake_iam.domain.policy.service_authorization import find_action, find_service
from fake_iam.gate.recognition import S3, Asked
from fake_iam.protocol.wire import WireRequest

PREFIXES: Final[Mapping[str, str]] = {
    "awsssoportal": "sso",
    "cloudcontrolapi": "cloudformation",
    "iot-jobs-data": "iotjobsdata",
    "iotdata": "iot",
    "IoTSecuredTunneling": "iot",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "tagging": "tag",
}
"""What policies call a service, where that is not what it signs for."""

RENAMED: Final[Mapping[str, str]] = {
    "bedrock:Converse": "InvokeModel",
    "bedrock:ConverseStream": "InvokeModelWithResponseStream",
    "lambda:GetLayerVersionByArn": "GetLayerVersion",
    "lambda:Invoke": "InvokeFunction",
    "lambda:InvokeWithResponseStream": "InvokeFunction",
    "s3:CompleteMultipartUpload": "PutObject",
    "s3:CopyObject": "PutObject",
    "s3:CreateMultipartUpload": "PutObject",
    "s3:CreateBucketMetadataConfiguration": "CreateBucketMetadataTableConfiguration",
    "s3:DeleteBucketCors": "PutBucketCORS",
    "s3:DeleteBucketMetadataConfiguration": "DeleteBucketMetadataTableConfiguration",
    "s3:DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "s3:DeleteBucketTagging": "PutBucketTagging",
    "s3:DeleteObjects": "DeleteObject",
    "s3:DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "s3:GetBucketMetadataConfiguration": "GetBucketMetadataTableConfiguration",
    "s3:GetBucketNotificationConfiguration": "GetBucketNotification",
    "s3:GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "s3:HeadBucket": "ListBucket",
    "s3:HeadObject": "GetObject",
    "s3:ListBuckets": "ListAllMyBuckets",
    "s3:ListDirectoryBuckets": "ListAllMyBuckets",
    "s3:ListMultipartUploads": "ListBucketMultipartUploads",
    "s3:ListObjectVersions": "ListBucketVersions",
    "s3:ListObjects": "ListBucket",
    "s3:ListObjectsV2": "ListBucket",
    "s3:ListParts": "ListMultipartUploadParts",
    "s3:PutBucketNotificationConfiguration": "PutBucketNotification",
    "s3:PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "s3:PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "s3:SelectObjectContent": "GetObject",
    "s3:UploadPart": "PutObject",
    "s3:UploadPartCopy": "PutObject",
    "sqs:ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "DeleteMessage",
    "sqs:SendMessageBatch": "SendMessage",
}
S3_CONFIGURATION: Final = re.compile(r"(Get|Put|Delete|List)Bucket(\w+?)(?:Configurations?)?", re.ASCII)
VERSIONED: Final = re.compile(r"s3:(Get|Put|Delete)Object(|Acl|Tagging|Attributes|Torrent)", re.ASCII)
PARTIQL: Final = re.compile(
    r"\s*(?P<verb>UPDATE|(?:SELECT|DELETE)\b.*?\bFROM|INSERT\s+INTO)\s+\"?(?P<table>[\w.-]+)", re.IGNORECASE | re.DOTALL
)
WRITES: Final[Mapping[str, str]] = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


class Needed(NamedTuple):
    """An action, ``service:Name``, and the members of the call that name what it is done to."""

    action: str
    members: Mapping[str, Any]

    @property
    def prefix(self) -> str:
        """What policies call the service."""
        return self.action.partition(":")[0]

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.partition(":")[2]


def needed(asked: Asked, request: WireRequest) -> list[Needed]:
    """Every action that a call takes; none if its operation is not known."""
    if asked.operation is None:
        return []
    prefix = PREFIXES.get(asked.signing_name, asked.signing_name)
    special = {"dynamodb": _of_dynamodb, S3: _of_s3, "kms": _of_kms, "apigateway": _of_apigateway}.get(prefix)
    found = list(special(asked, request)) if special is not None else []
    return found or [Needed(_action(prefix, asked.operation), asked.members)]


def _action(prefix: str, operation: str) -> str:
    """The action of an operation, in the reference's letters if it has one."""
    name = RENAMED.get(f"{prefix}:{operation}", operation)
    known = find_action(prefix, name) if find_service(prefix) is not None else None
    return f"{prefix}:{known.name if known is not None else name}"


def _of_s3(asked: Asked, request: WireRequest) -> Iterator[Needed]:
    operation = str(asked.operation)
    members = asked.members
    if operation == "DeleteObjects":
        for item in request.body.decode("utf-8", "replace").split("<Object>")[1:]:
            action = "s3:DeleteObjectVersion" if "<VersionId>" in item else "s3:DeleteObject"
            key = item.partition("<Key>")[2].partition("</Key>")[0]
            yield Needed(action, {**members, "Key": unescape(key)})
        return
    action = _action(S3, operation)
    if "versionId" in asked.query and VERSIONED.fullmatch(action):
        action = action.replace("Object", "ObjectVersion", 1)
    elif find_action(S3, action.removeprefix("s3:")) is None:
        action = _s3_configuration(operation) or action
    yield Needed(action, members)
    if operation in ("CopyObject", "UploadPartCopy"):
        yield _copied(request.headers["x-amz-copy-source"])


def _s3_configuration(operation: str) -> str | None:
    """Settings of a bucket are read by Get and a name, and set and deleted by Put."""
    parts = S3_CONFIGURATION.fullmatch(operation)
    if parts is None:
        return None
    verb = "Get" if parts[1] in ("Get", "List") else "Put"
    names = (f"{verb}{parts[2]}Configuration", f"{verb}Bucket{parts[2]}")
    found = (find_action(S3, name) for name in names)
    return next((f"s3:{action.name}" for action in found if action is not None), None)


def _copied(source: str) -> Needed:
    """What copying takes of the permissions on the source."""
    path, _, version = source.removeprefix("/").partition("?versionId=")
    bucket, _, key = unquote(path).partition("/")
    return Needed("s3:GetObjectVersion" if version else "s3:GetObject", {"Bucket": bucket, "Key": key})


def _of_dynamodb(asked: Asked, request: WireRequest) -> Iterator[Needed]:
    members = asked.members
    if asked.operation in ("BatchGetItem", "BatchWriteItem"):
        for table in _mapping(members.get("RequestItems")):
            yield Needed(f"dynamodb:{asked.operation}", {"TableName": table})
    elif asked.operation in ("TransactGetItems", "TransactWriteItems"):
        for item in _list(members.get("TransactItems")):
            for kind, of in _mapping(item).items():
                yield Needed(f"dynamodb:{WRITES.get(kind, kind)}", _mapping(of))
    elif asked.operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        among = _list(members.get("Statements")) or _list(members.get("TransactStatements")) or [members]
        for statement in among:
            text = str(_mapping(statement).get("Statement", ""))
            found = PARTIQL.match(text)
            verb = found["verb"].split()[0].capitalize() if found is not None else "Select"
            yield Needed(f"dynamodb:PartiQL{verb}", {"TableName": found["table"]} if found is not None else {})


def _of_kms(asked: Asked, request: WireRequest) -> Iterator[Needed]:
    if asked.operation == "ReEncrypt":
        yield Needed("kms:ReEncryptFrom", {"KeyId": asked.members.get("SourceKeyId", "")})
        yield Needed("kms:ReEncryptTo", {"KeyId": asked.members.get("DestinationKeyId", "")})


def _of_apigateway(asked: Asked, request: WireRequest) -> Iterator[Needed]:
    """API Gateway's actions are HTTP's methods, its resources the paths."""
    yield Needed(f"apigateway:{request.method}", {"Path": request.path})


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
