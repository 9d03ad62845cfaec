"""Operations on users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from sys import intern
from typing import Any, Final

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import User, name_key, user_exists
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.lookups import find_key_owner, find_user
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged

TAGS: Final = Tagged(User, key=attrgetter("id"), find=find_user)


@IAM.operation("CreateUser")
def create_user(
    ctx: Context,
    *,
    user_name: str,
    path: str | None = None,
    permissions_boundary: str | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Add a user. The answer shows its tags in the order of the request."""
    given = tagging.given(tags)
    if permissions_boundary is not None:
        from fake_iam.services.iam.policies.permissions_boundaries import find_boundary  # here, since it knows policies

        find_boundary(ctx, permissions_boundary)
    if ctx.account.users.find("name", name_key(user_name)):
        raise user_exists(user_name)
    if len(ctx.account.users) >= ctx.quotas.users_per_account:
        raise LimitExceeded.quota("UsersPerAccount", ctx.quotas.users_per_account)
    user = User(
        id=ctx.ids.user_id(ctx.account.id),
        account_id=ctx.account.id,
        name=user_name,
        path=intern(path or "/"),
        created_at=ctx.now,
        tags=given,
        permissions_boundary=permissions_boundary,
        partition=ctx.partition,
    )
    ctx.account.users.put(user.id, user)
    return {"User": views.user_detail(user, user.tags)}


@IAM.operation("GetUser")
def get_user(ctx: Context, *, user_name: str | None = None) -> dict[str, Any]:
    """Show a user: the one named, or the caller itself."""
    user = find_key_owner(ctx, user_name)
    if user is None:
        return {"User": views.root_detail(ctx)}
    return {"User": views.user_detail(user, views.sorted_tags(user.tags))}


@IAM.operation("ListUsers")
def list_users(
    ctx: Context, *, path_prefix: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the users whose path begins with the prefix; it may end inside a component."""
    prefix = path_prefix or "/"
    page = ctx.page(
        lambda last: filter(ctx.sees, ctx.account.users.after("path", prefix, last)),
        scope=f"ListUsers {prefix}",
        key=lambda user: user.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"Users": [views.user_summary(user) for user in page.items], **page.fields()}


@IAM.operation("UpdateUser")
def update_user(ctx: Context, *, user_name: str, new_path: str | None = None, new_user_name: str | None = None) -> None:
    """Rename or move a user. Its id stays, and with it everything that hangs on the user."""
    user = find_user(ctx, user_name)
    if new_user_name is not None:
        holder = ctx.account.users.find("name", name_key(new_user_name))
        if holder is not None and holder.id != user.id:
            raise user_exists(new_user_name)
    ctx.account.users.put(user.id, replace(user, name=new_user_name or user.name, path=new_path or user.path))


@IAM.operation("DeleteUser")
def delete_user(ctx: Context, *, user_name: str) -> None:
    """Delete a user on whom nothing hangs any more."""
    from fake_iam.services.iam.identities.leftovers import refuse_leftovers  # here, since it knows every noun

    user = find_user(ctx, user_name)
    refuse_leftovers(ctx, user)
    ctx.account.users.delete(user.id)


@IAM.operation("TagUser")
def tag_user(ctx: Context, *, user_name: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a user; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, user_name, tags)


@IAM.operation("UntagUser")
def untag_user(ctx: Context, *, user_name: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a user; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, user_name, tag_keys)


@IAM.operation("ListUserTags")
def list_user_tags(
    ctx: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a user's tags, shorter keys first."""
    return tagging.listed(ctx, TAGS, user_name, "ListUserTags", marker, max_items)
