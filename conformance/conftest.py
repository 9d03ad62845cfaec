"""Options, marks and fixtures of the conformance suite; refuses to run a case that does not say where it is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pytest

from conformance.answers import AwsError, Bare
from conformance.clients import asked
from conformance.people import People
from conformance.provenance import MARKERS, ProvenanceError, provenance_of
from conformance.results import OPERATIONS, PROPERTY, ResultsWriter, described
from conformance.targets import Target, choose_target

CASES: Final = Path(__file__).parent / "cases"
LONGEST_SENTENCE: Final = 1000
LEFT_BEHIND: Final = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("conformance")
    group.addoption("--endpoint-url", metavar="URL", help="the server to ask, or 'aws'; without it a fake is started")
    group.addoption("--fidelity-report", metavar="FILE", help="write each case and its result to this file, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and the writer of results if it is wanted."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.stash[LEFT_BEHIND] = []
    path = config.getoption("--fidelity-report")
    if path and not hasattr(config, "workerinput"):
        target = config.getoption("--endpoint-url") or "fake"
        config.pluginmanager.register(ResultsWriter(Path(path), target), "conformance-results")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hold each case to exactly one provenance, and keep it for the results."""
    wrong = []
    cases = [item for item in items if CASES in item.path.parents]
    for index, item in enumerate(cases):
        try:
            known_from = asdict(provenance_of(item.iter_markers()))
        except ProvenanceError as problem:
            wrong.append(f"{item.nodeid}: {problem}")
            continue
        item.user_properties.append((PROPERTY, described(item, index, {**known_from, "ids": list(known_from["ids"])})))
    if wrong:
        raise pytest.UsageError("\n".join(wrong))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what only a fake can run; a case has asked for nothing yet."""
    asked.clear()
    mark = item.get_closest_marker("fake_only")
    if mark is not None and item.config.getoption("--endpoint-url"):
        pytest.skip(f"only a fake can run this: {mark.args[0]}")


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Keep the operations that the case asked for, for the results."""
    item.user_properties.append((OPERATIONS, sorted(asked)))


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say in one sentence how two values differ; in a case the expected one stands on the right."""
    if op != "==":
        return None
    told = f"expected {_shown(right)}, got {_shown(left)}"
    return [told] if len(told) <= LONGEST_SENTENCE else None


def _shown(value: object) -> str:
    return str(value) if isinstance(value, AwsError | Bare) else repr(value)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what could not be removed."""
    for left in config.stash[LEFT_BEHIND]:
        terminalreporter.write_line(f"left behind: {left}")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Where the cases of this session run."""
    with choose_target(request.config.getoption("--endpoint-url")) as chosen:
        yield chosen


@pytest.fixture
def aws(target: Target) -> Iterator[Target]:
    """What answers as AWS, or should."""
    yield target
    target.release()


@pytest.fixture
def new_user(aws: Target, request: pytest.FixtureRequest) -> Iterator[People]:
    """Makes users with names of their own, and removes all of them when the case is over."""
    people = People(aws)
    yield people
    request.config.stash[LEFT_BEHIND] += people.clean_up()
