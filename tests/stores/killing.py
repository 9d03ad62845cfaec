"""Rounds of changes that end with the death of the server: what must be there afterwards."""

from __future__ import annotations

import random
import re
import signal
import socket
from pathlib import Path
from urllib.parse import urlencode

from fake_iam.domain.identities.groups import Membership
from fake_iam.domain.identities.users import User
from fake_iam.domain.tags import Tag
from fake_iam.store.base import Account
from fake_iam.store.opening import open_store
from tests.support import IAM_VERSION
from tests.ways.command import Served, served

ACCOUNT = "123456789012"
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n.*?</\w+Response>\n?", re.DOTALL)


def change(number: int) -> bytes:
    """The request of a change: a user comes with an even number, and joins the group with the next."""
    name = f"user{number // 2}"
    asked = {"Action": "AddUserToGroup", "GroupName": "all", "UserName": name}
    if number % 2 == 0:
        asked = {"Action": "CreateUser", "UserName": name, "Tags.member.1.Key": "k", "Tags.member.1.Value": name}
    return request(**asked)


def request(**parameters: str) -> bytes:
    query = urlencode({"Version": IAM_VERSION, **parameters})
    return f"GET /?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


class Stream:
    """One connection, on which requests follow each other without waiting for the answers."""

    def __init__(self, server: Served) -> None:
        self._socket = socket.create_connection(("127.0.0.1", int(server.port)), timeout=30)
        self._read = b""

    def send(self, *requests: bytes) -> None:
        self._socket.sendall(b"".join(requests))

    def answers(self, count: int) -> None:
        """Wait for so many answers; each must be a success."""
        for _ in range(count):
            while (found := ANSWER.match(self._read)) is None:
                data = self._socket.recv(65536)
                assert data, "the server went away before it was killed"
                self._read += data
            assert found[1] == b"200", self._read[: found.end()]
            self._read = self._read[found.end() :]

    def close(self) -> None:
        self._socket.close()

    def rest(self) -> int:
        """How many successes the dead server had still sent."""
        try:
            while data := self._socket.recv(65536):
                self._read += data
        except ConnectionError:
            pass
        self.close()
        return len([found for found in ANSWER.finditer(self._read) if found[1] == b"200"])


def kill_round(address: str, done: int, chance: random.Random) -> tuple[int, int]:
    """Change, kill while more changes are under way; the number of changes that were answered, and that are there.

    ``done`` changes are there before.
    """
    with served("--store", address) as server:
        stream = Stream(server)
        if not done:
            stream.send(request(Action="CreateGroup", GroupName="all"))
            stream.answers(1)
        more = [change(number) for number in range(done, done + 40)]
        waited = chance.randrange(1, 30)
        stream.send(*more)
        stream.answers(waited)
        assert server.stop(signal.SIGKILL).status == -signal.SIGKILL
        answered = done + waited + stream.rest()
    return answered, there(address)


def there(address: str) -> int:
    """How many changes are in a store, the last of which may not be half."""
    store = open_store(address)
    account = store.account(ACCOUNT)
    users, members = whole(account, User, "path", "/"), whole(account, Membership, "group", None)
    store.close()
    names = [f"user{number}" for number in range(len(users))]
    assert {row.name: row.tags for row in users} == {name: (Tag("k", name),) for name in names}
    assert len(members) in (len(users), len(users) - 1)
    assert {row.owner_id for row in members} <= {row.id for row in users}
    return len(users) + len(members)


def whole(account: Account, kind: type, index: str, within: str | None) -> list:  # type: ignore[type-arg]
    """The rows of a kind, which must be the same however they are asked for."""
    table = account.table(kind)
    rows = [row for _, row in table.items()]
    if within is None:
        within = f"{rows[0].group_id}/" if rows else "/"
    listed = list(table.after(index, within))
    assert len(table) == len(rows) == len(listed)
    assert set(listed) == set(rows)
    return rows


def database(directory: Path) -> str:
    return f"sqlite:///{directory}/store.db"
