"""How roles look in answers: each operation shows another part of them."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.identities.roles import Role, TemplateSource
from fake_iam.services.context import Context
from fake_iam.services.iam import views
from fake_iam.services.iam.identities.trust_policies import shown_trust_policy
from fake_iam.services.iam.policies.policy_views import policy_text


def created_role(role: Role) -> dict[str, Any]:
    """A role as CreateRole shows it, its trust policy as given; tags and boundary only if there are any (recorded)."""
    return {
        **_identity(role, role.trust_policy),
        "PermissionsBoundary": views.boundary(role.permissions_boundary),
        "Tags": views.tag_list(role.tags) or None,
    }


def role_core(ctx: Context, role: Role) -> dict[str, Any]:
    """The six members of a role inside an instance profile (recorded)."""
    return _identity(role, shown_trust_policy(ctx, role))


def role_summary(ctx: Context, role: Role) -> dict[str, Any]:
    """A role as ListRoles shows it: no tags, no boundary, no last use (recorded)."""
    return {
        **role_core(ctx, role),
        "MaxSessionDuration": role.max_session_duration,
        "MaxSigninSessionDuration": role.max_signin_session_duration,
        "Description": role.description,
    }


def role_detail(ctx: Context, role: Role) -> dict[str, Any]:
    """A role as GetRole shows it; RoleLastUsed is empty for one that was never used (recorded).

    That the template is shown here and not in lists is assumed.
    """
    return {
        **role_summary(ctx, role),
        "PermissionsBoundary": views.boundary(role.permissions_boundary),
        "RoleLastUsed": role_last_used(role),
        "Tags": views.tag_list(role.tags) or None,
        "SourceRoleTemplate": source_template(role.template),
    }


def source_template(source: TemplateSource | None) -> dict[str, Any] | None:
    """The template that a role was made from, if it was."""
    return None if source is None else {"TemplateArn": source.arn, "TemplateMinorVersion": source.minor_version}


def role_last_used(role: Role) -> dict[str, Any]:
    """When and where a session of the role last signed, or nothing."""
    if role.last_use is None:
        return {}
    return {"LastUsedDate": role.last_use.at, "Region": role.last_use.region}


def _identity(role: Role, trust_policy: str) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": policy_text(trust_policy),
    }
