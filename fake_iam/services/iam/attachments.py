"""Operations that attach managed policies to users."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.attachments import Attachment, key, not_attachable, not_attached
from fake_iam.domain.errors import LimitExceeded
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_user
from fake_iam.services.iam.policy_lookups import check_policy_arn, existing_policy
from fake_iam.services.iam.service import IAM


@IAM.operation("AttachUserPolicy")
def attach_user_policy(ctx: Context, *, user_name: str, policy_arn: str) -> None:
    """Attach a policy of the account or of AWS; once more changes nothing."""
    check_policy_arn(policy_arn)
    user = find_user(ctx, user_name)
    if existing_policy(ctx, policy_arn) is None:
        raise not_attachable(policy_arn)
    attachments = ctx.account.table(Attachment)
    attachment = Attachment(user.id, policy_arn)
    if attachments.get(attachment.key) is not None:
        return
    if len(attachments.where("owner", user.id)) >= ctx.quotas.policies_per_user:
        raise LimitExceeded.quota("PoliciesPerUser", ctx.quotas.policies_per_user)
    attachments.put(attachment.key, attachment)


@IAM.operation("DetachUserPolicy")
def detach_user_policy(ctx: Context, *, user_name: str, policy_arn: str) -> None:
    """Detach a policy that is attached."""
    check_policy_arn(policy_arn)
    user = find_user(ctx, user_name)
    attachment = ctx.account.table(Attachment).get(key(user.id, policy_arn))
    if attachment is None:
        raise not_attached(policy_arn)
    ctx.account.table(Attachment).delete(attachment.key)


@IAM.operation("ListAttachedUserPolicies")
def list_attached_user_policies(
    ctx: Context,
    *,
    user_name: str,
    path_prefix: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List the policies attached to a user, by name; the prefix is that of a policy's path."""
    user = find_user(ctx, user_name)
    prefix = path_prefix or "/"
    attached = [
        attachment
        for attachment in ctx.account.table(Attachment).where("owner", user.id)
        if attachment.policy_path.startswith(prefix)
    ]
    page = ctx.page(
        sorted(attached, key=_order),
        scope=f"ListAttachedUserPolicies {user.id} {prefix}",
        key=_order,
        marker=marker,
        max_items=max_items,
    )
    return {
        "AttachedPolicies": [
            {"PolicyName": attachment.policy_name, "PolicyArn": attachment.policy_arn} for attachment in page.items
        ],
        **page.fields(),
    }


def _order(attachment: Attachment) -> str:
    return f"{attachment.policy_name.lower()} {attachment.policy_arn}"


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
    """List the users that a policy is attached to or that it bounds; there are no groups and roles to tell of."""
    check_policy_arn(policy_arn)
    if existing_policy(ctx, policy_arn) is None:
        raise not_attachable(policy_arn)
    attached = {attachment.owner_id for attachment in ctx.account.table(Attachment).where("policy", policy_arn)}
    users = [
        user
        for user in ctx.account.users.rows("name")
        if entity_filter in (None, "User")
        and user.path.startswith(path_prefix or "/")
        and (
            (user.id in attached and policy_usage_filter != "PermissionsBoundary")
            or (user.permissions_boundary == policy_arn and policy_usage_filter != "PermissionsPolicy")
        )
        and ctx.sees(user)
    ]
    page = ctx.page(
        users,
        scope=f"ListEntitiesForPolicy {policy_arn} {entity_filter} {path_prefix} {policy_usage_filter}",
        key=lambda user: user.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {
        "PolicyGroups": [],
        "PolicyUsers": [{"UserName": user.name, "UserId": user.id} for user in page.items],
        "PolicyRoles": [],
        **page.fields(),
    }
