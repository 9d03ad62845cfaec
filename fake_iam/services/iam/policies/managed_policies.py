"""Operations on managed policies. They are kept and shown, not enforced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policies.aws_catalogue import AWS_PLACES
from fake_iam.domain.policies.managed_policies import (
    ManagedPolicy,
    PolicyVersion,
    cannot_delete_elsewhere,
    delete_versions_first,
    policy_exists,
    policy_in_use,
)
from fake_iam.domain.policy.document import check_identity_policy, size
from fake_iam.domain.tags import EXACT
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.policies.policy_lookups import (
    attached_policies,
    boundaries,
    check_policy_arn,
    find_policy,
    is_elsewhere,
    own_policies,
    policies,
    usage,
)
from fake_iam.services.iam.policies.policy_views import policy_summary
from fake_iam.services.iam.service import IAM


def check_managed_document(ctx: Context, document: str) -> None:
    """Hold a managed policy's document to its rules and its size. Raises MalformedPolicyDocument, LimitExceeded."""
    check_identity_policy(document, partition=ctx.partition, managed=True)
    if size(document) > ctx.quotas.policy_size:
        raise LimitExceeded.quota("PolicySize", ctx.quotas.policy_size)


@IAM.operation("CreatePolicy")
def create_policy(
    ctx: Context,
    *,
    policy_name: str,
    policy_document: str,
    path: str | None = None,
    description: str | None = None,
    tags: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Add a policy with its version v1. The answer shows no description, and tags in the order of the request."""
    table = ctx.account.table(ManagedPolicy)
    check_managed_document(ctx, policy_document)
    given = tagging.given(tags, EXACT)
    if table.find("name", name_key(policy_name)):
        raise policy_exists(policy_name)
    if len(table) >= ctx.quotas.policies_per_account:
        raise LimitExceeded.quota("PoliciesPerAccount", ctx.quotas.policies_per_account)
    policy = ManagedPolicy(
        id=ctx.ids.unique_id("ANPA", ctx.account.id),
        account_id=ctx.account.id,
        name=policy_name,
        path=path or "/",
        created_at=ctx.now,
        updated_at=ctx.now,
        versions=(PolicyVersion("v1", policy_document, ctx.now),),
        description=description,
        tags=given,
        partition=ctx.partition,
    )
    table.put(policy.arn, policy)
    return {"Policy": {**policy_summary(policy, usage(ctx, policy)), "Tags": views.tag_list(given) or None}}


@IAM.operation("GetPolicy")
def get_policy(ctx: Context, *, policy_arn: str) -> dict[str, Any]:
    """Show a policy of the account or of AWS, its tags even if there are none."""
    policy = find_policy(ctx, policy_arn)
    return {
        "Policy": {
            **policy_summary(policy, usage(ctx, policy)),
            "Description": policy.description,
            "Tags": views.tag_list(views.sorted_tags(policy.tags)),
        }
    }


@IAM.operation("ListPolicies")
def list_policies(
    ctx: Context,
    *,
    scope: str | None = None,
    only_attached: bool | None = None,
    path_prefix: str | None = None,
    policy_usage_filter: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List policies, without tags and description: the account's own by name, then AWS's in its order.

    A filter by usage keeps what is used in that way (assumed).
    """
    attached = only_attached or policy_usage_filter == "PermissionsPolicy"
    bounding = policy_usage_filter == "PermissionsBoundary"

    def walk(last: str | None) -> Iterator[ManagedPolicy]:
        unused = own_policies if scope == "Local" else policies
        found = boundaries if bounding else attached_policies if attached else unused
        start = max(last or "", AWS_PLACES) if scope == "AWS" else last
        for policy in found(ctx, path_prefix or "/", start):
            if scope == "Local" and policy.account_id == "aws":
                return
            if not (bounding and attached) or usage(ctx, policy).attached:
                yield policy

    page = ctx.page(
        walk,
        scope=f"ListPolicies {scope} {only_attached} {path_prefix} {policy_usage_filter}",
        key=lambda policy: policy.place,
        marker=marker,
        max_items=max_items,
    )
    return {
        "Policies": [policy_summary(policy, usage(ctx, policy)) for policy in page.items],
        **page.fields(),
    }


@IAM.operation("DeletePolicy")
def delete_policy(ctx: Context, *, policy_arn: str) -> None:
    """Delete a policy that nobody uses and that has no version but its default."""
    check_policy_arn(ctx, policy_arn)
    if is_elsewhere(ctx, policy_arn):
        raise cannot_delete_elsewhere()
    policy = find_policy(ctx, policy_arn)
    if any(usage(ctx, policy)):
        raise policy_in_use()
    if len(policy.versions) > 1:
        raise delete_versions_first()
    ctx.account.table(ManagedPolicy).delete(policy.arn)
