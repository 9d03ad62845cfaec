"""Without a socket: FakeIAM in process, its sessions, and the block that reaches clients built by others."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from fake_iam import FakeIAM, Settings, SettingsError
from tests.support import MISMATCH, AwsError, error

NOT_RUNNING = "the server is not running: use FakeIAM in a with block, or call start()"
NO_ADDRESS = (
    'the transport inprocess has no address: use client(), session() or intercept(), or FakeIAM(transport="socket")'
)
ROOT = "arn:aws:iam::123456789012:root"
DISCARD = "http://127.0.0.1:9"  # the discard port: nobody answers there
NO_RETRY = Config(retries={"total_max_attempts": 1})
REAL = {"aws_access_key_id": "210987654321", "aws_secret_access_key": "real", "region_name": "eu-west-1"}
AMBIENT = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_CONFIG_FILE": "/no/such/config",
    "AWS_SESSION_TOKEN": "a real token",
    "AWS_SECURITY_TOKEN": "a real token",
    "AWS_CREDENTIAL_EXPIRATION": "2001-01-01T00:00:00Z",
    "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/production",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/token",
    "AWS_ACCESS_KEY_ID": "210987654321",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": DISCARD,
    "AWS_ENDPOINT_URL_IAM": DISCARD,
}


@pytest.fixture
def fake() -> Iterator[FakeIAM]:
    with FakeIAM(transport="inprocess") as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def refuse(*_: Any, **__: Any) -> None:
    raise AssertionError("a socket was opened")


def names(iam: Any) -> list[str]:
    return [user["UserName"] for user in iam.list_users()["Users"]]


def signs_with(session: Any) -> tuple[str, str, str | None]:
    found = session.get_credentials()
    return found.access_key, found.secret_key, found.token


def arn(sts: Any) -> str:
    return str(sts.get_caller_identity()["Arn"])


# --- life ----------------------------------------------------------------------------------------------------------


def test_no_socket_is_opened_and_no_thread_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for method in ("connect", "bind", "listen"):
        monkeypatch.setattr(f"socket.socket.{method}", refuse)
    before = threading.enumerate()
    with FakeIAM(transport="inprocess") as fake:
        assert arn(fake.client("sts", access_key_id="210987654321")) == "arn:aws:iam::210987654321:root"
        assert names(fake.client("iam")) == []
        assert set(threading.enumerate()) <= set(before)


def test_a_transport_that_there_is_not_is_refused() -> None:
    transport: Any = "pigeon"
    with pytest.raises(SettingsError) as caught:
        FakeIAM(transport=transport)
    assert str(caught.value) == "transport is 'pigeon'; it must be one of socket, inprocess"


def test_settings_are_given_as_to_a_socket() -> None:
    settings = Settings(account_id="111122223333")
    with FakeIAM(settings, transport="inprocess") as one, FakeIAM(transport="inprocess", page_size=1) as other:
        assert one.client("sts").get_caller_identity()["Account"] == "111122223333"
        assert other.settings.page_size == 1


@pytest.mark.parametrize(
    "use",
    [
        lambda f: f.url,
        lambda f: f.client("iam"),
        lambda f: f.session(),
        lambda f: f.environment(),
        lambda f: f.intercept().__enter__(),
    ],
)
@pytest.mark.parametrize("transport", ["socket", "inprocess"])
def test_before_the_start_nothing_is_answered(use: Any, transport: Any) -> None:
    with pytest.raises(RuntimeError) as caught:
        use(FakeIAM(transport=transport))
    assert str(caught.value) == NOT_RUNNING


@pytest.mark.parametrize("use", [lambda f: f.url, lambda f: f.environment()])
def test_there_is_no_address(fake: FakeIAM, use: Any) -> None:
    with pytest.raises(RuntimeError) as caught:
        use(fake)
    assert str(caught.value) == NO_ADDRESS


def test_a_client_works_again_when_its_fake_is_started_again() -> None:
    fake = FakeIAM(transport="inprocess")
    with fake:
        iam = fake.client("iam", config=NO_RETRY)
        iam.create_user(UserName="alice")
    with pytest.raises(EndpointConnectionError):
        iam.list_users()
    with fake:
        assert names(iam) == names(fake.client("iam")) == ["alice"]


def test_start_and_stop_may_be_called_twice() -> None:
    fake = FakeIAM(transport="inprocess")
    assert fake.start() is fake.start() is fake
    fake.stop()
    fake.stop()


def test_the_state_is_kept_across_restarts(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    with FakeIAM(transport="inprocess", state=state) as fake:
        fake.client("iam").create_user(UserName="alice")
    with FakeIAM(transport="inprocess", state=state) as fake:
        assert names(fake.client("iam")) == ["alice"]


def test_two_fakes_share_nothing() -> None:
    with FakeIAM(transport="inprocess") as one, FakeIAM(transport="inprocess") as other:
        one.client("iam").create_user(UserName="alice")
        assert names(other.client("iam")) == []


def test_a_client_is_sent_to_a_name_that_does_not_exist(fake: FakeIAM) -> None:
    """So that a URL which the code under test presigns, and uses without boto3, leads nowhere."""
    assert fake.client("sts").generate_presigned_url("get_caller_identity").startswith("http://fake-iam.invalid/?")


# --- sessions ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["socket", "inprocess"])
def either(request: pytest.FixtureRequest) -> Iterator[FakeIAM]:
    with FakeIAM(transport=request.param) as running:
        yield running


def test_a_session_makes_clients_and_resources_of_the_fake(either: FakeIAM) -> None:
    session = either.session()
    session.client("iam").create_user(UserName="alice")
    assert [user.name for user in session.resource("iam").users.all()] == ["alice"]
    assert arn(session.client("sts", region_name="eu-west-1")) == ROOT
    assert names(either.client("iam")) == ["alice"]


def test_a_session_is_of_a_region(either: FakeIAM) -> None:
    assert either.session().region_name == "us-east-1"
    assert either.session(region_name="eu-west-1").client("sts").meta.region_name == "eu-west-1"


def test_a_session_signs_with_the_key_it_is_given(either: FakeIAM) -> None:
    iam = either.client("iam")
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    session = either.session(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])
    assert arn(session.client("sts")) == "arn:aws:iam::123456789012:user/alice"
    token = session.client("sts").get_session_token()["Credentials"]
    in_session = either.session(
        access_key_id=token["AccessKeyId"],
        secret_access_key=token["SecretAccessKey"],
        session_token=token["SessionToken"],
    )
    assert arn(in_session.client("sts")) == "arn:aws:iam::123456789012:user/alice"
    wrong = either.session(access_key_id=made["AccessKeyId"], secret_access_key="another")
    assert error(wrong.client("sts").get_caller_identity) == AwsError("SignatureDoesNotMatch", MISMATCH, 403)


def test_a_client_of_a_session_may_have_a_key_of_its_own(either: FakeIAM) -> None:
    sts = either.session().client("sts", aws_access_key_id="210987654321", aws_secret_access_key="any")
    assert arn(sts) == "arn:aws:iam::210987654321:root"


@pytest.mark.parametrize("transport", ["socket", "inprocess"])
def test_a_session_of_a_strict_fake_signs_with_its_root_key(transport: Any) -> None:
    with FakeIAM(transport=transport, auth="strict") as fake:
        assert arn(fake.session().client("sts")) == ROOT


def test_a_session_reaches_the_fake_wherever_it_is_told_to_go(either: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    session = either.session()
    assert arn(session.client("sts", endpoint_url="https://sts.eu-west-1.amazonaws.com")) == ROOT
    assert arn(session.client("sts", use_ssl=True, config=NO_RETRY)) == ROOT
    assert signs_with(session) == ("testing", "testing", None)


def test_clients_of_other_services_are_left_alone(either: FakeIAM) -> None:
    s3 = either.session().client("s3", endpoint_url=DISCARD, config=NO_RETRY)
    with pytest.raises(EndpointConnectionError):
        s3.list_buckets()
    assert either.calls() == []
    assert either.session().client("s3").meta.endpoint_url == "https://s3.amazonaws.com"


def test_clients_are_made_from_several_threads(either: FakeIAM) -> None:
    found: list[str] = []
    session = either.session()
    threads = [threading.Thread(target=lambda: found.append(arn(session.client("sts")))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ROOT] * 4


# --- interception --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "build",
    [
        lambda: boto3.client("sts"),
        lambda: boto3.client("sts", region_name="eu-west-1"),
        lambda: boto3.client("sts", endpoint_url="https://sts.eu-west-1.amazonaws.com"),
        lambda: boto3.client("sts", endpoint_url=DISCARD),
        lambda: boto3.Session().client("sts"),
        lambda: boto3.Session(aws_access_key_id="x", aws_secret_access_key="y").client("sts", region_name="us-east-1"),
        lambda: botocore.session.get_session().create_client("sts"),
    ],
)
def test_any_client_that_is_built_inside_is_answered(either: FakeIAM, build: Any) -> None:
    with either.intercept():
        assert arn(build()) == ROOT
    (call,) = either.calls()
    assert call.operation == "GetCallerIdentity"


def test_a_resource_that_is_built_inside_is_answered(fake: FakeIAM) -> None:
    with fake.intercept():
        boto3.resource("iam").create_user(UserName="alice")
    assert names(fake.client("iam")) == ["alice"]


def test_clients_that_were_built_before_are_answered(fake: FakeIAM) -> None:
    iam = boto3.client("iam", config=NO_RETRY, **REAL)
    sts = boto3.client("sts", endpoint_url=DISCARD, config=NO_RETRY, **REAL)
    with fake.intercept():
        iam.create_user(UserName="alice")
        assert arn(sts) == "arn:aws:iam::210987654321:root"
    assert names(fake.client("iam", access_key_id="210987654321")) == ["alice"]


def test_a_client_that_was_built_without_credentials_signs_with_those_of_the_block(fake: FakeIAM) -> None:
    iam, sqs = boto3.client("iam"), boto3.client("sqs", region_name="us-east-1")
    with fake.intercept():
        iam.create_user(UserName="alice")
        assert [call.caller for call in fake.calls("CreateUser")] == ["arn:aws:iam::123456789012:root"]
        with pytest.raises(NoCredentialsError):
            sqs.list_queues()
    with pytest.raises(NoCredentialsError):
        iam.list_users()


def test_afterwards_clients_go_where_they_went_before(fake: FakeIAM) -> None:
    before = boto3.client("iam", endpoint_url=DISCARD, config=NO_RETRY, **REAL)
    with fake.intercept():
        inside = boto3.client("iam", endpoint_url=DISCARD, config=NO_RETRY)
    for iam in (before, inside):
        with pytest.raises(EndpointConnectionError):
            iam.list_users()


def test_clients_built_inside_are_sent_to_a_name_that_does_not_exist(fake: FakeIAM) -> None:
    """So that neither a process that the code starts nor a client that is used too late reaches AWS."""
    with fake.intercept():
        assert boto3.client("iam").meta.endpoint_url == "http://fake-iam.invalid"
        assert boto3.client("sts").meta.endpoint_url == "http://fake-iam.invalid"


def test_on_a_socket_processes_that_the_code_starts_are_answered_too() -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    with FakeIAM() as fake, fake.intercept():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{ROOT}\n", "")


def test_it_holds_whatever_the_environment_says(fake: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    with fake.intercept():
        sts = boto3.client("sts")
        assert arn(sts) == ROOT
        assert sts.meta.region_name == "us-east-1"
        assert signs_with(boto3.Session()) == ("testing", "testing", None)


def test_it_holds_even_if_boto3_was_used_before(fake: FakeIAM) -> None:
    boto3.setup_default_session(**REAL)
    before = boto3.DEFAULT_SESSION
    with fake.intercept():
        assert arn(boto3.client("sts")) == ROOT
    assert boto3.DEFAULT_SESSION is before


def test_inside_a_strict_fakes_block_the_root_key_signs() -> None:
    with FakeIAM(transport="inprocess", auth="strict") as fake, fake.intercept():
        assert arn(boto3.client("sts")) == ROOT


def look() -> tuple[Any, ...]:
    """All that an interception changes."""
    return dict(os.environ), boto3.DEFAULT_SESSION, Endpoint._send


@pytest.mark.parametrize("ambient", [{}, AMBIENT], ids=["nothing set", "much set"])
def test_everything_is_put_back(fake: FakeIAM, monkeypatch: pytest.MonkeyPatch, ambient: dict[str, str]) -> None:
    boto3.setup_default_session(**REAL)
    for name, value in ambient.items():
        monkeypatch.setenv(name, value)
    before = look()
    with fake.intercept():
        boto3.client("iam").list_users()
        inside = look()
    assert look() == before
    assert [one == other for one, other in zip(inside, before, strict=True)] == [False] * 3


def test_everything_is_put_back_on_an_error(fake: FakeIAM) -> None:
    before = look()
    with pytest.raises(KeyError), fake.intercept():
        boto3.client("iam")
        raise KeyError
    assert look() == before


def test_entering_a_fake_that_is_not_running_changes_nothing() -> None:
    before = look()
    with pytest.raises(RuntimeError), FakeIAM(transport="inprocess").intercept():
        raise AssertionError("entered")
    assert look() == before


def test_the_innermost_block_answers_and_then_the_outer_one_again(fake: FakeIAM) -> None:
    before = look()
    with FakeIAM(transport="inprocess", account_id="111122223333") as other, fake.intercept():
        outside = look()
        sts = boto3.client("sts")
        with other.intercept():
            assert arn(sts) == arn(boto3.client("sts")) == "arn:aws:iam::111122223333:root"
        assert arn(sts) == ROOT
        assert (look()[0], look()[2]) == (outside[0], outside[2])
    assert look() == before


def test_a_block_may_be_entered_inside_itself(fake: FakeIAM) -> None:
    before = look()
    block = fake.intercept()
    with block:
        with block:
            assert arn(boto3.client("sts")) == ROOT
        assert arn(boto3.client("sts")) == ROOT
    assert look() == before


def test_blocks_may_end_in_any_order(fake: FakeIAM) -> None:
    before = look()
    with FakeIAM(transport="inprocess", account_id="111122223333") as other:
        first, second = fake.intercept(), other.intercept()
        first.__enter__()
        second.__enter__()
        sts = boto3.client("sts")
        first.__exit__(None, None, None)
        assert arn(sts) == "arn:aws:iam::111122223333:root"
        second.__exit__(None, None, None)
    assert look() == before


def test_blocks_of_several_threads_leave_nothing_behind(fake: FakeIAM) -> None:
    before = look()
    together = threading.Barrier(4)
    found: list[str] = []

    def work() -> None:
        together.wait(timeout=60)
        with fake.intercept():
            together.wait(timeout=60)
            found.append(arn(botocore.session.Session().create_client("sts")))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ROOT] * 4
    assert look() == before


def test_a_thread_that_the_code_starts_is_answered(fake: FakeIAM) -> None:
    found: list[str] = []
    with fake.intercept():
        sts = boto3.client("sts")
        thread = threading.Thread(target=lambda: found.append(arn(sts)))
        thread.start()
        thread.join()
    assert found == [ROOT]


def test_what_another_tool_wrapped_meanwhile_stays_wrapped(fake: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Endpoint, "_send", Endpoint._send)  # to have it put back
    with fake.intercept():
        inner = Endpoint._send

        def wrapper(endpoint: Any, request: Any) -> Any:
            seen.append(request.url)
            return inner(endpoint, request)

        Endpoint._send = wrapper
    assert Endpoint._send is wrapper
    with pytest.raises(EndpointConnectionError):
        boto3.client("iam", endpoint_url=DISCARD, config=NO_RETRY, **REAL).list_users()
    assert seen == [f"{DISCARD}/"]
    with fake.intercept():
        assert arn(boto3.client("sts")) == ROOT


def test_it_is_a_decorator_too(fake: FakeIAM) -> None:
    @fake.intercept()
    def whoami() -> str:
        return arn(boto3.client("sts"))

    assert [whoami(), whoami()] == [ROOT, ROOT]


def test_other_services_go_where_they_went_before(fake: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", DISCARD)
    with fake.intercept():
        s3 = boto3.client("s3", config=NO_RETRY)
        with pytest.raises(EndpointConnectionError) as caught:
            s3.list_buckets()
    assert str(caught.value) == f'Could not connect to the endpoint URL: "{DISCARD}/"'
    assert fake.calls() == []


@pytest.mark.parametrize("transport", ["socket", "inprocess"])
def test_clients_that_another_fake_made_stay_with_it(fake: FakeIAM, transport: Any) -> None:
    with FakeIAM(transport=transport) as other:
        other.client("iam").create_user(UserName="alice")
        before = other.session().client("iam")
        with fake.intercept():
            assert names(before) == names(other.client("iam")) == ["alice"]
            assert names(boto3.client("iam")) == []


def test_when_the_fake_stops_inside_its_block_nobody_answers(fake: FakeIAM) -> None:
    with fake.intercept():
        iam = boto3.client("iam", config=NO_RETRY)
        fake.stop()
        with pytest.raises(EndpointConnectionError):
            iam.list_users()


def test_a_client_that_waits_too_briefly_times_out_inside_too(fake: FakeIAM) -> None:
    fake.faults.add("ListUsers", delay=timedelta(milliseconds=100), times=2)
    with fake.intercept():
        with pytest.raises(ReadTimeoutError):
            boto3.client("iam", config=NO_RETRY.merge(Config(read_timeout=0.05))).list_users()
        assert names(boto3.client("iam", config=NO_RETRY)) == []
