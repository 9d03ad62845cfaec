"""FakeIAM in Python: a with block, clients, settings by name, the clock, reset, and nothing left behind."""

from __future__ import annotations

import os
import socket
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

import fake_iam
from fake_iam import FakeIAM, ManualClock, Settings, SettingsError
from tests.support import INVALID_TOKEN, AwsError, error

NOT_RUNNING = "the server is not running: use FakeIAM in a with block, or call start()"


def names(iam: Any) -> list[str]:
    return [user["UserName"] for user in iam.list_users()["Users"]]


# --- life ----------------------------------------------------------------------------------------------------------


def test_a_with_block_serves_on_a_free_local_port() -> None:
    with FakeIAM() as one, FakeIAM() as other:
        assert one.url.startswith("http://127.0.0.1:")
        assert one.url != other.url


def test_two_servers_share_nothing() -> None:
    with FakeIAM() as one, FakeIAM() as other:
        one.client("iam").create_user(UserName="alice")
        assert names(other.client("iam")) == []


@pytest.mark.parametrize("use", [lambda f: f.url, lambda f: f.client("iam"), lambda f: f.environment()])
def test_before_the_start_there_is_no_address(use: Any) -> None:
    with pytest.raises(RuntimeError) as caught:
        use(FakeIAM())
    assert str(caught.value) == NOT_RUNNING


def test_after_the_stop_there_is_no_address() -> None:
    with FakeIAM() as fake:
        pass
    with pytest.raises(RuntimeError) as caught:
        _ = fake.url
    assert str(caught.value) == NOT_RUNNING


def test_start_and_stop_may_be_called_twice() -> None:
    fake = FakeIAM()
    assert fake.start() is fake
    url = fake.url
    assert fake.start().url == url
    fake.stop()
    fake.stop()


def test_a_server_started_again_still_has_its_users() -> None:
    fake = FakeIAM()
    with fake:
        fake.client("iam").create_user(UserName="alice")
    with fake:
        assert names(fake.client("iam")) == ["alice"]


def test_stop_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with FakeIAM() as fake:
        fake.client("iam").list_users()
        requests.get(f"{fake.url}/_fake_iam/health", timeout=10)
        ours = set(threading.enumerate()) - before
        assert ours
    for thread in ours:
        thread.join(timeout=10)
    assert [thread for thread in ours if thread.is_alive()] == []


def test_stop_leaves_no_thread_even_if_a_client_is_silent() -> None:
    before = set(threading.enumerate())
    with FakeIAM() as fake:
        port = int(fake.url.rpartition(":")[2])
        silent = socket.create_connection(("127.0.0.1", port), timeout=10)
        requests.get(f"{fake.url}/_fake_iam/health", timeout=10)
        ours = set(threading.enumerate()) - before
    with silent:
        for thread in ours:
            thread.join(timeout=10)
        assert [thread for thread in ours if thread.is_alive()] == []
        assert silent.recv(1) == b""


def test_a_stopped_server_refuses_connections() -> None:
    with FakeIAM() as fake:
        iam = fake.client("iam", config=Config(retries={"max_attempts": 0}))
    with pytest.raises(EndpointConnectionError):
        iam.list_users()


def test_a_port_is_free_again_after_the_stop() -> None:
    with FakeIAM() as fake:
        fake.client("iam").list_users()
        port = int(fake.url.rpartition(":")[2])
    with FakeIAM(port=port) as again:
        assert names(again.client("iam")) == []


def test_a_taken_port_is_an_os_error_on_start() -> None:
    with FakeIAM() as fake:
        second = FakeIAM(port=int(fake.url.rpartition(":")[2]))
        with pytest.raises(OSError, match="Address already in use"):
            second.start()


def test_the_block_ends_the_server_on_an_error_too() -> None:
    with pytest.raises(KeyError), FakeIAM() as fake:
        raise KeyError
    with pytest.raises(RuntimeError):
        _ = fake.url


# --- settings ------------------------------------------------------------------------------------------------------


def test_settings_are_given_by_name() -> None:
    with FakeIAM(account_id="111122223333", access_keys_per_user=1) as fake:
        iam = fake.client("iam")
        assert iam.create_user(UserName="alice")["User"]["Arn"] == "arn:aws:iam::111122223333:user/alice"
        iam.create_access_key(UserName="alice")
        assert error(iam.create_access_key, UserName="alice") == AwsError(
            "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 1", 409
        )


def test_settings_are_given_as_one_object() -> None:
    settings = Settings(port=0, users_per_account=1)
    with FakeIAM(settings) as fake:
        assert fake.settings is settings


def test_settings_are_not_given_both_ways() -> None:
    with pytest.raises(TypeError) as caught:
        FakeIAM(Settings(port=0), auth="strict")
    assert str(caught.value) == "give settings, or single settings by name, but not both"


def test_a_bad_setting_is_refused_before_anything_starts() -> None:
    with pytest.raises(SettingsError) as caught:
        FakeIAM(page_size=0)
    assert str(caught.value) == "page_size is 0; it must be from 1 to 1000"


def test_the_environment_of_the_process_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_IAM_AUTH", "strict")
    assert FakeIAM().settings.auth == "issued"


def test_a_seed_makes_ids_and_secrets_the_same() -> None:
    made = []
    for _ in range(2):
        with FakeIAM(random_seed=42) as fake:
            iam = fake.client("iam")
            user_id = iam.create_user(UserName="alice")["User"]["UserId"]
            key = iam.create_access_key(UserName="alice")["AccessKey"]
            made.append((user_id, key["AccessKeyId"], key["SecretAccessKey"]))
    assert made[0] == made[1]


def test_without_a_seed_keys_differ() -> None:
    made = set()
    for _ in range(2):
        with FakeIAM() as fake:
            iam = fake.client("iam")
            iam.create_user(UserName="alice")
            made.add(iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"])
    assert len(made) == 2


# --- clients -------------------------------------------------------------------------------------------------------


def test_a_client_is_the_root_user_unless_told_otherwise(fake: FakeIAM) -> None:
    assert fake.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:root"


def test_a_client_of_a_strict_server_signs_with_its_root_key() -> None:
    with FakeIAM(auth="strict") as fake:
        assert fake.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:root"


def test_a_client_signs_with_the_key_it_is_given(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    sts = fake.client("sts", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/alice"


def test_a_client_takes_the_three_parts_of_a_session(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    sts = fake.client("sts", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    made = sts.get_session_token()["Credentials"]
    session = fake.client(
        "sts",
        access_key_id=made["AccessKeyId"],
        secret_access_key=made["SecretAccessKey"],
        session_token=made["SessionToken"],
    )
    assert session.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/alice"


def test_a_client_is_made_for_a_region(fake: FakeIAM) -> None:
    assert fake.client("sts", region_name="eu-west-1").meta.region_name == "eu-west-1"


def test_a_client_takes_more_of_what_boto3_takes(fake: FakeIAM) -> None:
    config = Config(retries={"max_attempts": 0}, user_agent_extra="rotator")
    assert fake.client("iam", config=config).meta.config.user_agent_extra == "rotator"


def test_a_client_does_not_care_about_profile_endpoint_and_proxy(
    fake: FakeIAM, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:9"
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, nowhere)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210987654321")
    assert fake.client("iam").get_user()["User"]["Arn"] == "arn:aws:iam::123456789012:root"


def test_a_client_does_not_look_for_the_profile_of_the_environment(
    fake: FakeIAM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert names(fake.client("iam")) == []


def test_the_environment_brings_any_client_here(fake: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in fake.environment().items():
        monkeypatch.setenv(name, value)
    session = boto3.session.Session()
    assert session.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:root"
    assert session.client("iam").meta.endpoint_url == fake.url


def test_the_environment_has_the_root_key_of_a_strict_server() -> None:
    settings: dict[str, Any] = {"root_access_key_id": "AKIAQROOTROOTROOTROO", "root_secret_access_key": "root-secret"}
    with FakeIAM(auth="strict", **settings) as fake:
        assert fake.environment() == {
            "AWS_ENDPOINT_URL_IAM": fake.url,
            "AWS_ENDPOINT_URL_STS": fake.url,
            "AWS_ACCESS_KEY_ID": "AKIAQROOTROOTROOTROO",
            "AWS_SECRET_ACCESS_KEY": "root-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
        }


def test_the_process_environment_is_left_alone(fake: FakeIAM) -> None:
    before = dict(os.environ)
    fake.client("iam").list_users()
    fake.environment()
    assert dict(os.environ) == before


# --- clock ---------------------------------------------------------------------------------------------------------


def test_a_manual_clock_dates_users_and_keys() -> None:
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=timezone.utc))
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        user = iam.create_user(UserName="alice")["User"]
        clock.advance(timedelta(days=1, seconds=5))
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        assert user["CreateDate"] == datetime(2026, 3, 1, tzinfo=timezone.utc)
        assert key["CreateDate"] == datetime(2026, 3, 2, 0, 0, 5, tzinfo=timezone.utc)


def test_the_dates_of_a_list_and_of_the_creation_are_the_same() -> None:
    clock = ManualClock(datetime(2026, 3, 1, 1, 2, 3, 999999, tzinfo=timezone.utc))
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        (listed,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
        assert key["CreateDate"] == listed["CreateDate"] == datetime(2026, 3, 1, 1, 2, 3, tzinfo=timezone.utc)


def test_a_clock_far_from_now_refuses_no_signature() -> None:
    with FakeIAM(auth="strict", clock=ManualClock(datetime(2001, 1, 1, tzinfo=timezone.utc))) as fake:
        assert names(fake.client("iam")) == []


def test_a_session_runs_out_by_the_clock() -> None:
    clock = ManualClock()
    with FakeIAM(clock=clock) as fake:
        iam = fake.client("iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        sts = fake.client("sts", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
        made = sts.get_session_token(DurationSeconds=900)["Credentials"]
        assert made["Expiration"] == datetime(2026, 1, 1, 0, 15, tzinfo=timezone.utc)
        session = fake.client(
            "sts",
            access_key_id=made["AccessKeyId"],
            secret_access_key=made["SecretAccessKey"],
            session_token=made["SessionToken"],
        )
        clock.advance(timedelta(minutes=15))
        assert error(session.get_caller_identity) == AwsError(
            "ExpiredToken", "The security token included in the request is expired", 403
        )


def test_a_clock_takes_no_naive_time() -> None:
    with pytest.raises(ValueError, match="^the clock takes a datetime with a time zone, not the naive 2026-01-01T00:"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001 the point of the test


# --- reset ---------------------------------------------------------------------------------------------------------


def test_reset_forgets_the_users(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    fake.reset()
    assert names(iam) == []


def test_reset_forgets_other_accounts_too(fake: FakeIAM) -> None:
    elsewhere = fake.client("iam", access_key_id="210987654321")
    elsewhere.create_user(UserName="alice")
    fake.reset()
    assert names(elsewhere) == []


def test_reset_draws_the_seeds_ids_from_the_beginning() -> None:
    with FakeIAM(random_seed=42) as fake:
        iam = fake.client("iam")
        before = iam.create_user(UserName="alice")["User"]["UserId"]
        fake.reset()
        assert iam.create_user(UserName="bob")["User"]["UserId"] == before


def test_reset_leaves_the_root_key_and_its_secret() -> None:
    with FakeIAM(auth="strict") as fake:
        sts = fake.client("sts")
        before = fake.environment()
        fake.reset()
        assert fake.environment() == before
        assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:root"


def test_a_key_from_before_a_reset_is_unknown_to_a_strict_server() -> None:
    with FakeIAM(auth="strict") as fake:
        iam = fake.client("iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        sts = fake.client("sts", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
        fake.reset()
        assert error(sts.get_caller_identity) == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


# --- the package ---------------------------------------------------------------------------------------------------


def test_every_public_name_is_there() -> None:
    assert [name for name in fake_iam.__all__ if getattr(fake_iam, name, None) is None] == []


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = fake_iam.Server
    assert str(caught.value) == "module 'fake_iam' has no attribute 'Server'"
