"""A login profile: that a user has a password for the console. The password itself is never kept."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from fake_iam.domain.account.password_policy import FURTHEST_REUSE, PasswordPolicy, check_form, password_reused
from fake_iam.domain.errors import (
    AccessDenied,
    DeleteConflict,
    EntityAlreadyExists,
    EntityTemporarilyUnmodifiable,
    InvalidInput,
    InvalidUserType,
    NoSuchEntity,
    ValidationError,
)

SALT_ALPHABET: Final = "0123456789abcdef"
SALT_LENGTH: Final = 32
ROUNDS: Final = 100  # few, so that tests with many passwords are fast: these guard nothing of worth


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """What is kept of a password: enough to know it again."""

    salt: str = field(repr=False)
    digest: str = field(repr=False)

    @classmethod
    def of(cls, password: str, salt: str) -> HashedPassword:
        """The password, hashed with the salt."""
        return cls(salt, hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), ROUNDS).hex())

    def matches(self, password: str) -> bool:
        """Whether it is this password."""
        return hmac.compare_digest(HashedPassword.of(password, self.salt).digest.encode(), self.digest.encode())


@dataclass(frozen=True, slots=True)
class LoginProfile:
    """A user's password and when it was set. ``created_at`` is when the user got the first, and never changes.

    ``former`` are the passwords before this one, the latest first, as far back as any policy may look.
    """

    owner_id: str
    password: HashedPassword
    created_at: datetime
    changed_at: datetime
    reset_required: bool = False
    former: tuple[HashedPassword, ...] = ()
    max_session_seconds: int | None = None

    def with_password(self, password: HashedPassword, at: datetime) -> LoginProfile:
        """The profile with another password; its age counts anew."""
        former = (self.password, *self.former)[: FURTHEST_REUSE - 1]
        return replace(self, password=password, former=former, changed_at=at)


def check_new_password(password: str, policy: PasswordPolicy | None, profile: LoginProfile | None = None) -> None:
    """Hold a new password to the policy, and to the passwords that the user had.

    The present password is the first of those that a policy counts (assumed).

    Raises:
        PasswordPolicyViolation: it is too short, lacks a class of characters, or was used before.
    """
    check_form(password, policy)
    if profile is None or policy is None or policy.reuse_prevention is None:
        return
    remembered = (profile.password, *profile.former)[: policy.reuse_prevention]
    if any(used.matches(password) for used in remembered):
        raise password_reused()


def expires_at(profile: LoginProfile, policy: PasswordPolicy | None) -> datetime | None:
    """When the password must be changed, or None if it lasts: a policy counts for older passwords at once."""
    if policy is None or policy.max_age_days is None:
        return None
    return profile.changed_at + timedelta(days=policy.max_age_days)


def login_profile_exists(name: str) -> EntityAlreadyExists:
    """The user has a password already."""
    return EntityAlreadyExists(f"Login Profile for user {name} already exists.")


def must_delete_login_profile() -> DeleteConflict:
    """The user to be deleted has a password (quoted by users)."""
    return DeleteConflict("Cannot delete entity, must delete login profile first.")


def login_profile_being_created(name: str) -> EntityTemporarilyUnmodifiable:
    """AWS, right after CreateLoginProfile (quoted by users). Here a fault rule alone answers so."""
    return EntityTemporarilyUnmodifiable(
        f"Login Profile for User {name} cannot be modified while login profile is being created."
    )


def password_missing() -> ValidationError:
    """CreateLoginProfile without a password. Assumed: the text of any other member that is needed."""
    return ValidationError(
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null"
    )


def two_durations() -> InvalidInput:
    """A longest session is set and taken away at once; refused as documented, the text is assumed."""
    return InvalidInput("MaxSigninSessionDuration and ResetMaxSigninSessionDuration cannot be specified together.")


def only_users_change_passwords() -> InvalidUserType:
    """ChangePassword by the root user or a role. Code: the AWS CLI's manual; text: assumed, two reimplementations."""
    return InvalidUserType("Only IAM Users can change their own password.")


def old_password_incorrect() -> AccessDenied:
    """ChangePassword with another password than the present one. Assumed: a reimplementation (of CTYun) has it so."""
    return AccessDenied("The old password was incorrect.")


def no_such_login_profile(name: str) -> NoSuchEntity:
    """The user has no password."""
    return NoSuchEntity(f"Login Profile for User {name} cannot be found.")
