"""The rules of access keys, without HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from conformance.modelled import with_whole_model
from fake_iam import ManualClock
from tests.support import INVALID_TOKEN, AwsError, Key, Wire

DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
ABSENT = "AKIAQAAAAAAAAAAAAAAA"


def key_missing(key_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", 404)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.user("alice")
    return wire.key("alice")


def status_of(wire: Wire, key: Key, user: str = "alice") -> str:
    listed = wire.call("ListAccessKeys", UserName=user)["AccessKeyMetadata"]["member"]
    members = listed if isinstance(listed, list) else [listed]
    return next(str(member["Status"]) for member in members if member["AccessKeyId"] == key.id)


def switch(wire: Wire, key: Key, status: str, by: Key | None = None, **more: str) -> object:
    return wire.call("UpdateAccessKey", by, AccessKeyId=key.id, Status=status, **more)


def test_a_new_key_is_active_and_shows_its_secret_once(wire: Wire) -> None:
    wire.user("alice")
    made = wire.call("CreateAccessKey", UserName="alice")["AccessKey"]
    assert (made["UserName"], made["Status"], len(made["SecretAccessKey"])) == ("alice", "Active", 40)
    listed = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert sorted(listed) == ["AccessKeyId", "CreateDate", "Status", "UserName"]


def test_an_inactive_key_signs_no_iam_and_no_sts_call(wire: Wire, alice: Key) -> None:
    assert switch(wire, alice, "Inactive", UserName="alice") is None
    assert wire.call("GetCallerIdentity", alice) == DEAD
    assert wire.call("ListAccessKeys", alice) == DEAD
    assert wire.call("GetSessionToken", alice) == DEAD


def test_an_inactive_key_cannot_switch_itself_on(wire: Wire, alice: Key) -> None:
    switch(wire, alice, "Inactive", UserName="alice")
    assert switch(wire, alice, "Active", by=alice) == DEAD
    assert status_of(wire, alice) == "Inactive"


def test_a_key_switched_on_again_signs_again(wire: Wire, alice: Key) -> None:
    switch(wire, alice, "Inactive", UserName="alice")
    switch(wire, alice, "Active", UserName="alice")
    assert wire.call("GetCallerIdentity", alice)["Arn"] == "arn:aws:iam::123456789012:user/alice"


@pytest.mark.parametrize("status", ["Active", "Inactive"])
def test_switching_twice_changes_the_status_alone(status: str) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    wire = Wire(clock)
    wire.user("alice")
    key = wire.key("alice")
    clock.advance(timedelta(days=91))
    switch(wire, key, status, UserName="alice")
    assert switch(wire, key, status, UserName="alice") is None
    listed = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert (listed["Status"], listed["CreateDate"]) == (status, "2026-01-01T00:00:00Z")


def test_without_a_user_name_the_key_must_be_the_callers_own(wire: Wire, alice: Key) -> None:
    wire.user("bob")
    bob = wire.key("bob")
    assert switch(wire, bob, "Inactive", by=alice) == key_missing(bob.id)
    assert status_of(wire, bob, "bob") == "Active"
    other = wire.key(by=alice)
    assert switch(wire, other, "Inactive", by=alice) is None
    assert status_of(wire, other) == "Inactive"


def test_without_a_user_name_root_means_the_root_users_own_keys(wire: Wire, alice: Key) -> None:
    assert switch(wire, alice, "Inactive") == key_missing(alice.id)
    assert status_of(wire, alice) == "Active"
    root = wire.key()
    assert wire.call("GetCallerIdentity", root)["Arn"] == "arn:aws:iam::123456789012:root"
    assert switch(wire, root, "Inactive") is None
    assert wire.call("GetCallerIdentity", root) == DEAD


def test_a_user_may_switch_off_the_key_that_signs(wire: Wire, alice: Key) -> None:
    assert switch(wire, alice, "Inactive", by=alice) is None
    assert wire.call("GetCallerIdentity", alice) == DEAD


def test_a_user_may_delete_the_key_that_signs(wire: Wire, alice: Key) -> None:
    assert wire.call("DeleteAccessKey", alice, AccessKeyId=alice.id) is None
    assert wire.call("GetCallerIdentity", alice) == DEAD


def test_a_key_of_another_user_is_absent_and_stays(wire: Wire, alice: Key) -> None:
    wire.user("bob")
    assert switch(wire, alice, "Inactive", UserName="bob") == key_missing(alice.id)
    assert wire.call("DeleteAccessKey", UserName="bob", AccessKeyId=alice.id) == key_missing(alice.id)
    assert status_of(wire, alice) == "Active"


def test_a_key_of_another_account_is_absent_and_stays(wire: Wire, alice: Key) -> None:
    elsewhere = Key("210987654321", "anything")
    wire.call("CreateUser", elsewhere, UserName="alice")
    assert switch(wire, alice, "Inactive", by=elsewhere, UserName="alice") == key_missing(alice.id)
    assert status_of(wire, alice) == "Active"


@pytest.mark.parametrize("action", ["UpdateAccessKey", "DeleteAccessKey", "ListAccessKeys", "CreateAccessKey"])
def test_an_unknown_user_is_said_before_an_unknown_key(wire: Wire, action: str) -> None:
    parameters = {"AccessKeyId": ABSENT} if action.startswith(("Update", "Delete")) else {}
    parameters |= {"Status": "Active"} if action.startswith("Update") else {}
    assert wire.call(action, UserName="nobody", **parameters) == user_missing("nobody")


def test_an_unknown_key_is_named_with_a_full_stop(wire: Wire, alice: Key) -> None:
    assert wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=ABSENT, Status="Active") == key_missing(ABSENT)
    assert wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=ABSENT) == key_missing(ABSENT)


def test_a_third_key_exceeds_the_quota_and_inactive_keys_count(wire: Wire, alice: Key) -> None:
    quota = AwsError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409)
    wire.key("alice")
    assert wire.call("CreateAccessKey", UserName="alice") == quota
    switch(wire, alice, "Inactive", UserName="alice")
    assert wire.call("CreateAccessKey", UserName="alice") == quota
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=alice.id)
    assert wire.key("alice").id != alice.id


def test_the_quota_is_a_setting() -> None:
    wire = Wire(access_keys_per_user=1)
    wire.user("alice")
    wire.key("alice")
    quota = AwsError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 1", 409)
    assert wire.call("CreateAccessKey", UserName="alice") == quota


@pytest.mark.parametrize("status", ["inactive", "Frozen", ""])
def test_a_status_outside_the_enumeration_is_refused_and_changes_nothing(wire: Wire, alice: Key, status: str) -> None:
    assert switch(wire, alice, status, UserName="alice") == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set",
        400,
    )
    assert status_of(wire, alice) == "Active"


@with_whole_model
def test_expired_is_in_the_enumeration_and_still_no_status_for_a_key(wire: Wire, alice: Key) -> None:
    assert switch(wire, alice, "Expired", UserName="alice") == AwsError("InvalidInput", "Invalid status: Expired", 400)
    assert status_of(wire, alice) == "Active"


def test_lists_page_by_key_and_show_the_older_first(wire: Wire, alice: Key) -> None:
    other = wire.key("alice")
    first = wire.call("ListAccessKeys", UserName="alice", MaxItems=1)
    assert (first["IsTruncated"], first["AccessKeyMetadata"]["member"]["AccessKeyId"]) == ("true", alice.id)
    rest = wire.call("ListAccessKeys", UserName="alice", MaxItems=1, Marker=first["Marker"])
    assert (rest["IsTruncated"], rest["AccessKeyMetadata"]["member"]["AccessKeyId"]) == ("false", other.id)
    assert "Marker" not in rest


def test_a_marker_of_another_list_is_refused(wire: Wire, alice: Key) -> None:
    wire.key("alice")
    wire.user("bob")
    marker = wire.call("ListAccessKeys", UserName="alice", MaxItems=1)["Marker"]
    refused = AwsError("ValidationError", "Invalid Marker.", 400)
    assert wire.call("ListAccessKeys", UserName="bob", Marker=marker) == refused
    assert wire.call("ListAccessKeys", UserName="alice", Marker="made up") == refused


def test_a_key_that_never_signed_has_no_date(wire: Wire, alice: Key) -> None:
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=alice.id) == {
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
        "UserName": "alice",
    }


def test_last_use_follows_the_calls_a_key_signs() -> None:
    wire = Wire(ManualClock(datetime(2026, 5, 1, 12, 0, 0, 999999, tzinfo=timezone.utc)))
    wire.user("alice")
    alice = wire.key("alice")
    wire.call("GetCallerIdentity", alice, region="eu-west-1")
    used = wire.call("GetAccessKeyLastUsed", AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert used == {"LastUsedDate": "2026-05-01T12:00:00Z", "ServiceName": "sts", "Region": "eu-west-1"}
    wire.call("GetUser", alice, region="eu-west-1")
    used = wire.call("GetAccessKeyLastUsed", AccessKeyId=alice.id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("iam", "us-east-1")


def test_a_refused_key_is_not_used(wire: Wire, alice: Key) -> None:
    wire.call("GetCallerIdentity", Key(alice.id, "wrong"))
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=alice.id)["AccessKeyLastUsed"]["Region"] == "N/A"


def test_last_use_of_an_unknown_key_is_access_denied(wire: Wire, alice: Key) -> None:
    assert wire.call("GetAccessKeyLastUsed", alice, AccessKeyId=ABSENT) == AwsError(
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform iam:GetAccessKeyLastUsed "
        f"on resource: access key {ABSENT}",
        403,
    )


def test_renaming_a_user_carries_its_keys(wire: Wire, alice: Key) -> None:
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    wire.user("alice")
    assert wire.call("ListAccessKeys", UserName="ann")["AccessKeyMetadata"]["member"]["UserName"] == "ann"
    assert wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"] is None
    assert wire.call("GetUser", alice)["User"]["UserName"] == "ann"
    assert wire.call("GetAccessKeyLastUsed", AccessKeyId=alice.id)["UserName"] == "ann"
