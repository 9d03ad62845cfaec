"""The order of AWS's elements and violations: that of a Java HashMap (facts, section 1.4)."""

from __future__ import annotations

from collections.abc import Iterable

from fake_iam.protocol.names import camel

BUCKETS = 16


def java_hash(text: str) -> int:
    """Java's ``String.hashCode`` as an unsigned 32-bit number."""
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value


def bucket(member: str) -> int:
    """Where a HashMap of 16 buckets keeps a member, keyed by its camelCase name."""
    value = java_hash(camel(member))
    return (value ^ (value >> 16)) & (BUCKETS - 1)


def wire_order(members: Iterable[str]) -> list[str]:
    """Members in AWS's order; those that share a bucket stay in the order given."""
    return sorted(members, key=bucket)
