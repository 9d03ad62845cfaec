"""What the parameters of role templates are given, and how it comes into texts. How AWS does it is assumed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import InvalidInput

PLACEHOLDER: Final = re.compile(r"@\{([^{}]+)\}")
NUMBER: Final = r"[+-]?\d+(\.\d+)?"
TYPES: Final = ("String", "StringList", "Number", "NumberList", "Arn", "ArnList")
Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class TemplateParameter:
    """A parameter of a role template."""

    name: str
    type: str
    sub_type: str | None = None
    description: str | None = None
    required: bool = False
    default: str | None = None
    immutable: bool = False

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.type.endswith("List")

    def read(self, given: Sequence[str]) -> tuple[str, ...]:
        """The values, or the default one; there may be none. Raises InvalidInput."""
        values = tuple(given) or (() if self.default is None else (self.default,))
        if self.required and not values:
            raise missing_parameter(self.name)
        if len(values) > 1 and not self.is_list:
            raise several_values(self.name)
        kind = self.type.removesuffix("List")
        for value in values:
            if kind == "Number" and not re.fullmatch(NUMBER, value, re.ASCII):
                raise invalid_value(self.name, kind)
            if kind == "Arn" and not arns.is_arn(value):
                raise invalid_value(self.name, kind)
        return values


def read_values(parameters: Sequence[TemplateParameter], given: Values) -> dict[str, str | list[str]]:
    """What comes in place of each parameter: a list for those of lists. Raises InvalidInput."""
    known = {parameter.name for parameter in parameters}
    for name in given:
        if name not in known:
            raise unknown_parameter(name)
    found: dict[str, str | list[str]] = {}
    for parameter in parameters:
        values = parameter.read(given.get(parameter.name, ()))
        found[parameter.name] = list(values) if parameter.is_list else "".join(values)
    return found


def filled(text: str, values: Mapping[str, str | list[str]]) -> str:
    """A text with values in place of its placeholders, lists with commas; what is no parameter stays."""

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1], match[0])
        return value if isinstance(value, str) else ",".join(value)

    return PLACEHOLDER.sub(value_of, text)


def filled_document(document: str, values: Mapping[str, str | list[str]]) -> str:
    """A JSON document with values in its texts. A text that is nothing but a list's placeholder becomes the list."""
    return json.dumps(_filled(json.loads(document), values))


def _filled(value: Any, values: Mapping[str, str | list[str]]) -> Any:
    if isinstance(value, dict):
        return {filled(key, values): _filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        items = [_filled(item, values) for item in value]
        return [one for item in items for one in (item if isinstance(item, list) else [item])]
    if not isinstance(value, str):
        return value
    whole = PLACEHOLDER.fullmatch(value)
    found = values.get(whole[1]) if whole else None
    return found if isinstance(found, list) else filled(value, values)


# The texts are assumed.


def unknown_parameter(name: str) -> InvalidInput:
    """The template has no such parameter."""
    return InvalidInput(f"The role template has no parameter {name}.")


def missing_parameter(name: str) -> InvalidInput:
    """A parameter that needs a value has none."""
    return InvalidInput(f"The parameter {name} of the role template is required.")


def several_values(name: str) -> InvalidInput:
    """A parameter that takes one value has several."""
    return InvalidInput(f"The parameter {name} of the role template takes one value.")


def invalid_value(name: str, kind: str) -> InvalidInput:
    """A value is not of the parameter's type."""
    return InvalidInput(f"The value of the parameter {name} of the role template is not of type {kind}.")
