"""Groups of users, and who is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fake_iam.domain import arns
from fake_iam.domain.errors import DeleteConflict, EntityAlreadyExists, NoSuchEntity
from fake_iam.domain.identities.users import name_key

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows


@dataclass(frozen=True, slots=True)
class Group:
    """A group; its id outlives every rename."""

    id: str
    account_id: str
    name: str
    path: str
    created_at: datetime
    partition: str = arns.AWS

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return arns.group(self.partition, self.account_id, self.path, self.name)

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count."""
        return name_key(self.name)

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What GetAccountSummary says of all of them."""
        return {"Groups": len(rows)}


@dataclass(frozen=True, slots=True)
class Membership:
    """That a user is in a group, once."""

    group_id: str
    owner_id: str
    joined_at: datetime


def membership_key(group_id: str, user_id: str) -> str:
    """What the membership of a user in a group is filed under."""
    return f"{group_id}/{user_id}"


def no_such_group(name: str) -> NoSuchEntity:
    """No group of that name in the account."""
    return NoSuchEntity(f"The group with name {name} cannot be found.")


def group_exists(name: str) -> EntityAlreadyExists:
    """The group name is taken; the text repeats the spelling of the request."""
    return EntityAlreadyExists(f"Group with name {name} already exists.")


def must_remove_users_from_group() -> DeleteConflict:
    """The group has members, or (quoted by users) the user is one; AWS has one text for both."""
    return DeleteConflict("Cannot delete entity, must remove users from group first.")
