"""The operation that tells whom a managed policy counts for."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import takewhile
from operator import itemgetter
from typing import Any, Final

from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment, not_attachable
from fake_iam.services.context import Context
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn, existing_policy
from fake_iam.services.iam.service import IAM

GROUPS: Final = "0"  # what the places of groups begin with
USERS: Final = "1"
Entity = tuple[str, Group | User]  # with its place: groups before users, by name


@IAM.operation("ListEntitiesForPolicy")
def list_entities_for_policy(
    ctx: Context,
    *,
    policy_arn: str,
    entity_filter: str | None = None,
    path_prefix: str | None = None,
    policy_usage_filter: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List the groups and users that a policy is attached to, and the users it bounds; there are no roles yet."""
    check_policy_arn(ctx, policy_arn)
    if existing_policy(ctx, policy_arn) is None:
        raise not_attachable(policy_arn)
    within = f"{policy_arn} {path_prefix or '/'}"

    def walk(last: str | None) -> Iterator[Entity]:
        start = max(last or "", USERS) if entity_filter == "User" else last
        holders = _holders(ctx, within, start) if policy_usage_filter != "PermissionsBoundary" else iter(())
        if entity_filter == "Group":
            return takewhile(lambda found: found[0] < USERS, holders)
        if entity_filter not in (None, "User"):
            return iter(())
        bounded = _bounded(ctx, within, start) if policy_usage_filter != "PermissionsPolicy" else iter(())
        return _seen(ctx, heapq.merge(holders, bounded, key=itemgetter(0)))

    page = ctx.page(
        walk,
        scope=f"ListEntitiesForPolicy {policy_arn} {entity_filter} {path_prefix} {policy_usage_filter}",
        key=itemgetter(0),
        marker=marker,
        max_items=max_items,
    )
    rows = [row for _, row in page.items]
    return {
        "PolicyGroups": [{"GroupName": row.name, "GroupId": row.id} for row in rows if isinstance(row, Group)],
        "PolicyUsers": [{"UserName": row.name, "UserId": row.id} for row in rows if isinstance(row, User)],
        "PolicyRoles": [],
        **page.fields(),
    }


def _holders(ctx: Context, within: str, last: str | None) -> Iterator[Entity]:
    """Whom the policy is attached to."""
    users, groups = ctx.account.users, ctx.account.table(Group)
    for attachment in ctx.account.table(Attachment).after("entity", within, last):
        user, group = users.get(attachment.owner_id), groups.get(attachment.owner_id)
        if user is not None:
            yield f"{USERS}{user.name_key}", user
        if group is not None:
            yield f"{GROUPS}{group.name_key}", group


def _bounded(ctx: Context, within: str, last: str | None) -> Iterator[Entity]:
    """Whom the policy bounds."""
    name = last[1:] if last is not None and last >= USERS else None
    return ((f"{USERS}{user.name_key}", user) for user in ctx.account.users.after("bounded", within, name))


def _seen(ctx: Context, entities: Iterator[Entity]) -> Iterator[Entity]:
    """Each entity once, without users that are not visible yet."""
    before = ""
    for place, entity in entities:
        if place != before and (isinstance(entity, Group) or ctx.sees(entity)):
            yield place, entity
        before = place
