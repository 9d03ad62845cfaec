"""Roles: what somebody else takes on for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import DeleteConflict, EntityAlreadyExists, InvalidInput, NoSuchEntity, UnmodifiableEntity
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.tags import Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows

HOUR: Final = 3600
SERVICE_LINKED_PATH: Final = "/aws-service-role/"
RESERVED_PATHS: Final = (SERVICE_LINKED_PATH, "/aws-reserved/")


@dataclass(frozen=True, slots=True)
class RoleUse:
    """When and where a session of the role last signed."""

    at: datetime
    region: str | None = None


@dataclass(frozen=True, slots=True)
class LinkedResources:
    """What the service that a role is linked to uses it for in one region, by ARN."""

    region: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trusted:
    """A user or role that a trust policy names, and who that was: the ARN in the text, and the unique id."""

    arn: str
    id: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role; its id outlives no deletion: a role made again under the name is another one.

    ``trust_policy`` is the text as it came; ``trusted`` tells who the users and roles were that it names.
    ``max_session_duration`` and ``max_signin_session_duration`` are in seconds; the latter may be unset.
    A service-linked role with ``linked_resources`` cannot be deleted.
    """

    id: str
    account_id: str
    name: str
    path: str
    created_at: datetime
    trust_policy: str
    trusted: tuple[Trusted, ...] = ()
    description: str | None = None
    max_session_duration: int = HOUR
    max_signin_session_duration: int | None = None
    tags: Tags = ()
    permissions_boundary: str | None = None
    last_use: RoleUse | None = None
    partition: str = arns.AWS
    linked_resources: tuple[LinkedResources, ...] = ()

    @property
    def arn(self) -> str:
        """The ARN, with the path."""
        return arns.role(self.partition, self.account_id, self.path, self.name)

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What they add to the account's summary."""
        return {"Roles": len(rows)}

    @property
    def name_key(self) -> str:
        """What the name is unique by: letter case does not count."""
        return name_key(self.name)

    @property
    def service_linked(self) -> bool:
        """Whether the role is linked to a service."""
        return self.path.startswith(SERVICE_LINKED_PATH)

    @property
    def protected(self) -> bool:
        """Whether only AWS may change the role: it is linked to a service, or reserved."""
        return self.path.startswith(RESERVED_PATHS)


def no_such_role(name: str) -> NoSuchEntity:
    """No role of that name in the account."""
    return NoSuchEntity(f"The role with name {name} cannot be found.")


def role_exists(name: str) -> EntityAlreadyExists:
    """The role name is taken; the text repeats the spelling of the request."""
    return EntityAlreadyExists(f"Role with name {name} already exists.")


def reserved_path() -> InvalidInput:
    """The path is that of service-linked roles: quoted by a user (tilfin/aws-iam-policy-tool#9)."""
    return InvalidInput(f"Path prefix '{SERVICE_LINKED_PATH}' can only be used for AWS Service linked Roles")


def protected_role(name: str) -> UnmodifiableEntity:
    """The role is linked to a service, or reserved."""
    return UnmodifiableEntity(
        f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    )


def set_and_reset_signin_duration() -> InvalidInput:
    """UpdateRole both sets and resets the longest sign-in session: refused (documented), the text is assumed."""
    return InvalidInput("MaxSigninSessionDuration cannot be specified when ResetMaxSigninSessionDuration is true.")


def remove_from_instance_profiles_first() -> DeleteConflict:
    """The role is in an instance profile, or the instance profile has a role; AWS has one text for both."""
    return DeleteConflict("Cannot delete entity, must remove roles from instance profile first.")
