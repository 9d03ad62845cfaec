"""An access key: what signs a request for a user or for the root user."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fake_iam.domain.errors import AccessDenied, DeleteConflict, InvalidInput, InvalidParameter, NoSuchEntity

ACTIVE = "Active"
INACTIVE = "Inactive"
STATUSES = (ACTIVE, INACTIVE)


@dataclass(frozen=True, slots=True)
class LastUse:
    """When, where and for which service a key last signed."""

    at: datetime
    service: str
    region: str


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A long-term key. ``owner_id`` is a user's id, or the account number for a key of the root user.

    ``serial`` counts the keys issued by this server, so that a list shows the older key first.
    """

    id: str
    account_id: str
    owner_id: str
    secret: str = field(repr=False)
    created_at: datetime
    serial: int
    status: str = ACTIVE
    last_use: LastUse | None = None

    @property
    def active(self) -> bool:
        """Whether it may sign."""
        return self.status == ACTIVE

    def switched(self, status: str) -> AccessKey:
        """The key with that status and nothing else changed.

        Raises:
            InvalidInput: the status is in the model's enumeration, but not one that a key can be given.
        """
        if status not in STATUSES:
            raise InvalidInput.status(status)
        return self._with(status, self.last_use)

    def used(self, last_use: LastUse) -> AccessKey:
        """The key with that last use and nothing else changed."""
        return self._with(self.status, last_use)

    def _with(self, status: str, last_use: LastUse | None) -> AccessKey:
        """What changes with every call, spelt out: dataclasses.replace takes five times as long."""
        return AccessKey(
            self.id, self.account_id, self.owner_id, self.secret, self.created_at, self.serial, status, last_use
        )


def no_such_access_key(key_id: str) -> NoSuchEntity:
    """The user has no such key, whoever else may have it."""
    return NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")


def delete_access_keys_first() -> DeleteConflict:
    """The user still has access keys, active or not."""
    return DeleteConflict("Cannot delete entity, must delete access keys first.")


def key_without_account(key_id: str) -> InvalidParameter:
    """The key id carries no account. Assumed: AWS's answer is not known."""
    return InvalidParameter(f"The access key id {key_id} does not belong to an account.")


def last_use_denied(caller_arn: str, key_id: str) -> AccessDenied:
    """GetAccessKeyLastUsed of an unknown key; AWS leaves out the colon after "perform" here."""
    return AccessDenied(
        f"User: {caller_arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {key_id}"
    )
