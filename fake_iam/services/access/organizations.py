"""The organization that an account is in, and what it means for the account's users and roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fake_iam.domain import arns
from fake_iam.domain.account.organizations import Organization, OrganizationMember
from fake_iam.domain.policy.decisions import Policy
from fake_iam.domain.policy.variables import Values
from fake_iam.store.base import Store


def organization_of(store: Store, account_id: str) -> Organization | None:
    """The organization that an account is in, or None."""
    member = store.account(account_id).table(OrganizationMember).get(account_id)
    if member is None:
        return None
    return store.account(member.management_account_id).table(Organization).get(member.organization_id)


def control_policies(store: Store, account_id: str) -> Sequence[Sequence[Policy]]:
    """The levels of service control policies that limit everybody in an account."""
    organization = organization_of(store, account_id)
    return () if organization is None else organization.control_policies(account_id)


def organization_keys(store: Store, account_id: str, of: str) -> Mapping[str, Values]:
    """The condition keys that say which organization an account is in; ``of`` is principal or resource."""
    organization = organization_of(store, account_id)
    if organization is None:
        return {}
    return {f"aws:{of}orgid": organization.id, f"aws:{of}orgpaths": (organization.path(account_id),)}


def resource_keys(store: Store, arn: str, account_id: str) -> Mapping[str, Values]:
    """The condition keys that say whose a resource is: the account's in its ARN, or ``account_id``'s if it has none."""
    named = arns.account_of(arn)
    owner = named if named.isdecimal() else account_id
    return {"aws:resourceaccount": owner, **organization_keys(store, owner, "resource")}
