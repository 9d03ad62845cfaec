"""What AWS's services let policies name: actions, the resources they are authorized on, condition keys.

It is the service authorization reference, read from the package's data: the names of services with the first question,
the rest of a service when it is asked for. docs/decisions/0016-reference-data.md tells where it is from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from fake_iam.data.packed import Packed

REFERENCE: Final = Packed("service_authorization.bin")
SERVICES_KEPT: Final = 32  # those that were asked for last


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A type of resource that an action is authorized on, and the condition keys that come with it."""

    type: str
    required: bool
    condition_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """An action; ``access_levels`` are Read, List, Write, Tagging and Permissions management."""

    name: str
    access_levels: tuple[str, ...]
    resources: tuple[ActionResource, ...]
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource: its ARN with ``${...}`` for what varies."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service by the prefix of its actions and by its name; the rest is read when it is asked for."""

    prefix: str
    name: str

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of its actions."""
        return tuple(action[0] for action in _block(self.prefix)["actions"].values())

    @property
    def condition_keys(self) -> Mapping[str, str]:
        """Condition keys and their types; a key may have ``${...}`` in it."""
        keys: dict[str, str] = _block(self.prefix)["condition_keys"]
        return keys

    @property
    def resource_types(self) -> tuple[ResourceType, ...]:
        """Its types of resources."""
        types = _block(self.prefix)["resource_types"]
        return tuple(ResourceType(name, arn, tuple(keys)) for name, (arn, keys) in types.items())

    def action(self, name: str) -> Action | None:
        """The action of that name, in whatever letter case, or None."""
        found = _block(self.prefix)["actions"].get(name.lower())
        return None if found is None else _action(*found)


@cache
def services() -> Mapping[str, Service]:
    """Every service under its prefix, in the order of prefixes."""
    return {prefix: Service(prefix, told[2]) for prefix, told in REFERENCE.index.items()}


def find_service(prefix: str) -> Service | None:
    """The service whose actions have that prefix, in whatever letter case, or None."""
    return services().get(prefix.lower())


def find_action(service: str, action: str) -> Action | None:
    """The action of a service, both by name in whatever letter case, or None."""
    found = find_service(service)
    return None if found is None else found.action(action)


@lru_cache(maxsize=SERVICES_KEPT)
def _block(prefix: str) -> Any:
    return REFERENCE.block(prefix)


def _action(name: str, levels: Sequence[str], resources: Sequence[Any], keys: Sequence[str]) -> Action:
    on = tuple(ActionResource(kind, required, tuple(own)) for kind, required, own in resources)
    return Action(name, tuple(levels), on, tuple(keys))
