"""The tree of an organization: its root, its organizational units, its accounts, and what its policies allow there.

Source: AWS Organizations User Guide, "Service control policies" and "SCP evaluation". A policy that hangs on the root,
on a unit or on an account holds for every account below; each of these levels must allow what an account is to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fake_iam.domain.policy.decisions import Policy

FULL_ACCESS_ID: Final = "p-FullAWSAccess"
FULL_ACCESS: Final = Policy(
    "FullAWSAccess",
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    f"arn:aws:organizations::aws:policy/service_control_policy/{FULL_ACCESS_ID}",
)


@dataclass(frozen=True, slots=True)
class Unit:
    """An organizational unit; ``parent`` is the id of the unit that it is in, or None if it is right below the root."""

    id: str
    parent: str | None = None
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ControlPolicy:
    """A service control policy; ``targets`` are the ids of the root, the units and the accounts that it hangs on."""

    id: str
    name: str
    arn: str
    document: str
    targets: tuple[str, ...]

    def as_policy(self) -> Policy:
        """The policy as decisions know it."""
        return Policy(self.name, self.document, self.arn)


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything below an organization's root.

    Attributes:
        root_id: the root's id; of an organization of an earlier release nobody knows it.
        units: the organizational units. An account that is in none is right below the root.
        policies: the service control policies but for FullAWSAccess.
        without_full_access: the ids of the root, the units and the accounts that FullAWSAccess does not hang on.
    """

    root_id: str = "r-root"
    units: tuple[Unit, ...] = ()
    policies: tuple[ControlPolicy, ...] = ()
    without_full_access: tuple[str, ...] = ()

    def way_to(self, entity_id: str) -> tuple[str, ...]:
        """The ids from the root down to a unit or an account, itself the last of them."""
        if entity_id == self.root_id:
            return (self.root_id,)
        parents = {unit.id: unit.parent for unit in self.units}
        above = parents.get(entity_id) or next((unit.id for unit in self.units if entity_id in unit.accounts), None)
        return (*self.way_to(above or self.root_id), entity_id)

    def levels(self, entity_id: str) -> Sequence[Sequence[Policy]]:
        """The policies that hold there, by level from the top; nothing if there are none but FullAWSAccess."""
        return tuple(self._hanging_on(target) for target in self.way_to(entity_id)) if self.policies else ()

    def _hanging_on(self, target: str) -> list[Policy]:
        full = [] if target in self.without_full_access else [FULL_ACCESS]
        own = [policy.as_policy() for policy in self.policies if target in policy.targets]
        return [*full, *own]
