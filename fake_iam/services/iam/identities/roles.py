"""Operations on roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from sys import intern
from typing import Any, Final

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.roles import (
    HOUR,
    SERVICE_LINKED_PATH,
    Role,
    reserved_path,
    role_exists,
    set_and_reset_signin_duration,
)
from fake_iam.domain.identities.users import name_key
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging
from fake_iam.services.iam.identities.role_views import created_role, role_detail, role_summary
from fake_iam.services.iam.identities.trust_policies import read_trust_policy
from fake_iam.services.iam.lookups import find_own_role, find_role
from fake_iam.services.iam.policies.permissions_boundaries import find_boundary
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged

TAGS: Final = Tagged(Role, key=attrgetter("id"), find=find_role, as_set=True)


@IAM.operation("CreateRole")
def create_role(
    ctx: Context,
    *,
    role_name: str,
    assume_role_policy_document: str,
    path: str | None = None,
    description: str | None = None,
    max_session_duration: int | None = None,
    max_signin_session_duration: int | None = None,
    permissions_boundary: str | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Add a role. The answer shows neither its description nor its longest session (recorded).

    The order of the checks is assumed: path, tags, trust policy, boundary, name, quota.
    """
    if path is not None and path.startswith(SERVICE_LINKED_PATH) and not ctx.caller.for_aws:
        raise reserved_path()
    given = tagging.given(tags)
    trusted = read_trust_policy(ctx, assume_role_policy_document)
    if permissions_boundary is not None:
        find_boundary(ctx, permissions_boundary)
    roles = ctx.account.table(Role)
    if roles.find("name", name_key(role_name)):
        raise role_exists(role_name)
    if len(roles) >= ctx.quotas.roles_per_account:
        raise LimitExceeded.quota("RolesPerAccount", ctx.quotas.roles_per_account)
    role = Role(
        id=ctx.ids.unique_id("AROA", ctx.account.id),
        account_id=ctx.account.id,
        name=role_name,
        path=intern(path or "/"),
        created_at=ctx.now,
        trust_policy=assume_role_policy_document,
        trusted=trusted,
        description=description,
        max_session_duration=max_session_duration or HOUR,
        max_signin_session_duration=max_signin_session_duration,
        tags=given,
        permissions_boundary=permissions_boundary,
        partition=ctx.partition,
    )
    roles.put(role.id, role)
    return {"Role": created_role(role)}


@IAM.operation("GetRole")
def get_role(ctx: Context, *, role_name: str) -> dict[str, Any]:
    """Show a role with its last use; no tags means no Tags element."""
    return {"Role": role_detail(ctx, find_role(ctx, role_name))}


@IAM.operation("ListRoles")
def list_roles(
    ctx: Context, *, path_prefix: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List the roles whose path begins with the prefix, by name; without tags, boundaries and dates of use."""
    prefix = path_prefix or "/"
    page = ctx.page(
        lambda last: ctx.account.table(Role).after("path", prefix, last),
        scope=f"ListRoles {prefix}",
        key=lambda role: role.name_key,
        marker=marker,
        max_items=max_items,
    )
    return {"Roles": [role_summary(ctx, role) for role in page.items], **page.fields()}


@IAM.operation("UpdateRole")
def update_role(
    ctx: Context,
    *,
    role_name: str,
    description: str | None = None,
    max_session_duration: int | None = None,
    max_signin_session_duration: int | None = None,
    reset_max_signin_session_duration: bool | None = None,
) -> dict[str, Any]:
    """Change what is given and nothing else. Of a service-linked role only the description may change."""
    durations = (max_session_duration, max_signin_session_duration, reset_max_signin_session_duration or None)
    role = find_role(ctx, role_name) if durations == (None, None, None) else find_own_role(ctx, role_name)
    if reset_max_signin_session_duration and max_signin_session_duration is not None:
        raise set_and_reset_signin_duration()
    signin = max_signin_session_duration or role.max_signin_session_duration
    changed = replace(
        role,
        description=role.description if description is None else description,
        max_session_duration=max_session_duration or role.max_session_duration,
        max_signin_session_duration=None if reset_max_signin_session_duration else signin,
    )
    ctx.account.table(Role).put(role.id, changed)
    return {}


@IAM.operation("UpdateRoleDescription")
def update_role_description(ctx: Context, *, role_name: str, description: str) -> dict[str, Any]:
    """Change the description; the answer shows neither the longest session nor the last use (recorded)."""
    changed = replace(find_role(ctx, role_name), description=description)
    ctx.account.table(Role).put(changed.id, changed)
    return {"Role": {**created_role(changed), "Description": changed.description}}


@IAM.operation("UpdateAssumeRolePolicy")
def update_assume_role_policy(ctx: Context, *, role_name: str, policy_document: str) -> None:
    """Put another trust policy in place of a role's. The role is looked up before the document is read (assumed)."""
    role = find_own_role(ctx, role_name)
    trusted = read_trust_policy(ctx, policy_document)
    ctx.account.table(Role).put(role.id, replace(role, trust_policy=policy_document, trusted=trusted))


@IAM.operation("DeleteRole")
def delete_role(ctx: Context, *, role_name: str) -> None:
    """Delete a role on which nothing hangs any more."""
    from fake_iam.services.iam.identities.leftovers import refuse_leftovers  # here, since it knows every noun

    role = find_own_role(ctx, role_name)
    refuse_leftovers(ctx, role)
    ctx.account.table(Role).delete(role.id)


@IAM.operation("TagRole")
def tag_role(ctx: Context, *, role_name: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a role; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, role_name, tags)


@IAM.operation("UntagRole")
def untag_role(ctx: Context, *, role_name: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a role; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, role_name, tag_keys)


@IAM.operation("ListRoleTags")
def list_role_tags(
    ctx: Context, *, role_name: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a role's tags in the order in which their keys were first set (recorded)."""
    return tagging.listed(ctx, TAGS, role_name, "ListRoleTags", marker, max_items)
