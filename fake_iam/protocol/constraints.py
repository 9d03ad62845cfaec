"""From a shape to a checker that finds every violation; it words nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from fake_iam.protocol import patterns
from fake_iam.protocol.model import ServiceModel, Shape
from fake_iam.protocol.names import camel
from fake_iam.protocol.ordering import bucket

NOT_NULL = "Member must not be null"


class Violation(NamedTuple):
    """A constraint that a value breaks: where, which value, the constraint's text, and what kind it is.

    ``kind`` is one of null, length, value, pattern, enum, members.
    """

    at: str
    value: Any
    constraint: str
    kind: str
    allowed: tuple[str, ...] = ()


Found = list[Violation]
Checker = Callable[[Any, str, Found], None]

# Whose plain-string members are also said to be not null. Recorded for tagKeys; not so for clientIDList.
NOT_NULL_MEMBERS = frozenset({"tagKeyListType"})


def checker(model: ServiceModel, shape_name: str) -> Checker:
    """A function that adds every violation in a value of the shape to a list, in AWS's order."""
    shape = model.shapes[shape_name]
    if shape.type == "structure":
        return _structure(model, shape)
    if shape.type == "list":
        return _list(model, shape)
    if shape.type == "map":
        return _map(model, shape)
    if shape.type == "integer":
        return _integer(shape)
    if shape.type == "string":
        return _string(shape)
    return _nothing


def _nothing(value: Any, at: str, found: Found) -> None:
    """A shape without constraints."""


def _integer(shape: Shape) -> Checker:
    low, high = shape.min, shape.max

    def check(value: int, at: str, found: Found) -> None:
        if low is not None and value < low:
            found.append(Violation(at, value, f"Member must have value greater than or equal to {low}", "value"))
        if high is not None and value > high:
            found.append(Violation(at, value, f"Member must have value less than or equal to {high}", "value"))

    return check


def _string(shape: Shape) -> Checker:
    """Pattern before length: the more usual of the two orders seen. Lengths are in Unicode scalar values."""
    low, high, enum = *_lengths(shape), shape.enum
    matches = patterns.matcher(shape.pattern) if shape.pattern else None
    says_pattern = f"Member must satisfy regular expression pattern: {shape.pattern}"

    def check(value: str, at: str, found: Found) -> None:
        if enum and value not in enum:
            found.append(Violation(at, value, "Member must satisfy enum value set", "enum", enum))
        if matches and not matches(value):
            found.append(Violation(at, value, says_pattern, "pattern"))
        if not low <= len(value) <= high:
            found.append(_wrong_length(value, at, low, high))

    return check


def _lengths(shape: Shape) -> tuple[int, int]:
    return shape.min or 0, sys.maxsize if shape.max is None else shape.max


def _wrong_length(value: Any, at: str, low: int, high: int) -> Violation:
    limit = f"greater than or equal to {low}" if len(value) < low else f"less than or equal to {high}"
    return Violation(at, value, f"Member must have length {limit}", "length")


def _list(model: ServiceModel, shape: Shape) -> Checker:
    assert shape.item is not None
    item = model.shapes[shape.item]
    check_item = checker(model, shape.item)
    plain = item.type != "structure"
    low, high = _lengths(shape)
    says_members = f"Member must satisfy constraint: [{', '.join(_member_constraints(shape, item))}]"

    def check(value: list[Any], at: str, found: Found) -> None:
        if not low <= len(value) <= high:
            found.append(_wrong_length(value, at, low, high))
        inside: Found = []
        for number, member in enumerate(value, start=1):
            check_item(member, at if plain else f"{at}.{number}.member", inside)
        if plain and inside:
            found.append(Violation(at, value, says_members, "members"))
        else:
            found.extend(inside)

    return check


def _map(model: ServiceModel, shape: Shape) -> Checker:
    """Keys before values, the constraints of each printed as those of a list's members (quoted of other services)."""
    assert shape.key is not None and shape.item is not None
    low, high = _lengths(shape)
    sides = [
        (name, checker(model, side), ", ".join(_member_constraints(shape, model.shapes[side])))
        for name, side in (("keys", shape.key), ("value", shape.item))
    ]

    def check(value: dict[str, Any], at: str, found: Found) -> None:
        if not low <= len(value) <= high:
            found.append(_wrong_length(value, at, low, high))
        for (name, check_side, constraints), members in zip(sides, (value, value.values()), strict=True):
            inside: Found = []
            for member in members:
                check_side(member, at, inside)
            if inside:
                found.append(Violation(at, value, f"Map {name} must satisfy constraint: [{constraints}]", "members"))

    return check


def _member_constraints(shape: Shape, item: Shape) -> list[str]:
    """All constraints of a list's members, as AWS prints them whichever is broken."""
    texts = []
    if item.max is not None:
        texts.append(f"Member must have length less than or equal to {item.max}")
    if item.min is not None:
        texts.append(f"Member must have length greater than or equal to {item.min}")
    if item.pattern:
        texts.append(f"Member must satisfy regular expression pattern: {item.pattern}")
    if item.enum:
        texts.append("Member must satisfy enum value set")
    if shape.name in NOT_NULL_MEMBERS:
        texts.append(NOT_NULL)
    return texts


def _structure(model: ServiceModel, shape: Shape) -> Checker:
    ordered = sorted(shape.members, key=lambda member: bucket(member.name))
    checks = [(member.name, camel(member.name), member.required, checker(model, member.shape)) for member in ordered]

    def check(value: dict[str, Any] | None, at: str, found: Found) -> None:
        given = value or {}
        for name, label, required, check_member in checks:
            if name in given:
                check_member(given[name], f"{at}.{label}" if at else label, found)
            elif required:
                found.append(Violation(f"{at}.{label}" if at else label, None, NOT_NULL, "null"))

    return check
