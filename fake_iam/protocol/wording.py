"""How each service words its violations. IAM of 2026 leaves values out; STS prints them (facts, section 4).

The Resource Groups Tagging API is assumed to print them, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fake_iam.protocol.constraints import Violation

Wording = Callable[[Sequence[Violation]], str | None]

_NAME = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
_PATH = "It must begin and end with / and contain only alphanumeric characters and/or / characters."
_PREFIX = "It must begin with the / character and contain only alphanumeric characters and/or / characters."
# Members whose character rule has a sentence of its own. path is recorded, userName and roleName are quoted by users,
# the rest is by analogy; accessKeyId is another mock's claim (confidence D).
SENTENCES = {
    "userName": _NAME,
    "newUserName": _NAME,
    "roleName": _NAME,
    "groupName": _NAME,
    "newGroupName": _NAME,
    "policyName": _NAME,
    "instanceProfileName": _NAME,
    "path": _PATH,
    "newPath": _PATH,
    "pathPrefix": _PREFIX,
    "accessKeyId": "It must contain only alphanumeric characters.",
}


def iam(violations: Sequence[Violation]) -> str | None:
    """IAM's text, or None if nothing is wrong.

    The sentences come from a check behind the generic one, so that any generic violation wins (assumed). An empty
    name or path is a matter of its characters, not of its length (confidence D).
    """
    generic = [violation for violation in violations if not _has_sentence(violation)]
    if generic:
        parts = [
            f"Value at '{violation.at}' failed to satisfy constraint: {violation.constraint}" for violation in generic
        ]
        return _counted(parts)
    for violation in violations:
        return f"The specified value for {violation.at} is invalid. {SENTENCES[violation.at]}"
    return None


def sts(violations: Sequence[Violation]) -> str | None:
    """STS's text, or None if nothing is wrong."""
    parts = []
    for violation in violations:
        value = "null" if violation.value is None else f"'{_shown(violation.value)}'"
        allowed = f": [{', '.join(violation.allowed)}]" if violation.allowed else ""
        parts.append(f"Value {value} at '{violation.at}' failed to satisfy constraint: {violation.constraint}{allowed}")
    return _counted(parts) if parts else None


WORDINGS: dict[str, Wording] = {"iam": iam, "sts": sts, "resourcegroupstaggingapi": sts}
CODES: dict[str, str] = {"resourcegroupstaggingapi": "InvalidParameterException"}
"""The code of a violation where it is not ValidationError: the model's own text of the error says so."""


def _shown(value: Any) -> Any:
    """A value as Java prints it."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_shown(key)}={_shown(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(str(_shown(item)) for item in value)}]"
    return value


def _has_sentence(violation: Violation) -> bool:
    if violation.at not in SENTENCES:
        return False
    empty = violation.value == "" and violation.kind == "length" and violation.at != "accessKeyId"
    return violation.kind == "pattern" or empty


def _counted(parts: Sequence[str]) -> str:
    errors = "validation error" if len(parts) == 1 else "validation errors"
    return f"{len(parts)} {errors} detected: {'; '.join(parts)}"
