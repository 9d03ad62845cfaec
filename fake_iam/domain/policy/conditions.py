"""Conditions of a statement, compiled once and asked for every request.

Source: IAM User Guide, "Condition operators" and "Conditions with multiple context keys or values". A key with many
values under an operator without a set prefix is taken as with ForAnyValue (assumed).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fake_iam.domain.policy.operators import NEGATED, POSITIVE, Prepare, Test
from fake_iam.domain.policy.variables import Context, Template, filled, is_constant, template, variables_of

ALL: Final = "forallvalues"
ANY: Final = "foranyvalue"
IF_EXISTS: Final = "ifexists"
NULL: Final = "null"


class Condition(NamedTuple):
    """One key under one operator, with all its values."""

    operator: str
    key: str
    values: tuple[str, ...]
    variables: tuple[str, ...]
    """The keys that its values ask for."""
    holds: Callable[[Context], bool]


def compiled(conditions: Mapping[str, Mapping[str, Any]], *, variables: bool) -> list[Condition]:
    """Every condition of a statement's Condition element; all of them must hold."""
    return [
        _condition(operator, key, tuple(map(as_text, values if isinstance(values, list) else [values])), variables)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    ]


def as_text(value: object) -> str:
    """A value of the document as conditions compare it: JSON's true is ``true``, its 1 is ``1``."""
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _condition(operator: str, key: str, values: tuple[str, ...], variables: bool) -> Condition:
    templates = [template(value, variables=variables) for value in values]
    name = operator.lower()
    quantifier, _, name = name.rpartition(":")
    optional = name.endswith(IF_EXISTS)
    name = name.removesuffix(IF_EXISTS)
    at = key.lower()
    if name == NULL:
        holds = _null(at, values)
    elif name in NEGATED:
        holds = _negated(at, quantifier, _tests(NEGATED[name], templates))
    elif name in POSITIVE:
        holds = _positive(at, quantifier, optional, _tests(POSITIVE[name], templates))
    else:  # written documents have known operators only; those of a simulation are refused before
        holds = _never
    asked = tuple(name for pieces in templates for name in variables_of(pieces))
    return Condition(operator, key, values, asked, holds)


def _never(context: Context) -> bool:
    return False


def _null(key: str, values: Sequence[str]) -> Callable[[Context], bool]:
    absent = {value.lower() == "true" for value in values}
    return lambda context: (not _given(context, key)) in absent


Tests = Callable[[Context], Sequence[Test | None]]


def _tests(prepare: Prepare, templates: Sequence[Template]) -> Tests:
    """The tests of a key's values: made once where they are constant, else for each request."""
    if all(map(is_constant, templates)):
        ready = [prepare([piece for piece in pieces if isinstance(piece, str)]) for pieces in templates]
        return lambda context: ready

    def tests(context: Context) -> Sequence[Test | None]:
        texts = [filled(pieces, context) for pieces in templates]
        return [None if pieces is None else prepare(pieces) for pieces in texts]

    return tests


def _given(context: Context, key: str) -> tuple[str, ...] | None:
    value = context.get(key)
    return (value,) if isinstance(value, str) else value


def _positive(key: str, quantifier: str, optional: bool, tests: Tests) -> Callable[[Context], bool]:
    def holds(context: Context) -> bool:
        given = _given(context, key)
        if not given:
            return optional and given is None or quantifier == ALL
        ready = [test for test in tests(context) if test is not None]
        matches = (any(test(value) for test in ready) for value in given)
        return all(matches) if quantifier == ALL else any(matches)

    return holds


def _negated(key: str, quantifier: str, tests: Tests) -> Callable[[Context], bool]:
    """Every value of the policy must differ; what cannot be compared does not differ."""

    def holds(context: Context) -> bool:
        given = _given(context, key)
        if not given:
            return quantifier != ANY
        ready = tests(context)
        differs = (all(test is not None and test(value) is False for test in ready) for value in given)
        return any(differs) if quantifier == ANY else all(differs)

    return holds


def keys_of(conditions: Sequence[Condition]) -> Iterator[str]:
    """Every key that conditions ask for, those of variables too, in order of appearance."""
    for condition in conditions:
        yield condition.key
        yield from condition.variables
