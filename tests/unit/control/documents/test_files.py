"""Documents as people write them: what is read, and how a mistake is named."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from fake_iam.control.documents.files import read_file, read_text, use_text, write_file
from fake_iam.control.documents.format import Moment
from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.state.document import document_format, read_document

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def problem(text: str) -> str:
    with pytest.raises(DocumentError) as refused:
        use_text(text, lambda document: read_document(document, NOW), "seed.yaml")
    return str(refused.value)


def test_yaml_and_json_say_the_same() -> None:
    document = {"accounts": {"012345670123": {"users": [{"name": "alice", "tags": {"a": "b"}}]}}}
    yaml = "accounts:\n  012345670123:\n    users:\n      - name: alice\n        tags: {a: b}\n"
    assert read_text(yaml) == read_text(json.dumps(document)) == document


def test_account_numbers_need_no_quotes_in_yaml() -> None:
    """Unquoted, YAML takes 012345670123 for an octal number."""
    assert read_text("012345670123: x") == {"012345670123": "x"}


def test_an_empty_text_says_nothing() -> None:
    assert read_text("") is None
    assert problem("").startswith("seed.yaml: None is no mapping of format, account_id, ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("users:\n  - name: alice\n    pth: /x/\n", "seed.yaml: line 3: users[0].pth: is no field; there are name, id"),
        ("users:\n  - path: /x/\n", "seed.yaml: line 2: users[0].name: is missing"),
        ("users:\n  - name: a b\n", "seed.yaml: line 2: users[0].name: 'a b' is refused: Member must satisfy regular"),
        (
            "users:\n  - name: alice\n    tags:\n      team: 5\n",
            "seed.yaml: line 4: users[0].tags.team: 5 is no text; put it in quotes",
        ),
        (
            "users:\n  - name: alice\n    created: tomorrow\n",
            "seed.yaml: line 3: users[0].created: 'tomorrow' is no moment; write",
        ),
        (
            "users:\n  - name: alice\n    created: 2030-01-01\n",
            "seed.yaml: line 3: users[0].created: '2030-01-01' is in the future; the server's clock says",
        ),
        (
            "users:\n  - name: alice\n    access_keys:\n      - status: Off\n",
            "seed.yaml: line 4: users[0].access_keys[0].status: False is no text; put it in quotes",
        ),
        (
            "users:\n  - name: alice\n    access_keys:\n      - status: Expired\n",
            "seed.yaml: line 4: users[0].access_keys[0].status: 'Expired' is not one of Active, Inactive",
        ),
        (
            "users:\n  - name: alice\n    access_keys:\n      - secret: ''\n",
            "seed.yaml: line 4: users[0].access_keys[0].secret: the value is empty; it must have at least one",
        ),
        (
            "users:\n  - name: alice\n    access_keys:\n      - secret: 12\n",
            "seed.yaml: line 4: users[0].access_keys[0].secret: the value is no text; put it in quotes",
        ),
        ("users: {}\n", "seed.yaml: line 1: users: {} is no list"),
        ("accounts: []\n", "seed.yaml: line 1: accounts: [] is no mapping"),
        (
            "accounts:\n  '12': {}\n",
            "seed.yaml: line 2: accounts.12: '12' is not an account number of twelve digits",
        ),
        ("clock: {now: 2026-01-01, frozen: 1}\n", "seed.yaml: line 1: clock.frozen: 1 is neither true nor false"),
        ("random: abc\n", "seed.yaml: line 1: random: it is no place in a sequence of ids"),
        ("format: other\n", "seed.yaml: line 1: format: 'other' is not one of fake_iam/1"),
        ("users:\n  - name: a\n    name: b\n", "seed.yaml: line 3: the field 'name' is given twice in one mapping"),
        ("users: [\n", "seed.yaml: line 2: this is no YAML: "),
        ("? [a]\n: b\n", "seed.yaml: line 1: a key must be text"),
        (
            "users: !!python/object:os.system x\n",
            "seed.yaml: line 1: this is no YAML: could not determine a constructor",
        ),
        ("a: \x00\n", "seed.yaml: this is no YAML: unacceptable character #x0000"),
        ('{"users": [}', "seed.yaml: line 1: this is no JSON: Expecting value"),
        ('{"users": [], "users": []}', "seed.yaml: the field 'users' is given twice in one mapping"),
        ('{\n "users": [\n  {"nam": "alice"}]}', "seed.yaml: line 3: users[0].nam: is no field; there are name, id"),
        ('{\n\t"users": [\n\t{"nam": "alice"}]}', "seed.yaml: users[0].nam: is no field; there are name, id"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_field(text: str, says: str) -> None:
    assert problem(text).startswith(says)


def test_too_many_tags_are_refused_with_the_limit() -> None:
    tags = {f"k{number}": "v" for number in range(51)}
    text = json.dumps({"users": [{"name": "alice", "tags": tags}]})
    assert problem(text) == "seed.yaml: line 1: users[0].tags: 51 entries are too many; there may be 50"


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 20_000 + "x"])
def test_deep_nesting_is_refused(text: str) -> None:
    assert problem(text) in (
        "seed.yaml: this is nested too deeply",
        "seed.yaml: line 1: this is no JSON: Expecting value",
    )


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert problem("\n".join(lines)) == "seed.yaml: this is too large: more than 2000000 values"


def test_merge_keys_and_aliases_work() -> None:
    text = "base: &base {path: /x/}\nusers:\n  - <<: *base\n    name: alice\n"
    assert read_text(text)["users"] == [{"path": "/x/", "name": "alice"}]


def test_a_null_field_counts_as_left_out() -> None:
    assert document_format(Moment(NOW)).read({"users": [{"name": "alice", "path": None}]}) == {
        "users": [{"name": "alice"}]
    }


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        read_file(tmp_path / "no.yaml")
    assert str(refused.value) == f"{tmp_path / 'no.yaml'}: No such file or directory"
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9\n")
    with pytest.raises(DocumentError) as refused:
        read_file(tmp_path / "latin.yaml")
    assert str(refused.value) == f"{tmp_path / 'latin.yaml'}: this is no UTF-8 text"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    write_file(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_file(file, "new \ud800")
    assert file.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["state.json"]
    write_file(file, "new")
    assert file.read_text() == "new"


def test_the_schema_agrees_with_the_reader() -> None:
    import jsonschema

    from fake_iam.control.state.document import json_schema

    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good: dict[str, Any] = {
        "users": [{"name": "alice", "path": "/x/", "created": "91 days ago", "access_keys": [{"status": "Inactive"}]}],
        "accounts": {"111122223333": {"root": {"access_keys": [{}]}}},
    }
    assert validator.is_valid(good)
    assert read_document(good, NOW)["users"][0]["path"] == "/x/"
    for bad in (
        {"users": [{"pth": "/x/", "name": "alice"}]},
        {"users": [{}]},
        {"accounts": {"12": {}}},
        {"users": [{"name": "alice", "access_keys": [{"status": "Off"}]}]},
        {"users": [{"name": "a" * 65}]},
    ):
        assert not validator.is_valid(bad)
        with pytest.raises(ValueError, match=r"users|accounts"):
            read_document(bad, NOW)
