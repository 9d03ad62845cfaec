"""Many callers at once: nothing lost, no quota overrun, no name taken twice, no fault of the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from botocore.config import Config

from fake_iam import FakeIAM
from tests.boto3.callers import DEAD, QUOTA, new_user, statuses
from tests.support import AwsError, Key, error

T = TypeVar("T")
CREATED = None
SEATS = 100


@pytest.fixture
def shared(fake: FakeIAM) -> Any:
    """One client for all threads, with a connection for each, and no second try that could hide a 5xx."""
    return fake.client("iam", config=Config(retries={"max_attempts": 0}, max_pool_connections=SEATS))


def at_once(work: Callable[[T], Any], items: Sequence[T]) -> list[Any]:
    """The results of the work on every item, each in a thread of its own, all let go together."""
    barrier = Barrier(len(items))

    def let_go(item: T) -> Any:
        barrier.wait(timeout=30)
        return work(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(let_go, item) for item in items]]


def outcome(method: Callable[..., Any], **parameters: Any) -> AwsError | None:
    """None for success, else the error."""
    try:
        return error(method, **parameters)
    except AssertionError:
        return CREATED


def test_a_hundred_threads_switch_a_key_each_and_none_is_lost(shared: Any) -> None:
    keys = {f"user-{number}": new_user(shared, f"user-{number}") for number in range(SEATS)}

    def off_on_off(name: str) -> list[str]:
        seen = []
        for status in ("Inactive", "Active", "Inactive"):
            shared.update_access_key(UserName=name, AccessKeyId=keys[name].id, Status=status)
            seen.append(statuses(shared, name)[keys[name].id])
        return seen

    assert at_once(off_on_off, list(keys)) == [["Inactive", "Active", "Inactive"]] * SEATS
    assert {name: statuses(shared, name) for name in keys} == {name: {keys[name].id: "Inactive"} for name in keys}


def test_twenty_threads_never_get_more_than_two_keys_for_a_user(shared: Any) -> None:
    shared.create_user(UserName="alice")
    outcomes = at_once(lambda _: outcome(shared.create_access_key, UserName="alice"), range(20))
    assert Counter(outcomes) == {CREATED: 2, QUOTA: 18}
    assert len(statuses(shared, "alice")) == 2


def test_sixteen_threads_create_one_user_of_a_name(shared: Any) -> None:
    outcomes = at_once(lambda _: outcome(shared.create_user, UserName="alice"), range(16))
    taken = AwsError("EntityAlreadyExists", "User with name alice already exists.", 409)
    assert Counter(outcomes) == {CREATED: 1, taken: 15}
    assert [user["UserName"] for user in shared.list_users()["Users"]] == ["alice"]


def test_a_key_that_signs_in_many_threads_is_off_for_all_of_them_once_it_is_off(fake: FakeIAM, shared: Any) -> None:
    alice = new_user(shared, "alice")
    own = client_for_threads(fake, alice)
    at_once(lambda _: own.get_user(), range(16))
    shared.update_access_key(UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    assert at_once(lambda _: error(own.get_user), range(16)) == [DEAD] * 16


def client_for_threads(fake: FakeIAM, key: Key) -> Any:
    settings = Config(retries={"max_attempts": 0}, max_pool_connections=16)
    return fake.client("iam", access_key_id=key.id, secret_access_key=key.secret, config=settings)


def test_ids_made_at_once_are_all_different(shared: Any) -> None:
    made = at_once(lambda number: shared.create_user(UserName=f"user-{number}")["User"]["UserId"], range(32))
    assert len(set(made)) == 32
