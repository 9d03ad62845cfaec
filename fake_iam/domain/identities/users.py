"""A user of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fake_iam.domain import arns
from fake_iam.domain.errors import EntityAlreadyExists, NoSuchEntity, ValidationError
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows


@dataclass(frozen=True, slots=True)
class User:
    """A user; its id outlives every rename."""

    id: str
    account_id: str
    name: str
    path: str
    created_at: datetime
    tags: Tags = ()
    permissions_boundary: str | None = None
    password_last_used: datetime | None = None
    partition: str = arns.AWS

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return arns.user(self.partition, self.account_id, self.path, self.name)

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count."""
        return name_key(self.name)

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What GetAccountSummary says of all of them."""
        return {"Users": len(rows)}


def name_key(name: str) -> str:
    """Names are unique, and found, without regard to letter case (ASCII only can occur)."""
    lowered = name.lower()
    return name if lowered == name else lowered  # not a copy, for indexes keep it


def no_such_user(name: str) -> NoSuchEntity:
    """No user of that name in the account."""
    return NoSuchEntity(f"The user with name {name} cannot be found.")


def user_exists(name: str) -> EntityAlreadyExists:
    """The user name is taken; the text repeats the spelling of the request."""
    return EntityAlreadyExists(f"User with name {name} already exists.")


def must_specify_user_name() -> ValidationError:
    """No UserName, and the caller is not a user whose name could be taken."""
    return ValidationError("Must specify userName when calling with non-User credentials")
