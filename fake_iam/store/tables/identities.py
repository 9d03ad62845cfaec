"""The tables of identities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fake_iam.domain.policies.policy_arns import path_of, place_of
from fake_iam.store.tables.declaring import BY_PATH, NAMED, OWNED, Indexes, Order, by_name, directories

if TYPE_CHECKING:
    from fake_iam.domain.identities.users import User


def _bounded(user: User, _: object) -> list[str]:
    """For each policy, and each path, the users that it bounds."""
    arn = user.permissions_boundary
    return [] if arn is None else [f"{arn} {directory}" for directory in directories(user.path)]


def _boundaries(user: User, _: object) -> list[str]:
    """The policies that are boundaries, by their paths."""
    return [] if user.permissions_boundary is None else directories(path_of(user.permissions_boundary))


def _boundary_place(user: User, _: object) -> str:
    return place_of(user.permissions_boundary or "")


TABLES: Final[Mapping[str, Indexes]] = {
    "identities.users.User": Indexes(
        lookups=NAMED,
        tallies={"boundary": lambda user: user.permissions_boundary},
        orders={
            "path": BY_PATH,
            "bounded": Order(_bounded, by_name),
            "boundary": Order(_boundaries, _boundary_place),
        },
        fields=("name", "path", "permissions_boundary"),
    ),
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
OWNERS: Final = ("identities.users.User", "identities.groups.Group")
