"""The pytest fixtures; everything heavy is imported inside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from botocore.config import Config

    from fake_iam.fake import FakeIAM
    from fake_iam.settings import Settings

OTHER_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")


@pytest.fixture(scope="session")
def fake_iam_settings() -> Settings:
    """How the server of this test session behaves. Override it in conftest.py; keep ``port=0`` for parallel runs."""
    from fake_iam.settings import Settings

    return Settings(port=0)


@pytest.fixture(scope="session")
def fake_iam_transport() -> Literal["socket", "inprocess"]:
    """How clients reach the server of this test session: ``socket``. Override it in conftest.py for ``inprocess``."""
    return "socket"


@pytest.fixture(scope="session")
def fake_iam_server(
    fake_iam_settings: Settings, fake_iam_transport: Literal["socket", "inprocess"]
) -> Iterator[FakeIAM]:
    """One server for the whole session (under pytest-xdist: for each worker). Tests want ``fake_iam``."""
    from fake_iam.fake import FakeIAM

    with FakeIAM(fake_iam_settings, transport=fake_iam_transport) as server:
        yield server


@pytest.fixture
def fake_iam(fake_iam_server: FakeIAM) -> FakeIAM:
    """The session's server with fresh state for this test."""
    fake_iam_server.reset()
    return fake_iam_server


@pytest.fixture
def fake_iam_client_config() -> Config | None:
    """The botocore configuration of ``iam_client`` and ``sts_client``: the default one. Override it for retries."""
    return None


@pytest.fixture
def iam_client(fake_iam: FakeIAM, fake_iam_client_config: Config | None) -> Any:
    """A boto3 IAM client of the root user, with the options of ``fake_iam_client_config``."""
    return fake_iam.client("iam", config=fake_iam_client_config)


@pytest.fixture
def sts_client(fake_iam: FakeIAM, fake_iam_client_config: Config | None) -> Any:
    """A boto3 STS client of the root user, with the options of ``fake_iam_client_config``."""
    return fake_iam.client("sts", config=fake_iam_client_config)


@pytest.fixture
def fake_iam_env(fake_iam: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIAM]:
    """Sets the AWS_* variables, so that clients which the code under test builds itself reach the fake.

    In process, clients that it built before reach it, too.
    """
    if fake_iam.transport == "inprocess":
        with fake_iam.intercept():
            yield fake_iam
        return
    _lead_to(fake_iam, monkeypatch)
    yield fake_iam


def _lead_to(fake_iam: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    from fake_iam.surroundings import surroundings

    for name, value in {**dict.fromkeys(OTHER_ENDPOINTS), **surroundings(fake_iam.environment())}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost,::1", prepend=",")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
