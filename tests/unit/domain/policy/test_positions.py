from __future__ import annotations

import pytest

from fake_iam.domain.policy.positions import Position, Span, statements_of


def test_a_statement_in_one_line_begins_at_its_brace() -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"},{"Effect":"Deny"}]}'
    members, statements = statements_of(text)
    assert members == {"Version": "2012-10-17"}
    assert statements == [
        ({"Effect": "Allow"}, Span(Position(1, 38), Position(1, 56), Position(1, 38))),
        ({"Effect": "Deny"}, Span(Position(1, 57), Position(1, 74), Position(1, 56))),
    ]


def test_lines_and_columns_count_from_one() -> None:
    text = '{\n  "Statement": {\n    "Effect": "Allow"\n  },\n  "Id": "x"\n}'
    members, statements = statements_of(text)
    assert members == {"Id": "x"}
    assert statements == [({"Effect": "Allow"}, Span(Position(2, 16), Position(4, 4), Position(2, 16)))]


def test_a_statement_comes_after_the_bracket_or_the_statement_before_it() -> None:
    text = '{\n  "Statement": [\n    {\n      "Sid": "a"\n    },\n    {"Sid": "b"}\n  ]\n}'
    _, statements = statements_of(text)
    assert [span for _, span in statements] == [
        Span(Position(3, 5), Position(5, 6), Position(2, 17)),
        Span(Position(6, 5), Position(6, 17), Position(5, 6)),
    ]


def test_of_two_statement_members_the_last_counts() -> None:
    _, statements = statements_of('{"Statement": [{"Sid": "a"}, {"Sid": "b"}], "Statement": {"Sid": "c"}}')
    assert [statement for statement, _ in statements] == [{"Sid": "c"}]


def test_a_policy_may_have_no_statement() -> None:
    assert statements_of(' {"Version": "x" , "Statement" : [ ] } ') == ({"Version": "x"}, [])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"Statement":', '{"a":1,'])
def test_what_is_no_object_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        statements_of(text)
