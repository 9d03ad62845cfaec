"""Microseconds a call through boto3: what code under test sees, its client's own work included."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any, Final

from benchmarks.account import User, new_user, prove, signing_caller
from benchmarks.answers import WrongAnswer
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.raw_client import RawClient
from benchmarks.signing import HOST, REGION, Key
from benchmarks.targets import NAMES, Server, Target

TITLE: Final = "Through boto3"
ROW: Final = "update_access_key"


def new_client(port: int, key: Key) -> Any:
    """A client of IAM that never tries twice, so that no dropped request stays hidden."""
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "iam",
        endpoint_url=f"http://{HOST}:{port}",
        region_name=REGION,
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


def switch(client: Any, user: User, count: int) -> float:
    """The median time, in seconds, of switching the user's second key off and on in turn. Raises WrongAnswer."""
    from botocore.exceptions import BotoCoreError, ClientError

    times = []
    try:
        for number in range(count):
            status = "Active" if number % 2 else "Inactive"
            begin = time.perf_counter()
            answer = client.update_access_key(UserName=user.name, AccessKeyId=user.second_key, Status=status)
            times.append(time.perf_counter() - begin)
            if answer["ResponseMetadata"]["HTTPStatusCode"] != 200:
                raise WrongAnswer(f"update_access_key: {answer}")
            if number >= count - 2:
                check_status(client, user, status)
    except (BotoCoreError, ClientError) as problem:
        raise WrongAnswer(f"boto3: {problem!r}") from problem
    return median(times)


def check_status(client: Any, user: User, status: str) -> None:
    """The second key must have that status. Raises WrongAnswer."""
    listed = client.list_access_keys(UserName=user.name)["AccessKeyMetadata"]
    found = {key["AccessKeyId"]: key["Status"] for key in listed}
    if found != {user.first_key: "Active", user.second_key: status}:
        raise WrongAnswer(f"list_access_keys: {listed} instead of {status}")


def measure(targets: Sequence[Target], effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of targets."""
    table = Table(
        TITLE,
        "µs a call",
        f"One boto3 client with its pool of connections and without retries; the median of {effort.boto3_calls} calls "
        "is a round's value. Most of it is boto3's own work, the same for every server.",
        NAMES,
    )
    shuffle = random.Random(3).shuffle
    with ExitStack() as stack:
        measured = []
        for target in targets:
            if not target.answers_iam:
                continue
            server = stack.enter_context(Server(target))
            caller = signing_caller(server)
            with RawClient(server.port) as raw:
                user = new_user(raw, caller, "alice")
            client = new_client(server.port, caller.key)
            switch(client, user, 10)  # warm
            measured.append((server, caller, client, user))
        for number in range(effort.boto3_rounds):
            say(f"through boto3: round {number + 1} of {effort.boto3_rounds}")
            order = list(measured)
            shuffle(order)
            for server, _, client, user in order:
                table.add(ROW, server.target.name, switch(client, user, effort.boto3_calls) * 1e6)
        for server, caller, client, _ in measured:
            prove(server, caller)
            client.close()
    return table
