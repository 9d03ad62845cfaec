from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.configloader import load_config

from conformance.answers import AwsError, only
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.signing import Key
from conformance.sources import (
    ANSIBLE,
    CREATE_KEY,
    CUSTODIAN_LENGTH,
    GUIDE,
    KEY_INFO,
    LAST_USED,
    LIST_KEYS,
    LOCALSTACK_USERS,
    MANAGE_KEYS,
    ORACLE,
    REAL_KEYS,
    UPDATE_KEY,
    localstack,
    s3_tests,
)
from conformance.targets import Caller, Target

ABSENT = "AKIAQAAAAAAAAAAAAAAA"
ELSEWHERE = "AKIAQGIF3QC4AAAAAAAA"
NOBODY = "fake-iam-conformance-nobody"
DEAD = AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
QUOTA = AwsError("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409)


def key_missing(key_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The Access Key with id {key_id} cannot be found.", 404)


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def listed(aws: Target, user: str) -> dict[str, Any]:
    """A user's keys by their ids."""
    return {key["AccessKeyId"]: key for key in aws.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]}


def status_of(aws: Target, user: str, key: Key) -> str:
    keys = listed(aws, user)
    return str(keys[key.id]["Status"]) if key.id in keys else "gone"


def switch(aws: Target, user: str, key: Key, status: str) -> None:
    aws.iam.update_access_key(UserName=user, AccessKeyId=key.id, Status=status)


def refusal(aws: Target, caller: Caller, service: str, method: str, **parameters: Any) -> AwsError:
    """What a dead key gets, as soon as AWS knows that it is dead."""
    operation = getattr(getattr(caller, service), method)
    return aws.settle(lambda: aws.error(operation, **parameters), DEAD)


def works(aws: Target, caller: Caller) -> bool:
    aws.wait_for(caller.sts.get_caller_identity)
    return True


# Creating


@observed(*LOCALSTACK_USERS, "5:CreateAccessKey answers", "C04")
def test_a_new_key_is_active_and_comes_with_its_secret(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_access_key(UserName=alice)["AccessKey"]
    assert sorted(made) == ["AccessKeyId", "CreateDate", "SecretAccessKey", "Status", "UserName"]
    assert (made["UserName"], made["Status"]) == (alice, "Active")
    assert abs(made["CreateDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)


@observed(*REAL_KEYS, "5:Key id form")
def test_a_key_id_is_akia_and_sixteen_characters_of_base_32(aws: Target, new_user: People) -> None:
    key = new_user.key(new_user())
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key.id)


@observed("undated", "many secrets that people published", "5:Key id form", "C71")
def test_a_secret_is_forty_characters_of_base_64(aws: Target, new_user: People) -> None:
    key = new_user.key(new_user())
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", key.secret)


@observed(*REAL_KEYS, "5:The account is in the id", "C67")
def test_a_key_id_carries_the_account(aws: Target, new_user: People) -> None:
    key = new_user.key(new_user())
    number = (int.from_bytes(base64.b32decode(key.id[4:])[:6], "big") & 0x7FFFFFFFFF80) >> 7
    assert f"{number:012d}" == aws.account


@documented(CREATE_KEY, "5:CreateAccessKey answers")
def test_a_secret_is_shown_once(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    assert sorted(listed(aws, alice)[key.id]) == ["AccessKeyId", "CreateDate", "Status", "UserName"]


@documented(CREATE_KEY, "C04")
def test_a_key_cannot_be_created_inactive(aws: Target, new_user: People) -> None:
    alice = new_user()
    form = {"Action": "CreateAccessKey", "Version": "2010-05-08", "UserName": alice, "Status": "Inactive"}
    aws.post("iam", form).succeeded()
    assert [key["Status"] for key in listed(aws, alice).values()] == ["Active"]


@observed("undated", "99designs/aws-vault#1212, mhart/aws4#22, sonofagl1tch/AWSDetonationLab#62", "C71", "C72")
def test_a_secret_with_a_slash_or_a_plus_signs_and_survives_a_credentials_file(
    aws: Target, new_user: People, tmp_path: Any
) -> None:
    alice, delete = new_user(), aws.iam.delete_access_key
    for _ in range(40):
        made = aws.iam.create_access_key(UserName=alice)["AccessKey"]
        if set("+/") & set(made["SecretAccessKey"]):
            break
        delete(UserName=alice, AccessKeyId=made["AccessKeyId"])
    else:
        raise AssertionError("expected a slash or a plus in one of 40 secrets, got none")
    file = tmp_path / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id = {made['AccessKeyId']}\naws_secret_access_key = {made['SecretAccessKey']}\n"
    )
    profile = load_config(str(file))["profiles"]["default"]
    stored = Key(profile["aws_access_key_id"], profile["aws_secret_access_key"])
    assert stored.secret == made["SecretAccessKey"]
    assert works(aws, aws.signing_with(stored))


# The quota


@observed(*localstack("test_access_key_limit"), "ak-quota", "C01", "C29")
def test_a_third_key_exceeds_the_quota(aws: Target, new_user: People) -> None:
    alice = new_user()
    new_user.key(alice)
    new_user.key(alice)
    assert aws.error(aws.iam.create_access_key, UserName=alice) == QUOTA


@documented(MANAGE_KEYS, "ak-quota", "5:The quota of two counts inactive keys", "C01")
def test_inactive_keys_count_against_the_quota(aws: Target, new_user: People) -> None:
    alice = new_user()
    for key in (new_user.key(alice), new_user.key(alice)):
        switch(aws, alice, key, "Inactive")
        assert aws.error(aws.iam.create_access_key, UserName=alice) == QUOTA


@observed("undated", "simonw/s3-credentials#64", "ak-quota", "C02")
def test_a_deleted_key_makes_room_for_another(aws: Target, new_user: People) -> None:
    alice = new_user()
    first, second = new_user.key(alice), new_user.key(alice)
    switch(aws, alice, first, "Inactive")
    assert aws.error(aws.iam.create_access_key, UserName=alice) == QUOTA
    aws.iam.delete_access_key(UserName=alice, AccessKeyId=first.id)
    third = new_user.key(alice)
    assert set(listed(aws, alice)) == {second.id, third.id}


@observed("undated", "crossplane-contrib/provider-upjet-aws#2009", "ak-quota", "C09")
def test_a_loop_of_creations_stops_at_two_keys(aws: Target, new_user: People) -> None:
    alice = new_user()
    new_user.key(alice)
    new_user.key(alice)
    for _ in range(3):
        assert aws.error(aws.iam.create_access_key, UserName=alice) == QUOTA
    assert len(listed(aws, alice)) == 2


@documented(MANAGE_KEYS, "ak-quota")
def test_the_quota_is_each_users_own(aws: Target, new_user: People) -> None:
    alice, bob = new_user(), new_user()
    new_user.key(alice)
    new_user.key(alice)
    assert new_user.key(bob).id not in listed(aws, alice)


# Status


@pytest.mark.parametrize(
    "statuses",
    [["Active"], ["Inactive", "Inactive"], ["Active", "Inactive", "Active"]],
    ids=["Active", "Inactive twice", "there and back"],
)
@observed(*s3_tests("test_account_user_access_key_update"), "5:Setting the status a key already has", "C04", "C06")
def test_a_status_may_be_set_again_and_the_create_date_stays(
    aws: Target, new_user: People, statuses: list[str]
) -> None:
    alice = new_user()
    made = aws.iam.create_access_key(UserName=alice)["AccessKey"]
    for status in statuses:
        answer = aws.iam.update_access_key(UserName=alice, AccessKeyId=made["AccessKeyId"], Status=status)
        assert answer == {}
    shown = aws.settle(lambda: listed(aws, alice)[made["AccessKeyId"]]["Status"], statuses[-1])
    assert shown == statuses[-1]
    assert listed(aws, alice)[made["AccessKeyId"]]["CreateDate"] == made["CreateDate"]


INACTIVE_AT_STS = observed(*ORACLE, "auth-inactive-key", "5:An inactive key works in no call", "C10", "C15")
INACTIVE_AT_IAM = documented(UPDATE_KEY, "auth-inactive-key", "5:An inactive key works in no call", "C12", "C15")


@pytest.mark.parametrize(
    ("service", "method"),
    [
        pytest.param("sts", "get_caller_identity", marks=INACTIVE_AT_STS),
        pytest.param("sts", "get_session_token", marks=INACTIVE_AT_STS),
        pytest.param("iam", "get_user", marks=INACTIVE_AT_IAM),
        pytest.param("iam", "list_users", marks=INACTIVE_AT_IAM),
        pytest.param("iam", "list_access_keys", marks=INACTIVE_AT_IAM),
        pytest.param("iam", "create_access_key", marks=INACTIVE_AT_IAM),
    ],
)
def test_an_inactive_key_signs_nothing(aws: Target, new_user: People, service: str, method: str) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    switch(aws, alice, key, "Inactive")
    assert refusal(aws, aws.signing_with(key), service, method) == DEAD


@documented(UPDATE_KEY, "auth-inactive-key", "C13")
def test_an_inactive_key_cannot_switch_itself_on(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    switch(aws, alice, key, "Inactive")
    parameters = {"AccessKeyId": key.id, "Status": "Active"}
    assert refusal(aws, aws.signing_with(key), "iam", "update_access_key", **parameters) == DEAD
    assert status_of(aws, alice, key) == "Inactive"


@observed(*localstack("test_access_key_update_status"), "5:An inactive key can be made active again", "C12")
def test_a_key_switched_on_again_signs_again(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    caller = aws.signing_with(key)
    switch(aws, alice, key, "Inactive")
    assert refusal(aws, caller, "sts", "get_caller_identity") == DEAD
    switch(aws, alice, key, "Active")
    assert works(aws, caller)
    assert only(aws.wait_for(caller.iam.list_access_keys)["AccessKeyMetadata"])["AccessKeyId"] == key.id


@documented(MANAGE_KEYS, "C07")
def test_two_keys_are_valid_side_by_side(aws: Target, new_user: People) -> None:
    alice = new_user()
    first, second = new_user.key(alice), new_user.key(alice)
    assert works(aws, aws.signing_with(first))
    assert works(aws, aws.signing_with(second))
    aws.iam.delete_access_key(UserName=alice, AccessKeyId=first.id)
    assert refusal(aws, aws.signing_with(first), "sts", "get_caller_identity") == DEAD
    assert works(aws, aws.signing_with(second))


@documented(MANAGE_KEYS, "C07", "C12")
def test_switching_one_key_leaves_the_other_alone(aws: Target, new_user: People) -> None:
    alice = new_user()
    first, second = new_user.key(alice), new_user.key(alice)
    switch(aws, alice, second, "Inactive")
    assert (status_of(aws, alice, first), status_of(aws, alice, second)) == ("Active", "Inactive")
    assert works(aws, aws.signing_with(first))


@observed(*localstack("test_access_key_update_status"), "5:ListAccessKeys lists inactive keys")
def test_an_inactive_key_is_listed(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    switch(aws, alice, key, "Inactive")
    assert status_of(aws, alice, key) == "Inactive"


ENUMERATION = AwsError(
    "ValidationError",
    "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
    400,
)


@pytest.mark.parametrize("status", ["inactive", "ACTIVE", "Frozen", "Active ", ""])
@assumed(
    "recorded for UpdateServiceSpecificCredential, whose Status has the same shape (localstack/localstack main)",
    "val-enum-status-accesskey",
    "val-enum-status",
    "C26",
)
def test_a_status_outside_the_enumeration_is_refused(aws: Target, new_user: People, status: str) -> None:
    alice = new_user()
    key = new_user.key(alice)
    parameters = {"UserName": alice, "AccessKeyId": key.id, "Status": status}
    assert aws.error(aws.iam.update_access_key, **parameters) == ENUMERATION
    assert status_of(aws, alice, key) == "Active"


@with_whole_model
@assumed("the model lists Expired for this type, and InvalidInput among the errors", "5:Expired is new", "C26")
def test_a_key_cannot_be_set_to_expired(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    parameters = {"UserName": alice, "AccessKeyId": key.id, "Status": "Expired"}
    expected = AwsError("InvalidInput", "Invalid status: Expired", 400)
    assert aws.error(aws.iam.update_access_key, **parameters) == expected
    assert status_of(aws, alice, key) == "Active"


# Deleting


@pytest.mark.parametrize(
    ("service", "method"),
    [
        pytest.param("sts", "get_caller_identity", marks=observed(*ANSIBLE, "auth-unknown-key", "C10")),
        pytest.param("iam", "list_access_keys", marks=documented(MANAGE_KEYS, "auth-unknown-key", "C10", "C15")),
    ],
)
def test_a_deleted_key_signs_nothing(aws: Target, new_user: People, service: str, method: str) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    aws.iam.delete_access_key(UserName=alice, AccessKeyId=key.id)
    assert refusal(aws, aws.signing_with(key), service, method) == DEAD
    assert listed(aws, alice) == {}


@observed(*s3_tests("test_account_user_access_key_delete"), "ak-delete-key-missing")
def test_a_key_is_deleted_once(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    assert aws.iam.delete_access_key(UserName=alice, AccessKeyId=key.id) == {}
    assert aws.error(aws.iam.delete_access_key, UserName=alice, AccessKeyId=key.id) == key_missing(key.id)


@documented(f"{GUIDE}/id_credentials_access-keys-update.html", "C10")
def test_an_inactive_key_can_be_deleted(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    switch(aws, alice, key, "Inactive")
    aws.iam.delete_access_key(UserName=alice, AccessKeyId=key.id)
    assert status_of(aws, alice, key) == "gone"


# UserName left out


@documented(LIST_KEYS, "5:UserName omitted", "C17")
def test_without_a_user_name_the_signers_keys_are_listed(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    shown = only(aws.wait_for(aws.signing_with(key).iam.list_access_keys)["AccessKeyMetadata"])
    assert (shown["AccessKeyId"], shown["UserName"]) == (key.id, alice)


@documented(CREATE_KEY, "5:UserName omitted", "C17", "C18")
def test_without_a_user_name_a_key_is_made_for_the_signer(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    made = aws.wait_for(aws.signing_with(key).iam.create_access_key)["AccessKey"]
    assert made["UserName"] == alice
    assert set(listed(aws, alice)) == {key.id, made["AccessKeyId"]}


@documented(UPDATE_KEY, "5:UserName omitted", "C17", "C18")
def test_without_a_user_name_a_key_of_the_signer_is_switched(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key, other = new_user.key(alice), new_user.key(alice)
    caller = aws.signing_with(key)
    assert aws.wait_for(caller.iam.update_access_key, AccessKeyId=other.id, Status="Inactive") == {}
    assert (status_of(aws, alice, key), status_of(aws, alice, other)) == ("Active", "Inactive")


@documented(MANAGE_KEYS, "5:UserName omitted", "C18")
def test_without_a_user_name_a_key_of_the_signer_is_deleted(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key, other = new_user.key(alice), new_user.key(alice)
    assert aws.wait_for(aws.signing_with(key).iam.delete_access_key, AccessKeyId=other.id) == {}
    assert set(listed(aws, alice)) == {key.id}


@assumed("looked up by account, user and key id", "5:Key of another user", "5:UserName omitted", "C17")
def test_without_a_user_name_the_owner_of_the_named_key_does_not_count(aws: Target, new_user: People) -> None:
    alice, bob = new_user(manages_keys=True), new_user()
    as_alice, key = aws.signing_with(new_user.key(alice)), new_user.key(bob)
    aws.wait_for(as_alice.iam.list_access_keys)
    switched = aws.error(as_alice.iam.update_access_key, AccessKeyId=key.id, Status="Inactive")
    deleted = aws.error(as_alice.iam.delete_access_key, AccessKeyId=key.id)
    assert (switched, deleted) == (key_missing(key.id), key_missing(key.id))
    assert status_of(aws, bob, key) == "Active"


@observed(*localstack("test_access_key_deletion_without_username"), "5:A user may delete the very key")
def test_a_user_may_delete_the_key_that_signs(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    caller = aws.signing_with(key)
    aws.wait_for(caller.iam.delete_access_key, AccessKeyId=key.id)
    assert listed(aws, alice) == {}
    assert refusal(aws, caller, "sts", "get_caller_identity") == DEAD


@assumed("by analogy: a user may delete the very key that signs", "5:A user may deactivate the very key")
def test_a_user_may_switch_off_the_key_that_signs(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    caller = aws.signing_with(key)
    aws.wait_for(caller.iam.update_access_key, AccessKeyId=key.id, Status="Inactive")
    assert status_of(aws, alice, key) == "Inactive"
    assert refusal(aws, caller, "sts", "get_caller_identity") == DEAD


@documented(LIST_KEYS, "5:UserName omitted", "C17")
def test_without_a_user_name_root_means_the_root_users_own_keys(aws: Target, new_user: People) -> None:
    aws.need_root()
    alice = new_user()
    key = new_user.key(alice)
    assert key.id not in {shown["AccessKeyId"] for shown in aws.iam.list_access_keys()["AccessKeyMetadata"]}
    assert aws.error(aws.iam.update_access_key, AccessKeyId=key.id, Status="Inactive") == key_missing(key.id)
    assert status_of(aws, alice, key) == "Active"


@documented("https://github.com/awsdocs/aws-doc-sdk-examples, python/example_code/iam/access_key_wrapper.py", "C25")
def test_the_sample_of_aws_for_the_current_user_runs(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True)
    iam = aws.signing_with(new_user.key(alice)).iam
    made = aws.wait_for(iam.create_access_key)["AccessKey"]
    key_id = made["AccessKeyId"]
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 2
    iam.update_access_key(AccessKeyId=key_id, Status="Inactive")
    assert iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    iam.update_access_key(AccessKeyId=key_id, Status="Active")
    iam.delete_access_key(AccessKeyId=key_id)
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 1


# Who and what is missing


def missing_user_parameters(method: str) -> dict[str, str]:
    named = {"UserName": NOBODY}
    if method.startswith(("update", "delete")):
        named["AccessKeyId"] = ABSENT
    return {**named, "Status": "Active"} if method.startswith("update") else named


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("create_access_key", marks=observed(*localstack("test_access_key_errors"), "ak-user-missing")),
        pytest.param(
            "update_access_key",
            marks=observed(*s3_tests("test_account_user_access_key_update"), "ak-update-user-missing", "C28"),
        ),
        pytest.param(
            "delete_access_key",
            marks=observed(*s3_tests("test_account_user_access_key_delete"), "ak-user-missing", "C28"),
        ),
        pytest.param(
            "list_access_keys", marks=observed(*s3_tests("test_account_user_access_key_list"), "ak-list-user-missing")
        ),
    ],
)
def test_an_unknown_user_cannot_be_found(aws: Target, method: str) -> None:
    operation = getattr(aws.iam, method)
    assert aws.error(operation, **missing_user_parameters(method)) == user_missing(NOBODY)


@pytest.mark.parametrize("method", ["update_access_key", "delete_access_key"])
@assumed("inferred: the user is looked up before the key", "5:User unknown is reported before key unknown", "C28")
def test_an_unknown_user_is_said_before_the_key(aws: Target, new_user: People, method: str) -> None:
    alice = new_user()
    key = new_user.key(alice)
    parameters = {**missing_user_parameters(method), "AccessKeyId": key.id}
    assert aws.error(getattr(aws.iam, method), **parameters) == user_missing(NOBODY)
    assert status_of(aws, alice, key) == "Active"


@observed(*localstack("test_access_key_errors"), "ak-update-key-missing", "ak-old-no-period", "C28")
def test_switching_an_unknown_key_names_it_with_a_full_stop(aws: Target, new_user: People) -> None:
    parameters = {"UserName": new_user(), "AccessKeyId": ABSENT, "Status": "Inactive"}
    assert aws.error(aws.iam.update_access_key, **parameters) == key_missing(ABSENT)


@observed(*s3_tests("test_account_user_access_key_delete"), "ak-delete-key-missing", "C28")
def test_deleting_an_unknown_key_names_it_with_a_full_stop(aws: Target, new_user: People) -> None:
    parameters = {"UserName": new_user(), "AccessKeyId": ABSENT}
    assert aws.error(aws.iam.delete_access_key, **parameters) == key_missing(ABSENT)


@pytest.mark.parametrize("method", ["update_access_key", "delete_access_key"])
@assumed("looked up by account, user and key id", "ak-update-key-of-other-user", "5:Key of another user")
def test_a_key_of_another_user_cannot_be_found_and_stays(aws: Target, new_user: People, method: str) -> None:
    alice, bob = new_user(), new_user()
    key = new_user.key(bob)
    parameters = {**missing_user_parameters(method), "UserName": alice, "AccessKeyId": key.id}
    assert aws.error(getattr(aws.iam, method), **parameters) == key_missing(key.id)
    assert status_of(aws, bob, key) == "Active"


@assumed("looked up by account, user and key id", "ak-update-key-of-other-account", "5:Key of another user")
def test_a_key_of_another_account_cannot_be_found(aws: Target, new_user: People) -> None:
    parameters = {"UserName": new_user(), "AccessKeyId": ELSEWHERE, "Status": "Inactive"}
    assert aws.error(aws.iam.update_access_key, **parameters) == key_missing(ELSEWHERE)


# Last use


@observed(*LOCALSTACK_USERS, "5:GetAccessKeyLastUsed never used", "C31", "C38")
def test_a_key_that_never_signed_has_no_date(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_access_key(UserName=alice)["AccessKey"]
    assert aws.iam.get_access_key_last_used(AccessKeyId=made["AccessKeyId"]) == {
        "UserName": alice,
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    }


def last_use(aws: Target, key: Key) -> Any:
    return aws.iam.get_access_key_last_used(AccessKeyId=key.id)["AccessKeyLastUsed"]


@pytest.mark.parametrize(
    ("service", "method", "region"),
    [
        pytest.param(
            "iam",
            "list_access_keys",
            "us-east-1",
            marks=observed(*LOCALSTACK_USERS, "5:GetAccessKeyLastUsed used", "C31", "C38"),
        ),
        pytest.param("sts", "get_caller_identity", "us-east-1", marks=documented(LAST_USED, "C31", "C38")),
        pytest.param("sts", "get_caller_identity", "eu-west-1", marks=documented(LAST_USED, "C31", "C38")),
    ],
)
def test_a_key_that_signed_shows_date_service_and_region(
    aws: Target, new_user: People, service: str, method: str, region: str
) -> None:
    alice = new_user(manages_keys=True)
    key = new_user.key(alice)
    aws.wait_for(getattr(getattr(aws.signing_with(key, region), service), method))
    expected = (service, region)
    assert aws.settle(lambda: (last_use(aws, key)["ServiceName"], last_use(aws, key)["Region"]), expected) == expected
    assert abs(last_use(aws, key)["LastUsedDate"] - datetime.now(timezone.utc)) < timedelta(minutes=10)


@assumed("not known whether AWS counts refused calls; a wrong signature proves no use", "10:refused calls", "C31")
def test_a_wrongly_signed_call_is_no_use(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_access_key(UserName=alice)["AccessKey"]
    key = Key(made["AccessKeyId"], "wrong")
    aws.error(aws.signing_with(key).sts.get_caller_identity)
    assert last_use(aws, key) == {"ServiceName": "N/A", "Region": "N/A"}


@observed(*localstack("test_access_key_errors"), "denied-lastused-unknown-key", "3:GetAccessKeyLastUsed")
def test_the_last_use_of_an_unknown_key_is_access_denied(aws: Target) -> None:
    assert aws.error(aws.iam.get_access_key_last_used, AccessKeyId=ABSENT) == AwsError(
        "AccessDenied",
        f"User: {aws.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {ABSENT}",
        403,
    )


# Listing and renaming


@observed(*CUSTODIAN_LENGTH, "1.5:ListAccessKeys")
def test_a_list_of_keys_names_the_user_in_each_key_and_nowhere_else(aws: Target, new_user: People) -> None:
    alice = new_user()
    new_user.key(alice)
    form = {"Action": "ListAccessKeys", "Version": "2010-05-08", "UserName": alice}
    answer = aws.post("iam", form)
    assert sorted(answer.names("ListAccessKeysResult")) == ["AccessKeyMetadata", "IsTruncated"]
    member = answer.names("ListAccessKeysResult/AccessKeyMetadata/member")
    assert sorted(member) == ["AccessKeyId", "CreateDate", "Status", "UserName"]


@observed(*LOCALSTACK_USERS, "6:UpdateUser is void", "5:Renaming a user", "C53")
def test_renaming_a_user_carries_its_keys(aws: Target, new_user: People) -> None:
    alice, ann = new_user(manages_keys=True), new_user.name()
    key = new_user.key(alice)
    caller = aws.signing_with(key)
    before = caller.sts.get_caller_identity()
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    shown = only(aws.wait_for(aws.iam.list_access_keys, UserName=ann)["AccessKeyMetadata"])
    assert (shown["AccessKeyId"], shown["UserName"]) == (key.id, ann)
    arn = before["Arn"].replace(alice, ann)
    assert aws.settle(lambda: caller.sts.get_caller_identity()["Arn"], arn) == arn
    assert caller.sts.get_caller_identity()["UserId"] == before["UserId"]
    assert aws.wait_for(caller.iam.get_user)["User"]["UserName"] == ann


@documented(f"{GUIDE}/id_users_rename.html", "6:UpdateUser is void", "C53")
def test_a_new_user_under_the_old_name_inherits_no_key(aws: Target, new_user: People) -> None:
    alice, ann = new_user(), new_user.name()
    key = new_user.key(alice)
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    new_user(UserName=alice)
    assert listed(aws, alice) == {}
    assert aws.iam.get_access_key_last_used(AccessKeyId=key.id)["UserName"] == ann


@pytest.mark.parametrize("state", ["Active", "Inactive", "deleted"])
@documented(KEY_INFO, "5:GetAccessKeyInfo tells the account", "9:GetAccessKeyInfo answers only Account", "C67")
def test_the_account_of_a_key_id_is_told(aws: Target, new_user: People, state: str) -> None:
    alice = new_user()
    key = new_user.key(alice)
    if state == "deleted":
        aws.iam.delete_access_key(UserName=alice, AccessKeyId=key.id)
    else:
        switch(aws, alice, key, state)
    assert aws.sts.get_access_key_info(AccessKeyId=key.id) == {"Account": aws.account}
