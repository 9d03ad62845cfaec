"""From a shape to a parser of the Query protocol's flat names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import ServiceModel

Parameters = Mapping[str, str]
Parser = Callable[[Parameters, str], Any]
INTEGER: Final = r"[+-]?\d{1,64}"
INDEX: Final = r"[1-9]\d{0,8}"
INT_MIN, INT_MAX = -(2**31), 2**31 - 1


def parser(model: ServiceModel, shape_name: str) -> Parser:
    """A function that reads a value of the shape at a name, or gives None if it is not there.

    The function raises Refusal MalformedInput for text that is no integer or boolean (facts, section 2.3).
    """
    shape = model.shapes[shape_name]
    if shape.type == "structure":
        return _structure([(member.name, parser(model, member.shape)) for member in shape.members])
    if shape.type == "list":
        assert shape.item is not None
        return _list(parser(model, shape.item))
    if shape.type == "map":
        assert shape.item is not None
        return _map(parser(model, shape.item))
    return {"integer": _integer, "boolean": _boolean}.get(shape.type, _text)


def _text(parameters: Parameters, name: str) -> str | None:
    return parameters.get(name)


def _integer(parameters: Parameters, name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if text == "":
        raise Refusal("MalformedInput", "missing value for decimal type", status=400)
    if not re.fullmatch(INTEGER, text, re.ASCII) or not INT_MIN <= int(text) <= INT_MAX:
        raise Refusal("MalformedInput", status=400)
    return int(text)


def _boolean(parameters: Parameters, name: str) -> bool | None:
    """Booleans other than true and false: assumed to be refused as integers are."""
    text = parameters.get(name)
    if text is None:
        return None
    if text.lower() not in ("true", "false"):
        raise Refusal("MalformedInput", status=400)
    return text.lower() == "true"


def _structure(members: list[tuple[str, Parser]]) -> Parser:
    def parse(parameters: Parameters, name: str) -> dict[str, Any] | None:
        values = {}
        for key, parse_member in members:
            place = f"{name}.{key}" if name else key
            value = parameters.get(place) if parse_member is _text else parse_member(parameters, place)
            if value is not None:
                values[key] = value
        return values or None

    return parse


def _list(parse_item: Parser) -> Parser:
    def parse(parameters: Parameters, name: str) -> list[Any] | None:
        places = _places(parameters, f"{name}.member.")
        if places:
            return [parse_item(parameters, place) for place in places]
        return [] if name in parameters else None

    return parse


def _map(parse_value: Parser) -> Parser:
    """Entries with keys, whose values may be missing. Without a key it is "", and of two with one key the last counts.

    Both are assumed.
    """

    def parse(parameters: Parameters, name: str) -> dict[str, Any] | None:
        places = _places(parameters, f"{name}.entry.")
        if places:
            return {parameters.get(f"{place}.key", ""): parse_value(parameters, f"{place}.value") for place in places}
        return {} if name in parameters else None

    return parse


def _places(parameters: Parameters, start: str) -> list[str]:
    """The names that begin so and go on with a number, up to it, in the order of the numbers."""
    found = {key[len(start) :].partition(".")[0] for key in parameters if key.startswith(start)}
    indices = sorted((index for index in found if re.fullmatch(INDEX, index, re.ASCII)), key=int)
    return [start + index for index in indices]
