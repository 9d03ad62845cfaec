"""Operations on permissions boundaries of users and roles."""

from __future__ import annotations

from dataclasses import replace

from fake_iam.domain import arns
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.policies.managed_policies import (
    ManagedPolicy,
    foreign_partition,
    invalid_boundary,
    no_such_boundary,
)
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import find_own_role, find_user
from fake_iam.services.iam.policies.policy_lookups import existing_policy
from fake_iam.services.iam.service import IAM


def find_boundary(ctx: Context, arn: str) -> ManagedPolicy:
    """The policy to be a permissions boundary.

    Raises:
        InvalidInput: the text is not the ARN of a policy.
        ValidationError: it is that of a policy in another partition (assumed to be as for attaching).
        NoSuchEntity: there is no such policy.
    """
    if not arns.is_policy(arn):
        raise invalid_boundary(arn)
    if arns.partition_of(arn) != ctx.partition:
        raise foreign_partition()
    policy = existing_policy(ctx, arn)
    if policy is None:
        raise no_such_boundary(arn)
    return policy


@IAM.operation("PutUserPermissionsBoundary")
def put_user_permissions_boundary(ctx: Context, *, user_name: str, permissions_boundary: str) -> None:
    """Set a user's boundary, or another one in its place. The policy is looked up before the user (assumed)."""
    boundary = find_boundary(ctx, permissions_boundary)
    user = find_user(ctx, user_name)
    ctx.account.users.put(user.id, replace(user, permissions_boundary=boundary.arn))


@IAM.operation("DeleteUserPermissionsBoundary")
def delete_user_permissions_boundary(ctx: Context, *, user_name: str) -> None:
    """Take a user's boundary off; that there is none is no error (assumed)."""
    user = find_user(ctx, user_name)
    ctx.account.users.put(user.id, replace(user, permissions_boundary=None))


@IAM.operation("PutRolePermissionsBoundary")
def put_role_permissions_boundary(ctx: Context, *, role_name: str, permissions_boundary: str) -> None:
    """Set a role's boundary, or another one in its place. The policy is looked up before the role (assumed)."""
    boundary = find_boundary(ctx, permissions_boundary)
    role = find_own_role(ctx, role_name)
    ctx.account.table(Role).put(role.id, replace(role, permissions_boundary=boundary.arn))


@IAM.operation("DeleteRolePermissionsBoundary")
def delete_role_permissions_boundary(ctx: Context, *, role_name: str) -> None:
    """Take a role's boundary off; that there is none is no error (assumed)."""
    role = find_own_role(ctx, role_name)
    ctx.account.table(Role).put(role.id, replace(role, permissions_boundary=None))
