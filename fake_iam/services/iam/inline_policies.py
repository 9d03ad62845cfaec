"""Operations on users' inline policies. They are kept and shown; nobody is held to them."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.inline_policies import InlinePolicy, key, no_such_user_policy, user_policies_too_long
from fake_iam.domain.policy.document import check_identity_policy, size
from fake_iam.domain.users import User
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_user
from fake_iam.services.iam.policy_views import policy_text
from fake_iam.services.iam.service import IAM


def find_user_policy(ctx: Context, user: User, name: str) -> InlinePolicy:
    """The user's inline policy of that name. Raises NoSuchEntity."""
    policy = ctx.account.table(InlinePolicy).get(key(user.id, name))
    if policy is None:
        raise no_such_user_policy(name)
    return policy


@IAM.operation("PutUserPolicy")
def put_user_policy(ctx: Context, *, user_name: str, policy_name: str, policy_document: str) -> None:
    """Give a user a policy of its own, in place of the one of that name. The document is read first (assumed)."""
    check_identity_policy(policy_document, managed=False)
    user = find_user(ctx, user_name)
    policies = ctx.account.table(InlinePolicy)
    policy = InlinePolicy(user.id, policy_name, policy_document)
    others = sum(size(other.document) for other in policies.where("owner", user.id) if other.name != policy_name)
    if others + size(policy_document) > ctx.quotas.user_policy_size:
        raise user_policies_too_long(ctx.quotas.user_policy_size, user.name)
    policies.put(policy.key, policy)


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
    user = find_user(ctx, user_name)
    page = ctx.page(
        sorted(ctx.account.table(InlinePolicy).where("owner", user.id), key=lambda policy: policy.name),
        scope=f"ListUserPolicies {user.id}",
        key=lambda policy: policy.name,
        marker=marker,
        max_items=max_items,
    )
    return {"PolicyNames": [policy.name for policy in page.items], **page.fields()}


@IAM.operation("DeleteUserPolicy")
def delete_user_policy(ctx: Context, *, user_name: str, policy_name: str) -> None:
    """Delete an inline policy."""
    policy = find_user_policy(ctx, find_user(ctx, user_name), policy_name)
    ctx.account.table(InlinePolicy).delete(policy.key)
