from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.modelled import needs
from conformance.provenance import assumed, documented, fake_only
from conformance.signing import Key
from conformance.sources import API, GUIDE
from conformance.targets import Target, fake_target
from fake_iam.domain.clock import ManualClock

pytestmark = [needs("AssociateDelegationRequest"), fake_only("it takes a partner, which AWS has registered")]
LIFECYCLE = f"{GUIDE}/temporary-delegation-building-integration.html"
TEXT = "the code is one that the service model lists for it; neither AWS's choice nor its text is known"
PARTNER, CUSTOMER, STRANGER = "999988887777", "123456789012", "222222222222"
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
MISSING = "e4bdcdae-4f66-41ed-9e1e-a7105e000000"
VERBS = {
    "associate": "associate_delegation_request",
    "update": "update_delegation_request",
    "accept": "accept_delegation_request",
    "reject": "reject_delegation_request",
    "send": "send_delegation_token",
}
WAYS = {
    "UNASSIGNED": (),
    "ASSIGNED": ("associate",),
    "PENDING_APPROVAL": ("associate", "update"),
    "ACCEPTED": ("associate", "accept"),
    "REJECTED": ("associate", "reject"),
    "FINALIZED": ("associate", "accept", "send"),
}


class Parties:
    """A partner, a customer and a stranger, each the root user of an account, and the clock they live by."""

    def __init__(self, server: Target, clock: ManualClock) -> None:
        self.server = server
        self.clock = clock
        self.partner, self.customer, self.stranger = (
            server.signing_with(Key(number, "any")).iam for number in (PARTNER, CUSTOMER, STRANGER)
        )
        self._made = 0

    def members(self, **changes: Any) -> dict[str, Any]:
        self._made += 1
        return {
            "Description": "Example Request",
            "NotificationChannel": f"arn:aws:sns:us-east-2:{PARTNER}:DelegationNotificationTopic",
            "Permissions": {"PolicyTemplateArn": "arn:aws:iam:::delegation-template/partner_delegation_template"},
            "RequestorWorkflowId": f"requestor-unique-id-{self._made}",
            "SessionDuration": 3600,
            **changes,
        }

    def request(self, state: str, **changes: Any) -> str:
        request_id = str(self.partner.create_delegation_request(**self.members(**changes))["DelegationRequestId"])
        for verb in WAYS[state]:
            self.do(verb, request_id)
        return request_id

    def do(self, verb: str, request_id: str) -> None:
        assert getattr(self.customer, VERBS[verb])(DelegationRequestId=request_id) == {}

    def error(self, verb: str, request_id: str, by: Any = None) -> AwsError:
        return self.server.error(getattr(by or self.customer, VERBS[verb]), DelegationRequestId=request_id)

    def shown(self, request_id: str) -> Any:
        return self.customer.get_delegation_request(DelegationRequestId=request_id)["DelegationRequest"]


@pytest.fixture
def parties() -> Iterator[Parties]:
    clock = ManualClock(NOON)
    with fake_target(clock, auth="issued", root_access_key_id=None, root_secret_access_key=None) as server:
        yield Parties(server, clock)


def missing(request_id: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The delegation request with id {request_id} cannot be found.", 404)


@documented(f"{API}/API_CreateDelegationRequest.html")
def test_a_request_is_made_and_shown(parties: Parties) -> None:
    made = parties.partner.create_delegation_request(**parties.members())
    request_id = made["DelegationRequestId"]
    link = "https://us-east-1.console.aws.amazon.com/iam/account-access-requests/review/"
    assert made["ConsoleDeepLink"] == link + request_id
    shown = parties.shown(request_id)
    assert {name: shown[name] for name in ("State", "RequestorId", "OnlySendByOwner", "SessionDuration")} == {
        "State": "UNASSIGNED",
        "RequestorId": PARTNER,
        "OnlySendByOwner": False,
        "SessionDuration": 3600,
    }
    assert (shown["CreateDate"], shown["ExpirationTime"]) == (NOON, NOON + timedelta(days=1))
    assert "OwnerId" not in shown


@assumed(TEXT)
def test_a_workflow_has_one_request(parties: Parties) -> None:
    members = parties.members()
    parties.partner.create_delegation_request(**members)
    workflow = members["RequestorWorkflowId"]
    said = f"Delegation request with requestor workflow id {workflow} already exists."
    refused = parties.server.error(parties.partner.create_delegation_request, **members)
    assert refused == AwsError("EntityAlreadyExists", said, 409)


@assumed(TEXT)
def test_a_channel_is_a_topic(parties: Parties) -> None:
    refused = parties.server.error(
        parties.partner.create_delegation_request, **parties.members(NotificationChannel="sns")
    )
    assert refused == AwsError("InvalidInput", "The notification channel must be the ARN of an Amazon SNS topic.", 400)


@documented(f"{API}/API_AssociateDelegationRequest.html")
def test_who_claims_a_request_is_its_owner(parties: Parties) -> None:
    shown = parties.shown(parties.request("ASSIGNED"))
    root = f"arn:aws:iam::{CUSTOMER}:root"
    assert (shown["State"], shown["OwnerId"], shown["OwnerAccountId"]) == ("ASSIGNED", root, CUSTOMER)


@pytest.mark.parametrize(
    ("state", "verb", "reached"),
    [
        pytest.param(state, verb, reached, id=f"{verb} {state}")
        for state, verb, reached in (
            ("ASSIGNED", "update", "PENDING_APPROVAL"),
            ("ASSIGNED", "accept", "ACCEPTED"),
            ("ASSIGNED", "reject", "REJECTED"),
            ("PENDING_APPROVAL", "accept", "ACCEPTED"),
            ("PENDING_APPROVAL", "reject", "REJECTED"),
            ("ACCEPTED", "reject", "REJECTED"),
            ("ACCEPTED", "send", "FINALIZED"),
        )
    ],
)
@documented(LIFECYCLE)
def test_a_state_follows_another(parties: Parties, state: str, verb: str, reached: str) -> None:
    request_id = parties.request(state)
    parties.do(verb, request_id)
    assert parties.shown(request_id)["State"] == reached


@assumed("the lifecycle names no transition from a state to itself; notes may be added to")
def test_a_pending_request_is_updated_again(parties: Parties) -> None:
    request_id = parties.request("PENDING_APPROVAL")
    parties.do("update", request_id)
    assert parties.shown(request_id)["State"] == "PENDING_APPROVAL"


@pytest.mark.parametrize(
    ("state", "verb", "wanted"),
    [
        pytest.param(state, verb, wanted, id=f"{verb} {state}")
        for state, verb, wanted in (
            ("ASSIGNED", "associate", "ASSIGNED"),
            ("ACCEPTED", "update", "PENDING_APPROVAL"),
            ("REJECTED", "update", "PENDING_APPROVAL"),
            ("UNASSIGNED", "reject", "REJECTED"),
            ("FINALIZED", "reject", "REJECTED"),
            ("ASSIGNED", "send", "FINALIZED"),
            ("FINALIZED", "send", "FINALIZED"),
        )
    ],
)
@assumed(TEXT)
def test_a_state_does_not_follow_another(parties: Parties, state: str, verb: str, wanted: str) -> None:
    request_id = parties.request(state)
    said = f"Delegation request {request_id} is in state {state} and cannot be moved to {wanted}."
    assert parties.error(verb, request_id) == AwsError("InvalidInput", said, 400)


@pytest.mark.parametrize("state", ["UNASSIGNED", "ACCEPTED", "REJECTED", "FINALIZED"])
@assumed(TEXT)
def test_a_request_in_another_state_is_not_accepted(parties: Parties, state: str) -> None:
    request_id = parties.request(state)
    said = f"No delegation request with id {request_id} can be accepted."
    assert parties.error("accept", request_id) == AwsError("NoSuchEntity", said, 404)


@pytest.mark.parametrize(("state", "days"), [(state, 1 if state == "UNASSIGNED" else 7) for state in WAYS])
@documented(LIFECYCLE)
def test_a_request_expires(parties: Parties, state: str, days: int) -> None:
    request_id = parties.request(state)
    parties.clock.advance(timedelta(days=days, seconds=-1))
    assert parties.shown(request_id)["State"] == state
    parties.clock.advance(timedelta(seconds=1))
    assert parties.shown(request_id)["State"] == "EXPIRED"


@documented(f"{API}/API_GetDelegationRequest.html")
def test_a_request_of_nobody_is_shown_to_all(parties: Parties) -> None:
    request_id = parties.request("UNASSIGNED")
    for caller in (parties.partner, parties.customer, parties.stranger):
        assert caller.get_delegation_request(DelegationRequestId=request_id)["DelegationRequest"]


@pytest.mark.parametrize("verb", list(VERBS))
@assumed(TEXT)
def test_the_request_of_another_account_is_not_found(parties: Parties, verb: str) -> None:
    request_id = parties.request("ACCEPTED")
    assert parties.error(verb, request_id, parties.stranger) == missing(request_id)
    assert parties.error(verb, MISSING) == missing(MISSING)
    shown = parties.server.error(parties.stranger.get_delegation_request, DelegationRequestId=request_id)
    assert shown == missing(request_id)


@assumed("the User Guide has the rule, not the error")
def test_the_root_user_accepts_four_hours_at_the_most(parties: Parties) -> None:
    request_id = parties.request("ASSIGNED", SessionDuration=14_401)
    said = "Root users can only approve delegation requests with a duration of 4 hours or less."
    assert parties.error("accept", request_id) == AwsError("AccessDenied", said, 403)


@documented(f"{API}/API_ListDelegationRequests.html")
def test_a_list_has_what_was_claimed(parties: Parties) -> None:
    parties.request("UNASSIGNED", OwnerAccountId=CUSTOMER)
    request_id = parties.request("REJECTED")
    answer = parties.customer.list_delegation_requests()
    assert answer["isTruncated"] is False
    assert [request["DelegationRequestId"] for request in answer["DelegationRequests"]] == [request_id]
    assert parties.partner.list_delegation_requests()["DelegationRequests"] == []


def arn_of(request_id: str) -> str:
    return f"arn:aws:iam::{CUSTOMER}:delegation-request/{request_id}"


@documented(f"{API}/API_GetHumanReadableSummary.html")
def test_a_request_is_put_into_words(parties: Parties) -> None:
    answer = parties.customer.get_human_readable_summary(EntityArn=arn_of(parties.request("ASSIGNED")))
    assert (answer["Locale"], answer["SummaryState"]) == ("en", "AVAILABLE")
    assert answer["SummaryContent"]


@assumed("a language model of AWS speaks the languages of the console; which state others get is not documented")
def test_a_request_is_not_put_into_words_of_an_unknown_language(parties: Parties) -> None:
    answer = parties.customer.get_human_readable_summary(EntityArn=arn_of(parties.request("ASSIGNED")), Locale="la")
    assert answer == {"SummaryContent": "", "Locale": "la", "SummaryState": "NOT_SUPPORTED"}


@assumed(TEXT)
def test_nothing_else_is_put_into_words(parties: Parties) -> None:
    arn = f"arn:aws:iam::{CUSTOMER}:user/alice"
    refused = parties.server.error(parties.customer.get_human_readable_summary, EntityArn=arn)
    assert refused == AwsError("InvalidInput", f"The entity {arn} is not a delegation request.", 400)
    refused = parties.server.error(parties.customer.get_human_readable_summary, EntityArn=arn_of(MISSING))
    assert refused == missing(MISSING)


@documented(f"{GUIDE}/access_policies-temporary-delegation.html")
def test_an_owner_needs_no_policy_but_to_accept() -> None:
    with fake_target() as server:
        server.iam.create_user(UserName="alice")
        made = server.iam.create_access_key(UserName="alice")["AccessKey"]
        alice = server.signing_with(Key(made["AccessKeyId"], made["SecretAccessKey"])).iam
        members = Parties(server, ManualClock(NOON)).members()
        request = {"DelegationRequestId": server.iam.create_delegation_request(**members)["DelegationRequestId"]}
        assert alice.associate_delegation_request(**request) == {}
        assert alice.get_delegation_request(**request)["DelegationRequest"]["State"] == "ASSIGNED"
        assert alice.update_delegation_request(**request) == {}
        assert server.error(alice.accept_delegation_request, **request).code == "AccessDenied"
        assert server.iam.accept_delegation_request(**request) == {}
        assert alice.send_delegation_token(**request) == {}
