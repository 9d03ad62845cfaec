"""The organization that an account is in."""

from __future__ import annotations

from fake_iam.domain.account.organizations import Organization
from fake_iam.store.base import Store


def organization_of(store: Store, account_id: str) -> Organization | None:
    """The organization that an account is in, or None."""
    kept = [organization for account in store.accounts() for _, organization in account.table(Organization).items()]
    return next((organization for organization in kept if organization.includes(account_id)), None)
