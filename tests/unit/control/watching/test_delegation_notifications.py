"""What partners of delegation requests are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.modelled import needs
from fake_iam import ManualClock
from tests.support import Wire
from tests.unit.services.account.test_delegation_requests import NOON, PARTNER, ROOT, brought, do, made

pytestmark = needs("AssociateDelegationRequest")
TOPIC = "arn:aws:sns:us-east-2:999988887777:topic"


def told(wire: Wire, request_id: str | None = None) -> list[tuple[str, str]]:
    found = wire.assembled.controls.delegation_notifications(request_id)
    return [(one.workflow_id, one.state) for one in found]


def test_each_change_of_a_state_is_told_when_it_happens() -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock, random_seed=7)
    first = made(wire, "first")
    assert told(wire) == []
    do(wire, "Associate", first)
    clock.advance(timedelta(hours=1))
    second = brought(wire, "FINALIZED", "second")
    clock.advance(timedelta(hours=1))
    do(wire, "Reject", first)
    assert told(wire) == [
        ("first", "ASSIGNED"),
        ("second", "ASSIGNED"),
        ("second", "ACCEPTED"),
        ("second", "FINALIZED"),
        ("first", "REJECTED"),
    ]
    assert told(wire, second) == [("second", "ASSIGNED"), ("second", "ACCEPTED"), ("second", "FINALIZED")]
    assert told(wire, "another") == []


def test_a_change_that_is_refused_is_not_told() -> None:
    wire = Wire(ManualClock(NOON), random_seed=7)
    request = brought(wire, "REJECTED")
    do(wire, "Accept", request)
    assert told(wire) == [("workflow-1", "ASSIGNED"), ("workflow-1", "REJECTED")]


def test_an_end_by_the_clock_is_told_at_its_time() -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock, random_seed=7)
    request = made(wire)
    clock.advance(timedelta(days=2))
    (ended,) = wire.assembled.controls.delegation_notifications(request)
    assert (ended.state, ended.at) == ("EXPIRED", NOON + timedelta(days=1))


def test_a_notification_as_json_has_the_token_of_a_request_that_is_finalized() -> None:
    wire = Wire(ManualClock(NOON), random_seed=7)
    request = brought(wire, "FINALIZED")
    documents = [one.document() for one in wire.assembled.controls.delegation_notifications()]
    usual: dict[str, Any] = {
        "topic": TOPIC,
        "request_id": request,
        "workflow_id": "workflow-1",
        "owner_account_id": "123456789012",
        "at": "2026-01-01T12:00:00Z",
    }
    assert documents[0] == {**usual, "state": "ASSIGNED"}
    token = documents[2].pop("trade_in_token")
    assert documents[2] == {**usual, "state": "FINALIZED"}
    assert wire.call("GetDelegatedAccessToken", PARTNER, TradeInToken=token)["AssumedPrincipal"] == ROOT


def test_a_dump_keeps_what_was_told() -> None:
    wire = Wire(ManualClock(NOON), random_seed=7)
    brought(wire, "FINALIZED")
    other = Wire(ManualClock(NOON), random_seed=8)
    other.assembled.controls.load(wire.assembled.controls.dump(secrets=True))
    notifications = wire.assembled.controls.delegation_notifications()
    assert len(notifications) == 3
    assert other.assembled.controls.delegation_notifications() == notifications
