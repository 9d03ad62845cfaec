"""Operations on users' inline policies, and what those of groups share with them.

They are kept and shown, not enforced.
"""

from __future__ import annotations

from typing import Any

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.inline_policies import InlinePolicy, key, no_such_user_policy, user_policies_too_long
from fake_iam.domain.policy.document import check_identity_policy, size
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_user
from fake_iam.services.iam.policies.policy_views import policy_text
from fake_iam.services.iam.service import IAM


def find_user_policy(ctx: Context, user: User, name: str) -> InlinePolicy:
    """The user's inline policy of that name. Raises NoSuchEntity."""
    policy = ctx.account.table(InlinePolicy).get(key(user.id, name))
    if policy is None:
        raise no_such_user_policy(name)
    return policy


def put_policy(ctx: Context, policy: InlinePolicy, limit: int, too_long: LimitExceeded) -> None:
    """Give a user or a group a policy, in place of the one of that name. Raises ``too_long`` above the limit."""
    policies = ctx.account.table(InlinePolicy)
    others = [other for other in policies.where("owner", policy.owner_id) if other.name != policy.name]
    if sum(size(one.document) for one in (*others, policy)) > limit:
        raise too_long
    policies.put(policy.key, policy)


def policy_names(ctx: Context, owner_id: str, marker: str | None, max_items: int | None) -> dict[str, Any]:
    """A page of the names of an owner's inline policies."""
    page = ctx.page(
        sorted(ctx.account.table(InlinePolicy).where("owner", owner_id), key=lambda policy: policy.name),
        scope=f"inline policies {owner_id}",
        key=lambda policy: policy.name,
        marker=marker,
        max_items=max_items,
    )
    return {"PolicyNames": [policy.name for policy in page.items], **page.fields()}


@IAM.operation("PutUserPolicy")
def put_user_policy(ctx: Context, *, user_name: str, policy_name: str, policy_document: str) -> None:
    """Give a user a policy of its own, in place of the one of that name. The document is read first (assumed)."""
    check_identity_policy(policy_document, partition=ctx.partition, managed=False)
    user = find_user(ctx, user_name)
    limit = ctx.quotas.user_policy_size
    put_policy(
        ctx, InlinePolicy(user.id, policy_name, policy_document), limit, user_policies_too_long(limit, user.name)
    )


@IAM.operation("GetUserPolicy")
def get_user_policy(ctx: Context, *, user_name: str, policy_name: str) -> dict[str, Any]:
    """Show an inline policy."""
    user = find_user(ctx, user_name)
    policy = find_user_policy(ctx, user, policy_name)
    return {"UserName": user.name, "PolicyName": policy.name, "PolicyDocument": policy_text(policy.document)}


@IAM.operation("ListUserPolicies")
def list_user_policies(
    ctx: Context, *, user_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the names of a user's inline policies."""
    return policy_names(ctx, find_user(ctx, user_name).id, marker, max_items)


@IAM.operation("DeleteUserPolicy")
def delete_user_policy(ctx: Context, *, user_name: str, policy_name: str) -> None:
    """Delete an inline policy."""
    policy = find_user_policy(ctx, find_user(ctx, user_name), policy_name)
    ctx.account.table(InlinePolicy).delete(policy.key)
