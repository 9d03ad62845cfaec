"""Changes that take their time to be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from fake_iam.control.controls import Controls
from fake_iam.control.documents.problems import FormatError
from tests.support import INVALID_TOKEN, AwsError, Key, Wire

DEAD = AwsError("InvalidClientTokenId", INVALID_TOKEN, 403)


@pytest.fixture
def controls(wire: Wire) -> Controls:
    wire.assembled.controls.clock.freeze()
    return wire.assembled.controls


@pytest.fixture
def works(wire: Wire) -> Callable[[Key, str], bool]:
    """Whether a key may sign a call of a service."""

    def works(key: Key, service: str = "sts") -> bool:
        answer = wire.call("GetCallerIdentity" if service == "sts" else "ListUsers", key)
        assert not isinstance(answer, AwsError) or answer == DEAD
        return not isinstance(answer, AwsError)

    return works


Works = Callable[..., bool]


def test_without_delays_every_change_is_seen_at_once(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    key = wire.key("alice")
    assert works(key)
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    assert not works(key)


def test_a_new_key_works_when_its_delay_has_passed(wire: Wire, controls: Controls, works: Works) -> None:
    controls.propagation.delay(sts={"new_keys": "8 seconds"})
    wire.user("alice")
    key = wire.key("alice")
    controls.clock.advance("7.9 s")
    assert not works(key)
    controls.clock.advance("0.1 s")
    assert works(key)


def test_each_service_has_its_own_delay(wire: Wire, controls: Controls, works: Works) -> None:
    controls.propagation.delay(sts={"new_keys": "2 s"}, iam={"new_keys": timedelta(seconds=4)})
    wire.user("alice")
    key = wire.key("alice")
    controls.clock.advance("2 s")
    assert (works(key, "sts"), works(key, "iam")) == (True, False)
    controls.clock.advance("2 s")
    assert (works(key, "sts"), works(key, "iam")) == (True, True)


def test_a_delay_may_be_a_number_of_calls_that_each_service_counts(
    wire: Wire, controls: Controls, works: Works
) -> None:
    controls.propagation.delay(sts={"new_keys": "2 calls"}, iam={"new_keys": "1 call"})
    wire.user("alice")
    key = wire.key("alice")
    assert [works(key, "sts") for _ in range(4)] == [False, False, True, True]
    assert [works(key, "iam") for _ in range(2)] == [False, True]


def test_calls_of_other_keys_do_not_count(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    old = wire.key("alice")
    controls.propagation.delay(sts={"new_keys": "1 call"})
    new = wire.key("alice")
    assert works(old) and works(old)
    assert [works(new), works(new)] == [False, True]


def test_a_key_switched_off_lingers(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    key = wire.key("alice")
    controls.propagation.delay(sts={"status_changes": "4 s"})
    wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key.id, Status="Inactive")
    listed = wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"]["member"]
    assert (listed["Status"], works(key, "sts"), works(key, "iam")) == ("Inactive", True, False)
    controls.clock.advance("4 s")
    assert not works(key)


def test_a_deleted_key_lingers(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    key = wire.key("alice")
    controls.propagation.delay(sts={"deletions": "1 call"}, iam={"deletions": "1 call"})
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    assert wire.call("ListAccessKeys", UserName="alice")["AccessKeyMetadata"] is None
    assert [works(key), works(key)] == [True, False]
    assert [works(key, "iam"), works(key, "iam")] == [True, False]


def test_changes_of_one_key_are_seen_one_after_the_other(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    key = wire.key("alice")
    controls.propagation.delay(sts={"status_changes": "4 s"})
    for status in ("Inactive", "Active", "Inactive"):
        wire.call("UpdateAccessKey", UserName="alice", AccessKeyId=key.id, Status=status)
        controls.clock.advance("1 s")
    seen = []
    for _ in range(4):
        seen.append(works(key))
        controls.clock.advance("1 s")
    assert seen == [True, False, True, False]


def test_a_new_user_is_not_found_yet_but_its_name_is_taken(wire: Wire, controls: Controls) -> None:
    controls.propagation.delay(iam={"new_users": "2 calls"})
    wire.user("alice")
    missing = AwsError("NoSuchEntity", "The user with name alice cannot be found.", 404)
    assert wire.call("GetUser", UserName="alice") == missing
    assert wire.call("CreateUser", UserName="Alice").code == "EntityAlreadyExists"
    assert wire.call("ListUsers")["Users"] is None
    assert wire.call("GetUser", UserName="alice")["User"]["UserName"] == "alice"


def test_a_new_user_is_found_when_its_delay_has_passed(wire: Wire, controls: Controls) -> None:
    controls.propagation.delay(iam={"new_users": "2 s"})
    wire.user("alice")
    assert wire.call("CreateAccessKey", UserName="alice").code == "NoSuchEntity"
    controls.clock.advance("2 s")
    assert wire.call("CreateAccessKey", UserName="alice")["AccessKey"]["UserName"] == "alice"


def test_switched_off_everything_is_seen(wire: Wire, controls: Controls, works: Works) -> None:
    controls.propagation.delay(sts={"new_keys": "8 s"}, iam={"new_users": "8 s"})
    wire.user("alice")
    controls.propagation.off()
    assert works(wire.key("alice"))
    assert controls.propagation.document() == {}


def test_a_refused_change_is_no_change(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    key = wire.key("alice")
    controls.propagation.delay(sts={"deletions": "8 s"})
    assert wire.call("DeleteAccessKey", UserName="nobody", AccessKeyId=key.id).code == "NoSuchEntity"
    assert works(key)


def test_going_back_to_a_snapshot_brings_no_key_of_another_time(wire: Wire, controls: Controls, works: Works) -> None:
    wire.user("alice")
    controls.snapshot("before")
    key = wire.key("alice")
    controls.propagation.delay(sts={"deletions": "1 day"})
    wire.call("DeleteAccessKey", UserName="alice", AccessKeyId=key.id)
    controls.restore("before")
    assert wire.call("GetCallerIdentity", key)["Arn"].endswith(":root")


def test_the_delays_of_services_not_named_stay(controls: Controls) -> None:
    controls.propagation.delay(sts={"new_keys": "8 s", "deletions": "2 calls"})
    controls.propagation.delay(iam={"new_users": "P1D", "new_keys": "1 call"})
    assert controls.propagation.document() == {
        "sts": {"new_keys": "PT8S", "deletions": "2 calls"},
        "iam": {"new_users": "P1D", "new_keys": "1 call"},
    }


@pytest.mark.parametrize(
    ("delays", "problem"),
    [
        (
            {"sts": {"new_users": "8 s"}},
            "sts.new_users: is no field; there are new_keys, status_changes, deletions, new_sessions, new_roles, "
            "trust_policies, policies",
        ),
        (
            {"iam": {"new_keys": "soon"}},
            'iam.new_keys: \'soon\' is no span of time; write "91 days", "1 h 30 min", "P91D" or "PT8S", '
            'or a number of calls such as "2 calls"',
        ),
        (
            {"iam": "8 s"},
            "iam: '8 s' is no mapping of new_keys, status_changes, deletions, new_sessions, new_users, "
            "new_instance_profiles, new_principals, policies",
        ),
    ],
)
def test_a_delay_that_cannot_be_is_refused(controls: Controls, delays: dict[str, str], problem: str) -> None:
    with pytest.raises(FormatError) as refused:
        controls.propagation.delay(**delays)  # type: ignore[arg-type]  # the point
    assert str(refused.value) == problem


def test_what_is_pending_is_told_for_each_service_until_it_is_seen(wire: Wire) -> None:
    controls = wire.assembled.controls
    at = controls.clock.freeze("2026-01-31T12:00:00Z")
    controls.propagation.delay(sts={"new_keys": "8 seconds"}, iam={"new_keys": "2 calls"})
    wire.user("alice")
    key = wire.key("alice")
    (by_call, by_time) = sorted(controls.propagation.pending(at), key=lambda one: one.service)
    assert (by_call.id, by_call.what, by_call.service, by_call.until, by_call.calls) == (
        key.id,
        "new_keys",
        "iam",
        None,
        2,
    )
    assert (by_time.service, by_time.until, by_time.calls) == ("sts", at + timedelta(seconds=8), None)
    wire.call("GetUser", key)
    assert [one.calls for one in controls.propagation.pending(at) if one.service == "iam"] == [1]
    assert [one.service for one in controls.propagation.pending(at + timedelta(seconds=8))] == ["iam"]
    controls.propagation.off()
    assert controls.propagation.pending(at) == []
