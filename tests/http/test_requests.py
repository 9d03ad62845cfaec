"""Requests in every form, good and bad, and what they are answered (facts, sections 2.2 and 2.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest

from fake_iam.pipeline.implemented import Implemented
from fake_iam.protocol.wire import WireRequest, WireResponse
from tests.support import (
    FORM,
    HOST,
    IAM_VERSION,
    STS_VERSION,
    AwsError,
    Wire,
    form_request,
    read,
    whole,
    without_request_id,
)

LIMIT = 10_000_000
NAMED = (
    "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: "
)
BAD_NAME = AwsError("ValidationError", f"{NAMED}+=,.@_-", 400)
MALFORMED = AwsError("MalformedInput", None, 400)
EMPTY = AwsError("MalformedInput", "missing value for decimal type", 400)
TRAILING = AwsError("MalformedQueryString", "Incomplete trailing escape % sequence", 400)


def get(wire: Wire, query: str, path: str = "/") -> WireResponse:
    return wire.send(WireRequest.of("GET", path, query, [("Host", HOST)]))


def names(response: WireResponse) -> list[str]:
    return [name for name, _ in response.headers]


def no_operation(action: str, version: str) -> AwsError:
    return AwsError("InvalidAction", f"Could not find operation {action} for version {version}", 400)


def test_a_get_with_everything_in_the_query_is_answered_as_the_post_of_a_form(wire: Wire) -> None:
    wire.user("alice")
    form = urlencode({"Action": "GetUser", "Version": IAM_VERSION, "UserName": "alice"})
    by_get, by_post = get(wire, form), wire.post(form)
    assert by_get.status == by_post.status == 200
    assert without_request_id(by_get.body) == without_request_id(by_post.body)


def test_a_get_changes_things_as_a_post_does(wire: Wire) -> None:
    assert get(wire, f"Action=CreateUser&Version={IAM_VERSION}&UserName=alice").status == 200
    assert wire.call("GetUser", UserName="alice")["User"]["UserName"] == "alice"


def test_a_post_may_carry_parameters_in_its_query(wire: Wire) -> None:
    headers = [("Host", HOST), ("Content-Type", FORM)]
    response = wire.send(
        WireRequest.of("POST", "/", f"Action=CreateUser&Version={IAM_VERSION}", headers, b"UserName=al")
    )
    assert read(response)["User"]["UserName"] == "al"


def test_the_query_stands_before_the_body_so_its_parameter_wins(wire: Wire) -> None:
    headers = [("Host", HOST), ("Content-Type", FORM)]
    body = f"Action=CreateUser&Version={IAM_VERSION}&UserName=body".encode()
    response = wire.send(WireRequest.of("POST", "/", "UserName=query", headers, body))
    assert read(response)["User"]["UserName"] == "query"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "Application/X-WWW-Form-URLEncoded ;charset=UTF-8",
    ],
)
def test_any_spelling_of_the_forms_content_type_is_served(wire: Wire, content_type: str) -> None:
    assert wire.post(f"Action=ListUsers&Version={IAM_VERSION}", Content_Type=content_type).status == 200


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("Action=Dance&Version=2010-05-08", "Could not find operation Dance for version 2010-05-08"),
        ("Action=listusers&Version=2010-05-08", "Could not find operation listusers for version 2010-05-08"),
        ("Action=&Version=2010-05-08", "Could not find operation  for version 2010-05-08"),
        ("Action&Version=2010-05-08", "Could not find operation  for version 2010-05-08"),
        ("Action=ListUsers", "Could not find operation ListUsers for version NO_VERSION_SPECIFIED"),
        ("Action=ListUsers&Version=2011-06-15", "Could not find operation ListUsers for version 2011-06-15"),
        (
            "Action=GetCallerIdentity&Version=2010-05-08",
            "Could not find operation GetCallerIdentity for version 2010-05-08",
        ),
        ("Action=ListUsers&Version=2010-05-09", "Could not find operation ListUsers for version 2010-05-09"),
        ("Action=Dance&Action=ListUsers&Version=2010-05-08", "Could not find operation Dance for version 2010-05-08"),
        ("Action=ListUsers&Version=x&Version=2010-05-08", "Could not find operation ListUsers for version x"),
        ("Action=&Action=ListUsers&Version=2010-05-08", "Could not find operation  for version 2010-05-08"),
    ],
)
def test_an_action_and_version_that_name_nothing_are_an_invalid_action(wire: Wire, query: str, message: str) -> None:
    expected = AwsError("InvalidAction", message, 400)
    assert read(get(wire, query)) == expected
    assert read(wire.post(query)) == expected


def test_an_empty_version_leaves_a_space_at_the_texts_end(wire: Wire) -> None:
    body = get(wire, "Action=ListUsers&Version=").body
    assert b"<Message>Could not find operation ListUsers for version </Message>" in body


@pytest.mark.parametrize(
    "query",
    [
        "Action=ListUsers&Action=Dance&Version=2010-05-08",
        "Action=ListUsers&Version=2010-05-08&Version=x",
        "Action=ListUsers&Version=2010-05-08&Version=",
    ],
)
def test_the_first_action_and_the_first_version_count(wire: Wire, query: str) -> None:
    assert get(wire, query).status == 200
    assert wire.post(query).status == 200


def test_the_first_of_a_parameter_given_twice_counts(wire: Wire) -> None:
    wire.user("alice")
    response = get(wire, f"Action=GetUser&Version={IAM_VERSION}&UserName=alice&UserName=bob")
    assert read(response)["User"]["UserName"] == "alice"


def test_a_post_without_an_action_is_sent_to_the_documentation(wire: Wire) -> None:
    response = wire.post(f"Version={IAM_VERSION}")
    assert (response.status, response.body) == (302, b"")
    assert dict(response.headers)["Location"] == "https://aws.amazon.com/iam"


def test_a_post_without_an_action_loses_its_query(wire: Wire) -> None:
    response = wire.send(WireRequest.of("POST", "/", "a=1", [("Host", HOST), ("Content-Type", FORM)], b"b=2"))
    assert (response.status, dict(response.headers)["Location"]) == (302, "https://aws.amazon.com/iam")


@pytest.mark.parametrize("query", ["Version=2010-05-08", "action=ListUsers", "x=%C3%A9&y=a+b", "a"])
def test_a_get_without_an_action_is_sent_to_the_documentation_with_its_query(wire: Wire, query: str) -> None:
    response = get(wire, query)
    assert (response.status, response.body) == (302, b"")
    assert dict(response.headers)["Location"] == f"https://aws.amazon.com/iam?{query}"


def test_a_get_of_nothing_at_all_is_sent_to_the_documentation(wire: Wire) -> None:
    response = get(wire, "")
    assert (response.status, dict(response.headers)["Location"]) == (302, "https://aws.amazon.com/iam")


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/json", "application/x-amz-json-1.1"])
def test_a_post_that_is_no_form_counts_as_without_an_action(wire: Wire, content_type: str | None) -> None:
    headers = [("Host", HOST)] + ([("Content-Type", content_type)] if content_type is not None else [])
    body = f"Action=ListUsers&Version={IAM_VERSION}".encode()
    response = wire.send(WireRequest.of("POST", "/", "", headers, body))
    assert (response.status, response.body) == (302, b"")
    assert dict(response.headers)["Location"] == "https://aws.amazon.com/iam"


def test_a_redirect_carries_no_content_type(wire: Wire) -> None:
    assert names(get(wire, "")) == ["x-amzn-RequestId", "Location"]


@pytest.mark.parametrize("path", ["/x", "//", "/iam/", "/%2F", "/?", "/é", "", "/_fake_iam"])
def test_any_other_path_is_an_unknown_operation(wire: Wire, path: str) -> None:
    response = get(wire, f"Action=ListUsers&Version={IAM_VERSION}", path)
    assert (response.status, response.body) == (404, b"<UnknownOperationException/>\n")
    assert len(response.body) == 29


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "DELETE", "HEAD", "TRACE", "CONNECT"])
def test_other_methods_are_an_unknown_operation(wire: Wire, method: str) -> None:
    query = f"Action=ListUsers&Version={IAM_VERSION}"
    response = wire.send(WireRequest.of(method, "/", query, [("Host", HOST), ("Content-Type", FORM)], query.encode()))
    assert (response.status, response.body) == (404, b"<UnknownOperationException/>\n")


@pytest.mark.parametrize("method", ["PROPFIND", "X-DANCE", "get", "G"])
def test_an_unregistered_method_is_an_empty_400_without_a_request_id(wire: Wire, method: str) -> None:
    assert whole(wire.send(WireRequest.of(method, "/", "", [("Host", HOST)]))) == (400, [], b"", False)


@pytest.mark.parametrize("path", ["/%", "/%z", "/%zz", "/a%2", "/%é0"])
def test_a_malformed_escape_in_the_path_is_an_empty_400_without_a_request_id(wire: Wire, path: str) -> None:
    assert whole(get(wire, f"Action=ListUsers&Version={IAM_VERSION}", path)) == (400, [], b"", False)


@pytest.mark.parametrize(
    ("text", "shown"), [("%zz", "zz"), ("%2g", "2g"), ("%%41", "%4"), ("%=a", "=a"), ("%u1234", "u1"), ("% 1", " 1")]
)
def test_a_malformed_escape_in_the_query_or_the_form_shows_its_two_characters(
    wire: Wire, text: str, shown: str
) -> None:
    expected = AwsError("MalformedQueryString", f"Illegal hex character in escape % pattern: %{shown}", 400)
    form = f"Action=ListUsers&Version={IAM_VERSION}&a={text}"
    assert read(get(wire, form)) == expected
    assert read(wire.post(form)) == expected


@pytest.mark.parametrize("text", ["%", "%a", "x%", "%41%4"])
def test_an_escape_that_ends_too_early_is_incomplete(wire: Wire, text: str) -> None:
    form = f"Action=ListUsers&Version={IAM_VERSION}&a={text}"
    assert read(get(wire, form)) == TRAILING
    assert read(wire.post(form)) == TRAILING


def test_a_malformed_escape_in_a_body_that_is_no_form_does_not_matter(wire: Wire) -> None:
    headers = [("Host", HOST), ("Content-Type", "application/octet-stream")]
    query = f"Action=ListUsers&Version={IAM_VERSION}"
    assert wire.send(WireRequest.of("POST", "/", query, headers, b"%zz")).status == 200


def test_empty_pairs_and_pairs_without_a_value_are_passed_over(wire: Wire) -> None:
    assert get(wire, f"&&Action=ListUsers&&Version={IAM_VERSION}&x&=y&").status == 200


def test_a_body_of_exactly_the_limit_is_accepted_and_one_byte_more_is_too_large(wire: Wire) -> None:
    form = f"Action=ListUsers&Version={IAM_VERSION}&x=".encode()
    filled = form + b"a" * (LIMIT - len(form))
    assert len(filled) == 10_000_000
    assert wire.post(filled).status == 200
    assert whole(wire.post(filled + b"a")) == (413, [], b"", False)


@pytest.mark.parametrize("text", ["+900", "0900", "900", "+0000000000000900"])
def test_an_integer_may_have_a_plus_and_leading_zeros(wire: Wire, text: str) -> None:
    assert "Credentials" in wire.call("GetSessionToken", DurationSeconds=text)


@pytest.mark.parametrize("text", ["abc", "1.5", "1e3", "0x10", "9 00", " 900", "900 ", "-", "+", "--1", "٩٠٠", "1_000"])
def test_what_is_no_integer_is_malformed_without_a_message(wire: Wire, text: str) -> None:
    assert wire.call("GetSessionToken", DurationSeconds=text) == MALFORMED
    assert wire.call("ListUsers", MaxItems=text) == MALFORMED


@pytest.mark.parametrize("text", ["2147483648", "-2147483649", "9" * 64, "9" * 5000])
def test_an_integer_beyond_32_bits_is_malformed_without_a_message(wire: Wire, text: str) -> None:
    assert wire.call("GetSessionToken", DurationSeconds=text) == MALFORMED


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ("2147483647", "less than or equal to 1000"),
        ("1001", "less than or equal to 1000"),
        ("0", "greater than or equal to 1"),
        ("-2147483648", "greater than or equal to 1"),
    ],
)
def test_an_integer_of_32_bits_out_of_its_range_is_a_validation_error(wire: Wire, text: str, constraint: str) -> None:
    assert wire.call("ListUsers", MaxItems=text) == AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: "
        f"Member must have value {constraint}",
        400,
    )


def test_an_empty_integer_says_that_its_value_is_missing(wire: Wire) -> None:
    assert wire.call("GetSessionToken", DurationSeconds="") == EMPTY
    assert wire.call("ListUsers", MaxItems="") == EMPTY


def test_sts_names_the_value_that_is_out_of_range(wire: Wire) -> None:
    assert wire.call("GetSessionToken", DurationSeconds="+899") == AwsError(
        "ValidationError",
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900",
        400,
    )


HOSTILE = [
    "<b>",
    "]]>",
    "<!--",
    "&amp;",
    "\"quoted\" & 'apostrophised'",
    "a\x00b",
    "\x01\x02\x1f\x7f",
    "line\nfeed\r\nreturn\ttab",
    "\U0001f600",
    "\ufffe\uffff",
    "﷐",
    "e\u0301",
    "\u202eright to left",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_user_name_is_refused_by_its_characters(wire: Wire, name: str) -> None:
    assert wire.call("CreateUser", UserName=name) == BAD_NAME


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_action_is_repeated_in_well_formed_xml(wire: Wire, text: str) -> None:
    response = get(wire, f"Action={quote(text)}&Version={IAM_VERSION}")
    message = ElementTree.fromstring(response.body).findtext(".//{*}Message")
    allowed = "".join(c if c in "\t\n\r" or c >= " " and c not in "\ufffe\uffff" else "\ufffd" for c in text)
    assert message == f"Could not find operation {allowed} for version {IAM_VERSION}"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("%ED%A0%80", "\ufffd\ufffd\ufffd"),
        ("%ED%BF%BF", "\ufffd\ufffd\ufffd"),
        ("%FF", "\ufffd"),
        ("%C3", "\ufffd"),
        ("%C0%80", "\ufffd\ufffd"),
        ("%F4%90%80%80", "\ufffd\ufffd\ufffd\ufffd"),
        ("\xff", "\ufffd"),
        ("\xc3\xa9", "é"),
        ("a+b%2Bc", "a b+c"),
    ],
)
def test_bytes_that_are_no_utf_8_are_shown_as_replacement_characters(wire: Wire, raw: str, shown: str) -> None:
    form = f"Action={raw}&Version={IAM_VERSION}"
    expected = no_operation(shown, IAM_VERSION)
    assert read(get(wire, form)) == expected
    assert read(wire.post(form.encode("latin-1"))) == expected


def test_a_tag_value_comes_back_as_it_was_sent(wire: Wire) -> None:
    value = "é \u00a0+-=._:/@ 中文"
    tag: dict[str, Any] = {"Tags.member.1.Key": "k", "Tags.member.1.Value": value}
    wire.call("CreateUser", UserName="alice", **tag)
    assert wire.call("ListUserTags", UserName="alice")["Tags"]["member"] == {"Value": value, "Key": "k"}


@pytest.fixture
def unanswered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is answered, as by a server that is older than the installed botocore."""
    monkeypatch.setattr(Implemented, "operation", lambda self, name: None)


@pytest.mark.usefixtures("unanswered")
@pytest.mark.parametrize(
    ("action", "version", "named"),
    [("GetUser", IAM_VERSION, "iam:GetUser"), ("AssumeRole", STS_VERSION, "sts:AssumeRole")],
)
def test_an_operation_not_implemented_is_named_in_a_501(wire: Wire, action: str, version: str, named: str) -> None:
    response = wire.post(f"Action={action}&Version={version}")
    assert read(response) == AwsError("NotImplemented", f"fake_iam does not implement {named} yet.", 501)
    assert b"<Type>Sender</Type>" in response.body


@pytest.mark.usefixtures("unanswered")
def test_an_operation_not_implemented_is_named_before_its_parameters_are_looked_at(wire: Wire) -> None:
    response = wire.post(f"Action=ListUsers&Version={IAM_VERSION}&MaxItems=abc")
    assert read(response).code == "NotImplemented"


@pytest.mark.parametrize("name", ["Unknown", "userName", "UserName.member.1", "Tags.member.x.Key", "", "\x00", "<>"])
def test_unknown_parameters_are_ignored(wire: Wire, name: str) -> None:
    wire.user("alice")
    parameters: dict[str, Any] = {name: "x"}
    assert wire.call("GetUser", UserName="alice", **parameters)["User"]["UserName"] == "alice"


def test_the_method_head_is_no_way_to_call(wire: Wire) -> None:
    request = form_request("CreateUser", UserName="alice")
    request.method = "HEAD"
    assert wire.send(request).status == 404
    assert wire.call("GetUser", UserName="alice") == AwsError(
        "NoSuchEntity", "The user with name alice cannot be found.", 404
    )
