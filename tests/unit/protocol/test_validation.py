"""Parsing and validation of parameters, driven by the model."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from fake_iam.protocol.errors import Refusal
from fake_iam.protocol.model import load_service
from fake_iam.protocol.names import camel, snake
from fake_iam.protocol.patterns import matcher
from fake_iam.protocol.plans import argument_names, plan_for

IAM = load_service("iam")
STS = load_service("sts")
ONE = "1 validation error detected: Value at "
TAG_PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"


def complaint(operation: str, service: Any = IAM, **parameters: str) -> tuple[str, str | None]:
    """Code and text of the refusal; dots in names are written as two underscores."""
    plan = plan_for(service, operation)
    with pytest.raises(Refusal) as raised:
        plan.validate(plan.parse({name.replace("__", "."): value for name, value in parameters.items()}))
    assert raised.value.status == 400
    return raised.value.code, raised.value.message


def arguments(operation: str, **parameters: str) -> dict[str, Any]:
    plan = plan_for(IAM, operation)
    values = plan.parse({name.replace("__", "."): value for name, value in parameters.items()})
    plan.validate(values)
    return plan.arguments(values, argument_names(IAM, operation))


@pytest.mark.parametrize(
    ("operation", "parameters", "text"),
    [
        (
            "UpdateAccessKey",
            {},
            "2 validation errors detected: "
            "Value at 'accessKeyId' failed to satisfy constraint: Member must not be null; "
            "Value at 'status' failed to satisfy constraint: Member must not be null",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "A" * 16},
            f"{ONE}'status' failed to satisfy constraint: Member must not be null",
        ),
        (
            "UpdateAccessKey",
            {"Status": "Active"},
            f"{ONE}'accessKeyId' failed to satisfy constraint: Member must not be null",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "A" * 15, "Status": "Active"},
            f"{ONE}'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "", "Status": "Active"},
            f"{ONE}'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "A" * 129, "Status": "Active"},
            f"{ONE}'accessKeyId' failed to satisfy constraint: Member must have length less than or equal to 128",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "A" * 15 + "-", "Status": "Active"},
            "The specified value for accessKeyId is invalid. It must contain only alphanumeric characters.",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "A" * 16, "Status": "Active", "UserName": ""},
            "The specified value for userName is invalid. "
            "It must contain only alphanumeric characters and/or the following: +=,.@_-",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "short", "Status": "Frozen", "UserName": "a b"},
            "2 validation errors detected: "
            "Value at 'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16; "
            "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
        ),
        (
            "UpdateAccessKey",
            {"AccessKeyId": "A" * 16, "Status": "Active", "UserName": "a" * 129},
            f"{ONE}'userName' failed to satisfy constraint: Member must have length less than or equal to 128",
        ),
        (
            "CreateUser",
            {"UserName": "a" * 65},
            f"{ONE}'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
        ),
        ("CreateUser", {}, f"{ONE}'userName' failed to satisfy constraint: Member must not be null"),
        (
            "CreateUser",
            {"UserName": "é"},
            "The specified value for userName is invalid. "
            "It must contain only alphanumeric characters and/or the following: +=,.@_-",
        ),
        (
            "CreateUser",
            {"UserName": "alice\n"},
            "The specified value for userName is invalid. "
            "It must contain only alphanumeric characters and/or the following: +=,.@_-",
        ),
        (
            "CreateUser",
            {"UserName": "a", "Path": "no-slash"},
            "The specified value for path is invalid. "
            "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        ),
        (
            "CreateUser",
            {"UserName": "a", "Path": "/" + "x" * 511 + "/"},
            f"{ONE}'path' failed to satisfy constraint: Member must have length less than or equal to 512",
        ),
        (
            "ListUsers",
            {"PathPrefix": "x"},
            "The specified value for pathPrefix is invalid. "
            "It must begin with the / character and contain only alphanumeric characters and/or / characters.",
        ),
        (
            "ListUsers",
            {"MaxItems": "1001"},
            f"{ONE}'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
        ),
        (
            "ListUsers",
            {"MaxItems": "0"},
            f"{ONE}'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "TagUser",
            {"UserName": "a", "Tags__member__1__Key": "k" * 129, "Tags__member__1__Value": "v" * 257},
            "2 validation errors detected: Value at 'tags.1.member.value' failed to satisfy constraint: "
            "Member must have length less than or equal to 256; "
            "Value at 'tags.1.member.key' failed to satisfy constraint: "
            "Member must have length less than or equal to 128",
        ),
        (
            "TagUser",
            {"UserName": "a", "Tags__member__1__Key": "!", "Tags__member__1__Value": ""},
            f"{ONE}'tags.1.member.key' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {TAG_PATTERN}",
        ),
        (
            "UntagUser",
            {"UserName": "a", "TagKeys__member__1": "k" * 129},
            f"{ONE}'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, "
            f"Member must satisfy regular expression pattern: {TAG_PATTERN}, Member must not be null]",
        ),
        (
            "UpdateAccountPasswordPolicy",
            {"MinimumPasswordLength": "129", "PasswordReusePrevention": "25", "MaxPasswordAge": "1096"},
            "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: "
            "Member must have value less than or equal to 128; "
            "Value at 'passwordReusePrevention' failed to satisfy constraint: "
            "Member must have value less than or equal to 24; "
            "Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095",
        ),
        (
            "CreateOpenIDConnectProvider",
            {"Url": "u" * 256, "ClientIDList__member__1": "c" * 256, "ThumbprintList__member__1": "t"},
            "3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: "
            "Member must satisfy constraint: [Member must have length less than or equal to 255, "
            "Member must have length greater than or equal to 1]; "
            "Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: "
            "[Member must have length less than or equal to 40, Member must have length greater than or equal to 40]; "
            "Value at 'url' failed to satisfy constraint: Member must have length less than or equal to 255",
        ),
    ],
)
def test_iam_words_all_violations_without_the_values(operation: str, parameters: dict[str, str], text: str) -> None:
    assert complaint(operation, **parameters) == ("ValidationError", text)


@pytest.mark.parametrize("count", [51, 500])
def test_too_many_tags_are_one_violation(count: int) -> None:
    tags = {f"Tags__member__{number}__{part}": "x" for number in range(1, count + 1) for part in ("Key", "Value")}
    assert complaint("TagUser", UserName="a", **tags) == (
        "ValidationError",
        f"{ONE}'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "text"),
    [
        (
            "GetAccessKeyInfo",
            {"AccessKeyId": "short"},
            "1 validation error detected: Value 'short' at 'accessKeyId' failed to satisfy constraint: "
            "Member must have length greater than or equal to 16",
        ),
        (
            "GetAccessKeyInfo",
            {},
            "1 validation error detected: Value null at 'accessKeyId' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            "GetSessionToken",
            {"DurationSeconds": "899"},
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: "
            "Member must have value greater than or equal to 900",
        ),
        (
            "AssumeRole",
            {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "!"},
            "2 validation errors detected: Value '!' at 'roleSessionName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\w+=,.@-]*; "
            "Value '!' at 'roleSessionName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 2",
        ),
    ],
)
def test_sts_prints_the_value(operation: str, parameters: dict[str, str], text: str) -> None:
    assert complaint(operation, STS, **parameters) == ("ValidationError", text)


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("+900", 900), ("0900", 900), ("-0", 0)])
def test_integers_are_read_as_java_reads_them(text: str, value: int) -> None:
    assert plan_for(IAM, "ListUsers").parse({"MaxItems": text}) == {"MaxItems": value}


@pytest.mark.parametrize("text", ["abc", "1.0", "2147483648", " 1", "٣", "1" * 5000])
def test_what_is_no_integer_is_malformed_without_a_message(text: str) -> None:
    assert complaint("ListUsers", MaxItems=text) == ("MalformedInput", None)


def test_an_empty_integer_is_malformed_with_a_message() -> None:
    assert complaint("ListUsers", MaxItems="") == ("MalformedInput", "missing value for decimal type")


def test_booleans_are_true_or_false() -> None:
    plan = plan_for(IAM, "UpdateAccountPasswordPolicy")
    assert plan.parse({"RequireNumbers": "true", "RequireSymbols": "False"}) == {
        "RequireNumbers": True,
        "RequireSymbols": False,
    }
    assert complaint("UpdateAccountPasswordPolicy", RequireNumbers="yes") == ("MalformedInput", None)


def test_lists_take_gaps_ignore_nonsense_and_may_be_empty() -> None:
    assert arguments(
        "UntagUser",
        UserName="a",
        TagKeys__member__3="c",
        TagKeys__member__1="a",
        TagKeys__member__x="no",
        TagKeys__member__0="no",
        TagKeys__member__99999999999="no",
    ) == {"user_name": "a", "tag_keys": ["a", "c"]}
    assert arguments("CreateUser", UserName="a", Tags="") == {"user_name": "a", "tags": []}


def test_a_tag_needs_key_and_value() -> None:
    assert complaint("TagUser", UserName="a", Tags__member__1__Key="k") == (
        "ValidationError",
        f"{ONE}'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    )


@pytest.mark.parametrize("value", ["é", "日本 語", "a b", "x" * 256])
def test_tag_values_take_letters_of_every_script(value: str) -> None:
    given = arguments("TagUser", UserName="a", Tags__member__1__Key="k", Tags__member__1__Value=value)
    assert given["tags"] == [{"Key": "k", "Value": value}]


def test_lengths_count_characters_not_bytes() -> None:
    arguments("TagUser", UserName="a", Tags__member__1__Key="𝔘" * 128, Tags__member__1__Value="")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[\w+=,.@-]+", "a.b@c", "a\n"),
        (r"[\d]+", "12", "١"),
        (r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", "/a/", "/a"),
        (r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+", "a\U0001f600", "\x00"),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Ünï 1", "!"),
    ],
)
def test_patterns_match_as_javas_do(pattern: str, good: str, bad: str) -> None:
    assert matcher(pattern)(good)
    assert not matcher(pattern)(bad)


@pytest.mark.parametrize("letter", "LZNMPSC")
def test_a_unicode_category_is_just_its_characters(letter: str) -> None:
    matches = matcher(rf"[\p{{{letter}}}]")
    points = [*range(0x3100), *range(0x3100, 0x110000, 101)]
    assert [point for point in points if matches(chr(point))] == [
        point for point in points if unicodedata.category(chr(point))[0] == letter
    ]


def test_every_pattern_of_both_models_compiles() -> None:
    for service in (IAM, STS):
        for shape in service.shapes.values():
            if shape.pattern:
                matcher(shape.pattern)


def test_a_plan_of_every_operation_of_both_models_compiles() -> None:
    for service in (IAM, STS):
        for name in service.operations:
            plan = plan_for(service, name)
            assert plan.serialize({}, "id").startswith(f"<{name}Response ".encode())


@pytest.mark.parametrize(
    ("name", "in_messages", "in_python"),
    [
        ("UserName", "userName", "user_name"),
        ("ClientIDList", "clientIDList", "client_id_list"),
        ("SSHPublicKeyId", "sSHPublicKeyId", "ssh_public_key_id"),
        ("MaxItems", "maxItems", "max_items"),
        ("Path", "path", "path"),
        ("OpenIDConnectProviderArn", "openIDConnectProviderArn", "open_id_connect_provider_arn"),
    ],
)
def test_names_have_three_spellings(name: str, in_messages: str, in_python: str) -> None:
    assert (camel(name), snake(name)) == (in_messages, in_python)
