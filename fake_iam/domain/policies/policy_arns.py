"""What a managed policy's ARN tells: account, path, name, and where lists show the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policies.aws_catalogue import place_of_aws

# What the places of entities begin with in lists of several kinds: groups before users before roles (assumed).
ENTITY_PLACES: Final[Mapping[str, str]] = {"Group": "0", "User": "1", "Role": "2"}


def account_of(arn: str) -> str:
    """The account in a policy's ARN; ``aws`` for AWS's own."""
    return arn.split(":")[4]


def name_of(arn: str) -> str:
    """The name that a policy's ARN ends with."""
    return arn.rpartition("/")[2]


def path_of(arn: str) -> str:
    """The path in a policy's ARN."""
    return arn.partition(":policy")[2].removesuffix(name_of(arn))


def is_of_aws(arn: str) -> bool:
    """Whether the policy of that ARN would be one of AWS's own."""
    return ":iam::aws:" in arn


def place_of(arn: str) -> str:
    """How lists of policies are sorted: the account's own by name, then AWS's in its order."""
    return place_of_aws(arn) if is_of_aws(arn) else f"0{name_key(name_of(arn))}"


def entity_place(kind: str, key: str) -> str:
    """Where the entities of a policy show the Group, User or Role whose name has that key."""
    return f"{ENTITY_PLACES[kind]}{key}"
