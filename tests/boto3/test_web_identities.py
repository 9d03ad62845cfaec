"""A job with a token of its provider, as SDKs take on a role for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from fake_iam import FakeIAM
from tests.support import AwsError, error

URL = "https://token.actions.githubusercontent.com"


@pytest.fixture
def role_arn(iam: Any) -> str:
    provider = iam.create_open_id_connect_provider(Url=URL, ClientIDList=["sts.amazonaws.com"])
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider["OpenIDConnectProviderArn"]},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/*"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


def test_a_client_sends_the_token(fake: FakeIAM, role_arn: str) -> None:
    sts = fake.client("sts")
    token = fake.web_identity_token(URL, sub="repo:octo-org/it:ref:refs/heads/main")
    made = sts.assume_role_with_web_identity(RoleArn=role_arn, RoleSessionName="gha", WebIdentityToken=token)
    assert made["SubjectFromWebIdentityToken"] == "repo:octo-org/it:ref:refs/heads/main"
    refused = {"RoleArn": role_arn, "RoleSessionName": "gha"}
    assert error(
        sts.assume_role_with_web_identity, WebIdentityToken=fake.web_identity_token(URL, sub="repo:me/it"), **refused
    ) == AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)


def test_a_session_finds_role_and_token_in_the_environment(
    fake: FakeIAM, role_arn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text(fake.web_identity_token(URL, sub="repo:octo-org/it:pull_request"))
    environment = fake.environment()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
        del environment[name]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ROLE_ARN", role_arn)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "gha")
    arn = boto3.session.Session().client("sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:sts::123456789012:assumed-role/deploy/gha"
