"""How policies look in answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fake_iam.domain.policies.managed_policies import ManagedPolicy, PolicyVersion
from fake_iam.services.iam.policies.policy_lookups import Usage


def policy_text(document: str) -> str:
    """A document as answers carry it: percent-encoded as by RFC 3986, a space as %20."""
    return quote(document, safe="")


def policy_summary(policy: ManagedPolicy, usage: Usage) -> dict[str, Any]:
    """A managed policy as ListPolicies shows it: no description, no tags."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": usage.attached,
        "PermissionsBoundaryUsageCount": usage.bounding,
        "IsAttachable": True,
        "CreateDate": policy.created_at,
        "UpdateDate": policy.updated_at,
    }


def version_summary(policy: ManagedPolicy, version: PolicyVersion) -> dict[str, Any]:
    """A version as ListPolicyVersions shows it: no document."""
    return {
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default_version_id,
        "CreateDate": version.created_at,
    }
