"""Operations on the policies of roles, inline and attached."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.identities.roles import SERVICE_LINKED_PATH, Role
from fake_iam.domain.policies.attachments import for_service_linked_roles
from fake_iam.domain.policies.inline_policies import InlinePolicy, key, no_such_role_policy, role_policies_too_long
from fake_iam.domain.policies.policy_arns import is_of_aws, path_of
from fake_iam.domain.policy.document import check_identity_policy
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_own_role, find_role
from fake_iam.services.iam.policies.attachments import attach, attached, detach
from fake_iam.services.iam.policies.inline_policies import policy_names, put_policy
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn, existing_policy
from fake_iam.services.iam.policies.policy_views import policy_text
from fake_iam.services.iam.service import IAM


def find_role_policy(ctx: Context, role: Role, name: str) -> InlinePolicy:
    """The role's inline policy of that name. Raises NoSuchEntity."""
    policy = ctx.account.table(InlinePolicy).get(key(role.id, name))
    if policy is None:
        raise no_such_role_policy(name)
    return policy


@IAM.operation("PutRolePolicy")
def put_role_policy(ctx: Context, *, role_name: str, policy_name: str, policy_document: str) -> None:
    """Give a role a policy of its own, in place of the one of that name. The document is read first (assumed)."""
    check_identity_policy(policy_document, managed=False, partition=ctx.partition)
    role = find_own_role(ctx, role_name)
    limit = ctx.quotas.role_policy_size
    policy = InlinePolicy(role.id, policy_name, policy_document)
    put_policy(ctx, policy, limit, role_policies_too_long(limit, role.name))


@IAM.operation("GetRolePolicy")
def get_role_policy(ctx: Context, *, role_name: str, policy_name: str) -> dict[str, Any]:
    """Show an inline policy."""
    role = find_role(ctx, role_name)
    policy = find_role_policy(ctx, role, policy_name)
    return {"RoleName": role.name, "PolicyName": policy.name, "PolicyDocument": policy_text(policy.document)}


@IAM.operation("ListRolePolicies")
def list_role_policies(
    ctx: Context, *, role_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the names of a role's inline policies."""
    return policy_names(ctx, find_role(ctx, role_name).id, marker, max_items)


@IAM.operation("DeleteRolePolicy")
def delete_role_policy(ctx: Context, *, role_name: str, policy_name: str) -> None:
    """Delete an inline policy."""
    policy = find_role_policy(ctx, find_own_role(ctx, role_name), policy_name)
    ctx.account.table(InlinePolicy).delete(policy.key)


@IAM.operation("AttachRolePolicy")
def attach_role_policy(ctx: Context, *, role_name: str, policy_arn: str) -> None:
    """Attach a policy of the account or of AWS; once more changes nothing (recorded).

    Those that services have for their roles are for nobody else; the place of this check is assumed.
    """
    check_policy_arn(ctx, policy_arn)
    role = find_own_role(ctx, role_name)
    for_services = is_of_aws(policy_arn) and path_of(policy_arn) == SERVICE_LINKED_PATH
    if for_services and existing_policy(ctx, policy_arn) and not ctx.caller.for_aws:
        raise for_service_linked_roles()
    attach(ctx, role.id, policy_arn, "PoliciesPerRole", ctx.quotas.policies_per_role)


@IAM.operation("DetachRolePolicy")
def detach_role_policy(ctx: Context, *, role_name: str, policy_arn: str) -> None:
    """Detach a policy that is attached."""
    check_policy_arn(ctx, policy_arn)
    detach(ctx, find_own_role(ctx, role_name).id, policy_arn)


@IAM.operation("ListAttachedRolePolicies")
def list_attached_role_policies(
    ctx: Context,
    *,
    role_name: str,
    path_prefix: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List the policies attached to a role, by name; the prefix is that of a policy's path."""
    return attached(ctx, find_role(ctx, role_name).id, path_prefix, marker, max_items)
