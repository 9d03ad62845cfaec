"""Twelve digits as a key id are the root user of that account; accounts see nothing of each other."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam import FakeIAM
from tests.boto3.callers import ACCOUNT, ELSEWHERE, arn_of, key_missing, new_user, signed, statuses, user_missing
from tests.support import AwsError, Key, error


@pytest.fixture
def elsewhere(fake: FakeIAM) -> Any:
    """IAM as the root user of another account calls it."""
    return signed(fake, "iam", Key(ELSEWHERE, "anything"))


def test_twelve_digits_are_the_root_user_of_that_account(fake: FakeIAM) -> None:
    caller = signed(fake, "sts", Key(ELSEWHERE, "anything")).get_caller_identity()
    assert (caller["Account"], caller["Arn"], caller["UserId"]) == (
        ELSEWHERE,
        f"arn:aws:iam::{ELSEWHERE}:root",
        ELSEWHERE,
    )


def test_any_other_key_id_is_the_root_user_of_the_default_account(fake: FakeIAM) -> None:
    assert arn_of(fake, Key("testing", "testing")) == f"arn:aws:iam::{ACCOUNT}:root"


def test_a_user_of_one_account_is_absent_in_the_other(iam: Any, elsewhere: Any) -> None:
    iam.create_user(UserName="alice")
    assert error(elsewhere.get_user, UserName="alice") == user_missing("alice")


def test_the_same_name_is_free_in_each_account(iam: Any, elsewhere: Any) -> None:
    iam.create_user(UserName="alice")
    made = elsewhere.create_user(UserName="alice")["User"]
    assert made["Arn"] == f"arn:aws:iam::{ELSEWHERE}:user/alice"


def test_lists_show_the_callers_account_alone(iam: Any, elsewhere: Any) -> None:
    iam.create_user(UserName="alice")
    elsewhere.create_user(UserName="bob")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["alice"]
    assert [user["UserName"] for user in elsewhere.list_users()["Users"]] == ["bob"]


def test_a_key_made_elsewhere_signs_for_its_own_account(fake: FakeIAM, elsewhere: Any) -> None:
    assert arn_of(fake, new_user(elsewhere, "bob")) == f"arn:aws:iam::{ELSEWHERE}:user/bob"


def test_a_user_of_one_account_acts_in_that_account(fake: FakeIAM, iam: Any, elsewhere: Any) -> None:
    signed(fake, "iam", new_user(elsewhere, "bob")).create_user(UserName="carol")
    assert error(iam.get_user, UserName="carol") == user_missing("carol")
    assert elsewhere.get_user(UserName="carol")["User"]["Arn"] == f"arn:aws:iam::{ELSEWHERE}:user/carol"


def test_a_key_is_not_switched_from_another_account(iam: Any, elsewhere: Any) -> None:
    key = new_user(iam, "alice")
    elsewhere.create_user(UserName="alice")
    refused = error(elsewhere.update_access_key, UserName="alice", AccessKeyId=key.id, Status="Inactive")
    assert refused == key_missing(key.id)
    assert statuses(iam, "alice") == {key.id: "Active"}


def test_the_last_use_of_a_key_is_not_told_to_another_account(iam: Any, elsewhere: Any) -> None:
    key = new_user(iam, "alice")
    assert error(elsewhere.get_access_key_last_used, AccessKeyId=key.id) == AwsError(
        "AccessDenied",
        f"User: arn:aws:iam::{ELSEWHERE}:root is not authorized to perform iam:GetAccessKeyLastUsed "
        f"on resource: access key {key.id}",
        403,
    )


def test_a_key_id_tells_its_account_to_everyone(fake: FakeIAM, elsewhere: Any) -> None:
    key = new_user(elsewhere, "bob")
    assert fake.client("sts").get_access_key_info(AccessKeyId=key.id)["Account"] == ELSEWHERE


def test_the_default_account_is_a_setting() -> None:
    with FakeIAM(account_id="111122223333") as fake:
        user = fake.client("iam").create_user(UserName="alice")["User"]
        assert user["Arn"] == "arn:aws:iam::111122223333:user/alice"
