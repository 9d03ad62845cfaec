from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from conformance.answers import AwsError, Bare
from conformance.groups import Groups
from conformance.people import People
from conformance.policies import DOCUMENT
from conformance.provenance import assumed, observed
from conformance.roles import Roles
from conformance.sources import CUSTODIAN, CUSTODIAN_LENGTH, ONLY_STS_SEEN, ORACLE, ORDER_CHART, VERSITY, on_both
from conformance.targets import VERSIONS, Service, Target

DISPATCH = "http://webservices.amazon.com/AWSFault/2005-15-09"
NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
DOCUMENTATION = "https://aws.amazon.com/iam"
ACTIONS = {"iam": "ListUsers", "sts": "GetCallerIdentity"}
QUERIES = {service: f"Action={action}&MaxItems=1&Version={VERSIONS[service]}" for service, action in ACTIONS.items()}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
NOBODY = "fake-iam-conformance-nobody"
HASH_ORDER = "the order of a Java HashMap, which fits all recorded answers; ties are guesses"


both = pytest.mark.parametrize("service", ["sts", "iam"])


def no_operation(action: str, version: str) -> AwsError:
    return AwsError("InvalidAction", f"Could not find operation {action} for version {version}", 400)


def iam_form(action: str, **parameters: str) -> dict[str, str]:
    return {"Action": action, "Version": VERSIONS["iam"], **parameters}


def sts_form(action: str, **parameters: str) -> dict[str, str]:
    return {"Action": action, "Version": VERSIONS["sts"], **parameters}


# Envelopes


@both
@observed(*CUSTODIAN, "1.1:Success", "1.1:STS namespace")
def test_a_success_is_named_after_its_operation_and_ends_with_metadata(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service]).succeeded()
    action = ACTIONS[service]
    assert answer.xml.tag == f"{{{NAMESPACES[service]}}}{action}Response"
    assert [child.tag.rpartition("}")[2] for child in answer.xml] == [f"{action}Result", "ResponseMetadata"]
    assert answer.names("ResponseMetadata") == ["RequestId"]


@both
@observed(*CUSTODIAN, "1.1:Error", "1.1:STS namespace")
def test_an_error_has_type_code_and_message_and_then_its_request_id(aws: Target, service: Service) -> None:
    form = iam_form("GetUser", UserName=NOBODY) if service == "iam" else sts_form("GetAccessKeyInfo", AccessKeyId="A")
    answer = aws.post(service, form)
    assert answer.xml.tag == f"{{{NAMESPACES[service]}}}ErrorResponse"
    assert [child.tag.rpartition("}")[2] for child in answer.xml] == ["Error", "RequestId"]
    assert answer.names("Error") == ["Type", "Code", "Message"]
    assert answer.xml.findtext("{*}Error/{*}Type") == "Sender"


@observed(*CUSTODIAN, "1.1:No XML prolog", "1.1:Error")
def test_an_error_is_laid_out_to_the_byte(aws: Target) -> None:
    assert aws.post("iam", iam_form("GetUser", UserName=NOBODY)).shown() == (
        f'<ErrorResponse xmlns="{NAMESPACES["iam"]}">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>NoSuchEntity</Code>\n"
        f"    <Message>The user with name {NOBODY} cannot be found.</Message>\n"
        "  </Error>\n"
        "  <RequestId>ID</RequestId>\n"
        "</ErrorResponse>\n"
    )


@observed(*ORACLE, "1.1:No XML prolog", "1.4:GetCallerIdentity")
def test_the_callers_identity_is_laid_out_to_the_byte(aws: Target) -> None:
    user_id = aws.sts.get_caller_identity()["UserId"]
    assert aws.post("sts", QUERIES["sts"]).shown() == (
        f'<GetCallerIdentityResponse xmlns="{NAMESPACES["sts"]}">\n'
        "  <GetCallerIdentityResult>\n"
        f"    <Arn>{aws.arn}</Arn>\n"
        f"    <UserId>{user_id}</UserId>\n"
        f"    <Account>{aws.account}</Account>\n"
        "  </GetCallerIdentityResult>\n"
        "  <ResponseMetadata>\n"
        "    <RequestId>ID</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetCallerIdentityResponse>\n"
    )


@observed(*CUSTODIAN_LENGTH, "1.2:DeleteAccessKey 210", "1.1:A void operation")
def test_a_void_answer_has_no_result(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    answer = aws.post("iam", iam_form("DeleteAccessKey", UserName=alice, AccessKeyId=key.id)).succeeded()
    assert answer.shown() == (
        f'<DeleteAccessKeyResponse xmlns="{NAMESPACES["iam"]}">\n'
        "  <ResponseMetadata>\n"
        "    <RequestId>ID</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</DeleteAccessKeyResponse>\n"
    )
    assert len(answer.body) == 210


@pytest.mark.parametrize(
    ("action", "parameters", "size"),
    [
        pytest.param(
            "UpdateAccessKey",
            {"Status": "Inactive"},
            210,
            marks=assumed("recorded for DeleteAccessKey, whose name is as long", "1.2:UpdateAccessKey 210"),
            id="UpdateAccessKey",
        ),
        pytest.param(
            "TagUser",
            {"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"},
            194,
            marks=observed(*CUSTODIAN_LENGTH, "1.2:TagUser 194"),
            id="TagUser",
        ),
        pytest.param(
            "UntagUser",
            {"TagKeys.member.1": "k"},
            198,
            marks=assumed("recorded for UntagRole, whose name is as long", "1.2:UntagRole 198"),
            id="UntagUser",
        ),
        pytest.param(
            "UpdateUser",
            {"NewPath": "/x/"},
            200,
            marks=assumed("recorded for DeleteUser, whose name is as long", "1.2:DeleteUser 200"),
            id="UpdateUser",
        ),
        pytest.param("DeleteUser", {}, 200, marks=observed(*CUSTODIAN_LENGTH, "1.2:DeleteUser 200"), id="DeleteUser"),
    ],
)
def test_void_answers_have_their_recorded_lengths(
    aws: Target, new_user: People, action: str, parameters: dict[str, str], size: int
) -> None:
    alice = new_user()
    key = {"AccessKeyId": new_user.key(alice).id} if action == "UpdateAccessKey" else {}
    answer = aws.post("iam", iam_form(action, UserName=alice, **key, **parameters)).succeeded()
    assert len(answer.body) == size


@pytest.mark.parametrize(
    ("action", "size"),
    [
        ("ListAccessKeys", 321),
        ("ListMFADevices", 314),
        ("ListSigningCertificates", 352),
        ("ListSSHPublicKeys", 329),
        ("ListGroupsForUser", 322),
    ],
)
@observed(*CUSTODIAN_LENGTH, "1.2:empty lists", "1.1:List members", "C56")
def test_empty_lists_have_their_recorded_lengths(aws: Target, new_user: People, action: str, size: int) -> None:
    answer = aws.post("iam", iam_form(action, UserName=new_user())).succeeded()
    assert len(answer.body) == size


@observed(*CUSTODIAN_LENGTH, "1.1:List members", "C56")
def test_an_empty_list_is_present_and_closes_itself(aws: Target, new_user: People) -> None:
    answer = aws.post("iam", iam_form("ListAccessKeys", UserName=new_user())).succeeded()
    assert "    <AccessKeyMetadata/>\n" in answer.text


@observed(*CUSTODIAN_LENGTH, "1.1:Timestamps")
def test_a_date_has_whole_seconds_and_a_z(aws: Target, new_user: People) -> None:
    answer = aws.post("iam", iam_form("GetUser", UserName=new_user())).succeeded()
    created = answer.xml.findtext(".//{*}CreateDate") or ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created), f"expected whole seconds, got {created!r}"


@pytest.mark.parametrize(
    ("action", "path", "names"),
    [
        pytest.param(
            "CreateAccessKey",
            "CreateAccessKeyResult/AccessKey",
            ["AccessKeyId", "SecretAccessKey", "UserName", "Status", "CreateDate"],
            marks=assumed(HASH_ORDER, "1.4:AccessKey"),
            id="AccessKey",
        ),
        pytest.param(
            "GetUser",
            "GetUserResult/User",
            ["Path", "UserName", "Arn", "UserId", "CreateDate"],
            marks=assumed(HASH_ORDER, "1.4:User"),
            id="User",
        ),
    ],
)
def test_elements_stand_in_the_order_of_a_hash_map(
    aws: Target, new_user: People, action: str, path: str, names: list[str]
) -> None:
    answer = aws.post("iam", iam_form(action, UserName=new_user())).succeeded()
    assert answer.names(path) == names


@observed(*ORACLE, "1.4:Credentials")
def test_credentials_stand_in_the_order_that_was_recorded_for_roles(aws: Target, new_user: People) -> None:
    signature = aws.signature("sts", new_user.key(new_user()))
    answer = aws.post("sts", sts_form("GetSessionToken"), signature=signature).succeeded()
    expected = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
    assert answer.names("GetSessionTokenResult/Credentials") == expected


@observed("2020", "a raw answer of GetRole", "1.4:Confirmed by", "1.1:An empty string")
def test_a_role_stands_in_the_order_that_was_captured(aws: Target, new_role: Roles) -> None:
    answer = aws.post("iam", iam_form("GetRole", RoleName=new_role(Description=""))).succeeded()
    captured = ["Path", "AssumeRolePolicyDocument", "MaxSessionDuration", "RoleId", "RoleLastUsed", "RoleName"]
    assert answer.names("GetRoleResult/Role") == [*captured, "Description", "Arn", "CreateDate"]
    assert "      <Description/>\n" in answer.text


@observed(*ORACLE, "1.4:Confirmed by")
def test_what_assume_role_answers_stands_in_the_order_that_was_recorded(
    aws: Target, new_user: People, new_role: Roles
) -> None:
    alice = new_user()
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{aws.account}:user/{alice}"}, "Action": "sts:*"}
    role = new_role(AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    arn = f"arn:aws:iam::{aws.account}:role/{role}"
    signature = aws.signature("sts", new_user.key(alice))
    form = sts_form("AssumeRole", RoleArn=arn, RoleSessionName="ci", SourceIdentity="alice")

    def answered() -> bool:
        return aws.post("sts", form, signature=signature).status == 200

    assert aws.settle(answered, True)
    answer = aws.post("sts", form, signature=signature).succeeded()
    assert answer.names("AssumeRoleResult") == ["AssumedRoleUser", "Credentials", "SourceIdentity"]
    assert answer.names("AssumeRoleResult/AssumedRoleUser") == ["AssumedRoleId", "Arn"]


@pytest.mark.parametrize(
    ("action", "path", "names"),
    [
        pytest.param("GetGroup", "GetGroupResult", ["IsTruncated", "Users", "Group"], id="GetGroup"),
        pytest.param(
            "GetGroup", "GetGroupResult/Group", ["Path", "GroupName", "GroupId", "Arn", "CreateDate"], id="Group"
        ),
        pytest.param(
            "GetUserPolicy", "GetUserPolicyResult", ["PolicyDocument", "PolicyName", "UserName"], id="GetUserPolicy"
        ),
    ],
)
@assumed(f"{HASH_ORDER}; those of 2013 have the order of an older Java", "1.4:Captures of 2013")
def test_what_was_captured_in_2013_stands_in_the_order_of_today(
    aws: Target, new_user: People, new_group: Groups, action: str, path: str, names: list[str]
) -> None:
    alice = new_user()
    aws.iam.put_user_policy(UserName=alice, PolicyName="p", PolicyDocument=DOCUMENT)
    named = {"GroupName": new_group()} if action == "GetGroup" else {"UserName": alice, "PolicyName": "p"}
    answer = aws.post("iam", iam_form(action, **named))
    aws.settle(lambda: aws.post("iam", iam_form(action, **named)).status, 200)
    assert answer.names(path) == names


# Values


@observed("undated", "boto/botocore, a raw answer among its tests; the samples of the documentation", "1.1:Maps")
def test_a_map_is_a_list_of_entries(aws: Target) -> None:
    answer = aws.post("iam", iam_form("GetAccountSummary")).succeeded()
    entry = r"      <entry>\n        <key>Users</key>\n        <value>\d+</value>\n      </entry>\n"
    assert re.search(rf"    <SummaryMap>\n(?s:.*){entry}(?s:.*)    </SummaryMap>\n", answer.text)


@observed(*CUSTODIAN, "1.1:Booleans")
def test_a_boolean_is_in_lower_case(aws: Target, new_user: People) -> None:
    alice = new_user()
    first = aws.post("iam", iam_form("ListAccessKeys", UserName=alice)).succeeded()
    assert "    <IsTruncated>false</IsTruncated>\n" in first.text
    for _ in range(2):
        new_user.key(alice)
    form = iam_form("ListAccessKeys", UserName=alice, MaxItems="1")
    assert aws.settle(lambda: "    <IsTruncated>true</IsTruncated>\n" in aws.post("iam", form).text, True)


@observed(*CUSTODIAN_LENGTH, "1.1:Long base64")
def test_a_report_is_one_line_of_base64(aws: Target) -> None:
    aws.wait_for(aws.iam.generate_credential_report)
    aws.wait_for(aws.iam.get_credential_report)
    answer = aws.post("iam", iam_form("GetCredentialReport")).succeeded()
    assert re.search(r"\n    <Content>[A-Za-z0-9+/]{400,}={0,2}</Content>\n", answer.text)


@observed(*CUSTODIAN, "1.1:Policy documents come back percent-encoded")
def test_a_policy_document_is_percent_encoded_and_keeps_its_blanks(aws: Target, new_user: People) -> None:
    alice, document = new_user(), DOCUMENT.replace(":", " :\n ", 1)
    aws.iam.put_user_policy(UserName=alice, PolicyName="p", PolicyDocument=document)
    form = iam_form("GetUserPolicy", UserName=alice, PolicyName="p")
    aws.settle(lambda: aws.post("iam", form).status, 200)
    answer = aws.post("iam", form).succeeded()
    assert answer.xml.findtext(".//{*}PolicyDocument") == quote(document, safe="-._~")


# Headers


@pytest.mark.parametrize(("action", "varies"), [("ListPolicies", True), ("GetUser", False)])
@observed(*CUSTODIAN, "1.3:Vary")
def test_long_answers_vary_by_the_encoding_that_is_accepted(
    aws: Target, new_user: People, action: str, varies: bool
) -> None:
    named = {"UserName": new_user()} if action == "GetUser" else {}
    answer = aws.post("iam", iam_form(action, **named)).succeeded()
    assert answer.headers.get("vary") == ("Accept-Encoding" if varies else None)


@both
@observed(*CUSTODIAN, "1.3:x-amzn-RequestId")
def test_the_request_id_is_a_uuid_and_the_same_in_header_and_body(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service])
    assert UUID.fullmatch(answer.request_id), f"expected a lower-case UUID, got {answer.request_id}"
    assert answer.headers.get("x-amzn-requestid") == answer.request_id


@observed(*CUSTODIAN, "1.3:x-amzn-RequestId")
def test_an_error_has_its_request_id_in_header_and_body(aws: Target) -> None:
    answer = aws.post("iam", iam_form("GetUser", UserName=NOBODY))
    assert answer.headers.get("x-amzn-requestid") == answer.request_id


@both
@observed(*CUSTODIAN, "1.3:Content-Type")
def test_the_content_type_is_text_xml_without_a_charset(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service]).succeeded()
    assert answer.headers.get("content-type") == "text/xml"
    assert answer.headers.get("content-length") == str(len(answer.body))
    assert "date" in answer.headers


@observed(*ORACLE, "1.3:STS adds x-amz-sts-extended-request-id")
def test_sts_has_an_extended_request_id(aws: Target) -> None:
    header = aws.post("sts", QUERIES["sts"]).headers.get("x-amz-sts-extended-request-id", "")
    text = base64.b64decode(header).decode("ascii", "replace")
    form = r"1:us-east-1:S:\d{13}:R:[A-Za-z0-9]{8}"
    assert re.fullmatch(form, text), f"expected region, time and eight characters, got {text!r}"


# Which operation


@on_both("proto-missing-action-post", "2.1:4")
def test_a_post_without_an_action_is_sent_to_the_documentation(aws: Target, service: Service) -> None:
    answer = aws.post(service, f"Version={VERSIONS[service]}")
    assert answer.bare() == Bare(302, b"", DOCUMENTATION)


@on_both("proto-missing-action-get", "2.1:4")
def test_a_get_without_an_action_is_sent_there_with_its_query(aws: Target, service: Service) -> None:
    query = f"Version={VERSIONS[service]}"
    answer = aws.get(service, query)
    assert answer.bare() == Bare(302, b"", f"{DOCUMENTATION}?{query}")


@on_both("proto-no-content-type", "2.1:4")
def test_a_post_without_a_content_type_is_no_form(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service], content_type=None)
    assert answer.bare() == Bare(302, b"", DOCUMENTATION)


@both
@assumed(f"the chart puts it before authentication: {ORDER_CHART}", "proto-missing-action-post", "2.1:4")
def test_a_missing_action_is_said_before_a_missing_signature(aws: Target, service: Service) -> None:
    answer = aws.post(service, f"Version={VERSIONS[service]}", signed=False)
    assert answer.bare() == Bare(302, b"", DOCUMENTATION)


def unknown(case: str, query: str, shown: tuple[str, str], *ids: str) -> list[Any]:
    """A query that names no operation, on both services. ``{good}`` and ``{version}`` stand for what would be right."""
    on_sts = pytest.param("sts", query, shown, marks=observed(*ORACLE, *ids), id=f"sts, {case}")
    seen_at_iam = "proto-unknown-action" in ids
    mark = observed("undated", "fog/fog-aws#368", *ids) if seen_at_iam else assumed(ONLY_STS_SEEN, *ids)
    return [on_sts, pytest.param("iam", query, shown, marks=mark, id=f"iam, {case}")]


@pytest.mark.parametrize(
    ("service", "query", "shown"),
    [
        *unknown("unknown", "Action=Dance&Version={version}", ("Dance", "{version}"), "proto-unknown-action", "C23"),
        *unknown("empty action", "Action=&Version={version}", ("", "{version}"), "proto-empty-action"),
        *unknown("no version", "Action={good}", ("{good}", "NO_VERSION_SPECIFIED"), "proto-missing-version"),
        *unknown("empty version", "Action={good}&Version=", ("{good}", ""), "proto-empty-version"),
        *unknown("wrong version", "Action={good}&Version=1999-01-01", ("{good}", "1999-01-01"), "proto-wrong-version"),
        *unknown(
            "two actions",
            "Action=Dance&Action={good}&Version={version}",
            ("Dance", "{version}"),
            "proto-duplicate-action",
            "2.2:A scalar given twice",
        ),
        *unknown(
            "two versions",
            "Action={good}&Version=x&Version={version}",
            ("{good}", "x"),
            "proto-duplicate-version",
            "2.2:A scalar given twice",
        ),
    ],
)
def test_what_names_no_operation_is_an_invalid_action(
    aws: Target, service: Service, query: str, shown: tuple[str, str]
) -> None:
    right = {"good": ACTIONS[service], "version": VERSIONS[service]}
    answer = aws.post(service, query.format(**right))
    action, version = (text.format(**right) for text in shown)
    assert answer.error() == no_operation(action, version)
    assert answer.namespace == DISPATCH


@on_both("proto-duplicate-action", "proto-duplicate-version", "2.2:A scalar given twice")
def test_the_first_action_and_version_count(aws: Target, service: Service) -> None:
    aws.post(service, f"{QUERIES[service]}&Action=Dance&Version=x").succeeded()


@on_both("proto-nonroot-path", "2.1:2")
def test_another_path_is_an_unknown_operation(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service], path="/other")
    assert answer.bare() == Bare(404, b"<UnknownOperationException/>\n")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS"])
@on_both("proto-nonroot-path")
def test_another_method_is_an_unknown_operation(aws: Target, service: Service, method: str) -> None:
    answer = aws.post(service, QUERIES[service], method=method)
    assert answer.bare() == Bare(404, b"<UnknownOperationException/>\n")


@both
@assumed("seen with right signatures only", "proto-nonroot-path", "2.1:2")
def test_another_path_is_said_before_a_missing_signature(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service], path="/other", signed=False)
    assert answer.bare() == Bare(404, b"<UnknownOperationException/>\n")


@pytest.mark.parametrize("method", ["PROPFIND", "X-DANCE"])
@on_both("proto-unknown-http-method", "1.3:Refusals made before the service", "2.1:1")
def test_a_method_nobody_registered_is_an_empty_400(aws: Target, service: Service, method: str) -> None:
    answer = aws.post(service, QUERIES[service], method=method)
    assert answer.bare() == Bare(400)
    assert "x-amzn-requestid" not in answer.headers


@on_both("proto-bad-percent-path", "1.3:Refusals made before the service", "2.1:1")
def test_a_bad_escape_in_the_path_is_an_empty_400(aws: Target, service: Service) -> None:
    answer = aws.post(service, QUERIES[service], path="/%zz")
    assert answer.bare() == Bare(400)
    assert "x-amzn-requestid" not in answer.headers


@on_both("proto-body-too-large", "1.3:Refusals made before the service", "2.1:1")
def test_a_body_has_ten_million_bytes_at_the_most(aws: Target, service: Service) -> None:
    start = f"{QUERIES[service]}&x=".encode()
    most = start + b"a" * (10_000_000 - len(start))
    aws.post(service, most).succeeded()
    answer = aws.post(service, most + b"a")
    assert answer.bare() == Bare(413)
    assert "x-amzn-requestid" not in answer.headers


@on_both("proto-get-too-long")
def test_a_get_of_twenty_thousand_bytes_is_an_empty_400(aws: Target, service: Service) -> None:
    answer = aws.get(service, f"{QUERIES[service]}&x={'a' * 20_000}")
    assert answer.bare() == Bare(400)


# Parameters


@both
@assumed(ORDER_CHART, "proto-query-illegal-hex")
def test_a_bad_escape_in_the_query_shows_its_two_characters(aws: Target, service: Service) -> None:
    got = aws.get(service, f"{QUERIES[service]}&x=%zz").error()
    assert got == AwsError("MalformedQueryString", "Illegal hex character in escape % pattern: %zz", 400)


@both
@assumed(ORDER_CHART, "proto-query-trailing-escape")
def test_an_escape_that_ends_too_early_is_incomplete(aws: Target, service: Service) -> None:
    got = aws.get(service, f"{QUERIES[service]}&x=%4").error()
    assert got == AwsError("MalformedQueryString", "Incomplete trailing escape % sequence", 400)


def on_integer(*ids: str) -> pytest.MarkDecorator:
    """An integer of GetSessionToken and one of ListUsers. The oracle used AssumeRole's DurationSeconds."""
    on_sts = pytest.param(
        "sts", sts_form("GetSessionToken"), "DurationSeconds", marks=observed(*ORACLE, *ids), id="sts"
    )
    mark = assumed(VERSITY, "proto-malformed-input-iam", *ids)
    on_iam = pytest.param("iam", iam_form("ListUsers"), "MaxItems", marks=mark, id="iam")
    return pytest.mark.parametrize(("service", "form", "name"), [on_sts, on_iam])


@pytest.mark.parametrize("text", ["abc", "1.5", "2147483648", "-2147483649", " 900", "1e3"])
@on_integer("proto-malformed-input", "2.2:Integers", "1.1:Some errors have no Message element at all")
def test_what_is_no_32_bit_integer_is_malformed_and_has_no_message(
    aws: Target, service: Service, form: dict[str, str], name: str, text: str
) -> None:
    answer = aws.post(service, {**form, name: text})
    assert answer.error() == AwsError("MalformedInput", None, 400)
    assert answer.names("Error") == ["Type", "Code"]


@on_integer("proto-empty-integer")
def test_an_empty_integer_lacks_its_value(aws: Target, service: Service, form: dict[str, str], name: str) -> None:
    got = aws.post(service, {**form, name: ""}).error()
    assert got == AwsError("MalformedInput", "missing value for decimal type", 400)


@pytest.mark.parametrize("text", ["+900", "0900", "900"])
@observed(*ORACLE, "2.2:Integers")
def test_an_integer_may_have_a_plus_and_a_leading_zero(aws: Target, new_user: People, text: str) -> None:
    signature = aws.signature("sts", new_user.key(new_user()))
    aws.post("sts", sts_form("GetSessionToken", DurationSeconds=text), signature=signature).succeeded()


@pytest.mark.parametrize("text", ["+1", "01"])
@assumed(ONLY_STS_SEEN, "2.2:Integers")
def test_an_integer_of_iam_may_have_a_plus_and_a_leading_zero(aws: Target, text: str) -> None:
    aws.post("iam", iam_form("ListUsers", MaxItems=text)).succeeded()


@on_both("2.2:Unknown parameters")
def test_unknown_parameters_are_ignored(aws: Target, service: Service) -> None:
    aws.post(service, f"{QUERIES[service]}&Unknown=1&x.member.1=2").succeeded()


@assumed(ONLY_STS_SEEN, "2.2:A scalar given twice")
def test_of_a_parameter_given_twice_the_first_counts(aws: Target, new_user: People) -> None:
    alice = new_user()
    query = f"Action=GetUser&Version={VERSIONS['iam']}&UserName={alice}&UserName={NOBODY}"
    answer = aws.post("iam", query).succeeded()
    assert answer.xml.findtext(".//{*}UserName") == alice


@both
@observed(*ORACLE, "2.2:form content type")
def test_the_forms_content_type_may_have_a_charset_or_none(aws: Target, service: Service) -> None:
    kind = "application/x-www-form-urlencoded"
    for content_type in (kind, f"{kind}; charset=utf-8"):
        aws.post(service, QUERIES[service], content_type=content_type).succeeded()


@assumed(ONLY_STS_SEEN, "2.2:Lengths")
def test_lengths_are_counted_in_unicode_characters(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=[{"Key": "k", "Value": "\U00020000" * 256}])
    assert aws.iam.list_user_tags(UserName=alice)["Tags"][0]["Value"] == "\U00020000" * 256
    got = aws.error(aws.iam.tag_user, UserName=alice, Tags=[{"Key": "k", "Value": "\U00020000" * 257}])
    assert got == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint: "
        "Member must have length less than or equal to 256",
        400,
    )


@assumed("not settled for IAM; a text that holds it parses to itself", "1.1:Text escaping")
def test_signs_of_xml_in_a_message_are_escaped(aws: Target) -> None:
    action = "<a>&\"'"
    answer = aws.get("iam", f"Action=%3Ca%3E%26%22%27&Version={VERSIONS['iam']}")
    assert answer.error() == no_operation(action, VERSIONS["iam"])
    assert "operation &lt;a&gt;&amp;" in answer.text


# JSON

ACCEPTS_JSON = [("Accept", "application/json")]


@observed("undated", "elerch/aws-sdk-for-zig, an answer of STS in its tests")
def test_a_client_that_accepts_json_is_told_who_it_is_in_json(aws: Target) -> None:
    answer = aws.post("sts", QUERIES["sts"], headers=ACCEPTS_JSON)
    found = json.loads(answer.text)["GetCallerIdentityResponse"]
    assert list(found) == ["GetCallerIdentityResult", "ResponseMetadata"]
    assert list(found["GetCallerIdentityResult"]) == ["Account", "Arn", "UserId"]
    assert UUID.fullmatch(found["ResponseMetadata"]["RequestId"])


@observed("undated", "kubernetes-sigs/aws-iam-authenticator, pkg/token: an error of STS; the front end is the same")
def test_a_client_that_accepts_json_gets_its_errors_in_json(aws: Target) -> None:
    answer = aws.post("iam", iam_form("GetUser", UserName=NOBODY), headers=ACCEPTS_JSON)
    found = json.loads(answer.text)
    text = f"The user with name {NOBODY} cannot be found."
    assert found["Error"] == {"Code": "NoSuchEntity", "Message": text, "Type": "Sender"}
    assert UUID.fullmatch(found["RequestId"])


SIBLINGS = "recorded for Elastic Beanstalk (dreyou/ebstarter) and SNS (aws-samples/serverless-patterns)"


@assumed(SIBLINGS)
def test_a_void_answer_in_json_is_its_metadata(aws: Target, new_user: People) -> None:
    alice = new_user()
    form = iam_form("DeleteAccessKey", UserName=alice, AccessKeyId=new_user.key(alice).id)
    answer = aws.post("iam", form, headers=ACCEPTS_JSON)
    metadata = {"ResponseMetadata": {"RequestId": answer.headers["x-amzn-requestid"]}}
    assert json.loads(answer.text) == {"DeleteAccessKeyResponse": metadata}


@assumed(SIBLINGS)
def test_in_json_dates_are_doubles_lists_arrays_and_missing_members_null(aws: Target, new_user: People) -> None:
    alice = new_user()
    key = new_user.key(alice)
    answer = aws.post("iam", iam_form("ListAccessKeys", UserName=alice), headers=ACCEPTS_JSON)
    result = json.loads(answer.text)["ListAccessKeysResponse"]["ListAccessKeysResult"]
    assert re.search(r'"CreateDate":\d\.\d+E9', answer.text)
    assert isinstance(result["AccessKeyMetadata"][0].pop("CreateDate"), float)
    assert result == {
        "AccessKeyMetadata": [{"AccessKeyId": key.id, "Status": "Active", "UserName": alice}],
        "IsTruncated": False,
        "Marker": None,
    }


@pytest.mark.parametrize("accept", ["*/*", "text/xml"])
@assumed("clients that read XML and send such a header, like curl, get it")
def test_a_client_that_does_not_name_json_gets_xml(aws: Target, accept: str) -> None:
    answer = aws.post("sts", QUERIES["sts"], headers=[("Accept", accept)]).succeeded()
    assert answer.headers["content-type"] == "text/xml"
