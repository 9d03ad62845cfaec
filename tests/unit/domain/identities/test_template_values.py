"""How parameters of role templates are read, and how values come into texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.domain.errors import InvalidInput
from fake_iam.domain.identities.template_values import TemplateParameter, filled, filled_document, read_values

KEY = "arn:aws:kms:us-east-1:123456789012:key/a"


def parameter(kind: str = "String", **changes: Any) -> TemplateParameter:
    return TemplateParameter("Name", kind, **changes)


@pytest.mark.parametrize(
    ("kind", "values", "read"),
    [
        ("String", ["a"], "a"),
        ("String", [], ""),
        ("StringList", ["a", "b"], ["a", "b"]),
        ("StringList", [], []),
        ("Number", ["-1.5"], "-1.5"),
        ("NumberList", ["1", "2"], ["1", "2"]),
        ("Arn", [KEY], KEY),
        ("ArnList", [KEY], [KEY]),
    ],
)
def test_values_are_read_by_their_type(kind: str, values: list[str], read: str | list[str]) -> None:
    assert read_values([parameter(kind)], {"Name": values}) == {"Name": read}


def test_a_default_stands_in() -> None:
    assert read_values([parameter(default="x", required=True)], {}) == {"Name": "x"}
    assert read_values([parameter(default="x")], {"Name": ["y"]}) == {"Name": "y"}
    assert read_values([parameter("StringList", default="x")], {}) == {"Name": ["x"]}


@pytest.mark.parametrize(
    ("stated", "values", "said"),
    [
        (parameter(required=True), {}, "The parameter Name of the role template is required."),
        (parameter(), {"Other": ["a"]}, "The role template has no parameter Other."),
        (parameter(), {"Name": ["a", "b"]}, "The parameter Name of the role template takes one value."),
        (
            parameter("Number"),
            {"Name": ["one"]},
            "The value of the parameter Name of the role template is not of type Number.",
        ),
        (
            parameter("ArnList"),
            {"Name": [KEY, "key/b"]},
            "The value of the parameter Name of the role template is not of type Arn.",
        ),
    ],
)
def test_values_that_cannot_be_are_refused(stated: TemplateParameter, values: dict[str, list[str]], said: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_values([stated], values)
    assert raised.value.message == said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("app-@{Name}-@{Name}", "app-a-a"),
        ("@{Keys}", "x,y"),
        ("@{Nobody} and @{}", "@{Nobody} and @{}"),
        ("plain", "plain"),
    ],
)
def test_placeholders_are_filled(text: str, found: str) -> None:
    assert filled(text, {"Name": "a", "Keys": ["x", "y"]}) == found


def test_values_come_into_documents_whatever_characters_they_have() -> None:
    document = json.dumps({"Action": "a:@{Name}", "Condition": {"StringEquals": {"k/@{Name}": ["@{Name}", 1, True]}}})
    assert json.loads(filled_document(document, {"Name": 'quo"te'})) == {
        "Action": 'a:quo"te',
        "Condition": {"StringEquals": {'k/quo"te': ['quo"te', 1, True]}},
    }


@pytest.mark.parametrize(
    ("resource", "found"),
    [("@{Keys}", ["x", "y"]), (["a", "@{Keys}"], ["a", "x", "y"]), ("key/@{Keys}", "key/x,y")],
)
def test_a_list_takes_the_place_of_a_text_that_is_its_placeholder(resource: Any, found: Any) -> None:
    document = json.dumps({"Resource": resource})
    assert json.loads(filled_document(document, {"Keys": ["x", "y"]})) == {"Resource": found}
