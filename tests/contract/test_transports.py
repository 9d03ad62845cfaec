"""What every transport must keep to: the same requests get the same bytes, and fail in the same way."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import boto3
import pytest
import time_machine
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from fake_iam import FakeIAM, ManualClock
from fake_iam.protocol.wire import BODY_LIMIT, WireRequest
from tests.support import INVALID_TOKEN, AwsError, Key, error

Transport = Literal["socket", "inprocess"]
TRANSPORTS: list[Transport] = ["socket", "inprocess"]
NOON = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
ROOT = Key("AKIAQROOTROOTROOTROO", "root-secret")
ANYBODY = Key("testing", "testing")
NO_RETRY = Config(retries={"total_max_attempts": 1})


@dataclass
class Line:
    """A fake on some transport, and every answer that its clients got, to the byte."""

    fake: FakeIAM
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    def client(self, service: str, key: Key = ANYBODY, **more: Any) -> Any:
        client = self.fake.client(
            service, access_key_id=key.id, secret_access_key=key.secret, session_token=key.token, **more
        )
        client.meta.events.register("response-received", self._record)
        return client

    def _record(self, response_dict: Any, **_: Any) -> None:
        headers = {name.lower(): text for name, text in response_dict["headers"].items()}
        del headers["date"]
        headers.pop("connection", None)
        self.answers.append((response_dict["status_code"], headers, response_dict["body"]))


@pytest.fixture(params=TRANSPORTS)
def fake(request: pytest.FixtureRequest) -> Iterator[FakeIAM]:
    with FakeIAM(transport=request.param) as running:
        yield running


def parsed(method: Callable[..., Any], **parameters: Any) -> Any:
    """The parsed answer, or that of an error."""
    try:
        answer = method(**parameters)
    except ClientError as problem:
        answer = problem.response
    for name in ("date", "connection"):
        answer["ResponseMetadata"]["HTTPHeaders"].pop(name, None)
    return answer


# --- the same bytes ------------------------------------------------------------------------------------------------


def life_of_a_key(line: Line) -> list[Any]:
    iam = line.client("iam")
    answers = [
        parsed(iam.create_user, UserName="alice", Path="/team/"),
        parsed(iam.create_access_key, UserName="alice"),
    ]
    alice = Key(answers[1]["AccessKey"]["AccessKeyId"], answers[1]["AccessKey"]["SecretAccessKey"])
    sts, own = line.client("sts", alice), line.client("iam", alice)
    return [
        *answers,
        parsed(sts.get_caller_identity),
        parsed(own.get_user),
        parsed(iam.update_access_key, UserName="alice", AccessKeyId=alice.id, Status="Inactive"),
        parsed(sts.get_caller_identity),
        parsed(own.update_access_key, AccessKeyId=alice.id, Status="Active"),
        parsed(iam.get_access_key_last_used, AccessKeyId=alice.id),
    ]


def lists_and_empty_results(line: Line) -> list[Any]:
    iam = line.client("iam")
    return [
        parsed(iam.list_users),
        *[parsed(iam.create_user, UserName=name) for name in ("alice", "bob", "carol")],
        parsed(iam.list_users, MaxItems=2),
        parsed(iam.list_users, Marker=iam.list_users(MaxItems=2)["Marker"]),
        parsed(iam.tag_user, UserName="alice", Tags=[{"Key": "team", "Value": "a"}]),
        parsed(iam.list_user_tags, UserName="alice"),
        parsed(iam.delete_user, UserName="bob"),
    ]


def odd_characters(line: Line) -> list[Any]:
    iam = line.client("iam")
    tags = [{"Key": "ä", "Value": "a+b = ü @ 漢"}, {"Key": "empty", "Value": ""}]
    return [
        parsed(iam.create_user, UserName="a+b=c,d.e@f-g_h", Path="/päth/"),
        parsed(iam.create_user, UserName="a+b=c,d.e@f-g_h", Path="/p/q/", Tags=tags),
        parsed(iam.list_user_tags, UserName="a+b=c,d.e@f-g_h"),
        parsed(iam.get_user, UserName="\x01 <&>\"'"),
    ]


def refusals(line: Line) -> list[Any]:
    iam = line.client("iam")
    return [
        parsed(iam.create_user, UserName="alice"),
        parsed(iam.create_user, UserName="ALICE"),
        parsed(iam.get_user, UserName="bob"),
        *[parsed(iam.create_access_key, UserName="alice") for _ in range(3)],
        parsed(iam.update_access_key, UserName="alice", AccessKeyId="A" * 20, Status="Frozen"),
        parsed(iam.list_users, PathPrefix="no slash", MaxItems=5000),
        parsed(iam.delete_user, UserName="alice"),
        parsed(iam.get_organizations_access_report, JobId="0" * 36),
    ]


def sessions(line: Line) -> list[Any]:
    iam = line.client("iam")
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    sts = line.client("sts", Key(made["AccessKeyId"], made["SecretAccessKey"]), region_name="eu-west-1")
    answers = [
        parsed(sts.get_session_token, DurationSeconds=900),
        parsed(sts.get_federation_token, Name="bob"),
        parsed(sts.get_access_key_info, AccessKeyId=made["AccessKeyId"]),
    ]
    token = answers[0]["Credentials"]
    alice = Key(token["AccessKeyId"], token["SecretAccessKey"], token["SessionToken"])
    return [
        *answers,
        parsed(line.client("sts", alice).get_caller_identity),
        parsed(line.client("iam", alice).list_users),
        parsed(line.client("sts", Key(alice.id, alice.secret, "another")).get_caller_identity),
    ]


def callers_of_a_strict_server(line: Line) -> list[Any]:
    sts = line.client("sts", ROOT)
    return [
        parsed(sts.get_caller_identity),
        parsed(line.client("iam", ROOT, region_name="here").get_user),
        parsed(line.client("iam", Key(ROOT.id, "another")).get_user),
        parsed(line.client("iam").get_user),
        parsed(line.client("sts", config=Config(signature_version=UNSIGNED)).get_caller_identity),
    ]


STRICT = {"auth": "strict", "root_access_key_id": ROOT.id, "root_secret_access_key": ROOT.secret}


@pytest.mark.parametrize(
    ("scenario", "settings", "statuses"),
    [
        (life_of_a_key, {}, [200, 200, 200, 200, 200, 403, 403, 200]),
        (lists_and_empty_results, {}, [200] * 10),
        (odd_characters, {}, [400, 200, 200, 400]),
        (refusals, {}, [200, 409, 404, 200, 200, 409, 400, 400, 409, 404]),
        (sessions, {}, [200, 200, 200, 200, 200, 200, 403, 403]),
        (callers_of_a_strict_server, STRICT, [200, 403, 403, 403, 403]),
    ],
)
def test_the_same_requests_get_the_same_bytes_over_every_transport(
    scenario: Callable[[Line], list[Any]], settings: dict[str, Any], statuses: list[int]
) -> None:
    lines, answers = [], []
    for transport in TRANSPORTS:
        with FakeIAM(transport=transport, clock=ManualClock(NOON), random_seed=42, **settings) as fake:
            lines.append(Line(fake))
            answers.append(scenario(lines[-1]))
    socket, inprocess = lines
    assert [status for status, _, _ in socket.answers] == statuses
    assert inprocess.answers == socket.answers
    assert answers[1] == answers[0]


def test_the_same_request_arrives_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Host and signature included: only what urllib3 adds on its own account is not there in process."""
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=1))
    arrived: list[WireRequest] = []
    with FakeIAM() as fake, time_machine.travel(NOON, tick=False):
        fake.assembled.engine.observers.append(lambda call, *_: arrived.append(call.request))
        url = fake.url.replace("127.0.0.1", "LOCALHOST")
        session = boto3.session.Session(aws_access_key_id="testing", aws_secret_access_key="secret")
        iam = session.client("iam", endpoint_url=url, region_name="us-east-1", config=Config(proxies={}))
        iam.create_user(UserName="a+b", Tags=[{"Key": "ä", "Value": "ü"}])
        fake.reset()
        with fake.intercept():
            iam.create_user(UserName="a+b", Tags=[{"Key": "ä", "Value": "ü"}])
    over_the_socket, in_process = (sent.headers for sent in arrived)
    assert over_the_socket.pop("accept-encoding") == "identity"
    assert in_process == over_the_socket
    assert in_process["host"] == fake_host(url)
    assert [(sent.method, sent.path, sent.query) for sent in arrived] == [("POST", "/", "")] * 2
    assert arrived[0].body == arrived[1].body


def fake_host(url: str) -> str:
    return url.removeprefix("http://").lower()


def test_an_answer_is_dated_by_the_machine(fake: FakeIAM) -> None:
    fake.clock.freeze(NOON)
    before = datetime.now(timezone.utc).replace(microsecond=0)
    headers = fake.client("iam").list_users()["ResponseMetadata"]["HTTPHeaders"]
    assert headers["date"].endswith(" GMT")
    assert before <= parsedate_to_datetime(headers["date"]) <= datetime.now(timezone.utc)


# --- the same failures ---------------------------------------------------------------------------------------------


def outcomes(fake: FakeIAM) -> list[str]:
    """The code of each call's error, or else how it ended."""
    return [call.code or call.outcome for call in fake.calls("ListUsers")]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore try again without a wait."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


EAGER = pytest.mark.usefixtures("at_once")


@EAGER
@pytest.mark.parametrize("code", ["Throttling", "ServiceUnavailable", "ServiceFailure"])
def test_a_call_that_fails_once_is_tried_again(fake: FakeIAM, code: str) -> None:
    fake.faults.add("ListUsers", error=code, times=1)
    config = Config(retries={"mode": "standard", "total_max_attempts": 2})
    assert fake.client("iam", config=config).list_users()["ResponseMetadata"]["RetryAttempts"] == 1
    assert outcomes(fake) == [code, "ok"]


@EAGER
def test_a_call_that_always_fails_is_given_up(fake: FakeIAM) -> None:
    fake.faults.add("ListUsers", error="Throttling", times=9)
    config = Config(retries={"mode": "standard", "total_max_attempts": 2})
    assert error(fake.client("iam", config=config).list_users) == AwsError("Throttling", "Rate exceeded", 400)
    assert outcomes(fake) == ["Throttling", "Throttling"]


def test_a_dropped_call_is_a_closed_connection(fake: FakeIAM) -> None:
    fake.faults.add("ListUsers", drop=True)
    iam = fake.client("iam", config=NO_RETRY)
    with pytest.raises(ConnectionClosedError) as caught:
        iam.list_users()
    assert str(caught.value) == (
        f'Connection was closed before we received a valid response from endpoint URL: "{iam.meta.endpoint_url}/".'
    )
    assert outcomes(fake) == ["dropped"]


@EAGER
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_dropped_call_is_tried_again(fake: FakeIAM, mode: Any) -> None:
    fake.faults.add("ListUsers", drop=True)
    iam = fake.client("iam", config=Config(retries={"mode": mode, "total_max_attempts": 2}))
    assert iam.list_users()["ResponseMetadata"]["RetryAttempts"] == 1
    assert outcomes(fake) == ["dropped", "ok"]


def test_a_call_that_is_delayed_comes_late(fake: FakeIAM) -> None:
    fake.faults.add("ListUsers", delay=timedelta(milliseconds=1))
    assert fake.client("iam").list_users()["Users"] == []
    assert outcomes(fake) == ["ok"]


@pytest.mark.parametrize("more", [{}, {"drop": True}])
def test_a_call_that_is_delayed_for_longer_than_the_client_waits_is_a_timeout(
    fake: FakeIAM, more: dict[str, Any]
) -> None:
    fake.faults.add("ListUsers", delay=timedelta(milliseconds=300), **more)
    iam = fake.client("iam", config=NO_RETRY.merge(Config(read_timeout=0.1)))
    with pytest.raises(ReadTimeoutError) as caught:
        iam.list_users()
    assert str(caught.value) == f'Read timeout on endpoint URL: "{iam.meta.endpoint_url}/"'


def test_a_body_over_the_limit_is_refused_before_it_is_read(fake: FakeIAM) -> None:
    iam = fake.client("iam", config=NO_RETRY)
    statuses: list[int] = []
    iam.meta.events.register("before-parse", lambda response_dict, **_: statuses.append(response_dict["status_code"]))
    with pytest.raises(ResponseParserError):
        iam.create_user(UserName="a" * BODY_LIMIT)
    assert statuses == [413]
    assert fake.calls() == []


def test_a_fault_of_ours_is_an_empty_500(fake: FakeIAM, caplog: pytest.LogCaptureFixture) -> None:
    def break_down(*_: Any) -> None:
        raise ZeroDivisionError

    iam = fake.client("iam", config=NO_RETRY)
    fake.assembled.engine.observers.append(break_down)
    assert error(iam.list_users) == AwsError("500", "Internal Server Error", 500)
    assert caplog.messages == ["internal fault outside the engine"]


def test_a_client_of_a_stopped_server_cannot_connect(fake: FakeIAM) -> None:
    iam = fake.client("iam", config=NO_RETRY)
    fake.stop()
    with pytest.raises(EndpointConnectionError) as caught:
        iam.list_users()
    assert str(caught.value) == f'Could not connect to the endpoint URL: "{iam.meta.endpoint_url}/"'


# --- the same steering ---------------------------------------------------------------------------------------------


def test_the_clock_is_steered_over_every_transport(fake: FakeIAM) -> None:
    fake.clock.freeze(NOON)
    iam = fake.client("iam")
    assert iam.create_user(UserName="alice")["User"]["CreateDate"] == NOON
    key_id = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    fake.backdate_user("alice", created="91 days ago")
    fake.backdate_access_key(key_id, created="91 days ago")
    (listed,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert listed["CreateDate"] == NOON - timedelta(days=91)


def test_snapshots_seeds_and_reset_work_over_every_transport(fake: FakeIAM) -> None:
    iam = fake.client("iam")
    fake.seed({"users": [{"name": "alice"}]})
    fake.snapshot("with alice")
    iam.create_user(UserName="bob")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["alice", "bob"]
    fake.restore("with alice")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["alice"]
    fake.reset()
    assert iam.list_users()["Users"] == []


def test_changes_take_their_time_over_every_transport(fake: FakeIAM) -> None:
    fake.clock.freeze(NOON)
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    sts = fake.client("sts", access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])
    assert sts.get_caller_identity()["Account"] == "123456789012"
    fake.propagation.delay(sts={"status_changes": "5 seconds"})
    iam.update_access_key(UserName="alice", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    fake.clock.set(NOON + timedelta(seconds=5))
    assert error(sts.get_caller_identity) == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


@pytest.mark.parametrize(("transport", "source"), [("socket", "127.0.0.1"), ("inprocess", "in-process")])
def test_the_journal_says_where_a_call_came_from(transport: Transport, source: str) -> None:
    with FakeIAM(transport=transport) as fake:
        fake.client("iam").list_users()
        (call,) = fake.calls()
    assert (call.operation, call.source) == ("ListUsers", source)
