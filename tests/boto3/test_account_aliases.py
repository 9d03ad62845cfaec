"""The account's alias as boto3 shows it."""

from __future__ import annotations

from typing import Any

from fake_iam import FakeIAM
from tests.boto3.callers import ELSEWHERE
from tests.support import AwsError, error


def test_an_account_is_named_renamed_and_left_without_a_name(fake: FakeIAM, iam: Any) -> None:
    iam.create_account_alias(AccountAlias="example-corp")
    iam.create_account_alias(AccountAlias="example-inc")
    pages = iam.get_paginator("list_account_aliases").paginate()
    assert [alias for page in pages for alias in page["AccountAliases"]] == ["example-inc"]
    other = fake.client("iam", access_key_id=ELSEWHERE)
    assert error(other.create_account_alias, AccountAlias="example-inc") == AwsError(
        "EntityAlreadyExists", "The account alias example-inc already exists.", 409
    )
    other.create_account_alias(AccountAlias="example-corp")
    iam.delete_account_alias(AccountAlias="example-inc")
    assert iam.list_account_aliases()["AccountAliases"] == []
