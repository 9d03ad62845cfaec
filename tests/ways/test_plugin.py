"""The pytest plugin, as a project that has fake-iam installed sees it."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from pytest import Pytester, RunResult

from tests.support import WITHOUT_PLUGINS

AMBIENT = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_IAM": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_SESSION_TOKEN": "a real token",
    "AWS_SECURITY_TOKEN": "a real token",
    "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/production",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/token",
    "AWS_ACCESS_KEY_ID": "210987654321",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_USE_FIPS_ENDPOINT": "true",
}
CONFIG = """
[default]
endpoint_url = http://127.0.0.1:9
region = eu-west-1
[profile production]
role_arn = arn:aws:iam::210987654321:role/production
source_profile = default
"""
CREDENTIALS = """
[default]
aws_access_key_id = 210987654321
aws_secret_access_key = real
"""
Run = Callable[..., RunResult]
FIXTURES = [
    "fake_iam_settings [session scope]",
    "fake_iam_transport [session scope]",
    "fake_iam_server [session scope]",
    "fake_iam",
    "fake_iam_client_config",
    "iam_client",
    "sts_client",
    "fake_iam_env",
]
ROOT = "arn:aws:iam::123456789012:root"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("FAKE_IAM_", "AWS_", "PYTEST_XDIST"))]:
        monkeypatch.delenv(name)


OPTIONS = (*WITHOUT_PLUGINS, "-W", "error")


def run(pytester: Pytester, *arguments: str) -> RunResult:
    """Run pytest on the files there, warnings as errors, in this process: it is faster.

    The package is imported there already, by a loader that rewrites no assertions if it is found by its installation.
    """
    return pytester.runpytest_inprocess(*OPTIONS, "-W", "ignore::pytest.PytestAssertRewriteWarning", *arguments)


def run_apart(pytester: Pytester, *arguments: str) -> RunResult:
    """The same in a process of its own, where nothing is imported and nothing is set yet."""
    return pytester.runpytest_subprocess(*OPTIONS, *arguments, timeout=60)


def passes(pytester: Pytester, source: str, *arguments: str, run: Run = run) -> None:
    """The tests in the source pass, and there is at least one."""
    pytester.makepyfile(source)
    result = run(pytester, *arguments)
    assert list(result.parseoutcomes()) == ["passed"], result.stdout.str()


@pytest.mark.parametrize("line", FIXTURES)
def test_a_fixture_is_listed_with_what_it_is_for(pytester: Pytester, line: str) -> None:
    lines = run(pytester, "--fixtures").outlines
    (found,) = [number for number, text in enumerate(lines) if text.startswith(f"{line} -- ")]
    assert lines[found + 1].startswith("    ")
    assert "no docstring available" not in lines[found + 1]


def test_fake_iam_is_a_running_server(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        from fake_iam import FakeIAM

        def test_it(fake_iam):
            assert isinstance(fake_iam, FakeIAM)
            assert fake_iam.client("iam").list_users()["Users"] == []
        """,
    )


def test_iam_client_and_sts_client_are_the_root_user(pytester: Pytester) -> None:
    passes(
        pytester,
        f"""
        def test_it(iam_client, sts_client):
            assert iam_client.get_user()["User"]["Arn"] == "{ROOT}"
            assert sts_client.get_caller_identity()["Arn"] == "{ROOT}"
        """,
    )


def test_the_clients_of_a_test_reach_the_same_server(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        def test_it(fake_iam, iam_client, sts_client, fake_iam_env):
            assert fake_iam_env is fake_iam
            assert {iam_client.meta.endpoint_url, sts_client.meta.endpoint_url} == {fake_iam.url}
        """,
    )


def test_each_test_begins_with_nothing(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        import pytest

        @pytest.mark.parametrize("time", ["first", "second"])
        def test_it(iam_client, time):
            assert iam_client.list_users()["Users"] == []
            iam_client.create_user(UserName="alice")
        """,
    )


def test_one_server_serves_the_whole_session(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        import pytest
        urls = set()

        @pytest.mark.parametrize("time", ["first", "second"])
        def test_it(fake_iam, time):
            urls.add(fake_iam.url)
            assert len(urls) == 1
        """,
    )


def test_the_session_server_keeps_its_state_for_those_who_ask_for_it(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        def test_one(fake_iam_server):
            fake_iam_server.client("iam").create_user(UserName="alice")

        def test_two(fake_iam_server):
            assert len(fake_iam_server.client("iam").list_users()["Users"]) == 1
        """,
    )


def test_the_settings_are_overridden_in_conftest(pytester: Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from fake_iam import Settings

        @pytest.fixture(scope="session")
        def fake_iam_settings():
            return Settings(port=0, auth="strict", account_id="111122223333")
        """
    )
    passes(
        pytester,
        """
        def test_it(fake_iam, sts_client):
            assert fake_iam.settings.auth == "strict"
            assert sts_client.get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:root"
        """,
    )


def test_a_root_key_of_the_settings_outlives_each_test(pytester: Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from fake_iam import Settings

        @pytest.fixture(scope="session")
        def fake_iam_settings():
            return Settings(port=0, auth="strict")
        """
    )
    passes(
        pytester,
        """
        import pytest
        keys = set()

        @pytest.mark.parametrize("time", ["first", "second"])
        def test_it(fake_iam, iam_client, time):
            iam_client.create_user(UserName="alice")
            keys.add(fake_iam.environment()["AWS_SECRET_ACCESS_KEY"])
            assert len(keys) == 1
        """,
    )


# --- fake_iam_env --------------------------------------------------------------------------------------------------

PLAIN_CLIENTS = f"""
import boto3

def test_it(fake_iam_env):
    assert boto3.client("sts").get_caller_identity()["Arn"] == "{ROOT}"
    boto3.client("iam").create_user(UserName="alice")
    assert len(fake_iam_env.client("iam").list_users()["Users"]) == 1
"""


def test_plain_clients_reach_the_fake(pytester: Pytester) -> None:
    passes(pytester, PLAIN_CLIENTS)


def test_plain_resources_reach_the_fake(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        import boto3

        def test_it(fake_iam_env):
            alice = boto3.resource("iam").create_user(UserName="alice")
            pair = alice.create_access_key_pair()
            pair.deactivate()
            assert [key.status for key in alice.access_keys.all()] == ["Inactive"]
        """,
    )


def test_plain_clients_reach_the_fake_whatever_the_environment_says(
    pytester: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    passes(pytester, PLAIN_CLIENTS)


def test_plain_clients_reach_the_fake_whatever_the_home_directory_says(pytester: Pytester) -> None:
    folder = pytester.mkdir(".aws")
    (folder / "config").write_text(CONFIG)
    (folder / "credentials").write_text(CREDENTIALS)
    passes(pytester, PLAIN_CLIENTS)


def test_plain_clients_reach_the_fake_whatever_files_are_named(
    pytester: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("AWS_CONFIG_FILE", CONFIG), ("AWS_SHARED_CREDENTIALS_FILE", CREDENTIALS)):
        monkeypatch.setenv(name, str(pytester.path / name))
        (pytester.path / name).write_text(text)
    passes(pytester, PLAIN_CLIENTS)


def test_plain_clients_reach_the_fake_whatever_proxy_is_set(
    pytester: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    passes(pytester, PLAIN_CLIENTS)


def test_plain_clients_reach_the_fake_even_if_boto3_was_used_before(pytester: Pytester) -> None:
    passes(
        pytester,
        f"""
        import boto3
        boto3.setup_default_session(
            aws_access_key_id="210987654321", aws_secret_access_key="real", region_name="eu-west-1"
        )

        def test_it(fake_iam_env):
            client = boto3.client("sts")
            assert client.get_caller_identity()["Arn"] == "{ROOT}"
            assert client.meta.region_name == "us-east-1"
        """,
        run=run_apart,
    )


def test_processes_that_the_code_starts_reach_the_fake(pytester: Pytester) -> None:
    passes(
        pytester,
        f"""
        import subprocess, sys
        CODE = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"

        def test_it(fake_iam_env):
            done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=30)
            assert done.stdout == "{ROOT}\\n", done.stderr
        """,
    )


def test_after_the_test_everything_is_as_before(pytester: Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    passes(
        pytester,
        """
        import os
        import boto3
        boto3.DEFAULT_SESSION = before_session = object()
        names = [name for name in os.environ if name.startswith("AWS_")]
        before = {name: os.environ[name] for name in names}

        def test_one(fake_iam_env):
            assert os.environ["AWS_ENDPOINT_URL_IAM"] == fake_iam_env.url

        def test_two():
            assert {name: value for name, value in os.environ.items() if name.startswith("AWS_")} == before
            assert boto3.DEFAULT_SESSION is before_session
        """,
        run=run_apart,
    )


# --- in process ----------------------------------------------------------------------------------------------------

IN_PROCESS = """
import pytest

@pytest.fixture(scope="session")
def fake_iam_transport():
    return "inprocess"
"""


def test_the_transport_is_overridden_in_conftest(pytester: Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", None)
    pytester.makeconftest(IN_PROCESS)
    passes(
        pytester,
        f"""
        def test_it(fake_iam, iam_client, sts_client):
            assert fake_iam.transport == "inprocess"
            iam_client.create_user(UserName="alice")
            assert sts_client.get_caller_identity()["Arn"] == "{ROOT}"
            assert [call.source for call in fake_iam.calls()] == ["in-process"] * 2
        """,
    )


def test_in_process_each_test_begins_with_nothing(pytester: Pytester) -> None:
    pytester.makeconftest(IN_PROCESS)
    passes(
        pytester,
        """
        import pytest

        @pytest.mark.parametrize("time", ["first", "second"])
        def test_it(iam_client, time):
            assert iam_client.list_users()["Users"] == []
            iam_client.create_user(UserName="alice")
        """,
    )


def test_in_process_plain_clients_reach_the_fake_even_if_they_were_built_before(pytester: Pytester) -> None:
    pytester.makeconftest(IN_PROCESS)
    passes(
        pytester,
        f"""
        import boto3

        before = boto3.session.Session().client(
            "sts", aws_access_key_id="210987654321", aws_secret_access_key="real", region_name="eu-west-1"
        )

        def test_it(fake_iam_env, iam_client):
            assert boto3.client("sts").get_caller_identity()["Arn"] == "{ROOT}"
            assert before.get_caller_identity()["Arn"] == "arn:aws:iam::210987654321:root"
            boto3.client("iam").create_user(UserName="alice")
            assert len(iam_client.list_users()["Users"]) == 1
        """,
    )


def test_in_process_everything_is_as_before_after_the_test(pytester: Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    pytester.makeconftest(IN_PROCESS)
    passes(
        pytester,
        """
        import os
        import boto3
        from botocore.endpoint import Endpoint
        boto3.DEFAULT_SESSION = before_session = object()

        def look():
            return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}, Endpoint._send

        before = look()

        def test_one(fake_iam_env):
            assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
            assert boto3.DEFAULT_SESSION is None

        def test_two():
            assert look() == before
            assert boto3.DEFAULT_SESSION is before_session
        """,
        run=run_apart,
    )


# --- beside others -------------------------------------------------------------------------------------------------


def test_workers_of_xdist_have_a_server_each(pytester: Pytester) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    passes(
        pytester,
        """
        import pathlib
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_it(fake_iam, iam_client, worker_id, number):
            iam_client.create_user(UserName="alice")
            assert len(iam_client.list_users()["Users"]) == 1
            pathlib.Path(f"url-{worker_id}").write_text(fake_iam.url)
        """,
        "-n",
        "2",
        "--dist",
        "each",
        run=run_apart,
    )
    urls = {path.name: path.read_text() for path in pytester.path.glob("url-*")}
    assert sorted(urls) == ["url-gw0", "url-gw1"]
    assert len(set(urls.values())) == 2


def test_a_run_without_the_fixtures_imports_nothing_heavy(pytester: Pytester) -> None:
    passes(
        pytester,
        """
        import sys

        def test_it(request):
            assert request.config.pluginmanager.has_plugin("fake_iam")
            ours = {name for name in sys.modules if name.partition(".")[0] == "fake_iam"}
            assert ours == {"fake_iam", "fake_iam.pytest_plugin"}
            assert {"boto3", "botocore", "yaml", "urllib3"} & set(sys.modules) == set()
        """,
        run=run_apart,
    )


def test_the_plugin_can_be_left_out(pytester: Pytester) -> None:
    pytester.makepyfile("def test_it(fake_iam): pass")
    result = run(pytester, "-p", "no:fake_iam")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'fake_iam' not found*"])


def test_a_port_that_is_taken_is_an_error_that_says_so(pytester: Pytester) -> None:
    pytester.makeconftest(
        """
        import socket
        import pytest
        from fake_iam import Settings

        @pytest.fixture(scope="session")
        def fake_iam_settings():
            with socket.create_server(("127.0.0.1", 0)) as taken:
                yield Settings(port=taken.getsockname()[1])
        """
    )
    pytester.makepyfile("def test_it(fake_iam): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*OSError: *Address already in use*"])


def test_a_client_of_a_module_that_found_no_credentials_reaches_the_fake(
    pytester: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lambda's client is made when conftest.py imports it: before any fixture, on a machine without credentials."""
    monkeypatch.setenv("HOME", str(pytester.mkdir("empty")))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    pytester.makepyfile(rotate="import boto3\n\niam = boto3.client('iam')\n")
    pytester.makeconftest(
        """
        import pytest
        import rotate


        @pytest.fixture(scope="session")
        def fake_iam_transport():
            return "inprocess"
        """
    )
    pytester.makepyfile(
        """
        import os

        import pytest
        import rotate
        from botocore.exceptions import NoCredentialsError


        def test_in_the_block(fake_iam_env):
            rotate.iam.create_user(UserName="alice")
            (call,) = fake_iam_env.calls("CreateUser")
            assert call.caller == "arn:aws:iam::123456789012:root"


        def test_behind_it():
            assert "AWS_ACCESS_KEY_ID" not in os.environ
            with pytest.raises(NoCredentialsError):
                rotate.iam.list_users()
        """
    )
    done = pytester.runpytest_subprocess(*OPTIONS)
    done.assert_outcomes(passed=2)


def test_the_clients_take_a_configuration(pytester: Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from botocore.config import Config


        @pytest.fixture
        def fake_iam_client_config():
            return Config(retries={"total_max_attempts": 1})
        """
    )
    pytester.makepyfile(
        """
        import pytest
        from botocore.exceptions import ClientError


        def test_it(fake_iam, iam_client, sts_client):
            for client, operation in ((iam_client, "ListUsers"), (sts_client, "GetCallerIdentity")):
                fake_iam.faults.add(operation, error="Throttling")
                with pytest.raises(ClientError, match="Rate exceeded"):
                    client.list_users() if operation == "ListUsers" else client.get_caller_identity()
                assert len(fake_iam.calls(operation)) == 1
        """
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=1)
