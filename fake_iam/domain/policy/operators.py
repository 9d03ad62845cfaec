"""The operators of conditions: how a value of a policy is made ready, and how one value of a request is held to it.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from fake_iam.domain.policy.dates import moment
from fake_iam.domain.policy.wildcards import Literal, Pattern

Test = Callable[[str], bool | None]
"""Whether a request's value matches a policy's; None for a value that cannot be compared, such as no number."""

Prepare = Callable[[Sequence[str]], Test | None]
"""Makes the test of a policy's value, given in pieces; None if the value cannot be compared with anything."""

NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
ARN_FIELDS: Final = 6


def _equals(pieces: Sequence[str]) -> Test:
    wanted = "".join(pieces)
    return lambda given: given == wanted


def _equals_in_any_case(pieces: Sequence[str]) -> Test:
    wanted = "".join(pieces).casefold()
    return lambda given: given.casefold() == wanted


def _is_like(pieces: Sequence[str]) -> Test:
    return Pattern(pieces).matches


def _compared(parsed: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Prepare:
    def prepare(pieces: Sequence[str]) -> Test | None:
        wanted = parsed("".join(pieces))
        if wanted is None:
            return None

        def test(given: str) -> bool | None:
            value = parsed(given)
            return None if value is None else compare(value, wanted)

        return test

    return prepare


def _number(text: str) -> Decimal | None:
    return Decimal(text) if NUMBER.fullmatch(text.strip()) else None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _address(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_in(given: Any, network: Any) -> bool:
    return given.version == network.version and bool(given.subnet_of(network))


def _is_arn_like(pieces: Sequence[str]) -> Test:
    """Each of the six fields is matched on its own; a last ``*`` stands for the fields that are left out (assumed)."""
    fields: list[list[str]] = [[]]
    for piece in pieces:
        kind = Literal if isinstance(piece, Literal) else str
        first, *others = piece.split(":", ARN_FIELDS - len(fields))
        fields[-1].append(kind(first))
        fields += [[kind(other)] for other in others]
    if fields[-1] == ["*"]:
        fields += [["*"]] * (ARN_FIELDS - len(fields))
    patterns = [Pattern(field) for field in fields]

    def test(given: str) -> bool:
        values = given.split(":", ARN_FIELDS - 1)
        return len(values) == len(patterns) and all(
            pattern.matches(value) for pattern, value in zip(patterns, values, strict=True)
        )

    return test


def _ordered(name: str, parsed: Callable[[str], Any]) -> dict[str, Prepare]:
    """The operators that equality and order make of a kind of value."""
    return {
        f"{name}equals": _compared(parsed, operator.eq),
        f"{name}lessthan": _compared(parsed, operator.lt),
        f"{name}lessthanequals": _compared(parsed, operator.le),
        f"{name}greaterthan": _compared(parsed, operator.gt),
        f"{name}greaterthanequals": _compared(parsed, operator.ge),
    }


POSITIVE: Final[dict[str, Prepare]] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_in_any_case,
    "stringlike": _is_like,
    **_ordered("numeric", _number),
    **_ordered("date", moment),
    "bool": _equals_in_any_case,
    "binaryequals": _compared(_bytes, operator.eq),
    "ipaddress": _compared(_address, _is_in),
    "arnequals": _is_arn_like,
    "arnlike": _is_arn_like,
}
NEGATED: Final[dict[str, Prepare]] = {
    "stringnotequals": POSITIVE["stringequals"],
    "stringnotequalsignorecase": POSITIVE["stringequalsignorecase"],
    "stringnotlike": POSITIVE["stringlike"],
    "numericnotequals": POSITIVE["numericequals"],
    "datenotequals": POSITIVE["dateequals"],
    "notipaddress": POSITIVE["ipaddress"],
    "arnnotequals": POSITIVE["arnlike"],
    "arnnotlike": POSITIVE["arnlike"],
}
"""What each negated operator denies; its name has ``not`` in it."""
