"""Reports on what an organization's accounts used of the services that its service control policies allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fake_iam.domain.account.access_reports import (
    OrganizationsReport,
    ServiceUse,
    no_organizations_report,
    no_such_job,
)
from fake_iam.domain.account.organizations import Organization
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.policy.decisions import Policy
from fake_iam.domain.policy.service_access import services_allowed
from fake_iam.domain.policy.service_authorization import Service, services
from fake_iam.services.access.organizations import organization_of
from fake_iam.services.context import Context
from fake_iam.services.iam.reports.access_advisor import actions_used, latest_uses
from fake_iam.services.iam.reports.jobs import job
from fake_iam.services.iam.service import IAM


@IAM.operation("GenerateOrganizationsAccessReport")
def generate_organizations_access_report(
    ctx: Context, *, entity_path: str, organizations_policy_id: str | None = None
) -> dict[str, Any]:
    """Ask for a report on a root, an organizational unit or an account. It is a picture of this moment.

    A root and a unit stand for the members below, without the management account. Any id of a root is taken for the
    organization's, which a seed need not tell.
    """
    organization = organization_of(ctx.store, ctx.account.id)
    if (
        organization is None
        or organization.management_account_id != ctx.account.id
        or entity_path.partition("/")[0] != organization.id
    ):
        raise no_organizations_report(ctx.account.id)
    last = entity_path.rstrip("/").rpartition("/")[2]
    entity_id = organization.tree.root_id if last.startswith("r-") else last
    levels = [*organization.control_policies(entity_id), *_of_id(organization, organizations_policy_id)]
    accessible = _accessible(levels)
    uses = (use for account_id in organization.accounts_of(entity_id) for use in _uses(ctx, account_id))
    report = OrganizationsReport(
        ctx.ids.uuid(),
        entity_path,
        organizations_policy_id,
        ctx.now,
        tuple(accessible),
        tuple(use for use in uses if use.service in accessible),
        ctx.now + ctx.world.delays.access_report,
    )
    ctx.account.table(OrganizationsReport).put(report.id, report)
    return {"JobId": report.id}


@IAM.operation("GetOrganizationsAccessReport")
def get_organizations_access_report(
    ctx: Context,
    *,
    job_id: str,
    max_items: int | None = None,
    marker: str | None = None,
    sort_key: str | None = None,
) -> dict[str, Any]:
    """Hand out a report, sorted by namespace unless the last use is asked for; what was never used comes last."""
    kept = ctx.account.table(OrganizationsReport).get(job_id)
    if kept is None:
        raise no_such_job(job_id)
    report = kept.at(ctx.now)
    latest = {use.service: use for use in sorted(report.uses, key=lambda use: use.at)}
    page = ctx.page(
        list(enumerate(_sorted(report.services, latest, sort_key or ""))),
        scope=f"GetOrganizationsAccessReport {job_id} {sort_key}",
        key=lambda placed: f"{placed[0]:06d}",
        marker=marker,
        max_items=max_items,
    )
    return {
        **job(report, ctx.now),
        "NumberOfServicesAccessible": len(report.services),
        "NumberOfServicesNotAccessed": len(report.services) - len(latest),
        "AccessDetails": [_detail(report, service, latest.get(service.prefix)) for _, service in page.items],
        **page.fields(),
    }


def _of_id(organization: Organization, policy_id: str | None) -> Iterable[Sequence[Policy]]:
    """The service control policy of that id, as a level of its own; an unknown one limits nothing (assumed)."""
    return [[policy.as_policy()] for policy in organization.tree.policies if policy.id == policy_id]


def _accessible(levels: Iterable[Sequence[Policy]]) -> list[str]:
    """The prefixes of the services that each level allows, by name."""
    allowed = [frozenset().union(*(services_allowed(policy.text) for policy in level)) for level in levels]
    return sorted(frozenset(services()).intersection(*allowed))


def _uses(ctx: Context, account_id: str) -> Iterable[ServiceUse]:
    """The last use of each service by the account's root user, users and roles."""
    account = ctx.store.account(account_id)
    owners = [account_id, *(key for key, _ in account.users.items()), *(key for key, _ in account.table(Role).items())]
    keys = [key for _, key in account.access_keys.items()]
    return latest_uses(account_id, services(), keys, [use for owner in owners for use in actions_used(ctx, owner)])


def _sorted(accessible: Iterable[str], latest: Mapping[str, ServiceUse], sort_key: str) -> list[Service]:
    by_name = [services()[prefix] for prefix in accessible]
    if sort_key == "SERVICE_NAMESPACE_DESCENDING":
        return by_name[::-1]
    if not sort_key.startswith("LAST_AUTHENTICATED_TIME"):
        return by_name
    used = [service for service in by_name if service.prefix in latest]
    used.sort(key=lambda service: latest[service.prefix].at, reverse=sort_key.endswith("DESCENDING"))
    return [*used, *(service for service in by_name if service.prefix not in latest)]


def _detail(report: OrganizationsReport, service: Service, last: ServiceUse | None) -> dict[str, Any]:
    users = {use.entity_id for use in report.uses if use.service == service.prefix}
    return {
        "ServiceName": service.name,
        "ServiceNamespace": service.prefix,
        "Region": last and last.region,
        "EntityPath": last and f"{report.entity_path.removesuffix('/' + last.entity_id)}/{last.entity_id}",
        "LastAuthenticatedTime": last and last.at,
        "TotalAuthenticatedEntities": len(users),
    }
