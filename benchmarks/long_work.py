"""How long others wait while fake_iam does long work: GetUser without a pause beside it, and beside nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Final

from benchmarks.account import Caller, prove, signing_caller
from benchmarks.answers import Call
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.filling import seed_users, user_name
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.signing import plain_request
from benchmarks.targets import FAKE_IAM, Server

TITLE: Final = "The longest wait beside long work"
BESIDE: Final = "beside the work"
ALONE: Final = "beside nothing"
ACTIONS: Final = 40  # of a simulation, each on each resource
RESOURCES: Final = 25
Work = Callable[[RawClient], object]


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of works."""
    size = effort.growth_sizes[-1]
    table = Table(
        TITLE,
        "ms",
        f"A server of {size:,} users, of two keys each; one connection calls GetUser without a pause while another "
        "asks for the work. A round's value is the longest of these calls; beside nothing, of as many seconds.",
        (BESIDE, ALONE),
        digits=1,
    )
    with Server(FAKE_IAM) as server:
        say(f"long work: filling the server with {size:,} users")
        caller = signing_caller(server)
        seed_users(server.port, size)
        works = _works(caller)
        took: dict[str, list[float]] = {}
        for number in range(effort.long_work_rounds):
            for name, work in works.items():
                say(f"long work: {name}, round {number + 1} of {effort.long_work_rounds}")
                seconds, longest = _longest_beside(server, caller, work)
                table.add(name, BESIDE, longest)
                _, alone = _longest_beside(server, caller, partial(_nothing, seconds))
                table.add(name, ALONE, alone)
                took.setdefault(name, []).append(seconds)
        prove(server, caller)
    table.notes += [f"{name} itself takes {median(times):.2f} s." for name, times in took.items()]
    return table


def _longest_beside(server: Server, caller: Caller, work: Work) -> tuple[float, float]:
    """How long the work took, in seconds, and the longest GetUser meanwhile, in milliseconds."""
    begun, over = threading.Event(), threading.Event()
    calls = [caller.get_user(user_name(number)) for number in range(100)]
    waits: list[float] = []

    def ask() -> None:
        with RawClient(server.port) as client:
            while not over.is_set():
                waits.extend(client.run([calls[len(waits) % len(calls)]]))
                begun.set()

    asking = threading.Thread(target=ask)
    with RawClient(server.port) as client, without_collector():
        asking.start()
        begun.wait()
        begin = time.perf_counter()
        try:
            work(client)
        finally:
            seconds = time.perf_counter() - begin
            over.set()
            asking.join()
    return seconds, max(waits) * 1e3


def _nothing(seconds: float, client: RawClient) -> None:
    """Let as much time go by."""
    time.sleep(seconds)


def _works(caller: Caller) -> dict[str, Work]:
    """What takes long, by name."""

    def control(method: str, path: str, body: bytes = b"", expected: bytes = b"{") -> Work:
        request = plain_request(caller.port, method, f"/_fake_iam/{path}", body)
        return lambda client: client.ask(Call(path, request, (expected,)))

    def called(action: str, *pieces: str, **parameters: str | int) -> Work:
        return lambda client: client.ask(caller.call(action, *pieces, **parameters))

    later = control("POST", "clock/advance", b'{"by": "3 hours"}')

    def reported(client: RawClient) -> None:
        later(client)  # a report of the round before is four hours old
        client.ask(caller.call("GenerateCredentialReport", "<State>STARTED</State>"))
        later(client)

    snapshot = json.dumps({"name": "whole"}).encode()
    actions = {f"ActionNames.member.{n + 1}": f"s3:Action{n}" for n in range(ACTIONS)}
    resources = {f"ResourceArns.member.{n + 1}": f"arn:aws:s3:::bucket-{n}" for n in range(RESOURCES)}
    signer = "arn:aws:iam::123456789012:user/signer"
    return {
        "GenerateCredentialReport": reported,
        "GetCredentialReport": called("GetCredentialReport", "<Content>"),
        "GetAccountAuthorizationDetails, 1,000 users": called(
            "GetAccountAuthorizationDetails", "<UserDetailList>", MaxItems=1000
        ),
        "SimulatePrincipalPolicy, 1,000 results": called(
            "SimulatePrincipalPolicy",
            "<EvalDecision>allowed</EvalDecision>",
            PolicySourceArn=signer,
            MaxItems=1000,
            **actions,
            **resources,
        ),
        "dump": control("GET", "dump?secrets=true", expected=b'"users"'),
        "snapshot": control("POST", "snapshots/save", snapshot),
        "restore": control("POST", "snapshots/restore", snapshot),
    }
