"""Whether a call takes longer the more users there are: fake_iam beside itself at several sizes, all alive at once."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

from benchmarks.account import ACCESS_KEY_ID, prove, signing_caller, user_found
from benchmarks.answers import Call, WrongAnswer
from benchmarks.effort import Effort
from benchmarks.figures import Table
from benchmarks.filling import RARE, RARE_PATH, create_users, keyless, seed_users, with_keys
from benchmarks.raw_client import RawClient, without_collector
from benchmarks.signing import signed_request
from benchmarks.targets import FAKE_IAM, Server, Target

MARKER: Final = re.compile(rb"<Marker>([^<]+)</Marker>")
USER_NAME: Final = re.compile(rb"<UserName>([^<]+)</UserName>")
FIRST_PAGE: Final = 100
LATER_PAGE: Final = 20
PAGES_ASKED: Final = 10  # times a round; a page takes longer than other calls
OTHERS_SIZES: Final = (100, 10_000)


def title(target: Target) -> str:
    """The table of a target's growth."""
    return f"Growth of {target.name}"


def column(size: int) -> str:
    """The column of a server with so many users."""
    return f"{size:,} users"


class Grown:
    """A server with so many users, and the calls that are made on it."""

    def __init__(self, server: Server, size: int, calls: int) -> None:
        self.server, self.size, self._count = server, size, calls
        self.caller = signing_caller(server)
        self.client = RawClient(server.port)
        self.fill()
        names = random.Random(size).sample(with_keys(size), calls // 2)
        self._users = [user_found(self.client, self.caller, name) for name in names]

    def fill(self) -> None:
        """Make the users."""
        create_users(self.caller, self.size)

    def time(self, calls: Sequence[Call]) -> float:
        """The median time of calls, in microseconds."""
        with without_collector():
            return median(self.client.run(calls)) * 1e6

    def round(self) -> dict[str, Callable[[], float]]:
        """What is measured in a round; what a call has made is unmade by the next."""
        caller, users = self.caller, self._users
        created = [f"new-{number}" for number in range(self._count)]
        return {
            "UpdateAccessKey": lambda: self.time([call for user in users for call in caller.switching(user, 2)]),
            "ListAccessKeys": lambda: self.time([caller.list_access_keys(user) for user in users]),
            "GetUser": lambda: self.time([caller.get_user(user.name) for user in users]),
            "CreateUser": lambda: self.time([caller.create_user(name) for name in created]),
            "DeleteUser": lambda: self.time([caller.delete_user(name) for name in created]),
        }


class GrownFakeIAM(Grown):
    """A fake_iam with so many users, which has more calls to show."""

    def fill(self) -> None:
        """Seed the users, and look up the pages and what must be on them."""
        seed_users(self.server.port, self.size)
        self._keyless = keyless(self.size)
        self._new_keys: list[tuple[str, str]] = []
        self._pages = {
            f"ListUsers, first page of {FIRST_PAGE}": self._page(min(FIRST_PAGE, self.size), MaxItems=FIRST_PAGE),
            f"ListUsers, page of {LATER_PAGE} in the middle": self._page(
                LATER_PAGE, MaxItems=LATER_PAGE, Marker=self._marker_in_the_middle()
            ),
            f"ListUsers, PathPrefix that {RARE} users have": self._page(RARE, PathPrefix=RARE_PATH, MaxItems=RARE),
        }

    def round(self) -> dict[str, Callable[[], float]]:
        """All that every server shows, roles and keys that come and go, pages, and a call of STS."""
        found = super().round()
        roles = [f"role-{number}" for number in range(self._count)]
        found["CreateRole"] = lambda: self.time([self.caller.create_role(name) for name in roles])
        found["DeleteRole"] = lambda: self.time([self.caller.delete_role(name) for name in roles])
        found["CreateAccessKey"] = self._create_keys
        found["DeleteAccessKey"] = self._delete_keys
        found["GetCallerIdentity"] = lambda: self.time([self._identity() for _ in range(self._count)])
        for name, page in self._pages.items():
            found[name] = lambda page=page: self.time([page() for _ in range(PAGES_ASKED)])  # type: ignore[misc]
        return found

    def _create_keys(self) -> float:
        """Two keys for each user that has none."""
        calls = [self.caller.create_access_key(name) for name in self._keyless * 2]
        with without_collector():
            answered = list(self.client.run_answers(calls))
        found = [ACCESS_KEY_ID.search(each.answer) for each in answered]
        ids = [match[1].decode() for match in found if match is not None]
        self._new_keys = list(zip(self._keyless * 2, ids, strict=True))
        return median(each.seconds for each in answered) * 1e6

    def _delete_keys(self) -> float:
        return self.time([self.caller.delete_access_key(*key) for key in self._new_keys])

    def _identity(self) -> Call:
        request = signed_request(self.server.port, self.caller.key, "GetCallerIdentity", "sts")
        return Call("GetCallerIdentity", request, (b"<GetCallerIdentityResponse ", b":user/signer</Arn>"))

    def _page(self, length: int, **parameters: str | int) -> Callable[[], Call]:
        """Makes calls for a page; it is asked for once now, and must be the same ever after. Raises WrongAnswer."""
        body = self.client.ask(self.caller.call("ListUsers", **parameters))
        names = [name.decode() for name in USER_NAME.findall(body)]
        if len(set(names)) != length:
            raise WrongAnswer(f"ListUsers: {len(names)} users instead of {length}: {body!r}")
        pieces = [f"<UserName>{name}</UserName>" for name in names]
        return lambda: self.caller.call("ListUsers", *pieces, **parameters)

    def _marker_in_the_middle(self) -> str:
        """Where the second half of the list begins."""
        length = min(1000, self.size // 2)
        parameters: dict[str, str | int] = {"MaxItems": length}
        for _ in range(self.size // 2 // length):
            body = self.client.ask(self.caller.call("ListUsers", "<IsTruncated>true</IsTruncated>", **parameters))
            found = MARKER.search(body)
            if found is None:
                raise WrongAnswer("a truncated page without Marker")
            parameters["Marker"] = found[1].decode()
        return str(parameters["Marker"])


def measure(effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of fake_iam's calls by size."""
    return measure_fake_iam(FAKE_IAM, effort.growth_sizes, effort, say)


def measure_fake_iam(target: Target, sizes: Sequence[int], effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of the calls of a fake_iam, whatever its options are, by size."""
    table = _measure(target, GrownFakeIAM, sizes, effort, say)
    table.how += (
        f" Users are seeded, with two keys each but for {len(keyless(100))} that CreateAccessKey is tried on. "
        "CreateUser and CreateAccessKey are undone in the same round, so that the sizes stay."
    )
    return table


def measure_other(target: Target, effort: Effort, say: Callable[[str], None]) -> Table:
    """The table of another server's calls by size."""
    return _measure(target, Grown, OTHERS_SIZES, effort, say)


def _measure(
    target: Target, kind: type[Grown], sizes: Sequence[int], effort: Effort, say: Callable[[str], None]
) -> Table:
    table = Table(
        title(target),
        "µs a call",
        f"A server for each size, all alive at once and asked in turn, on one connection each; the median of up to "
        f"{effort.growth_calls} calls is a round's value. Calls go to users all over the account.",
        tuple(column(size) for size in sizes),
        grows=True,
    )
    shuffle = random.Random(5).shuffle
    with ExitStack() as stack:
        grown = []
        for size in sizes:
            say(f"growth of {target.name}: filling it with {size:,} users")
            grown.append(kind(stack.enter_context(Server(target)), size, effort.growth_calls))
            stack.callback(grown[-1].client.close)
        for number in range(effort.growth_rounds):
            say(f"growth of {target.name}: round {number + 1} of {effort.growth_rounds}")
            rounds = [(each.size, each.round()) for each in grown]
            for call in rounds[0][1]:
                order = list(rounds)
                shuffle(order)
                for size, round_ in order:
                    table.add(call, column(size), round_[call]())
        for each in grown:
            prove(each.server, each.caller)
    return table
