"""A boto3 call that never leaves the process: fake_iam's transport beside moto's mock_aws, in a process of their own.

``python -m benchmarks.in_process ROUNDS CALLS`` prints what it found as JSON; ``measure`` runs that and reads it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from benchmarks.account import EVERYTHING, SIGNER, User
from benchmarks.answers import WrongAnswer
from benchmarks.boto3_calls import ROW, switch
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.signing import DUMMY, REGION, Key
from benchmarks.targets import ROOT

TITLE: Final = "In process"
FAKE_COLUMN: Final = "fake_iam in process"
MOTO_COLUMN: Final = "moto mock_aws"


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of the two. Raises WrongAnswer."""
    say("in process")
    table = Table(
        TITLE,
        "µs a call",
        f"One boto3 client each, in one process, asked in turn; the median of {effort.in_process_calls} calls of "
        "`update_access_key` is a round's value. fake_iam's client signs with a key that fake_iam issued.",
        (FAKE_COLUMN, MOTO_COLUMN),
    )
    command = [sys.executable, "-m", "benchmarks.in_process", str(effort.in_process_rounds)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FAKE_IAM_"))}
    done = subprocess.run(
        [*command, str(effort.in_process_calls)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise WrongAnswer(f"in process: {done.stderr}")
    found = json.loads(done.stdout)
    table.notes += found["notes"]
    for column, rounds in found["rounds"].items():
        for value in rounds:
            table.add(ROW, column, value)
    return table


def new_user(client: Any) -> User:
    """A user with two keys."""
    client.create_user(UserName="alice")
    first, second = (client.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"] for _ in range(2))
    return User("alice", first, second)


@contextmanager
def fake_iam_client() -> Iterator[Any]:
    """A client of fake_iam without a socket, with an issued key. Raises TypeError or ValueError if there is none."""
    from fake_iam import FakeIAM

    with FakeIAM(transport="inprocess") as fake:
        root = fake.client("iam")
        root.create_user(UserName=SIGNER)
        root.put_user_policy(UserName=SIGNER, PolicyName="all", PolicyDocument=EVERYTHING)
        made = root.create_access_key(UserName=SIGNER)["AccessKey"]
        key = Key(made["AccessKeyId"], made["SecretAccessKey"])
        check_that_signatures_count(fake, key)
        yield fake.client("iam", access_key_id=key.id, secret_access_key=key.secret)


def check_that_signatures_count(fake: Any, key: Key) -> None:
    """A wrong signature must be refused without a socket, too. Raises WrongAnswer."""
    from botocore.exceptions import ClientError

    try:
        fake.client("iam", access_key_id=key.id, secret_access_key=key.secret + "x").list_users()
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "SignatureDoesNotMatch":
            return
    raise WrongAnswer("a wrong signature is not refused")


@contextmanager
def moto_client() -> Iterator[Any]:
    """A client under moto's mock_aws. Raises ImportError without moto."""
    # Imported late: moto puts handlers of its own into every client that is made after it.
    import boto3
    from moto import mock_aws

    with mock_aws():
        yield boto3.client("iam", region_name=REGION, aws_access_key_id=DUMMY.id, aws_secret_access_key=DUMMY.secret)


def main() -> None:
    """Measure what is there, print it as JSON."""
    from contextlib import ExitStack

    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", type=int)
    parser.add_argument("calls", type=int)
    options = parser.parse_args()
    notes: list[str] = []
    measured: dict[str, tuple[Any, User]] = {}
    with ExitStack() as stack:
        for column, opened in ((FAKE_COLUMN, fake_iam_client), (MOTO_COLUMN, moto_client)):
            try:
                client = stack.enter_context(opened())
            except (TypeError, ValueError, ImportError) as problem:
                notes.append(f"{column}: not measured: {problem}")
                continue
            measured[column] = (client, new_user(client))
        rounds: dict[str, list[float]] = {column: [] for column in measured}
        for _ in range(options.rounds):
            for column, (client, user) in measured.items():
                rounds[column].append(switch(client, user, options.calls) * 1e6)
    print(json.dumps({"rounds": rounds, "notes": notes}))


if __name__ == "__main__":
    main()
