"""The command ``fake-iam``: start lines, exit statuses, signals, and the commands that talk to a running server."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib.metadata import version
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_iam import FakeIAM, Settings
from fake_iam.cli import full_parser, main, plain_options
from tests.support import AwsError, error
from tests.ways.command import PATIENCE, Served, environment, run, served

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals or shell")


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FAKE_IAM_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


# --- serve ---------------------------------------------------------------------------------------------------------


def test_the_first_line_says_version_address_and_mode() -> None:
    with served() as server:
        assert server.lines[0] == f"fake-iam {version('fake-iam')} on http://127.0.0.1:{server.port} (auth: issued)"


def test_the_second_line_exports_the_endpoints() -> None:
    with served() as server:
        assert server.lines[1] == f"export AWS_ENDPOINT_URL_IAM={server.url} AWS_ENDPOINT_URL_STS={server.url}"


def test_the_last_line_says_where_the_console_is() -> None:
    with served() as server:
        assert server.lines[-1] == f"console: {server.url}/_fake_iam/console/"


@pytest.mark.parametrize("option", [("--no-console",), ("--console", "false"), ("--console=no",)])
def test_the_console_can_be_left_out(option: tuple[str, ...]) -> None:
    with served(*option, lines=3) as server:
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{server.url}/_fake_iam/console/", timeout=PATIENCE)
        assert "console" not in "".join(server.lines) + server.stop(signal.SIGTERM).out


def test_port_0_takes_a_free_port_and_says_which() -> None:
    with served() as one, served() as other:
        assert 0 < int(one.port) != int(other.port) > 0


def test_serve_is_the_default_and_may_be_said() -> None:
    with served("serve") as server:
        assert server.lines[0].startswith(f"fake-iam {version('fake-iam')} on http://127.0.0.1:")


def test_the_server_answers_by_the_time_it_prints_its_address() -> None:
    with served() as server:
        iam = boto3.session.Session().client(
            "iam",
            endpoint_url=server.exports()["AWS_ENDPOINT_URL_IAM"],
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        assert iam.list_users()["Users"] == []


USES_THE_ENVIRONMENT = """
import boto3
boto3.client("iam", region_name="us-east-1").create_user(UserName="alice")
print(boto3.client("sts", region_name="us-east-1").get_caller_identity()["Arn"])
"""


def test_the_exports_of_a_strict_server_are_a_root_key_that_works() -> None:
    with served("--auth", "strict", lines=5) as server:
        done = subprocess.run(
            [sys.executable, "-c", USES_THE_ENVIRONMENT],
            env=environment(**server.exports()),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert (done.returncode, done.stdout) == (0, "arn:aws:iam::123456789012:root\n"), done.stderr


def test_a_strict_server_knows_no_other_key() -> None:
    with served("--auth", "strict", lines=5) as server:
        iam = boto3.session.Session().client(
            "iam",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="AKIAQAAAAAAAAAAAAAAA",
            aws_secret_access_key="anything",
        )
        assert error(iam.list_users) == AwsError(
            "InvalidClientTokenId", "The security token included in the request is invalid.", 403
        )


def test_a_secret_that_was_given_is_not_printed() -> None:
    root_id = "AKIAQROOTROOTROOTROO"
    with served(
        "--auth", "strict", FAKE_IAM_ROOT_ACCESS_KEY_ID=root_id, FAKE_IAM_ROOT_SECRET_ACCESS_KEY="hush"
    ) as server:
        done = server.stop(signal.SIGTERM)
        assert "hush" not in "\n".join([*server.lines, done.out, done.err])


def test_a_setting_comes_from_the_environment() -> None:
    with served(FAKE_IAM_AUTH="off") as server:
        assert server.lines[0].endswith(" (auth: off)")


def test_an_option_wins_over_the_environment() -> None:
    with served("--auth", "issued", FAKE_IAM_AUTH="off") as server:
        assert server.lines[0].endswith(" (auth: issued)")


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_stops_the_server_cleanly(name: str) -> None:
    with served() as server:
        done = server.stop(getattr(signal, name))
        assert (done.status, done.out, done.err) == (0, "", "")


@posix
def test_a_signal_stops_the_server_while_a_client_stays_connected() -> None:
    with served() as server, socket.create_connection(("127.0.0.1", int(server.port)), timeout=PATIENCE):
        assert server.stop(signal.SIGTERM).status == 0


def test_a_taken_port_is_one_line_and_exit_status_1(taken: int) -> None:
    done = run("--port", str(taken))
    assert (done.status, done.out) == (1, "")
    assert re.fullmatch(rf"fake-iam: cannot listen on 127\.0\.0\.1:{taken}: Address already in use\n", done.err)


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b"])
def test_an_address_that_is_not_ours_is_one_line_and_exit_status_1(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--host", host, "--port", "0"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(rf"fake-iam: cannot listen on {re.escape(host)}:0: [^\n]+\n", err)


# --- bad settings --------------------------------------------------------------------------------------------------


def test_a_bad_setting_is_one_line_and_exit_status_2() -> None:
    done = run("--auth", "loose")
    assert (done.status, done.out) == (2, "")
    assert done.err == "fake-iam: auth is 'loose'; it must be one of off, issued, strict\n"


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["--port", "many"], "port is 'many'; it must be a whole number"),
        (["--port", "65536"], "port is 65536; it must be from 0 to 65535"),
        (["--account-id", "12"], "account_id is '12'; it must be twelve digits"),
        (["--page-size", "0"], "page_size is 0; it must be from 1 to 1000"),
        (
            ["--root-secret-access-key", "x"],
            "root_secret_access_key is given without root_access_key_id; it needs one",
        ),
    ],
)
def test_a_bad_option_is_said_as_the_settings_say_it(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"fake-iam: {text}\n")


def test_a_variable_that_is_no_setting_is_one_line_and_exit_status_2() -> None:
    done = run(FAKE_IAM_PROT="8080")
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(r"fake-iam: FAKE_IAM_PROT is no setting; there are FAKE_IAM_[^\n]+\n", done.err)


def test_a_bad_setting_stops_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["--auth", "loose", command]) for command in ("serve", "env", "health", "reset")] == [2, 2, 2, 2]
    assert capsys.readouterr().out == ""


def test_an_unknown_option_is_exit_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--prot=8080"])
    assert caught.value.code == 2
    assert "unrecognized arguments: --prot=8080" in capsys.readouterr().err


OPTIONS = ["--port", "--root-access-key-id", "--prot", "--por", "--help", "serve", "-5", "-x", "--", "", "7", "a=b"]
OPTIONS += ["--port=8", "--port=", "--seed=-1", "--quotas"]


@given(st.lists(st.sampled_from(OPTIONS), max_size=5))
def test_options_that_are_read_without_argparse_are_read_as_it_reads_them(arguments: list[str]) -> None:
    plain = plain_options(arguments)
    if plain is not None:
        read = vars(full_parser(arguments).parse_args(arguments))
        assert {name: read[name] for name in read if name != "run"} == plain


@pytest.mark.parametrize(
    ("arguments", "plain"),
    [
        ([], {}),
        (["--port", "8080", "--auth=strict", "--port=1"], {"port": "1", "auth": "strict"}),
        (["--any-mfa-code", "true"], {"any_mfa_code": "true"}),
        (["--port"], None),
        (["serve"], None),
        (["--port", "--auth"], None),
        (["--help"], None),
    ],
)
def test_settings_alone_need_no_argparse(arguments: list[str], plain: dict[str, str] | None) -> None:
    assert plain_options(arguments) == plain


# --- env -----------------------------------------------------------------------------------------------------------


def test_env_prints_the_export_line_and_nothing_else() -> None:
    done = run("env")
    line = "export AWS_ENDPOINT_URL_IAM=http://127.0.0.1:4593 AWS_ENDPOINT_URL_STS=http://127.0.0.1:4593\n"
    assert (done.status, done.out, done.err) == (0, line, "")


def test_env_follows_host_and_port(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "--host", "iam.test", "--port", "8080"]) == 0
    url = "http://iam.test:8080"
    assert capsys.readouterr() == (f"export AWS_ENDPOINT_URL_IAM={url} AWS_ENDPOINT_URL_STS={url}\n", "")


def test_env_puts_brackets_around_an_ipv6_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "--host", "::1", "--port", "8080"]) == 0
    url = "http://[::1]:8080"
    assert capsys.readouterr().out == f"export AWS_ENDPOINT_URL_IAM={url} AWS_ENDPOINT_URL_STS={url}\n"


@posix
def test_env_is_made_for_eval() -> None:
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(
        [shell, "-c", 'eval "$("$0" -m fake_iam env)" && env', sys.executable],
        env=environment(FAKE_IAM_PORT="8080"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "AWS_ENDPOINT_URL_STS=http://127.0.0.1:8080" in done.stdout.splitlines()


# --- health and reset ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--account-id", "111122223333") as server:
        yield server


def test_health_prints_what_the_server_says(server: Served) -> None:
    done = run("health", "--port", server.port)
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == {
        "status": "ok",
        "version": version("fake-iam"),
        "auth": "issued",
        "enforce_policies": "log",
        "account_id": "111122223333",
        "accounts": 0,
        "users": 0,
        "access_keys": 0,
        "sessions": 0,
    }


def test_health_reaches_the_server_whatever_proxy_is_set(server: Served) -> None:
    nowhere = "http://127.0.0.1:9"
    done = run("health", "--port", server.port, HTTP_PROXY=nowhere, http_proxy=nowhere, NO_PROXY="", no_proxy="")
    assert (done.status, done.err) == (0, "")


def test_reset_forgets_the_users(fake: FakeIAM, capsys: pytest.CaptureFixture[str]) -> None:
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    assert main(["reset", "--port", fake.url.rpartition(":")[2]]) == 0
    assert json.loads(capsys.readouterr().out) == {"status": "reset"}
    assert iam.list_users()["Users"] == []


@pytest.mark.parametrize("command", ["health", "reset"])
def test_no_server_is_one_line_and_exit_status_1(command: str, free: int) -> None:
    done = run(command, "--port", str(free))
    assert (done.status, done.out) == (1, "")
    assert re.fullmatch(rf"fake-iam: no fake-iam answers on 127\.0\.0\.1:{free}: [^\n]+\n", done.err)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xff",
        b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{",
    ],
    ids=["no HTTP", "nothing", "404", "HTML", "no text", "half an answer"],
)
def test_some_other_server_is_one_line_and_exit_status_1(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        stranger = Thread(target=answer_once, args=(listener, answer))
        stranger.start()
        status = main(["health", "--port", str(port)])
        stranger.join(timeout=PATIENCE)
    out, err = capsys.readouterr()
    assert (status, out) == (1, "")
    assert re.fullmatch(rf"fake-iam: no fake-iam answers on 127\.0\.0\.1:{port}: [^\n]+\n", err)


def answer_once(listener: socket.socket, answer: bytes) -> None:
    listener.settimeout(PATIENCE)
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)


# --- version and help ----------------------------------------------------------------------------------------------


def test_version_prints_name_and_version() -> None:
    done = run("--version")
    assert (done.status, done.out, done.err) == (0, f"fake-iam {version('fake-iam')}\n", "")


def test_help_lists_every_option_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for field in fields(Settings):
        option, name = f"--{field.name.replace('_', '-')}", field.name.upper()
        assert re.search(rf"{option} {name} [^\[]+ \[FAKE_IAM_{name}\]", text), option


def test_the_installed_command_is_the_module() -> None:
    command = shutil.which("fake-iam", path=os.path.dirname(sys.executable))
    if command is None:
        pytest.skip("fake-iam is not installed beside this Python")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout == f"fake-iam {version('fake-iam')}\n"
