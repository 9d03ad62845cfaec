"""Operations that attach managed policies to users, and what attaching to groups shares with them."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.policies.attachments import Attachment, key, not_attachable, not_attached
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_user
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn, existing_policy
from fake_iam.services.iam.service import IAM


@IAM.operation("AttachUserPolicy")
def attach_user_policy(ctx: Context, *, user_name: str, policy_arn: str) -> None:
    """Attach a policy of the account or of AWS; once more changes nothing."""
    check_policy_arn(ctx, policy_arn)
    user = find_user(ctx, user_name)
    attach(ctx, user.id, policy_arn, "PoliciesPerUser", ctx.quotas.policies_per_user)


@IAM.operation("DetachUserPolicy")
def detach_user_policy(ctx: Context, *, user_name: str, policy_arn: str) -> None:
    """Detach a policy that is attached."""
    check_policy_arn(ctx, policy_arn)
    detach(ctx, find_user(ctx, user_name).id, policy_arn)


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
    return attached(ctx, find_user(ctx, user_name).id, path_prefix, marker, max_items)


def attach(ctx: Context, owner_id: str, policy_arn: str, quota: str, limit: int) -> None:
    """Attach a policy to a user or a group. Raises NoSuchEntity, LimitExceeded."""
    if existing_policy(ctx, policy_arn) is None:
        raise not_attachable(policy_arn)
    attachments = ctx.account.table(Attachment)
    attachment = Attachment(owner_id, policy_arn)
    if attachments.get(attachment.key) is not None:
        return
    if len(attachments.where("owner", owner_id)) >= limit:
        raise LimitExceeded.quota(quota, limit)
    attachments.put(attachment.key, attachment)


def detach(ctx: Context, owner_id: str, policy_arn: str) -> None:
    """Detach a policy from a user or a group. Raises NoSuchEntity if it is not attached."""
    attachment = ctx.account.table(Attachment).get(key(owner_id, policy_arn))
    if attachment is None:
        raise not_attached(policy_arn)
    ctx.account.table(Attachment).delete(attachment.key)


def attached(
    ctx: Context, owner_id: str, path_prefix: str | None, marker: str | None, max_items: int | None
) -> dict[str, Any]:
    """A page of the policies attached to a user or a group."""
    prefix = path_prefix or "/"
    rows = [row for row in ctx.account.table(Attachment).where("owner", owner_id) if row.policy_path.startswith(prefix)]
    page = ctx.page(
        sorted(rows, key=_order), scope=f"attached {owner_id} {prefix}", key=_order, marker=marker, max_items=max_items
    )
    return {
        "AttachedPolicies": [{"PolicyName": row.policy_name, "PolicyArn": row.policy_arn} for row in page.items],
        **page.fields(),
    }


def _order(attachment: Attachment) -> str:
    return f"{attachment.policy_name.lower()} {attachment.policy_arn}"
