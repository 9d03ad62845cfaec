"""The rules of users' passwords, without HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam.domain.account.password_policy import PasswordPolicy
from fake_iam.domain.clock import ManualClock
from fake_iam.domain.credentials.login_profiles import (
    HashedPassword,
    LoginProfile,
    expires_at,
    login_profile_being_created,
    must_delete_login_profile,
)
from tests.support import AwsError, Key, Wire

ACCOUNT = "123456789012"
FIRST = "First-passw0rd"
SECOND = "Second-passw0rd"
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
MUST_NAME = AwsError("ValidationError", "Must specify userName when calling with non-User credentials", 400)
WRONG = AwsError("AccessDenied", "The old password was incorrect.", 403)
REUSED = AwsError(
    "PasswordPolicyViolation",
    "Policy constraint violation with password reuse prevention during password change.",
    400,
)


def missing(name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"Login Profile for User {name} cannot be found.", 404)


@pytest.fixture
def alice(wire: Wire) -> Key:
    """The key of alice, who has the first password."""
    wire.user("alice")
    wire.call("CreateLoginProfile", UserName="alice", Password=FIRST)
    return wire.key("alice")


def shown(wire: Wire, name: str = "alice") -> Any:
    return wire.call("GetLoginProfile", UserName=name)["LoginProfile"]


def row(wire: Wire, name: str = "alice") -> LoginProfile:
    account = wire.assembled.engine.store.account(ACCOUNT)
    user = account.users.find("name", name)
    assert user is not None
    profile = account.table(LoginProfile).get(user.id)
    assert profile is not None
    return profile


def change(wire: Wire, key: Key | None, old: str, new: str) -> Any:
    return wire.call("ChangePassword", key, OldPassword=old, NewPassword=new)


def update(wire: Wire, **parameters: Any) -> Any:
    return wire.call("UpdateLoginProfile", UserName="alice", **parameters)


# Having one


def test_a_profile_shows_name_date_and_whether_a_reset_is_due(wire: Wire) -> None:
    wire.user("Alice")
    made = wire.call("CreateLoginProfile", UserName="alice", Password=FIRST)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == ("Alice", "false")
    assert sorted(made) == ["CreateDate", "PasswordResetRequired", "UserName"]
    assert shown(wire) == made


@with_whole_model
def test_a_reset_and_a_longest_session_are_shown_if_they_were_asked_for(wire: Wire) -> None:
    wire.user("alice")
    more = {"PasswordResetRequired": "true", "MaxSigninSessionDuration": "7200"}
    wire.call("CreateLoginProfile", UserName="alice", Password=FIRST, **more)
    profile = shown(wire)
    assert (profile["PasswordResetRequired"], profile["MaxSigninSessionDuration"]) == ("true", "7200")


def test_a_user_has_one_password(wire: Wire, alice: Key) -> None:
    exists = AwsError("EntityAlreadyExists", "Login Profile for user alice already exists.", 409)
    assert wire.call("CreateLoginProfile", UserName="alice", Password=SECOND) == exists


def test_a_password_is_needed(wire: Wire) -> None:
    wire.user("alice")
    text = "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null"
    assert wire.call("CreateLoginProfile", UserName="alice") == AwsError("ValidationError", text, 400)


@pytest.mark.parametrize(
    "action", ["CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"]
)
def test_an_unknown_user_cannot_be_found(wire: Wire, action: str) -> None:
    parameters = {"Password": FIRST} if action == "CreateLoginProfile" else {}
    nobody = AwsError("NoSuchEntity", "The user with name nobody cannot be found.", 404)
    assert wire.call(action, UserName="nobody", **parameters) == nobody


@pytest.mark.parametrize("action", ["GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"])
def test_a_user_without_a_password_has_no_profile(wire: Wire, action: str) -> None:
    wire.user("bob")
    assert wire.call(action, UserName="bob") == missing("bob")


def test_without_a_name_a_user_means_itself(wire: Wire) -> None:
    wire.user("bob")
    key = wire.key("bob")
    assert wire.call("CreateLoginProfile", key, Password=FIRST)["LoginProfile"]["UserName"] == "bob"
    assert wire.call("GetLoginProfile", key)["LoginProfile"]["UserName"] == "bob"
    assert wire.call("DeleteLoginProfile", key) is None
    assert wire.call("GetLoginProfile", key) == missing("bob")


def test_root_must_name_a_user(wire: Wire) -> None:
    assert wire.call("CreateLoginProfile", Password=FIRST) == MUST_NAME
    assert wire.call("GetLoginProfile") == MUST_NAME
    assert wire.call("DeleteLoginProfile") == MUST_NAME


def test_a_renamed_user_keeps_its_password(wire: Wire, alice: Key) -> None:
    before = shown(wire)
    wire.call("UpdateUser", UserName="alice", NewUserName="ann")
    assert shown(wire, "ann") == {**before, "UserName": "ann"}
    assert change(wire, alice, FIRST, SECOND) is None


def test_a_deleted_profile_is_gone_and_can_be_made_anew(wire: Wire, alice: Key) -> None:
    assert wire.call("DeleteLoginProfile", UserName="alice") is None
    assert wire.call("GetLoginProfile", UserName="alice") == missing("alice")
    assert wire.call("CreateLoginProfile", UserName="alice", Password=FIRST)["LoginProfile"]["UserName"] == "alice"


def test_the_password_is_nowhere_to_be_read(wire: Wire, alice: Key) -> None:
    profile = row(wire)
    assert FIRST not in repr(profile)
    assert profile.password.digest not in repr(profile)
    assert profile.password.salt not in repr(profile)
    assert FIRST not in (profile.password.digest, profile.password.salt)


def test_the_same_password_is_kept_differently_for_two_users(wire: Wire, alice: Key) -> None:
    wire.user("bob")
    wire.call("CreateLoginProfile", UserName="bob", Password=FIRST)
    assert row(wire).password.digest != row(wire, "bob").password.digest


# Setting another


def test_an_update_of_nothing_changes_nothing(wire: Wire, alice: Key) -> None:
    before = row(wire)
    assert update(wire) is None
    assert row(wire) == before


def test_an_update_changes_the_password_and_when_it_was_set_but_not_the_first_date() -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock)
    wire.user("alice")
    wire.call("CreateLoginProfile", UserName="alice", Password=FIRST)
    clock.advance(timedelta(days=1))
    assert update(wire, Password=SECOND) is None
    profile = row(wire)
    assert (profile.created_at, profile.changed_at) == (NOON, NOON + timedelta(days=1))
    assert profile.password.matches(SECOND)
    assert not profile.password.matches(FIRST)


def test_an_update_holds_the_password_to_the_policy(wire: Wire, alice: Key) -> None:
    short = AwsError("PasswordPolicyViolation", "Password should have a minimum length of 8", 400)
    assert update(wire, Password="Aa1!") == short
    assert row(wire).password.matches(FIRST)


def test_an_update_asks_for_a_reset_or_takes_it_back(wire: Wire, alice: Key) -> None:
    update(wire, PasswordResetRequired="true")
    assert shown(wire)["PasswordResetRequired"] == "true"
    update(wire, Password=SECOND)
    assert shown(wire)["PasswordResetRequired"] == "true"
    update(wire, PasswordResetRequired="false")
    assert shown(wire)["PasswordResetRequired"] == "false"


@with_whole_model
def test_a_longest_session_is_set_kept_and_taken_away(wire: Wire, alice: Key) -> None:
    update(wire, MaxSigninSessionDuration=3600)
    update(wire, Password=SECOND, ResetMaxSigninSessionDuration="false")
    assert shown(wire)["MaxSigninSessionDuration"] == "3600"
    update(wire, ResetMaxSigninSessionDuration="true")
    assert "MaxSigninSessionDuration" not in shown(wire)


@with_whole_model
def test_a_longest_session_is_not_set_and_taken_away_at_once(wire: Wire, alice: Key) -> None:
    text = "MaxSigninSessionDuration and ResetMaxSigninSessionDuration cannot be specified together."
    both = {"MaxSigninSessionDuration": 3600, "ResetMaxSigninSessionDuration": "true"}
    assert update(wire, **both) == AwsError("InvalidInput", text, 400)


# Changing one's own


def test_a_user_changes_its_own_password(wire: Wire, alice: Key) -> None:
    assert change(wire, alice, FIRST, SECOND) is None
    assert change(wire, alice, FIRST, SECOND) == WRONG
    assert change(wire, alice, SECOND, FIRST) is None


def test_a_change_takes_the_demand_for_a_reset_back(wire: Wire, alice: Key) -> None:
    update(wire, PasswordResetRequired="true")
    change(wire, alice, FIRST, SECOND)
    assert shown(wire)["PasswordResetRequired"] == "false"


def test_the_old_password_is_asked_before_the_new_one_is_judged(wire: Wire, alice: Key) -> None:
    assert change(wire, alice, SECOND, "short") == WRONG
    short = AwsError("PasswordPolicyViolation", "Password should have a minimum length of 8", 400)
    assert change(wire, alice, FIRST, "short") == short


def test_who_has_no_password_changes_none(wire: Wire) -> None:
    wire.user("bob")
    assert change(wire, wire.key("bob"), FIRST, SECOND) == missing("bob")


def test_root_changes_no_password(wire: Wire) -> None:
    refused = AwsError("InvalidUserType", "Only IAM Users can change their own password.", 400)
    assert change(wire, None, FIRST, SECOND) == refused


def test_a_policy_that_lets_not_all_users_change_takes_it_from_nobody(wire: Wire, alice: Key) -> None:
    wire.call("UpdateAccountPasswordPolicy", AllowUsersToChangePassword="false")
    assert change(wire, alice, FIRST, SECOND) is None


# Using one again


def test_without_a_policy_a_password_may_be_used_again(wire: Wire, alice: Key) -> None:
    assert change(wire, alice, FIRST, FIRST) is None


def test_so_many_of_the_latest_passwords_are_not_used_again(wire: Wire, alice: Key) -> None:
    wire.call("UpdateAccountPasswordPolicy", PasswordReusePrevention=2)
    assert change(wire, alice, FIRST, FIRST) == REUSED
    assert change(wire, alice, FIRST, SECOND) is None
    assert change(wire, alice, SECOND, FIRST) == REUSED
    assert update(wire, Password=FIRST) == REUSED
    assert change(wire, alice, SECOND, "Third-passw0rd") is None
    assert change(wire, alice, "Third-passw0rd", FIRST) is None


def test_the_passwords_before_a_policy_count_too_and_no_more_than_any_policy_may_ask_for(
    wire: Wire, alice: Key
) -> None:
    for number in range(30):
        update(wire, Password=f"Passw0rd-{number}")
    wire.call("UpdateAccountPasswordPolicy", PasswordReusePrevention=24)
    assert len(row(wire).former) == 23
    assert update(wire, Password="Passw0rd-6") == REUSED
    assert update(wire, Password="Passw0rd-5") is None


# Expiry


def test_a_password_expires_by_the_policy_of_the_day() -> None:
    profile = LoginProfile("AIDA", HashedPassword.of(FIRST, "salt"), created_at=NOON, changed_at=NOON)
    policy = PasswordPolicy(ACCOUNT)
    assert expires_at(profile, None) is None
    assert expires_at(profile, policy) is None
    assert expires_at(profile, replace(policy, max_age_days=90)) == NOON + timedelta(days=90)


def test_a_key_changes_an_expired_password_even_under_a_hard_expiry() -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock)
    wire.user("alice")
    wire.call("CreateLoginProfile", UserName="alice", Password=FIRST)
    key = wire.key("alice")
    wire.call("UpdateAccountPasswordPolicy", MaxPasswordAge=1, HardExpiry="true")
    clock.advance(timedelta(days=2))
    assert change(wire, key, FIRST, SECOND) is None


# Wordings that no operation of this module gives


def test_what_a_user_to_be_deleted_is_told() -> None:
    assert must_delete_login_profile().message == "Cannot delete entity, must delete login profile first."


def test_what_a_fault_rule_may_answer_right_after_creation() -> None:
    assert login_profile_being_created("a").message == (
        "Login Profile for User a cannot be modified while login profile is being created."
    )
