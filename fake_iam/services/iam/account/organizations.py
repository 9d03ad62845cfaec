"""Operations on the features of an organization that concern the root users of its members."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.account.organizations import (
    ROOT_CREDENTIALS_MANAGEMENT,
    ROOT_SESSIONS,
    Organization,
    no_organization,
)
from fake_iam.services.access.organizations import organization_of
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM


def find_organization(ctx: Context) -> Organization:
    """The organization of the caller's account. Raises OrganizationNotFound."""
    organization = organization_of(ctx.store, ctx.account.id)
    if organization is None:
        raise no_organization()
    return organization


def shown(organization: Organization) -> dict[str, Any]:
    """What all of these operations answer."""
    return {"OrganizationId": organization.id, "EnabledFeatures": list(organization.features)}


def switch_on(ctx: Context, feature: str) -> Organization:
    """The organization with the feature on, for the management account alone."""
    organization = find_organization(ctx)
    organization.admit_to_enable(ctx.account.id)
    return keep(ctx, organization.with_feature(feature))


def switch_off(ctx: Context, feature: str) -> Organization:
    """The organization with the feature off, for delegated administrators, too."""
    organization = find_organization(ctx)
    organization.admit(ctx.account.id)
    return keep(ctx, organization.without_feature(feature))


def keep(ctx: Context, organization: Organization) -> Organization:
    """Put an organization in place of what it was, in its management account."""
    ctx.store.account(organization.management_account_id).table(Organization).put(organization.id, organization)
    return organization


@IAM.operation("ListOrganizationsFeatures")
def list_organizations_features(ctx: Context) -> dict[str, Any]:
    """List the features that are on, in the order of the service model's enumeration (assumed)."""
    organization = find_organization(ctx)
    organization.admit(ctx.account.id)
    return shown(organization)


@IAM.operation("EnableOrganizationsRootCredentialsManagement")
def enable_organizations_root_credentials_management(ctx: Context) -> dict[str, Any]:
    """Switch on the management of members' root credentials; once more is no error (assumed)."""
    return shown(switch_on(ctx, ROOT_CREDENTIALS_MANAGEMENT))


@IAM.operation("DisableOrganizationsRootCredentialsManagement")
def disable_organizations_root_credentials_management(ctx: Context) -> dict[str, Any]:
    """Switch off the management of members' root credentials; once more is no error (assumed)."""
    return shown(switch_off(ctx, ROOT_CREDENTIALS_MANAGEMENT))


@IAM.operation("EnableOrganizationsRootSessions")
def enable_organizations_root_sessions(ctx: Context) -> dict[str, Any]:
    """Switch on root sessions in members; once more is no error (assumed). AssumeRoot makes them."""
    return shown(switch_on(ctx, ROOT_SESSIONS))


@IAM.operation("DisableOrganizationsRootSessions")
def disable_organizations_root_sessions(ctx: Context) -> dict[str, Any]:
    """Switch off root sessions in members; once more is no error (assumed)."""
    return shown(switch_off(ctx, ROOT_SESSIONS))
