"""What an answer looks like on the wire: bytes, lengths and headers (facts, sections 1.1 to 1.3)."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import urlencode

import pytest
import xmltodict

from conformance.modelled import with_whole_model
from fake_iam.pipeline.implemented import Implemented
from fake_iam.protocol.model import load_service
from fake_iam.protocol.wire import WireResponse
from tests.support import (
    IAM_VERSION,
    STS_ACTIONS,
    STS_VERSION,
    UNSIGNED,
    Key,
    Wire,
    form_request,
    read,
    without_request_id,
)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
DISPATCH = "http://webservices.amazon.com/AWSFault/2005-15-09"


def send(wire: Wire, action: str, key: Key | None = None, **parameters: Any) -> WireResponse:
    return wire.send(form_request(action, key, **parameters))


def header(response: WireResponse, name: str) -> str:
    (value,) = (text for key, text in response.headers if key == name)
    return value


@pytest.fixture
def alice(wire: Wire) -> Key:
    wire.user("alice")
    return wire.key("alice")


def test_the_void_success_is_the_recorded_210_bytes(wire: Wire, alice: Key) -> None:
    response = send(wire, "UpdateAccessKey", UserName="alice", AccessKeyId=alice.id, Status="Inactive")
    request_id = header(response, "x-amzn-RequestId")
    assert response.body.decode() == (
        '<UpdateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">\n'
        "  <ResponseMetadata>\n"
        f"    <RequestId>{request_id}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</UpdateAccessKeyResponse>\n"
    )
    assert len(response.body) == 210


@pytest.mark.parametrize(
    ("action", "parameters", "size"),
    [
        ("TagUser", {"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}, 194),
        ("UntagUser", {"TagKeys.member.1": "k"}, 198),
        ("DeleteUser", {}, 200),
    ],
)
def test_void_successes_have_their_recorded_lengths(
    wire: Wire, action: str, parameters: dict[str, Any], size: int
) -> None:
    wire.user("alice")
    response = send(wire, action, UserName="alice", **parameters)
    assert (response.status, len(response.body)) == (200, size)


def test_the_success_of_delete_access_key_is_210_bytes(wire: Wire, alice: Key) -> None:
    response = send(wire, "DeleteAccessKey", UserName="alice", AccessKeyId=alice.id)
    assert (response.status, len(response.body)) == (200, 210)


@pytest.mark.parametrize(
    ("action", "size"),
    [
        ("ListMFADevices", 314),
        ("ListSigningCertificates", 352),
        ("ListSSHPublicKeys", 329),
        ("ListGroupsForUser", 322),
        ("ListAccessKeys", 321),
    ],
)
def test_empty_lists_have_their_recorded_lengths(wire: Wire, action: str, size: int) -> None:
    wire.user("alice")
    response = send(wire, action, UserName="alice")
    assert (response.status, len(response.body)) == (200, size)


@with_whole_model
def test_an_empty_list_of_service_specific_credentials_is_as_long_as_recorded(wire: Wire) -> None:
    """357 bytes in 2017, when there was no IsTruncated; it was recorded in 2026."""
    wire.user("alice")
    response = send(wire, "ListServiceSpecificCredentials", UserName="alice")
    assert len(response.body) == 357 + len("    <IsTruncated>false</IsTruncated>\n")


def test_a_list_of_one_key_is_as_long_as_recorded(wire: Wire) -> None:
    """561 bytes; the recorded user's name is not known, but with these bytes it had 13 characters."""
    name = "alice.example"
    wire.user(name)
    wire.key(name)
    assert len(send(wire, "ListAccessKeys", UserName=name).body) == 561


def test_a_list_of_keys_names_the_user_in_each_key_and_nowhere_else(wire: Wire, alice: Key) -> None:
    result = wire.call("ListAccessKeys", alice)
    assert list(result) == ["IsTruncated", "AccessKeyMetadata"]
    assert result["AccessKeyMetadata"]["member"]["UserName"] == "alice"


def test_the_answer_of_get_caller_identity_is_laid_out_to_the_byte(wire: Wire, alice: Key) -> None:
    response = send(wire, "GetCallerIdentity", alice)
    assert without_request_id(response.body) == (
        f'<GetCallerIdentityResponse xmlns="{STS_NAMESPACE}">\n'
        "  <GetCallerIdentityResult>\n"
        "    <Arn>arn:aws:iam::123456789012:user/alice</Arn>\n"
        f"    <UserId>{wire.call('GetUser', alice)['User']['UserId']}</UserId>\n"
        "    <Account>123456789012</Account>\n"
        "  </GetCallerIdentityResult>\n"
        "  <ResponseMetadata>\n"
        "    <RequestId>ID</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetCallerIdentityResponse>\n"
    )


def test_an_error_is_laid_out_to_the_byte(wire: Wire) -> None:
    response = send(wire, "GetUser", UserName="bob")
    assert response.status == 404
    assert response.body.decode() == (
        f'<ErrorResponse xmlns="{NAMESPACE}">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>NoSuchEntity</Code>\n"
        "    <Message>The user with name bob cannot be found.</Message>\n"
        "  </Error>\n"
        f"  <RequestId>{header(response, 'x-amzn-RequestId')}</RequestId>\n"
        "</ErrorResponse>\n"
    )


def test_an_error_without_a_message_has_no_message_element(wire: Wire) -> None:
    response = send(wire, "ListUsers", MaxItems="abc")
    assert without_request_id(response.body) == (
        f'<ErrorResponse xmlns="{NAMESPACE}">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>MalformedInput</Code>\n"
        "  </Error>\n"
        "  <RequestId>ID</RequestId>\n"
        "</ErrorResponse>\n"
    )


def test_a_missing_signature_at_sts_is_the_recorded_297_bytes(strict: Wire) -> None:
    response = send(strict, "GetCallerIdentity")
    assert len(response.body) == 297
    assert without_request_id(response.body) == (
        f'<ErrorResponse xmlns="{STS_NAMESPACE}">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>MissingAuthenticationToken</Code>\n"
        "    <Message>Request is missing Authentication Token</Message>\n"
        "  </Error>\n"
        "  <RequestId>ID</RequestId>\n"
        "</ErrorResponse>\n"
    )


@pytest.mark.parametrize("version", [IAM_VERSION, STS_VERSION, "1999-01-01"])
def test_an_unknown_action_answers_in_the_dispatchers_namespace(wire: Wire, version: str) -> None:
    response = wire.post(urlencode({"Action": "Dance", "Version": version}))
    assert response.status == 400
    assert without_request_id(response.body) == (
        f'<ErrorResponse xmlns="{DISPATCH}">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>InvalidAction</Code>\n"
        f"    <Message>Could not find operation Dance for version {version}</Message>\n"
        "  </Error>\n"
        "  <RequestId>ID</RequestId>\n"
        "</ErrorResponse>\n"
    )


def test_each_service_answers_in_its_own_namespace(wire: Wire) -> None:
    assert f'<ErrorResponse xmlns="{NAMESPACE}">'.encode() in send(wire, "GetUser", UserName="bob").body
    assert f'<ErrorResponse xmlns="{STS_NAMESPACE}">'.encode() in send(wire, "GetAccessKeyInfo").body
    assert f'<ListUsersResponse xmlns="{NAMESPACE}">'.encode() in send(wire, "ListUsers").body


def test_a_bad_query_with_an_sts_version_elsewhere_answers_in_the_namespace_of_iam(wire: Wire) -> None:
    response = wire.post(f"Action=GetCallerIdentity&Version={STS_VERSION}&x=%zz")
    assert f'xmlns="{NAMESPACE}"'.encode() in response.body


@pytest.mark.parametrize("action", ["ListUsers", "GetCallerIdentity", "GetSessionToken", "GetAccessKeyInfo"])
def test_the_request_id_is_a_lower_case_uuid_and_the_same_in_header_and_body(wire: Wire, action: str) -> None:
    response = send(wire, action)
    request_id = header(response, "x-amzn-RequestId")
    assert UUID.fullmatch(request_id)
    assert f"<RequestId>{request_id}</RequestId>".encode() in response.body


def test_an_error_carries_its_request_id_in_header_and_body(wire: Wire) -> None:
    response = send(wire, "GetUser", UserName="bob")
    assert f"<RequestId>{header(response, 'x-amzn-RequestId')}</RequestId>".encode() in response.body


def test_every_request_has_an_id_of_its_own(wire: Wire) -> None:
    ids = {header(send(wire, "ListUsers"), "x-amzn-RequestId") for _ in range(20)}
    assert len(ids) == 20


def test_the_content_type_is_text_xml_without_a_charset(wire: Wire) -> None:
    assert header(send(wire, "ListUsers"), "Content-Type") == "text/xml"
    assert header(send(wire, "GetUser", UserName="bob"), "Content-Type") == "text/xml"
    assert header(send(wire, "GetCallerIdentity"), "Content-Type") == "text/xml"


@pytest.mark.parametrize("action", sorted((STS_ACTIONS - UNSIGNED) & set(load_service("sts").operations)))
def test_the_extended_id_of_sts_decodes_to_region_time_and_eight_characters(wire: Wire, action: str) -> None:
    response = wire.send(form_request(action, Key("AKIAQAAAAAAAAAAAAAAA", "x"), region="eu-west-3"))
    text = base64.b64decode(header(response, "x-amz-sts-extended-request-id"), validate=True).decode()
    assert re.fullmatch(r"1:eu-west-3:S:\d{13}:R:[A-Za-z0-9]{8}", text)


def test_the_extended_id_of_an_unsigned_call_names_us_east_1(wire: Wire) -> None:
    text = base64.b64decode(header(send(wire, "GetCallerIdentity"), "x-amz-sts-extended-request-id")).decode()
    assert text.startswith("1:us-east-1:S:")


def test_iam_sends_no_extended_id(wire: Wire) -> None:
    assert [name for name, _ in send(wire, "ListUsers").headers] == ["x-amzn-RequestId", "Content-Type"]


LISTS = [
    "ListAccessKeys",
    "ListAccountAliases",
    "ListUsers",
    "ListUserTags",
    "ListGroups",
    "ListGroupsForUser",
    "ListUserPolicies",
    "ListAttachedUserPolicies",
    "ListMFADevices",
    "ListVirtualMFADevices",
    "ListSSHPublicKeys",
    "ListSigningCertificates",
    "ListServerCertificates",
]
# Lists of what hangs on something that is no user: the tests of its noun look at them.
OF_OTHER_NOUNS = {
    "ListAttachedGroupPolicies",
    "ListAttachedRolePolicies",
    "ListDelegationRequests",
    "ListEntitiesForPolicy",
    "ListGroupPolicies",
    "ListInstanceProfileTags",
    "ListInstanceProfiles",
    "ListInstanceProfilesForRole",
    "ListMFADeviceTags",
    "ListOpenIDConnectProviderTags",
    "ListOpenIDConnectProviders",
    "ListOrganizationsFeatures",
    "ListPolicies",
    "ListPoliciesGrantingServiceAccess",
    "ListPolicyTags",
    "ListPolicyVersions",
    "ListRolePolicies",
    "ListRoleTags",
    "ListRoles",
    "ListSAMLProviderTags",
    "ListSAMLProviders",
    "ListServerCertificateTags",
    "ListServiceSpecificCredentials",
}


@pytest.mark.parametrize("action", LISTS)
def test_a_list_says_that_it_is_complete_and_gives_no_marker(wire: Wire, alice: Key, action: str) -> None:
    result = wire.call(action, UserName="alice")
    assert result["IsTruncated"] == "false"
    assert "Marker" not in result


def test_a_list_that_is_cut_says_so_and_gives_a_marker(wire: Wire) -> None:
    wire.user("alice")
    wire.user("bob")
    result = wire.call("ListUsers", MaxItems="1")
    assert result["IsTruncated"] == "true"
    assert wire.call("ListUsers", Marker=result["Marker"])["Users"]["member"]["UserName"] == "bob"


def test_all_lists_are_tested() -> None:
    from fake_iam.services.iam import IAM

    named = {name for name in IAM.operations if name.startswith("List")}
    assert sorted(LISTS) == sorted(named - OF_OTHER_NOUNS)


@pytest.mark.parametrize("action", LISTS)
def test_an_empty_list_is_present_and_self_closing(wire: Wire, action: str) -> None:
    wire.user("alice")
    if action == "ListUsers":
        wire.call("DeleteUser", UserName="alice")
    body = send(wire, action, UserName="alice").body.decode()
    (result,) = (part for key, part in xmltodict.parse(body)[f"{action}Response"].items() if key.endswith("Result"))
    (member,) = set(result) - {"IsTruncated"}
    assert f"    <{member}/>\n" in body


@pytest.mark.parametrize(
    ("action", "parameters"),
    [("ListUsers", {}), ("GetUser", {"UserName": "bob"}), ("UpdateAccessKey", {}), ("GetCallerIdentity", {})],
)
def test_a_body_has_no_prolog_no_carriage_return_and_one_line_feed_at_its_end(
    wire: Wire, action: str, parameters: dict[str, Any]
) -> None:
    body = send(wire, action, **parameters).body
    assert re.match(rb"<[A-Z]", body)
    assert b"\r" not in body
    assert body.endswith(b">\n")
    assert not body.endswith(b"\n\n")


def test_dates_have_whole_seconds_and_a_z(wire: Wire) -> None:
    created = wire.call("CreateUser", UserName="alice")["User"]["CreateDate"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created)


def test_an_operation_of_iam_that_is_missing_here_says_so_in_the_namespace_of_iam(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Implemented, "operation", lambda self, name: None)
    response = send(wire, "ListUsers")
    assert read(response).code == "NotImplemented"
    assert f'<ErrorResponse xmlns="{NAMESPACE}">'.encode() in response.body
