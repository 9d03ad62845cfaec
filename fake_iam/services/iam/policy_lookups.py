"""Finding the managed policies that a request names, and who uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from fake_iam.domain import arns
from fake_iam.domain.attachments import Attachment
from fake_iam.domain.managed_policies import (
    ManagedPolicy,
    PolicyVersion,
    account_of,
    no_such_policy,
    no_such_version,
    not_an_arn,
    place_of,
)
from fake_iam.domain.paging import Walk
from fake_iam.domain.policy.aws_managed import AWS_MANAGED
from fake_iam.domain.users import User
from fake_iam.services.context import Context

Row = TypeVar("Row", Attachment, User)
OF_AWS: Final = tuple(sorted(AWS_MANAGED.values(), key=lambda policy: policy.place))


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
    return Usage(
        ctx.account.table(Attachment).tally("policy").get(policy.arn, 0),
        ctx.account.users.tally("boundary").get(policy.arn, 0),
    )


def policies(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """The policies of the account and of AWS whose path begins with the prefix, behind a place; one at a time."""
    own = ctx.account.table(ManagedPolicy).after("path", prefix, last)
    return chain(own, (one for one in OF_AWS if one.path.startswith(prefix) and (last is None or one.place > last)))


def attached_policies(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """Those of them that are attached to somebody."""
    return _each(ctx, lambda last: ctx.account.table(Attachment).after("policy", prefix, last), _attached, last)


def boundaries(ctx: Context, prefix: str, last: str | None) -> Iterator[ManagedPolicy]:
    """Those of them that are somebody's permissions boundary."""
    return _each(ctx, lambda last: ctx.account.users.after("boundary", prefix, last), _bounding, last)


def _each(ctx: Context, rows: Walk[Row], arn_of: Callable[[Row], str], last: str | None) -> Iterator[ManagedPolicy]:
    """The policies that rows name, each once: from one policy's first row on to the next policy's."""
    while (row := next(iter(rows(last)), None)) is not None:
        policy = existing_policy(ctx, arn_of(row))
        if policy is not None:
            yield policy
        last = place_of(arn_of(row))


def _attached(attachment: Attachment) -> str:
    return attachment.policy_arn


def _bounding(user: User) -> str:
    return user.permissions_boundary or ""
