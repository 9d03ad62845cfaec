"""Envelopes and elements, to the byte."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_iam.protocol import xml
from fake_iam.protocol.model import load_service
from fake_iam.protocol.ordering import bucket, java_hash, wire_order
from fake_iam.protocol.plans import plan_for

ID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
IAM = load_service("iam")
STS = load_service("sts")
DATE = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=timezone.utc)


def body(operation: str, result: dict[str, Any] | None = None, service: Any = IAM) -> str:
    return plan_for(service, operation).serialize(result, ID).decode()


def test_a_void_success_is_210_bytes() -> None:
    text = body("UpdateAccessKey")
    assert text == (
        '<UpdateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">\n'
        "  <ResponseMetadata>\n"
        f"    <RequestId>{ID}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</UpdateAccessKeyResponse>\n"
    )
    assert len(text) == 210


@pytest.mark.parametrize(
    ("operation", "size"),
    [("DeleteAccessKey", 210), ("TagUser", 194), ("DeleteUser", 200), ("DeletePolicy", 204), ("AddUserToGroup", 208)],
)
def test_other_void_successes_have_their_recorded_sizes(operation: str, size: int) -> None:
    assert len(body(operation)) == size


@pytest.mark.parametrize(
    ("operation", "member", "size"),
    [
        ("ListAccessKeys", "AccessKeyMetadata", 321),
        ("ListMFADevices", "MFADevices", 314),
        ("ListSigningCertificates", "Certificates", 352),
        ("ListSSHPublicKeys", "SSHPublicKeys", 329),
        ("ListGroupsForUser", "Groups", 322),
        ("ListGroupPolicies", "PolicyNames", 327),
    ],
)
def test_an_empty_list_has_its_recorded_size(operation: str, member: str, size: int) -> None:
    assert len(body(operation, {member: [], "IsTruncated": False})) == size


def test_one_access_key_is_laid_out_as_recorded() -> None:
    key = {"UserName": "alice", "AccessKeyId": "AKIAQAAAAAAAAAAAAAAA", "Status": "Active", "CreateDate": DATE}
    assert body("ListAccessKeys", {"AccessKeyMetadata": [key], "IsTruncated": False}) == (
        '<ListAccessKeysResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">\n'
        "  <ListAccessKeysResult>\n"
        "    <IsTruncated>false</IsTruncated>\n"
        "    <AccessKeyMetadata>\n"
        "      <member>\n"
        "        <AccessKeyId>AKIAQAAAAAAAAAAAAAAA</AccessKeyId>\n"
        "        <UserName>alice</UserName>\n"
        "        <Status>Active</Status>\n"
        "        <CreateDate>2026-01-02T03:04:05Z</CreateDate>\n"
        "      </member>\n"
        "    </AccessKeyMetadata>\n"
        "  </ListAccessKeysResult>\n"
        "  <ResponseMetadata>\n"
        f"    <RequestId>{ID}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</ListAccessKeysResponse>\n"
    )


def test_an_error_has_type_code_message_and_the_request_id_under_the_root() -> None:
    text = xml.error_body(
        STS.namespace, "Sender", "MissingAuthenticationToken", "Request is missing Authentication Token", ID
    )
    assert text.decode() == (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>MissingAuthenticationToken</Code>\n"
        "    <Message>Request is missing Authentication Token</Message>\n"
        "  </Error>\n"
        f"  <RequestId>{ID}</RequestId>\n"
        "</ErrorResponse>\n"
    )
    assert len(text) == 297


def test_an_error_without_a_message_has_no_message_element() -> None:
    assert len(xml.error_body(IAM.namespace, "Sender", "ReportNotPresent", None, ID)) == 224


def test_values_are_written_as_aws_writes_them() -> None:
    east = timezone(timedelta(hours=2))
    text = body("GetUser", {"User": {"Path": "", "Tags": [], "CreateDate": DATE.astimezone(east), "UserName": None}})
    assert "<Path/>" in text
    assert "<Tags/>" in text
    assert "<CreateDate>2026-01-02T03:04:05Z</CreateDate>" in text
    assert "UserName" not in text
    summary = body("GetAccountSummary", {"SummaryMap": {"Users": 3}})
    assert "        <key>Users</key>\n        <value>3</value>\n      </entry>" in summary
    report = body("GetCredentialReport", {"Content": b"user,arn\n", "GeneratedTime": DATE})
    assert "<Content>dXNlcixhcm4K</Content>" in report


def test_markup_is_escaped() -> None:
    assert xml.escape('<a href="x">&\'\r') == "&lt;a href=&quot;x&quot;&gt;&amp;'&#xD;"


@given(st.text(st.characters()))
def test_any_text_gives_well_formed_xml_that_says_the_same(text: str) -> None:
    parsed = ElementTree.fromstring(xml.error_body("n", "Sender", "C", text + "\x00\ud800\uffff", ID))
    shown = parsed.findtext("{n}Error/{n}Message")
    assert shown is not None
    assert shown.endswith("\ufffd\ufffd\ufffd")
    if text.isprintable():
        assert shown[:-3] == text


@pytest.mark.parametrize(
    ("shape", "order"),
    [
        ("User", "Path PasswordLastUsed PermissionsBoundary UserName Arn UserId CreateDate Tags"),
        ("AccessKey", "AccessKeyId SecretAccessKey UserName Status CreateDate"),
        ("AccessKeyMetadata", "AccessKeyId UserName Status CreateDate"),
        ("AccessKeyLastUsed", "LastUsedDate ServiceName Region"),
        ("Group", "Path GroupName GroupId Arn CreateDate"),
        ("AttachedPolicy", "PolicyArn PolicyName"),
        ("AttachedPermissionsBoundary", "PermissionsBoundaryArn PermissionsBoundaryType"),
        ("Tag", "Value Key"),
        ("ListAccessKeysResponse", "IsTruncated Marker AccessKeyMetadata"),
        ("GetAccessKeyLastUsedResponse", "AccessKeyLastUsed UserName"),
        ("ListUsersResponse", "IsTruncated Marker Users"),
        ("ListUserTagsResponse", "IsTruncated Marker Tags"),
        ("ListSigningCertificatesResponse", "IsTruncated Certificates Marker"),
        ("ListSSHPublicKeysResponse", "IsTruncated Marker SSHPublicKeys"),
        ("PolicyVersion", "VersionId IsDefaultVersion Document CreateDate"),
        ("MFADevice", "EnableDate SerialNumber UserName"),
        ("SSHPublicKey", "SSHPublicKeyBody SSHPublicKeyId UploadDate Fingerprint UserName Status"),
    ],
)
def test_elements_stand_in_the_order_of_the_facts_but_for_ties(shape: str, order: str) -> None:
    present = {member.name for member in IAM.shapes[shape].members}
    assert present == set(order.split())
    assert [bucket(name) for name in order.split()] == sorted(bucket(name) for name in present)


def test_sts_answers_in_the_recorded_order() -> None:
    assert wire_order(member.name for member in STS.shapes["GetCallerIdentityResponse"].members) == [
        "Arn",
        "UserId",
        "Account",
    ]
    assert wire_order(member.name for member in STS.shapes["Credentials"].members) == [
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
    ]


def test_the_hash_is_javas() -> None:
    assert java_hash("Aa") == java_hash("BB") == 2112
