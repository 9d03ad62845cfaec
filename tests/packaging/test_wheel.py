"""The wheel: what is in it, and that a fixture runs from it in a clean environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from conformance.material import ssh_key

ROOT = Path(__file__).parent.parent.parent
TEST = f"""
def test_a_fixture_works(iam_client):
    iam_client.create_user(UserName="alice")
    assert [user["UserName"] for user in iam_client.list_users()["Users"]] == ["alice"]


def test_an_ssh_key_is_read_without_an_extra(iam_client):
    iam_client.create_user(UserName="alice")
    key = iam_client.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody={ssh_key()!r})["SSHPublicKey"]
    assert key["Status"] == "Active"
"""


def run(*command: str | Path, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COV_"))}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    copy = place / "source"  # the tests of another process may be building, too
    copy.mkdir()
    for name in ("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.cfg"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "fake_iam", copy / "fake_iam", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", place, copy, cwd=place)
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"fake_iam"}
    sources = {str(file.relative_to(ROOT)) for file in (ROOT / "fake_iam").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources
    data = {
        f"fake_iam/data/{name}" for name in ("aws_managed_policies.bin", "service_authorization.bin", "LICENCES.md")
    }
    assert {"fake_iam/py.typed", *data} <= set(names)


def test_what_reads_keys_comes_with_the_package_and_its_old_extra_is_empty(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    assert "Requires-Dist: cryptography>=42" in lines
    assert "Provides-Extra: crypto" in lines
    assert [line for line in lines if "extra ==" in line and "crypto" in line] == []


def test_the_wheel_holds_what_the_package_reads(wheel: Path) -> None:
    package = ROOT / "fake_iam"
    files = [file for kind in ("json", "html", "css", "js", "svg") for file in package.rglob(f"*.{kind}")]
    data = {str(file.relative_to(ROOT)) for file in files}
    assert "fake_iam/control/console/templates/base.html" in data
    assert "fake_iam/domain/identities/service_linked_roles.json" in data
    assert data <= set(zipfile.ZipFile(wheel).namelist())


def test_the_command_and_a_fixture_run_from_a_clean_install(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "clean", with_pip=True)
    programs = tmp_path / "clean" / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "-q", wheel, "pytest", cwd=tmp_path)
    (tmp_path / "test_it.py").write_text(TEST)
    assert "2 passed" in run(programs / "python", "-m", "pytest", "-q", cwd=tmp_path)
    assert run(programs / "fake-iam", "--version", cwd=tmp_path).startswith("fake-iam ")
