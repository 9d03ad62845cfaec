"""What is known of AWS's own managed policies without reading their documents: which there are, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from fake_iam.data.packed import Packed
from fake_iam.domain import arns

CATALOGUE: Final = Packed("aws_managed_policies.bin")
AWS_PLACES: Final = "1"  # what the places of AWS's policies begin with
DOCUMENTS_KEPT: Final = 256  # those that were asked for last
UNKNOWN: Final = "9999"


def key_of(arn: str) -> str:
    """What the catalogue has a policy under, whatever the partition: its path and name."""
    return arn.partition(":iam::aws:policy/")[2]


@cache
def places() -> Mapping[str, str]:
    """Under the key of each policy, where lists show it: AWS lists its policies in an order of its own.

    It is the order in which the catalogue's source was given them by ListPolicies: nearly that of their making.
    """
    return {key: f"{AWS_PLACES}{number:04d}" for number, key in enumerate(CATALOGUE.index)}


def place_of_aws(arn: str) -> str:
    """Where lists show a policy of AWS; one that is not known here is behind all others."""
    key = key_of(arn)
    return places().get(key) or f"{AWS_PLACES}{UNKNOWN}{key.lower()}"


@lru_cache(maxsize=DOCUMENTS_KEPT)
def document(partition: str, key: str, steps: int) -> str:
    """A policy's document so many versions before its newest, as a partition has it.

    Assumed: the layout, and that each partition has the same documents but for the ARNs in them.
    """
    lines, history = CATALOGUE.block(key)
    for edits in history[:steps]:
        for start, end, instead in edits:
            lines[start:end] = instead
    text = "\n".join(lines)
    return text if partition == arns.AWS else text.replace(f'"arn:{arns.AWS}:', f'"arn:{partition}:')


def entry(key: str) -> Sequence[Any]:
    """What the index says of a policy: id, dates, default version, numbers and dates of versions, description."""
    return CATALOGUE.index[key][2:]
