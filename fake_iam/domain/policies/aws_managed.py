"""AWS's own managed policies: all of them, with every version, made from the catalogue when they are asked for.

Where the catalogue is from, and what it lacks, is told by docs/decisions/0016-reference-data.md. Assumed: that each
partition has the same policies, the ids of those since 2022, and the dates of some versions since August 2023.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import lru_cache
from typing import Final

from fake_iam.domain import arns
from fake_iam.domain.policies.aws_catalogue import document, entry, key_of, places
from fake_iam.domain.policies.managed_policies import ManagedPolicy, PolicyVersion

POLICIES_KEPT: Final = 4096  # all those of two partitions


class AwsPolicyVersion(PolicyVersion):
    """A version of a policy of AWS; its document is read when it is asked for."""

    __slots__ = ("_key", "_partition", "_steps")

    _partition: str
    _key: str
    _steps: int

    def __init__(self, number: int, created_at: datetime, *, partition: str, key: str, steps: int) -> None:
        for name, value in (
            ("id", f"v{number}"),
            ("created_at", created_at),
            ("_partition", partition),
            ("_key", key),
            ("_steps", steps),
        ):
            object.__setattr__(self, name, value)

    @property
    def document(self) -> str:
        """The text."""
        return document(self._partition, self._key, self._steps)


def find_aws_managed(arn: str) -> ManagedPolicy | None:
    """AWS's policy under that ARN, in the partition that the ARN names; None if AWS has none of that name."""
    partition, key = arns.partition_of(arn), key_of(arn)
    return _policy(partition, key) if key in places() and arn == f"arn:{partition}:iam::aws:policy/{key}" else None


def aws_managed(partition: str, prefix: str = "/", last: str | None = None) -> Iterator[ManagedPolicy]:
    """AWS's policies in a partition whose path begins with the prefix, behind a place, in the order of lists."""
    first = bisect_right(tuple(places().values()), last or "")
    return (_policy(partition, key) for key in tuple(places())[first:] if f"/{key}".startswith(prefix))


@lru_cache(maxsize=POLICIES_KEPT)
def _policy(partition: str, key: str) -> ManagedPolicy:
    policy_id, created, updated, default, numbers, dates, description = entry(key)
    path, _, name = f"/{key}".rpartition("/")
    newest = len(numbers) - 1
    return ManagedPolicy(
        id=policy_id,
        account_id="aws",
        name=name,
        path=f"{path}/",
        created_at=_date(created),
        updated_at=_date(updated),
        versions=tuple(
            AwsPolicyVersion(number, _date(made), partition=partition, key=key, steps=newest - position)
            for position, (number, made) in enumerate(zip(numbers, dates, strict=True))
        ),
        default_version_id=f"v{default}",
        versions_made=max(numbers),
        description=description,
        partition=partition,
    )


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
