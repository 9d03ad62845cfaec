"""Deletions of service-linked roles: each is a task, which the clock brings to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fake_iam.domain.errors import NoSuchEntity
from fake_iam.domain.identities.roles import LinkedResources

NOT_STARTED: Final = "NOT_STARTED"
IN_PROGRESS: Final = "IN_PROGRESS"
SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"


@dataclass(frozen=True, slots=True)
class RoleDeletion:
    """The task of deleting one role; it is kept when the role is gone.

    ``ends_at`` is when it is done, ``outcome`` what it came to once it is, and ``kept_by`` what the role was still used
    for if it failed.
    """

    id: str
    account_id: str
    role_id: str
    requested_at: datetime
    ends_at: datetime
    outcome: str | None = None
    kept_by: tuple[LinkedResources, ...] = ()

    def due(self, now: datetime) -> bool:
        """Whether its time is over."""
        return now >= self.ends_at

    def status(self, now: datetime) -> str:
        """How far it is. Assumed: it starts as soon as time passes."""
        return self.outcome or (IN_PROGRESS if now > self.requested_at else NOT_STARTED)


def task_id(path: str, name: str, uuid: str) -> str:
    """The id of a task that deletes the role of that path and name (recorded)."""
    return f"task{path}{name}/{uuid}"


def no_such_deletion(task: str) -> NoSuchEntity:
    """No deletion has that id. Assumed: the code is quoted by users (gruntwork-io/cloud-nuke#1143), the text is not."""
    return NoSuchEntity(f"The deletion task with id {task} cannot be found.")


def in_use() -> str:
    """Why a deletion failed: the linked service still uses the role (documented). The text is assumed."""
    return "The role cannot be deleted because resources of the linked service are using it."
