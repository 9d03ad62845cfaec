"""What is visible of a change: what may be seen late is asked for here, not at the store."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User
from fake_iam.services.context import RowSight
from fake_iam.store.base import Account, PolicyAccount, Store

if TYPE_CHECKING:
    from fake_iam.domain.identities.instance_profiles import InstanceProfile
    from fake_iam.domain.identities.roles import Role
    from fake_iam.domain.sts.sessions import Session


class Sight(RowSight, Protocol):
    """How far changes have spread."""

    def credentials(self, service: str, key_id: str, now: datetime) -> AccessKey | Session | None:
        """The credentials under a key id as that service sees them, or None."""
        ...


def stored_credentials(store: Store, key_id: str) -> AccessKey | Session | None:
    """The credentials under a key id as the store has them, or None."""
    account_id = store.key_account(key_id)
    if account_id is None:
        return None
    account = store.account(account_id)
    return account.access_keys.get(key_id) or account.sessions.get(key_id)


class Stored:
    """Changes are seen at once: what is visible is what is stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def credentials(self, service: str, key_id: str, now: datetime) -> AccessKey | Session | None:
        """The credentials under a key id."""
        return stored_credentials(self._store, key_id)

    def found(self, row: User | InstanceProfile, now: datetime) -> bool:
        """What is there is found."""
        return True

    def principal(self, entity: User | Role, now: datetime) -> bool:
        """Who is there may be named."""
        return True

    def role(self, role: Role, now: datetime) -> Role | None:
        """The role as it is."""
        return role

    def deciding(self, service: str, account: Account, now: datetime) -> PolicyAccount:
        """The account as it is."""
        return account
