from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.federated import steered
from conformance.modelled import with_whole_model
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, GUIDE, INFERRED_STYLE, Source, localstack
from conformance.targets import Caller, Target, fake_target
from fake_iam.domain.clock import ManualClock

NOBODY = "fake-iam-conformance-nobody"
LOGIN = localstack("TestUserLoginProfile")
QUOTE = Source("undated", "users' repositories that quote the AWS CLI and boto3")
DEFAULT_POLICY = f"{GUIDE}/id_credentials_passwords_account-policy.html"
CTYUN = "the text that CTYun's reimplementation carries"
WRONG = AwsError("AccessDenied", "The old password was incorrect.", 403)
MUST_NAME = AwsError("ValidationError", "Must specify userName when calling with non-User credentials", 400)


def password() -> str:
    """A password that any policy takes."""
    return f"Aa1!{secrets.token_hex(30)}"


def login_missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"Login Profile for User {name} cannot be found.", 404)


def violation(text: str) -> AwsError:
    return AwsError("PasswordPolicyViolation", text, 400)


def need_default_policy(aws: Target) -> None:
    """Skip the case if the account has a password policy of its own."""
    try:
        aws.iam.get_account_password_policy()
    except AssertionError:
        return
    pytest.skip("needs an account under AWS's default password policy")


def changer(aws: Target, new_user: People, given: str | None) -> tuple[str, Caller]:
    """A user that may change its own password, the one given if any, and its clients."""
    name = new_user(manages_keys=True)
    if given is not None:
        aws.iam.create_login_profile(UserName=name, Password=given)
    caller = aws.signing_with(new_user.key(name))
    aws.wait_for(caller.iam.get_user)
    return name, caller


# Having a password


@observed(*LOGIN, "1.4:LoginProfile")
def test_a_new_profile_shows_name_date_and_reset(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_login_profile(UserName=alice, Password=password())["LoginProfile"]
    assert sorted(made) == ["CreateDate", "PasswordResetRequired", "UserName"]
    assert (made["UserName"], made["PasswordResetRequired"]) == (alice, False)
    assert abs(made["CreateDate"] - datetime.now(timezone.utc)) < timedelta(minutes=5)
    assert aws.wait_for(aws.iam.get_login_profile, UserName=alice)["LoginProfile"] == made


@documented(f"{API}/API_CreateLoginProfile.html")
def test_a_reset_can_be_demanded_from_the_start(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_login_profile(UserName=alice, Password=password(), PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True


@with_whole_model
@documented(f"{API}/API_UpdateLoginProfile.html")
def test_a_longest_session_is_shown_until_it_is_taken_away(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_login_profile(UserName=alice, Password=password(), MaxSigninSessionDuration=7200)
    assert made["LoginProfile"]["MaxSigninSessionDuration"] == 7200
    aws.wait_for(aws.iam.update_login_profile, UserName=alice, ResetMaxSigninSessionDuration=True)
    shown = ["CreateDate", "PasswordResetRequired", "UserName"]
    assert aws.settle(lambda: sorted(aws.iam.get_login_profile(UserName=alice)["LoginProfile"]), shown) == shown


@observed(*LOGIN, "login-exists")
def test_a_user_has_one_password(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.create_login_profile(UserName=alice, Password=password())
    exists = AwsError("EntityAlreadyExists", f"Login Profile for user {alice} already exists.", 409)
    assert aws.error(aws.iam.create_login_profile, UserName=alice, Password=password()) == exists


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param(
            "create_login_profile", {"Password": password()}, marks=observed(*LOGIN, "login-user-missing"), id="create"
        ),
        pytest.param("delete_login_profile", {}, marks=observed(*LOGIN, "login-user-missing"), id="delete"),
        pytest.param("get_login_profile", {}, marks=assumed(INFERRED_STYLE, "login-user-missing"), id="get"),
        pytest.param("update_login_profile", {}, marks=assumed(INFERRED_STYLE, "login-user-missing"), id="update"),
    ],
)
def test_an_unknown_user_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    missing = AwsError("NoSuchEntity", f"The user with name {NOBODY} cannot be found.", 404)
    assert aws.error(getattr(aws.iam, method), UserName=NOBODY, **parameters) == missing


@pytest.mark.parametrize("method", ["get_login_profile", "update_login_profile", "delete_login_profile"])
@observed(*LOGIN, "login-missing", "login-missing-2017")
def test_a_user_without_a_password_has_no_profile(aws: Target, new_user: People, method: str) -> None:
    alice = new_user()
    assert aws.error(getattr(aws.iam, method), UserName=alice) == login_missing(alice)


@documented(f"{API}/API_GetLoginProfile.html")
def test_without_a_name_a_user_means_itself(aws: Target, new_user: People) -> None:
    alice, caller = changer(aws, new_user, password())
    assert aws.wait_for(caller.iam.get_login_profile)["LoginProfile"]["UserName"] == alice


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("create_login_profile", {"Password": password()}), ("get_login_profile", {}), ("delete_login_profile", {})],
)
@assumed("documented that root must name a user; the text is recorded for DeleteAccessKey")
def test_the_root_user_must_name_a_user(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    aws.need_root()
    assert aws.error(getattr(aws.iam, method), **parameters) == MUST_NAME


@assumed("documented to be needed; the text is that of any member that is")
def test_a_password_is_needed(aws: Target, new_user: People) -> None:
    text = "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null"
    refused = AwsError("ValidationError", text, 400)
    assert aws.error(aws.iam.create_login_profile, UserName=new_user()) == refused


@observed(*localstack("test_user_rename_updates_login_profile"), "6:UpdateUser is void")
def test_a_renamed_user_keeps_its_password(aws: Target, new_user: People) -> None:
    alice, ann = new_user(), new_user.name()
    made = aws.iam.create_login_profile(UserName=alice, Password=password())["LoginProfile"]
    aws.iam.update_user(UserName=alice, NewUserName=ann)
    assert aws.wait_for(aws.iam.get_login_profile, UserName=ann)["LoginProfile"] == {**made, "UserName": ann}


@observed(*LOGIN, "login-missing")
def test_a_deleted_profile_is_gone(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.create_login_profile(UserName=alice, Password=password())
    assert aws.wait_for(aws.iam.delete_login_profile, UserName=alice) == {}
    gone = login_missing(alice)
    assert aws.settle(lambda: aws.error(aws.iam.get_login_profile, UserName=alice), gone) == gone


@observed("undated", "users of terraform destroy quote the text, and the status", "user-del-login", "C52")
def test_a_user_with_a_password_is_not_deleted(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.create_login_profile(UserName=alice, Password=password())
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete login profile first.", 409)
    assert aws.settle(lambda: aws.error(aws.iam.delete_user, UserName=alice), conflict) == conflict
    aws.wait_for(aws.iam.delete_login_profile, UserName=alice)
    assert aws.wait_for(aws.iam.delete_user, UserName=alice) == {}


@pytest.mark.parametrize("method", ["update_login_profile", "delete_login_profile"])
@observed("undated", "hashicorp/terraform-provider-aws, internal/service/iam; fog/fog-aws", "login-being-created")
@fake_only("AWS says so for a moment only")
def test_a_password_that_is_being_made_is_not_changed(method: str) -> None:
    text = "Login Profile for User alice cannot be modified while login profile is being created."
    with fake_target() as own:
        own.iam.create_user(UserName="alice")
        own.iam.create_login_profile(UserName="alice", Password=password())
        operation = getattr(own.iam, method)
        steered(own, "faults", operation=operation.name, error="EntityTemporarilyUnmodifiable")
        assert own.error(operation, UserName="alice") == AwsError("EntityTemporarilyUnmodifiable", text, 409)
        assert operation(UserName="alice") == {}


# Setting another


@observed(*LOGIN, "1.5:UpdateUser")
def test_an_update_is_void_and_leaves_the_date(aws: Target, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.create_login_profile(UserName=alice, Password=password())["LoginProfile"]
    changes = {"Password": password(), "PasswordResetRequired": True}
    assert aws.wait_for(aws.iam.update_login_profile, UserName=alice, **changes) == {}
    changed = {**made, "PasswordResetRequired": True}
    assert aws.settle(lambda: aws.iam.get_login_profile(UserName=alice)["LoginProfile"], changed) == changed


@with_whole_model
@assumed("documented to be refused; code and text are guesses")
def test_a_longest_session_is_not_set_and_taken_away_at_once(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.create_login_profile(UserName=alice, Password=password())
    text = "MaxSigninSessionDuration and ResetMaxSigninSessionDuration cannot be specified together."
    both = {"MaxSigninSessionDuration": 3600, "ResetMaxSigninSessionDuration": True}
    refused = AwsError("InvalidInput", text, 400)
    assert aws.settle(lambda: aws.error(aws.iam.update_login_profile, UserName=alice, **both), refused) == refused


# The default policy


@observed(*QUOTE, "password-min")
def test_eight_characters_are_the_least(aws: Target, new_user: People) -> None:
    need_default_policy(aws)
    short = violation("Password should have a minimum length of 8 ")
    assert aws.error(aws.iam.create_login_profile, UserName=new_user(), Password="Aa1!567") == short


@observed(*QUOTE, "password-classes")
def test_three_of_four_classes_of_characters_are_the_least(aws: Target, new_user: People) -> None:
    need_default_policy(aws)
    lacking = violation(
        "Password should meet 1 more of the following requirements: "
        "Password should have at least one uppercase letter, Password should have at least one symbol"
    )
    assert aws.error(aws.iam.create_login_profile, UserName=new_user(), Password="abcdefg1") == lacking


@documented(DEFAULT_POLICY, "password-classes")
def test_any_three_classes_will_do(aws: Target, new_user: People) -> None:
    need_default_policy(aws)
    for given in ("Abcdefg1", "abcdef1!", "ABCDEF1!", "Abcdefg!"):
        alice = new_user()
        assert aws.iam.create_login_profile(UserName=alice, Password=given)["LoginProfile"]["UserName"] == alice


@assumed(INFERRED_STYLE, "password-classes")
def test_all_classes_that_are_absent_are_named(aws: Target, new_user: People) -> None:
    need_default_policy(aws)
    lacking = violation(
        "Password should meet 2 more of the following requirements: Password should have at least one uppercase "
        "letter, Password should have at least one lowercase letter, Password should have at least one symbol"
    )
    assert aws.error(aws.iam.create_login_profile, UserName=new_user(), Password="12345678") == lacking


# Changing one's own


@documented(f"{API}/API_ChangePassword.html")
def test_a_user_changes_its_own_password(aws: Target, new_user: People) -> None:
    first, second = password(), password()
    _, caller = changer(aws, new_user, first)
    assert aws.wait_for(caller.iam.change_password, OldPassword=first, NewPassword=second) == {}
    assert aws.wait_for(caller.iam.change_password, OldPassword=second, NewPassword=password()) == {}


@assumed("documented for the console: the new password is the user's own choice")
def test_a_change_takes_the_demand_for_a_reset_back(aws: Target, new_user: People) -> None:
    first = password()
    alice, caller = changer(aws, new_user, first)
    aws.wait_for(aws.iam.update_login_profile, UserName=alice, PasswordResetRequired=True)
    aws.wait_for(caller.iam.change_password, OldPassword=first, NewPassword=password())

    def reset_required() -> bool:
        return bool(aws.iam.get_login_profile(UserName=alice)["LoginProfile"]["PasswordResetRequired"])

    assert aws.settle(reset_required, False) is False


@assumed(CTYUN)
def test_the_old_password_must_be_right(aws: Target, new_user: People) -> None:
    _, caller = changer(aws, new_user, password())
    sent = {"OldPassword": password(), "NewPassword": password()}
    assert aws.settle(lambda: aws.error(caller.iam.change_password, **sent), WRONG) == WRONG


@observed(*QUOTE, "login-missing")
def test_who_has_no_password_changes_none(aws: Target, new_user: People) -> None:
    alice, caller = changer(aws, new_user, None)
    sent = {"OldPassword": password(), "NewPassword": password()}
    expected = login_missing(alice)
    assert aws.settle(lambda: aws.error(caller.iam.change_password, **sent), expected) == expected


@assumed("the AWS CLI's manual has the code; two reimplementations have the text", "password-invalid-usertype")
def test_the_root_user_changes_no_password(aws: Target) -> None:
    aws.need_root()
    refused = AwsError("InvalidUserType", "Only IAM Users can change their own password.", 400)
    assert aws.error(aws.iam.change_password, OldPassword=password(), NewPassword=password()) == refused


ONE_POLICY = "an account has one password policy, and that of a real account is not to be touched"


@fake_only(ONE_POLICY)
@assumed(CTYUN)
def test_a_password_that_the_policy_remembers_is_not_used_again() -> None:
    reused = violation("Policy constraint violation with password reuse prevention during password change.")
    with fake_target() as own:
        first, second = password(), password()
        own.iam.update_account_password_policy(PasswordReusePrevention=2)
        own.iam.create_user(UserName="alice")
        own.iam.create_login_profile(UserName="alice", Password=first)
        own.iam.update_login_profile(UserName="alice", Password=second)
        for used in (first, second):
            assert own.error(own.iam.update_login_profile, UserName="alice", Password=used) == reused


@fake_only(ONE_POLICY)
@documented(f"{API}/API_UpdateAccountPasswordPolicy.html")
def test_with_a_key_a_user_changes_a_password_that_has_expired_for_good() -> None:
    clock = ManualClock()
    with fake_target(clock, auth="issued") as own:
        first, second = password(), password()
        _, caller = changer(own, People(own), first)
        own.iam.update_account_password_policy(MaxPasswordAge=1, HardExpiry=True)
        clock.advance(timedelta(days=2))
        assert caller.iam.change_password(OldPassword=first, NewPassword=second) == {}
        assert own.error(caller.iam.change_password, OldPassword=first, NewPassword=password()) == WRONG
