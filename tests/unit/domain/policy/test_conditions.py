from __future__ import annotations

from typing import Any

import pytest

from fake_iam.domain.policy.conditions import compiled, keys_of
from fake_iam.domain.policy.variables import Values


def holds(operator: str, values: Any, given: Values | None, **others: Values) -> bool:
    (condition,) = compiled({operator: {"k": values}}, variables=True)
    context = {**({} if given is None else {"k": given}), **others}
    return condition.holds(context)


@pytest.mark.parametrize(
    ("operator", "values", "given", "expected"),
    [
        # a key with many values, without a prefix
        ("StringEquals", "a", ("b", "a"), True),
        ("StringNotEquals", "a", ("b", "a"), False),
        ("StringNotEquals", "a", ("b", "c"), True),
        # sets, negated
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"), False),
        ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ("c", "a"), False),
        ("ForAnyValue:StringNotEquals", "a", None, False),
        ("ForAllValues:StringNotEquals", "a", None, True),
        ("ForAllValues:StringEquals", "a", (), True),
        ("ForAnyValue:StringEquals", "a", (), False),
        ("ForAnyValue:StringEqualsIfExists", "a", None, True),
        # absent keys
        ("StringNotLike", "a", None, True),
        ("StringNotEqualsIfExists", "a", None, True),
        ("NumericLessThanIfExists", "1", None, True),
        ("IpAddress", "10.0.0.0/8", None, False),
        ("NotIpAddress", "10.0.0.0/8", None, True),
        # what cannot be compared makes either comparison false
        ("NumericEquals", "60", "sixty", False),
        ("NumericNotEquals", "60", "sixty", False),
        ("NumericEquals", "sixty", "60", False),
        ("NumericNotEquals", "NaN", "60", False),
        ("DateLessThan", "2026-01-01", "soon", False),
        ("DateNotEquals", "2026-01-01", "soon", False),
        ("NotIpAddress", "10.0.0.0/8", "localhost", False),
        ("BinaryEquals", "%", "%", False),
        # numbers
        ("NumericEquals", "1.50", "1.5", True),
        ("NumericEquals", 60, "60", True),
        ("NumericLessThan", "1e9999", "9" * 5_000, True),
        ("NumericGreaterThan", "-1", "-0.5", True),
        # dates
        ("DateEquals", "1970-01-02", "86400", True),
        ("DateEquals", "2026-06-30T02:00:00+02:00", "2026-06-30T00:00:00Z", True),
        ("DateLessThan", "2026-06-30T00:00:00.5Z", "2026-06-30T00:00:00.4Z", True),
        ("DateLessThan", "99999-01-01", "2026-06-30T00:00:00Z", True),
        ("DateGreaterThan", "0000-02-29", "0000-03-01", True),
        ("DateGreaterThan", "-99999-01-01", "0001-01-01", True),
        # truth, in JSON's form and in text
        ("Bool", True, "true", True),
        ("Bool", "TRUE", "true", True),
        ("Bool", [False, "true"], "false", True),
        # addresses
        ("IpAddress", "10.0.0.0/8", "2001:db8::1", False),
        ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
        ("IpAddress", "10.1.2.3/8", "10.9.9.9", True),
        ("IpAddress", "2001:DB8:0:0::/32", "2001:db8::1", True),
        # bytes
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
        # ARNs, field by field
        ("ArnLike", "arn:aws:iam::123456789012:*", "arn:aws:iam::123456789012:user/a", True),
        ("ArnLike", "arn:aws:s3:*:b", "arn:aws:s3:::b", False),
        ("ArnLike", "arn:*:user/a", "arn:aws:iam::123456789012:user/a", False),
        ("ArnLike", "*", "arn:aws:iam::123456789012:user/a", True),
        ("ArnLike", "arn:aws:sns:*:*:a:*", "arn:aws:sns:x:1:a:b:c", True),
        ("ArnLike", "arn:aws:iam::1:user/a", "user/a", False),
        ("ArnNotEquals", "arn:aws:iam::1:user/*", "arn:aws:iam::1:role/a", True),
        # text
        ("StringEqualsIgnoreCase", "A*", "ab", False),
        ("StringEquals", "${*}", "*", True),
        ("StringLike", "a${*}", "ab", False),
        ("StringLike", "${$}{x}", "${x}", True),
        # presence
        ("Null", ["true", "false"], None, True),
        ("Null", True, None, True),
        ("Null", "false", "", True),
        ("Null", "true", (), True),
        # operators count without regard to case; an unknown one never holds
        ("stringequals", "a", "a", True),
        ("StringResembles", "a", "a", False),
    ],
)
def test_a_condition_holds(operator: str, values: Any, given: Values | None, expected: bool) -> None:
    assert holds(operator, values, given) is expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("StringEquals", "${d, 'x'}", True),
        ("StringEquals", "${d}", False),
        ("StringNotEquals", "${d}", False),
        ("StringLike", "${star}", False),
        ("ArnLike", "arn:aws:iam::1:${d, 'x'}", False),
    ],
)
def test_a_variable_takes_its_default_or_makes_the_comparison_false(operator: str, value: str, expected: bool) -> None:
    assert holds(operator, value, "x", star="*") is expected


def test_an_arn_that_a_variable_brings_in_has_six_fields_too() -> None:
    arn = "arn:aws:iam::123456789012:user/*"
    assert holds("ArnEquals", "${aws:PrincipalArn}", arn, **{"aws:principalarn": arn})
    assert not holds("ArnEquals", "${aws:PrincipalArn}", arn[:-1] + "a", **{"aws:principalarn": arn})


def test_before_2012_a_variable_is_plain_text() -> None:
    (condition,) = compiled({"StringEquals": {"k": "${aws:username}"}}, variables=False)
    assert condition.holds({"k": "${aws:username}", "aws:username": "a"})


def test_the_keys_are_those_of_conditions_and_of_variables() -> None:
    conditions = compiled({"Bool": {"a": "true"}, "StringLike": {"b": ["${c}x${D, 'e'}", "${*}"]}}, variables=True)
    assert list(keys_of(conditions)) == ["a", "b", "c", "D"]


def test_long_values_take_time_in_proportion_to_their_length() -> None:
    assert not holds("StringLike", "*a" * 5_000 + "b", "a" * 100_000)
    assert not holds("NumericEquals", "1", "1" * 100_000)
    assert not holds("DateEquals", "1", "1" * 100_000)
    assert not holds("IpAddress", "1.1.1.1", "1." * 50_000)
    assert not holds("StringEquals", "${" * 50_000, "a")
