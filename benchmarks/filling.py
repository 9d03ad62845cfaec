"""Many users with two keys each: made call by call on any server, or sown into fake_iam in a few documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from benchmarks.account import Caller
from benchmarks.answers import Call
from benchmarks.load import Load
from benchmarks.raw_client import RawClient
from benchmarks.signing import plain_request

CONNECTIONS: Final = 8
DOCUMENT: Final = 2_000  # users in one
RARE_PATH: Final = "/rare/"
RARE: Final = 20  # users with that path, whatever the size
KEYLESS: Final = 20  # users without keys, whatever the size


def user_name(number: int) -> str:
    """The name of one of the users."""
    return f"user-{number:06d}"


def create_users(caller: Caller, count: int) -> None:
    """Create users with two keys each, call by call, on several connections; every answer is checked."""

    def stream(first: int) -> Iterator[Call]:
        for number in range(first, count, CONNECTIONS):
            name = user_name(number)
            yield caller.create_user(name)
            yield caller.create_access_key(name)
            yield caller.create_access_key(name)

    Load(caller.port, [stream(first) for first in range(CONNECTIONS)]).run().check()


def seed_users(port: int, count: int, **more: Any) -> None:
    """Seed fake_iam with users: two keys each, but for the keyless; the rare path is spread evenly over all.

    ``more`` is what a seed says of each of them besides.
    """
    with RawClient(port) as client:
        for first in range(0, count, DOCUMENT):
            users = [_seeded(number, count) | more for number in range(first, min(first + DOCUMENT, count))]
            body = json.dumps({"users": users}).encode()
            request = plain_request(port, "POST", "/_fake_iam/seed", body)
            client.ask(Call("a seed", request, (b'"users": %d' % len(users),)))


def keyless(count: int) -> list[str]:
    """The names of the users that were seeded without keys."""
    return [user_name(number) for number in range(count) if _is_keyless(number, count)]


def with_keys(count: int) -> list[str]:
    """The names of the users that were seeded with keys."""
    return [user_name(number) for number in range(count) if not _is_keyless(number, count)]


def _is_keyless(number: int, count: int) -> bool:
    return number % (count // KEYLESS) == 1


def _seeded(number: int, count: int) -> dict[str, Any]:
    return {
        "name": user_name(number),
        "path": "/" if number % (count // RARE) else RARE_PATH,
        "access_keys": [] if _is_keyless(number, count) else [{}, {}],
    }
