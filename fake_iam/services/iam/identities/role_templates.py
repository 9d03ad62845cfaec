"""Operations on role templates, and the roles that are made from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fake_iam.domain.identities.role_templates import (
    ROLE_NAME,
    ROLE_PATH,
    RoleTemplate,
    TemplateVersion,
    invalid_role_name,
    invalid_role_path,
    no_such_template,
    role_name_conflict,
    template_disabled,
)
from fake_iam.domain.identities.roles import Role, TemplateSource
from fake_iam.domain.identities.template_values import TemplateParameter, filled, filled_document, read_values
from fake_iam.domain.identities.users import name_key
from fake_iam.services.context import Context
from fake_iam.services.iam import views
from fake_iam.services.iam.identities.role_views import role_detail
from fake_iam.services.iam.identities.roles import create_role
from fake_iam.services.iam.lookups import find_role
from fake_iam.services.iam.policies.policy_views import policy_text
from fake_iam.services.iam.policies.role_policies import attach_role_policy, put_role_policy
from fake_iam.services.iam.service import IAM

Filling = Mapping[str, "str | list[str]"]


def find_template(ctx: Context, arn: str) -> RoleTemplate:
    """The template of that ARN. Raises NoSuchEntity."""
    template = ctx.account.table(RoleTemplate).get(arn)
    if template is None:
        raise no_such_template(arn)
    return template


def shown_parameter(parameter: TemplateParameter) -> dict[str, Any]:
    """A parameter of a template."""
    return {
        "Name": parameter.name,
        "Type": parameter.type,
        "SubType": parameter.sub_type,
        "Description": parameter.description,
        "IsRequired": parameter.required,
        "DefaultValue": parameter.default,
        "Immutable": parameter.immutable,
    }


@IAM.operation("GetRoleTemplateVersion")
def get_role_template_version(ctx: Context, *, template_arn: str, minor_version: int | None = None) -> dict[str, Any]:
    """Show a minor version of a template, else its default one. Documents are encoded as elsewhere (assumed)."""
    template = find_template(ctx, template_arn)
    version = template.version(minor_version)
    return {
        "RoleTemplateVersion": {
            "TemplateArn": template.arn,
            "TemplateName": template.name,
            "TemplateVersionId": version.id,
            "Description": template.description,
            "MajorVersion": template.major_version,
            "DefaultMinorVersion": template.default_minor_version,
            "ManagedByType": "Service",
            "ManagedByValue": template.service,
            "Enabled": template.enabled,
            "MinorVersion": version.minor_version,
            "RoleNamePattern": version.role_name,
            "RolePathPattern": version.role_path,
            "RoleDescriptionPattern": version.role_description,
            "AssumeRolePolicyDocumentTemplate": policy_text(version.trust_policy),
            "InlinePolicyTemplates": [
                {"PolicyName": policy.name, "PolicyDocument": policy_text(policy.document)}
                for policy in version.inline_policies
            ],
            "ManagedPolicyArns": list(version.managed_policy_arns),
            "PermissionBoundaryArn": version.permissions_boundary,
            "ParametersDefinition": [shown_parameter(parameter) for parameter in version.parameters],
            "RoleTagsTemplate": views.tag_list(version.tags),
            "MaxSessionDuration": version.max_session_duration,
            "VersionEnabled": version.enabled,
            "CreateTimestamp": version.created_at,
            "UpdateTimestamp": version.updated_at,
        }
    }


@IAM.operation("AcquireRole")
def acquire_role(
    ctx: Context,
    *,
    template_arn: str,
    template_minor_version: int | None = None,
    replacement_values: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Make a role from a template, or give back the one of that name that was made from it before.

    That there is no second one is assumed: the tests of stackd, which replay recordings of AWS, expect it.
    """
    template = find_template(ctx, template_arn)
    version = template.version(template_minor_version)
    if not (template.enabled and version.enabled):
        raise template_disabled(template.arn)
    given = {name: entry["Values"] for name, entry in (replacement_values or {}).items()}
    values = read_values(version.parameters, given)
    name = filled(version.role_name, values)
    present = ctx.account.table(Role).find("name", name_key(name))
    if present is None:
        make_role(ctx, version, name, values, TemplateSource(template.arn, version.minor_version))
    elif present.template is None or present.template.arn != template.arn:
        raise role_name_conflict(name)
    return {"Role": role_detail(ctx, find_role(ctx, name))}


def make_role(ctx: Context, version: TemplateVersion, name: str, values: Filling, source: TemplateSource) -> None:
    """Make a role with all that hangs on it, by the operations that would. Raises InvalidInput, and what they raise."""
    path = filled(version.role_path, values)
    if not re.fullmatch(ROLE_NAME, name, re.ASCII):
        raise invalid_role_name(name)
    if not re.fullmatch(ROLE_PATH, path, re.ASCII):
        raise invalid_role_path(path)
    create_role(
        ctx,
        role_name=name,
        assume_role_policy_document=filled_document(version.trust_policy, values),
        path=path,
        description=None if version.role_description is None else filled(version.role_description, values),
        max_session_duration=version.max_session_duration,
        permissions_boundary=version.permissions_boundary,
        tags=[{"Key": filled(tag.key, values), "Value": filled(tag.value, values)} for tag in version.tags],
    )
    role = replace(find_role(ctx, name), template=source)
    ctx.account.table(Role).put(role.id, role)
    for policy in version.inline_policies:
        document = filled_document(policy.document, values)
        put_role_policy(ctx, role_name=name, policy_name=policy.name, policy_document=document)
    for arn in version.managed_policy_arns:
        attach_role_policy(ctx, role_name=name, policy_arn=arn)
