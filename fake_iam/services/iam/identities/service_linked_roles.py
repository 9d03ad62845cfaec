"""Operations on service-linked roles."""

from __future__ import annotations

from dataclasses import replace
from sys import intern
from typing import Any, Final

from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.role_deletions import (
    FAILED,
    SUCCEEDED,
    RoleDeletion,
    in_use,
    no_such_deletion,
    task_id,
)
from fake_iam.domain.identities.roles import Role, no_such_role
from fake_iam.domain.identities.service_linked_roles import find_template, name_taken
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.services.context import Context
from fake_iam.services.iam.identities.role_views import created_role
from fake_iam.services.iam.lookups import find_role
from fake_iam.services.iam.service import IAM

HANGING: Final[tuple[type[Any], ...]] = (Attachment, InlinePolicy)  # what goes with a role


@IAM.operation("CreateServiceLinkedRole")
def create_service_linked_role(
    ctx: Context, *, aws_service_name: str, description: str | None = None, custom_suffix: str | None = None
) -> dict[str, Any]:
    """Make the role of a service, with AWS's policy attached if it is one of those that are known here.

    Such roles count as roles, but no quota keeps them out (documented). The order of the checks is assumed: service,
    suffix, name.
    """
    template = find_template(aws_service_name)
    name = template.role_name(custom_suffix)
    roles = ctx.account.table(Role)
    if roles.find("name", name_key(name)):
        raise name_taken(name)
    role = Role(
        id=ctx.ids.unique_id("AROA", ctx.account.id),
        account_id=ctx.account.id,
        name=name,
        path=intern(template.path),
        created_at=ctx.now,
        trust_policy=template.trust_policy,
        description=description or None,
        partition=ctx.partition,
    )
    roles.put(role.id, role)
    policy_arn = template.policy_arn(ctx.partition)
    if find_aws_managed(policy_arn):
        attachment = Attachment(role.id, policy_arn)
        ctx.account.table(Attachment).put(attachment.key, attachment)
    return {"Role": created_role(role)}


@IAM.operation("DeleteServiceLinkedRole")
def delete_service_linked_role(ctx: Context, *, role_name: str) -> dict[str, Any]:
    """Ask for the deletion of a service's role. While one is not finished, it is the same one (documented).

    Another role is as absent as none (assumed).
    """
    role = find_role(ctx, role_name)
    if not role.service_linked:
        raise no_such_role(role_name)
    deletions = ctx.account.table(RoleDeletion)
    for deletion in deletions.where("unfinished", ctx.account.id):
        if deletion.role_id == role.id:
            return {"DeletionTaskId": deletion.id}
    deletion = RoleDeletion(
        id=task_id(role.path, role.name, ctx.ids.uuid()),
        account_id=ctx.account.id,
        role_id=role.id,
        requested_at=ctx.now,
        ends_at=ctx.now + ctx.world.delays.role_deletion,
    )
    deletions.put(deletion.id, deletion)
    finish_tasks(ctx)
    return {"DeletionTaskId": deletion.id}


@IAM.operation("GetServiceLinkedRoleDeletionStatus")
def get_service_linked_role_deletion_status(ctx: Context, *, deletion_task_id: str) -> dict[str, Any]:
    """Tell how far a deletion is, and what the role is still used for if it failed."""
    deletion = ctx.account.table(RoleDeletion).get(deletion_task_id)
    if deletion is None:
        raise no_such_deletion(deletion_task_id)
    return {"Status": deletion.status(ctx.now), "Reason": _reason(deletion) if deletion.outcome == FAILED else None}


def _reason(deletion: RoleDeletion) -> dict[str, Any]:
    return {
        "Reason": in_use(),
        "RoleUsageList": [{"Region": each.region, "Resources": list(each.resources)} for each in deletion.kept_by],
    }


def finish_tasks(ctx: Context) -> None:
    """End the deletions whose time is over: the role goes with all that hangs on it, unless its service uses it."""
    deletions, roles = ctx.account.table(RoleDeletion), ctx.account.table(Role)
    for deletion in deletions.where("unfinished", ctx.account.id):
        if not deletion.due(ctx.now):
            continue
        role = roles.get(deletion.role_id)
        kept_by = role.linked_resources if role else ()
        if role and not kept_by:
            _delete(ctx, role)
        outcome = FAILED if kept_by else SUCCEEDED
        deletions.put(deletion.id, replace(deletion, outcome=outcome, kept_by=kept_by))


def _delete(ctx: Context, role: Role) -> None:
    for kind in HANGING:
        rows = ctx.account.table(kind)
        for row in rows.where("owner", role.id):
            rows.delete(row.key)
    profiles = ctx.account.table(InstanceProfile)
    for profile in profiles.where("owner", role.id):
        profiles.put(profile.id, replace(profile, owner_id=None))
    ctx.account.table(Role).delete(role.id)
