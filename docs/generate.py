"""Writes the reference pages from what they describe: ``python -m docs.generate``, or ``--check`` if none is stale."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from docs.errors import table
from fake_iam import pytest_plugin
from fake_iam.assembly import assemble
from fake_iam.cli import HELP
from fake_iam.control.documents.format import Field, ListOf, Moment, Record
from fake_iam.control.documents.moments import ANY_TIME
from fake_iam.control.http.page import Page
from fake_iam.control.http.pages import pages
from fake_iam.control.nouns.noun import Noun
from fake_iam.control.nouns.registry import MODULES, hanging_on, nouns
from fake_iam.control.state.document import json_schema
from fake_iam.pipeline.implemented import Implemented
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.services.iam import IAM
from fake_iam.services.registry import Service
from fake_iam.services.resourcegroupstaggingapi import TAGGING
from fake_iam.services.sts import STS
from fake_iam.settings import PREFIX, Settings

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by `python -m docs.generate`; edit what it describes, not this page. -->\n"


def operations() -> str:
    """Every operation answered: what it does, what it takes, which errors its model lists."""
    parts = [
        "# Operations",
        NOTE,
        "Parameters and errors are read from botocore's service model. Any other operation of these services answers "
        "501 `NotImplemented` and names itself; an action that AWS does not have answers 400 `InvalidAction`. "
        "[How well each is known](fidelity.md#by-operation): what was observed, documented or assumed.",
    ]
    for title, service in (("IAM", IAM), ("STS", STS), ("Resource Groups Tagging API", TAGGING)):
        parts.append(f"## {title}")
        model = load_service(service.name)
        parts += [_operation(service, model, name) for name in sorted(Implemented(model, service).operations)]
    return _page(parts)


def _operation(service: Service, model: ServiceModel, name: str) -> str:
    described = model.operations[name]
    members = model.shapes[described.input].members if described.input else ()
    takes = ", ".join(f"**{member.name}**" if member.required else member.name for member in members) or "nothing"
    errors = ", ".join(f"`{code}`" for code in described.errors) or "none of its own"
    summary = _summary(service.operations[name].function)
    return f"### {name}\n\n{summary}\n\n- takes {takes}\n- modelled errors: {errors}"


def errors() -> str:
    """Every error: its status, its meaning and its operations."""
    return _page(
        [
            "# Errors",
            NOTE,
            "The codes that this server answers with. Statuses and operations are those of botocore's service model; a "
            "code that no model lists has the status that AWS was seen to answer with. The texts, with where each is "
            "known from, are among the cases of [fidelity](fidelity.md).",
            table(),
        ]
    )


def settings() -> str:
    """Every setting with its option, variable and default."""
    rows = ["| setting | option | variable | default | |", "| --- | --- | --- | --- | --- |"]
    for item in fields(Settings):
        option, variable = f"--{item.name.replace('_', '-')}", PREFIX + item.name.upper()
        default = "" if item.default is None else f"`{item.default}`"
        rows.append(f"| `{item.name}` | `{option}` | `{variable}` | {default} | {HELP[item.name]} |")
    return _page(
        [
            "# Settings",
            NOTE,
            "An option wins over its variable. A variable that begins with `FAKE_IAM_` and is no setting is an error, "
            "and so is a value out of range: the text names the setting, the value and the limit. In Python every "
            "setting is a keyword of `fake_iam.Settings` and of `fake_iam.FakeIAM`.",
            "\n".join(rows),
        ]
    )


def fixtures() -> str:
    """Every pytest fixture of the plugin."""
    parts = ["# Fixtures", NOTE, "The plugin is found by pytest once fake_iam is installed."]
    for name, value in vars(pytest_plugin).items():
        function = getattr(value, "__wrapped__", None) or getattr(value, "__pytest_wrapped__", None)
        if function is not None and not name.startswith("_"):
            parts.append(f"## {name}\n\n{inspect.getdoc(getattr(function, 'obj', function))}")
    return _page(parts)


def control() -> str:
    """Every page of the control plane."""
    assembled = assemble(Settings())
    parts = [
        "# The control plane",
        NOTE,
        "Pages under `/_fake_iam/`, for any language: JSON in (YAML will do, too), JSON out. An error is a 4xx with "
        '`{"error": "..."}`, which names the field, its value and the limit. What each does in Python and on the '
        "command line is shown in the how-to guides.",
        "On a loopback address, the `Host` header must name it; on any other, a token is needed "
        "(`Authorization: Bearer ...` or `X-Fake-IAM-Token: ...`): the setting `control_token`, or one that is made "
        "and printed at the start. Requests that a browser sends for a page of another origin are refused. `health` "
        "needs no token.",
    ]
    parts += [_control_page(page) for page in pages(assembled.controls, assembled.health, assembled.reset)]
    return _page(parts)


def _control_page(page: Page) -> str:
    lines = [f"## {page.method} /_fake_iam/{page.path}", "", page.meaning]
    record = page.body or page.shown
    if page.shown is not None:
        lines += ["", "Takes a document: [the schema](seed.schema.json)."]
    elif record is not None:
        lines += ["", "| field | |", "| --- | --- |"]
        for name, item in record.fields.items():
            lines.append(f"| `{name}`{' (required)' if item.required else ''} | {item.meaning} |")
    if page.query:
        lines += ["", "| in the query | |", "| --- | --- |"]
        lines += [f"| `{name}` | {meaning} |" for name, meaning in page.query.items()]
    return "\n".join(lines)


def schema() -> str:
    """The JSON Schema of seeds."""
    return json.dumps(json_schema(), indent=2) + "\n"


def nouns_index() -> str:
    """Every noun, and what can be done with it besides calling its operations."""
    rows = ["| noun | in a seed | dates that can be set | in an import |", "| --- | --- | --- | --- |"]
    for module, noun in zip(MODULES, nouns(), strict=True):
        seed = f"`{noun.seed.field}`" if noun.seed else ""
        dates = ", ".join(f"`{name}`" for name in noun.dates.dates) if noun.dates else ""
        taken = "yes" if noun.imports.take else ""
        rows.append(f"| [{noun.title}]({module}.md) | {seed} | {dates} | {taken} |")
    return _page(
        [
            "# Nouns",
            NOTE,
            "What each noun is to [seeds](../../how-to/seeds.md), [dumps](../../how-to/snapshots.md), "
            "[back-dating](../../how-to/time.md) and imports. All are in dumps, snapshots and state files.",
            "\n".join(rows),
            "```{toctree}\n:hidden:\n:glob:\n\n*\n```",
        ]
    )


def noun_page(noun: Noun) -> str:
    """A noun: its operations, and how controls state, keep, date and import it."""
    parts = [f"# {noun.title}", NOTE, noun.about, _noun_operations(noun), _noun_seed(noun), _noun_dump(noun)]
    parts += [_noun_dates(noun), _noun_import(noun)]
    cases = ", ".join(f"[{name}](../../../conformance/cases/test_{name}.py)" for name in noun.conformance)
    return _page([*filter(None, parts), f"## Answers\n\nWhere they are known from: {cases}."])


def _noun_operations(noun: Noun) -> str:
    services = {"iam": IAM, "sts": STS}
    names = [
        name
        for service, _, module in (place.partition(".") for place in noun.operations)
        for name in services[service].operations_in(module)
    ]
    links = ", ".join(f"[{name}](../operations.md#{name.lower()})" for name in sorted(names))
    return f"## Operations\n\n{links}"


def _noun_seed(noun: Noun) -> str:
    if noun.seed is None:
        return ""
    homes = [*noun.seed.on, *(home.name for home in nouns() if noun.name in home.carries)]
    of = " and ".join(f"`{home}`" for home in homes)
    shape = {"list": "a list", "one": "one", "map": "a mapping from names"}[noun.seed.shape]
    lines = ["## In a seed", "", f"`{noun.seed.field}` of {of} ({shape}): {noun.seed.meaning}."]
    item = noun.seed.item(Moment(ANY_TIME))
    if isinstance(item, Mapping):
        lines += ["", "| field | |", "| --- | --- |", *_field_rows(item)]
    below = [f"`{child.seed.field}`" for child in hanging_on(noun.name) if child.seed]
    if below:
        lines += ["", f"Besides, what hangs on it: {', '.join(below)}."]
    return "\n".join(lines)


def _field_rows(fields: Mapping[str, Field], before: str = "") -> list[str]:
    rows = []
    for name, item in fields.items():
        rows.append(f"| `{before}{name}`{' (required)' if item.required else ''} | {item.meaning} |")
        inside = item.kind.item if isinstance(item.kind, ListOf) else item.kind
        if isinstance(inside, Record):
            rows += _field_rows(inside.fields, f"{before}{name}{'[]' if inside is not item.kind else ''}.")
    return rows


def _noun_dump(noun: Noun) -> str:
    if noun.spell is not None:
        return "## In a dump\n\nAs in a seed."
    kinds = " and ".join(f"`{kind.__name__}`" for kind in noun.rows)
    return f"## In a dump\n\nUnder `rows`, as {kinds}, field by field as it is stored."


def _noun_dates(noun: Noun) -> str:
    if noun.dates is None:
        return ""
    thing, name = noun.dates.thing, next(iter(noun.dates.dates))
    which = '"root"' if thing == "root" else "..."
    command = "root" if thing == "root" else f"{thing.replace('_', '-')} ..."
    lines = [
        "## Dates that can be set",
        "",
        f'`fake.backdate({thing}={which}, {name}="91 days ago")` or '
        f'`fake-iam backdate {command} --{name.replace("_", "-")} "91 days ago"`; `{thing}` is {noun.dates.by}.',
        "",
        "| date | |",
        "| --- | --- |",
        *_field_rows(noun.dates.fields(Moment(ANY_TIME))),
    ]
    rules = [f"`{second}` is not before `{first}`" for first, second in noun.dates.follows]
    if noun.dates.begins and noun.dates.owner is None:
        rules.append(f"`{noun.dates.begins}` is not before its owner was created")
    if rules:
        lines += ["", f"Unless `allow_impossible` is given, {', and '.join(rules)}."]
    return "\n".join(lines)


def _noun_import(noun: Noun) -> str:
    said = noun.imports
    lines = [
        *([f"Taken from the exports: {said.takes}."] if said.takes else []),
        *([f"In no export, and drawn on loading: {said.drawn}."] if said.drawn else []),
        *([f"In no export, and left out: {said.lacks}."] if said.lacks else []),
    ]
    return "## In an import\n\n" + "\n\n".join(lines) if lines else ""


PAGES: dict[str, Callable[[], str]] = {
    "operations.md": operations,
    "errors.md": errors,
    "settings.md": settings,
    "fixtures.md": fixtures,
    "control.md": control,
    "seed.schema.json": schema,
    "nouns/index.md": nouns_index,
    **{f"nouns/{module}.md": partial(noun_page, noun) for module, noun in zip(MODULES, nouns(), strict=True)},
}


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with ``--check`` say which are stale. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    check = parser.parse_args(arguments).check
    stale = [name for name, page in PAGES.items() if _read(name) != page()]
    for name in stale:
        if check:
            print(f"docs/reference/{name} is stale: run python -m docs.generate", file=sys.stderr)
        else:
            (REFERENCE / name).write_text(PAGES[name]())
    gone = [page for page in (REFERENCE / "nouns").iterdir() if f"nouns/{page.name}" not in PAGES]
    for page in gone:
        if check:
            print(f"docs/reference/nouns/{page.name} is of no noun: run python -m docs.generate", file=sys.stderr)
        else:
            page.unlink()
    stale += [page.name for page in gone]
    return 1 if check and stale else 0


def _read(name: str) -> str | None:
    file = REFERENCE / name
    return file.read_text() if file.exists() else None


def _page(parts: list[str]) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _summary(function: Callable[..., Any]) -> str:
    return " ".join((inspect.getdoc(function) or "").split())


if __name__ == "__main__":
    sys.exit(main())
