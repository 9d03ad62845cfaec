"""``fake-iam doctor``, completion, and errors that name what was meant: the real command, in a reader's shell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_iam import FakeIAM

CLEAN = {"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}


def command(*arguments: str, home: Path, **variables: str) -> tuple[int, str, str]:
    environment = {**CLEAN, "HOME": str(home), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "fake_iam", *arguments], env=environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeIAM]:
    with FakeIAM() as running:
        yield running


@pytest.fixture
def well(fake: FakeIAM) -> dict[str, str]:
    return {**fake.environment(), "FAKE_IAM_PORT": fake.url.rpartition(":")[2]}


def test_all_is_well(well: dict[str, str], fake: FakeIAM, tmp_path: Path) -> None:
    status, out, err = command("doctor", home=tmp_path, **well)
    assert (status, err) == (0, "")
    assert out.splitlines()[1:] == [
        "ok: credentials: testing, from env",
        f"ok: clients of iam go to {fake.url}",
        f"ok: clients of sts go to {fake.url}",
        "ok: GetCallerIdentity: arn:aws:iam::123456789012:root",
    ]


@pytest.mark.parametrize(
    ("variables", "problem", "cure"),
    [
        ({"AWS_ENDPOINT_URL_IAM": ""}, "clients of iam go to AWS, https://iam.amazonaws.com", 'eval "$(fake-iam env'),
        (
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "clients of sts go to AWS, https://sts.us-east-1.amazonaws.com",
            "unset AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        ),
        (
            {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"},
            "clients of sts go to http://127.0.0.1:1, the server is",
            "eval",
        ),
        ({"HTTP_PROXY": "http://10.0.0.1:3128"}, "through the proxy http://10.0.0.1:3128", "export NO_PROXY=127.0.0.1"),
        ({"AWS_DEFAULT_REGION": ""}, "no region is set", "export AWS_DEFAULT_REGION=us-east-1"),
        ({"AWS_ACCESS_KEY_ID": ""}, "there are no credentials", "export AWS_ACCESS_KEY_ID=test"),
        ({"AWS_PROFILE": "none"}, "The config profile (none) could not be found", "unset AWS_PROFILE"),
        ({"FAKE_IAM_PORT": "1"}, "no fake-iam answers on 127.0.0.1:1", "start it with fake-iam"),
    ],
    ids=["endpoint", "ignored", "elsewhere", "proxy", "region", "credentials", "profile", "server"],
)
def test_a_problem_is_named_with_its_cure(
    well: dict[str, str], tmp_path: Path, variables: dict[str, str], problem: str, cure: str
) -> None:
    given = {name: value for name, value in {**well, **variables}.items() if value}
    if "AWS_DEFAULT_REGION" in variables:
        del given["AWS_REGION"]
    status, out, err = command("doctor", home=tmp_path, **given)
    assert status == 1
    assert err.startswith("fake-iam: ")
    assert "found" in err
    lines = out.splitlines()
    (place,) = [number for number, line in enumerate(lines) if problem in line][:1]
    assert lines[place].startswith("problem: ")
    assert cure in lines[place + 1]


def test_a_dead_key_is_a_problem(well: dict[str, str], fake: FakeIAM, tmp_path: Path) -> None:
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    signed = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    status, out, err = command("doctor", home=tmp_path, **{**well, **signed})
    assert (status, err) == (1, "fake-iam: 1 problem found\n")
    assert "GetCallerIdentity is refused: InvalidClientTokenId: The security token included in the request is" in out
    assert "cure: no active key of this server has that id" in out


def test_a_file_that_cannot_be_read_is_a_problem(well: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default\n")
    status, out, _ = command("doctor", home=tmp_path, **well)
    assert status == 1
    assert "problem: the configuration of AWS cannot be used: Unable to parse config file" in out


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [(["helth"], "health"), (["clock", "advnce", "1 day"], "advance"), (["health", "--prot", "5"], "--port")],
)
def test_an_error_names_the_near_miss(tmp_path: Path, arguments: list[str], meant: str) -> None:
    status, _, err = command(*arguments, home=tmp_path)
    assert status == 2
    assert err.endswith(f"; did you mean {meant}?\n")


def test_nothing_is_guessed_where_nothing_is_near(tmp_path: Path) -> None:
    status, _, err = command("xyzzy", home=tmp_path)
    assert status == 2
    assert "did you mean" not in err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_is_told_the_commands(tmp_path: Path, shell: str) -> None:
    status, out, err = command("completion", shell, home=tmp_path)
    assert (status, err) == (0, "")
    assert "least-privilege" in out
    assert "--enforce-policies" in out


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    script = f"{sys.executable} -m fake_iam completion zsh | head -1"
    done = subprocess.run(["bash", "-c", script], env={**CLEAN, "HOME": str(tmp_path)}, capture_output=True, text=True)
    assert done.stderr == ""
