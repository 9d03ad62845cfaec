"""Operations on the versions of managed policies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fake_iam.domain.policies.managed_policies import (
    ManagedPolicy,
    cannot_delete_version_elsewhere,
    cannot_update_elsewhere,
    too_many_versions,
    version_is_default,
)
from fake_iam.services.context import Context
from fake_iam.services.iam.policies.managed_policies import check_managed_document
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn, find_policy, find_version, is_elsewhere
from fake_iam.services.iam.policies.policy_views import policy_text, version_summary
from fake_iam.services.iam.service import IAM


@IAM.operation("CreatePolicyVersion")
def create_policy_version(
    ctx: Context, *, policy_arn: str, policy_document: str, set_as_default: bool | None = None
) -> dict[str, Any]:
    """Add a version, as the default one if that is wanted."""
    check_managed_document(ctx, policy_document)
    check_policy_arn(ctx, policy_arn)
    if is_elsewhere(ctx, policy_arn):
        raise cannot_update_elsewhere()
    policy = find_policy(ctx, policy_arn)
    if len(policy.versions) >= ctx.quotas.versions_per_policy:
        raise too_many_versions(ctx.quotas.versions_per_policy)
    policy = policy.revised(policy_document, ctx.now, default=bool(set_as_default))
    ctx.account.table(ManagedPolicy).put(policy.arn, policy)
    return {"PolicyVersion": version_summary(policy, policy.versions[-1])}


@IAM.operation("GetPolicyVersion")
def get_policy_version(ctx: Context, *, policy_arn: str, version_id: str) -> dict[str, Any]:
    """Show a version with its document."""
    policy, version = find_version(ctx, policy_arn, version_id)
    return {"PolicyVersion": {**version_summary(policy, version), "Document": policy_text(version.document)}}


@IAM.operation("ListPolicyVersions")
def list_policy_versions(
    ctx: Context, *, policy_arn: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a policy's versions without their documents, the newest first."""
    policy = find_policy(ctx, policy_arn)
    page = ctx.page(
        policy.versions[::-1],
        scope=f"ListPolicyVersions {policy.arn}",
        key=lambda version: f"{10**9 - int(version.id[1:]):010d}",
        marker=marker,
        max_items=max_items,
    )
    return {"Versions": [version_summary(policy, version) for version in page.items], **page.fields()}


@IAM.operation("SetDefaultPolicyVersion")
def set_default_policy_version(ctx: Context, *, policy_arn: str, version_id: str) -> None:
    """Make a version the one that counts."""
    check_policy_arn(ctx, policy_arn)
    if is_elsewhere(ctx, policy_arn):
        raise cannot_update_elsewhere()
    policy, version = find_version(ctx, policy_arn, version_id)
    ctx.account.table(ManagedPolicy).put(policy.arn, replace(policy, default_version_id=version.id))


@IAM.operation("DeletePolicyVersion")
def delete_policy_version(ctx: Context, *, policy_arn: str, version_id: str) -> None:
    """Delete a version that is not the default one."""
    check_policy_arn(ctx, policy_arn)
    if is_elsewhere(ctx, policy_arn):
        raise cannot_delete_version_elsewhere()
    policy, version = find_version(ctx, policy_arn, version_id)
    if version.id == policy.default_version_id:
        raise version_is_default()
    ctx.account.table(ManagedPolicy).put(policy.arn, policy.without_version(version.id))
