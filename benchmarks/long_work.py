"""How long others wait while fake_iam does long work: GetUser without a pause beside it, and beside nothing."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.account import Caller, prove, signing_caller
from benchmarks.answers import Call
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.filling import seed_users, user_name
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.signing import plain_request
from benchmarks.targets import FAKE_IAM, Server, Target

TITLE: Final = "The longest wait beside long work"
BESIDE: Final = "beside the work"
ALONE: Final = "beside nothing"
ACTIONS: Final = 40  # of a simulation, each on each resource
RESOURCES: Final = 25
PAGES: Final = 5
IMPORTED: Final = 25_000  # as many as the largest body of a request holds
POLICY: Final = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
MARKER: Final = re.compile(rb"<Marker>([^<]+)</Marker>")
JOB: Final = re.compile(rb"<JobId>([^<]+)</JobId>")
PROCESSES: Final = get_context("fork")
Work = Callable[[RawClient], object]


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of works."""
    size = effort.growth_sizes[-1]
    table = Table(
        TITLE,
        "ms",
        f"A server of {size:,} users, of two keys and a policy each; one connection calls GetUser without a pause "
        "while another asks for the work. A round's value is the longest of these calls; beside nothing, of as many "
        "seconds. The state file is that of a second server with the same users.",
        (BESIDE, ALONE),
        digits=1,
    )
    took: dict[str, list[float]] = {}

    def measured(server: Server, caller: Caller, works: Mapping[str, Work], number: int) -> None:
        for name, work in works.items():
            say(f"long work: {name}, round {number + 1} of {effort.long_work_rounds}")
            seconds, longest = _longest_beside(server, caller, work)
            table.add(name, BESIDE, longest)
            _, alone = _longest_beside(server, caller, partial(_nothing, seconds))
            table.add(name, ALONE, alone)
            took.setdefault(name, []).append(seconds)

    with TemporaryDirectory() as directory:
        file = Path(directory) / "state.json"
        with Server(FAKE_IAM) as server:
            say(f"long work: filling the server with {size:,} users")
            caller = signing_caller(server)
            seed_users(server.port, size, attached_policies=[POLICY])
            file.write_bytes(_state(server))
            for number in range(effort.long_work_rounds):
                measured(server, caller, _works(caller, size), number)
            prove(server, caller)
        with Server(_with_state(file)) as server:
            again = Caller(server.port, caller.key)
            for number in range(effort.long_work_rounds):
                tags: dict[str, str | int] = {"Tags.member.1.Key": "round", "Tags.member.1.Value": number}
                tag = again.call("TagUser", UserName=user_name(1), **tags)
                measured(server, again, {"TagUser with a state file": partial(_asked, tag)}, number)
    table.notes += [f"{name} itself takes {median(times):.2f} s" for name, times in took.items()]
    return table


def _asked(call: Call, client: RawClient) -> bytes:
    return client.ask(call)


def _state(server: Server) -> bytes:
    """The whole state of a server, as a dump."""
    request = plain_request(server.port, "GET", "/_fake_iam/dump?secrets=true")
    with RawClient(server.port) as client:
        return client.ask(Call("dump", request, (b'"users"',)))


def _with_state(file: Path) -> Target:
    return replace(FAKE_IAM, command=lambda port: [*FAKE_IAM.command(port), "--state", str(file)])


def _longest_beside(server: Server, caller: Caller, work: Work) -> tuple[float, float]:
    """How long the work took, in seconds, and the longest GetUser meanwhile, in milliseconds."""
    calls = [caller.get_user(user_name(number)) for number in range(100)]
    ours, theirs = Pipe()
    asking = PROCESSES.Process(target=_ask_until_told, args=(server.port, calls, theirs))
    with RawClient(server.port) as client, without_collector():
        asking.start()
        ours.recv()
        begin = time.perf_counter()
        try:
            work(client)
        finally:
            seconds = time.perf_counter() - begin
            ours.send("over")
            longest: float = ours.recv()
            asking.join()
    return seconds, longest


def _ask_until_told(port: int, calls: Sequence[Call], told: Connection) -> None:
    """Call without a pause, in a process of its own: who asks for the work is busy with reading long answers."""
    waits: list[float] = []
    with RawClient(port) as client, without_collector():
        waits += client.run(calls)
        told.send("begun")
        waits.clear()
        while not told.poll():
            waits += client.run([calls[len(waits) % len(calls)]])
    told.send(max(waits, default=0.0) * 1e3)


def _nothing(seconds: float, client: RawClient) -> None:
    """Let as much time go by."""
    time.sleep(seconds)


def _works(caller: Caller, size: int) -> dict[str, Work]:
    """What takes long, by name."""

    def control(method: str, path: str, document: Any = None, expected: bytes = b"{") -> Work:
        body = b"" if document is None else json.dumps(document).encode()
        call = Call(path, plain_request(caller.port, method, f"/_fake_iam/{path}", body), (expected,))
        return partial(_asked, call)

    def called(action: str, *pieces: str, **parameters: str | int) -> Work:
        return lambda client: client.ask(caller.call(action, *pieces, **parameters))

    later = control("POST", "clock/advance", {"by": "3 hours"})

    def reported(client: RawClient) -> None:
        later(client)  # a report of the round before is four hours old
        client.ask(caller.call("GenerateCredentialReport", "<State>STARTED</State>"))
        later(client)

    def paged(client: RawClient) -> None:
        marker: dict[str, str | int] = {}
        for _ in range(PAGES):
            call = caller.call("GetAccountAuthorizationDetails", "<UserDetailList>", MaxItems=1000, **marker)
            found = MARKER.search(client.ask(call))
            if found is None:
                return
            marker = {"Marker": found[1].decode()}

    def advised(client: RawClient) -> None:
        found = JOB.search(client.ask(caller.call("GenerateServiceLastAccessedDetails", Arn=POLICY)))
        assert found is not None
        asked = {"JobId": found[1].decode(), "ServiceNamespace": "iam"}
        client.ask(caller.call("GetServiceLastAccessedDetailsWithEntities", "<EntityDetailsList>", **asked))

    actions = {f"ActionNames.member.{n + 1}": f"s3:Action{n}" for n in range(ACTIONS)}
    resources = {f"ResourceArns.member.{n + 1}": f"arn:aws:s3:::bucket-{n}" for n in range(RESOURCES)}
    signer = "arn:aws:iam::123456789012:user/signer"
    imported = min(size, IMPORTED)
    exported = json.dumps({"UserDetailList": [_exported(number) for number in range(imported)]})
    return {
        "GenerateCredentialReport": reported,
        "GetCredentialReport": called("GetCredentialReport", "<Content>"),
        f"GetAccountAuthorizationDetails, {PAGES} pages of 1,000": paged,
        "access advisor, a policy that all have": advised,
        "SimulatePrincipalPolicy, 1,000 results": called(
            "SimulatePrincipalPolicy",
            "<EvalDecision>allowed</EvalDecision>",
            PolicySourceArn=signer,
            MaxItems=1000,
            **actions,
            **resources,
        ),
        "dump": control("GET", "dump?secrets=true", expected=b'"users"'),
        "snapshot": control("POST", "snapshots/save", {"name": "whole"}),
        f"import of {imported:,} users": control("POST", "import", {"details": exported, "load": True}),
        "restore": control("POST", "snapshots/restore", {"name": "whole"}),
    }


def _exported(number: int) -> dict[str, Any]:
    """A user as get-account-authorization-details prints it."""
    name = f"imported-{number:06d}"
    return {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDAQ{number:016d}",
        "Arn": f"arn:aws:iam::123456789012:user/{name}",
        "CreateDate": "2025-01-01T00:00:00+00:00",
        "GroupList": [],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }
