"""Writes the reference pages from what they describe: ``python -m docs.generate``, or ``--check`` if none is stale."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from fake_iam import pytest_plugin
from fake_iam.assembly import assemble
from fake_iam.cli import HELP
from fake_iam.control.http.pages import Page, pages
from fake_iam.control.state.document import json_schema
from fake_iam.protocol.model import ServiceModel, load_service
from fake_iam.services.iam import IAM
from fake_iam.services.registry import Service
from fake_iam.services.sts import STS
from fake_iam.settings import PREFIX, Settings

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by `python -m docs.generate`; edit what it describes, not this page. -->\n"


def operations() -> str:
    """Every operation answered: what it does, what it takes, which errors its model lists."""
    parts = [
        "# Operations",
        NOTE,
        "Parameters and errors are read from botocore's service model. Any other operation of the two services answers "
        "501 `NotImplemented` and names itself; an action that AWS does not have answers 400 `InvalidAction`.",
    ]
    for title, service in (("IAM", IAM), ("STS", STS)):
        parts.append(f"## {title}")
        model = load_service(service.name)
        parts += [_operation(service, model, name) for name in sorted(service.operations)]
    return _page(parts)


def _operation(service: Service, model: ServiceModel, name: str) -> str:
    described = model.operations[name]
    members = model.shapes[described.input].members if described.input else ()
    takes = ", ".join(f"**{member.name}**" if member.required else member.name for member in members) or "nothing"
    errors = ", ".join(f"`{code}`" for code in described.errors) or "none of its own"
    summary = _summary(service.operations[name].function)
    return f"### {name}\n\n{summary}\n\n- takes {takes}\n- modelled errors: {errors}"


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


PAGES: dict[str, Callable[[], str]] = {
    "operations.md": operations,
    "settings.md": settings,
    "fixtures.md": fixtures,
    "control.md": control,
    "seed.schema.json": schema,
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
