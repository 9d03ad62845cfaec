"""What is refused in identity policies, and which fault comes first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.domain.errors import MalformedPolicyDocument
from fake_iam.domain.policy.document import check_identity_policy, size

BUCKET = "arn:aws:s3:::bucket"
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
VERSION = "Policy document must be version 2012-10-17 or greater."
NO_ACTIONS = "Policy statement must contain actions."
NO_RESOURCES = "Policy statement must contain resources."
NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
TWO_COLONS = "Actions/Condition can contain only one colon."
VENDOR_FORM = "Resource vendor must be fully qualified and cannot contain regexes."
SAME_SID = "Statement IDs (SID) in a single policy must be unique."
IAM_PATH = (
    'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, '
    "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
    "access-report/."
)


def statement(**changes: Any) -> dict[str, Any]:
    """A good statement with members changed, or left out if None."""
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": BUCKET, **changes}
    return {name: value for name, value in whole.items() if value is not None}


def document(*statements: Any, **changes: Any) -> str:
    whole = {"Version": "2012-10-17", "Statement": list(statements) or statement(), **changes}
    return json.dumps({name: value for name, value in whole.items() if value is not None})


def refusal(text: str, *, managed: bool = True, partition: str = "aws") -> str | None:
    try:
        check_identity_policy(text, partition=partition, managed=managed)
    except MalformedPolicyDocument as problem:
        return problem.message
    return None


def dated(text: Any) -> str:
    return document(statement(Condition={"DateLessThan": {"aws:CurrentTime": text}}))


@pytest.mark.parametrize(
    "text",
    [
        document(),
        document(statement(Resource=[BUCKET, "*"], Action=["s3:Get*", "*"])),
        document(statement(Action=None, NotAction="s3:*", Resource=None, NotResource="*")),
        document(statement(), Id="x", Statement=statement(Sid="one")),
        document(statement(Sid=""), statement(Sid=""), statement()),
        document(statement(Action="made-up.vendor:what ever")),
        document(statement(Resource="arn:aws:made-up:::x")),
        document(statement(Resource="arn:aws:short")),
        document(statement(Resource="arn:*:sqs:*:*:x")),
        document(statement(Resource="arn:aws:ec2:region:account-id:instance/*")),
        document(statement(Resource="arn:aws:iam::*:user/${aws:username}")),
        document(statement(Resource=["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:*"])),
        document(statement(Resource="arn:aws:s3:us-west-2:123456789012:accesspoint/x/object/*")),
        document(statement(Condition={})),
        document(statement(Condition={"unknown": {}})),
        document(statement(Condition={"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": ["a", "b"]}})),
        document(statement(Condition={"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"x": 5}})),
    ],
)
def test_what_is_accepted(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "NaN",
        "[" * 100_000,
        document(Version="2013-10-17"),
        document(Extra="x"),
        document(Id=["x"]),
        document(Statement=None),
        document(Statement=[]),
        document("text"),
        document(statement(Extra="x")),
        document(statement(Effect=None)),
        document(statement(Effect="Maybe")),
        document(statement(Effect=1)),
        document(statement(Sid={})),
        document(statement(NotAction=[])),
        document(statement(NotResource="*")),
        document(statement(Action={})),
        document(statement(Action=[[]])),
        document(statement(Resource=["x", {}])),
        document(statement(Condition=[])),
        document(statement(Condition={"Bool": "true"})),
        document(statement(Condition={"Bool": {"x": {}}})),
        document(statement(Condition={"Bool": {"x": None}})),
        document(statement(Condition={"unknown": {"x": "1"}})),
        document(statement(Condition={"ForAnyValue::StringEquals": {"x": "1"}})),
    ],
)
def test_syntax_errors_have_one_text(text: str) -> None:
    assert refusal(text) == SYNTAX


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_an_old_version_is_refused_in_managed_policies_only(version: str | None) -> None:
    assert refusal(document(Version=version)) == VERSION
    assert refusal(document(Version=version), managed=False) is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Action": "GetObject"}, NO_VENDOR),
        ({"Action": None, "NotAction": ""}, NO_VENDOR),
        ({"Action": "s 3:GetObject"}, "Vendor s 3 is not valid"),
        ({"Action": "s3:Get:Object"}, TWO_COLONS),
        ({"Action": None}, NO_ACTIONS),
        ({"Action": []}, NO_ACTIONS),
        ({"Resource": None}, NO_RESOURCES),
        ({"Resource": []}, NO_RESOURCES),
        ({"Resource": "bucket"}, 'Resource bucket must be in ARN format or "*".'),
        ({"Resource": ""}, 'Resource  must be in ARN format or "*".'),
        ({"Resource": "a:b"}, 'Partition "b" is not valid for resource "arn:b:*:*:*:*".'),
        ({"Resource": "a:b:c:d:e:f:g"}, 'Partition "b" is not valid for resource "arn:b:c:d:e:f:g".'),
        ({"Resource": "aws:s3:::bucket"}, 'Partition "s3" is not valid for resource "arn:s3:::bucket:*".'),
        ({"Resource": "arn:aws"}, VENDOR_FORM),
        ({"Resource": "arn:aws:*:*:*:x"}, VENDOR_FORM),
        ({"Resource": "arn:aws:iam:::bucket"}, IAM_PATH),
        (
            {"Resource": "arn:aws:iam:eu-west-1::user/x"},
            "IAM resource arn:aws:iam:eu-west-1::user/x cannot contain region information.",
        ),
        (
            {"Resource": "arn:aws:s3:eu-west-1::bucket"},
            "Resource arn:aws:s3:eu-west-1::bucket can not contain region information.",
        ),
        ({"Resource": "arn:aws:s3::bucket"}, LEGACY),
        ({"Resource": "arn:aws::::bucket"}, LEGACY),
        ({"Resource": None, "NotResource": "arn:aws:s3::bucket"}, LEGACY),
        ({"Effect": "deny"}, LEGACY),
        ({"Principal": "*"}, "Policy document should not specify a principal."),
    ],
)
def test_every_fault_has_its_text(changes: dict[str, Any], text: str) -> None:
    assert refusal(document(statement(**changes))) == text


def test_a_statement_id_is_letters_and_digits() -> None:
    refused = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
    assert refusal(document(statement(Sid="read only"))) == f"{refused}[0-9A-Za-z]*"


def test_a_statement_id_stands_once() -> None:
    assert refusal(document(statement(Sid="a"), statement(Sid="a"))) == SAME_SID


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (document(statement(Effect="deny"), Version=None), VERSION),
        (document(statement(Sid="a", Effect="allow"), statement(Sid="a")), LEGACY),
        (document(statement(Action=None, Resource="arn:aws:s3::bucket")), LEGACY),
        (document(statement(Sid="a"), statement(Sid="a", Action=None)), SAME_SID),
        (document(statement(Action=None, Resource=None)), NO_ACTIONS),
        (document(statement(Action="GetObject", Resource=None)), NO_RESOURCES),
        (document(statement(Action="s3:Get:Object", Resource="x")), 'Resource x must be in ARN format or "*".'),
        (
            document(statement(Resource=["arn:x:s3:::a", "arn:x:s3::b"])),
            'Partition "x" is not valid for resource "arn:x:s3:::a".',
        ),
    ],
)
def test_of_two_faults_one_comes_first(text: str, first: str) -> None:
    assert refusal(text) == first


@pytest.mark.parametrize(
    "text",
    [
        "2017-07-01T00:00:00Z",
        "2016-12-13T21:20:37.593194+00:00",
        "2016-12-13t2:00:00.593194+23",
        "2017-07-01T00:00-05:00",
        "01T",
        "-292275054",
        "9223372036854775807",
        1500000000,
        [],
        ["2017", "2018"],
    ],
)
def test_a_date_may_be_short_or_a_number(text: Any) -> None:
    assert refusal(dated(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "234-13",
        "2016-12-13t2:00:00.593194+1",
        "2016-12-13t2:00:00.1999999999+10:59",
        "2016-12-13t24:00:00Z",
        "292278994T",
        "-292275055",
        "9223372036854775808",
        ["2017", "soon"],
    ],
)
def test_what_is_no_date_fails_legacy_parsing(text: Any) -> None:
    assert refusal(dated(text)) == LEGACY


def test_white_space_takes_no_room() -> None:
    assert size('{\n\t"a": "b c"\r\n}') == len('{"a":"bc"}')


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso"])
def test_resources_are_of_the_partition_of_the_account(partition: str) -> None:
    assert refusal(document(statement(Resource=f"arn:{partition}:s3:::bucket")), partition=partition) is None
    assert refusal(document(statement(Resource="arn:*:s3:::bucket")), partition=partition) is None
    other = "aws" if partition != "aws" else "aws-cn"
    text = f'Partition "{other}" is not valid for resource "arn:{other}:s3:::bucket".'
    assert refusal(document(statement(Resource=f"arn:{other}:s3:::bucket")), partition=partition) == text
