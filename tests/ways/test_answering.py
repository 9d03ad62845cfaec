"""An import becomes the account that answers, whichever way it comes in; if nobody would see it, that is said."""

from __future__ import annotations

import json
import signal
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest

from fake_iam import FakeIAM
from tests.ways.command import Served, run, served

EXPORTS = Path(__file__).parents[2] / "examples" / "account"
FILES = ("--details", str(EXPORTS / "details.json"), "--report", str(EXPORTS / "report.csv"))
OWN, EXPORTED = "123456789012", "210987654321"
EMPTY = (
    f"account {OWN}, which answers callers whose access key id names no account, is empty; "
    f"there are things in {EXPORTED}"
)
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(url: str, page: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with DIRECT.open(urllib.request.Request(f"{url}/_fake_iam/{page}", data=data), timeout=10) as answer:
        return json.load(answer)


def names(server: Served, key_id: str = "testing") -> list[str]:
    """Who is listed to a caller with dummy credentials."""
    iam = boto3.session.Session().client(
        "iam",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=key_id,
        aws_secret_access_key="testing",
    )
    return [user["UserName"] for user in iam.list_users()["Users"]]


def test_by_the_command() -> None:
    with served() as server:
        done = run("import", *FILES, "--load", "--port", server.port)
        assert (done.status, json.loads(done.out)) == (0, {"accounts": 1, "users": 20, "access_keys": 26})
        assert len(names(server)) == 20
        assert json.loads(run("health", "--port", server.port).out)["account_id"] == EXPORTED
        assert server.stop(signal.SIGTERM).err == ""


def test_by_the_command_that_leaves_the_account_as_it_is() -> None:
    with served() as server:
        done = run("import", *FILES, "--load", "--keep-account-id", "--port", server.port)
        assert json.loads(done.out) == {"accounts": 1, "users": 20, "access_keys": 26, "warning": EMPTY}
        assert (names(server), len(names(server, EXPORTED))) == ([], 20)
        assert json.loads(run("health", "--port", server.port).out)["warning"] == EMPTY
        assert server.stop(signal.SIGTERM).err == f"fake-iam: {EMPTY}\n"


def test_by_http(fake: FakeIAM) -> None:
    texts: dict[str, Any] = {
        "details": (EXPORTS / "details.json").read_text(),
        "report": (EXPORTS / "report.csv").read_text(),
    }
    answer = control(fake.url, "import", {**texts, "load": True})
    assert (answer["loaded"], answer["notes"][0]) == (True, "20 users, 26 access keys")
    assert len(fake.client("iam").list_users()["Users"]) == 20
    control(fake.url, "reset", {})
    answer = control(fake.url, "import", {**texts, "load": True, "keep_account_id": True})
    assert answer["notes"][:2] == [EMPTY, "20 users, 26 access keys"]
    assert "account_id" not in answer["seed"]
    assert fake.client("iam").list_users()["Users"] == []
    assert control(fake.url, "health")["warning"] == EMPTY


@pytest.mark.parametrize("transport", ["socket", "inprocess"])
def test_in_python(transport: Any) -> None:
    with FakeIAM(transport=transport) as fake:
        fake.import_account(details=EXPORTS / "details.json")
        assert fake.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{EXPORTED}:root"
        fake.reset()
        assert fake.client("sts").get_caller_identity()["Account"] == OWN


def test_a_seed_that_an_import_wrote_is_served_as_its_account(tmp_path: Path) -> None:
    seed = str(tmp_path / "account.yaml")
    assert run("import", *FILES, "--output", seed).status == 0
    with served("--seed", seed) as server:
        assert server.lines[0].endswith(f"(auth: issued, account: {EXPORTED})")
        assert len(names(server)) == 20
        assert server.stop(signal.SIGTERM).err == ""


def test_a_seed_that_nobody_would_see_is_told_of_at_the_start(tmp_path: Path) -> None:
    seed = str(tmp_path / "account.yaml")
    assert run("import", *FILES, "--keep-account-id", "--output", seed).status == 0
    with served("--seed", seed, lines=5) as server:
        assert server.lines[0].endswith("(auth: issued)")
        assert server.lines[1] == f"warning: {EMPTY}"
        assert server.lines[2].startswith("export AWS_ENDPOINT_URL_IAM=")
        assert names(server) == []
        assert server.stop(signal.SIGTERM).err == f"fake-iam: {EMPTY}\n"


def test_the_printed_root_key_of_a_strict_server_is_that_of_the_import() -> None:
    with served("--auth", "strict", lines=5) as server:
        assert run("import", *FILES, "--load", "--port", server.port).status == 0
        key = server.exports()
        sts = boto3.session.Session().client(
            "sts",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id=key["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=key["AWS_SECRET_ACCESS_KEY"],
        )
        assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{EXPORTED}:root"


def test_a_state_file_keeps_the_account(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    with served("--state", state) as server:
        assert run("import", *FILES, "--load", "--port", server.port).status == 0
        server.stop(signal.SIGTERM)
    with served("--state", state) as server:
        assert server.lines[0].endswith(f"(auth: issued, account: {EXPORTED})")
        assert len(names(server)) == 20
