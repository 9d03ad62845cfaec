"""The examples for containers and for CI: what they set exists, and what they run works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from fake_iam import Settings
from fake_iam.settings import PREFIX
from tests.clients.shell import find_program, isolated
from tests.snippets import ROOT

DOCKER = ROOT / "examples" / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSED = sorted(DOCKER.glob("*.yaml"))
WORKFLOW = ROOT / "examples" / "github-actions" / "tests.yml"
SCRIPTS = Path(sys.executable).parent


def instructions(name: str) -> list[str]:
    """What follows an instruction of the Dockerfile, each time it is given."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def engine() -> str | None:
    """The container engine, if one answers."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        return None
    return docker


def served_as_in_the_image(folder: Path, port: int) -> dict[str, str]:
    """The environment that the image gives, with another port and the scripts of this Python."""
    given = dict(pair.split("=", 1) for line in instructions("ENV") for pair in shlex.split(line))
    assert given["FAKE_IAM_PORT"] == str(Settings().port)
    own = {name: value for name, value in given.items() if name.startswith(PREFIX)}
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    return isolated(folder) | own | {"PATH": path, "FAKE_IAM_PORT": str(port)}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path, port: int) -> Iterator[dict[str, str]]:
    """A server that runs as the image runs it; the environment of its health check."""
    environment = served_as_in_the_image(tmp_path, port)
    (command,) = instructions("ENTRYPOINT")
    process = subprocess.Popen(yaml.safe_load(command), cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield environment
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


def test_the_image_is_built_in_two_stages_and_runs_as_nobody_of_importance() -> None:
    assert len(instructions("FROM")) == 2
    (user,) = instructions("USER")
    assert int(user) > 0


def test_the_health_check_tells_whether_the_server_answers(served: dict[str, str], tmp_path: Path) -> None:
    (check,) = instructions("HEALTHCHECK")
    command = yaml.safe_load(check.partition(" CMD ")[2])
    assert subprocess.run(command, env=served, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    nobody = served | {"FAKE_IAM_PORT": "1"}
    assert subprocess.run(command, env=nobody, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def test_the_image_builds_and_answers(tmp_path: Path) -> None:
    docker = engine()
    if docker is None:
        pytest.skip("no container engine answers")
    build = [docker, "build", "-q", "-f", str(DOCKER / "Dockerfile"), str(ROOT)]
    image = subprocess.run(build, capture_output=True, text=True, check=True).stdout.strip()
    run = [docker, "run", "--rm", "--entrypoint", "sh", image, "-c"]
    script = "fake-iam & until fake-iam health; do sleep 0.1; done; id -u"
    done = subprocess.run([*run, script], capture_output=True, text=True, check=True)
    assert '"status": "ok"' in done.stdout
    assert done.stdout.splitlines()[-1] == "10001"


@pytest.mark.parametrize("file", COMPOSED, ids=lambda file: str(file.name))
def test_what_a_composition_sets_is_a_setting(file: Path) -> None:
    services: dict[str, Any] = yaml.safe_load(file.read_text())["services"]
    known = {PREFIX + item.name.upper() for item in fields(Settings)}
    given = services["fake-iam"]["environment"]
    assert set(given) <= known
    assert services["fake-iam"]["build"] == {"context": "../..", "dockerfile": "examples/docker/Dockerfile"}
    assert "FAKE_IAM_CONTROL_TOKEN" in given, "in a container the control plane asks for a token"
    (published,) = services["fake-iam"]["ports"]
    assert published.endswith(f"4593:{Settings().port}")
    assert given["FAKE_IAM_STORE"].startswith(("sqlite:////data/", "postgresql://"))


def test_the_workflow_starts_a_server_for_the_tests_of_any_language(tmp_path: Path, port: int) -> None:
    if find_program("aws") is None:
        pytest.skip("the AWS CLI is not installed: tox -e clients")
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["other-languages"]
    scripts = [step["run"] for step in job["steps"] if "run" in step and not step["run"].startswith("pip install")]
    kept = tmp_path / "github-env"
    kept.touch()
    steps = ["trap 'kill $(jobs -p)' EXIT", *(f"set -a; . {kept}; set +a\n{script}" for script in scripts)]
    environment = isolated(tmp_path, GITHUB_ENV=str(kept), FAKE_IAM_PORT=str(port), **job["env"])
    environment["PATH"] = f"{SCRIPTS}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-e"],
        input="\n".join(steps),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    calls = done.stdout.splitlines()[-2:]
    assert [call.split()[0] for call in calls] == ["CreateUser", "CreateAccessKey"]
