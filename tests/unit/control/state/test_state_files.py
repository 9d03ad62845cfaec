"""A state that outlives the server: whole in its file at every moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from fake_iam import SettingsError
from fake_iam.control.documents.problems import DocumentError
from fake_iam.control.state import state_files
from tests.support import Key, Wire

ROOT = Path(__file__).parents[4]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def names(wire: Wire) -> list[str]:
    return [user["name"] for user in wire.assembled.controls.dump()["accounts"]["123456789012"]["users"]]


def test_a_restarted_server_goes_on_where_it_stopped(file: Path) -> None:
    wire = Wire(state=str(file), random_seed=7)
    wire.user("alice")
    key = wire.key("alice")
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key.id, Status="Inactive")
    again = Wire(state=str(file))
    assert again.call("GetCallerIdentity", key).code == "InvalidClientTokenId"
    again.call("UpdateAccessKey", UserName="alice", AccessKeyId=key.id, Status="Active")
    assert Wire(state=str(file)).call("GetCallerIdentity", key)["Arn"].endswith("user/alice")


def earlier(file: Path) -> tuple[str, Key]:
    """The file as an earlier release has written it, with a key that signs."""
    wire = Wire()
    wire.user("alice")
    key = wire.key("alice")
    file.write_text(json.dumps(wire.assembled.controls.dump(secrets=True), indent=1) + "\n")
    return file.read_text(), key


def test_a_state_of_an_earlier_release_is_taken_over_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    text, key = earlier(file)
    wire = Wire(state=str(file))
    assert wire.call("GetCallerIdentity", key)["Arn"].endswith("user/alice")
    wire.user("bob")
    wire.assembled.rest()
    kept = file.with_name("state.json.bak")
    assert [record.getMessage() for record in caplog.records if "database" in record.getMessage()] == [
        f"{file} is a database from now on; what it was is in {kept}"
    ]
    assert kept.read_text() == text
    assert names(Wire(state=str(file))) == ["alice", "bob"]
    assert sorted(path.name for path in file.parent.iterdir() if "wal" not in path.name and "shm" not in path.name) == [
        "state.json",
        "state.json.bak",
    ]


@pytest.mark.parametrize("step", ["new_file", "take_over"])
def test_what_fails_midway_leaves_the_file_and_is_done_again(
    file: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    text, _ = earlier(file)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(state_files, step, fail)
        with pytest.raises(DocumentError) as refused:
            Wire(state=str(file))
    assert str(refused.value) == f"{file}: No space left on device; the file is left as it is"
    assert file.read_text() == text
    assert names(Wire(state=str(file))) == ["alice"]


def test_a_file_that_was_kept_before_is_kept(file: Path) -> None:
    text, _ = earlier(file)
    file.with_name("state.json.bak").write_text("mine")
    assert names(Wire(state=str(file))) == ["alice"]
    assert file.with_name("state.json.bak").read_text() == "mine"
    assert file.with_name("state.json.bak1").read_text() == text


def test_a_last_use_is_written_when_the_server_stops(file: Path) -> None:
    wire = Wire(state=str(file))
    wire.user("alice")
    key = wire.key("alice")
    wire.call("ListUsers", key)
    wire.assembled.rest()
    assert (
        Wire(state=str(file)).call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]["ServiceName"]
        == "iam"
    )


def test_changes_by_the_controls_are_kept_too(file: Path) -> None:
    controls = Wire(state=str(file)).assembled.controls
    controls.seed({"users": [{"name": "alice", "access_keys": [{}]}]})
    controls.backdate_user("alice", created="2020-01-01")
    kept = Wire(state=str(file)).assembled.controls.dump(secrets=True)
    assert kept["accounts"] == controls.dump(secrets=True)["accounts"]
    assert kept["accounts"]["123456789012"]["users"][0]["created"] == "2020-01-01T00:00:00Z"


def test_a_seed_counts_only_while_there_is_no_state(file: Path, tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("users:\n  - name: alice\n")
    settings = {"state": str(file), "seed": str(tmp_path / "seed.yaml")}
    Wire(**settings).user("bob")
    assert names(Wire(**settings)) == ["alice", "bob"]


def test_a_strict_server_keeps_its_root_key(file: Path) -> None:
    first = Wire(state=str(file), auth="strict").assembled.root_access_key()
    again = Wire(state=str(file), auth="strict")
    assert again.assembled.root_access_key() == first
    assert first is not None
    assert again.call("GetCallerIdentity", Key(*first))["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"format": "fake_iam/1", "accounts": {', "line 1: this is no JSON: "),
        ('{"format": "fake_iam/2"}', "this is no state of fake_iam (fake_iam/1)"),
        ("[1]", "this is no state of fake_iam (fake_iam/1)"),
        ('{"format": "fake_iam/1", "users": [{"nam": 1}]}', "users[0].nam: is no field; there are "),
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(file: Path, text: str, problem: str) -> None:
    file.write_text(text)
    with pytest.raises(DocumentError) as refused:
        Wire(state=str(file))
    assert str(refused.value).startswith(f"{file}: {problem}")
    assert str(refused.value).endswith("; the file is left as it is")
    assert file.read_text() == text


def test_a_file_that_cannot_be_made_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^state: sqlite:///.*/gone/state\.db: unable to open database file$"):
        Wire(state=str(tmp_path / "gone" / "state.db"))


@pytest.mark.parametrize("setting", ["state", "store"])
def test_others_cannot_read_the_file(file: Path, setting: str) -> None:
    wire = Wire(**{setting: str(file) if setting == "state" else f"sqlite:///{file}"})
    wire.user("alice")
    files = list(file.parent.iterdir())
    assert {path.name for path in files} == {file.name, f"{file.name}-wal", f"{file.name}-shm"}
    assert [path for path in files if path.stat().st_mode & 0o077] == []
    wire.assembled.rest()


@pytest.mark.parametrize("kill_after", [3, 40, 150])
def test_after_a_kill_the_file_is_a_whole_state(file: Path, kill_after: int) -> None:
    """A thousand changes are sent; the server is killed somewhere in between."""
    command = [sys.executable, "-m", "fake_iam", "--port", "0", "--state", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(" on ")[1].split()[0]
        iam = boto3.session.Session().client(
            "iam",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        answered = 0
        try:
            for number in range(1000):
                iam.create_user(UserName=f"user-{number:04d}")
                answered = number + 1
                if number == kill_after:
                    process.send_signal(signal.SIGKILL)
        except (BotoCoreError, ClientError):
            process.wait(timeout=30)
    assert answered > kill_after
    kept = names(Wire(state=str(file)))
    assert kept == [f"user-{number:04d}" for number in range(len(kept))]
    assert len(kept) in (answered, answered + 1)
