"""Tags: which keys are one, their order, and how many there may be."""

from __future__ import annotations

import pytest

from fake_iam.domain.errors import InvalidInput, LimitExceeded
from fake_iam.domain.tags import EXACT, Tag, Tags, distinct, list_order, merged, without

DUPLICATE = ("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
TOO_MANY = ("LimitExceeded", "The number of tags has reached the maximum limit.")


def tags(*pairs: str) -> Tags:
    """``tags("k=v")``"""
    return tuple(Tag(*pair.split("=")) for pair in pairs)


def numbered(count: int, prefix: str = "k") -> Tags:
    return tags(*(f"{prefix}{number}=v" for number in range(count)))


def test_distinct_tags_stay_in_the_order_given() -> None:
    assert distinct(iter(tags("b=1", "a=2"))) == tags("b=1", "a=2")
    assert distinct(()) == ()


@pytest.mark.parametrize("pairs", [("k=1", "k=2"), ("Key=1", "x=2", "kEY=1"), ("É=1", "é=2")])
def test_keys_that_differ_by_letter_case_at_most_are_duplicates(pairs: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as raised:
        distinct(tags(*pairs))
    assert (raised.value.code, raised.value.message) == DUPLICATE


def test_a_merge_adds_at_the_end() -> None:
    assert merged(tags("b=1"), tags("a=2")) == tags("b=1", "a=2")


def test_a_key_that_is_there_keeps_its_place_and_takes_the_new_value_and_spelling() -> None:
    assert merged(tags("Key=1", "x=1"), tags("kEY=2")) == tags("kEY=2", "x=1")


def test_a_merge_refuses_duplicates_among_the_given() -> None:
    with pytest.raises(InvalidInput) as raised:
        merged(tags("x=1"), tags("k=1", "K=2"))
    assert (raised.value.code, raised.value.message) == DUPLICATE


def test_fifty_tags_are_allowed_and_one_more_is_not() -> None:
    assert len(merged(numbered(49), tags("new=1"))) == 50
    with pytest.raises(LimitExceeded) as raised:
        merged(numbered(50), tags("new=1"))
    assert (raised.value.code, raised.value.message) == TOO_MANY


def test_replacing_among_fifty_is_allowed() -> None:
    assert len(merged(numbered(50), tags("K0=2"))) == 50


def test_duplicates_are_found_before_the_limit() -> None:
    with pytest.raises(InvalidInput):
        merged(numbered(50), tags("n=1", "N=1"))


def test_tags_are_taken_off_in_any_letter_case_and_absent_keys_are_passed_over() -> None:
    assert without(tags("Key=1", "x=2"), iter(["kEY", "absent"])) == tags("x=2")
    assert without((), ["k"]) == ()


def test_keys_may_be_told_apart_by_letter_case() -> None:
    assert distinct(tags("Key=1", "key=2"), EXACT) == tags("Key=1", "key=2")
    assert merged(tags("Key=1"), tags("key=2", "Key=3"), EXACT) == tags("Key=3", "key=2")
    assert without(tags("Key=1", "key=2"), ["KEY", "key"], EXACT) == tags("Key=1")
    with pytest.raises(InvalidInput) as raised:
        distinct(tags("key=1", "key=2"), EXACT)
    assert (raised.value.code, raised.value.message) == ("InvalidInput", "Duplicate tag keys found.")


def test_lists_have_shorter_keys_first_and_then_go_by_character() -> None:
    """The recorded order: ``a``, ``b``, ``z``, ``abc``; ``A`` before ``a``."""
    shuffled = tags("abc=1", "z=1", "a=1", "A=1", "b=1")
    assert [tag.key for tag in sorted(shuffled, key=list_order)] == ["A", "a", "b", "z", "abc"]
