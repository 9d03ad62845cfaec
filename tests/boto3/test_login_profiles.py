"""Passwords as boto3 sets and changes them."""

from __future__ import annotations

from typing import Any

from fake_iam import FakeIAM
from tests.boto3.callers import signed
from tests.support import AwsError, Key, error

FIRST = "correct-horse-1"
SECOND = "Battery-staple-2"


def test_a_new_colleague_chooses_a_password(fake: FakeIAM, iam: Any, alice: Key) -> None:
    iam.create_login_profile(UserName="alice", Password=FIRST, PasswordResetRequired=True)
    own = signed(fake, "iam", alice)
    assert own.get_login_profile()["LoginProfile"]["PasswordResetRequired"] is True

    iam.update_account_password_policy(MinimumPasswordLength=12, RequireUppercaseCharacters=True, MaxPasswordAge=90)
    assert own.get_account_password_policy()["PasswordPolicy"]["ExpirePasswords"] is True
    weak = AwsError("PasswordPolicyViolation", "Password should have at least one uppercase letter", 400)
    assert error(own.change_password, OldPassword=FIRST, NewPassword="battery-staple-2") == weak
    short = AwsError("PasswordPolicyViolation", "Password should have a minimum length of 12 ", 400)
    assert error(own.change_password, OldPassword=FIRST, NewPassword="Battery-2") == short

    own.change_password(OldPassword=FIRST, NewPassword=SECOND)
    assert iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"] is False
    wrong = AwsError("AccessDenied", "The old password was incorrect.", 403)
    assert error(own.change_password, OldPassword=FIRST, NewPassword=SECOND) == wrong


def test_a_leaving_colleague_loses_the_password_and_keeps_the_key(fake: FakeIAM, iam: Any, alice: Key) -> None:
    iam.create_login_profile(UserName="alice", Password=FIRST)
    iam.delete_login_profile(UserName="alice")
    gone = AwsError("NoSuchEntity", "Login Profile for User alice cannot be found.", 404)
    assert error(iam.get_login_profile, UserName="alice") == gone
    assert signed(fake, "iam", alice).get_user()["User"]["UserName"] == "alice"


def test_a_password_of_any_permitted_character_is_known_again(fake: FakeIAM, iam: Any, alice: Key) -> None:
    odd = "Aa1 & <b>+%\t'\"é\xff"
    iam.create_login_profile(UserName="alice", Password=odd)
    assert "ResponseMetadata" in signed(fake, "iam", alice).change_password(OldPassword=odd, NewPassword=SECOND)
