from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.domain.policy.lint import complaints


def linted(*statements: dict[str, Any]) -> list[str]:
    return [str(one) for one in complaints(json.dumps({"Version": "2012-10-17", "Statement": statements}))]


def allow(action: Any, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        (
            allow("iam:UpdateAcessKey"),
            "no service has an action iam:UpdateAcessKey; did you mean iam:UpdateAccessKey?",
        ),
        (allow(["s3:*", "nosuch:Get"]), "no service has an action nosuch:Get"),
        (allow("iam:ListUsers", "arn:aws:iam::1:user/alice"), "iam:ListUsers can only be allowed on the resource *"),
        (
            allow("iam:GetUser", "arn:aws:iam::1:role/alice"),
            "none of its actions is asked on arn:aws:iam::1:role/alice",
        ),
        (allow("s3:GetObject", "arn:aws:s3:::bucket"), "none of its actions is asked on arn:aws:s3:::bucket"),
        (
            allow("iam:GetUser", Condition={"StringEquals": {"iam:PassedToService": "x"}}),
            "none of its actions has the condition key iam:PassedToService",
        ),
        (
            allow("iam:TagUser", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}),
            "ForAllValues:StringEquals holds for a request without aws:TagKeys; Null with false refuses that",
        ),
    ],
)
def test_something_questionable_is_told(statement: dict[str, Any], complaint: str) -> None:
    assert linted(allow("*"), statement) == [f"line 1, column 94: {complaint}"]


@pytest.mark.parametrize(
    "statement",
    [
        allow("*"),
        allow("iam:*", "arn:aws:iam::*:user/*"),
        allow("iam:GetUser", "arn:aws:iam::1:user/${aws:username}"),
        allow("IAM:getuser", "arn:aws:iam::*:*"),
        allow("s3:GetObject", ["arn:aws:s3:::bucket/*", "arn:aws:s3:::*"]),
        allow(["s3:ListBucket", "s3:GetObject"], ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]),
        allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "x", "aws:username": "y"}}),
        allow("iam:GetUser", Condition={"StringEquals": {"iam:ResourceTag/team": "red"}}),
        allow(
            "iam:TagUser",
            Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "x"}, "Null": {"aws:TagKeys": "false"}},
        ),
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "x"}},
        },
        {"Effect": "Allow", "NotAction": "iam:ListUsers", "Resource": "arn:aws:iam::1:role/alice"},
        {"Effect": "Allow", "Action": "iam:GetUser", "NotResource": "arn:aws:iam::1:role/alice"},
        allow("iam:GetUser", "*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ],
)
def test_nothing_is_said_of_what_can_match(statement: dict[str, Any]) -> None:
    assert linted(statement) == []
