"""What is questionable in a policy that IAM accepts: actions, keys and resources that its services do not have.

IAM itself says nothing of these when a policy is written; such a statement just never matches.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from fake_iam.domain.policy.conditions import Condition
from fake_iam.domain.policy.positions import Position
from fake_iam.domain.policy.service_authorization import Action, ResourceType, Service, find_service
from fake_iam.domain.policy.statements import Statement, document
from fake_iam.domain.policy.wildcards import Pattern

EVERYTHING: Final = "*"
FOR_ALL: Final = "forallvalues:"
UNTOLD: Final = frozenset({3, 4})
"""The fields of an ARN that are not compared: region and account."""
LAST: Final = 5
PLACE: Final = re.compile(r"\$\{[^}]*\}")
MOST_ACTIONS: Final = 200
"""A statement that names more is about whole services, and its keys and resources are not looked at."""


class Complaint(NamedTuple):
    """Something questionable, in the statement that begins at a place."""

    at: Position
    text: str

    def __str__(self) -> str:
        return f"line {self.at.line}, column {self.at.column}: {self.text}"


def complaints(text: str) -> list[Complaint]:
    """Everything questionable in a document that passes IAM's checks, statement by statement.

    Raises:
        ValueError: the text is no policy.
    """
    return list(each_complaint(text))


def each_complaint(text: str) -> Iterator[Complaint]:
    """The same one by one: to find what a misspelt action might be takes its time. Raises ValueError."""
    for statement in document(text).statements:
        for complaint in _complaints(statement):
            yield Complaint(statement.span.start, complaint)


class _Named(NamedTuple):
    """An action that a statement names, in its service."""

    service: Service
    action: Action

    @property
    def name(self) -> str:
        return f"{self.service.prefix}:{self.action.name}"

    @property
    def resource_types(self) -> list[ResourceType]:
        types = {resource.type for resource in self.action.resources}
        return [kind for kind in self.service.resource_types if kind.name in types]

    @property
    def condition_keys(self) -> Iterator[str]:
        yield from self.action.condition_keys
        for resource in self.action.resources:
            yield from resource.condition_keys
        for kind in self.resource_types:
            yield from kind.condition_keys


def _complaints(statement: Statement) -> Iterator[str]:
    named: list[_Named] = []
    for name in statement.actions:
        found = list(_named(name))
        if not found and name != EVERYTHING:
            yield f"no service has an action {name}{_hint(name)}"
        named += found
    if not statement.is_about_others and 0 < len(named) <= MOST_ACTIONS:
        yield from _about_keys(statement, named)
        yield from _about_resources(statement, named)
    for condition in statement.conditions:
        if statement.allows and condition.operator.lower().startswith(FOR_ALL) and not _is_needed(statement, condition):
            yield f"{condition.operator} holds for a request without {condition.key}; Null with false refuses that"


def _hint(name: str) -> str:
    """The nearest action of the service, if there is one."""
    prefix, _, rest = name.partition(":")
    service = find_service(prefix.lower())
    near = difflib.get_close_matches(rest, service.actions, 1) if service is not None else []
    return f"; did you mean {prefix}:{near[0]}?" if near else ""


def _named(name: str) -> Iterator[_Named]:
    """The actions that a name with wildcards takes in."""
    prefix, _, rest = name.lower().partition(":")
    service = find_service(prefix)
    if service is None:
        return
    pattern = Pattern([rest])
    for action_name in service.actions:
        action = service.action(action_name) if pattern.matches(action_name.lower()) else None
        if action is not None:
            yield _Named(service, action)


def _about_keys(statement: Statement, named: Sequence[_Named]) -> Iterator[str]:
    """A key of the actions' own service that none of them has. What follows a slash names a tag."""
    known = {_stem(key) for one in named for key in one.condition_keys}
    prefixes = {one.service.prefix for one in named}
    for condition in statement.conditions:
        if condition.key.partition(":")[0].lower() in prefixes and _stem(condition.key) not in known:
            yield f"none of its actions has the condition key {condition.key}"


def _stem(key: str) -> str:
    return key.partition("/")[0].lower()


def _about_resources(statement: Statement, named: Sequence[_Named]) -> Iterator[str]:
    """A resource that none of the actions is asked on."""
    if EVERYTHING in statement.resources:
        return
    asked_on = {PLACE.sub(EVERYTHING, kind.arn) for one in named for kind in one.resource_types}
    if statement.resources and not asked_on:
        yield f"{named[0].name} can only be allowed on the resource {EVERYTHING}"
        return
    for name in statement.resources:
        if not any(_may_be(PLACE.sub(EVERYTHING, name), arn) for arn in asked_on):
            yield f"none of its actions is asked on {name}"


def _may_be(name: str, arn: str) -> bool:
    """Whether some ARN fits both patterns; the account and what has stars on both sides count as fitting."""
    given, wanted = name.split(":", 5), arn.split(":", 5)
    if len(given) < len(wanted):
        return EVERYTHING in given[-1]
    return all(
        Pattern([ours]).matches(theirs) or Pattern([theirs]).matches(ours) or (number == LAST and EVERYTHING in ours)
        for number, (ours, theirs) in enumerate(zip(given, wanted, strict=True))
        if number not in UNTOLD
    )


def _is_needed(statement: Statement, condition: Condition) -> bool:
    """Whether a Null condition of the statement demands the key."""
    return any(
        other.operator.lower() == "null" and other.key.lower() == condition.key.lower() and "false" in other.values
        for other in statement.conditions
    )
