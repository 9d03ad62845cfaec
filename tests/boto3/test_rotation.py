"""How people rotate, switch off and clean up keys: flows that public bug reports are about.

The number in each test is that of the case: a report or sample by a user of IAM, or of a mock of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fake_iam import FakeIAM, ManualClock
from tests.boto3.callers import (
    ACCOUNT,
    DEAD,
    QUOTA,
    arn_of,
    new_key,
    new_user,
    signed,
    statuses,
    user_missing,
)
from tests.support import INVALID_TOKEN, AwsError, Key, error


def test_rotating_twice_meets_the_quota_since_the_old_key_is_only_inactive(iam: Any, alice: Key) -> None:
    """C01, fwdcloudsec/granted #388: the first run left the old key Inactive, the second failed."""
    new = new_key(iam, UserName="alice")
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert error(iam.create_access_key, UserName="alice") == QUOTA
    assert statuses(iam, "alice") == {alice.id: "Inactive", new.id: "Active"}


def test_a_key_must_be_deleted_to_make_room(iam: Any, alice: Key) -> None:
    """C02, simonw/s3-credentials #64: deactivating made no room, deleting did."""
    second = new_key(iam, UserName="alice")
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert error(iam.create_access_key, UserName="alice") == QUOTA
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    third = new_key(iam, UserName="alice")
    assert statuses(iam, "alice") == {second.id: "Active", third.id: "Active"}


def test_a_key_to_be_born_inactive_takes_two_calls() -> None:
    """C04, hashicorp/terraform-provider-aws #9057: declared Inactive, it came up Active."""
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        iam.create_user(UserName="alice")
        made = iam.create_access_key(UserName="alice")["AccessKey"]
        assert made["Status"] == "Active"
        clock.advance(timedelta(seconds=5))
        iam.update_access_key(UserName="alice", AccessKeyId=made["AccessKeyId"], Status="Inactive")
        (listed,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
        assert (listed["Status"], listed["CreateDate"]) == ("Inactive", made["CreateDate"])


def test_an_update_to_the_status_it_has_is_fine() -> None:
    """C06, ceph/s3-tests test_iam.py: Active on an active key, then Inactive; the date stays."""
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        alice = new_user(iam, "alice")
        for status in ("Active", "Inactive", "Inactive"):
            clock.advance(timedelta(days=1))
            iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status=status)
            (listed,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
            assert listed["Status"] == status
            assert listed["CreateDate"] == datetime(2026, 1, 1, tzinfo=timezone.utc)


def test_both_keys_sign_side_by_side_until_one_is_deleted(fake: FakeIAM, iam: Any, alice: Key) -> None:
    """C07, noobaa-core #9259: only the first slot was ever looked at."""
    second = new_key(iam, UserName="alice")
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert (arn_of(fake, alice), arn_of(fake, second)) == (arn, arn)
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    assert error(signed(fake, "sts", alice).get_caller_identity) == DEAD
    assert arn_of(fake, second) == arn


def test_a_loop_that_creates_is_stopped_by_the_quota(iam: Any) -> None:
    """C09, crossplane-contrib/provider-upjet-aws #2009: a controller kept creating."""
    iam.create_user(UserName="alice")
    made, refused = [], []
    for _ in range(5):
        try:
            made.append(iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"])
        except ClientError as problem:
            refused.append(problem.response["Error"]["Code"])
    assert refused == ["LimitExceeded"] * 3
    assert list(statuses(iam, "alice")) == made


def test_a_deleted_key_and_an_inactive_key_are_refused_alike(fake: FakeIAM, iam: Any, alice: Key) -> None:
    """C10, amazon.aws iam_access_key test target, which runs against AWS."""
    second = new_key(iam, UserName="alice")
    iam.delete_access_key(UserName="alice", AccessKeyId=alice.id)
    assert error(signed(fake, "sts", alice).get_caller_identity) == DEAD
    assert arn_of(fake, second) == f"arn:aws:iam::{ACCOUNT}:user/alice"
    iam.update_access_key(UserName="alice", AccessKeyId=second.id, Status="Inactive")
    assert error(signed(fake, "sts", second).get_caller_identity) == DEAD


def test_a_dead_key_does_not_rise_by_itself(fake: FakeIAM, iam: Any, alice: Key) -> None:
    """C13, getmoto/moto #2300: the deactivated key made itself Active again."""
    iam.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    own = signed(fake, "iam", alice)
    for parameters in ({}, {"UserName": "alice"}):
        assert error(own.update_access_key, AccessKeyId=alice.id, Status="Active", **parameters) == DEAD
    assert statuses(iam, "alice") == {alice.id: "Inactive"}


def test_a_user_rotates_its_own_key_without_naming_itself(fake: FakeIAM, iam: Any, alice: Key) -> None:
    """C17, getmoto/moto #2666: create-access-key with no user name failed with "user None"."""
    new = new_key(signed(fake, "iam", alice))
    own = signed(fake, "iam", new)
    own.update_access_key(AccessKeyId=alice.id, Status="Inactive")
    listed = own.list_access_keys()["AccessKeyMetadata"]
    assert [(member["UserName"], member["Status"]) for member in listed] == [
        ("alice", "Inactive"),
        ("alice", "Active"),
    ]
    own.delete_access_key(AccessKeyId=alice.id)
    assert statuses(iam, "alice") == {new.id: "Active"}


def test_the_sample_for_the_current_user_runs(fake: FakeIAM, alice: Key) -> None:
    """C25, awsdocs/aws-doc-sdk-examples python/example_code/iam/access_key_wrapper.py, as its demo calls it."""
    iam = signed(fake, "iam", alice)
    sample = CurrentUserKeys(iam)
    key_id = sample.create()
    assert [listed for listed, _ in sample.list()] == [alice.id, key_id]
    sample.update(key_id, activate=False)
    assert dict(sample.list())[key_id] == "Inactive"
    assert sample.last_use(key_id) == {"ServiceName": "N/A", "Region": "N/A"}
    sample.update(key_id, activate=True)
    assert dict(sample.list())[key_id] == "Active"
    sample.delete(key_id)
    assert [listed for listed, _ in sample.list()] == [alice.id]


class CurrentUserKeys:
    """The calls of AWS's sample: it leaves the user name out everywhere."""

    def __init__(self, iam: Any) -> None:
        self._iam = iam

    def create(self) -> str:
        return str(self._iam.create_access_key()["AccessKey"]["AccessKeyId"])

    def update(self, key_id: str, *, activate: bool) -> None:
        self._iam.update_access_key(AccessKeyId=key_id, Status="Active" if activate else "Inactive")

    def last_use(self, key_id: str) -> dict[str, Any]:
        return dict(self._iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"])

    def list(self) -> list[tuple[str, str]]:
        return [(key["AccessKeyId"], key["Status"]) for key in self._iam.list_access_keys()["AccessKeyMetadata"]]

    def delete(self, key_id: str) -> None:
        self._iam.delete_access_key(AccessKeyId=key_id)


def test_a_rename_carries_the_keys_and_leaves_nothing_to_an_heir(fake: FakeIAM, iam: Any, alice: Key) -> None:
    """C53, floci #3918: the rename lost the keys, and the next user of the old name inherited them."""
    iam.update_user(UserName="alice", NewUserName="ann")
    iam.create_user(UserName="alice")
    (listed,) = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    assert (listed["UserName"], listed["AccessKeyId"]) == ("ann", alice.id)
    assert signed(fake, "iam", alice).get_user()["User"]["UserName"] == "ann"
    assert statuses(iam, "alice") == {}
    assert iam.get_access_key_last_used(AccessKeyId=alice.id)["UserName"] == "ann"


def test_the_old_name_is_gone_after_a_rename(iam: Any, alice: Key) -> None:
    """C53, the other half."""
    iam.update_user(UserName="alice", NewUserName="ann")
    assert error(iam.list_access_keys, UserName="alice") == user_missing("alice")


def test_a_list_of_keys_stops_at_max_items_and_goes_on_at_the_marker(iam: Any, alice: Key) -> None:
    """C57, getmoto/moto #3379: MaxItems and Marker were ignored."""
    second = new_key(iam, UserName="alice")
    first_page = iam.list_access_keys(UserName="alice", MaxItems=1)
    assert [key["AccessKeyId"] for key in first_page["AccessKeyMetadata"]] == [alice.id]
    assert first_page["IsTruncated"] is True
    last_page = iam.list_access_keys(UserName="alice", MaxItems=1, Marker=first_page["Marker"])
    assert [key["AccessKeyId"] for key in last_page["AccessKeyMetadata"]] == [second.id]
    assert last_page["IsTruncated"] is False
    assert "Marker" not in last_page


def test_the_paginator_of_keys_walks_page_by_page(iam: Any, alice: Key) -> None:
    """C57 as boto3 users write it."""
    second = new_key(iam, UserName="alice")
    pages = iam.get_paginator("list_access_keys").paginate(UserName="alice", PaginationConfig={"PageSize": 1})
    assert [[key["AccessKeyId"] for key in page["AccessKeyMetadata"]] for page in pages] == [[alice.id], [second.id]]


@pytest.fixture
def crowd(iam: Any) -> Iterator[Any]:
    """IAM with 101 users."""
    for number in range(101):
        iam.create_user(UserName=f"user-{number:03d}")
    yield iam


def test_a_list_of_users_ends_at_a_hundred_unless_it_is_paged(crowd: Any) -> None:
    """C59, boto/boto3 #875: tools saw only the first hundred users."""
    answer = crowd.list_users()
    assert (len(answer["Users"]), answer["IsTruncated"]) == (100, True)


def test_the_paginator_of_users_sees_them_all(crowd: Any) -> None:
    """C59, the right way."""
    names = [user["UserName"] for page in crowd.get_paginator("list_users").paginate() for user in page["Users"]]
    assert names == [f"user-{number:03d}" for number in range(101)]


def test_a_small_page_size_shakes_out_code_that_reads_one_page() -> None:
    """C59: the setting ``page_size`` makes every list come in pieces."""
    with FakeIAM(page_size=1) as fake:
        iam = fake.client("iam")
        first, second = new_user(iam, "alice"), new_key(iam, UserName="alice")
        answer = iam.list_access_keys(UserName="alice")
        assert (len(answer["AccessKeyMetadata"]), answer["IsTruncated"]) == (1, True)
        pages = iam.get_paginator("list_access_keys").paginate(UserName="alice")
        found = [key["AccessKeyId"] for page in pages for key in page["AccessKeyMetadata"]]
        assert found == [first.id, second.id]


def test_an_auditor_switches_off_just_the_keys_that_are_too_old() -> None:
    """C40 and C42, getmoto/moto #2207 and te-papa/aws-key-disabler: keys of 89, 90 and 91 days."""
    today = datetime(2026, 6, 1, tzinfo=timezone.utc)
    clock = ManualClock(today)
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        keys = {}
        for days in (91, 90, 89):
            clock.set(today - timedelta(days=days))
            keys[days] = new_user(iam, f"age-{days}")
        clock.set(today)
        for user in iam.list_users()["Users"]:
            for key in iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]:
                if (today - key["CreateDate"]).days > 90:
                    iam.update_access_key(UserName=user["UserName"], AccessKeyId=key["AccessKeyId"], Status="Inactive")
        assert [statuses(iam, f"age-{days}")[key.id] for days, key in keys.items()] == ["Inactive", "Active", "Active"]


def test_a_wrong_secret_is_told_from_an_unknown_key(fake: FakeIAM, alice: Key) -> None:
    """C14, getmoto/moto #1131: a wrong secret was let in. The id is known, so the signature is what is wrong."""
    refused = error(signed(fake, "sts", Key(alice.id, "wrong")).get_caller_identity)
    assert (refused.code, refused.status) == ("SignatureDoesNotMatch", 403)


def test_an_unknown_key_is_refused_where_callers_must_be_known() -> None:
    """C14, in the mode ``strict``."""
    with FakeIAM(auth="strict") as fake:
        stranger = Key("AKIAQAAAAAAAAAAAAAAA", "wrong")
        assert error(signed(fake, "sts", stranger).get_caller_identity) == AwsError(
            "InvalidClientTokenId", INVALID_TOKEN, 403
        )
