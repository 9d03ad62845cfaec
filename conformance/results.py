"""Collects what became of each case and writes it down for the page of fidelity (``--fidelity-report FILE``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

PROPERTY: Final = "conformance"
OPERATIONS: Final = "operations"
Results = dict[str, Any]


def described(item: pytest.Item, index: int, known_from: dict[str, Any]) -> dict[str, Any]:
    """What the page says of a case, but for its result."""
    name, bracket, parameter = item.name.partition("[")
    title = name.removeprefix("test_").replace("_", " ")
    if bracket:
        title += f" ({parameter.removesuffix(']')})"
    return {"index": index, "file": item.path.stem.removeprefix("test_"), "title": title, **known_from}


class ResultsWriter:
    """A pytest plugin that keeps the result of each case and writes all of them at the end of the session."""

    def __init__(self, path: Path, target: str) -> None:
        self._path = path
        self._target = target
        self._cases: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst of set-up, call and tear-down."""
        properties: dict[str, Any] = dict(report.user_properties)
        if PROPERTY not in properties:
            return
        known = {**properties[PROPERTY], "operations": [], "result": "passed", "detail": ""}
        case = self._cases.setdefault(report.nodeid, known)
        case["operations"] = properties.get(OPERATIONS, case["operations"])
        if report.outcome != "passed" and case["result"] != "failed":
            case["result"], case["detail"] = report.outcome, _detail(report)

    def pytest_sessionfinish(self) -> None:
        """Write the file, the cases in the order in which they stand in the suite."""
        cases = sorted(self._cases.values(), key=lambda case: case["index"])
        results: Results = {"target": self._target, "cases": cases}
        self._path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _detail(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message) if crash is not None else str(report.longrepr)
