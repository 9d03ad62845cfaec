"""Operations on the tags of managed policies, whose keys are told apart by letter case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fake_iam.domain.policies.managed_policies import ManagedPolicy, cannot_update_elsewhere, distinct
from fake_iam.domain.tags import TAGS_PER_ENTITY, Tags, too_many_tags
from fake_iam.services.context import Context
from fake_iam.services.iam import views
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn, find_policy, is_elsewhere
from fake_iam.services.iam.service import IAM


def find_own_policy(ctx: Context, arn: str) -> ManagedPolicy:
    """The account's policy of that ARN.

    Raises:
        ValidationError, NoSuchEntity: there is none.
        AccessDenied: it is AWS's or another account's (assumed to be as for its versions).
    """
    check_policy_arn(ctx, arn)
    if is_elsewhere(ctx, arn):
        raise cannot_update_elsewhere()
    return find_policy(ctx, arn)


def keep(ctx: Context, policy: ManagedPolicy, tags: Tags) -> None:
    """Put the tags in place of what a policy had; that is no update of the policy itself (assumed)."""
    ctx.account.table(ManagedPolicy).put(policy.arn, replace(policy, tags=tags))


@IAM.operation("TagPolicy")
def tag_policy(ctx: Context, *, policy_arn: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a policy; a key that is there takes the new value."""
    policy = find_own_policy(ctx, policy_arn)
    merged = {tag.key: tag for tag in (*policy.tags, *distinct(views.read_tags(tags)))}
    if len(merged) > TAGS_PER_ENTITY:
        raise too_many_tags()
    keep(ctx, policy, tuple(merged.values()))


@IAM.operation("UntagPolicy")
def untag_policy(ctx: Context, *, policy_arn: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a policy; keys that are not there are passed over."""
    policy = find_own_policy(ctx, policy_arn)
    keep(ctx, policy, tuple(tag for tag in policy.tags if tag.key not in tag_keys))


@IAM.operation("ListPolicyTags")
def list_policy_tags(
    ctx: Context, *, policy_arn: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a policy's tags, shorter keys first; a policy of AWS has none (assumed)."""
    policy = find_policy(ctx, policy_arn)
    return views.tag_page(ctx, policy.tags, f"ListPolicyTags {policy.arn}", marker, max_items)
