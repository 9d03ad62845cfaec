"""Which rows of policies an operation changes, and an account as it was before changes that are not seen yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from fake_iam.domain.identities.groups import Group, Membership
from fake_iam.domain.identities.roles import Role
from fake_iam.domain.identities.users import User, name_key
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.inline_policies import InlinePolicy
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.store.base import Account, Table

Row = TypeVar("Row")
Before = Callable[[str], tuple[Any, ...] | None]
OWNER: Final = "owner"
HOLDERS: Final[Mapping[str, type[Any]]] = {"User": User, "Group": Group, "Role": Role}
POLICY_KINDS: Final[tuple[type[Any], ...]] = (Attachment, InlinePolicy, ManagedPolicy, Membership, Role, User)
OF_HOLDER: Final = re.compile(r"(Put|Delete|Attach|Detach)(User|Group|Role)(Policy|PermissionsBoundary)")
OF_MEMBER: Final = frozenset({"AddUserToGroup", "RemoveUserFromGroup"})
OF_VERSION: Final = frozenset({"CreatePolicyVersion", "SetDefaultPolicyVersion"})


class Subject(NamedTuple):
    """The rows of a kind that belong to an owner, or the one row under a key."""

    kind: type[Any]
    value: str
    owned: bool

    @property
    def name(self) -> str:
        """What its changes are remembered under."""
        return _name(self.kind, self.value)

    def rows(self, account: Account) -> tuple[Any, ...]:
        """The rows as they are stored."""
        table = account.table(self.kind)
        return tuple(table.where(OWNER, self.value) if self.owned else filter(None, [table.get(self.value)]))


def subject_of(account: Account, operation: str, arguments: Mapping[str, Any]) -> Subject | None:
    """What of an account's policies an operation of IAM changes; None if that is nothing."""
    if operation in OF_VERSION:
        return Subject(ManagedPolicy, arguments["policy_arn"], owned=False)
    if operation in OF_MEMBER:
        user = account.users.find("name", name_key(arguments["user_name"]))
        return None if user is None else Subject(Membership, user.id, owned=True)
    match = OF_HOLDER.fullmatch(operation)
    if match is None:
        return None
    verb, holder, what = match.groups()
    kind = HOLDERS[holder]
    row = account.table(kind).find("name", name_key(arguments[f"{holder.lower()}_name"]))
    if row is None:
        return None
    if what == "PermissionsBoundary":
        return Subject(kind, row.id, owned=False)
    return Subject(InlinePolicy if verb in ("Put", "Delete") else Attachment, row.id, owned=True)


class AccountBefore:
    """An account whose policies are those that decide: ``before`` tells what there was if a change is not seen yet."""

    def __init__(self, account: Account, before: Before) -> None:
        self._account = account
        self._before = before

    @property
    def users(self) -> TableBefore[User]:
        """Users by id."""
        return self.table(User)

    def table(self, kind: type[Row]) -> TableBefore[Row]:
        """The table of rows of a kind."""
        return TableBefore(self._account.table(kind), lambda value: self._before(_name(kind, value)))

    def counter(self, kinds: Sequence[type[Any]]) -> None:
        """What is seen changes with the time, so nothing is counted."""


class TableBefore(Generic[Row]):
    """A table with rows as they were before changes that are not seen yet."""

    def __init__(self, table: Table[Row], before: Before) -> None:
        self._table = table
        self._before = before

    def get(self, key: str) -> Row | None:
        """The row under a key, or None."""
        before = self._before(key)
        return self._table.get(key) if before is None else next(iter(before), None)

    def where(self, index: str, value: str) -> Sequence[Row]:
        """The rows whose looked-up value is this one."""
        before = self._before(value)
        return self._table.where(index, value) if before is None else before


def _name(kind: type[Any], value: str) -> str:
    return f"{kind.__name__} {value}"
