"""Operations on the tags of managed policies, whose keys are told apart by letter case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from fake_iam.domain.policies.managed_policies import ManagedPolicy, cannot_update_elsewhere
from fake_iam.domain.tags import EXACT
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging
from fake_iam.services.iam.policies.policy_lookups import check_policy_arn, find_policy, is_elsewhere
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged


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


TAGS: Final = Tagged(ManagedPolicy, key=attrgetter("arn"), find=find_policy, find_own=find_own_policy, keys=EXACT)


@IAM.operation("TagPolicy")
def tag_policy(ctx: Context, *, policy_arn: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a policy; a key that is there takes the new value."""
    tagging.add(ctx, TAGS, policy_arn, tags)


@IAM.operation("UntagPolicy")
def untag_policy(ctx: Context, *, policy_arn: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a policy; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, policy_arn, tag_keys)


@IAM.operation("ListPolicyTags")
def list_policy_tags(
    ctx: Context, *, policy_arn: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a policy's tags, shorter keys first; a policy of AWS has none (assumed)."""
    return tagging.listed(ctx, TAGS, policy_arn, "ListPolicyTags", marker, max_items)
