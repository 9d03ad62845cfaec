"""Instance profiles: how a role reaches the instances of EC2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fake_iam.domain import arns
from fake_iam.domain.errors import EntityAlreadyExists, LimitExceeded, NoSuchEntity
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows


@dataclass(frozen=True, slots=True)
class InstanceProfile:
    """An instance profile; ``owner_id`` is the id of the role in it, or None while it is empty."""

    id: str
    account_id: str
    name: str
    path: str
    created_at: datetime
    owner_id: str | None = None
    tags: Tags = ()
    partition: str = arns.AWS

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return arns.instance_profile(self.partition, self.account_id, self.path, self.name)

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What they add to the account's summary."""
        return {"InstanceProfiles": len(rows)}

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count."""
        return name_key(self.name)


def no_such_instance_profile(name: str) -> NoSuchEntity:
    """No instance profile of that name in the account."""
    return NoSuchEntity(f"Instance Profile {name} cannot be found.")


def instance_profile_exists(name: str) -> EntityAlreadyExists:
    """The name is taken; the text repeats the spelling of the request."""
    return EntityAlreadyExists(f"Instance Profile {name} already exists.")


def has_a_role() -> LimitExceeded:
    """An instance profile holds one role; the quota has another name than the API's (recorded)."""
    return LimitExceeded.quota("InstanceSessionsPerInstanceProfile", 1)


def role_not_in_profile(role_name: str, profile_name: str) -> NoSuchEntity:
    """The role exists, but is not in this instance profile."""
    return NoSuchEntity(f"Role {role_name} in Instance Profile {profile_name} cannot be found.")
