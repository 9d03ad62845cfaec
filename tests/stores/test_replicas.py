"""Several servers over one store: what must hold of an account holds whoever is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from socket import gethostname
from typing import Any
from urllib.parse import urlencode

import pytest
import xmltodict

from tests.conftest import new_address
from tests.support import IAM_VERSION, INVALID_TOKEN, AwsError, Key, Wire
from tests.ways.command import Served, served

ROUNDS = 10
DENY_ALL = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_address(request, request.param, tmp_path)


class Replica:
    """A server in a process of its own, and one connection to it."""

    def __init__(self, server: Served) -> None:
        self._connection = HTTPConnection("127.0.0.1", int(server.port), timeout=30)

    def call(self, action: str, **parameters: str) -> str:
        """``ok``, or the code of the error."""
        return self.ask(action, **parameters)[0]

    def ask(self, action: str, **parameters: str) -> tuple[str, Any]:
        """``ok`` and the result, or the code of the error and its text."""
        query = urlencode({"Action": action, "Version": IAM_VERSION, **parameters})
        self._connection.request("GET", f"/?{query}")
        document = xmltodict.parse(self._connection.getresponse().read())
        ((name, root),) = document.items()
        if name == "ErrorResponse":
            return root["Error"]["Code"], root["Error"].get("Message")
        return "ok", root.get(f"{action}Result")

    def get(self, page: str) -> Any:
        """What a control page shows."""
        self._connection.request("GET", f"/_fake_iam/{page}")
        return self._document()

    def steer(self, page: str, **body: Any) -> Any:
        """What a control page answers."""
        self._connection.request("POST", f"/_fake_iam/{page}", json.dumps(body))
        return self._document()

    def _document(self) -> Any:
        answer = self._connection.getresponse()
        document = json.loads(answer.read())
        assert answer.status == 200, document
        return document

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def replicas(address: str) -> Iterator[tuple[Replica, Replica]]:
    with ExitStack() as stack:
        servers = [stack.enter_context(served("--store", address)) for _ in range(2)]
        one, other = (Replica(server) for server in servers)
        yield one, other
        one.close()
        other.close()


def at_once(*calls: tuple[Replica, str, dict[str, str]]) -> list[str]:
    """Make calls at the same moment, each to a replica of its own; their answers in this order."""
    start = threading.Barrier(len(calls))
    answers = [""] * len(calls)

    def make(number: int, replica: Replica, action: str, parameters: dict[str, str]) -> None:
        start.wait(30)
        answers[number] = replica.call(action, **parameters)

    threads = [threading.Thread(target=make, args=(number, *call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_a_user_gets_two_keys_and_never_a_third(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    for number in range(ROUNDS):
        name = f"user{number}"
        assert one.call("CreateUser", UserName=name) == other.call("CreateAccessKey", UserName=name) == "ok"
        answers = at_once(*((replica, "CreateAccessKey", {"UserName": name}) for replica in replicas))
        assert sorted(answers) == ["LimitExceeded", "ok"]
        _, listed = one.ask("ListAccessKeys", UserName=name)
        assert len(listed["AccessKeyMetadata"]["member"]) == 2


def test_a_name_is_taken_once(replicas: tuple[Replica, Replica]) -> None:
    for number in range(ROUNDS):
        names = [f"user{number}", f"USER{number}"]
        answers = at_once(
            *((replica, "CreateUser", {"UserName": name}) for replica, name in zip(replicas, names, strict=True))
        )
        assert sorted(answers) == ["EntityAlreadyExists", "ok"]
    _, listed = replicas[0].ask("ListUsers")
    assert len(listed["Users"]["member"]) == ROUNDS


def test_a_policy_that_is_deleted_is_not_attached(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    one.call("CreateUser", UserName="alice")
    for number in range(ROUNDS):
        _, made = one.ask("CreatePolicy", PolicyName=f"policy{number}", PolicyDocument=DENY_ALL)
        arn = made["Policy"]["Arn"]
        answers = at_once(
            (one, "DeletePolicy", {"PolicyArn": arn}),
            (other, "AttachUserPolicy", {"UserName": "alice", "PolicyArn": arn}),
        )
        assert answers in (["ok", "NoSuchEntity"], ["DeleteConflict", "ok"])
        if answers[1] == "ok":
            assert one.call("DetachUserPolicy", UserName="alice", PolicyArn=arn) == "ok"
    _, attached = other.ask("ListAttachedUserPolicies", UserName="alice")
    assert attached["AttachedPolicies"] is None


def test_a_default_version_is_not_deleted(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    for number in range(ROUNDS):
        _, made = one.ask("CreatePolicy", PolicyName=f"policy{number}", PolicyDocument=DENY_ALL)
        arn = made["Policy"]["Arn"]
        assert one.call("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=DENY_ALL) == "ok"
        answers = at_once(
            (one, "SetDefaultPolicyVersion", {"PolicyArn": arn, "VersionId": "v2"}),
            (other, "DeletePolicyVersion", {"PolicyArn": arn, "VersionId": "v2"}),
        )
        assert answers in (["ok", "DeleteConflict"], ["NoSuchEntity", "ok"])
        _, shown = other.ask("GetPolicy", PolicyArn=arn)
        default = shown["Policy"]["DefaultVersionId"]
        assert other.call("GetPolicyVersion", PolicyArn=arn, VersionId=default) == "ok"


def test_a_replica_that_is_steered_steers_all(replicas: tuple[Replica, Replica]) -> None:
    one, other = replicas
    one.steer("clock/freeze", at="2027-01-01T00:00:00Z")
    _, made = other.ask("CreateUser", UserName="alice")
    assert made["User"]["CreateDate"] == "2027-01-01T00:00:00Z"
    one.steer("faults", operation="GetUser", error="ServiceFailure", times=2)
    asked = [replica.call("GetUser", UserName="alice") for replica in (other, one, other, one)]
    assert asked == ["ServiceFailure", "ServiceFailure", "ok", "ok"]
    other.steer("reset")
    assert one.call("GetUser", UserName="alice") == "NoSuchEntity"


def test_the_journal_says_which_replica_answered(address: str) -> None:
    with ExitStack() as stack:
        for server in [stack.enter_context(served("--store", address)) for _ in range(2)]:
            replica = Replica(server)
            assert replica.call("ListUsers") == "ok"
            (call,) = replica.get("journal?operation=ListUsers")["calls"]
            assert call["replica"] == f"{gethostname()}:{server.pid}"
            replica.close()


# --- two servers of one process, so that it is known who comes first ------------------------------------------------


@pytest.fixture
def pair(address: str) -> Iterator[tuple[Wire, Wire]]:
    one, other = (Wire(store=address, random_seed=7) for _ in range(2))
    yield one, other
    one.assembled.rest()
    other.assembled.rest()


def test_a_key_made_at_one_signs_at_the_other_until_it_is_switched_off(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.user("alice")
    key = one.key("alice")
    assert other.call("GetCallerIdentity", key)["Arn"] == "arn:aws:iam::123456789012:user/alice"
    one.call("UpdateAccessKey", AccessKeyId=key.id, UserName="alice", Status="Inactive")
    assert other.call("GetCallerIdentity", key) == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


def test_a_key_that_is_switched_off_while_it_signs_stays_off(pair: tuple[Wire, Wire], monkeypatch: Any) -> None:
    one, other = pair
    one.user("alice")
    key = one.key("alice")
    store = one.assembled.engine.store
    begin = store.transaction

    def switched_off_before() -> Any:
        monkeypatch.setattr(store, "transaction", begin)
        other.call("UpdateAccessKey", AccessKeyId=key.id, UserName="alice", Status="Inactive")
        return begin()

    monkeypatch.setattr(store, "transaction", switched_off_before)
    one.call("GetCallerIdentity", key)
    listed = one.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert listed["Status"] == "Inactive"


def test_seeded_ids_are_drawn_from_one_sequence(pair: tuple[Wire, Wire]) -> None:
    alone = Wire(random_seed=7)
    names = ["alice", "bob", "carol", "dave"]
    expected = [alone.call("CreateUser", UserName=name)["User"]["UserId"] for name in names]
    drawn = [pair[n % 2].call("CreateUser", UserName=name)["User"]["UserId"] for n, name in enumerate(names)]
    assert drawn == expected


def test_a_call_that_is_refused_draws_nothing(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.user("alice")
    assert one.call("CreateUser", UserName="alice").code == "EntityAlreadyExists"
    alone = Wire(random_seed=7)
    alone.user("alice")
    expected = alone.call("CreateUser", UserName="bob")["User"]["UserId"]
    assert other.call("CreateUser", UserName="bob")["User"]["UserId"] == expected


def test_a_new_key_is_seen_late_by_all(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.assembled.controls.clock.freeze("2027-01-01")
    one.assembled.controls.propagation.delay(sts={"new_keys": "8 seconds"})
    one.user("alice")
    key: Key = one.key("alice")
    assert other.call("GetCallerIdentity", key) == AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)
    one.assembled.controls.clock.advance("8 seconds")
    assert other.call("GetCallerIdentity", key)["Arn"] == "arn:aws:iam::123456789012:user/alice"


def test_calls_that_do_not_see_a_change_are_counted_together(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.assembled.controls.propagation.delay(sts={"new_keys": "2 calls"})
    one.user("alice")
    key = one.key("alice")
    answers = [isinstance(wire.call("GetCallerIdentity", key), AwsError) for wire in (one, other, one, other)]
    assert answers == [True, True, False, False]


def test_calls_that_are_refused_because_they_do_not_see_a_change_count(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.assembled.controls.propagation.delay(iam={"new_users": "2 calls"})
    one.user("alice")
    answers = [isinstance(wire.call("GetUser", UserName="alice"), AwsError) for wire in (one, other, one, other)]
    assert answers == [True, True, False, False]


def test_a_rule_counts_the_calls_of_all(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.assembled.controls.clock.freeze("2027-01-01")
    one.assembled.controls.faults.add("ListUsers", more_than=2, within="1 second")
    answers = [isinstance(wire.call("ListUsers"), AwsError) for wire in (one, other, one, other)]
    assert answers == [False, False, True, True]
    (rule,) = other.assembled.controls.faults.rules()
    assert (rule.seen, rule.fired) == (4, 2)


def test_policies_are_enforced_by_all_or_none(pair: tuple[Wire, Wire]) -> None:
    one, other = pair
    one.user("alice")
    key = one.key("alice")
    one.assembled.controls.enforce_policies("on")
    assert other.call("ListUsers", key).code == "AccessDenied"
    other.assembled.controls.enforce_policies("off")
    assert not isinstance(one.call("ListUsers", key), AwsError)
