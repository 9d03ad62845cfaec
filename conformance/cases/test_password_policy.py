from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.answers import AwsError
from conformance.provenance import assumed, fake_only, observed
from conformance.sources import INFERRED_STYLE, LOCALSTACK
from conformance.targets import Target, fake_target

# What changes the policy, or needs to know it, runs on a fake of its own.
ONE_POLICY = fake_only("an account has one password policy, and that of a real account is not to be touched")
DEFAULTS = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
    "ExpirePasswords": False,
}


@pytest.fixture
def own() -> Iterator[Target]:
    """A fake whose policy nobody else needs."""
    with fake_target() as target:
        yield target


def policy_missing(account: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The Password Policy with domain name {account} cannot be found.", 404)


@ONE_POLICY
@observed(*LOCALSTACK, "pwpol-get-missing")
def test_without_a_policy_of_its_own_an_account_shows_none(own: Target) -> None:
    assert own.error(own.iam.get_account_password_policy) == policy_missing(own.account)


@ONE_POLICY
@observed(*LOCALSTACK, "7:Password policy after an empty update")
def test_an_empty_update_sets_the_defaults(own: Target) -> None:
    assert own.iam.update_account_password_policy() == {}
    assert own.iam.get_account_password_policy()["PasswordPolicy"] == DEFAULTS


@ONE_POLICY
@observed(*LOCALSTACK, "1.4:PasswordPolicy")
def test_everything_that_was_set_is_shown(own: Target) -> None:
    given = {
        "MinimumPasswordLength": 10,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
        "MaxPasswordAge": 60,
        "PasswordReusePrevention": 3,
        "HardExpiry": True,
    }
    own.iam.update_account_password_policy(**given)
    assert own.iam.get_account_password_policy()["PasswordPolicy"] == {**given, "ExpirePasswords": True}


@ONE_POLICY
@observed(*LOCALSTACK, "7:Password policy after an empty update")
def test_an_update_is_of_the_whole_policy(own: Target) -> None:
    own.iam.update_account_password_policy(MinimumPasswordLength=20, MaxPasswordAge=90, PasswordReusePrevention=5)
    own.iam.update_account_password_policy()
    assert own.iam.get_account_password_policy()["PasswordPolicy"] == DEFAULTS


@observed(
    *LOCALSTACK, "val-range-three", "4:IAM text since at least Mar 2025", "4:1 validation error", "4:Constraint texts"
)
def test_numbers_out_of_range_are_all_named(aws: Target) -> None:
    at_most = "failed to satisfy constraint: Member must have value less than or equal to"
    text = (
        f"3 validation errors detected: Value at 'minimumPasswordLength' {at_most} 128; "
        f"Value at 'passwordReusePrevention' {at_most} 24; Value at 'maxPasswordAge' {at_most} 1095"
    )
    numbers = {"MinimumPasswordLength": 129, "MaxPasswordAge": 1096, "PasswordReusePrevention": 25}
    refused = AwsError("ValidationError", text, 400)
    assert aws.error(aws.iam.update_account_password_policy, **numbers) == refused


@ONE_POLICY
@observed(*LOCALSTACK, "pwpol-get-missing")
def test_a_deleted_policy_is_gone(own: Target) -> None:
    own.iam.update_account_password_policy()
    assert own.iam.delete_account_password_policy() == {}
    assert own.error(own.iam.get_account_password_policy) == policy_missing(own.account)


@ONE_POLICY
@observed(*LOCALSTACK, "pwpol-del-missing")
def test_what_is_not_there_cannot_be_deleted(own: Target) -> None:
    missing = AwsError("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.", 404)
    assert own.error(own.iam.delete_account_password_policy) == missing


@ONE_POLICY
@assumed(INFERRED_STYLE, "password-min", "password-classes")
def test_a_policy_of_the_account_takes_the_place_of_the_default_one(own: Target) -> None:
    own.iam.update_account_password_policy(RequireUppercaseCharacters=True, RequireSymbols=True)
    own.iam.create_user(UserName="alice")
    both = "Password should have at least one uppercase letter, Password should have at least one symbol"
    for given, text in (("aA!", "Password should have a minimum length of 6 "), ("aaaaaa", both)):
        refused = AwsError("PasswordPolicyViolation", text, 400)
        assert own.error(own.iam.create_login_profile, UserName="alice", Password=given) == refused
    made = own.iam.create_login_profile(UserName="alice", Password="aaaA!a")
    assert made["LoginProfile"]["UserName"] == "alice"
