"""Two readers of requests side by side: the present one and another version, as docs/decisions/0010 compares them.

    git show COMMIT:fake_iam/http11.py > before.py
    python -m benchmarks.http_readers before.py

The times without a socket are those of the thread, with both readers in one process and their rounds interleaved. Those
of one connection are a client's, with each reader in the whole server, in a process of its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import single_connection
from benchmarks.account import ACCESS_KEY_ID, SECRET, Caller, User
from benchmarks.answers import Call
from benchmarks.effort import WHOLE
from benchmarks.figures import Table, ratio
from benchmarks.raw_client import without_collector
from benchmarks.signing import Key
from benchmarks.targets import Target
from fake_iam import http11, server
from fake_iam.assembly import Assembled, assemble
from fake_iam.protocol.wire import WireRequest
from fake_iam.settings import Settings

PRESENT, OTHER = "present", "other"
DATE = "Thu, 01 Jan 1970 00:00:00 GMT"
CALLS = 200


def one_connection(reader: Any, requests: Sequence[bytes]) -> None:
    """Read requests that come one after another on one connection."""
    connection = reader("127.0.0.1")
    for request in requests:
        connection.feed(request)
        connection.next()


def new_connections(reader: Any, requests: Sequence[bytes]) -> None:
    """Read requests that come on a connection each."""
    for request in requests:
        connection = reader("127.0.0.1")
        connection.feed(request)
        connection.next()


def calls(assembled: Assembled, reader: Any, requests: Sequence[bytes]) -> None:
    """Read requests on one connection, answer them, and turn the answers into bytes."""
    connection = reader("127.0.0.1")
    for request in requests:
        connection.feed(request)
        http11.answer(assembled.handle(connection.next()), DATE, connection=connection.connection)


def without_socket(readers: dict[str, Any], rounds: int) -> Table:
    """Microseconds of the thread for a request, of UpdateAccessKey as a client sends it."""
    assembled = assemble(Settings())
    requests = [call.request for call in signed_calls(assembled)]
    rows: dict[str, Callable[[Any, Sequence[bytes]], None]] = {
        "read, on one connection": one_connection,
        "read, on new connections": new_connections,
        "UpdateAccessKey without a socket": partial(calls, assembled),
    }
    table = Table("Readers", "µs", "medians of interleaved rounds", tuple(readers), digits=2)
    names = list(readers)
    for _ in range(rounds):
        for row, run in rows.items():
            random.shuffle(names)
            for name in names:
                with without_collector():
                    begin = time.thread_time()
                    run(readers[name], requests)
                    table.add(row, name, (time.thread_time() - begin) / len(requests) * 1e6)
    return table


def signed_calls(assembled: Assembled) -> list[Call]:
    """Calls that switch a user's key, each signed anew with another key of that user."""
    made = [
        made_by(assembled, f"Action={action}&UserName=alice") for action in ("CreateUser", *["CreateAccessKey"] * 2)
    ]
    ids = [ACCESS_KEY_ID.findall(body)[0].decode() for body in made[1:]]
    caller = Caller(5000, Key(ids[0], SECRET.findall(made[1])[0].decode()))
    return list(caller.switching(User("alice", *ids), CALLS))


def made_by(assembled: Assembled, query: str) -> bytes:
    """What an unsigned call answers."""
    return bytes(assembled.handle(WireRequest.of("GET", "/", f"{query}&Version=2010-05-08", [("Host", "x")])).body)


def over_a_socket(file: Path, rounds: int) -> Table:
    """Microseconds a call on one connection."""

    def command(name: str, port: int) -> list[str]:
        return [sys.executable, "-m", "benchmarks.http_readers", str(file), "--serve", name, str(port)]

    targets = [Target(name, "fake-iam", partial(command, name)) for name in (PRESENT, OTHER)]
    effort = replace(WHOLE, single_rounds=rounds)
    return single_connection.measure(targets, effort, lambda text: print(text, file=sys.stderr))


def loaded(file: Path) -> Any:
    """The RequestReader of a file."""
    spec = importlib.util.spec_from_file_location("other_http11", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.RequestReader


def main() -> None:
    """Compare, or serve with one of the readers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="another version of fake_iam/http11.py")
    parser.add_argument("--serve", nargs=2, metavar=("NAME", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=45)
    options = parser.parse_args()
    readers = {PRESENT: http11.RequestReader, OTHER: loaded(options.file)}
    if options.serve:
        name, port = options.serve
        with patch.object(server, "RequestReader", readers[name]):
            server.LocalServer(assemble(Settings(users_per_account=1_000_000)), port=int(port)).serve_forever()
        return
    print(f"| µs | {PRESENT} | {OTHER} | ratio |\n| --- | --- | --- | --- |")
    for table in (without_socket(readers, options.rounds), over_a_socket(options.file.resolve(), options.rounds)):
        for row, columns in table.rows.items():
            present, other = columns[PRESENT], columns[OTHER]
            print(f"| {row} | {present.median:.1f} | {other.median:.1f} | {ratio(present, other):.2f} |")


if __name__ == "__main__":
    main()
