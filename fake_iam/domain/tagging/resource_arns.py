"""ARNs of resources as the Resource Groups Tagging API reads them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fake_iam.domain.errors import InvalidParameterException

ARN: Final = re.compile(r"arn:([^:]+):([^:]+):([^:]*):([^:]*):(.+)", re.DOTALL)
TYPED: Final = re.compile(r"([^:/]+)[:/](.+)", re.DOTALL)


class ResourceArn(NamedTuple):
    """What an ARN says. ``name`` is what stands behind the type, the path included."""

    text: str
    partition: str
    service: str
    type: str
    name: str

    @property
    def last(self) -> str:
        """The name without its path."""
        return self.name.rpartition("/")[2]


def read_arn(text: str) -> ResourceArn:
    """The parts of an ARN, which must have a type before the name. Raises InvalidParameterException."""
    parts = ARN.fullmatch(text)
    if parts is None:
        raise no_arn(text)
    partition, service, _, _, resource = parts.groups()
    typed = TYPED.fullmatch(resource)
    if service == "iam" and typed is None:
        raise no_arn(text)
    kind, name = typed.groups() if typed else ("", resource)
    return ResourceArn(text, partition, service, kind, name)


def no_arn(text: str) -> InvalidParameterException:
    """A text that is no ARN, or one of a type that a service does not have (aws/aws-cli#8109, boto/boto3#2760)."""
    return InvalidParameterException(f"{text} is not a valid AmazonResourceName (ARN)")


def other_partition(arn: ResourceArn, partition: str) -> InvalidParameterException:
    """An ARN of another partition than the call is made in: documented as an error, its text is assumed."""
    return InvalidParameterException(
        f"The partition of {arn.text} is {arn.partition}, but the operation was called in {partition}."
    )
