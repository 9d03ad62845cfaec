"""Answers in JSON, to the letter."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_iam.protocol import json_answers
from fake_iam.protocol.model import load_service
from fake_iam.protocol.plans import json_writer

ID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
IAM = load_service("iam")
STS = load_service("sts")
METADATA = f'"ResponseMetadata":{{"RequestId":"{ID}"}}'
DATE = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=timezone.utc)


def body(operation: str, result: dict[str, Any] | None = None, service: Any = IAM) -> str:
    return json_writer(service, operation)(result, ID).decode()


def dated(moment: datetime) -> str:
    """The date as an answer shows it."""
    text = body("GetCredentialReport", {"GeneratedTime": moment})
    return text.partition('"GeneratedTime":')[2].partition(",")[0]


def test_a_result_stands_in_its_operations_response_in_the_order_of_its_names() -> None:
    result = {"UserId": "AIDA", "Account": "123456789012", "Arn": "arn"}
    assert body("GetCallerIdentity", result, STS) == (
        '{"GetCallerIdentityResponse":{"GetCallerIdentityResult":'
        f'{{"Account":"123456789012","Arn":"arn","UserId":"AIDA"}},{METADATA}}}}}'
    )


def test_a_void_success_has_no_result() -> None:
    assert body("UpdateAccessKey") == f'{{"UpdateAccessKeyResponse":{{{METADATA}}}}}'


def test_the_metadata_stands_before_a_result_whose_name_comes_later() -> None:
    text = body("UpdateSAMLProvider", {"SAMLProviderArn": "arn"})
    assert text.startswith(f'{{"UpdateSAMLProviderResponse":{{{METADATA},"UpdateSAMLProviderResult":')


def test_members_without_a_value_are_null_and_an_empty_list_is_an_array() -> None:
    assert body("ListAccessKeys", {"AccessKeyMetadata": [], "IsTruncated": False}) == (
        '{"ListAccessKeysResponse":{"ListAccessKeysResult":'
        f'{{"AccessKeyMetadata":[],"IsTruncated":false,"Marker":null}},{METADATA}}}}}'
    )


def test_an_absent_structure_and_an_absent_list_are_null() -> None:
    user = json.loads(body("GetUser", {"User": {"UserName": "alice"}}))["GetUserResponse"]["GetUserResult"]["User"]
    assert user["PermissionsBoundary"] is None and user["Tags"] is None


def test_a_list_is_a_plain_array_of_its_members() -> None:
    result = {"UserName": "alice", "IsTruncated": True, "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}]}
    tags = '"Tags":[{"Key":"a","Value":""},{"Key":"b","Value":"2"}]'
    assert tags in body("ListUserTags", result)


def test_a_map_is_a_plain_object_with_numbers() -> None:
    assert '{"SummaryMap":{"Groups":1,"Users":27}}' in body(
        "GetAccountSummary", {"SummaryMap": {"Groups": 1, "Users": 27}}
    )


def test_a_blob_is_base64_and_a_date_a_number() -> None:
    report = {"Content": b"a,b\n", "ReportFormat": "text/csv", "GeneratedTime": DATE}
    expected = '{"Content":"YSxiCg==","GeneratedTime":1.767323045E9,"ReportFormat":"text/csv"}'
    assert expected in body("GetCredentialReport", report)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (DATE, "1.767323045E9"),
        (datetime(2033, 5, 18, 3, 33, 20, tzinfo=timezone.utc), "2.0E9"),
        (datetime(2027, 1, 15, 8, tzinfo=timezone.utc), "1.8E9"),
        (datetime(1970, 1, 1, tzinfo=timezone.utc), "0.0"),
        (datetime(1970, 1, 2, tzinfo=timezone.utc), "86400.0"),
        (datetime(1960, 1, 1, tzinfo=timezone.utc), "-3.156192E8"),
        (datetime(2026, 1, 2, 5, 4, 5, tzinfo=timezone(timedelta(hours=2))), "1.767323045E9"),
    ],
)
def test_a_date_is_written_as_java_writes_a_double(moment: datetime, text: str) -> None:
    assert dated(moment) == text


@given(st.datetimes(timezones=st.just(timezone.utc)))
def test_any_date_reads_back_to_its_second(moment: datetime) -> None:
    read = json.loads(dated(moment))
    assert isinstance(read, float)
    assert read == moment.timestamp() // 1


@given(st.text())
def test_any_text_reads_back(text: str) -> None:
    answer = json_answers.error_body("Sender", text, text, text)
    assert json.loads(answer) == {"Error": {"Code": text, "Message": text, "Type": "Sender"}, "RequestId": text}


def test_what_utf_8_cannot_carry_is_replaced() -> None:
    error = json.loads(json_answers.error_body("Sender", "Code", "a\ud800é", ID))["Error"]
    assert error["Message"] == "a\ufffdé"


def test_an_error_has_code_message_and_type_and_then_its_request_id() -> None:
    assert json_answers.error_body("Sender", "Throttling", "Rate exceeded", ID).decode() == (
        f'{{"Error":{{"Code":"Throttling","Message":"Rate exceeded","Type":"Sender"}},"RequestId":"{ID}"}}'
    )


def test_an_error_without_a_message_says_null() -> None:
    assert json.loads(json_answers.error_body("Receiver", "ReportNotPresent", None, ID))["Error"] == {
        "Code": "ReportNotPresent",
        "Message": None,
        "Type": "Receiver",
    }


@pytest.mark.parametrize("service", [IAM, STS], ids=lambda service: service.name)
def test_every_operation_can_answer_in_json(service: Any) -> None:
    for operation in service.operations:
        answer = json.loads(body(operation, {}, service))
        assert list(answer) == [f"{operation}Response"]
        assert answer[f"{operation}Response"]["ResponseMetadata"] == {"RequestId": ID}
