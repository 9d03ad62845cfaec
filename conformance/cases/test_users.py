from __future__ import annotations

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.clients import Client
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import (
    API,
    CUSTODIAN,
    IDENTIFIERS,
    LIST_USERS,
    LOCALSTACK_USERS,
    REAL_KEYS,
    S3_TESTS,
)
from conformance.targets import Target, fake_target

NOBODY = "fake-iam-conformance-nobody"
HAS_KEYS = AwsError("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409)
BOUNDARY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def user_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def user_exists(name: str) -> AwsError:
    return AwsError("EntityAlreadyExists", f"User with name {name} already exists.", 409)


def names(aws: Target, prefix: str) -> list[str]:
    return sorted(user["UserName"] for user in aws.iam.list_users(PathPrefix=prefix)["Users"])


# Creating


@observed(*LOCALSTACK_USERS, "1.5:CreateUser", "6:Arn")
def test_a_new_user_shows_path_name_id_arn_and_date(aws: Target, new_user: People) -> None:
    name = new_user.name()
    user = aws.iam.create_user(UserName=name)["User"]
    assert sorted(user) == ["Arn", "CreateDate", "Path", "UserId", "UserName"]
    assert (user["Path"], user["UserName"]) == ("/", name)
    assert user["Arn"] == f"arn:aws:iam::{aws.account}:user/{name}"
    assert abs(user["CreateDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)


@documented(IDENTIFIERS, "6:Id prefixes")
def test_a_user_id_is_aida_and_seventeen_characters(aws: Target, new_user: People) -> None:
    user = aws.iam.create_user(UserName=new_user.name())["User"]
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", user["UserId"])


@observed(*REAL_KEYS, "5:The account is in the id")
def test_a_user_id_carries_the_account(aws: Target, new_user: People) -> None:
    user_id = aws.iam.create_user(UserName=new_user.name())["User"]["UserId"]
    number = (int.from_bytes(base64.b32decode(user_id[4:20])[:6], "big") & 0x7FFFFFFFFF80) >> 7
    assert f"{number:012d}" == aws.account


@pytest.mark.parametrize("path", ["/", "/team/", "/test//double/", "/a/b/c/"])
@observed(*LOCALSTACK_USERS, "6:Arn")
def test_the_path_stands_in_the_arn(aws: Target, new_user: People, path: str) -> None:
    name = new_user(Path=path)
    user = aws.iam.get_user(UserName=name)["User"]
    assert (user["Path"], user["Arn"]) == (path, f"arn:aws:iam::{aws.account}:user{path}{name}")


@observed(*LOCALSTACK_USERS, "user-exists")
def test_a_name_is_taken_once(aws: Target, new_user: People) -> None:
    alice = new_user()
    assert aws.error(aws.iam.create_user, UserName=alice) == user_exists(alice)


@observed(*S3_TESTS, "user-exists", "6:UserName")
def test_a_name_in_another_letter_case_is_the_same_name(aws: Target, new_user: People) -> None:
    alice = new_user()
    assert aws.error(aws.iam.create_user, UserName=alice.upper()) == user_exists(alice.upper())
    assert aws.iam.get_user(UserName=alice.upper())["User"]["UserName"] == alice


@documented(f"{API}/API_CreateUser.html", "user-exists", "C70")
def test_of_those_who_make_a_user_at_once_one_succeeds(aws: Target, new_user: People) -> None:
    name = new_user.name()
    clients = [aws.signing_with(aws.key).iam for _ in range(16)]

    def create(client: Client) -> bool:
        try:
            client.create_user(UserName=name)
        except AssertionError as refused:
            assert f"User with name {name} already exists." in str(refused)
            return False
        return True

    with ThreadPoolExecutor(16) as at_once:
        assert sum(at_once.map(create, clients)) == 1


@fake_only("a real account's quota is too high to be reached")
@observed("undated", "openshift test data that quotes AWS", "quota-usersperaccount")
def test_the_quota_of_users_is_named_with_its_number(aws: Target) -> None:
    with fake_target(users_per_account=1) as small:
        small.iam.create_user(UserName="alice")
        full = AwsError("LimitExceeded", "Cannot exceed quota for UsersPerAccount: 1", 409)
        assert small.error(small.iam.create_user, UserName="bob") == full


# Reading


MISSING = observed(*LOCALSTACK_USERS, "user-missing")


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param("get_user", {}, marks=MISSING, id="get_user"),
        pytest.param("update_user", {"NewPath": "/x/"}, marks=MISSING, id="update_user"),
        pytest.param("delete_user", {}, marks=MISSING, id="delete_user"),
        pytest.param("list_user_tags", {}, marks=MISSING, id="list_user_tags"),
        pytest.param("tag_user", {"Tags": [{"Key": "k", "Value": "v"}]}, marks=MISSING, id="tag_user"),
        pytest.param("untag_user", {"TagKeys": ["k"]}, marks=MISSING, id="untag_user"),
    ],
)
def test_an_unknown_user_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    operation = getattr(aws.iam, method)
    assert aws.error(operation, UserName=NOBODY, **parameters) == user_missing(NOBODY)


@observed("undated", "localstack/localstack main, AWS-validated tests", "6:GetUser without UserName", "C23")
def test_without_a_name_a_user_is_the_signer(aws: Target, new_user: People) -> None:
    alice = new_user(manages_keys=True, Path="/team/")
    user = aws.wait_for(aws.signing_with(new_user.key(alice)).iam.get_user)["User"]
    assert (user["UserName"], user["Path"]) == (alice, "/team/")
    assert user["Arn"] == f"arn:aws:iam::{aws.account}:user/team/{alice}"


@observed(*CUSTODIAN, "6:GetUser without UserName", "C23")
def test_without_a_name_the_root_user_has_neither_name_nor_path(aws: Target) -> None:
    aws.need_root()
    user = aws.iam.get_user()["User"]
    assert (user["UserId"], user["Arn"]) == (aws.account, f"arn:aws:iam::{aws.account}:root")
    assert sorted(set(user) - {"PasswordLastUsed"}) == ["Arn", "CreateDate", "UserId"]


@observed(*LOCALSTACK_USERS, "1.5:ListUsers")
def test_a_list_shows_neither_tags_nor_boundary(aws: Target, new_user: People) -> None:
    path = new_user.path()
    name = new_user(Path=path, Tags=[{"Key": "k", "Value": "v"}], PermissionsBoundary=BOUNDARY)
    shown = only(aws.iam.list_users(PathPrefix=path)["Users"])
    assert sorted(shown) == ["Arn", "CreateDate", "Path", "UserId", "UserName"]
    user = aws.iam.get_user(UserName=name)["User"]
    assert user["Tags"] == [{"Key": "k", "Value": "v"}]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY


@observed("2018-12", "awsdocs/iam-user-guide#82, confirmed there by AWS; iann0036/former2#96", "1.5:ListUsers")
def test_the_type_of_a_boundary_is_policy_whatever_the_model_says(aws: Target, new_user: People) -> None:
    name = new_user(PermissionsBoundary=BOUNDARY)
    boundary = aws.iam.get_user(UserName=name)["User"]["PermissionsBoundary"]
    assert boundary == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY}


@observed(*LOCALSTACK_USERS, "6:PathPrefix")
def test_a_path_prefix_may_end_inside_a_component(aws: Target, new_user: People) -> None:
    path = new_user.path()
    inside, beside = new_user(Path=f"{path}test-life/"), new_user(Path=f"{path}test/")
    assert names(aws, f"{path}test") == sorted([inside, beside])
    assert names(aws, f"{path}test-lif") == [inside]
    assert names(aws, f"{path}none") == []


@documented(LIST_USERS, "6:PathPrefix")
def test_without_a_prefix_all_paths_are_listed(aws: Target, new_user: People) -> None:
    user = new_user(Path=new_user.path())
    found: list[str] = []
    parameters: dict[str, Any] = {"MaxItems": 1000}
    while True:
        page = aws.iam.list_users(**parameters)
        found += [shown["UserName"] for shown in page["Users"]]
        if not page["IsTruncated"]:
            break
        parameters["Marker"] = page["Marker"]
    assert user in found


# Changing


@observed(*LOCALSTACK_USERS, "6:UpdateUser is void", "1.5:UpdateUser", "C53")
def test_a_renamed_user_keeps_its_id_and_date(aws: Target, new_user: People) -> None:
    alice, ann = new_user(), new_user.name()
    before = aws.iam.get_user(UserName=alice)["User"]
    assert aws.iam.update_user(UserName=alice, NewUserName=ann, NewPath="/moved/") == {}
    after = aws.wait_for(aws.iam.get_user, UserName=ann)["User"]
    assert (after["UserId"], after["CreateDate"]) == (before["UserId"], before["CreateDate"])
    assert after["Arn"] == f"arn:aws:iam::{aws.account}:user/moved/{ann}"
    expected = user_missing(alice)
    assert aws.settle(lambda: aws.error(aws.iam.get_user, UserName=alice), expected) == expected


@assumed("recorded for UpdateGroup", "user-rename-taken")
def test_a_rename_to_a_taken_name_is_refused(aws: Target, new_user: People) -> None:
    alice, bob = new_user(), new_user()
    assert aws.error(aws.iam.update_user, UserName=alice, NewUserName=bob) == user_exists(bob)
    assert aws.iam.get_user(UserName=alice)["User"]["UserName"] == alice


@documented(f"{API}/API_UpdateUser.html", "6:UserName")
def test_a_rename_may_change_the_letter_case_alone(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.update_user(UserName=alice, NewUserName=alice.capitalize())
    shown = aws.settle(lambda: aws.iam.get_user(UserName=alice)["User"]["UserName"], alice.capitalize())
    assert shown == alice.capitalize()


# Deleting


@observed(
    "undated",
    "ansible/ansible#59078, aws-controllers-k8s/community#2229",
    "user-del-keys",
    "6:Deleting a user",
    "C52",
    "C55",
)
def test_a_user_with_keys_is_not_deleted(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    assert aws.error(aws.iam.delete_user, UserName=alice) == HAS_KEYS
    assert aws.iam.get_user(UserName=alice)["User"]["UserName"] == alice
    aws.iam.delete_access_key(UserName=alice, AccessKeyId=key.id)
    assert aws.iam.delete_user(UserName=alice) == {}
    expected = user_missing(alice)
    assert aws.settle(lambda: aws.error(aws.iam.get_user, UserName=alice), expected) == expected


@documented(f"{API}/API_DeleteUser.html", "user-del-keys", "C52")
def test_a_user_with_an_inactive_key_is_not_deleted(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    aws.iam.update_access_key(UserName=alice, AccessKeyId=key.id, Status="Inactive")
    assert aws.error(aws.iam.delete_user, UserName=alice) == HAS_KEYS


@pytest.mark.parametrize(
    ("method", "member"),
    [
        ("list_groups_for_user", "Groups"),
        ("list_user_policies", "PolicyNames"),
        ("list_attached_user_policies", "AttachedPolicies"),
        ("list_access_keys", "AccessKeyMetadata"),
        ("list_mfa_devices", "MFADevices"),
        ("list_ssh_public_keys", "SSHPublicKeys"),
        ("list_signing_certificates", "Certificates"),
        ("list_service_specific_credentials", "ServiceSpecificCredentials"),
    ],
)
@observed(*CUSTODIAN, "1.1:List members", "C52")
def test_what_is_listed_before_a_user_is_deleted_is_an_empty_list(
    aws: Target, new_user: People, method: str, member: str
) -> None:
    answer = getattr(aws.iam, method)(UserName=new_user())
    assert answer[member] == []


@observed("undated", "ansible/ansible#59078, the module iam_user with state: absent", "C52")
def test_a_user_without_a_password_has_no_login_profile_to_delete(aws: Target, new_user: People) -> None:
    alice = new_user()
    assert aws.error(aws.iam.delete_login_profile, UserName=alice) == AwsError(
        "NoSuchEntity", f"Login Profile for User {alice} cannot be found.", 404
    )


@documented(f"{API}/API_DeleteUser.html", "6:UserName", "C53")
def test_a_name_is_free_again_after_deletion_and_the_id_is_another(aws: Target, new_user: People) -> None:
    alice = new_user()
    first = aws.iam.get_user(UserName=alice)["User"]["UserId"]
    aws.iam.delete_user(UserName=alice)
    second = aws.wait_for(aws.iam.create_user, UserName=alice)["User"]["UserId"]
    assert first != second
