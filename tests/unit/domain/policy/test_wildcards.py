from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_iam.domain.policy.wildcards import Literal, Pattern


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("?", "", False),
        ("?", "a", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a*", "a", True),
        ("*b*b", "ab", False),
        ("a*a", "a", False),
        ("*?b", "b", False),
        ("*??b*", "xaabx", True),
        ("user/*/x", "user/a/b/x", True),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
        ("a*\n", "ab\n", True),
        ("*ab?", "aabab", False),
    ],
)
def test_a_star_is_any_run_and_a_question_mark_one_character(pattern: str, text: str, matches: bool) -> None:
    assert Pattern([pattern]).matches(text) is matches


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_a_pattern_matches_what_a_regular_expression_does(pattern: str, text: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    assert Pattern([pattern]).matches(text) is (re.fullmatch(expression, text) is not None)


def test_the_stars_of_literal_text_stand_for_themselves() -> None:
    pattern = Pattern(["a*", Literal("*?"), "*"])
    assert [pattern.matches(text) for text in ("a*?", "axx*?x", "axxx")] == [True, True, False]


def test_a_pattern_of_ten_thousand_stars_does_not_go_back() -> None:
    text = "a" * 100_000
    assert not Pattern(["*a" * 10_000 + "*b*"]).matches(text)
    assert not Pattern(["*?a" * 10_000 + "b"]).matches(text)
    assert Pattern(["*a" * 10_000]).matches(text)
