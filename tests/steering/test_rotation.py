"""A rotation in a world where changes take their time and calls fail."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from fake_iam import FakeIAM
from tests.steering.tools import rotate


@pytest.fixture
def iam(fake: FakeIAM) -> Any:
    fake.clock.freeze()
    iam = fake.client("iam")
    iam.create_user(UserName="alice")
    iam.create_access_key(UserName="alice")
    return iam


def test_a_rotation_fails_at_first_and_succeeds_when_the_change_has_spread(fake: FakeIAM, iam: Any) -> None:
    fake.propagation.delay(iam={"new_keys": "8 seconds"})
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        fake.clock.advance(f"{seconds} s")

    new = rotate(iam, lambda key: as_user(fake, key), "alice", wait)
    assert waited == [2.0] * 4
    (left,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert left["AccessKeyId"] == new["AccessKeyId"]
    outcomes = [call.code or call.outcome for call in fake.calls("DeleteAccessKey")]
    assert outcomes == ["InvalidClientTokenId"] * 4 + ["ok"]


def test_a_new_key_that_flaps(fake: FakeIAM, iam: Any) -> None:
    """Case C43: it works, then does not, then works."""
    new = iam.create_access_key(UserName="alice")["AccessKey"]
    fake.faults.add("*", caller=new["AccessKeyId"], after=1, times=1, error="InvalidClientTokenId")
    user = as_user(fake, new)
    user.list_access_keys()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        user.list_access_keys()
    user.list_access_keys()


def test_iam_may_lag_behind_sts(fake: FakeIAM, iam: Any) -> None:
    """Case C46: polling STS succeeds while IAM still refuses."""
    fake.propagation.delay(sts={"new_keys": "2 s"}, iam={"new_keys": "10 s"})
    new = iam.create_access_key(UserName="alice")["AccessKey"]
    fake.clock.advance("2 s")
    assert as_user(fake, new, "sts").get_caller_identity()["Arn"].endswith("user/alice")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        as_user(fake, new).list_access_keys()


def test_a_refused_creation_makes_no_key(fake: FakeIAM, iam: Any) -> None:
    """Case C48: CreateAccessKey itself answers InvalidClientTokenId twice."""
    fake.faults.add("CreateAccessKey", error="InvalidClientTokenId", times=2)
    for _ in range(2):
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            iam.create_access_key(UserName="alice")
    iam.create_access_key(UserName="alice")
    assert len(iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]) == 2


def test_a_creation_that_worked_and_said_500_leaves_an_orphan_when_it_is_retried(fake: FakeIAM) -> None:
    """Case C49."""
    fake.client("iam").create_user(UserName="alice")
    fake.faults.add("CreateAccessKey", error="ServiceFailure", done=True)
    client = fake.client("iam", config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    client.create_access_key(UserName="alice")
    assert len(client.list_access_keys(UserName="alice")["AccessKeyMetadata"]) == 2
    with pytest.raises(ClientError, match="Cannot exceed quota for AccessKeysPerUser: 2"):
        client.create_access_key(UserName="alice")


def test_a_deleted_key_lives_on_for_a_moment(fake: FakeIAM, iam: Any) -> None:
    """Case C51."""
    (old,) = iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    new = iam.create_access_key(UserName="alice")["AccessKey"]
    fake.propagation.delay(sts={"deletions": "4 s"})
    iam.delete_access_key(UserName="alice", AccessKeyId=new["AccessKeyId"])
    sts = as_user(fake, new, "sts")
    assert sts.get_caller_identity()["Arn"].endswith("user/alice")
    fake.clock.advance("5 s")
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        sts.get_caller_identity()
    assert [key["AccessKeyId"] for key in iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]] == [
        old["AccessKeyId"]
    ]


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("error", ["Throttling", "ServiceUnavailable", "ServiceFailure"])
def test_botocore_retries_what_it_retries_at_aws(fake: FakeIAM, mode: str, error: str) -> None:
    rule = fake.faults.add("ListUsers", error=error)
    client = fake.client("iam", config=Config(retries={"mode": mode, "total_max_attempts": 2}))
    assert client.list_users()["ResponseMetadata"]["RetryAttempts"] == 1
    assert [(rule.number, rule.fired) for rule in fake.faults.rules()] == [(rule.number, 1)]


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_botocore_retries_a_dropped_connection(fake: FakeIAM, mode: str) -> None:
    fake.faults.add("ListUsers", drop=True)
    client = fake.client("iam", config=Config(retries={"mode": mode, "total_max_attempts": 2}))
    assert client.list_users()["Users"] == []
    assert [call.outcome for call in fake.calls("ListUsers")] == ["dropped", "ok"]


def test_botocore_does_not_retry_what_it_does_not_retry_at_aws(fake: FakeIAM) -> None:
    fake.faults.add("ListUsers", error="AccessDenied")
    client = fake.client("iam", config=Config(retries={"mode": "standard", "total_max_attempts": 5}))
    with pytest.raises(ClientError, match="AccessDenied"):
        client.list_users()
    assert len(fake.calls("ListUsers")) == 1


def test_a_dropped_connection_is_one_without_retries(fake: FakeIAM) -> None:
    fake.faults.add("ListUsers", drop=True)
    with pytest.raises(ConnectionClosedError):
        fake.client("iam", config=Config(retries={"total_max_attempts": 1})).list_users()


def test_a_dropped_call_is_dropped_in_process_too() -> None:
    from fake_iam.inprocess import attach

    with FakeIAM() as fake:
        client = fake.client("iam", config=Config(retries={"total_max_attempts": 1}))
        attach(client, fake.assembled)
        fake.faults.add("ListUsers", drop=True)
        with pytest.raises(ConnectionClosedError):
            client.list_users()


def as_user(fake: FakeIAM, key: dict[str, str], service: str = "iam") -> Any:
    return fake.client(service, access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
