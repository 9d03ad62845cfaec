"""Operations on service-linked roles."""

from __future__ import annotations

from sys import intern
from typing import Any

from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.service_linked_roles import find_template, name_taken
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.services.context import Context
from fake_iam.services.iam.identities.role_views import created_role
from fake_iam.services.iam.service import IAM


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
