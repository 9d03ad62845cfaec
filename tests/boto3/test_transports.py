"""The same boto3 calls get the same answers over a socket and in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from fake_iam import FakeIAM, ManualClock, Settings
from fake_iam.assembly import assemble
from fake_iam.inprocess import attach
from tests.support import Key

SEED = 42
NOON = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody answers there
Connect = Callable[[str, Key], Any]
TRANSPORT_HEADERS = ("date", "connection", "content-length")


@pytest.fixture
def over_a_socket() -> Iterator[Connect]:
    with FakeIAM(Settings(port=0, random_seed=SEED), clock=ManualClock(NOON)) as fake:
        yield lambda service, key: fake.client(service, access_key_id=key.id, secret_access_key=key.secret)


@pytest.fixture
def in_process() -> Connect:
    assembled = assemble(Settings(random_seed=SEED), ManualClock(NOON))

    def connect(service: str, key: Key) -> Any:
        client = boto3.session.Session().client(
            service,
            region_name="us-east-1",
            endpoint_url=NOWHERE,
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret,
        )
        attach(client, assembled)
        return client

    return connect


def answered(method: Callable[..., Any], **parameters: Any) -> Any:
    """The parsed answer or error, without what belongs to the transport."""
    try:
        answer = method(**parameters)
    except ClientError as problem:
        answer = problem.response
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    answer["ResponseMetadata"]["HTTPHeaders"] = {
        name: value for name, value in headers.items() if name not in TRANSPORT_HEADERS
    }
    return answer


def life_of_a_key(connect: Connect) -> list[Any]:
    """Every kind of answer: lists, an empty result, errors of IAM and of authentication, STS."""
    iam = connect("iam", Key("testing", "testing"))
    answers = [
        answered(iam.create_user, UserName="alice", Path="/team/", Tags=[{"Key": "ä", "Value": "a+b = ü"}]),
        answered(iam.create_user, UserName="alice"),
        answered(iam.create_access_key, UserName="alice"),
        answered(iam.create_access_key, UserName="alice"),
        answered(iam.create_access_key, UserName="alice"),
        answered(iam.list_access_keys, UserName="alice", MaxItems=1),
    ]
    made = answers[2]["AccessKey"]
    alice = Key(made["AccessKeyId"], made["SecretAccessKey"])
    sts, own = connect("sts", alice), connect("iam", alice)
    return [
        *answers,
        answered(sts.get_caller_identity),
        answered(own.get_user),
        answered(iam.update_access_key, UserName="alice", AccessKeyId=alice.id, Status="Frozen"),
        answered(iam.update_access_key, UserName="alice", AccessKeyId=alice.id, Status="Inactive"),
        answered(sts.get_caller_identity),
        answered(own.update_access_key, AccessKeyId=alice.id, Status="Active"),
        answered(iam.get_access_key_last_used, AccessKeyId=alice.id),
        answered(iam.delete_user, UserName="alice"),
        answered(iam.list_users, PathPrefix="/team/"),
    ]


def test_both_transports_give_the_same_parsed_answers(over_a_socket: Connect, in_process: Connect) -> None:
    assert life_of_a_key(over_a_socket) == life_of_a_key(in_process)


def test_in_process_no_socket_is_opened(in_process: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    identity = in_process("sts", Key("210987654321", "anything")).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::210987654321:root"


def test_in_process_the_paginator_works_too(in_process: Connect) -> None:
    iam = in_process("iam", Key("testing", "testing"))
    for name in ("alice", "bob", "carol"):
        iam.create_user(UserName=name)
    pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
    assert [[user["UserName"] for user in page["Users"]] for page in pages] == [["alice", "bob"], ["carol"]]
