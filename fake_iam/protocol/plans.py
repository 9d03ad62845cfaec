"""The model compiled: for each operation a parser, a checker, a namer of arguments and a writer, built on first use."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from functools import cache
from typing import Any

from fake_iam.protocol import constraints, query, wording, xml
from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel, Shape
from fake_iam.protocol.names import snake
from fake_iam.protocol.pieces import Body

_NO_INPUT = Shape("NoInput", "structure")


class OperationPlan:
    """One operation's closures. ``serialize`` makes the body of a success from its result and the request id.

    ``invalid`` is the code of a violation.

    ``unsigned`` tells that it takes no signature.
    """

    __slots__ = ("name", "serialize", "unsigned", "_names", "_parse", "_check", "_word", "_invalid")

    def __init__(
        self,
        name: str,
        *,
        unsigned: bool,
        names: Mapping[str, str],
        parse: query.Parser,
        check: constraints.Checker,
        word: wording.Wording,
        invalid: str,
        serialize: Callable[[Mapping[str, Any] | None, str], Body],
    ) -> None:
        self.name = name
        self.unsigned = unsigned
        self.serialize = serialize
        self._names = names
        self._parse = parse
        self._check = check
        self._word = word
        self._invalid = invalid

    def parse(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The members given, under the model's names. Raises Refusal MalformedInput."""
        return self._parse(parameters, "") or {}

    def validate(self, values: Mapping[str, Any]) -> None:
        """Check every constraint of the model. Raises Refusal that names all violations."""
        found: list[constraints.Violation] = []
        self._check(values, "", found)
        if found:
            raise Refusal(self._invalid, self._word(found), status=400)

    def arguments(self, values: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
        """The members as keyword arguments, those that are known; what is inside them keeps the model's names."""
        names, found = self._names, {}
        for member, value in values.items():
            name = names[member]
            if name in known:
                found[name] = value
        return found


@cache
def plan_for(service: ServiceModel, operation: str) -> OperationPlan:
    """The plan of an operation of the model. Raises KeyError if the model has none of that name."""
    model = service.operations[operation]
    shape = _input(service, operation)
    if service.target is None:
        write = xml.writer(service, model.output, model.result, "  ") if model.output and model.result else None
        parse = query.parser(service, model.input) if model.input else _parse_nothing
        serialize = xml.envelope(service.namespace, operation, write)
    else:
        from fake_iam.protocol import documents  # few calls are to services that speak JSON

        assert model.input is not None
        parse, serialize = documents.parser(service, model.input), documents.body
    return OperationPlan(
        operation,
        unsigned=model.unsigned,
        names={member.name: snake(member.name) for member in shape.members},
        parse=parse,
        check=constraints.checker(service, model.input) if model.input else _check_nothing,
        word=wording.WORDINGS[service.name],
        invalid=wording.CODES.get(service.name, "ValidationError"),
        serialize=serialize,
    )


@cache
def json_writer(service: ServiceModel, operation: str) -> Callable[[Mapping[str, Any] | None, str], bytes]:
    """What ``serialize`` of the plan is, for clients that accept JSON; it takes its time, and few clients do."""
    from fake_iam.protocol import json_answers

    model = service.operations[operation]
    write = json_answers.writer(service, model.output) if model.output and model.result else None
    return json_answers.envelope(operation, model.result, write)


def argument_names(service: ServiceModel, operation: str) -> dict[str, bool]:
    """The Python names of an operation's members, and whether the model requires them; compiles nothing."""
    return {snake(member.name): member.required for member in _input(service, operation).members}


def _input(service: ServiceModel, operation: str) -> Shape:
    name = service.operations[operation].input
    return service.shapes[name] if name else _NO_INPUT


def _parse_nothing(parameters: Mapping[str, str], name: str) -> None:
    return None


def _check_nothing(value: Any, at: str, found: list[constraints.Violation]) -> None:
    return None
