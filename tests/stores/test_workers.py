"""Several processes behind one port."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.stores.killing import ANSWER, Stream, request
from tests.ways.command import PATIENCE, run, served

pytestmark = pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="this system shares no ports")


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_what_one_worker_did_all_know(address: str) -> None:
    with served("--workers", "2", "--store", address) as server:
        for number in range(12):  # each on a connection of its own, so that both workers are asked
            stream = Stream(server)
            stream.send(request(Action="CreateUser", UserName=f"user{number}"))
            stream.answers(1)
            stream.send(request(Action="GetUser", UserName="user0"))
            stream.answers(1)
            stream.close()
        assert server.stop(signal.SIGTERM).status == 0
        with pytest.raises(ConnectionRefusedError):
            Stream(server)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process's children in /proc")
def test_a_worker_that_dies_ends_the_others(address: str) -> None:
    with served("--workers", "2", "--store", address) as server:
        workers = [pid for pid in children(server.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        ended = server.ended()
    assert (ended.status, ended.err) == (
        1,
        f"fake-iam: worker {workers[0]} ended with -9; the others are stopped\n",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process's children in /proc")
def test_workers_end_with_the_process_that_started_them_even_if_it_is_killed(address: str) -> None:
    with served("--workers", "2", "--store", address) as server:
        workers = [os.pidfd_open(child) for child in children(server.pid)]
        server.stop(signal.SIGKILL)
        for worker in workers:
            ended, _, _ = select.select([worker], [], [], PATIENCE)
            os.close(worker)
            assert ended


def test_the_root_key_and_the_control_token_are_the_same_for_all(address: str) -> None:
    with served("--workers", "2", "--store", address, "--auth", "strict", "--host", "0.0.0.0", lines=5) as server:
        token = server.exports()["FAKE_IAM_CONTROL_TOKEN"]
        statuses = [
            run("clock", "--port", server.port, "--control-token", token, FAKE_IAM_HOST="127.0.0.1").status
            for _ in range(4)
        ]
        assert statuses == [0, 0, 0, 0]


def test_workers_in_memory_are_refused() -> None:
    done = run("--workers", "2")
    assert (done.status, done.err) == (
        2,
        "fake-iam: workers is 2 and store is memory, where each would have an account of its own; give them a store "
        "in a database, such as sqlite:///state.db\n",
    )


def test_a_taken_port_is_not_shared_with_another_program(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as listener:
        port = str(listener.getsockname()[1])
        done = run("--workers", "2", "--store", address, "--port", port)
    assert (done.status, done.err) == (
        1,
        f"fake-iam: cannot listen on 127.0.0.1:{port}: Address already in use\n",
    )


def test_an_answer_is_told_from_the_next() -> None:
    answers = b"HTTP/1.1 200 OK\r\n\r\n<A></AResponse>\nHTTP/1.1 409 Conflict\r\n\r\n<ErrorResponse></ErrorResponse>\n"
    assert [found[1] for found in ANSWER.finditer(answers)] == [b"200", b"409"]
