"""The pytest fixtures; everything heavy is imported inside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fake_iam.fake import FakeIAM
    from fake_iam.settings import Settings

AMBIENT = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


@pytest.fixture(scope="session")
def fake_iam_settings() -> Settings:
    """How the server of this test session behaves. Override it in conftest.py; keep ``port=0`` for parallel runs."""
    from fake_iam.settings import Settings

    return Settings(port=0)


@pytest.fixture(scope="session")
def fake_iam_server(fake_iam_settings: Settings) -> Iterator[FakeIAM]:
    """One server for the whole session (under pytest-xdist: for each worker). Tests want ``fake_iam``."""
    from fake_iam.fake import FakeIAM

    with FakeIAM(fake_iam_settings) as server:
        yield server


@pytest.fixture
def fake_iam(fake_iam_server: FakeIAM) -> FakeIAM:
    """The session's server with fresh state for this test."""
    fake_iam_server.reset()
    return fake_iam_server


@pytest.fixture
def iam_client(fake_iam: FakeIAM) -> Any:
    """A boto3 IAM client of the root user."""
    return fake_iam.client("iam")


@pytest.fixture
def sts_client(fake_iam: FakeIAM) -> Any:
    """A boto3 STS client of the root user."""
    return fake_iam.client("sts")


@pytest.fixture
def fake_iam_env(fake_iam: FakeIAM, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> FakeIAM:
    """Sets the AWS_* variables, so that clients which the code under test builds itself reach the fake."""
    for name in AMBIENT:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / f"no-{name.lower()}"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost,::1", prepend=",")
    for name, value in fake_iam.environment().items():
        monkeypatch.setenv(name, value)
    _forget_default_session(monkeypatch)
    return fake_iam


def _forget_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
