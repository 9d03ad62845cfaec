"""Delegation requests in seeds, dumps and dates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.modelled import needs
from fake_iam.control.documents.problems import FormatError
from tests.support import Wire

pytestmark = needs("AssociateDelegationRequest")
PARTNER, OWNER = "999988887777", "arn:aws:iam::123456789012:user/alice"
ID = "e4bdcdae-4f66-41ed-9e1e-a7105e000000"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}
LEAST: dict[str, Any] = {
    "id": ID,
    "workflow_id": "workflow-1",
    "description": "Example",
    "policy_template": "arn:aws:iam:::delegation-template/template",
    "notification_channel": "arn:aws:sns:us-east-2:999988887777:topic",
    "session_duration": 3600,
}
WHOLE: dict[str, Any] = {
    **LEAST,
    "parameters": [{"name": "Bucket", "values": ["logs"], "type": "string"}],
    "owner": OWNER,
    "state": "REJECTED",
    "message": "Please",
    "redirect_url": "https://partner.example.com/",
    "only_send_by_owner": True,
    "notes": "please look",
    "rejection_reason": "too much",
    "requestor_name": "Example partner",
    "permission_policy": POLICY,
    "permissions_boundaries": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    "created": "2 days ago",
    "updated": "1 day ago",
}


def seeded(wire: Wire, *requests: Any) -> Wire:
    wire.assembled.controls.clock.freeze("2026-01-10T00:00:00Z")
    wire.assembled.controls.seed({"accounts": {PARTNER: {"delegation_requests": list(requests)}}})
    return wire


def seen(wire: Wire, request_id: str = ID) -> Any:
    return wire.call("GetDelegationRequest", DelegationRequestId=request_id)["DelegationRequest"]


def test_a_seed_states_them(wire: Wire) -> None:
    shown = seen(seeded(wire, WHOLE))
    assert json.loads(shown.pop("PermissionPolicy")) == POLICY
    assert shown == {
        "DelegationRequestId": ID,
        "OwnerAccountId": "123456789012",
        "Description": "Example",
        "RequestMessage": "Please",
        "Permissions": {
            "PolicyTemplateArn": "arn:aws:iam:::delegation-template/template",
            "Parameters": {"member": {"Name": "Bucket", "Values": {"member": "logs"}, "Type": "string"}},
        },
        "RolePermissionRestrictionArns": {"member": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        "OwnerId": OWNER,
        "State": "REJECTED",
        "ExpirationTime": "2026-01-16T00:00:00Z",
        "RequestorId": PARTNER,
        "RequestorName": "Example partner",
        "CreateDate": "2026-01-08T00:00:00Z",
        "SessionDuration": "3600",
        "RedirectUrl": "https://partner.example.com/",
        "Notes": "please look",
        "RejectionReason": "too much",
        "OnlySendByOwner": "true",
        "UpdatedTime": "2026-01-09T00:00:00Z",
    }


def test_a_request_is_unassigned_if_nothing_is_said(wire: Wire) -> None:
    shown = seen(seeded(wire, LEAST))
    assert (shown["State"], shown["CreateDate"]) == ("UNASSIGNED", "2026-01-10T00:00:00Z")
    assert "OwnerAccountId" not in shown


def test_a_request_with_an_owner_is_assigned_and_listed(wire: Wire) -> None:
    seeded(wire, {**LEAST, "owner": OWNER})
    assert seen(wire)["State"] == "ASSIGNED"
    assert wire.call("ListDelegationRequests", OwnerId=OWNER)["DelegationRequests"]["member"]["OwnerId"] == OWNER


@pytest.mark.parametrize("approver", [None, "arn:aws:iam::123456789012:user/admin"])
def test_an_accepted_request_has_an_approver(wire: Wire, approver: str | None) -> None:
    accepted = {**LEAST, "owner": OWNER, "state": "ACCEPTED", **({"approver": approver} if approver else {})}
    assert seen(seeded(wire, accepted))["ApproverId"] == (approver or OWNER)


def test_a_seeded_request_may_have_expired(wire: Wire) -> None:
    assert seen(seeded(wire, {**LEAST, "created": "1 day ago"}))["State"] == "EXPIRED"


def test_an_id_is_drawn(wire: Wire) -> None:
    seeded(wire, {name: value for name, value in WHOLE.items() if name != "id"})
    request = wire.call("ListDelegationRequests")["DelegationRequests"]["member"]
    assert seen(wire, request["DelegationRequestId"]) == request


def test_a_dump_brings_all_of_it_back(wire: Wire) -> None:
    seeded(wire, WHOLE)
    other = Wire()
    other.assembled.controls.load(json.loads(json.dumps(wire.assembled.controls.dump())))
    assert seen(other) == seen(wire)


def test_dates_can_be_set(wire: Wire) -> None:
    seeded(wire, WHOLE)
    dates = {"account_id": PARTNER, "delegation_request": ID, "created": "2025-12-24", "updated": "2025-12-25"}
    wire.assembled.controls.backdate(dates)
    shown = seen(wire)
    assert (shown["CreateDate"], shown["UpdatedTime"]) == ("2025-12-24T00:00:00Z", "2025-12-25T00:00:00Z")
    assert shown["State"] == "EXPIRED"


def test_a_request_does_not_change_before_it_is_made(wire: Wire) -> None:
    seeded(wire, WHOLE)
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.backdate({"account_id": PARTNER, "delegation_request": ID, "updated": "2025-12-25"})
    assert str(refused.value) == (
        f"updated: 2025-12-25T00:00:00Z is before created of delegation request '{ID}' (2026-01-08T00:00:00Z); "
        "set that first, or give allow_impossible"
    )


@pytest.mark.parametrize(
    ("request_", "at", "said"),
    [
        ({**LEAST, "state": "ASSIGNED"}, ".state", "ASSIGNED is for requests with an owner"),
        ({**WHOLE, "state": "UNASSIGNED"}, ".state", "UNASSIGNED is for requests without an owner"),
        (
            {**WHOLE, "owner_account": "222222222222"},
            ".owner",
            f"'{OWNER}' is not of the account 222222222222",
        ),
        ({**LEAST, "id": "short"}, ".id", "'short' is not an id of 16 to 128 letters, digits, underscores and dashes"),
        (
            {**LEAST, "notification_channel": "topic"},
            "",
            "The notification channel must be the ARN of an Amazon SNS topic.",
        ),
        ({**LEAST, "workflow_id": "w"}, "", None),
    ],
)
def test_what_cannot_be_is_refused(wire: Wire, request_: Any, at: str, said: str | None) -> None:
    said = said or (
        "1 validation error detected: Value at 'requestorWorkflowId' failed to satisfy constraint: "
        "Member must have length greater than or equal to 5"
    )
    with pytest.raises(FormatError) as refused:
        seeded(wire, request_)
    assert str(refused.value) == f"accounts.{PARTNER}.delegation_requests[0]{at}: {said}"


def test_an_id_is_one_requests(wire: Wire) -> None:
    with pytest.raises(FormatError) as refused:
        seeded(wire, LEAST, {**LEAST, "workflow_id": "workflow-2"})
    assert str(refused.value) == f"accounts.{PARTNER}.delegation_requests[1].id: '{ID}' is there already"
