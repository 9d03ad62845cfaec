"""The command: measures what it is asked to, prints it beside its targets, and writes the page if asked.

Exit status: 0 all answers were right; 1 one was wrong or dropped; 3 with ``--check-targets``, a target is not met.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks import (
    boto3_calls,
    cold_start,
    decisions,
    fixture,
    growth,
    in_process,
    load,
    long_work,
    memory,
    policies,
    single_connection,
    stores,
)
from benchmarks.answers import WrongAnswer
from benchmarks.effort import QUICK, WHOLE, Effort
from benchmarks.figures import Table
from benchmarks.goals import comparisons
from benchmarks.machine import Surroundings, surroundings
from benchmarks.picture import bars
from benchmarks.report import as_page, as_text, summary
from benchmarks.targets import FAKE_IAM, ROOT, Target, installed, left_out

Say = Callable[[str], None]
PAGE: Final = ROOT / "docs" / "performance.md"
PICTURE: Final = ROOT / "docs" / "performance.svg"
SUBJECTS: Final[dict[str, Callable[[Sequence[Target], Effort, Say], Table]]] = {
    "one-connection": single_connection.measure,
    "load": load.measure,
    "boto3": boto3_calls.measure,
    "cold-start": cold_start.measure,
    "memory": memory.measure,
    "growth": lambda targets, effort, say: growth.measure(effort, say),
    "fixture": lambda targets, effort, say: fixture.measure(effort, say),
    "long-work": lambda targets, effort, say: long_work.measure(effort, say),
    "policies": lambda targets, effort, say: policies.measure(effort, say),
    "decisions": lambda targets, effort, say: decisions.measure(effort, say),
    "in-process": lambda targets, effort, say: in_process.measure(effort, say),
    "stores": lambda targets, effort, say: stores.measure(effort, say),
    "state-file": lambda targets, effort, say: stores.measure_growth(effort, say),
    "workers": lambda targets, effort, say: stores.measure_workers(effort, say),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    options = _options(arguments)
    effort = QUICK if options.quick else WHOLE
    targets, missing, around = installed(), left_out(), surroundings()
    print(f"{around.date}, {around.machine}, {around.system}; load before the run: {around.load}")
    print(", ".join(f"{name} {version}" for name, version in around.versions.items()))
    for name, reason in missing.items():
        print(f"{name} is left out: {reason}")
    tables: list[Table] = []
    try:
        for subject in options.only or SUBJECTS:
            tables.append(_shown(SUBJECTS[subject](targets, effort, _say)))
        if options.growth_of_others:
            others = [target for target in targets if target.answers_iam and target is not FAKE_IAM]
            tables += [_shown(growth.measure_other(target, effort, _say)) for target in others]
    except WrongAnswer as problem:
        print(f"\nthe run has failed: {problem}", file=sys.stderr)
        return 1
    print(f"\n{summary(tables)}")
    if options.json:
        _write_json(options.json, tables, around)
    if options.write:
        _write_page(tables, around)
    unmet = any(each.met is False for table in tables for each in comparisons(table))
    return 3 if options.check_targets and unmet else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast fake_iam is.")
    parser.add_argument("--quick", action="store_true", help="a smoke run of less than a minute; mind no figure of it")
    parser.add_argument("--only", nargs="+", choices=list(SUBJECTS), metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument("--growth-of-others", action="store_true", help="fill MiniStack and moto_server, too")
    parser.add_argument(
        "--check-targets", action="store_true", help="fail, too, if a target is not met, or was not measured"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round's figures to a file")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and docs/performance.svg")
    options = parser.parse_args(arguments)
    if options.write and (options.quick or options.only):
        parser.error("--write needs a whole run, without --quick and --only")
    return options


def _say(text: str) -> None:
    """Tell how far the run is, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _shown(table: Table) -> Table:
    _say("")
    print(f"\n{as_text(table)}", flush=True)
    return table


def _write_json(file: Path, tables: Sequence[Table], around: Surroundings) -> None:
    data = {
        **asdict(around),
        "tables": [table.as_data() for table in tables],
        "comparisons": [
            {**asdict(each), "goal": str(each.goal) if each.goal else None, "met": each.met}
            for table in tables
            for each in comparisons(table)
        ],
    }
    file.write_text(json.dumps(data, indent=2) + "\n")


def _write_page(tables: Sequence[Table], around: Surroundings) -> None:
    PAGE.write_text(as_page(tables, around, left_out()))
    figures = next(table for table in tables if table.title == single_connection.TITLE).rows["UpdateAccessKey"]
    PICTURE.write_text(
        bars(
            "UpdateAccessKey on one connection",
            "µs a call",
            {name: figure.median for name, figure in figures.items()},
            FAKE_IAM.name,
            [
                "fake_iam checks every signature, validates every parameter, keeps its journal and tracks last uses.",
                f"Medians; {around.machine}; {around.date}",
            ],
        )
    )


if __name__ == "__main__":
    sys.exit(main())
