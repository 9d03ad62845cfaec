"""Account properties: settings of IAM's features for the whole account, as keys and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fake_iam.domain.errors import InvalidInput

BOOLEAN: Final = ("true", "false")
# The properties that there are, and their values (IAM User Guide, Manage access to role manager).
PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {"RoleManager/Enabled": BOOLEAN}


@dataclass(frozen=True, slots=True)
class AccountProperty:
    """A property that was set: its key, and the value."""

    name: str
    value: str


def check_properties(properties: Mapping[str, str]) -> None:
    """Hold properties to the rules of the service model's documentation, in its order. Raises InvalidInput.

    That an unknown property is refused is assumed: it says that each value is judged by its key.
    """
    for key in properties:
        if key.count("/") != 1 or key.startswith("/") or key.endswith("/"):
            raise invalid_key(key)
    if len({key.partition("/")[0] for key in properties}) > 1:
        raise several_namespaces()
    for key, value in properties.items():
        if key not in PROPERTIES:
            raise unknown_property(key)
        if value not in PROPERTIES[key]:
            raise invalid_value(key, value)


# The texts are assumed.


def invalid_key(key: str) -> InvalidInput:
    """The key has not the form Namespace/PropertyName."""
    return InvalidInput(f"Invalid property key: {key}. A key must have the format Namespace/PropertyName.")


def several_namespaces() -> InvalidInput:
    """The keys are not all of one namespace."""
    return InvalidInput("All properties in a request must belong to the same namespace.")


def unknown_property(key: str) -> InvalidInput:
    """There is no such property."""
    return InvalidInput(f"Unknown property: {key}.")


def invalid_value(key: str, value: str) -> InvalidInput:
    """The value is not of the property's type. Assumed: letter case counts."""
    return InvalidInput(f"Invalid value for property {key}: {value}. Valid values are true and false.")
