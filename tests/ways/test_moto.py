"""``fake_iam.moto``: a suite that was written for moto moves by one import."""

from __future__ import annotations

import asyncio
import os
import unittest
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from fake_iam import moto
from fake_iam.interception import OtherServiceError
from fake_iam.moto import mock_aws, mock_iam, mock_sts
from fake_iam.settings import SettingsError

OF_MOTO = moto._moto
WITH_MOTO = pytest.mark.skipif(find_spec("moto") is None, reason="moto is not installed: tox -e moto")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests are about fake_iam alone, whether moto is installed or not."""
    monkeypatch.setattr(moto, "_moto", lambda config: None)


def iam() -> Any:
    return boto3.client("iam", region_name="us-east-1")


def names() -> list[str]:
    return [user["UserName"] for user in iam().list_users()["Users"]]


@mock_aws
def test_a_function_is_a_block() -> None:
    iam().create_user(UserName="alice")
    assert names() == ["alice"]
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"


@mock_aws()
def test_each_block_begins_with_nothing() -> None:
    assert names() == []


@pytest.mark.parametrize("name", ["alice"])
@mock_aws
def test_a_decorated_test_still_takes_its_parameters(name: str) -> None:
    iam().create_user(UserName=name)
    assert names() == [name]


@pytest.mark.parametrize("mock", [mock_iam, mock_sts])
def test_the_old_names_are_there(mock: Any) -> None:
    with mock():
        assert names() == []


def test_an_inner_block_goes_on_with_the_outer_ones_state() -> None:
    with mock_aws():
        iam().create_user(UserName="alice")
        with mock_aws():
            assert names() == ["alice"]
        assert names() == ["alice"]
    with mock_aws():
        assert names() == []


def test_a_key_that_is_switched_off_is_refused() -> None:
    with mock_aws():
        iam().create_user(UserName="alice")
        key = iam().create_access_key(UserName="alice")["AccessKey"]
        iam().update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        signed = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            boto3.client("sts", **signed).get_caller_identity()


def test_the_environment_and_the_session_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    session = boto3.DEFAULT_SESSION
    with mock_aws():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    assert boto3.DEFAULT_SESSION is session


def test_start_and_stop() -> None:
    mock = mock_aws()
    mock.start()
    iam().create_user(UserName="alice")
    mock.reset()
    assert names() == []
    mock.stop()
    with pytest.raises(RuntimeError, match=r"^stop\(\) was called before start\(\)$"):
        mock.stop()


def test_a_coroutine_is_inside_the_block() -> None:
    @mock_aws
    async def made() -> list[str]:
        iam().create_user(UserName="alice")
        await asyncio.sleep(0)
        return names()

    assert asyncio.run(made()) == ["alice"]


def test_a_generator_is_inside_the_block() -> None:
    @mock_aws
    def clients() -> Iterator[Any]:
        yield iam()

    for client in clients():
        client.create_user(UserName="alice")


def test_an_error_leaves_the_block() -> None:
    @mock_aws
    def fail() -> None:
        iam().create_user(UserName="alice")
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    with mock_aws():
        assert names() == []


@mock_aws
class TestAClassOfPytest:
    def test_one(self) -> None:
        iam().create_user(UserName="alice")
        assert names() == ["alice"]

    def test_two(self) -> None:
        assert names() == []

    class TestInside:
        def test_three(self) -> None:
            assert names() == []


@mock_aws
class TestWithSetup:
    def setup_method(self) -> None:
        iam().create_user(UserName="alice")

    @pytest.mark.parametrize("again", [1, 2])
    def test_what_it_makes_is_there(self, again: int) -> None:
        assert names() == ["alice"]
        self.helper()

    def helper(self) -> None:
        assert names() == ["alice"]

    def teardown_method(self, method: Any) -> None:
        assert method.__name__.startswith("test_what")


@mock_aws
class Cases(unittest.TestCase):
    def setUp(self) -> None:
        iam().create_user(UserName="alice")

    def test_what_is_set_up_is_there(self) -> None:
        self.assertEqual(names(), ["alice"])
        iam().create_user(UserName="bob")

    def test_each_test_begins_anew(self) -> None:
        self.assertEqual(names(), ["alice"])


def test_a_block_is_steered() -> None:
    with mock_aws() as mock:
        mock.fake.seed({"users": [{"name": "alice", "access_keys": [{"created": "91 days ago"}]}]})
        assert names() == ["alice"]
        assert [call.operation for call in mock.fake.calls()] == ["ListUsers"]
    with pytest.raises(RuntimeError, match=r"^no block of mock_aws has been entered$"):
        mock_aws().fake.reset()


def test_settings_are_taken_and_checked() -> None:
    with mock_aws(config={"fake_iam": {"account_id": "111122223333"}, "iam": {"load_aws_managed_policies": True}}):
        assert boto3.client("sts").get_caller_identity()["Account"] == "111122223333"
    with pytest.raises(SettingsError, match="account_id"), mock_aws(config={"fake_iam": {"account_id": "1"}}):
        pass
    with mock_aws():
        assert names() == []


def test_another_service_is_an_error_that_names_it() -> None:
    with (
        mock_aws(),
        pytest.raises(
            OtherServiceError,
            match=r"^fake_iam answers IAM and STS; this call to s3 would have gone to AWS. With moto installed "
            r"\(pip install 'moto\[s3\]'\) mock_aws answers it, too$",
        ),
    ):
        boto3.client("s3").list_buckets()


@WITH_MOTO
def test_other_services_are_motos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto, "_moto", OF_MOTO)
    before = iam()
    with mock_aws() as mock:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")
        before.create_user(UserName="alice")
        assert [call.operation for call in mock.fake.calls()] == ["CreateUser"]
        assert [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]] == ["reports"]
    with mock_aws():
        assert boto3.client("s3").list_buckets()["Buckets"] == []
