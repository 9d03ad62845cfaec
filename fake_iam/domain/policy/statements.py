"""Policies compiled for deciding: each document once, kept by its text, into statements that answer for a request.

Nothing is checked here: a stored document has passed the checks of ``document`` or ``trust`` when it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from fake_iam.domain.policy.conditions import Condition, compiled, keys_of
from fake_iam.domain.policy.document import VERSION
from fake_iam.domain.policy.positions import Span, statements_of
from fake_iam.domain.policy.principals import Caller, Trust, principals
from fake_iam.domain.policy.variables import Context, Values, filled, is_constant, template, variables_of
from fake_iam.domain.policy.wildcards import Pattern

SPECIAL: Final = frozenset("*?$")
"""With none of these a text is a name and no pattern."""
NOTHING: Final[Mapping[str, Values]] = {}
ACTIONS_KEPT: Final = 500
PATTERNS_KEPT: Final = 200
SHORT: Final = 2_048  # characters
KEPT: Final = 2_000
LONG_KEPT: Final = 50
"""Short and long documents that are kept compiled, those that were asked for last; it takes thirty times their text."""


class Request(NamedTuple):
    """What is to be decided: an action, ``service:Name``, on a resource, an ARN or ``*``, and its condition keys."""

    caller: Caller
    action: str
    resource: str
    context: Context


class Statement:
    """One statement: what it names, and whether that is what a request is about."""

    __slots__ = (
        "_actions",
        "_resources",
        "actions",
        "allows",
        "conditions",
        "is_about_others",
        "resources",
        "sid",
        "span",
        "trust",
    )

    def __init__(self, statement: Mapping[str, Any], span: Span, *, variables: bool) -> None:
        self.sid: str | None = statement.get("Sid")
        self.allows: bool = str(statement.get("Effect")).lower() == "allow"
        self.span = span
        self.trust = principals(statement)
        self.actions = _listed(statement.get("Action", []))
        self.resources = _listed(statement.get("Resource", []))
        self.is_about_others = "NotAction" in statement or "NotResource" in statement
        self._actions = _actions(statement)
        self._resources = _resources(statement, variables=variables)
        self.conditions = compiled(statement.get("Condition", {}), variables=variables)

    def is_about_action(self, action: str) -> bool:
        """Whether its Action or NotAction takes the action in, which is given in lower case."""
        return self._actions.takes_in(action, NOTHING)

    def is_about_resource(self, resource: str, context: Context) -> bool:
        """Whether its Resource or NotResource takes the resource in; a statement without either is about any."""
        return self._resources is None or self._resources.takes_in(resource, context)

    def failed_conditions(self, context: Context) -> list[Condition]:
        """The conditions that do not hold."""
        return [condition for condition in self.conditions if not condition.holds(context)]

    @property
    def is_unlimited(self) -> bool:
        """Whether it is about every resource, without conditions."""
        return "*" in self.resources and not self.conditions

    def applies(self, request: Request) -> bool:
        """Whether it is about the request, given that it is about the action, and all its conditions hold."""
        return (
            self.is_about_resource(request.resource, request.context)
            and self.trust(request.caller) is not Trust.NONE
            and all(condition.holds(request.context) for condition in self.conditions)
        )

    def condition_keys(self) -> Iterator[str]:
        """Every condition key that it asks for, variables' too, in order of appearance."""
        yield from () if self._resources is None else self._resources.keys
        yield from keys_of(self.conditions)


class Document:
    """A policy's statements in their order. Which of them are about an action is looked for once."""

    __slots__ = ("_about", "statements")

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self._about: dict[str, Sequence[Statement]] = {}

    def about(self, action: str) -> Sequence[Statement]:
        """The statements that are about an action, which is given in lower case."""
        found = self._about.get(action)
        if found is None:
            if len(self._about) >= ACTIONS_KEPT:
                self._about.clear()
            found = [statement for statement in self.statements if statement.is_about_action(action)]
            self._about[action] = found
        return found

    def condition_keys(self) -> list[str]:
        """Every condition key that the policy asks for, each once, as it is written first."""
        found: dict[str, str] = {}
        for statement in self.statements:
            for key in statement.condition_keys():
                found.setdefault(key.lower(), key)
        return list(found.values())


def document(text: str) -> Document:
    """The policy of a text, compiled.

    Raises:
        ValueError: the text is no policy.
    """
    return short_document(text) if len(text) <= SHORT else long_document(text)


def _compiled(text: str) -> Document:
    members, statements = statements_of(text)
    variables = members.get("Version") == VERSION
    return Document([Statement(statement, span, variables=variables) for statement, span in statements])


short_document: Final = lru_cache(maxsize=KEPT)(_compiled)
long_document: Final = lru_cache(maxsize=LONG_KEPT)(_compiled)


class _Element:
    """Action or Resource, or the opposite of one: the texts of a statement and what they take in."""

    __slots__ = ("_exact", "_filled", "_negated", "_patterns", "_templates", "keys")

    def __init__(self, texts: Sequence[str], *, negated: bool, variables: bool) -> None:
        templates = [template(text, variables=variables) for text in texts]
        self._negated = negated
        self._exact = {text for text in texts if not SPECIAL.intersection(text)}
        self._patterns = [
            Pattern([piece for piece in pieces if isinstance(piece, str)])
            for text, pieces in zip(texts, templates, strict=True)
            if text not in self._exact and is_constant(pieces)
        ]
        self._templates = [pieces for pieces in templates if not is_constant(pieces)]
        self._filled: dict[tuple[str, ...], Pattern] = {}
        self.keys = tuple(key for pieces in templates for key in variables_of(pieces))

    def takes_in(self, text: str, context: Context) -> bool:
        return self._names(text, context) is not self._negated

    def _names(self, text: str, context: Context) -> bool:
        if text in self._exact or any(pattern.matches(text) for pattern in self._patterns):
            return True
        for pieces in self._templates:
            texts = filled(pieces, context)
            if texts is not None and self._pattern(texts).matches(text):
                return True
        return False

    def _pattern(self, pieces: list[str]) -> Pattern:
        """The pattern of a template that has its values; callers come again."""
        key = tuple(pieces)
        pattern = self._filled.get(key)
        if pattern is None:
            if len(self._filled) >= PATTERNS_KEPT:
                self._filled.clear()
            pattern = self._filled[key] = Pattern(pieces)
        return pattern


def _actions(statement: Mapping[str, Any]) -> _Element:
    negated = "NotAction" in statement
    texts = _listed(statement["NotAction" if negated else "Action"])
    return _Element([text.lower() for text in texts], negated=negated, variables=False)


def _resources(statement: Mapping[str, Any], *, variables: bool) -> _Element | None:
    """None in the policy of a resource that leaves it out, as a trust policy must: it is about that resource."""
    for name in ("Resource", "NotResource"):
        if name in statement:
            return _Element(_listed(statement[name]), negated=name.startswith("Not"), variables=variables)
    return None


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
