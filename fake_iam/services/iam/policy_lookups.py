"""Finding the managed policies that a request names, and who uses them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.attachments import Attachment
from fake_iam.domain.managed_policies import (
    ManagedPolicy,
    PolicyVersion,
    account_of,
    no_such_policy,
    no_such_version,
    not_an_arn,
)
from fake_iam.domain.policy.aws_managed import AWS_MANAGED
from fake_iam.services.context import Context


class Usage(NamedTuple):
    """How often a policy is attached, and how often it is a permissions boundary."""

    attached: int = 0
    bounding: int = 0


def check_policy_arn(arn: str) -> None:
    """Raises ValidationError for what is not the ARN of a policy."""
    if not arns.is_policy(arn):
        raise not_an_arn(arn)


def existing_policy(ctx: Context, arn: str) -> ManagedPolicy | None:
    """The policy of the account or of AWS under that ARN, or None."""
    return ctx.account.table(ManagedPolicy).get(arn) or AWS_MANAGED.get(arn)


def find_policy(ctx: Context, arn: str) -> ManagedPolicy:
    """The policy of the account or of AWS under that ARN. Raises ValidationError, NoSuchEntity."""
    check_policy_arn(arn)
    policy = existing_policy(ctx, arn)
    if policy is None:
        raise no_such_policy(arn)
    return policy


def find_version(ctx: Context, arn: str, version_id: str) -> tuple[ManagedPolicy, PolicyVersion]:
    """A policy and the version of that id. Raises ValidationError, NoSuchEntity."""
    check_policy_arn(arn)
    policy = existing_policy(ctx, arn)
    version = None if policy is None else policy.version(version_id)
    if policy is None or version is None:
        raise no_such_version(arn, version_id)
    return policy, version


def is_elsewhere(ctx: Context, arn: str) -> bool:
    """Whether the policy of that ARN would be AWS's or another account's."""
    return account_of(arn) != ctx.account.id


def usage(ctx: Context, policy: ManagedPolicy) -> Usage:
    """How often one policy is used in the account."""
    attached = len(ctx.account.table(Attachment).where("policy", policy.arn))
    return Usage(attached, sum(user.permissions_boundary == policy.arn for user in ctx.account.users.rows("name")))


def usages(ctx: Context) -> Mapping[str, Usage]:
    """How often each policy is used in the account, by ARN."""
    counted: defaultdict[str, Usage] = defaultdict(Usage)
    for attachment in ctx.account.table(Attachment).rows("policy"):
        attached, bounding = counted[attachment.policy_arn]
        counted[attachment.policy_arn] = Usage(attached + 1, bounding)
    for user in ctx.account.users.rows("name"):
        if user.permissions_boundary is not None:
            attached, bounding = counted[user.permissions_boundary]
            counted[user.permissions_boundary] = Usage(attached, bounding + 1)
    return counted
