"""The command in a process of its own, as a shell or a container starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

PATIENCE = 30.0  # seconds; nothing here takes more than two


@dataclass(frozen=True)
class Outcome:
    """What a finished command leaves behind."""

    status: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """The test's environment without settings of ours or of AWS, and with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAKE_IAM_", "AWS_"))}
    return {**kept, **variables}


def run(*arguments: str, **variables: str) -> Outcome:
    """Run ``python -m fake_iam`` to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "fake_iam", *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


class Served:
    """A server in a process of its own that has said where it listens."""

    def __init__(self, process: subprocess.Popen[str], lines: int) -> None:
        self._process = process
        assert process.stdout is not None
        self.lines = [process.stdout.readline().rstrip("\n") for _ in range(lines)]

    @property
    def url(self) -> str:
        """Where it says it listens."""
        return self.lines[0].split(" on ")[1].split()[0]

    @property
    def port(self) -> str:
        """The port in ``url``."""
        return self.url.rpartition(":")[2]

    def exports(self) -> dict[str, str]:
        """The variables of the lines that begin with ``export``."""
        pairs = [pair for line in self.lines if line.startswith("export ") for pair in line.split()[1:]]
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def stop(self, number: int) -> Outcome:
        """Send a signal and wait for the end."""
        self._process.send_signal(number)
        return self.ended()

    def ended(self) -> Outcome:
        """Wait for the end."""
        out, err = self._process.communicate(timeout=PATIENCE)
        return Outcome(self._process.returncode, out, err)


@contextmanager
def served(*arguments: str, lines: int = 4, **variables: str) -> Iterator[Served]:
    """``python -m fake_iam`` on a free port for the length of a with block; ``lines`` are read before it begins."""
    with subprocess.Popen(
        [sys.executable, "-m", "fake_iam", "--port", "0", *arguments],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield Served(process, lines)
        finally:
            watchdog.cancel()
            process.kill()
