"""The rules of the account's password policy, without HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam.domain.account.password_policy import PasswordPolicy, password_too_short
from tests.support import AwsError, Wire

ACCOUNT = "123456789012"
NO_POLICY = AwsError("NoSuchEntity", f"The Password Policy with domain name {ACCOUNT} cannot be found.", 404)
LETTERS = "Password should have at least one uppercase letter, Password should have at least one lowercase letter"


def violation(text: str) -> AwsError:
    return AwsError("PasswordPolicyViolation", text, 400)


def tried(wire: Wire, password: str) -> Any:
    """What giving a new user this password is answered: an error, or nothing."""
    name = f"user-{len(wire.assembled.engine.store.account(ACCOUNT).users)}"
    wire.user(name)
    answer = wire.call("CreateLoginProfile", UserName=name, Password=password)
    return answer if isinstance(answer, AwsError) else None


def policy(wire: Wire) -> dict[str, str]:
    shown: dict[str, str] = wire.call("GetAccountPasswordPolicy")["PasswordPolicy"]
    return shown


def test_an_account_has_no_policy_of_its_own_at_first(wire: Wire) -> None:
    assert wire.call("GetAccountPasswordPolicy") == NO_POLICY


def test_a_policy_that_is_not_there_cannot_be_deleted(wire: Wire) -> None:
    missing = AwsError("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.", 404)
    assert wire.call("DeleteAccountPasswordPolicy") == missing


def test_an_empty_update_sets_the_defaults_and_shows_no_numbers_that_were_not_given(wire: Wire) -> None:
    assert wire.call("UpdateAccountPasswordPolicy") is None
    assert policy(wire) == {
        "MinimumPasswordLength": "6",
        "RequireSymbols": "false",
        "RequireNumbers": "false",
        "RequireUppercaseCharacters": "false",
        "RequireLowercaseCharacters": "false",
        "AllowUsersToChangePassword": "false",
        "ExpirePasswords": "false",
    }


def test_everything_that_was_set_is_shown(wire: Wire) -> None:
    given = {
        "MinimumPasswordLength": "10",
        "RequireSymbols": "true",
        "RequireNumbers": "true",
        "RequireUppercaseCharacters": "true",
        "RequireLowercaseCharacters": "true",
        "AllowUsersToChangePassword": "true",
        "MaxPasswordAge": "60",
        "PasswordReusePrevention": "3",
        "HardExpiry": "true",
    }
    wire.call("UpdateAccountPasswordPolicy", **given)
    assert policy(wire) == {**given, "ExpirePasswords": "true"}


def test_what_an_update_leaves_out_falls_back_to_its_default(wire: Wire) -> None:
    wire.call("UpdateAccountPasswordPolicy", MinimumPasswordLength=20, MaxPasswordAge=90)
    wire.call("UpdateAccountPasswordPolicy", RequireNumbers="true")
    shown = policy(wire)
    assert (shown["MinimumPasswordLength"], shown["RequireNumbers"]) == ("6", "true")
    assert "MaxPasswordAge" not in shown


def test_a_deleted_policy_gives_way_to_the_default_one(wire: Wire) -> None:
    wire.call("UpdateAccountPasswordPolicy")
    assert wire.call("DeleteAccountPasswordPolicy") is None
    assert wire.call("GetAccountPasswordPolicy") == NO_POLICY
    assert tried(wire, "aaaaaa") == violation("Password should have a minimum length of 8")


def test_the_text_of_a_short_password_ends_in_a_space() -> None:
    """The other tests read the XML with the white space around texts taken off."""
    assert password_too_short(8).message == "Password should have a minimum length of 8 "


def test_a_policy_is_the_accounts_own(wire: Wire) -> None:
    wire.call("UpdateAccountPasswordPolicy")
    store = wire.assembled.engine.store
    assert len(store.account(ACCOUNT).table(PasswordPolicy)) == 1
    assert len(store.account("210987654321").table(PasswordPolicy)) == 0


@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("Aa1!567", "Password should have a minimum length of 8"),
        ("aaaaaaa", "Password should have a minimum length of 8"),
        (
            "12345678",
            f"Password should meet 2 more of the following requirements: {LETTERS}, "
            "Password should have at least one symbol",
        ),
        (
            "abcdefg1",
            "Password should meet 1 more of the following requirements: "
            "Password should have at least one uppercase letter, Password should have at least one symbol",
        ),
        (
            "........",
            f"Password should meet 3 more of the following requirements: {LETTERS}, "
            "Password should have at least one number, Password should have at least one symbol",
        ),
    ],
)
def test_the_default_policy_wants_eight_characters_of_three_classes(wire: Wire, password: str, text: str) -> None:
    assert tried(wire, password) == violation(text)


@pytest.mark.parametrize("password", ["Abcdefg1", "abcdef1!", "ABCDEF1|", "Abcdefg'", "Aa1!5678"])
def test_three_classes_are_enough_for_the_default_policy(wire: Wire, password: str) -> None:
    assert tried(wire, password) is None


def test_a_policy_of_the_account_takes_the_place_of_the_default_one(wire: Wire) -> None:
    wire.call("UpdateAccountPasswordPolicy")
    assert tried(wire, "aaaaaa") is None
    assert tried(wire, "aaaaa") == violation("Password should have a minimum length of 6")


@pytest.mark.parametrize(
    ("rule", "bad", "good", "text"),
    [
        ("RequireUppercaseCharacters", "aaa1!", "aaaA1!", "Password should have at least one uppercase letter"),
        ("RequireLowercaseCharacters", "AAA1!", "AAAa1!", "Password should have at least one lowercase letter"),
        ("RequireNumbers", "aaaA!", "aaaA!1", "Password should have at least one number"),
        ("RequireSymbols", "aaaA1.", "aaaA1[", "Password should have at least one symbol"),
        ("RequireUppercaseCharacters", "ÄÖÜÄÖÜ", "ÄÖÜÄÖA", "Password should have at least one uppercase letter"),
    ],
)
def test_each_class_can_be_demanded(wire: Wire, rule: str, bad: str, good: str, text: str) -> None:
    wire.call("UpdateAccountPasswordPolicy", **{rule: "true"})
    assert tried(wire, bad * 2) == violation(text)
    assert tried(wire, good) is None


def test_all_demanded_classes_that_are_absent_are_named(wire: Wire) -> None:
    wire.call("UpdateAccountPasswordPolicy", RequireUppercaseCharacters="true", RequireSymbols="true")
    both = "Password should have at least one uppercase letter, Password should have at least one symbol"
    assert tried(wire, "aaaaaa") == violation(both)


def test_a_stricter_policy_leaves_the_passwords_that_are_there(wire: Wire) -> None:
    wire.user("a")
    wire.call("CreateLoginProfile", UserName="a", Password="Abcdefg1")
    wire.call("UpdateAccountPasswordPolicy", MinimumPasswordLength=20)
    assert wire.call("GetLoginProfile", UserName="a")["LoginProfile"]["PasswordResetRequired"] == "false"
