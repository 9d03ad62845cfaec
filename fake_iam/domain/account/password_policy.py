"""The password policy of an account: what a new password must be, which ones are used up, how long it lasts."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fake_iam.domain.errors import NoSuchEntity, PasswordPolicyViolation

# API reference, UpdateAccountPasswordPolicy: no other character counts as a symbol.
SYMBOLS: Final = "!@#$%^&*()_+-=[]{}|'"
# What may be demanded, in the order in which a violation names it (quoted: uppercase before symbol; else assumed).
CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "uppercase letter": frozenset(string.ascii_uppercase),
    "lowercase letter": frozenset(string.ascii_lowercase),
    "number": frozenset(string.digits),
    "symbol": frozenset(SYMBOLS),
}
# AWS's default policy (user guide, account password policy). A password may not be the account's name or mail address
# either; an account has neither here.
DEFAULT_LENGTH: Final = 8
DEFAULT_CLASSES: Final = 3
FURTHEST_REUSE: Final = 24


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The policy that an account has set for itself; without one AWS's default policy holds.

    ``allow_users_to_change`` grants ChangePassword to users whose own policies do not; it takes nothing from others.
    ``hard_expiry`` counts in the console alone: with a key, a user changes an expired password all the same.
    """

    account_id: str
    minimum_length: int = 6
    require_uppercase: bool = False
    require_lowercase: bool = False
    require_numbers: bool = False
    require_symbols: bool = False
    allow_users_to_change: bool = False
    max_age_days: int | None = None
    reuse_prevention: int | None = None
    hard_expiry: bool | None = None

    @property
    def demanded(self) -> frozenset[str]:
        """The character classes that a password must have, by their names in CLASSES."""
        required = (self.require_uppercase, self.require_lowercase, self.require_numbers, self.require_symbols)
        return frozenset(name for name, demanded in zip(CLASSES, required, strict=True) if demanded)


def check_form(password: str, policy: PasswordPolicy | None) -> None:
    """Hold a new password to the policy's length, then to its character classes. Raises PasswordPolicyViolation."""
    shortest = DEFAULT_LENGTH if policy is None else policy.minimum_length
    if len(password) < shortest:
        raise password_too_short(shortest)
    absent = [name for name, characters in CLASSES.items() if characters.isdisjoint(password)]
    if policy is not None:
        demanded = [name for name in absent if name in policy.demanded]
        if demanded:
            raise password_lacks_classes(demanded)
        return
    lacking = DEFAULT_CLASSES - (len(CLASSES) - len(absent))
    if lacking > 0:
        raise password_lacks_some_of(lacking, absent)


def password_too_short(shortest: int) -> PasswordPolicyViolation:
    """The password has too few characters (quoted by users, with the space at the end)."""
    return PasswordPolicyViolation(f"Password should have a minimum length of {shortest} ")


def password_lacks_some_of(count: int, absent: Iterable[str]) -> PasswordPolicyViolation:
    """Too few character classes for the default policy (quoted by users)."""
    return PasswordPolicyViolation(
        f"Password should meet {count} more of the following requirements: {_requirements(absent)}"
    )


def password_lacks_classes(absent: Iterable[str]) -> PasswordPolicyViolation:
    """The account's own policy demands these classes. Assumed, from the quoted text of the default policy."""
    return PasswordPolicyViolation(_requirements(absent))


def password_reused() -> PasswordPolicyViolation:
    """The password is one of those the policy remembers. Assumed: a reimplementation (of CTYun) carries the text."""
    return PasswordPolicyViolation("Policy constraint violation with password reuse prevention during password change.")


def no_password_policy(account_id: str) -> NoSuchEntity:
    """GetAccountPasswordPolicy where the default policy holds: AWS calls the account a domain."""
    return NoSuchEntity(f"The Password Policy with domain name {account_id} cannot be found.")


def no_password_policy_to_delete() -> NoSuchEntity:
    """DeleteAccountPasswordPolicy where the default policy holds."""
    return NoSuchEntity("The account policy with name PasswordPolicy cannot be found.")


def _requirements(classes: Iterable[str]) -> str:
    return ", ".join(f"Password should have at least one {name}" for name in classes)
