"""Inline policies: documents that belong to one user, group or role and go by a name of its own."""

from __future__ import annotations

from dataclasses import dataclass

from fake_iam.domain.errors import DeleteConflict, LimitExceeded, NoSuchEntity


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A policy inside its owner; the text is kept as it came."""

    owner_id: str
    name: str
    document: str

    @property
    def key(self) -> str:
        """What the row is kept under. Letter case counts in names of inline policies (assumed)."""
        return key(self.owner_id, self.name)


def key(owner_id: str, name: str) -> str:
    """What an owner's policy of that name is kept under."""
    return f"{owner_id}/{name}"


def no_such_user_policy(name: str) -> NoSuchEntity:
    """The user has no inline policy of that name. Assumed from the recorded texts for roles and groups."""
    return NoSuchEntity(f"The user policy with name {name} cannot be found.")


def no_such_group_policy(name: str) -> NoSuchEntity:
    """The group has no inline policy of that name."""
    return NoSuchEntity(f"The group policy with name {name} cannot be found.")


def no_such_role_policy(name: str) -> NoSuchEntity:
    """The role has no inline policy of that name."""
    return NoSuchEntity(f"The role policy with name {name} cannot be found.")


def group_policies_too_long(limit: int, group_name: str) -> LimitExceeded:
    """The group's inline policies together exceed the quota. Assumed from the text for users."""
    return LimitExceeded(f"Maximum policy size of {limit} bytes exceeded for group {group_name}")


def user_policies_too_long(limit: int, user_name: str) -> LimitExceeded:
    """The user's inline policies together exceed the quota (quoted by users)."""
    return LimitExceeded(f"Maximum policy size of {limit} bytes exceeded for user {user_name}")


def role_policies_too_long(limit: int, role_name: str) -> LimitExceeded:
    """The role's inline policies together exceed the quota (quoted by users)."""
    return LimitExceeded(f"Maximum policy size of {limit} bytes exceeded for role {role_name}")


def delete_policies_first() -> DeleteConflict:
    """What is to be deleted still has inline policies."""
    return DeleteConflict("Cannot delete entity, must delete policies first.")
