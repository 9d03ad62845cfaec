"""Answers in JSON for clients that accept it, to the byte."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any
from unittest.mock import patch

import pytest

from fake_iam import ManualClock
from fake_iam.protocol.json_answers import is_wanted
from fake_iam.protocol.wire import WireResponse
from tests.support import Wire, form_request, with_header, with_headers

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.fixture
def wire() -> Wire:
    return Wire(ManualClock(AT), random_seed=7)


def asked(wire: Wire, action: str, accept: str = "application/json", **parameters: Any) -> WireResponse:
    return wire.send(with_header(form_request(action, **parameters), "Accept", accept))


def text(response: WireResponse) -> str:
    """The body with the request id replaced."""
    return re.sub(r'("RequestId":")[0-9a-f-]{36}"', r'\1ID"', response.body.decode())


def test_the_caller_is_told_as_recorded(wire: Wire) -> None:
    response = asked(wire, "GetCallerIdentity")
    assert dict(response.headers)["Content-Type"] == "application/json"
    assert text(response) == (
        '{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"123456789012",'
        '"Arn":"arn:aws:iam::123456789012:root","UserId":"123456789012"},"ResponseMetadata":{"RequestId":"ID"}}}'
    )


def test_an_error_is_told_as_recorded(wire: Wire) -> None:
    response = asked(wire, "GetUser", UserName="nobody")
    assert (response.status, dict(response.headers)["Content-Type"]) == (404, "application/json")
    assert text(response) == (
        '{"Error":{"Code":"NoSuchEntity","Message":"The user with name nobody cannot be found.","Type":"Sender"},'
        '"RequestId":"ID"}'
    )


def test_an_error_without_a_message_has_null(wire: Wire) -> None:
    response = asked(wire, "GetCredentialReport")
    assert json.loads(response.body)["Error"] == {"Code": "ReportNotPresent", "Message": None, "Type": "Sender"}


def test_dates_are_numbers_and_what_is_absent_is_null(wire: Wire) -> None:
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "\u00e9"}
    made = asked(wire, "CreateUser", UserName="alice", **tag)
    user = json.loads(made.body)["CreateUserResponse"]["CreateUserResult"]["User"]
    assert user["CreateDate"] == AT.timestamp()
    assert b'"CreateDate":1.767323045E9' in made.body
    assert user["Tags"] == [{"Key": "a", "Value": "\u00e9"}]
    assert (user["PasswordLastUsed"], user["PermissionsBoundary"]) == (None, None)


def test_lists_are_arrays_maps_are_objects_and_numbers_and_flags_are_their_own(wire: Wire) -> None:
    wire.user("alice")
    listed = json.loads(asked(wire, "ListUsers").body)["ListUsersResponse"]["ListUsersResult"]
    assert [user["UserName"] for user in listed["Users"]] == ["alice"]
    assert (listed["IsTruncated"], listed["Marker"]) == (False, None)
    empty = json.loads(asked(wire, "ListGroups").body)["ListGroupsResponse"]["ListGroupsResult"]
    assert empty["Groups"] == []
    summary = json.loads(asked(wire, "GetAccountSummary").body)["GetAccountSummaryResponse"]["GetAccountSummaryResult"]
    assert summary["SummaryMap"]["Users"] == 1
    wire.call("UpdateAccountPasswordPolicy", MinimumPasswordLength=9, RequireSymbols="true")
    answer = json.loads(asked(wire, "GetAccountPasswordPolicy").body)["GetAccountPasswordPolicyResponse"]
    policy = answer["GetAccountPasswordPolicyResult"]["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["RequireSymbols"]) == (9, True)


def test_a_blob_is_base64(wire: Wire) -> None:
    made = json.loads(asked(wire, "CreateVirtualMFADevice", VirtualMFADeviceName="phone").body)
    device = made["CreateVirtualMFADeviceResponse"]["CreateVirtualMFADeviceResult"]["VirtualMFADevice"]
    assert device["QRCodePNG"].startswith("iVBOR")


def test_a_void_operation_answers_its_metadata_alone(wire: Wire) -> None:
    wire.user("alice")
    deleted = asked(wire, "DeleteUser", UserName="alice")
    assert text(deleted) == '{"DeleteUserResponse":{"ResponseMetadata":{"RequestId":"ID"}}}'


def test_an_unknown_action_is_refused_in_json(wire: Wire) -> None:
    response = asked(wire, "Dance")
    assert (response.status, json.loads(response.body)["Error"]["Code"]) == (400, "InvalidAction")


def test_a_client_that_accepts_anything_gets_xml(wire: Wire) -> None:
    for accept in ("*/*", "text/xml, application/json;q=0.5", "application/json;q=0"):
        response = asked(wire, "GetCallerIdentity", accept=accept)
        assert dict(response.headers)["Content-Type"] == "text/xml"
        assert response.body.startswith(b"<GetCallerIdentityResponse ")


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/html, application/json;q=0.9, */*;q=0.8", True),
        ("application/json;q=0.5, text/xml;q=0.4", True),
        ("application/json;q=0.5, application/xml", False),
        ("application/json;q=much", False),
        ("application/jsonp", False),
        ("application/json, text/plain, */*", True),
        ("application/json;q=0.1, */*", False),
        ("text/xml;q=0, application/json;q=0.1, */*", True),
        ("", False),
    ],
)
def test_json_is_wanted_by_name_and_weight(accept: str, wanted: bool) -> None:
    assert is_wanted(accept) is wanted


def test_several_accept_headers_count_as_one_and_letter_case_does_not(wire: Wire) -> None:
    request = form_request("GetCallerIdentity")
    sent = [*request.headers.items(), ("Accept", "text/html"), ("Accept", "Application/JSON")]
    response = wire.send(with_headers(request, sent))
    assert dict(response.headers)["Content-Type"] == "application/json"


def test_a_fault_of_the_server_is_a_receivers_error(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    with patch.object(wire.assembled.engine, "context", side_effect=RuntimeError("broken")):
        response = asked(wire, "GetCallerIdentity")
    assert response.status == 500
    assert json.loads(response.body)["Error"]["Type"] == "Receiver"
    assert "internal fault" in caplog.text
