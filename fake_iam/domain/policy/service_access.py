"""Which services a policy lets somebody use at all, as access advisor asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from fake_iam.domain.policy.service_authorization import services

DOCUMENTS_KEPT: Final = 1024  # those that were asked for last


@lru_cache(maxsize=DOCUMENTS_KEPT)
def services_allowed(document: str) -> frozenset[str]:
    """The prefixes of the services that a document allows an action of.

    Assumed: an Allow statement that names any action of a service allows the service, whatever its resources and
    conditions and whatever is denied. That other types of policies do not count is documented.
    """
    return frozenset(prefix for statement in _statements(document) for prefix in _allowed(statement))


def _statements(document: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = _listed(json.loads(document)["Statement"])
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _allowed(statement: Mapping[str, Any]) -> Iterator[str]:
    if statement["Effect"] != "Allow":
        return
    if "NotAction" in statement:
        whole = {vendor for vendor, action in map(_parts, _listed(statement["NotAction"])) if action == "*"}
        yield from (prefix for prefix in services() if prefix not in whole and "*" not in whole)
        return
    named = {vendor for vendor, _ in map(_parts, _listed(statement["Action"]))}
    yield from (prefix for prefix in services() if prefix in named or "*" in named)


def _parts(action: str) -> tuple[str, str]:
    """The vendor and the action of it; ``*`` alone is both."""
    vendor, colon, name = action.partition(":")
    return vendor.lower(), name if colon else "*"
