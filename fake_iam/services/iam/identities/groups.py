"""Operations on groups and their members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.groups import (
    Group,
    Membership,
    group_exists,
    membership_key,
    must_remove_users_from_group,
    no_such_group,
)
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policies.attachments import Attachment, detach_policies_first
from fake_iam.domain.policies.inline_policies import InlinePolicy, delete_policies_first
from fake_iam.services.context import Context
from fake_iam.services.iam import views
from fake_iam.services.iam.lookups import find_user
from fake_iam.services.iam.service import IAM


def find_group(ctx: Context, group_name: str) -> Group:
    """The group of that name, in whatever letter case. Raises NoSuchEntity."""
    group = ctx.account.table(Group).find("name", name_key(group_name))
    if group is None:
        raise no_such_group(group_name)
    return group


def members_of(ctx: Context, group: Group, last: str | None = None) -> Iterator[User]:
    """The users in a group, by name, those behind a name; one at a time."""
    memberships = ctx.account.table(Membership).after("group", f"{group.id}/", last)
    return (user for membership in memberships if (user := ctx.account.users.get(membership.owner_id)))


def groups_of(ctx: Context, user: User) -> list[Group]:
    """The groups that a user is in, by name."""
    memberships = ctx.account.table(Membership).where("owner", user.id)
    groups = [group for membership in memberships if (group := ctx.account.table(Group).get(membership.group_id))]
    return sorted(groups, key=lambda group: group.name_key)


def group_detail(group: Group) -> dict[str, Any]:
    """A group as every answer shows it."""
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.created_at,
    }


@IAM.operation("CreateGroup")
def create_group(ctx: Context, *, group_name: str, path: str | None = None) -> dict[str, Any]:
    """Add a group, with nobody in it."""
    groups = ctx.account.table(Group)
    if groups.find("name", name_key(group_name)):
        raise group_exists(group_name)
    if len(groups) >= ctx.quotas.groups_per_account:
        raise LimitExceeded.quota("GroupsPerAccount", ctx.quotas.groups_per_account)
    group = Group(
        id=ctx.ids.unique_id("AGPA", ctx.account.id),
        account_id=ctx.account.id,
        name=group_name,
        path=path or "/",
        created_at=ctx.now,
        partition=ctx.partition,
    )
    groups.put(group.id, group)
    return {"Group": group_detail(group)}


@IAM.operation("GetGroup")
def get_group(
    ctx: Context, *, group_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """Show a group, and a page of the users in it."""
    group = find_group(ctx, group_name)
    page = ctx.page(
        lambda last: filter(ctx.sees, members_of(ctx, group, last)),
        scope=f"GetGroup {group.id}",
        key=lambda user: user.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"Group": group_detail(group), "Users": [views.user_summary(user) for user in page.items], **page.fields()}


@IAM.operation("ListGroups")
def list_groups(
    ctx: Context, *, path_prefix: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the groups whose path begins with the prefix; it may end inside a component."""
    prefix = path_prefix or "/"
    page = ctx.page(
        lambda last: ctx.account.table(Group).after("path", prefix, last),
        scope=f"ListGroups {prefix}",
        key=lambda group: group.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"Groups": [group_detail(group) for group in page.items], **page.fields()}


@IAM.operation("UpdateGroup")
def update_group(
    ctx: Context, *, group_name: str, new_path: str | None = None, new_group_name: str | None = None
) -> None:
    """Rename or move a group. Its id stays, and with it its members."""
    group = find_group(ctx, group_name)
    groups = ctx.account.table(Group)
    if new_group_name is not None:
        holder = groups.find("name", name_key(new_group_name))
        if holder is not None and holder.id != group.id:
            raise group_exists(new_group_name)
    groups.put(group.id, replace(group, name=new_group_name or group.name, path=new_path or group.path))


@IAM.operation("DeleteGroup")
def delete_group(ctx: Context, *, group_name: str) -> None:
    """Delete a group that nobody is in any more, and that has no policies. The order of the refusals is assumed."""
    group = find_group(ctx, group_name)
    if next(members_of(ctx, group), None) is not None:
        raise must_remove_users_from_group()
    if ctx.account.table(Attachment).find("owner", group.id) is not None:
        raise detach_policies_first()
    if ctx.account.table(InlinePolicy).find("owner", group.id) is not None:
        raise delete_policies_first()
    memberships = ctx.account.table(Membership)
    for left in list(memberships.after("group", f"{group.id}/")):
        memberships.delete(membership_key(group.id, left.owner_id))
    ctx.account.table(Group).delete(group.id)


@IAM.operation("AddUserToGroup")
def add_user_to_group(ctx: Context, *, group_name: str, user_name: str) -> None:
    """Put a user into a group; who is in it already stays in it. The user is looked up first (assumed)."""
    user = find_user(ctx, user_name)
    group = find_group(ctx, group_name)
    memberships = ctx.account.table(Membership)
    key = membership_key(group.id, user.id)
    if memberships.get(key):
        return
    if len(memberships.where("owner", user.id)) >= ctx.quotas.groups_per_user:
        raise LimitExceeded.quota("GroupsPerUser", ctx.quotas.groups_per_user)
    memberships.put(key, Membership(group.id, user.id, ctx.now))


@IAM.operation("RemoveUserFromGroup")
def remove_user_from_group(ctx: Context, *, group_name: str, user_name: str) -> None:
    """Take a user out of a group; who is not in it stays out. The user is looked up first (recorded)."""
    user = find_user(ctx, user_name)
    group = find_group(ctx, group_name)
    memberships = ctx.account.table(Membership)
    key = membership_key(group.id, user.id)
    if memberships.get(key):
        memberships.delete(key)


@IAM.operation("ListGroupsForUser")
def list_groups_for_user(
    ctx: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the groups that a user is in."""
    user = find_user(ctx, user_name)
    page = ctx.page(
        groups_of(ctx, user),
        scope=f"ListGroupsForUser {user.id}",
        key=lambda group: group.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"Groups": [group_detail(group) for group in page.items], **page.fields()}
