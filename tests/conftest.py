"""Fixtures of the project's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.postgresql import QUICK, Cluster, cluster, programs
from fake_iam import FakeIAM
from tests.support import Wire

pytest_plugins = ["pytester"]
# The tox environment that runs the tests of a client, by the beginning of their file's name.
CLIENTS = {
    "test_ansible": "ansible",
    "test_aws_cli": "clients",
    "test_cloudsplaining": "cloudsplaining",
    "test_custodian": "custodian",
    "test_moto": "moto",
    "test_prowler": "prowler",
    "test_terraform": "terraform",
}


STORES = ("memory", "sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/boto3 --store sqlite``: the servers of the fixture ``fake`` keep their state there."""
    parser.addoption("--store", choices=STORES, default="memory", help="where servers under test keep their state")
    parser.addoption("--kill-rounds", type=int, default=3, help="how often a server is killed while it changes things")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """End with a line that says which clients were not tried, and what tries them."""
    yield
    skipped = [report.nodeid for report in terminalreporter.stats.get("skipped", ()) if report.when == "setup"]
    names = {Path(node.partition("::")[0]).name for node in skipped}
    missed = [client for client in CLIENTS if any(name.startswith(client) for name in names)]
    if missed:
        how = ", ".join(f"{client.removeprefix('test_')} (tox -e {CLIENTS[client]})" for client in missed)
        terminalreporter.write_line(f"Clients that were not tried here, and what tries them: {how}")


@pytest.fixture
def wire() -> Wire:
    """A server without a socket, in the default mode."""
    return Wire(random_seed=7)


@pytest.fixture
def strict() -> Wire:
    """A server without a socket that is as strict as AWS."""
    return Wire(random_seed=7, auth="strict", root_access_key_id=ROOT_ID, root_secret_access_key=ROOT_SECRET)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server, for as long as the tests run."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    with cluster(found, QUICK) as running:
        yield running


@pytest.fixture
def store_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The setting ``store`` that the option asks for: a new store of that engine."""
    return new_address(request, request.config.getoption("store"), tmp_path)


def new_address(request: pytest.FixtureRequest, engine: str, directory: Path) -> str:
    """The setting ``store`` for a new store of an engine; a file would be in the directory."""
    if engine == "postgresql":
        running: Cluster = request.getfixturevalue("postgres")
        return running.fresh()
    return "memory" if engine == "memory" else f"sqlite:///{directory}/store.db"


@pytest.fixture
def fake(store_address: str) -> Iterator[FakeIAM]:
    """A server on a socket, for this test alone."""
    with FakeIAM(store=store_address) as server:
        yield server


ROOT_ID = "AKIAQROOTROOTROOTROO"
ROOT_SECRET = "root-secret"
