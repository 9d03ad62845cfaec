"""Writes the page of fidelity: runs the suite against the fake and shows each case with where it is known from.

``python -m conformance.report`` writes ``docs/reference/fidelity.md``; with ``--check`` it fails if the page is stale.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from conformance.provenance import KINDS
from conformance.results import Results
from fake_iam.served import implemented_services, implemented_targets

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "reference" / "fidelity.md"
NOTE: Final = "<!-- Written by `python -m conformance.report`; edit the cases, not this page. -->"
SHOWN: Final = {"passed": "as expected", "failed": "**differs**", "skipped": "not run"}


def render(results: Results) -> str:
    """The page, from what ``--fidelity-report`` wrote."""
    cases: list[dict[str, Any]] = results["cases"]
    files = list(dict.fromkeys(case["file"] for case in cases))
    parts = [
        "# Fidelity",
        NOTE,
        "Each case of the conformance suite, where its answer is known from, and whether the fake gives it. "
        "*Observed*: AWS was seen to answer so, at the date and by the source given. *Documented*: a page of AWS says "
        "so. *Assumed*: nobody has said; the reason tells what the guess rests on. Ids name facts and public cases.",
        _summary(cases),
        "## By operation\n\nHow many cases ask for each operation, by where their answers are known from.",
        _by_operation(cases),
    ]
    for name in files:
        parts.append(f"## {name.replace('_', ' ').capitalize().replace('Sts', 'STS')}")
        parts.append(_table([case for case in cases if case["file"] == name]))
    return "\n\n".join(parts) + "\n"


def _summary(cases: list[dict[str, Any]]) -> str:
    rows = ["| known from | cases | as expected | differ | not run |", "| --- | ---: | ---: | ---: | ---: |"]
    for kind in (*KINDS, "all"):
        counted = Counter(case["result"] for case in cases if kind in (case["kind"], "all"))
        numbers = (sum(counted.values()), *(counted[result] for result in SHOWN))
        rows.append(f"| {kind} | {' | '.join(map(str, numbers))} |")
    return "\n".join(rows)


def _by_operation(cases: list[dict[str, Any]]) -> str:
    counted = _counted(cases)
    rows = [f"| operation | {' | '.join(KINDS)} |", f"| --- |{' ---: |' * len(KINDS)}"]
    for operation in answered():
        link = f"[{operation}](operations.md#{operation.partition(':')[2].lower()})"
        rows.append(f"| {link} | {' | '.join(str(counted[operation, kind]) for kind in KINDS)} |")
    return "\n".join(rows)


def _counted(cases: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter((operation, case["kind"]) for case in cases for operation in case["operations"])


def answered() -> list[str]:
    """Every operation that fake_iam answers, such as ``iam:GetUser``."""
    services = (*implemented_services().values(), *implemented_targets())
    return [f"{known.model.name}:{name}" for known in services for name in sorted(known.operations)]


def without_cases(results: Results) -> list[str]:
    """The operations that no case asks for."""
    asked = {operation for operation, _ in _counted(results["cases"])}
    return [operation for operation in answered() if operation not in asked]


def _table(cases: list[dict[str, Any]]) -> str:
    rows = ["| case | known from | ids | result |", "| --- | --- | --- | --- |"]
    rows += [f"| {' | '.join(map(_cell, _columns(case)))} |" for case in cases]
    return "\n".join(rows)


def _columns(case: dict[str, Any]) -> tuple[str, str, str, str]:
    date = f" {case['date']}" if case["date"] else ""
    known_from = f"{case['kind']}{date}: {case['origin']}"
    return case["title"], known_from, ", ".join(case["ids"]), SHOWN[case["result"]]


def _cell(text: str) -> str:
    """Text as a cell of a table: a bar would end it, an angle bracket would begin a tag."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def run() -> Results:
    """The results of the suite against the fake. Raises RuntimeError if it could not run at all."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        command = [sys.executable, "-m", "pytest", "conformance", "-q", "--fidelity-report", str(file)]
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if finished.returncode not in (0, 1) or not file.exists():
            raise RuntimeError(f"the suite did not run:\n{finished.stdout}{finished.stderr}")
        return load(file)


def load(file: Path) -> Results:
    """The results in a file."""
    results: Results = json.loads(file.read_text(encoding="utf-8"))
    return results


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m conformance.report", description=render.__doc__)
    parser.add_argument("--check", action="store_true", help="compare the page instead of writing it")
    parser.add_argument("--results", type=Path, metavar="FILE", help="take these results instead of running the suite")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE", help="the page (default: %(default)s)")
    options = parser.parse_args(arguments)
    results = load(options.results) if options.results else run()
    page = render(results)
    differing = [case["title"] for case in results["cases"] if case["result"] == "failed"]
    for title in differing:
        print(f"differs: {title}", file=sys.stderr)
    for operation in without_cases(results):
        print(f"no case asks for {operation}", file=sys.stderr)
    if not options.check:
        options.page.write_text(page, encoding="utf-8")
        return 0
    written = options.page.read_text(encoding="utf-8") if options.page.exists() else ""
    if written != page:
        print(f"{options.page} is stale: run python -m conformance.report", file=sys.stderr)
    return 0 if written == page and not without_cases(results) else 1


if __name__ == "__main__":
    sys.exit(main())
