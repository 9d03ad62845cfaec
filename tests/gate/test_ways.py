"""The gate from Python, pytest and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from fake_iam import FakeIAM, SettingsError
from tests.gate.upstream import BODY, PATIENCE, Upstream
from tests.support import WITHOUT_PLUGINS


def test_clients_of_every_service_are_made(gate: FakeIAM, upstream: Upstream) -> None:
    gate.client("s3").list_buckets()
    gate.session().client("dynamodb").list_tables()
    assert [sent.headers["x-moto-account-id"] for sent in upstream.sent] == ["123456789012"] * 2


def test_clients_of_services_without_an_upstream_go_their_own_way(upstream: Upstream) -> None:
    with FakeIAM(upstream=f"s3={upstream.url},monitoring={upstream.url}") as gate:
        endpoints = {
            service: gate.client(service).meta.endpoint_url for service in ("s3", "s3control", "cloudwatch", "sqs")
        }
    assert endpoints == {
        "s3": gate_url(endpoints["s3"]),
        "s3control": gate_url(endpoints["s3"]),
        "cloudwatch": gate_url(endpoints["s3"]),
        "sqs": "https://sqs.us-east-1.amazonaws.com",
    }


def gate_url(url: str) -> str:
    assert url.startswith("http://127.0.0.1:")
    return url


def test_the_environment_leads_every_client_here(gate: FakeIAM, upstream: Upstream) -> None:
    assert gate.environment()["AWS_ENDPOINT_URL"] == gate.url
    with FakeIAM(upstream=f"monitoring={upstream.url}, sqs={upstream.url}") as some:
        url = some.url
        names = {name for name, value in some.environment().items() if value == url}
    assert names == {
        "AWS_ENDPOINT_URL_IAM",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_CLOUDWATCH",
        "AWS_ENDPOINT_URL_SQS",
    }


def test_code_under_test_is_led_here_by_an_interception(gate: FakeIAM, upstream: Upstream) -> None:
    with gate.intercept():
        boto3.client("sqs").list_queues()
        boto3.client("iam").list_users()
    assert [sent.headers["x-amz-target"] for sent in upstream.sent] == ["AmazonSQS.ListQueues"]


def test_in_process_there_is_no_gate(upstream: Upstream) -> None:
    with pytest.raises(SettingsError, match="^upstream needs the transport socket: calls of other services"):
        FakeIAM(upstream=upstream.url, transport="inprocess")


def test_a_server_may_be_stopped_and_started_again(upstream: Upstream) -> None:
    gate = FakeIAM(upstream=upstream.url)
    for _ in range(2):
        with gate:
            assert requests.get(f"{gate.url}/bucket/key", timeout=PATIENCE).text == BODY
    assert upstream.connections == 2


def test_the_fixtures_take_it_as_a_setting(pytester: pytest.Pytester, upstream: Upstream) -> None:
    pytester.makeconftest(
        f"""
        import pytest
        from fake_iam import Settings

        @pytest.fixture(scope="session")
        def fake_iam_settings():
            return Settings(port=0, upstream={upstream.url!r})
        """
    )
    pytester.makepyfile(
        """
        import boto3

        def test_a_client_of_s3_comes_here(fake_iam_env):
            boto3.client("s3").list_buckets()
            assert [call.operation for call in fake_iam_env.calls()] == ["ListBuckets"]
        """
    )
    pytester.runpytest_subprocess(*WITHOUT_PLUGINS).assert_outcomes(passed=1)
    assert len(upstream.sent) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_the_command_tells_where_calls_go_and_passes_them_on(upstream: Upstream, tmp_path: Path, workers: int) -> None:
    given = ["--workers", "2", "--store", f"sqlite:///{tmp_path}/state.db"] if workers == 2 else []
    command = [sys.executable, "-m", "fake_iam", "--port", "0", "--upstream", upstream.url, *given]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FAKE_IAM_"))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            url = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
            assert process.stdout.readline() == (
                f"export AWS_ENDPOINT_URL_IAM={url} AWS_ENDPOINT_URL_STS={url} AWS_ENDPOINT_URL={url}\n"
            )
            assert process.stdout.readline() == f"calls of other services are passed on to {upstream.url}\n"
            for _ in range(4):
                assert requests.get(f"{url}/bucket/key", timeout=PATIENCE).text == BODY
        finally:
            process.terminate()


def test_the_command_env_prints_it(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from fake_iam.cli import main

    for name in [name for name in os.environ if name.startswith("FAKE_IAM_")]:
        monkeypatch.delenv(name)
    assert main(["env", "--port", "5001", "--upstream", "kms=http://127.0.0.1:8000"]) == 0
    url = "http://127.0.0.1:5001"
    printed: Any = capsys.readouterr().out
    assert printed == (f"export AWS_ENDPOINT_URL_IAM={url} AWS_ENDPOINT_URL_STS={url} AWS_ENDPOINT_URL_KMS={url}\n")
