"""Operations of access advisor: which services somebody's policies allow, and when they were last used.

A use is what is known of access keys: when, where and for which service each last signed; and what users, roles and
their sessions tried here, refused or not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from fake_iam.domain import arns
from fake_iam.domain.account.access_reports import (
    ACTION_LEVEL,
    SERVICE_LEVEL,
    AccessReport,
    ActionUse,
    ReportedEntity,
    ServiceUse,
    no_such_job,
    not_reported_on,
)
from fake_iam.domain.credentials.access_keys import AccessKey, LastUse
from fake_iam.domain.errors import NoSuchEntity
from fake_iam.domain.identities.groups import Group, no_such_group
from fake_iam.domain.identities.roles import Role, no_such_role
from fake_iam.domain.identities.users import User, no_such_user
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.managed_policies import ManagedPolicy, foreign_partition
from fake_iam.domain.policy.service_access import services_allowed
from fake_iam.domain.policy.service_authorization import find_service
from fake_iam.services.access.permission import ACTIONS
from fake_iam.services.context import Context
from fake_iam.services.iam.identities.groups import find_group, groups_of, members_of
from fake_iam.services.iam.lookups import find_role, find_user
from fake_iam.services.iam.policies.policy_entities import holders
from fake_iam.services.iam.policies.policy_lookups import existing_policy, find_policy
from fake_iam.services.iam.reports.jobs import job
from fake_iam.services.iam.service import IAM

Entity = User | Group | Role
# How the entities are found that an ARN names, and what is said if there is none.
FINDERS: Final[dict[str, tuple[Callable[[Context, str], Any], Callable[[str], NoSuchEntity]]]] = {
    "user": (find_user, no_such_user),
    "group": (find_group, no_such_group),
    "role": (find_role, no_such_role),
}


MANY: Final = 100
"""So many entities are reported on while others wait; more take long."""


class Content(NamedTuple):
    """What a report says."""

    services: tuple[str, ...]
    entities: tuple[ReportedEntity, ...]
    uses: tuple[ServiceUse, ...]
    actions: tuple[ActionUse, ...]


class Granting(NamedTuple):
    """A policy that counts for somebody: a managed one has an ARN, an inline one belongs to a holder."""

    name: str
    document: str
    arn: str | None = None
    holder: Entity | None = None


@IAM.operation("GenerateServiceLastAccessedDetails")
def generate_service_last_accessed_details(ctx: Context, *, arn: str, granularity: str | None = None) -> dict[str, Any]:
    """Ask for a report on a user, group, role or managed policy. It is a picture of this moment.

    A report on actions has those that were tried here, which are IAM's, STS's and those of tags. That AWS tracks all of
    them, and leaves out what was never tried, is assumed.
    """
    _, acting = _subject(ctx, arn)
    many = next(islice(acting, MANY, None), None) is not None
    content = ctx.without_lock(lambda: _of_picture(ctx, arn)) if many else _content(ctx, arn)
    report = AccessReport(
        id=ctx.ids.uuid(),
        account_id=ctx.account.id,
        arn=arn,
        granularity=granularity or SERVICE_LEVEL,
        requested_at=ctx.now,
        ready_at=ctx.now + ctx.world.delays.access_report,
        services=content.services,
        entities=content.entities,
        uses=content.uses,
        actions=content.actions if granularity == ACTION_LEVEL else (),
    )
    ctx.account.table(AccessReport).put(report.id, report)
    return {"JobId": report.id}


@IAM.operation("GetServiceLastAccessedDetails")
def get_service_last_accessed_details(
    ctx: Context, *, job_id: str, max_items: int | None = None, marker: str | None = None
) -> dict[str, Any]:
    """Hand out a report: every service that the policies allow, by namespace, and its latest use if there was one."""
    report = find_report(ctx, job_id)
    page = ctx.page(
        report.services,
        scope=f"GetServiceLastAccessedDetails {job_id}",
        key=str,
        marker=marker,
        max_items=max_items,
    )
    return {
        **job(report, ctx.now),
        "JobType": report.granularity,
        "ServicesLastAccessed": ctx.without_lock(
            lambda: [_service(report, service) for service in page.items], long=len(report.uses) > MANY
        ),
        **page.fields(),
    }


@IAM.operation("GetServiceLastAccessedDetailsWithEntities")
def get_service_last_accessed_details_with_entities(
    ctx: Context, *, job_id: str, service_namespace: str, max_items: int | None = None, marker: str | None = None
) -> dict[str, Any]:
    """Show who could have used a service: the latest use first, then those who did not, by name (assumed).

    Nobody could have used a service that the policies do not allow (assumed).
    """
    report = find_report(ctx, job_id)
    used, entities = ctx.without_lock(
        lambda: _latest_first(report, service_namespace), long=len(report.entities) > MANY
    )
    page = ctx.page(
        list(enumerate(entities)),
        scope=f"GetServiceLastAccessedDetailsWithEntities {job_id} {service_namespace}",
        key=_numbered,
        marker=marker,
        max_items=max_items,
    )
    return {
        **job(report, ctx.now),
        "EntityDetailsList": [
            {
                "EntityInfo": {"Arn": one.arn, "Name": one.name, "Type": one.type, "Id": one.id, "Path": one.path},
                "LastAuthenticated": used.get(one.id),
            }
            for _, one in page.items
        ],
        **page.fields(),
    }


@IAM.operation("ListPoliciesGrantingServiceAccess")
def list_policies_granting_service_access(
    ctx: Context, *, arn: str, service_namespaces: Sequence[str], marker: str | None = None
) -> dict[str, Any]:
    """List the policies by which a user, group or role may use each of the services, in the order of the request.

    Inline policies come before managed ones, a user's own before those of groups (assumed).
    """
    granting = list(_policies_of(ctx, find_entity(ctx, arn)))
    page = ctx.page(
        list(enumerate(service_namespaces)),
        scope=f"ListPoliciesGrantingServiceAccess {arn} {' '.join(service_namespaces)}",
        key=_numbered,
        marker=marker,
        max_items=None,
    )
    return {
        "PoliciesGrantingServiceAccess": [
            {
                "ServiceNamespace": service,
                "Policies": [
                    _granting(policy) for policy in granting if service.lower() in services_allowed(policy.document)
                ],
            }
            for _, service in page.items
        ],
        **page.fields(),
    }


def _of_picture(ctx: Context, arn: str) -> Content:
    """What a report of this moment says."""
    with ctx.picture() as picture:
        return _content(picture, arn)


def _content(ctx: Context, arn: str) -> Content:
    granting, acting = _subject(ctx, arn)
    services = frozenset[str]().union(*(services_allowed(policy.document) for policy in granting))
    entities = {one.id: one for one in acting}.values()
    return Content(
        tuple(sorted(services)),
        tuple(_reported(one) for one in entities),
        tuple(use for one in entities for use in _uses(ctx, one, services)),
        tuple(use for one in entities for use in actions_used(ctx, one.id) if use.service in services),
    )


def _subject(ctx: Context, arn: str) -> tuple[Iterator[Granting], Iterator[User | Role]]:
    """The policies that a report on an ARN is about, and who acts by them. Raises as ``find_entity`` does."""
    if arns.is_policy(arn):
        policy = find_policy(ctx, arn)
        return _of_managed(policy), _attached_to(ctx, policy)
    entity = find_entity(ctx, arn)
    return _policies_of(ctx, entity), _acting(ctx, entity)


def _latest_first(report: AccessReport, service: str) -> tuple[dict[str, datetime], list[ReportedEntity]]:
    """When each entity last used a service, and all who could have: the latest use first, then the idle by name."""
    used = {use.entity_id: use.at for use in report.uses_of(service)}
    entities = report.entities if service in report.services else ()
    idle = sorted((one for one in entities if one.id not in used), key=lambda one: (one.name.lower(), one.id))
    acting = {one.id: one for one in entities}
    return used, [*(acting[entity_id] for entity_id in used), *idle]


def find_report(ctx: Context, job_id: str) -> AccessReport:
    """The account's report of that id, as it is handed out now. Raises NoSuchEntity."""
    report = ctx.account.table(AccessReport).get(job_id)
    if report is None:
        raise no_such_job(job_id)
    return report.at(ctx.now)


def find_entity(ctx: Context, arn: str) -> Entity:
    """The user, group or role of that ARN. Raises InvalidInput, ValidationError, NoSuchEntity."""
    if not arns.is_arn(arn):
        raise not_reported_on(arn)
    if arns.partition_of(arn) != ctx.partition:
        raise foreign_partition()
    _, _, service, _, account_id, resource = arn.split(":", 5)
    kind, _, name = resource.partition("/")
    if service != "iam" or account_id != ctx.account.id or kind not in FINDERS:
        raise not_reported_on(arn)
    find, missing = FINDERS[kind]
    entity: Entity = find(ctx, name.rpartition("/")[2])
    if entity.arn != arn:
        raise missing(entity.name)
    return entity


def _policies_of(ctx: Context, entity: Entity) -> Iterator[Granting]:
    """Those of the entity itself, and of the groups that a user is in."""
    for holder in (entity, *(groups_of(ctx, entity) if isinstance(entity, User) else ())):
        inline = ctx.account.table(InlinePolicy).where("owner", holder.id)
        for own in sorted(inline, key=lambda policy: policy.name):
            yield Granting(own.name, own.document, holder=holder)
        attachments = ctx.account.table(Attachment).where("owner", holder.id)
        for attachment in sorted(attachments, key=lambda row: row.policy_name.lower()):
            policy = existing_policy(ctx, attachment.policy_arn)
            if policy is not None:
                yield from _of_managed(policy)


def _of_managed(policy: ManagedPolicy) -> Iterator[Granting]:
    """Its default version, as what it grants."""
    version = policy.version(policy.default_version_id)
    if version is not None:
        yield Granting(policy.name, version.document, arn=policy.arn)


def _acting(ctx: Context, entity: Entity) -> Iterator[User | Role]:
    """Who acts by the policies of an entity: the members of a group, or the entity itself."""
    return members_of(ctx, entity) if isinstance(entity, Group) else iter((entity,))


def _attached_to(ctx: Context, policy: ManagedPolicy) -> Iterator[User | Role]:
    """Who acts by a managed policy, some of them more than once."""
    for _, holder in holders(ctx, f"{policy.arn} /"):
        yield from _acting(ctx, holder)


def _uses(ctx: Context, entity: User | Role, services: frozenset[str]) -> Iterable[ServiceUse]:
    """The last use of each of the services by an entity: by its access keys, and by what it tried here."""
    keys = ctx.account.access_keys.where("owner", entity.id)
    return latest_uses(entity.id, services, keys, actions_used(ctx, entity.id))


def actions_used(ctx: Context, owner_id: str) -> list[ActionUse]:
    """What a user, role or root user tried here last, under the names that policies have for it."""
    return [
        ActionUse(ACTIONS.get(past.service, past.service), past.operation, owner_id, past.at, past.region)
        for past in ctx.world.accesses.of(owner_id)
    ]


def latest_uses(
    entity_id: str, services: Container[str], keys: Iterable[AccessKey], actions: Iterable[ActionUse]
) -> Iterable[ServiceUse]:
    """The last use of each of the services, of which an access key tells only its own last one."""
    uses: list[LastUse | ActionUse] = [*(key.last_use for key in keys if key.last_use), *actions]
    latest = {use.service: use for use in sorted(uses, key=lambda use: use.at) if use.service in services}
    return [ServiceUse(service, entity_id, use.at, use.region) for service, use in latest.items()]


def _reported(entity: User | Role) -> ReportedEntity:
    return ReportedEntity(_type(entity), entity.id, entity.arn, entity.name, entity.path)


def _type(entity: Entity) -> str:
    return type(entity).__name__.upper()


def _service(report: AccessReport, namespace: str) -> dict[str, Any]:
    service = find_service(namespace)
    uses = report.uses_of(namespace)
    last = uses[0] if uses else None
    return {
        "ServiceName": namespace if service is None else service.name,
        "ServiceNamespace": namespace,
        "LastAuthenticated": last and last.at,
        "LastAuthenticatedEntity": last and report.arn_of(last.entity_id),
        "LastAuthenticatedRegion": last and last.region,
        "TotalAuthenticatedEntities": len(uses),
        "TrackedActionsLastAccessed": [
            {
                "ActionName": use.action,
                "LastAccessedEntity": report.arn_of(use.entity_id),
                "LastAccessedTime": use.at,
                "LastAccessedRegion": use.region,
            }
            for use in report.actions_of(namespace)
        ]
        or None,
    }


def _granting(policy: Granting) -> dict[str, Any]:
    if policy.holder is None:
        return {"PolicyName": policy.name, "PolicyType": "MANAGED", "PolicyArn": policy.arn}
    return {
        "PolicyName": policy.name,
        "PolicyType": "INLINE",
        "EntityType": _type(policy.holder),
        "EntityName": policy.holder.name,
    }


def _numbered(placed: tuple[int, object]) -> str:
    """A place in a list that has an order of its own."""
    return f"{placed[0]:06d}"
