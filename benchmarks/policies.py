"""What policies cost that decide: UpdateAccessKey by callers with many and with one, and with none looked at."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.account import EVERYTHING, Caller, User
from benchmarks.answers import Call, WrongAnswer
from benchmarks.boto3_calls import new_client, switch
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.signing import DUMMY, Key, plain_request
from benchmarks.targets import FAKE_IAM, Server

TITLE: Final = "Policies that decide"
OVER_HTTP: Final = "UpdateAccessKey over HTTP"
IN_PROCESS: Final = "update_access_key in process"
MANY: Final = "on, five policies and three groups"
ONE: Final = "on, one policy"
OFF: Final = "off, five policies and three groups"
CALLERS: Final = {MANY: "many", ONE: "one", OFF: "many"}
GROUPS: Final = 3


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _statement(effect: str, actions: list[str], resource: str, **condition: Any) -> dict[str, Any]:
    found = {"Effect": effect, "Action": actions, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


# Each of them is of a kind that accounts have; the last but one alone allows the call, on what is the caller's own.
POLICIES: Final = (
    _document(_statement("Allow", ["s3:Get*", "s3:List*"], "arn:aws:s3:::data-${aws:username}/*")),
    _document(_statement("Allow", ["iam:Get*", "iam:List*"], "*")),
    _document(_statement("Deny", ["iam:*"], "*", StringNotEquals={"aws:RequestedRegion": "us-east-1"})),
    _document(_statement("Allow", ["iam:*AccessKey*"], "arn:aws:iam::*:user/${aws:username}/*")),
    _document(_statement("Deny", ["iam:Delete*", "iam:Update*"], "arn:aws:iam::*:user/protected/*")),
)
OF_GROUPS: Final = _document(
    _statement("Allow", ["ec2:Describe*"], "*"),
    _statement(
        "Deny",
        ["iam:*"],
        "*",
        NotIpAddress={"aws:SourceIp": ["127.0.0.0/8", "::1/128"]},
        Null={"aws:SourceIp": "false"},  # in process there is no address
    ),
)


class Side(NamedTuple):
    """A way to ask a fake_iam: how its policies are switched on and off, and a round of each caller, in seconds."""

    enforce: Callable[[str], object]
    rounds: Mapping[str, Callable[[int], float]]


def _give(root: Any, user_name: str, documents: tuple[str, ...]) -> None:
    for number, document in enumerate(documents):
        root.put_user_policy(UserName=user_name, PolicyName=f"policy-{number}", PolicyDocument=document)


def _new_key(root: Any, user_name: str) -> Key:
    made = root.create_access_key(UserName=user_name)["AccessKey"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"])


def _filled(root: Any) -> tuple[dict[str, Key], User]:
    """The keys of the callers, and the user whose key they switch."""
    many, one = CALLERS[MANY], CALLERS[ONE]
    for name, path in ((many, "/"), (one, "/"), ("alice", f"/{many}/")):
        root.create_user(UserName=name, Path=path)
    _give(root, many, POLICIES)
    _give(root, one, (EVERYTHING,))
    for number in range(GROUPS):
        name = f"group-{number}"
        root.create_group(GroupName=name)
        root.put_group_policy(GroupName=name, PolicyName="policy", PolicyDocument=OF_GROUPS)
        root.add_user_to_group(GroupName=name, UserName=many)
    user = User("alice", *(_new_key(root, "alice").id for _ in range(2)))
    return {name: _new_key(root, name) for name in (many, one)}, user


def _prove_refusals(client: Any) -> None:
    """What no policy allows, and what one denies, must be refused. Raises WrongAnswer."""
    from botocore.exceptions import ClientError

    for method, name in ((client.create_user, "new"), (client.delete_user, "alice")):
        try:
            method(UserName=name)
        except ClientError as refused:
            if refused.response["Error"]["Code"] == "AccessDenied":
                continue
        raise WrongAnswer(f"{method.__name__} of {name} is not refused")


def _over_http(server: Server, raw: RawClient) -> Side:
    root = new_client(server.port, DUMMY)
    keys, user = _filled(root)

    def enforce(mode: str) -> object:
        request = plain_request(server.port, "POST", "/_fake_iam/enforcement", json.dumps({"mode": mode}).encode())
        return raw.ask(Call("enforcement", request, (f'"{mode}"'.encode(),)))

    def asking(key: Key) -> Callable[[int], float]:
        caller = Caller(server.port, key)
        return lambda count: median(raw.run(list(caller.switching(user, count))))

    enforce("on")
    _prove_refusals(new_client(server.port, keys[CALLERS[MANY]]))
    return Side(enforce, {name: asking(key) for name, key in keys.items()})


def _in_process(fake: Any) -> Side:
    keys, user = _filled(fake.client("iam"))
    clients = {
        name: fake.client("iam", access_key_id=key.id, secret_access_key=key.secret) for name, key in keys.items()
    }

    def asking(client: Any) -> Callable[[int], float]:
        return lambda count: switch(client, user, count)

    fake.enforce_policies("on")
    _prove_refusals(clients[CALLERS[MANY]])
    return Side(fake.enforce_policies, {name: asking(client) for name, client in clients.items()})


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of the two ways."""
    from fake_iam import FakeIAM

    table = Table(
        TITLE,
        "µs a call",
        "One server, and one fake without a socket, whose policies are switched on and off from round to round; the "
        f"median of {effort.policy_calls} calls is a round's value. The caller with five policies is allowed by one of "
        "them, whose resource has a variable; others are about the action and deny it elsewhere or under conditions, "
        "as do the groups'. The one policy allows all. Over HTTP the calls are ready bytes, in process those of boto3.",
        (MANY, ONE, OFF),
    )
    shuffle = random.Random(3).shuffle
    with Server(FAKE_IAM) as server, FakeIAM(transport="inprocess") as fake, RawClient(server.port) as raw:
        sides = {OVER_HTTP: _over_http(server, raw), IN_PROCESS: _in_process(fake)}
        for number in range(effort.policy_rounds):
            say(f"policies: round {number + 1} of {effort.policy_rounds}")
            for row, side in sides.items():
                order = list(CALLERS.items())
                shuffle(order)
                for column, caller in order:
                    side.enforce("off" if column == OFF else "on")
                    with without_collector():
                        table.add(row, column, side.rounds[caller](effort.policy_calls) * 1e6)
    return table
