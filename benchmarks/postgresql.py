"""A PostgreSQL for measuring and testing: a cluster in a new directory, on a free port of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

PLACES: Final = Path("/usr/lib/postgresql")
OWNER: Final = "postgres"
QUICK: Final = "-c fsync=off -c full_page_writes=off"


class Cluster:
    """A server that may be stopped and started.

    Args:
        programs: where its programs are.
        directory: where its data are.
        port: where it listens.
        options: what is not to be as it comes.
    """

    def __init__(self, programs: Path, directory: Path, port: int, options: str) -> None:
        self._programs = programs
        self._directory = directory
        self.address = f"postgresql://{OWNER}@127.0.0.1:{port}/{OWNER}"
        self._options = f"{options} -c listen_addresses=127.0.0.1 -p {port} -k {directory}"

    def initialize(self) -> None:
        """Make its files."""
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", "--no-sync", "-D", self._data)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = str(self._directory / "log")
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-o", self._options, "-l", log)

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)

    def fresh(self) -> str:
        """The address of the database, with nothing in it."""
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.address

    @property
    def _data(self) -> str:
        return str(self._directory / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:  # it serves nobody who is root
            command = ["runuser", "-u", OWNER, "--", *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert done.returncode == 0, done.stderr.decode()


def programs() -> Path | None:
    """Where PostgreSQL's programs are, or None if it is not installed."""
    found = shutil.which("pg_ctl")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(PLACES.glob("*/bin/pg_ctl"), key=lambda path: int(path.parent.parent.name))
    return versions[-1].parent if versions else None


@contextmanager
def cluster(programs: Path, options: str = "") -> Iterator[Cluster]:
    """A cluster that runs, for the length of a with block."""
    directory = Path(mkdtemp(prefix="fake_iam-postgres-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam(OWNER)
        os.chown(directory, owner.pw_uid, owner.pw_gid)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    made = Cluster(programs, directory, port, options)
    try:
        made.initialize()
        made.start()
        yield made
        made.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
