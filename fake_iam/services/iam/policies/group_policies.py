"""Operations on the policies of groups, inline and attached. They are kept and shown, not enforced."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.identities.groups import Group
from fake_iam.domain.policies.inline_policies import InlinePolicy, group_policies_too_long, key, no_such_group_policy
from fake_iam.domain.policy.document import check_identity_policy
from fake_iam.services.context import Context
from fake_iam.services.iam.identities.groups import find_group
from fake_iam.services.iam.policies.attachments import attach, attached, detach
from fake_iam.services.iam.policies.inline_policies import policy_names, put_policy
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn
from fake_iam.services.iam.policies.policy_views import policy_text
from fake_iam.services.iam.service import IAM


def find_group_policy(ctx: Context, group: Group, name: str) -> InlinePolicy:
    """The group's inline policy of that name. Raises NoSuchEntity."""
    policy = ctx.account.table(InlinePolicy).get(key(group.id, name))
    if policy is None:
        raise no_such_group_policy(name)
    return policy


@IAM.operation("PutGroupPolicy")
def put_group_policy(ctx: Context, *, group_name: str, policy_name: str, policy_document: str) -> None:
    """Give a group a policy of its own, in place of the one of that name. The document is read first (assumed)."""
    check_identity_policy(policy_document, partition=ctx.partition, managed=False)
    group = find_group(ctx, group_name)
    limit = ctx.quotas.group_policy_size
    policy = InlinePolicy(group.id, policy_name, policy_document)
    put_policy(ctx, policy, limit, group_policies_too_long(limit, group.name))


@IAM.operation("GetGroupPolicy")
def get_group_policy(ctx: Context, *, group_name: str, policy_name: str) -> dict[str, Any]:
    """Show an inline policy."""
    group = find_group(ctx, group_name)
    policy = find_group_policy(ctx, group, policy_name)
    return {"GroupName": group.name, "PolicyName": policy.name, "PolicyDocument": policy_text(policy.document)}


@IAM.operation("ListGroupPolicies")
def list_group_policies(
    ctx: Context, *, group_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the names of a group's inline policies."""
    return policy_names(ctx, find_group(ctx, group_name).id, marker, max_items)


@IAM.operation("DeleteGroupPolicy")
def delete_group_policy(ctx: Context, *, group_name: str, policy_name: str) -> None:
    """Delete an inline policy."""
    policy = find_group_policy(ctx, find_group(ctx, group_name), policy_name)
    ctx.account.table(InlinePolicy).delete(policy.key)


@IAM.operation("AttachGroupPolicy")
def attach_group_policy(ctx: Context, *, group_name: str, policy_arn: str) -> None:
    """Attach a policy of the account or of AWS; once more changes nothing."""
    check_policy_arn(ctx, policy_arn)
    group = find_group(ctx, group_name)
    attach(ctx, group.id, policy_arn, "PoliciesPerGroup", ctx.quotas.policies_per_group)


@IAM.operation("DetachGroupPolicy")
def detach_group_policy(ctx: Context, *, group_name: str, policy_arn: str) -> None:
    """Detach a policy that is attached."""
    check_policy_arn(ctx, policy_arn)
    detach(ctx, find_group(ctx, group_name).id, policy_arn)


@IAM.operation("ListAttachedGroupPolicies")
def list_attached_group_policies(
    ctx: Context,
    *,
    group_name: str,
    path_prefix: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List the policies attached to a group, by name; the prefix is that of a policy's path."""
    return attached(ctx, find_group(ctx, group_name).id, path_prefix, marker, max_items)
