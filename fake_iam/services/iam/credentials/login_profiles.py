"""Operations on users' passwords for the console."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fake_iam.domain.credentials.login_profiles import (
    SALT_ALPHABET,
    SALT_LENGTH,
    HashedPassword,
    LoginProfile,
    check_new_password,
    login_profile_exists,
    no_such_login_profile,
    old_password_incorrect,
    only_users_change_passwords,
    password_missing,
    two_durations,
)
from fake_iam.domain.identities.users import User, must_specify_user_name
from fake_iam.services.context import Context
from fake_iam.services.iam.account.password_policy import find_password_policy
from fake_iam.services.iam.lookups import find_key_owner, find_user
from fake_iam.services.iam.service import IAM


@IAM.operation("CreateLoginProfile")
def create_login_profile(
    ctx: Context,
    *,
    user_name: str | None = None,
    password: str | None = None,
    password_reset_required: bool = False,
    max_signin_session_duration: int | None = None,
) -> dict[str, Any]:
    """Give a user its first password."""
    if password is None:
        raise password_missing()
    user = find_password_owner(ctx, user_name)
    if ctx.account.table(LoginProfile).get(user.id):
        raise login_profile_exists(user.name)
    check_new_password(password, find_password_policy(ctx))
    profile = LoginProfile(
        owner_id=user.id,
        password=hashed(ctx, password),
        created_at=ctx.now,
        changed_at=ctx.now,
        reset_required=password_reset_required,
        max_session_seconds=max_signin_session_duration,
    )
    ctx.account.table(LoginProfile).put(user.id, profile)
    return {"LoginProfile": login_profile_detail(user, profile)}


@IAM.operation("GetLoginProfile")
def get_login_profile(ctx: Context, *, user_name: str | None = None) -> dict[str, Any]:
    """Tell that a user has a password, and since when."""
    user = find_password_owner(ctx, user_name)
    profile = find_login_profile(ctx, user)
    return {"LoginProfile": login_profile_detail(user, profile)}


@IAM.operation("UpdateLoginProfile")
def update_login_profile(
    ctx: Context,
    *,
    user_name: str,
    password: str | None = None,
    password_reset_required: bool | None = None,
    max_signin_session_duration: int | None = None,
    reset_max_signin_session_duration: bool | None = None,
) -> None:
    """Set another password or what goes with it; what is left out stays as it is."""
    profile = find_login_profile(ctx, find_user(ctx, user_name))
    if max_signin_session_duration is not None and reset_max_signin_session_duration:
        raise two_durations()
    if password is not None:
        check_new_password(password, find_password_policy(ctx), profile)
        profile = profile.with_password(hashed(ctx, password), ctx.now)
    if password_reset_required is not None:
        profile = replace(profile, reset_required=password_reset_required)
    if max_signin_session_duration is not None or reset_max_signin_session_duration:
        profile = replace(profile, max_session_seconds=max_signin_session_duration)
    ctx.account.table(LoginProfile).put(profile.owner_id, profile)


@IAM.operation("DeleteLoginProfile")
def delete_login_profile(ctx: Context, *, user_name: str | None = None) -> None:
    """Take a user's password away; its keys go on signing."""
    profile = find_login_profile(ctx, find_password_owner(ctx, user_name))
    ctx.account.table(LoginProfile).delete(profile.owner_id)


@IAM.operation("ChangePassword")
def change_password(ctx: Context, *, old_password: str, new_password: str) -> None:
    """Change the caller's own password, which may have expired: a hard expiry stops the console alone."""
    user = ctx.account.users.get(ctx.caller.id) if ctx.caller.kind == "user" else None
    if user is None:
        raise only_users_change_passwords()
    profile = find_login_profile(ctx, user)
    if not profile.password.matches(old_password):
        raise old_password_incorrect()
    check_new_password(new_password, find_password_policy(ctx), profile)
    changed = profile.with_password(hashed(ctx, new_password), ctx.now)
    ctx.account.table(LoginProfile).put(user.id, replace(changed, reset_required=False))


def login_profile_detail(user: User, profile: LoginProfile) -> dict[str, Any]:
    """A login profile as it is shown: nothing of the password."""
    return {
        "UserName": user.name,
        "CreateDate": profile.created_at,
        "PasswordResetRequired": profile.reset_required,
        "MaxSigninSessionDuration": profile.max_session_seconds,
    }


def find_password_owner(ctx: Context, user_name: str | None) -> User:
    """The user named, else the caller itself.

    Raises:
        NoSuchEntity: no user of that name.
        ValidationError: no name, and the caller is no user. For the root user this is assumed: it is documented that
            root must name somebody, not in which words it is told.
    """
    user = find_key_owner(ctx, user_name)
    if user is None:
        raise must_specify_user_name()
    return user


def find_login_profile(ctx: Context, user: User) -> LoginProfile:
    """The user's login profile. Raises NoSuchEntity."""
    profile = ctx.account.table(LoginProfile).get(user.id)
    if profile is None:
        raise no_such_login_profile(user.name)
    return profile


def hashed(ctx: Context, password: str) -> HashedPassword:
    """What is kept of a password, under a salt of its own."""
    return HashedPassword.of(password, ctx.ids.text(SALT_ALPHABET, SALT_LENGTH))
