"""The rules of delegation requests: whose they are, which state follows which, and when they expire."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.modelled import needs
from fake_iam import ManualClock
from tests.support import AwsError, Key, Wire

pytestmark = needs("AssociateDelegationRequest")
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
PARTNER, OTHER = Key("999988887777", "any"), Key("222222222222", "any")
ROOT, ACCOUNT = "arn:aws:iam::123456789012:root", "123456789012"
TEMPLATE = "arn:aws:iam:::delegation-template/partner_delegation_template"
MISSING = "00000000-0000-4000-8000-000000000000"
CHANGES = ("Associate", "Update", "Accept", "Reject")


def members(workflow: str, **changes: Any) -> dict[str, Any]:
    return {
        "Description": "Example",
        "NotificationChannel": "arn:aws:sns:us-east-2:999988887777:topic",
        "Permissions.PolicyTemplateArn": TEMPLATE,
        "RequestorWorkflowId": workflow,
        "SessionDuration": 3600,
        **changes,
    }


def made(wire: Wire, workflow: str = "workflow-1", by: Key = PARTNER, **changes: Any) -> str:
    return str(wire.call("CreateDelegationRequest", by, **members(workflow, **changes))["DelegationRequestId"])


def do(wire: Wire, verb: str, request_id: str, by: Key | None = None, **parameters: Any) -> Any:
    """A change of a request, or the error."""
    action = "SendDelegationToken" if verb == "Send" else f"{verb}DelegationRequest"
    return wire.call(action, by, DelegationRequestId=request_id, **parameters)


def get(wire: Wire, request_id: str, by: Key | None = None) -> Any:
    answer = wire.call("GetDelegationRequest", by, DelegationRequestId=request_id)
    return answer if isinstance(answer, AwsError) else answer["DelegationRequest"]


def brought(wire: Wire, state: str, workflow: str = "workflow-1", **changes: Any) -> str:
    """A request that the account's root user has brought to a state."""
    request_id = made(wire, workflow, **changes)
    way = {
        "UNASSIGNED": (),
        "ASSIGNED": ("Associate",),
        "PENDING_APPROVAL": ("Associate", "Update"),
        "ACCEPTED": ("Associate", "Accept"),
        "REJECTED": ("Associate", "Reject"),
        "FINALIZED": ("Associate", "Accept", "Send"),
    }[state]
    for verb in way:
        assert do(wire, verb, request_id) is None
    return request_id


def missing(request_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The delegation request with id {request_id} cannot be found.", 404)


def wrong_state(request_id: str, state: str, wanted: str) -> AwsError:
    said = f"Delegation request {request_id} is in state {state} and cannot be moved to {wanted}."
    return AwsError("InvalidInput", said, 400)


def not_acceptable(request_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"No delegation request with id {request_id} can be accepted.", 404)


def listed(wire: Wire, by: Key | None = None, **parameters: Any) -> list[str]:
    found = wire.call("ListDelegationRequests", by, **parameters)["DelegationRequests"]
    rows = found["member"] if found else []
    return [row["DelegationRequestId"] for row in (rows if isinstance(rows, list) else [rows])]


# What a request is


def test_a_request_is_made_and_shown() -> None:
    wire = Wire(ManualClock(NOON))
    answer = wire.call(
        "CreateDelegationRequest",
        PARTNER,
        **members(
            "workflow-1",
            RequestMessage="Please",
            RedirectUrl="https://partner.example.com/done",
            OnlySendByOwner="true",
            **{
                "Permissions.Parameters.member.1.Name": "Bucket",
                "Permissions.Parameters.member.1.Type": "string",
                "Permissions.Parameters.member.1.Values.member.1": "logs",
            },
        ),
    )
    request_id = answer["DelegationRequestId"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", request_id)
    assert answer["ConsoleDeepLink"] == (
        f"https://us-east-1.console.aws.amazon.com/iam/account-access-requests/review/{request_id}"
    )
    assert get(wire, request_id) == {
        "DelegationRequestId": request_id,
        "Description": "Example",
        "RequestMessage": "Please",
        "Permissions": {
            "PolicyTemplateArn": TEMPLATE,
            "Parameters": {"member": {"Name": "Bucket", "Values": {"member": "logs"}, "Type": "string"}},
        },
        "RolePermissionRestrictionArns": None,
        "State": "UNASSIGNED",
        "ExpirationTime": "2026-01-02T12:00:00Z",
        "RequestorId": "999988887777",
        "CreateDate": "2026-01-01T12:00:00Z",
        "SessionDuration": "3600",
        "RedirectUrl": "https://partner.example.com/done",
        "OnlySendByOwner": "true",
        "UpdatedTime": "2026-01-01T12:00:00Z",
    }


def test_a_workflow_has_one_request(wire: Wire) -> None:
    request_id = made(wire)
    assert wire.call("CreateDelegationRequest", PARTNER, **members("workflow-1")) == AwsError(
        "EntityAlreadyExists", "Delegation request with requestor workflow id workflow-1 already exists.", 409
    )
    assert made(wire, by=OTHER) != request_id


@pytest.mark.parametrize(
    "channel", ["topic", "arn:aws:sqs:us-east-1:999988887777:queue", "arn:aws:sns:us-east-1:1:topic"]
)
def test_a_channel_is_a_topic(wire: Wire, channel: str) -> None:
    refused = wire.call("CreateDelegationRequest", PARTNER, **members("workflow-1", NotificationChannel=channel))
    assert refused == AwsError("InvalidInput", "The notification channel must be the ARN of an Amazon SNS topic.", 400)


def test_members_are_held_to_the_model(wire: Wire) -> None:
    refused = wire.call("CreateDelegationRequest", PARTNER, **members("workflow-1", SessionDuration=299))
    said = "Value at 'sessionDuration' failed to satisfy constraint: "
    assert refused == AwsError(
        "ValidationError",
        f"1 validation error detected: {said}Member must have value greater than or equal to 300",
        400,
    )


def test_a_check_of_permissions_is_done_if_it_is_asked_for(wire: Wire) -> None:
    wire.user("alice")
    request_id, alice = made(wire), wire.key("alice")
    asked = {"DelegationRequestId": request_id, "DelegationPermissionCheck": "true"}
    results = [wire.call("GetDelegationRequest", key, **asked) for key in (None, alice)]
    assert [result["PermissionCheckStatus"] for result in results] == ["COMPLETE", "COMPLETE"]
    assert [result["PermissionCheckResult"] for result in results] == ["ALLOWED", "UNSURE"]
    assert set(wire.call("GetDelegationRequest", DelegationRequestId=request_id)) == {"DelegationRequest"}


# Whose it is


def test_a_request_of_nobody_is_shown_to_all_until_one_claims_it(wire: Wire) -> None:
    request_id = made(wire)
    assert [get(wire, request_id, key)["State"] for key in (None, OTHER, PARTNER)] == ["UNASSIGNED"] * 3
    assert do(wire, "Associate", request_id) is None
    request = get(wire, request_id)
    assert (request["State"], request["OwnerId"], request["OwnerAccountId"]) == ("ASSIGNED", ROOT, ACCOUNT)
    assert [get(wire, request_id, key) for key in (OTHER, PARTNER)] == [missing(request_id)] * 2


def test_a_request_for_an_account_is_shown_and_given_to_no_other(wire: Wire) -> None:
    request_id = made(wire, OwnerAccountId=ACCOUNT)
    assert get(wire, request_id)["OwnerAccountId"] == ACCOUNT
    assert [get(wire, request_id, key) for key in (OTHER, PARTNER)] == [missing(request_id)] * 2
    assert do(wire, "Associate", request_id, OTHER) == missing(request_id)
    assert do(wire, "Associate", request_id) is None


def test_a_user_claims_a_request(wire: Wire) -> None:
    wire.user("alice")
    request_id = made(wire)
    assert do(wire, "Associate", request_id, wire.key("alice")) is None
    assert get(wire, request_id)["OwnerId"] == "arn:aws:iam::123456789012:user/alice"


@pytest.mark.parametrize("verb", [*CHANGES, "Send"])
def test_a_request_of_another_account_or_of_no_id_is_not_found(wire: Wire, verb: str) -> None:
    request_id = brought(wire, "ACCEPTED")
    assert do(wire, verb, request_id, OTHER) == missing(request_id)
    assert do(wire, verb, MISSING) == missing(MISSING)


# Which state follows which


@pytest.mark.parametrize(
    ("state", "verb", "reached"),
    [
        ("UNASSIGNED", "Associate", "ASSIGNED"),
        ("ASSIGNED", "Update", "PENDING_APPROVAL"),
        ("ASSIGNED", "Accept", "ACCEPTED"),
        ("ASSIGNED", "Reject", "REJECTED"),
        ("PENDING_APPROVAL", "Update", "PENDING_APPROVAL"),
        ("PENDING_APPROVAL", "Accept", "ACCEPTED"),
        ("PENDING_APPROVAL", "Reject", "REJECTED"),
        ("ACCEPTED", "Reject", "REJECTED"),
        ("ACCEPTED", "Send", "FINALIZED"),
    ],
)
def test_a_state_follows_another(wire: Wire, state: str, verb: str, reached: str) -> None:
    request_id = brought(wire, state)
    assert do(wire, verb, request_id) is None
    assert get(wire, request_id)["State"] == reached


@pytest.mark.parametrize(
    ("state", "verb", "wanted"),
    [
        ("ASSIGNED", "Associate", "ASSIGNED"),
        ("REJECTED", "Associate", "ASSIGNED"),
        ("UNASSIGNED", "Update", "PENDING_APPROVAL"),
        ("ACCEPTED", "Update", "PENDING_APPROVAL"),
        ("REJECTED", "Update", "PENDING_APPROVAL"),
        ("FINALIZED", "Update", "PENDING_APPROVAL"),
        ("UNASSIGNED", "Reject", "REJECTED"),
        ("REJECTED", "Reject", "REJECTED"),
        ("FINALIZED", "Reject", "REJECTED"),
        ("UNASSIGNED", "Send", "FINALIZED"),
        ("ASSIGNED", "Send", "FINALIZED"),
        ("PENDING_APPROVAL", "Send", "FINALIZED"),
        ("REJECTED", "Send", "FINALIZED"),
        ("FINALIZED", "Send", "FINALIZED"),
    ],
)
def test_a_state_does_not_follow_another(wire: Wire, state: str, verb: str, wanted: str) -> None:
    request_id = brought(wire, state)
    assert do(wire, verb, request_id) == wrong_state(request_id, state, wanted)
    assert get(wire, request_id)["State"] == state


@pytest.mark.parametrize("state", ["UNASSIGNED", "ACCEPTED", "REJECTED", "FINALIZED"])
def test_a_request_in_another_state_is_not_accepted(wire: Wire, state: str) -> None:
    request_id = brought(wire, state)
    assert do(wire, "Accept", request_id) == not_acceptable(request_id)
    assert get(wire, request_id)["State"] == state


def test_notes_and_reasons_are_kept(wire: Wire) -> None:
    request_id = brought(wire, "ASSIGNED")
    do(wire, "Update", request_id, Notes="please look")
    do(wire, "Update", request_id)
    do(wire, "Reject", request_id, Notes="too much")
    request = get(wire, request_id)
    assert (request["Notes"], request["RejectionReason"]) == ("please look", "too much")


def test_who_accepted_it_is_kept(wire: Wire) -> None:
    wire.user("admin")
    request_id = brought(wire, "PENDING_APPROVAL")
    assert do(wire, "Accept", request_id, wire.key("admin")) is None
    request = get(wire, request_id)
    assert (request["OwnerId"], request["ApproverId"]) == (ROOT, "arn:aws:iam::123456789012:user/admin")


def test_the_root_user_accepts_four_hours_at_the_most(wire: Wire) -> None:
    wire.user("admin")
    longer = brought(wire, "ASSIGNED", SessionDuration=14_401)
    assert do(wire, "Accept", longer) == AwsError(
        "AccessDenied", "Root users can only approve delegation requests with a duration of 4 hours or less.", 403
    )
    assert get(wire, longer)["State"] == "ASSIGNED"
    assert do(wire, "Accept", longer, wire.key("admin")) is None
    assert do(wire, "Accept", brought(wire, "ASSIGNED", "workflow-2", SessionDuration=14_400)) is None


def test_a_partner_may_want_the_token_from_the_owner_alone(wire: Wire) -> None:
    wire.user("admin")
    admin, request_id = wire.key("admin"), brought(wire, "ACCEPTED", OnlySendByOwner="true")
    said = f"Only the owner of delegation request {request_id} can send its delegation token."
    assert do(wire, "Send", request_id, admin) == AwsError("AccessDenied", said, 403)
    assert do(wire, "Send", request_id) is None
    assert do(wire, "Send", brought(wire, "ACCEPTED", "workflow-2"), admin) is None


# When it expires


@pytest.mark.parametrize(
    ("state", "days"),
    [
        ("UNASSIGNED", 1),
        ("ASSIGNED", 7),
        ("PENDING_APPROVAL", 7),
        ("ACCEPTED", 7),
        ("REJECTED", 7),
        ("FINALIZED", 7),
    ],
)
def test_a_request_expires_some_days_after_it_came_to_its_state(state: str, days: int) -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock)
    request_id = brought(wire, state)
    clock.advance(timedelta(days=days, seconds=-1))
    assert get(wire, request_id)["State"] == state
    clock.advance(timedelta(seconds=1))
    request = get(wire, request_id)
    assert (request["State"], request["ExpirationTime"]) == ("EXPIRED", f"2026-01-0{1 + days}T12:00:00Z")
    assert do(wire, "Update", request_id) == wrong_state(request_id, "EXPIRED", "PENDING_APPROVAL")
    assert do(wire, "Accept", request_id) == not_acceptable(request_id)


def test_a_change_of_state_begins_its_time_anew() -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock)
    request_id = brought(wire, "ASSIGNED")
    clock.advance(timedelta(days=6))
    do(wire, "Accept", request_id)
    clock.advance(timedelta(days=6))
    request = get(wire, request_id)
    assert (request["State"], request["UpdatedTime"]) == ("ACCEPTED", "2026-01-07T12:00:00Z")
    assert request["ExpirationTime"] == "2026-01-14T12:00:00Z"


# Lists


def test_a_list_has_what_the_account_has_claimed(wire: Wire) -> None:
    made(wire, OwnerAccountId=ACCOUNT)
    first, second = brought(wire, "ASSIGNED", "workflow-2"), brought(wire, "REJECTED", "workflow-3")
    assert listed(wire) == [first, second]
    assert listed(wire, PARTNER) == []


def test_requests_of_several_partners_are_in_one_list_the_older_first() -> None:
    clock = ManualClock(NOON)
    wire = Wire(clock)
    found = []
    for number, partner in enumerate([PARTNER, OTHER, PARTNER]):
        found.append(made(wire, f"workflow-{number}", by=partner))
        do(wire, "Associate", found[-1])
        clock.advance(timedelta(seconds=1))
    assert listed(wire) == found
    page = wire.call("ListDelegationRequests", MaxItems=2)
    assert page["isTruncated"] == "true"
    assert listed(wire, Marker=page["Marker"]) == found[2:]
    assert wire.call("ListDelegationRequests")["isTruncated"] == "false"


def test_a_list_may_be_of_one_owner(wire: Wire) -> None:
    wire.user("alice")
    brought(wire, "ASSIGNED")
    hers = made(wire, "workflow-2")
    do(wire, "Associate", hers, wire.key("alice"))
    assert listed(wire, OwnerId="arn:aws:iam::123456789012:user/alice") == [hers]
    assert listed(wire, OwnerId="arn:aws:iam::123456789012:user/bob") == []
    assert listed(wire, OTHER, OwnerId="arn:aws:iam::123456789012:user/alice") == []


def test_a_list_without_requests_is_there(wire: Wire) -> None:
    assert wire.call("ListDelegationRequests") == {"isTruncated": "false", "DelegationRequests": None}


# In words


def summary(wire: Wire, request_id: str, by: Key | None = None, **locale: str) -> Any:
    arn = f"arn:aws:iam::{ACCOUNT}:delegation-request/{request_id}"
    return wire.call("GetHumanReadableSummary", by, EntityArn=arn, **locale)


@pytest.mark.parametrize("locale", [None, "en", "en-GB"])
def test_a_request_is_put_into_english_words(wire: Wire, locale: str | None) -> None:
    request_id = made(wire, RequestMessage="Please")
    assert summary(wire, request_id, **({"Locale": locale} if locale else {})) == {
        "SummaryContent": "**account 999988887777** requests access for 3600 seconds.\n\nExample\n\nPlease",
        "Locale": locale or "en",
        "SummaryState": "AVAILABLE",
    }


@pytest.mark.parametrize("locale", ["fr", "zh-CN"])
def test_a_request_is_put_into_no_other_words(wire: Wire, locale: str) -> None:
    assert summary(wire, made(wire), Locale=locale) == {
        "SummaryContent": None,
        "Locale": locale,
        "SummaryState": "NOT_SUPPORTED",
    }


def test_words_are_for_those_who_may_see_the_request(wire: Wire) -> None:
    request_id = brought(wire, "ASSIGNED")
    assert summary(wire, request_id)["SummaryState"] == "AVAILABLE"
    assert summary(wire, request_id, OTHER) == missing(request_id)
    assert summary(wire, MISSING) == missing(MISSING)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:iam::123456789012:delegation-request/",
        "arn:aws:sts::123456789012:delegation-request/e4bdcdae-4f66-41ed",
        "delegation-request/e4bdcdae-4f66-41ed",
    ],
)
def test_nothing_else_is_put_into_words(wire: Wire, arn: str) -> None:
    said = f"The entity {arn} is not a delegation request."
    assert wire.call("GetHumanReadableSummary", EntityArn=arn) == AwsError("InvalidInput", said, 400)


# Who needs no policy


@pytest.fixture
def held() -> Wire:
    """A server that holds callers to their policies, with the user alice who has none."""
    wire = Wire(random_seed=7, enforce_policies="on")
    wire.user("alice")
    return wire


def denied(verb: str, request_id: str) -> AwsError:
    action = "iam:SendDelegationToken" if verb == "Send" else f"iam:{verb}DelegationRequest"
    arn = f"arn:aws:iam::{ACCOUNT}:delegation-request/{request_id}"
    because = f"because no identity-based policy allows the {action} action"
    user = "arn:aws:iam::123456789012:user/alice"
    return AwsError(
        "AccessDenied", f"User: {user} is not authorized to perform: {action} on resource: {arn} {because}", 403
    )


def test_an_owner_handles_a_request_without_a_policy_but_does_not_accept_it(held: Wire) -> None:
    alice, request_id = held.key("alice"), made(held)
    assert get(held, request_id, alice)["State"] == "UNASSIGNED"
    assert do(held, "Associate", request_id, alice) is None
    assert summary(held, request_id, alice)["SummaryState"] == "AVAILABLE"
    assert do(held, "Update", request_id, alice) is None
    assert do(held, "Accept", request_id, alice) == denied("Accept", request_id)
    assert do(held, "Accept", request_id) is None
    assert do(held, "Send", request_id, alice) is None
    assert listed(held, alice, OwnerId="arn:aws:iam::123456789012:user/alice") == [request_id]
    rejected = made(held, "workflow-2")
    do(held, "Associate", rejected, alice)
    assert do(held, "Reject", rejected, alice) is None


@pytest.mark.parametrize("verb", [*CHANGES, "Send"])
def test_others_need_a_policy(held: Wire, verb: str) -> None:
    request_id = brought(held, "ACCEPTED")
    assert do(held, verb, request_id, held.key("alice")) == denied(verb, request_id)
    assert get(held, request_id, held.key("alice")) == denied("Get", request_id)


def test_a_list_of_all_needs_a_policy(held: Wire) -> None:
    answer = held.call("ListDelegationRequests", held.key("alice"))
    assert (answer.code, answer.status) == ("AccessDenied", 403)


def test_a_request_for_another_account_or_of_no_id_is_denied(held: Wire) -> None:
    request_id, alice = made(held, OwnerAccountId="222222222222"), held.key("alice")
    assert get(held, request_id, alice) == denied("Get", request_id)
    assert do(held, "Associate", MISSING, alice) == denied("Associate", MISSING)
    assert do(held, "Update", made(held, "workflow-2"), alice).code == "AccessDenied"


def test_an_explicit_deny_stops_an_owner(held: Wire) -> None:
    alice, request_id = held.key("alice"), made(held)
    do(held, "Associate", request_id, alice)
    deny = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}'
    held.call("PutUserPolicy", UserName="alice", PolicyName="no", PolicyDocument=deny)
    assert do(held, "Update", request_id, alice).message.endswith("with an explicit deny in an identity-based policy")
