"""Every noun is declared once per layer, and nothing that a layer has is without its noun."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from fake_iam.control.documents.format import Moment
from fake_iam.control.documents.moments import ANY_TIME
from fake_iam.control.nouns.noun import ACCOUNT, Noun
from fake_iam.control.nouns.registry import MODULES, hanging_on, nouns
from fake_iam.services.iam import IAM
from fake_iam.services.sts import STS
from fake_iam.store.tables import TABLES, declared
from tests.snippets import ROOT, links

SERVICES = {"iam": IAM, "sts": STS}
EVERY = pytest.mark.parametrize("noun", nouns(), ids=lambda noun: noun.name)
WITH_DATES = pytest.mark.parametrize("noun", [noun for noun in nouns() if noun.dates], ids=lambda noun: noun.name)
CARRIERS = [ACCOUNT, *(noun.name for noun in nouns())]


def test_every_declaration_is_registered_once() -> None:
    folder = ROOT / "fake_iam" / "control" / "nouns"
    declaring = {file.stem for file in folder.glob("*.py") if "\nNOUN: Final = Noun(" in file.read_text()}
    assert set(MODULES) == declaring
    assert len(set(MODULES)) == len(MODULES)


def test_no_two_nouns_have_the_same_name() -> None:
    assert [name for name, count in Counter(noun.name for noun in nouns()).items() if count > 1] == []


def test_every_table_is_of_one_noun() -> None:
    claimed = Counter(declared(kind) for noun in nouns() for kind in noun.rows)
    assert {name: claimed[name] for name in TABLES} == dict.fromkeys(TABLES, 1)


@EVERY
def test_a_noun_has_a_table(noun: Noun) -> None:
    assert noun.rows
    assert [kind for kind in noun.rows if declared(kind) not in TABLES] == []


@EVERY
def test_a_noun_has_operations(noun: Noun) -> None:
    places = [place.partition(".") for place in noun.operations]
    assert places
    assert all(SERVICES[service].operations_in(module) for service, _, module in places)


@EVERY
def test_a_noun_has_conformance_cases(noun: Noun) -> None:
    files = [ROOT / "conformance" / "cases" / f"test_{name}.py" for name in noun.conformance]
    assert files
    assert [file.name for file in files if "\ndef test_" not in file.read_text()] == []


@EVERY
def test_a_noun_has_a_page_that_the_index_leads_to(noun: Noun) -> None:
    index = ROOT / "docs" / "reference" / "nouns" / "index.md"
    page = MODULES[nouns().index(noun)]
    assert f"{page}.md" in links(index)
    assert (index.parent / f"{page}.md").read_text().startswith(f"# {noun.title}\n")


@EVERY
def test_a_noun_hangs_on_nouns_that_there_are_and_carries_some(noun: Noun) -> None:
    assert set(noun.seed.on if noun.seed else ()) <= set(CARRIERS)
    assert set(noun.carries) <= {other.name for other in nouns() if other.seed}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_two_nouns_have_the_same_field_of_a_seed(carrier: str) -> None:
    fields = Counter(noun.seed.field for noun in hanging_on(carrier) if noun.seed)
    assert [field for field, count in fields.items() if count > 1] == []


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_hangs_on_a_noun_is_loaded_after_it(carrier: str) -> None:
    order = [noun.name for noun in nouns()]
    after = [noun.name for noun in hanging_on(carrier)]
    assert carrier == ACCOUNT or all(order.index(name) > order.index(carrier) for name in after)


@EVERY
def test_what_a_dump_spells_out_a_seed_can_state(noun: Noun) -> None:
    assert noun.spell is None or noun.seed is not None


@EVERY
def test_an_import_is_of_what_a_seed_can_state_and_says_in_words_what_it_takes(noun: Noun) -> None:
    said = noun.imports
    assert (said.take is None) == (said.takes == "")
    assert said.take is None or noun.seed is not None
    assert said.take is not None or not said.sections


@WITH_DATES
def test_dates_are_those_of_a_row_of_the_noun(noun: Noun) -> None:
    assert noun.dates is not None
    assert noun.dates.kind in noun.rows
    assert {date.attribute for date in noun.dates.dates.values()} <= set(get_type_hints(noun.dates.kind))


@WITH_DATES
def test_what_must_not_come_before_what_are_dates_of_the_noun(noun: Noun) -> None:
    assert noun.dates is not None
    named = {name for pair in noun.dates.follows for name in pair} | {noun.dates.begins or next(iter(noun.dates.dates))}
    assert named <= set(noun.dates.dates)


@WITH_DATES
def test_a_row_with_an_owner_says_when_it_begins_so_that_it_is_not_older(noun: Noun) -> None:
    assert noun.dates is not None
    if "owner_id" in get_type_hints(noun.dates.kind):
        assert noun.dates.begins is not None
        assert "owner" in TABLES[declared(noun.dates.kind)].lookups


@EVERY
def test_what_a_seed_says_is_described(noun: Noun) -> None:
    item: Any = noun.seed.item(Moment(ANY_TIME)) if noun.seed else {}
    fields = item if isinstance(item, dict) else {}
    assert [name for name, field in fields.items() if not field.meaning] == []


def test_a_server_starts_without_the_declarations() -> None:
    script = (
        "import sys; from fake_iam.assembly import assemble; from fake_iam.settings import Settings; "
        "assemble(Settings()); print([name for name in sys.modules if 'control.nouns' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=Path.home(), check=True)
    assert done.stdout == "[]\n"
