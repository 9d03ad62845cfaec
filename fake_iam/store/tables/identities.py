"""The tables of identities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fake_iam.domain.policies.policy_arns import path_of, place_of
from fake_iam.store.tables.declaring import BY_PATH, NAMED, OWNED, TAGGED, Indexes, Order, by_name, directories

if TYPE_CHECKING:
    from fake_iam.domain.identities.roles import Role
    from fake_iam.domain.identities.users import User


def _bounded(entity: User | Role, _: object) -> list[str]:
    """For each policy, and each path, the users or roles that it bounds."""
    arn = entity.permissions_boundary
    return [] if arn is None else [f"{arn} {directory}" for directory in directories(entity.path)]


def _boundaries(entity: User | Role, _: object) -> list[str]:
    """The policies that are boundaries, by their paths."""
    return [] if entity.permissions_boundary is None else directories(path_of(entity.permissions_boundary))


def _boundary_place(entity: User | Role, _: object) -> str:
    return place_of(entity.permissions_boundary or "")


# Users and roles: found by name, listed by path, and by the policy that bounds them.
IDENTITY: Final = Indexes(
    lookups=NAMED,
    tallies={"boundary": lambda entity: entity.permissions_boundary},
    orders={
        "path": BY_PATH,
        "bounded": Order(_bounded, by_name),
        "boundary": Order(_boundaries, _boundary_place),
    },
    fields=("name", "path", "permissions_boundary"),
)
TABLES: Final[Mapping[str, Indexes]] = {
    "identities.users.User": IDENTITY,
    "identities.roles.Role": IDENTITY,
    "identities.role_templates.RoleTemplate": Indexes(),
    "identities.role_deletions.RoleDeletion": Indexes(
        {"unfinished": lambda deletion: None if deletion.outcome else deletion.account_id}
    ),
    "identities.instance_profiles.InstanceProfile": Indexes({**NAMED, **OWNED}, orders={"path": BY_PATH, **TAGGED}),
    "identities.root_users.RootUser": Indexes(),
    "identities.groups.Group": Indexes(NAMED, orders={"path": BY_PATH}),
    "identities.groups.Membership": Indexes(
        OWNED,
        orders={
            "group": Order(
                lambda membership, _: [f"{membership.group_id}/"],
                lambda _, user: user.name_key if user else "",
                by_owner=True,
            )
        },
    ),
}

# The kinds of owners that lists go by.
OWNERS: Final = ("identities.users.User", "identities.groups.Group", "identities.roles.Role")
