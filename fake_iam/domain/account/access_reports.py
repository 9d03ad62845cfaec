"""Reports of access advisor: which services somebody may use, and when they were last used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from fake_iam.domain.errors import AccessDenied, InvalidInput, NoSuchEntity

SERVICE_LEVEL: Final = "SERVICE_LEVEL"
ACTION_LEVEL: Final = "ACTION_LEVEL"


class Access(NamedTuple):
    """The last attempt of somebody at an operation of a service, both under the names of the service's model."""

    service: str
    operation: str
    at: datetime
    region: str


@dataclass(frozen=True, slots=True)
class ReportedEntity:
    """A user or role that a report is about, as it was then; ``type`` is USER or ROLE."""

    type: str
    id: str
    arn: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """The last use of a service by one of the report's entities."""

    service: str
    entity_id: str
    at: datetime
    region: str


@dataclass(frozen=True, slots=True)
class ActionUse:
    """The last use of an action by one of the report's entities."""

    service: str
    action: str
    entity_id: str
    at: datetime
    region: str


@dataclass(frozen=True, slots=True)
class AccessReport:
    """A report as it was asked for: a picture of that moment, ready at another; one of an earlier release, at once.

    ``services`` are the prefixes of those that the policies allow, in order; ``uses`` are of these services alone.
    So are ``actions``, which a report on services has not.
    """

    id: str
    account_id: str
    arn: str
    granularity: str
    requested_at: datetime
    services: tuple[str, ...] = ()
    entities: tuple[ReportedEntity, ...] = ()
    uses: tuple[ServiceUse, ...] = ()
    actions: tuple[ActionUse, ...] = ()
    ready_at: datetime | None = None

    def at(self, now: datetime) -> AccessReport:
        """The report as it is handed out: nothing is in it while it is in progress."""
        return self if now >= ready_at(self) else replace(self, services=(), entities=(), uses=(), actions=())

    def uses_of(self, service: str) -> list[ServiceUse]:
        """The last use of a service by each entity that used it, the latest first."""
        return sorted((use for use in self.uses if use.service == service), key=lambda use: use.at, reverse=True)

    def actions_of(self, service: str) -> list[ActionUse]:
        """The last use of each action of a service, by name."""
        latest = {use.action: use for use in sorted(self.actions, key=lambda use: use.at) if use.service == service}
        return [latest[action] for action in sorted(latest)]

    def arn_of(self, entity_id: str) -> str:
        """The ARN of one of its entities."""
        return next(entity.arn for entity in self.entities if entity.id == entity_id)


def no_such_job(job_id: str) -> NoSuchEntity:
    """There is no report of that id. Assumed."""
    return NoSuchEntity(f"The job with id {job_id} cannot be found.")


def not_reported_on(arn: str) -> InvalidInput:
    """The ARN is of another account, or of something that has no policies.

    Users say that such an ARN is refused (turbot/steampipe-plugin-aws#905); code and text are assumed.
    """
    return InvalidInput(f"ARN {arn} is not valid.")


@dataclass(frozen=True, slots=True)
class OrganizationsReport:
    """A report on an organization, a part of it or an account, kept in the management account.

    ``services`` are the prefixes of those that the organization lets its accounts use, in order; ``uses`` are the last
    uses of each of these, with the account in place of the entity.
    """

    id: str
    entity_path: str
    policy_id: str | None
    requested_at: datetime
    services: tuple[str, ...] = ()
    uses: tuple[ServiceUse, ...] = ()
    ready_at: datetime | None = None

    def at(self, now: datetime) -> OrganizationsReport:
        """The report as it is handed out: nothing is in it while it is in progress."""
        return self if now >= ready_at(self) else replace(self, services=(), uses=())


def ready_at(report: AccessReport | OrganizationsReport) -> datetime:
    """When a report is ready; one of an earlier release was when it was asked for."""
    return report.ready_at or report.requested_at


def no_organizations_report(account_id: str) -> AccessDenied:
    """The account does not manage the organization that the path names. Assumed."""
    return AccessDenied(f"Account {account_id} is not the management account of the organization.")
