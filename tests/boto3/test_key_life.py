"""The life of an access key, from CreateAccessKey to DeleteAccessKey, through boto3 and a socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fake_iam import FakeIAM, ManualClock
from tests.boto3.callers import (
    ACCOUNT,
    DEAD,
    ELSEWHERE,
    QUOTA,
    arn_of,
    key_missing,
    new_key,
    new_user,
    signed,
    statuses,
    user_missing,
)
from tests.support import AwsError, Key, error

ABSENT = "AKIAQAAAAAAAAAAAAAAA"


def switch(iam: Any, key: Key, status: str, name: str = "alice") -> None:
    iam.update_access_key(UserName=name, AccessKeyId=key.id, Status=status)


def test_a_new_key_is_active_and_signs_at_once(fake: FakeIAM, iam: Any) -> None:
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    assert (made["UserName"], made["Status"], len(made["SecretAccessKey"])) == ("alice", "Active", 40)
    assert arn_of(fake, Key(made["AccessKeyId"], made["SecretAccessKey"])) == f"arn:aws:iam::{ACCOUNT}:user/alice"


def test_a_list_shows_no_secret(iam: Any, alice: Key) -> None:
    (member,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert sorted(member) == ["AccessKeyId", "CreateDate", "Status", "UserName"]


def test_a_third_key_exceeds_the_quota(iam: Any, alice: Key) -> None:
    new_key(iam, UserName="alice")
    assert error(iam.create_access_key, UserName="alice") == QUOTA


def test_an_inactive_key_gets_no_answer_from_sts(fake: FakeIAM, iam: Any, alice: Key) -> None:
    switch(iam, alice, "Inactive")
    assert error(signed(fake, "sts", alice).get_caller_identity) == DEAD


def test_an_inactive_key_gets_no_answer_from_iam(fake: FakeIAM, iam: Any, alice: Key) -> None:
    switch(iam, alice, "Inactive")
    assert error(signed(fake, "iam", alice).get_user) == DEAD


def test_a_client_made_before_notices_that_its_key_is_off(fake: FakeIAM, iam: Any, alice: Key) -> None:
    sts = signed(fake, "sts", alice)
    sts.get_caller_identity()
    switch(iam, alice, "Inactive")
    assert error(sts.get_caller_identity) == DEAD


def test_a_key_switched_on_again_signs_again(fake: FakeIAM, iam: Any, alice: Key) -> None:
    sts = signed(fake, "sts", alice)
    switch(iam, alice, "Inactive")
    assert error(sts.get_caller_identity) == DEAD
    switch(iam, alice, "Active")
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"


def test_an_inactive_key_cannot_switch_itself_on(fake: FakeIAM, iam: Any, alice: Key) -> None:
    switch(iam, alice, "Inactive")
    assert error(signed(fake, "iam", alice).update_access_key, AccessKeyId=alice.id, Status="Active") == DEAD
    assert statuses(iam, "alice") == {alice.id: "Inactive"}


def test_the_other_key_of_the_user_switches_it_on_again(fake: FakeIAM, iam: Any, alice: Key) -> None:
    other = new_key(iam, UserName="alice")
    switch(iam, alice, "Inactive")
    signed(fake, "iam", other).update_access_key(AccessKeyId=alice.id, Status="Active")
    assert statuses(iam, "alice") == {alice.id: "Active", other.id: "Active"}


def test_an_update_has_no_answer_but_its_request_id(iam: Any, alice: Key) -> None:
    answer = iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert list(answer) == ["ResponseMetadata"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_without_a_user_name_a_key_is_made_for_the_caller(fake: FakeIAM, alice: Key) -> None:
    assert signed(fake, "iam", alice).create_access_key()["AccessKey"]["UserName"] == "alice"


def test_without_a_user_name_the_callers_keys_are_listed(fake: FakeIAM, iam: Any, alice: Key) -> None:
    new_user(iam, "bob")
    listed = signed(fake, "iam", alice).list_access_keys()["AccessKeyMetadata"]
    assert [(member["UserName"], member["AccessKeyId"]) for member in listed] == [("alice", alice.id)]


def test_without_a_user_name_the_callers_other_key_is_switched(fake: FakeIAM, iam: Any, alice: Key) -> None:
    other = new_key(iam, UserName="alice")
    signed(fake, "iam", alice).update_access_key(AccessKeyId=other.id, Status="Inactive")
    assert statuses(iam, "alice") == {alice.id: "Active", other.id: "Inactive"}


def test_without_a_user_name_the_callers_other_key_is_deleted(fake: FakeIAM, iam: Any, alice: Key) -> None:
    other = new_key(iam, UserName="alice")
    signed(fake, "iam", alice).delete_access_key(AccessKeyId=other.id)
    assert statuses(iam, "alice") == {alice.id: "Active"}


def test_without_a_user_name_a_key_of_someone_else_is_not_switched(fake: FakeIAM, iam: Any, alice: Key) -> None:
    bob = new_user(iam, "bob")
    refused = error(signed(fake, "iam", alice).update_access_key, AccessKeyId=bob.id, Status="Inactive")
    assert refused == key_missing(bob.id)
    assert statuses(iam, "bob") == {bob.id: "Active"}


def test_without_a_user_name_a_key_of_someone_else_is_not_deleted(fake: FakeIAM, iam: Any, alice: Key) -> None:
    bob = new_user(iam, "bob")
    assert error(signed(fake, "iam", alice).delete_access_key, AccessKeyId=bob.id) == key_missing(bob.id)
    assert statuses(iam, "bob") == {bob.id: "Active"}


def test_without_a_user_name_root_does_not_reach_a_users_key(iam: Any, alice: Key) -> None:
    assert error(iam.update_access_key, AccessKeyId=alice.id, Status="Inactive") == key_missing(alice.id)
    assert error(iam.delete_access_key, AccessKeyId=alice.id) == key_missing(alice.id)
    assert statuses(iam, "alice") == {alice.id: "Active"}


@pytest.mark.parametrize("method, more", [("update_access_key", {"Status": "Inactive"}), ("delete_access_key", {})])
def test_a_key_of_another_user_is_absent_and_unchanged(iam: Any, alice: Key, method: str, more: dict[str, str]) -> None:
    iam.create_user(UserName="bob")
    assert error(getattr(iam, method), UserName="bob", AccessKeyId=alice.id, **more) == key_missing(alice.id)
    assert statuses(iam, "alice") == {alice.id: "Active"}


@pytest.mark.parametrize("method, more", [("update_access_key", {"Status": "Inactive"}), ("delete_access_key", {})])
def test_a_key_of_another_account_is_absent_and_unchanged(
    fake: FakeIAM, iam: Any, alice: Key, method: str, more: dict[str, str]
) -> None:
    stranger = signed(fake, "iam", Key(ELSEWHERE, "anything"))
    stranger.create_user(UserName="alice")
    assert error(getattr(stranger, method), UserName="alice", AccessKeyId=alice.id, **more) == key_missing(alice.id)
    assert statuses(iam, "alice") == {alice.id: "Active"}


def test_an_unknown_user_is_said_before_an_unknown_key(iam: Any) -> None:
    refused = error(iam.update_access_key, UserName="nobody", AccessKeyId=ABSENT, Status="Active")
    assert refused == user_missing("nobody")


def test_an_unknown_key_of_a_known_user_is_named(iam: Any, alice: Key) -> None:
    refused = error(iam.update_access_key, UserName="alice", AccessKeyId=ABSENT, Status="Active")
    assert refused == key_missing(ABSENT)


@pytest.mark.parametrize("status", ["inactive", "Frozen"])
def test_a_status_outside_the_enumeration_is_refused_and_changes_nothing(iam: Any, alice: Key, status: str) -> None:
    assert error(iam.update_access_key, UserName="alice", AccessKeyId=alice.id, Status=status) == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set",
        400,
    )
    assert statuses(iam, "alice") == {alice.id: "Active"}


def test_a_user_switches_off_the_key_that_signs(fake: FakeIAM, alice: Key) -> None:
    own = signed(fake, "iam", alice)
    own.update_access_key(AccessKeyId=alice.id, Status="Inactive")
    assert error(own.list_access_keys) == DEAD


def test_a_user_deletes_the_key_that_signs(fake: FakeIAM, iam: Any, alice: Key) -> None:
    own = signed(fake, "iam", alice)
    own.delete_access_key(AccessKeyId=alice.id)
    assert error(own.list_access_keys) == DEAD
    assert statuses(iam, "alice") == {}


def test_a_deleted_key_is_absent(iam: Any, alice: Key) -> None:
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    assert error(iam.delete_access_key, UserName="alice", AccessKeyId=alice.id) == key_missing(alice.id)


def test_a_renamed_users_key_still_signs(fake: FakeIAM, iam: Any, alice: Key) -> None:
    iam.update_user(UserName="alice", NewUserName="ann", NewPath="/team/")
    assert arn_of(fake, alice) == f"arn:aws:iam::{ACCOUNT}:user/team/ann"


def test_a_renamed_users_inactive_key_stays_inactive(fake: FakeIAM, iam: Any, alice: Key) -> None:
    switch(iam, alice, "Inactive")
    iam.update_user(UserName="alice", NewUserName="ann")
    assert statuses(iam, "ann") == {alice.id: "Inactive"}
    assert error(signed(fake, "sts", alice).get_caller_identity) == DEAD


def test_a_user_is_not_deleted_while_keys_exist(iam: Any, alice: Key) -> None:
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409)
    assert error(iam.delete_user, UserName="alice") == conflict
    switch(iam, alice, "Inactive")
    assert error(iam.delete_user, UserName="alice") == conflict
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    iam.delete_user(UserName="alice")
    assert error(iam.get_user, UserName="alice") == user_missing("alice")


def test_a_key_that_never_signed_has_no_date_of_use(iam: Any, alice: Key) -> None:
    answer = iam.get_access_key_last_used(AccessKeyId=alice.id)
    assert answer["UserName"] == "alice"
    assert answer["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}


def test_last_use_names_the_region_that_sts_was_called_in(iam: Any, fake: FakeIAM, alice: Key) -> None:
    signed(fake, "sts", alice, "eu-west-1").get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "eu-west-1")


def test_last_use_of_iam_is_in_the_one_region_of_iam(iam: Any, fake: FakeIAM, alice: Key) -> None:
    signed(fake, "iam", alice, "eu-west-1").get_user()
    used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("iam", "us-east-1")


def test_last_use_follows_the_clock() -> None:
    clock = ManualClock(datetime(2026, 5, 1, 12, tzinfo=timezone.utc))
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        alice = new_user(iam, "alice")
        signed(fake, "sts", alice).get_caller_identity()
        clock.advance(timedelta(days=91))
        used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
        assert used["LastUsedDate"] == datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
        signed(fake, "sts", alice).get_caller_identity()
        used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
        assert used["LastUsedDate"] == datetime(2026, 7, 31, 12, tzinfo=timezone.utc)


def test_a_refused_call_is_no_use(iam: Any, fake: FakeIAM, alice: Key) -> None:
    switch(iam, alice, "Inactive")
    error(signed(fake, "sts", alice).get_caller_identity)
    used = iam.get_access_key_last_used(AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert used == {"ServiceName": "N/A", "Region": "N/A"}
