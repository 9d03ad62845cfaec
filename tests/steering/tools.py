"""The code under test of this folder: what people write to manage keys. It knows boto3 and the time, nothing of us."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

Key = dict[str, Any]


def disable_old_keys(iam: Any, now: datetime, limit: timedelta = timedelta(days=90)) -> list[str]:
    """Switch off every active key that is older than the limit; return their ids."""
    switched_off = []
    for page in iam.get_paginator("list_users").paginate():
        for user in page["Users"]:
            for key in iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]:
                if key["Status"] == "Active" and now - key["CreateDate"] > limit:
                    iam.update_access_key(UserName=user["UserName"], AccessKeyId=key["AccessKeyId"], Status="Inactive")
                    switched_off.append(key["AccessKeyId"])
    return switched_off


def rotate(
    iam: Any, client_for: Callable[[dict[str, str]], Any], user: str, wait: Callable[[float], None]
) -> dict[str, Any]:
    """Replace the key of a user: make a new one, wait until it works, delete the old one with it."""
    (old,) = iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    new: Key = iam.create_access_key(UserName=user)["AccessKey"]
    as_new = client_for(new)
    for _ in range(10):
        try:
            as_new.delete_access_key(UserName=user, AccessKeyId=old["AccessKeyId"])
            return new
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "InvalidClientTokenId":
                raise
            wait(2.0)
    raise TimeoutError("the new key never began to work")


def audit(iam: Any) -> list[dict[str, Any]]:
    """What an auditor writes down of each user."""
    rows = []
    for page in iam.get_paginator("list_users").paginate():
        for user in page["Users"]:
            keys = iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
            rows.append(
                {
                    "user": user["UserName"],
                    "arn": user["Arn"],
                    "id": user["UserId"],
                    "created": user["CreateDate"],
                    "password_last_used": user.get("PasswordLastUsed"),
                    "tags": {tag["Key"]: tag["Value"] for tag in iam.list_user_tags(UserName=user["UserName"])["Tags"]},
                    "keys": sorted((_key(iam, key) for key in keys), key=str),
                }
            )
    return rows


def _key(iam: Any, key: dict[str, Any]) -> tuple[Any, ...]:
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    return key["Status"], key["CreateDate"], used.get("LastUsedDate"), used["Region"], used["ServiceName"]


def read_report(text: str) -> dict[str, dict[str, str]]:
    """A credential report by user."""
    return {row["user"]: row for row in csv.DictReader(io.StringIO(text))}
