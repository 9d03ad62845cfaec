"""The exports of a real account, as far as nouns take something from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

# What the credential report says where it has nothing to say.
ABSENT: Final = frozenset({"N/A", "no_information", "not_supported", ""})


@dataclass(frozen=True, slots=True)
class Exported:
    """Something that others hang on, as the exports show it: its entry in the details and its row in the report."""

    noun: str
    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, str] = field(default_factory=dict)

    def date(self, column: str) -> str | None:
        """A date of the row, or None if it has none."""
        text = self.row.get(column, "")
        return None if text in ABSENT else text

    def true(self, column: str) -> bool:
        """Whether the row says true."""
        return self.row.get(column, "").lower() == "true"


@dataclass(frozen=True, slots=True)
class Export:
    """Both exports; one that was not given is empty.

    Args:
        details: what ``get-account-authorization-details`` printed.
        rows: the users' rows of the credential report, by name.
        root: the root user's row.
        hanging: gives the seed fields of what hangs on something, as the other nouns take it.
        notes: what a reader should know, for nouns to add to.
    """

    details: Mapping[str, Any]
    rows: Mapping[str, Mapping[str, str]]
    root: Mapping[str, str] | None
    hanging: Callable[[Export, Exported], dict[str, Any]]
    notes: list[str] = field(default_factory=list)

    def entries(self, section: str) -> list[Mapping[str, Any]]:
        """The entries of a list of the details."""
        return list(self.details.get(section) or ())

    def children(self, exported: Exported) -> dict[str, Any]:
        """The seed fields of what hangs on something."""
        return self.hanging(self, exported)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value; an empty one counts as none."""
    return {name: value for name, value in fields.items() if value or value is False}


def tags(entry: Mapping[str, Any]) -> dict[str, str]:
    """The tags of an entry, keys to values."""
    return {tag["Key"]: tag["Value"] for tag in entry.get("Tags") or ()}


def policy_document(value: Any) -> Any:
    """A document as the AWS CLI prints it, decoded already, or percent-encoded as AWS sends it."""
    return json.loads(unquote(value)) if isinstance(value, str) else value
