"""The operation that tells whom a managed policy counts for."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import itemgetter
from typing import Any, Final

from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment, not_attachable
from fake_iam.domain.policies.policy_arns import ENTITY_PLACES, entity_place
from fake_iam.services.context import Context
from fake_iam.services.iam.policies.policy_lookups import BOUNDED, check_policy_arn, existing_policy
from fake_iam.services.iam.service import IAM

Entity = tuple[str, Group | User | Role]  # with its place: groups before users before roles, by name
KINDS: Final[Sequence[type[Any]]] = (Group, User, Role)


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
    """List the groups, users and roles that a policy is attached to, and the users and roles that it bounds."""
    check_policy_arn(ctx, policy_arn)
    if existing_policy(ctx, policy_arn) is None:
        raise not_attachable(policy_arn)
    within = f"{policy_arn} {path_prefix or '/'}"

    def walk(last: str | None) -> Iterator[Entity]:
        found: list[Iterator[Entity]] = []
        if policy_usage_filter != "PermissionsBoundary":
            found.append(holders(ctx, within, entity_filter, last))
        if policy_usage_filter != "PermissionsPolicy":
            found += [_bounded(ctx, within, kind, last) for kind in BOUNDED if entity_filter in (None, kind.__name__)]
        return _seen(ctx, heapq.merge(*found, key=itemgetter(0)))

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
        "PolicyRoles": [{"RoleName": row.name, "RoleId": row.id} for row in rows if isinstance(row, Role)],
        **page.fields(),
    }


def holders(ctx: Context, within: str, only: str | None = None, last: str | None = None) -> Iterator[Entity]:
    """Whom a policy is attached to; ``within`` is its ARN, a blank and a path, ``only`` one kind of entity, if any."""
    if only is not None and only not in ENTITY_PLACES:
        return iter(())
    first = ENTITY_PLACES[only] if only else ""
    found = (
        (entity_place(kind.__name__, entity.name_key), entity)
        for attachment in ctx.account.table(Attachment).after("entity", within, max(last or "", first) or None)
        for kind in KINDS
        if (entity := ctx.account.table(kind).get(attachment.owner_id)) is not None
    )
    return takewhile(lambda entity: entity[0].startswith(first), found)


def _bounded(ctx: Context, within: str, kind: type[Any], last: str | None) -> Iterator[Entity]:
    """The users or roles that the policy bounds."""
    first = ENTITY_PLACES[kind.__name__]
    if last is not None and last[0] > first:
        return iter(())
    behind = last[1:] if last is not None and last[0] == first else None
    found = ctx.account.table(kind).after("bounded", within, behind)
    return ((entity_place(kind.__name__, entity.name_key), entity) for entity in found)


def _seen(ctx: Context, entities: Iterator[Entity]) -> Iterator[Entity]:
    """Each entity once, without users that are not visible yet."""
    before = ""
    for place, entity in entities:
        if place != before and (not isinstance(entity, User) or ctx.sees(entity)):
            yield place, entity
        before = place
