"""Finding the managed policies that a request names, and who uses them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.aws_managed import aws_managed, find_aws_managed
from fake_iam.domain.policies.managed_policies import (
    ManagedPolicy,
    PolicyVersion,
    foreign_partition,
    no_such_policy,
    no_such_version,
    not_a_policy_arn,
)
from fake_iam.domain.policies.policy_arns import account_of, place_of
from fake_iam.services.context import Context

BOUNDED: Final[Sequence[type[Any]]] = (User, Role)  # what may have a permissions boundary


class Usage(NamedTuple):
    """How often a policy is attached, and how often it is a permissions boundary."""

    attached: int = 0
    bounding: int = 0


def check_policy_arn(ctx: Context, arn: str) -> None:
    """Raises ValidationError for what is no ARN, of another partition, or of something else than a policy."""
    if arns.is_arn(arn) and arns.partition_of(arn) != ctx.partition:
        raise foreign_partition()
    if not arns.is_policy(arn):
        raise not_a_policy_arn(arn)


def existing_policy(ctx: Context, arn: str) -> ManagedPolicy | None:
    """The policy of the account or of AWS under that ARN, or None."""
    return ctx.account.table(ManagedPolicy).get(arn) or find_aws_managed(arn)


def find_policy(ctx: Context, arn: str) -> ManagedPolicy:
    """The policy of the account or of AWS under that ARN. Raises ValidationError, NoSuchEntity."""
    check_policy_arn(ctx, arn)
    policy = existing_policy(ctx, arn)
    if policy is None:
        raise no_such_policy(arn)
    return policy


def find_version(ctx: Context, arn: str, version_id: str) -> tuple[ManagedPolicy, PolicyVersion]:
    """A policy and the version of that id. Raises ValidationError, NoSuchEntity."""
    check_policy_arn(ctx, arn)
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
    return Usage(
        ctx.account.table(Attachment).tally("policy").get(policy.arn, 0),
        sum(ctx.account.table(kind).tally("boundary").get(policy.arn, 0) for kind in BOUNDED),
    )


def policies(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """The policies of the account and of AWS whose path begins with the prefix, behind a place; one at a time."""
    return chain(own_policies(ctx, prefix, last), aws_managed(ctx.partition, prefix, last))


def own_policies(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """The account's own of them."""
    return ctx.account.table(ManagedPolicy).after("path", prefix, last)


def attached_policies(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """Those of them that are attached to somebody."""
    rows = ctx.account.table(Attachment)
    return _each(ctx, lambda last: (row.policy_arn for row in rows.after("policy", prefix, last)), last)


def boundaries(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """Those of them that are a user's or role's permissions boundary."""

    def arns_behind(last: str | None) -> Iterator[str]:
        found = (ctx.account.table(kind).after("boundary", prefix, last) for kind in BOUNDED)
        return heapq.merge(*((entity.permissions_boundary or "" for entity in each) for each in found), key=place_of)

    return _each(ctx, arns_behind, last)


def _each(
    ctx: Context, arns_behind: Callable[[str | None], Iterator[str]], last: str | None
) -> Iterator[ManagedPolicy]:
    """The policies of sorted ARNs, each once: from the first of one policy straight on to the next policy's."""
    while (arn := next(arns_behind(last), None)) is not None:
        policy = existing_policy(ctx, arn)
        if policy is not None:
            yield policy
        last = place_of(arn)
