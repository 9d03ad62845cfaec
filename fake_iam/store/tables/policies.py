"""The tables of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fake_iam.domain.policies.policy_arns import entity_place, place_of
from fake_iam.store.tables.declaring import NAMED, OWNED, TAGGED, Indexes, Order, directories

if TYPE_CHECKING:
    from fake_iam.domain.identities.groups import Group
    from fake_iam.domain.identities.roles import Role
    from fake_iam.domain.identities.users import User
    from fake_iam.domain.policies.attachments import Attachment


def _entities(attachment: Attachment, owner: User | Group | Role | None) -> list[str]:
    """For each policy, and each path, the groups, users and roles that it is attached to."""
    return [] if owner is None else [f"{attachment.policy_arn} {directory}" for directory in directories(owner.path)]


def _entity_place(_: Attachment, owner: User | Group | Role | None) -> str:
    return "" if owner is None else entity_place(type(owner).__name__, owner.name_key)


TABLES: Final[Mapping[str, Indexes]] = {
    "policies.attachments.Attachment": Indexes(
        OWNED,
        tallies={"policy": lambda attachment: attachment.policy_arn},
        orders={
            "entity": Order(_entities, _entity_place, by_owner=True),
            "policy": Order(
                lambda attachment, _: directories(attachment.policy_path),
                lambda attachment, _: place_of(attachment.policy_arn),
            ),
        },
    ),
    "policies.inline_policies.InlinePolicy": Indexes(OWNED),
    "policies.managed_policies.ManagedPolicy": Indexes(
        NAMED,
        tallies={"versions": lambda policy: str(len(policy.versions))},
        orders={"path": Order(lambda policy, _: directories(policy.path), lambda policy, _: policy.place), **TAGGED},
    ),
}
