"""What is measured: each server's command as its users start it, and a server as a process of its own."""

from __future__ import annotations

import importlib.metadata
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from benchmarks.answers import Call, WrongAnswer
from benchmarks.hello_world import BODY
from benchmarks.raw_client import RawClient, connect
from benchmarks.signing import DUMMY, HOST, signed_request

ROOT: Final = Path(__file__).parent.parent
SCRIPTS: Final = Path(sys.executable).parent
PATIENCE: Final = 60.0
# The servers' own variables are dropped, too, so that none is measured otherwise than it comes.
DROPPED: Final = ("AWS_", "FAKE_IAM_", "MOTO_", "MINISTACK_", "LOCALSTACK_", "PYTHON", "WERKZEUG_")


@dataclass(frozen=True, slots=True)
class Target:
    """A server that can be measured.

    Args:
        name: what it is called in the tables.
        distribution: the package that it comes from.
        command: how it is started on a port.
        environment: the variables that it needs, on a port.
        answers_iam: False for the floor, which answers anything with a fixed body.
    """

    name: str
    distribution: str
    command: Callable[[int], list[str]]
    environment: Callable[[int], Mapping[str, str]] = field(default=lambda port: {})
    answers_iam: bool = True

    def version(self) -> str | None:
        """The version installed, or None."""
        try:
            return importlib.metadata.version(self.distribution)
        except importlib.metadata.PackageNotFoundError:
            return None

    def first_call(self, port: int) -> Call:
        """A call that any account answers."""
        expected = b"<ListUsersResponse" if self.answers_iam else BODY
        return Call(f"{self.name}: ListUsers", signed_request(port, DUMMY, "ListUsers"), (expected,))


# Accounts larger than AWS's default quota are measured, so the quota is raised; it is checked all the same.
FAKE_IAM: Final = Target(
    "fake_iam",
    "fake-iam",
    lambda port: [str(SCRIPTS / "fake-iam"), "--port", str(port), "--users-per-account", "1000000"],
)
MINISTACK: Final = Target(
    "MiniStack",
    "ministack",
    lambda port: [str(SCRIPTS / "ministack")],
    lambda port: {"GATEWAY_PORT": str(port), "BIND_HOST": HOST},
)
MOTO: Final = Target("moto_server", "moto", lambda port: [str(SCRIPTS / "moto_server"), "-H", HOST, "-p", str(port)])
HELLO_WORLD: Final = Target(
    "hello-world on werkzeug",
    "werkzeug",
    lambda port: [sys.executable, "-m", "benchmarks.hello_world", str(port)],
    answers_iam=False,
)
TARGETS: Final = (FAKE_IAM, MINISTACK, MOTO, HELLO_WORLD)
NAMES: Final = tuple(target.name for target in TARGETS)


def installed() -> list[Target]:
    """The targets that are installed, fake_iam first."""
    return [target for target in TARGETS if target.version() is not None]


def left_out() -> dict[str, str]:
    """Why a target is not measured, by its name."""
    return {target.name: f"{target.distribution} is not installed" for target in TARGETS if target.version() is None}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A target's process, from its start to its first right answer to its end.

    ``cold_start`` is the time between the first two, in seconds.

    Raises:
        WrongAnswer: it ends or stays silent instead of answering.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.port = free_port()
        first_call = target.first_call(self.port)
        command, environment = target.command(self.port), self._environment()
        begin = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self._await_listener()
            with RawClient(self.port) as client:
                client.ask(first_call)
        except BaseException:
            self.stop()
            raise
        self.cold_start = time.perf_counter() - begin

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        return {**kept, **self.target.environment(self.port)}

    def _await_listener(self) -> None:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            try:
                connect(self.port).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    raise WrongAnswer(f"{self.target.name} ended with {self._process.returncode}") from None
                time.sleep(0.001)
        raise WrongAnswer(f"{self.target.name} does not listen after {PATIENCE:.0f} s")
