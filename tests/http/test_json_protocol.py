"""Requests that carry a document, in JSON or CBOR: how they are read and answered, to the byte."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import botocore.session
import pytest
from botocore.serialize import SERIALIZERS, create_serializer

from fake_iam import ManualClock
from fake_iam.protocol.cbor import decode, encode
from fake_iam.protocol.wire import WireRequest, WireResponse
from tests.conftest import ROOT_ID, ROOT_SECRET
from tests.support import HOST, MISMATCH, AwsError, Key, Wire, document_request, form_request, with_header

TARGET = "ResourceGroupsTaggingAPI_20170126"
ROOT = Key(ROOT_ID, ROOT_SECRET)
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
TYPE = ("Content-Type", "application/x-amz-json-1.1")


def ask(wire: Wire, body: str = "{}", operation: str = "GetResources") -> WireResponse:
    return wire.send(document_request(operation, body))


def answer(wire: Wire, request: WireRequest) -> tuple[int, bytes]:
    response = wire.send(request)
    return response.status, response.body


def test_a_result_has_no_blanks_and_its_members_in_the_order_of_the_alphabet(wire: Wire) -> None:
    tag = {"Tags.member.1.Key": "team", "Tags.member.1.Value": "\u00e9"}
    wire.call("CreateInstanceProfile", InstanceProfileName="box", **tag)
    response = ask(wire)
    arn = "arn:aws:iam::123456789012:instance-profile/box"
    assert response.status == 200
    assert response.body.decode() == (
        '{"PaginationToken":"","ResourceTagMappingList":'
        f'[{{"ResourceARN":"{arn}","Tags":[{{"Key":"team","Value":"\u00e9"}}]}}]}}'
    )
    assert [name for name, _ in response.headers] == ["x-amzn-RequestId", "Content-Type"]
    assert TYPE in response.headers


def test_a_failure_of_one_resource_has_its_members_as_recorded(wire: Wire) -> None:
    arn = "arn:aws:iam::123456789012:user/alice"
    response = ask(wire, json.dumps({"ResourceARNList": [arn], "TagKeys": ["a"]}), "UntagResources")
    assert response.body.decode() == (
        f'{{"FailedResourcesMap":{{"{arn}":{{"ErrorCode":"NoSuchEntity",'
        '"ErrorMessage":"The user with name alice cannot be found.","StatusCode":404}}}'
    )


def test_a_modelled_error_has_its_text_in_message_as_recorded(wire: Wire) -> None:
    response = ask(wire, '{"ResourceARNList":["x"]}')
    assert (response.status, response.body) == (
        400,
        b'{"Message":"x is not a valid AmazonResourceName (ARN)","__type":"InvalidParameterException"}',
    )
    assert TYPE in response.headers


def test_members_that_are_null_or_unknown_are_passed_over(wire: Wire) -> None:
    body = '{"PaginationToken":null,"TagFilters":[null],"Unknown":{"a":1}}'
    assert ask(wire, body).body == b'{"PaginationToken":"","ResourceTagMappingList":[]}'


def test_no_body_is_an_empty_document(wire: Wire) -> None:
    assert ask(wire, "").status == 200


@pytest.mark.parametrize("body", ["{", "\u00e9", "[" * 100_000], ids=["cut off", "no JSON", "deep"])
def test_what_is_no_json_is_refused_without_a_text(wire: Wire, body: str) -> None:
    response = ask(wire, body)
    assert (response.status, response.body) == (400, b'{"__type":"SerializationException"}')


@pytest.mark.parametrize(
    ("operation", "body", "text"),
    [
        ("GetResources", "[]", "Unexpected field type"),
        ("GetResources", '{"TagFilters":{}}', "Unexpected field type"),
        ("GetResources", '{"TagFilters":["a"]}', "Unexpected field type"),
        ("TagResources", '{"Tags":[]}', "Unexpected field type"),
        ("GetTagValues", '{"Key":1}', "NUMBER_VALUE cannot be converted to String"),
        ("GetTagValues", '{"Key":1.5}', "DECIMAL_VALUE cannot be converted to String"),
        ("GetTagValues", '{"Key":true}', "TRUE_VALUE cannot be converted to String"),
        ("GetTagValues", '{"Key":[]}', "Start of list found where not expected"),
        ("GetTagValues", '{"Key":{}}', "Start of structure or map found where not expected"),
        ("GetResources", '{"ResourcesPerPage":"1"}', "STRING_VALUE cannot be converted to Integer"),
        ("GetResources", '{"ResourcesPerPage":false}', "FALSE_VALUE cannot be converted to Integer"),
        ("GetResources", '{"IncludeComplianceDetails":1}', "NUMBER_VALUE cannot be converted to Boolean"),
    ],
)
def test_a_value_of_another_type_is_refused(wire: Wire, operation: str, body: str, text: str) -> None:
    response = ask(wire, body, operation)
    assert response.status == 400
    assert json.loads(response.body) == {"__type": "SerializationException", "message": text}


@pytest.mark.parametrize("operation", ["Dance", "getresources", ""])
def test_an_operation_that_the_model_lacks_is_unknown(wire: Wire, operation: str) -> None:
    assert answer(wire, document_request(operation, "{}")) == (400, b'{"__type":"UnknownOperationException"}')


def test_an_operation_that_is_missing_here_says_so(wire: Wire) -> None:
    text = "fake_iam does not implement resourcegroupstaggingapi:GetComplianceSummary yet."
    assert wire.tagging("GetComplianceSummary") == AwsError("NotImplemented", text, 501)


def test_a_form_reaches_no_operation_of_this_protocol(wire: Wire) -> None:
    for version in ("2017-01-26", TARGET):
        request = form_request("GetResources")
        body = request.body.replace(b"2010-05-08", version.encode())
        response = wire.send(WireRequest.of("POST", "/", "", request.headers.items(), body))
        assert response.status == 400
        text = f"Could not find operation GetResources for version {version}"
        assert f"<Message>{text}</Message>" in response.body.decode()


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/x"), ("PUT", "/")])
def test_a_target_counts_in_a_post_to_the_root_alone(wire: Wire, method: str, path: str) -> None:
    request = document_request("GetResources", "{}")
    response = wire.send(WireRequest.of(method, path, "", request.headers.items(), request.body))
    assert response.status == 501


def test_an_action_in_a_form_counts_more_than_a_target(wire: Wire) -> None:
    request = with_header(form_request("GetCallerIdentity"), "X-Amz-Target", f"{TARGET}.GetResources")
    assert b"<GetCallerIdentityResult>" in wire.send(request).body


def test_the_scope_names_the_service_as_endpoints_do(strict: Wire) -> None:
    assert strict.tagging("GetTagKeys", ROOT) == {"PaginationToken": "", "TagKeys": []}
    response = strict.send(document_request("GetTagKeys", "{}", ROOT, scope="iam"))
    assert json.loads(response.body) == {
        "__type": "InvalidSignatureException",
        "message": "Credential should be scoped to correct service: 'tagging'. ",
    }


@pytest.mark.parametrize(
    ("key", "code", "text"),
    [
        (
            Key("AKIAQNOBODYNOBODYNOB", "x"),
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        (Key(ROOT_ID, "wrong"), "InvalidSignatureException", MISMATCH),
    ],
)
def test_a_caller_that_is_not_known_is_refused_in_this_protocols_words(
    strict: Wire, key: Key, code: str, text: str
) -> None:
    assert strict.tagging("GetTagKeys", key) == AwsError(code, text, 400)


def test_a_request_without_a_signature_is_refused_in_this_protocols_words(strict: Wire) -> None:
    headers = [("Host", HOST), TYPE, ("X-Amz-Target", f"{TARGET}.GetTagKeys")]
    response = strict.send(WireRequest.of("POST", "/", "", headers, b"{}"))
    assert (response.status, json.loads(response.body)) == (
        400,
        {"__type": "MissingAuthenticationTokenException", "message": "Request is missing Authentication Token"},
    )


def test_a_late_signature_is_refused(strict: Wire) -> None:
    at = datetime.now(timezone.utc) - timedelta(hours=1)
    document = json.loads(strict.send(document_request("GetTagKeys", "{}", ROOT, at=at)).body)
    assert document["__type"] == "InvalidSignatureException"
    assert re.match(r"Signature expired: \w{16} is now earlier than ", document["message"])


def test_the_use_of_a_key_is_noted_with_region_and_service() -> None:
    wire = Wire(ManualClock(NOW), random_seed=7)
    wire.user("alice")
    key = wire.key("alice")
    wire.tagging("GetTagKeys", key, region="eu-west-1")
    used = wire.call("GetAccessKeyLastUsed", AccessKeyId=key.id)["AccessKeyLastUsed"]
    assert used == {"Region": "eu-west-1", "ServiceName": "tagging", "LastUsedDate": "2026-01-01T00:00:00Z"}


def test_the_journal_has_the_members_and_what_could_not_be_read_as_it_came(wire: Wire) -> None:
    ask(wire, '{"Key":"team"}', "GetTagValues")
    ask(wire, '{"Key":', "GetTagValues")
    good, bad = wire.assembled.controls.journal.calls("resourcegroupstaggingapi:GetTagValues")
    assert (good.service, good.parameters, good.outcome) == ("resourcegroupstaggingapi", {"Key": "team"}, "ok")
    assert (bad.parameters, bad.code) == ({"Document": '{"Key":'}, "SerializationException")


@pytest.mark.parametrize(
    ("rule", "answered"),
    [
        (
            {"error": "ThrottledException", "message": "Slow down"},
            (400, {"Message": "Slow down", "__type": "ThrottledException"}),
        ),
        ({"error": "Throttling"}, (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})),
        (
            {"error": "InternalServiceException", "message": "x"},
            (500, {"Message": "x", "__type": "InternalServiceException"}),
        ),
    ],
)
def test_faults_strike_here_too(wire: Wire, rule: dict[str, str], answered: tuple[int, dict[str, str]]) -> None:
    wire.assembled.controls.faults.add("GetTagKeys", **rule)
    response = ask(wire, "{}", "GetTagKeys")
    assert (response.status, json.loads(response.body)) == answered
    assert ask(wire, "{}", "GetTagKeys").status == 200


def in_cbor(operation: str, document: object, service: str = TARGET, method: str = "POST") -> WireRequest:
    """A request of the protocol Smithy RPC v2 CBOR; ``document`` may be the body itself."""
    body = document if isinstance(document, bytes) else encode(document)
    headers = [("Host", HOST), ("smithy-protocol", "rpc-v2-cbor"), ("Content-Type", "application/cbor")]
    return WireRequest.of(method, f"/service/{service}/operation/{operation}", "", headers, body)


def test_a_document_in_cbor_is_answered_in_cbor(wire: Wire) -> None:
    tag = {"Tags.member.1.Key": "a", "Tags.member.1.Value": ""}
    wire.call("CreateInstanceProfile", InstanceProfileName="box", **tag)
    response = wire.send(in_cbor("GetResources", {"TagFilters": [{"Key": "a", "Values": [""]}], "ResourcesPerPage": 1}))
    assert response.status == 200
    assert response.headers[1:] == [("smithy-protocol", "rpc-v2-cbor"), ("Content-Type", "application/cbor")]
    assert decode(response.body) == {
        "PaginationToken": "",
        "ResourceTagMappingList": [
            {
                "ResourceARN": "arn:aws:iam::123456789012:instance-profile/box",
                "Tags": [{"Key": "a", "Value": ""}],
            }
        ],
    }
    (entry,) = wire.assembled.controls.journal.calls("GetResources")
    assert entry.parameters == {"TagFilters": [{"Key": "a", "Values": [""]}], "ResourcesPerPage": 1}


def test_an_error_in_cbor_is_that_of_json(wire: Wire) -> None:
    response = wire.send(in_cbor("GetResources", {"ResourceARNList": ["x"]}))
    assert (response.status, decode(response.body)) == (
        400,
        {"__type": "InvalidParameterException", "Message": "x is not a valid AmazonResourceName (ARN)"},
    )


@pytest.mark.parametrize("body", [b'{"Key":"a"}', b"\xff", b"\x41a"], ids=["JSON", "no CBOR", "bytes"])
def test_what_is_no_cbor_is_refused_without_a_text(wire: Wire, body: bytes) -> None:
    response = wire.send(in_cbor("GetTagValues", body))
    assert (response.status, decode(response.body)) == (400, {"__type": "SerializationException"})


def test_no_body_is_an_empty_document_in_cbor_too(wire: Wire) -> None:
    assert decode(wire.send(in_cbor("GetTagKeys", b"")).body) == {"PaginationToken": "", "TagKeys": []}


@pytest.mark.parametrize(("service", "method"), [("GraniteServiceVersion20100801", "POST"), (TARGET, "GET")])
def test_a_request_in_cbor_that_is_none_of_this_service_is_no_page(wire: Wire, service: str, method: str) -> None:
    response = wire.send(in_cbor("GetTagKeys", {}, service, method))
    assert (response.status, response.body) == (404, b"<UnknownOperationException/>\n")


@pytest.mark.skipif("smithy-rpc-v2-cbor" not in SERIALIZERS, reason="the installed botocore does not know CBOR")
def test_what_botocore_would_write_in_cbor_is_read(wire: Wire) -> None:
    """botocore prefers JSON where a service has both; other SDKs do not."""
    model = botocore.session.get_session().get_service_model("resourcegroupstaggingapi").operation_model("TagResources")
    arn = "arn:aws:iam::123456789012:user/alice"
    members = {"ResourceARNList": [arn], "Tags": {"team": "\u00e9"}}
    written = create_serializer("smithy-rpc-v2-cbor").serialize_to_request(members, model)
    wire.user("alice")
    headers = [("Host", HOST), *written["headers"].items()]
    request = WireRequest.of(written["method"], written["url_path"], "", headers, bytes(written["body"]))
    assert decode(wire.send(request).body) == {"FailedResourcesMap": {}}
    assert wire.call("ListUserTags", UserName="alice")["Tags"]["member"] == {"Key": "team", "Value": "\u00e9"}
