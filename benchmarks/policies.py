"""What policies cost that decide: UpdateAccessKey by callers with few and many of them, and with none looked at."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from statistics import median
from typing import Any, Final

from benchmarks.account import EVERYTHING, Caller, User, new_key
from benchmarks.answers import Call
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.signing import DUMMY, signed_request
from benchmarks.targets import FAKE_IAM, Server, Target

TITLE: Final = "Policies that decide"
ROW: Final = "UpdateAccessKey"
MANY: Final = "on, five policies and three groups"
ONE: Final = "on, one policy"
OFF: Final = "off, five policies and three groups"
CALLER: Final = "signer"
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
    _statement("Deny", ["iam:*"], "*", NotIpAddress={"aws:SourceIp": ["127.0.0.0/8", "::1/128"]}),
)


class Measured:
    """A server with policies on or off, its caller, and a user whose key it switches."""

    def __init__(self, server: Server, *, many: bool) -> None:
        self.server = server
        self.client = RawClient(server.port)
        root = Caller(server.port, DUMMY)
        self.client.ask(root.create_user(CALLER))
        policies = POLICIES if many else (EVERYTHING,)
        for number, document in enumerate(policies):
            self._put("PutUserPolicy", root, number, document, UserName=CALLER)
        for number in range(GROUPS if many else 0):
            name = f"group-{number}"
            self.client.ask(root.call("CreateGroup", GroupName=name))
            self._put("PutGroupPolicy", root, number, OF_GROUPS, GroupName=name)
            self.client.ask(root.call("AddUserToGroup", GroupName=name, UserName=CALLER))
        self.caller = Caller(server.port, new_key(self.client, root, CALLER))
        self.client.ask(root.create_user("alice", f"/{CALLER}/"))
        self.user = User("alice", *(new_key(self.client, root, "alice").id for _ in range(2)))

    def _put(self, action: str, root: Caller, number: int, document: str, **owner: str) -> None:
        self.client.ask(root.call(action, PolicyName=f"policy-{number}", PolicyDocument=document, **owner))

    def round(self, count: int) -> float:
        """The median time of a call, in microseconds."""
        calls = list(self.caller.switching(self.user, count))
        with without_collector():
            return median(self.client.run(calls)) * 1e6

    def prove_refusals(self) -> None:
        """What no policy allows, and what one denies, must be refused. Raises WrongAnswer."""
        for action, name in (("CreateUser", "new"), ("DeleteUser", "alice")):
            request = signed_request(self.server.port, self.caller.key, action, UserName=name)
            self.client.ask(Call(action, request, (b"<Code>AccessDenied</Code>",), status=403))


def _target(mode: str) -> Target:
    return replace(FAKE_IAM, command=lambda port: [*FAKE_IAM.command(port), "--enforce-policies", mode])


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of the three."""
    table = Table(
        TITLE,
        "µs a call",
        f"A server each, asked in turn on one connection; the median of {effort.policy_calls} calls is a round's "
        "value. The caller with five policies is allowed by one of them, whose resource has a variable; others are "
        "about the action and deny it elsewhere or under conditions, as do the groups'. The one policy allows all.",
        (MANY, ONE, OFF),
    )
    shuffle = random.Random(3).shuffle
    with ExitStack() as stack:
        measured = {}
        for column, mode in ((MANY, "on"), (ONE, "on"), (OFF, "off")):
            measured[column] = Measured(stack.enter_context(Server(_target(mode))), many=column != ONE)
            stack.callback(measured[column].client.close)
            measured[column].round(min(effort.policy_calls, 40))  # warm
        for number in range(effort.policy_rounds):
            say(f"policies: round {number + 1} of {effort.policy_rounds}")
            order = list(measured.items())
            shuffle(order)
            for column, each in order:
                table.add(ROW, column, each.round(effort.policy_calls))
        measured[MANY].prove_refusals()
    return table
