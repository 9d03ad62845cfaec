"""What the gate adds to a call of S3: the same calls to an upstream and through the gate before it, in one run.

    python -m benchmarks.gate
    python -m benchmarks.gate --rounds 10 --only floor

The upstreams are a floor, which answers at once and keeps its connections, and moto's server if it is installed. The
caller through the gate is a user with a key that fake_iam has issued and a policy that allows the call on this bucket
alone, and policies are enforced. All calls are signed anew by botocore before they are timed. Rounds come in pairs, one
of either way, whose order changes; a figure is the median of all calls. The status is 1 if the gate adds more than a
millisecond to a call of a kilobyte.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.account import ACCESS_KEY_ID, SECRET, Caller
from benchmarks.answers import Call, WrongAnswer
from benchmarks.figures import Table, ratio
from benchmarks.raw_client import RawClient, connect, without_collector
from benchmarks.signing import DUMMY, HOST, REGION, Key
from benchmarks.targets import MOTO, ROOT, SCRIPTS, free_port
from fake_iam.protocol.wire import WireRequest, WireResponse
from fake_iam.server import LocalServer

DIRECT, GATE = "direct", "through the gate"
LIMIT: Final = 1.0  # milliseconds that the gate may add
KILOBYTE: Final = 1_000
MEGABYTES: Final = 8_000_000  # a little less than a request to IAM may be, which the floor reads whole
CALLS: Final = (("PUT", KILOBYTE, 20), ("GET", KILOBYTE, 20), ("PUT", MEGABYTES, 2), ("GET", MEGABYTES, 2))
"""What is called, of which size, and how often in a round."""
PATIENCE: Final = 60.0
BUCKET: Final = "bucket"
POLICY: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]}
    ],
}


class Floor:
    """Answers a PUT with nothing, and a GET with as many bytes as its path ends with."""

    def handle(self, request: WireRequest) -> WireResponse:
        """Answer one request."""
        size = int(request.path.rpartition("/")[2]) if request.method == "GET" else 0
        return WireResponse(200, [("Content-Type", "binary/octet-stream")], b"x" * size)

    def may_wait(self, request: WireRequest) -> bool:
        """No answer waits."""
        return False


def call(port: int, key: Key, method: str, size: int) -> Call:
    """A GET or PUT of an object of that size."""
    body = b"x" * size if method == "PUT" else b""
    url = f"http://{HOST}:{port}/{BUCKET}/{size}"
    request = AWSRequest(method, url, {"Host": f"{HOST}:{port}"}, body)
    S3SigV4Auth(Credentials(key.id, key.secret), "s3", REGION).add_auth(request)
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join([f"{method} /{BUCKET}/{size} HTTP/1.1", *lines, f"Content-Length: {len(body)}"])
    expected = b"" if method == "PUT" else b"x" * size
    return Call(f"{method} of {size} bytes", head.encode() + b"\r\n\r\n" + body, (expected,))


def measure(name: str, upstream: int, gate: int, key: Key, rounds: int) -> Table:
    """Milliseconds a call, of both ways in turns."""
    table = Table(f"Gate before {name}", "ms", "Rounds in pairs.", (GATE, DIRECT), digits=3)
    ways = {DIRECT: (upstream, DUMMY), GATE: (gate, key)}
    for method, size, times in CALLS:
        clients = {way: RawClient(port) for way, (port, _) in ways.items()}
        for number in range(rounds + 1):
            for way in (DIRECT, GATE) if number % 2 else (GATE, DIRECT):
                calls = [call(*ways[way], method, size) for _ in range(times)]
                with without_collector():
                    taken = clients[way].run(calls)
                for seconds in taken if number else ():  # the first round is for warming up
                    table.add(f"{method} {size // 1000} kB", way, seconds * 1e3)
        for client in clients.values():
            client.close()
    return table


@contextmanager
def process(command: list[str], port: int) -> Iterator[None]:
    """A server as a process of its own, from when it listens."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            give_up = time.monotonic() + PATIENCE
            while True:
                try:
                    connect(port).close()
                    break
                except OSError:
                    if running.poll() is not None or time.monotonic() > give_up:
                        raise WrongAnswer(f"{command[0]} does not listen") from None
                    time.sleep(0.01)
            yield
        finally:
            running.terminate()


def allowed_key(port: int) -> Key:
    """The key of a user who may use the bucket."""
    root = Caller(port, DUMMY)
    with RawClient(port) as client:
        client.ask(root.create_user("caller"))
        made = client.ask(root.create_access_key("caller"))
        given = {"UserName": "caller", "PolicyName": "own", "PolicyDocument": json.dumps(POLICY)}
        client.ask(root.call("PutUserPolicy", **given))
    key_id, secret = ACCESS_KEY_ID.search(made), SECRET.search(made)
    if key_id is None or secret is None:
        raise WrongAnswer(f"no key in {made!r}")
    return Key(key_id[1].decode(), secret[1].decode())


def prove(gate: int, key: Key) -> None:
    """Raise WrongAnswer unless the gate refuses a wrong secret, and what the policy does not allow."""
    wrong = call(gate, Key(key.id, "wrong"), "GET", KILOBYTE)
    elsewhere = call(gate, key, "GET", KILOBYTE)
    moved = elsewhere.request.replace(b"/bucket/", b"/basket/")
    with RawClient(gate) as client:
        client.ask(Call("a wrong secret", wrong.request, (b"SignatureDoesNotMatch",), status=403))
        client.ask(Call("another bucket", moved, (b"SignatureDoesNotMatch",), status=403))


def upstreams() -> dict[str, Callable[[int], list[str]]]:
    """The commands of the upstreams that are installed."""
    found = {"floor": lambda port: [sys.executable, "-m", "benchmarks.gate", "--serve", str(port)]}
    return {**found, "moto_server": MOTO.command} if MOTO.version() is not None else found


def main() -> int:
    """Compare, or serve as the floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=40, help="how many pairs of rounds")
    parser.add_argument("--only", choices=["floor", "moto_server"], help="one of the upstreams")
    options = parser.parse_args()
    if options.serve:
        LocalServer(Floor(), port=options.serve).serve_forever()
        return 0
    met = True
    print("| ms, medians | direct | through the gate | ratio | added |\n| --- | --- | --- | --- | --- |")
    for name, command in upstreams().items():
        if options.only not in (None, name):
            continue
        upstream, gate = free_port(), free_port()
        own = [str(SCRIPTS / "fake-iam"), "--port", str(gate), "--enforce-policies", "on"]
        with (
            process(command(upstream), upstream),
            process([*own, "--upstream", f"http://{HOST}:{upstream}"], gate),
        ):
            key = allowed_key(gate)
            if name != "floor":
                with RawClient(upstream) as client:
                    client.exchange(call(upstream, DUMMY, "PUT", 0).request.replace(b"/bucket/0", b"/bucket"))
            prove(gate, key)
            table = measure(name, upstream, gate, key, options.rounds)
        for row, columns in table.rows.items():
            through, direct = columns[GATE], columns[DIRECT]
            added = through.median - direct.median
            met = met and (added <= LIMIT or "8000" in row)
            shown = f"{direct.median:.3f} | {through.median:.3f} | {ratio(through, direct):.2f} | {added:.3f}"
            print(f"| {row}, {name} | {shown} |", flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
