"""Messages that say what was decided, and who decodes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.domain.sts.federation import LONGEST_MESSAGE
from tests.support import AwsError, Key, Wire

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
UNDECODABLE = AwsError("InvalidAuthorizationMessageException", "Message is not valid", 400)


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.user("alice")
    return wire.key("alice")


def put(wire: Wire, *statements: dict[str, Any]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    wire.call("PutUserPolicy", UserName="alice", PolicyName="own", PolicyDocument=document)


def decoded(wire: Wire, message: str, by: Key | None = None) -> Any:
    answer = wire.call("DecodeAuthorizationMessage", by, EncodedMessage=message)
    return answer if isinstance(answer, AwsError) else json.loads(answer["DecodedMessage"])


def test_a_refused_call_is_told_by_the_message_of_its_journal_entry(wire: Wire, alice: Key) -> None:
    controls = wire.assembled.controls
    controls.enforce_policies("on")
    wire.call("GetUser", alice, UserName="alice")
    (refused,) = controls.denials()
    told = decoded(wire, refused.encoded_message or "")
    conditions = {item["key"]: item["values"] for item in told["context"].pop("conditions")["items"]}
    assert told == {
        "allowed": False,
        "explicitDeny": False,
        "matchedStatements": {"items": []},
        "failures": {"items": []},
        "context": {
            "principal": {
                "id": wire.call("GetUser", UserName="alice")["User"]["UserId"],
                "name": "alice",
                "arn": ALICE,
            },
            "action": "iam:GetUser",
            "resource": ALICE,
        },
    }
    assert conditions["aws:principaltype"] == {"items": [{"value": "User"}]}
    assert conditions["aws:requestedregion"] == {"items": [{"value": "us-east-1"}]}


def test_an_explicit_deny_is_told_with_its_statement(wire: Wire, alice: Key) -> None:
    put(
        wire,
        {
            "Sid": "Far",
            "Effect": "Deny",
            "Action": "ec2:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"]}},
        },
    )
    answer = wire.assembled.controls.why("alice", "ec2:RunInstances", context={"aws:RequestedRegion": "us-east-1"})
    told = decoded(wire, answer.encoded_message)
    user_id = wire.call("GetUser", UserName="alice")["User"]["UserId"]
    assert (told["allowed"], told["explicitDeny"], told["context"]["resource"]) == (False, True, "*")
    assert told["matchedStatements"]["items"] == [
        {
            "statementId": "Far",
            "effect": "DENY",
            "principals": {"items": [{"value": user_id}]},
            "principalGroups": {"items": []},
            "actions": {"items": [{"value": "ec2:*"}]},
            "resources": {"items": [{"value": "*"}]},
            "conditions": {
                "items": [
                    {
                        "key": "aws:RequestedRegion",
                        "values": {"items": [{"value": "eu-west-1"}, {"value": "eu-west-2"}]},
                    }
                ]
            },
        }
    ]


def test_who_decodes_needs_the_permission(wire: Wire, alice: Key) -> None:
    controls = wire.assembled.controls
    message = controls.why("alice", "ec2:RunInstances").encoded_message
    controls.enforce_policies("on")
    assert decoded(wire, message, alice) == AwsError(
        "AccessDenied",
        f"User: {ALICE} is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy "
        "allows the sts:DecodeAuthorizationMessage action",
        403,
    )
    put(wire, {"Effect": "Allow", "Action": "sts:DecodeAuthorizationMessage", "Resource": "*"})
    assert decoded(wire, message, alice)["context"]["action"] == "ec2:RunInstances"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-8],
        lambda text: text[8:],
        lambda text: ("B" if text[0] == "A" else "A") + text[1:],
        lambda text: "é" + text,
        lambda text: "A",
        lambda text: "A" * LONGEST_MESSAGE,
    ],
)
def test_a_changed_message_is_not_decoded(wire: Wire, alice: Key, change: Any) -> None:
    message = wire.assembled.controls.why("alice", "ec2:RunInstances").encoded_message
    assert decoded(wire, change(message)) == UNDECODABLE


def test_servers_of_one_seed_decode_each_others_messages_and_no_others(alice: Key, wire: Wire) -> None:
    one, two, other = (Wire(random_seed=seed) for seed in (7, 7, 8))
    one.user("alice")
    message = one.assembled.controls.why("alice", "ec2:RunInstances").encoded_message
    assert decoded(two, message)["context"]["action"] == "ec2:RunInstances"
    assert decoded(other, message) == UNDECODABLE
    assert decoded(Wire(), Wire().assembled.engine.message_key) == UNDECODABLE


def test_servers_of_one_store_decode_each_others_messages(tmp_path: Any) -> None:
    one, two = (Wire(store=f"sqlite:///{tmp_path}/state.db") for _ in range(2))
    one.user("alice")
    message = one.assembled.controls.why("alice", "ec2:RunInstances").encoded_message
    assert decoded(two, message)["context"]["action"] == "ec2:RunInstances"
    assert (
        one.assembled.engine.message_key
        != Wire(store="sqlite:///" + str(tmp_path / "other.db")).assembled.engine.message_key
    )


def test_a_message_is_never_longer_than_may_be_decoded(wire: Wire, alice: Key) -> None:
    context = {f"aws:RequestTag/{number:x}{number * 7919:x}": f"{number * 104729:x}" * 8 for number in range(900)}
    message = wire.assembled.controls.why("alice", "ec2:RunInstances", context=context).encoded_message
    assert len(message) <= LONGEST_MESSAGE
    assert decoded(wire, message)["context"]["action"] == "ec2:RunInstances"
