"""Finding what a request names, or saying in AWS's words that it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_iam.domain.credentials.access_keys import AccessKey, no_such_access_key
from fake_iam.domain.identities.root_users import RootUser
from fake_iam.domain.identities.users import User, must_specify_user_name, name_key, no_such_user
from fake_iam.services.context import Context

if TYPE_CHECKING:
    from fake_iam.domain.identities.roles import Role


def find_user(ctx: Context, user_name: str) -> User:
    """The user of that name, in whatever letter case. Raises NoSuchEntity."""
    user = ctx.account.users.find("name", name_key(user_name))
    if user is None or not ctx.sees(user):
        raise no_such_user(user_name)
    return user


def find_role(ctx: Context, role_name: str) -> Role:
    """The role of that name, in whatever letter case. Raises NoSuchEntity."""
    from fake_iam.domain.identities.roles import Role, no_such_role  # here, since most calls name no role

    role = ctx.account.table(Role).find("name", name_key(role_name))
    if role is None:
        raise no_such_role(role_name)
    return role


def find_own_role(ctx: Context, role_name: str) -> Role:
    """The role of that name, if the caller may change it. Raises NoSuchEntity, UnmodifiableEntity."""
    from fake_iam.domain.identities.roles import protected_role

    role = find_role(ctx, role_name)
    if role.protected and not ctx.caller.for_aws:
        raise protected_role(role.name)
    return role


def find_key_owner(ctx: Context, user_name: str | None) -> User | None:
    """Whose keys are meant: the named user, else the caller's own; None is the root user.

    Raises:
        NoSuchEntity: no user of that name.
        ValidationError: no name, and the caller is neither a user nor root.
    """
    if user_name is not None:
        return find_user(ctx, user_name)
    if ctx.caller.kind == "root":
        return None
    user = ctx.account.users.get(ctx.caller.id) if ctx.caller.kind == "user" else None
    if user is None:
        raise must_specify_user_name()
    return user


def owner_id(ctx: Context, owner: User | None) -> str:
    """What the keys of that owner are filed under."""
    return ctx.account.id if owner is None else owner.id


def root_user(ctx: Context) -> RootUser:
    """The account's root user; one of whom nothing is known is as old as the account."""
    return ctx.account.table(RootUser).get(ctx.account.id) or RootUser(ctx.account.id, ctx.world.started_at)


def find_access_key(ctx: Context, owner: User | None, access_key_id: str) -> AccessKey:
    """The owner's key of that id. Somebody else's key is as absent as none: raises NoSuchEntity."""
    key = ctx.account.access_keys.get(access_key_id)
    if key is None or key.owner_id != owner_id(ctx, owner):
        raise no_such_access_key(access_key_id)
    return key
