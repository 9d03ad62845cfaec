"""What the documentation says is run: snippets, commands, links, and the two commands of the README."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from fake_iam import Settings
from fake_iam.cli import HELP
from tests.snippets import PORT, ROOT, Snippet, links, of_kind, pages, snippets
from tests.support import WITHOUT_PLUGINS

SCRIPTS = Path(sys.executable).parent
KINDS = {"", "console", "hcl", "json", "py", "python", "python test", "sh", "text", "yaml", "{toctree}"}
WITH_COMMANDS = [page for page in pages() if any(snippet.kind == "console" for snippet in snippets(page))]


def environment() -> dict[str, str]:
    """The reader's shell: the installed commands on the path, nothing of ours or of AWS set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAKE_IAM_", "AWS_", "PYTEST_"))}
    return {**kept, "PATH": f"{SCRIPTS}{os.pathsep}{kept['PATH']}", "COLUMNS": "120"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        assert (page.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_snippet_is_of_a_known_kind(page: Path) -> None:
    assert {snippet.kind for snippet in snippets(page) if snippet.file is None} <= KINDS


@pytest.mark.parametrize("snippet", of_kind("python"), ids=lambda snippet: str(snippet.id))
def test_a_python_snippet_runs(snippet: Snippet, tmp_path: Path) -> None:
    script = tmp_path / "snippet.py"
    script.write_text(snippet.text)
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("snippet", of_kind("python test"), ids=lambda snippet: str(snippet.id))
def test_a_snippet_that_is_a_test_passes(snippet: Snippet, tmp_path: Path) -> None:
    if snippet.page.name == "gate.md" and find_spec("moto") is None:
        pytest.skip("moto is not installed: tox -e moto")
    for other in snippets(snippet.page):
        if other.file is not None and other.line < snippet.line:
            (tmp_path / other.file).write_text(other.text)
    (tmp_path / "test_snippet.py").write_text(snippet.text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", ".", *WITHOUT_PLUGINS],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert re.search(r"^\d+ passed", done.stdout, re.MULTILINE), done.stdout
    assert "failed" not in done.stdout, done.stdout


@pytest.fixture
def served() -> Iterator[int]:
    """A server as the reader has it running, on a port that is free here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "fake_iam", "--port", str(port)], env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while process.stdout.readline().startswith("export") is False:
        assert process.poll() is None
    yield port
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


def commands(page: Path) -> list[tuple[str, str]]:
    """The commands of a page's console snippets, each with the output that the page shows."""
    found: list[tuple[str, str]] = []
    for snippet in snippets(page):
        if snippet.kind != "console":
            continue
        for line in snippet.text.splitlines(keepends=True):
            if line.startswith("$ "):
                found.append((line[2:].rstrip("\n"), ""))
            elif line.startswith("> "):
                found[-1] = (f"{found[-1][0]}\n{line[2:].rstrip()}", "")
            else:
                found[-1] = (found[-1][0], found[-1][1] + line)
    return [(command, output) for command, output in found if command != "fake-iam"]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_print_what_the_page_shows(page: Path, served: int, tmp_path: Path) -> None:
    """In one shell, in order, against a running server; ``...`` in the page stands for anything."""
    shown = commands(page)
    if any("curl" in command for command, _ in shown) and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    mark = "<<<end of a command>>>"
    for snippet in snippets(page):
        if snippet.file is not None:
            (tmp_path / snippet.file).write_text(snippet.text)
    for export in (ROOT / "examples" / "account").iterdir():
        shutil.copy(export, tmp_path)
    script = "".join(f"{command}\necho '{mark}'\n" for command, _ in shown).replace(PORT, str(served))
    done = subprocess.run(
        ["bash"],
        input=script,
        cwd=tmp_path,
        env={**environment(), "FAKE_IAM_PORT": str(served)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    outputs = done.stdout.replace(str(served), PORT).split(f"{mark}\n")
    assert len(outputs) == len(shown) + 1, done.stdout
    checker = doctest.OutputChecker()
    for (command, expected), output in zip(shown, outputs, strict=False):
        same = checker.check_output(expected, output, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        assert same, f"$ {command}\n{output}\ninstead of\n{expected}"


def test_the_readme_gives_the_command_that_ci_runs() -> None:
    readme = [snippet.text.strip() for snippet in snippets(ROOT / "README.md") if snippet.kind == "sh"]
    assert readme[1] in (ROOT / ".ci" / "run").read_text()


def test_the_readmes_first_command_runs_the_example() -> None:
    first = next(snippet.text.strip() for snippet in snippets(ROOT / "README.md") if snippet.kind == "sh")
    example = first.split()[-1]
    done = subprocess.run(
        [sys.executable, str(ROOT / example)], env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "UpdateAccessKey, Status=Inactive: HTTP 200" in done.stdout
    assert "InvalidClientTokenId" in done.stdout


def test_every_setting_has_a_line_of_help() -> None:
    assert list(HELP) == [item.name for item in fields(Settings)]


def test_the_documented_port_is_the_default() -> None:
    assert str(Settings().port) == PORT
