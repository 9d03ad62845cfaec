"""ARNs as the Resource Groups Tagging API reads them."""

from __future__ import annotations

import pytest

from fake_iam.domain.errors import InvalidParameterException
from fake_iam.domain.tagging.resource_arns import ResourceArn, read_arn

ACCOUNT = "arn:aws:iam::123456789012"


@pytest.mark.parametrize(
    ("text", "partition", "service", "kind", "name", "last"),
    [
        (f"{ACCOUNT}:role/alice", "aws", "iam", "role", "alice", "alice"),
        (f"{ACCOUNT}:policy/a/b/c", "aws", "iam", "policy", "a/b/c", "c"),
        (f"{ACCOUNT}:oidc-provider/x.example/id/1", "aws", "iam", "oidc-provider", "x.example/id/1", "1"),
        ("arn:aws-cn:s3:::bucket", "aws-cn", "s3", "", "bucket", "bucket"),
        ("arn:aws:sns:eu-west-1:123456789012:topic", "aws", "sns", "", "topic", "topic"),
        ("arn:aws:rds:eu-west-1:123456789012:db:one", "aws", "rds", "db", "one", "one"),
    ],
)
def test_an_arn_is_read(text: str, partition: str, service: str, kind: str, name: str, last: str) -> None:
    arn = read_arn(text)
    assert arn == ResourceArn(text, partition, service, kind, name)
    assert arn.last == last


@pytest.mark.parametrize(
    "text", ["", "x", "arn:aws:iam::123456789012", "arn:aws:iam::123456789012:", f"{ACCOUNT}:root", f"{ACCOUNT}:role/"]
)
def test_what_is_no_arn_of_a_resource_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterException) as raised:
        read_arn(text)
    assert raised.value.message == f"{text} is not a valid AmazonResourceName (ARN)"
