"""Which codes an MFA device takes, and when they are used up."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from fake_iam.domain.credentials.mfa_devices import MfaDevice, must_delete_mfa_device, unassigned

SEED = "GEZDGNBVGY3TQOJQ"
PRESENT = 100
NOW = datetime.fromtimestamp(PRESENT * 30 + 7, timezone.utc)


def code_at(seed: str, step: int) -> str:
    assert seed == SEED
    return f"{step:06d}"


@pytest.fixture
def device() -> MfaDevice:
    return unassigned(
        partition="aws",
        account_id="123456789012",
        path="/team/",
        name="alice",
        seed=SEED,
        created_at=NOW,
        tags=(),
    )


def took(device: MfaDevice, *steps: int) -> int | None:
    """The latest step that is used up after the codes of these steps, or None if they were not taken."""
    after = device.taking([f"{step:06d}" for step in steps], NOW, code_at)
    return after.last_step if after else None


def test_a_new_device_is_nobodys(device: MfaDevice) -> None:
    assert (device.serial_number, device.owner_id) == ("arn:aws:iam::123456789012:mfa/team/alice", "")
    assert (device.assigned, device.enabled_at, device.place) == (False, None, "/team/alice")


def test_the_seed_is_not_in_the_repr(device: MfaDevice) -> None:
    assert SEED not in repr(device)


@pytest.mark.parametrize(
    ("step", "last"), [(PRESENT - 2, None), (PRESENT - 1, 99), (PRESENT, 100), (PRESENT + 1, 101), (PRESENT + 2, None)]
)
def test_a_code_may_be_one_step_off(device: MfaDevice, step: int, last: int | None) -> None:
    assert took(device, step) == last


@pytest.mark.parametrize(
    ("steps", "last"),
    [((98, 99), 99), ((99, 100), 100), ((100, 101), 101), ((97, 98), None), ((101, 102), None)],
)
def test_two_codes_are_of_two_steps_in_a_row(device: MfaDevice, steps: tuple[int, int], last: int | None) -> None:
    assert took(device, *steps) == last


@pytest.mark.parametrize("steps", [(100, 99), (99, 99), (98, 100)])
def test_two_codes_that_are_not_in_a_row_are_not_taken(device: MfaDevice, steps: tuple[int, int]) -> None:
    assert took(device, *steps) is None


def test_a_code_is_taken_once_and_none_before_it(device: MfaDevice) -> None:
    after = device.taking(["000100"], NOW, code_at)
    assert after is not None
    assert (took(after, 99), took(after, 100), took(after, 101)) == (None, None, 101)
    assert took(after, 100, 101) is None


def test_no_code_is_of_a_step_before_1970(device: MfaDevice) -> None:
    dawn = datetime.fromtimestamp(0, timezone.utc)
    first = device.taking(["000000"], dawn, code_at)
    assert first is not None
    assert first.last_step == 0


def test_without_a_source_of_codes_any_will_do_and_none_is_used_up(device: MfaDevice) -> None:
    assert device.taking(["123456"], NOW, None) == device


def test_a_user_with_a_device_is_not_deleted_in_these_words() -> None:
    conflict = must_delete_mfa_device()
    assert (conflict.code, conflict.message) == (
        "DeleteConflict",
        "Cannot delete entity, must delete MFA device first.",
    )


def test_a_deactivated_device_keeps_what_was_used_up(device: MfaDevice) -> None:
    after = device.taking(["000100"], NOW, code_at)
    assert after is not None
    enabled = after.enabled("AIDA", NOW)
    assert (enabled.assigned, enabled.enabled_at) == (True, NOW)
    deactivated = enabled.deactivated()
    assert (deactivated.assigned, deactivated.enabled_at, deactivated.last_step) == (False, None, 100)
