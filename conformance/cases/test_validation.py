from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import assumed, observed
from conformance.sources import INFERRED_STYLE, VERSITY
from conformance.targets import Target

KEY_ID = "AKIAQAAAAAAAAAAAAAAA"
NAME_CHARACTERS = (
    "The specified value for userName is invalid. "
    "It must contain only alphanumeric characters and/or the following: +=,.@_-"
)
PATH_CHARACTERS = (
    "The specified value for path is invalid. "
    "It must begin and end with / and contain only alphanumeric characters and/or / characters."
)
NULL = "Member must not be null"
ENUMERATION = "Member must satisfy enum value set"


def at_least(number: int) -> str:
    return f"Member must have length greater than or equal to {number}"


def at_most(number: int) -> str:
    return f"Member must have length less than or equal to {number}"


def invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message, 400)


def violations(*found: tuple[str, str]) -> AwsError:
    """IAM's style: neither the value nor an enumeration's list is printed."""
    plural = "s" if len(found) > 1 else ""
    parts = [f"Value at '{member}' failed to satisfy constraint: {constraint}" for member, constraint in found]
    return invalid(f"{len(found)} validation error{plural} detected: {'; '.join(parts)}")


def sts_violations(*found: tuple[str, str, str]) -> AwsError:
    """The style of STS: the value is printed."""
    plural = "s" if len(found) > 1 else ""
    parts = [f"Value {value} at '{member}' failed to satisfy constraint: {rule}" for value, member, rule in found]
    return invalid(f"{len(found)} validation error{plural} detected: {'; '.join(parts)}")


def update_key(case: str, given: dict[str, str], expected: AwsError, origin: str, *ids: str) -> Any:
    return pytest.param(given, expected, marks=assumed(origin, *ids), id=case)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        update_key(
            "no AccessKeyId",
            {"Status": "Active"},
            violations(("accessKeyId", NULL)),
            INFERRED_STYLE,
            "val-null-accesskeyid",
        ),
        update_key(
            "no Status", {"AccessKeyId": KEY_ID}, violations(("status", NULL)), INFERRED_STYLE, "val-null-status"
        ),
        update_key(
            "neither",
            {},
            violations(("accessKeyId", NULL), ("status", NULL)),
            INFERRED_STYLE,
            "val-null-both",
            "4:1 validation error",
        ),
        update_key(
            "AccessKeyId of 15",
            {"AccessKeyId": "A" * 15, "Status": "Active"},
            violations(("accessKeyId", at_least(16))),
            VERSITY,
            "val-min-accesskeyid",
        ),
        update_key(
            "AccessKeyId empty",
            {"AccessKeyId": "", "Status": "Active"},
            violations(("accessKeyId", at_least(16))),
            "an empty string is a value, and AccessKeyId's sentence on characters comes after the lengths",
            "val-min-accesskeyid",
        ),
        update_key(
            "AccessKeyId of 129",
            {"AccessKeyId": "A" * 129, "Status": "Active"},
            violations(("accessKeyId", at_most(128))),
            VERSITY,
            "val-max-accesskeyid",
        ),
        update_key(
            "AccessKeyId with a hyphen",
            {"AccessKeyId": "AKIAQAAAAAAAAAA-AAAA", "Status": "Active"},
            invalid("The specified value for accessKeyId is invalid. It must contain only alphanumeric characters."),
            VERSITY,
            "val-chars-accesskeyid",
        ),
        update_key(
            "UserName of 129",
            {"UserName": "a" * 129, "AccessKeyId": KEY_ID, "Status": "Active"},
            violations(("userName", at_most(128))),
            VERSITY,
            "val-max-username-lookup",
        ),
        update_key(
            "UserName empty",
            {"UserName": "", "AccessKeyId": KEY_ID, "Status": "Active"},
            invalid(NAME_CHARACTERS),
            VERSITY,
            "val-empty-username",
        ),
        update_key(
            "Status not in the enumeration",
            {"AccessKeyId": KEY_ID, "Status": "Frozen"},
            violations(("status", ENUMERATION)),
            "recorded for UpdateServiceSpecificCredential, whose Status has the same shape",
            "val-enum-status-accesskey",
            "C26",
        ),
        update_key(
            "three at once",
            {"UserName": "a" * 129, "AccessKeyId": "A", "Status": "Frozen"},
            violations(("accessKeyId", at_least(16)), ("userName", at_most(128)), ("status", ENUMERATION)),
            "the order of a Java HashMap, which fits all recorded messages",
            "4:Order among several members",
        ),
    ],
)
def test_the_parameters_of_update_access_key(aws: Target, given: dict[str, str], expected: AwsError) -> None:
    assert aws.error(aws.iam.update_access_key, **given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        update_key("no AccessKeyId", {}, violations(("accessKeyId", NULL)), INFERRED_STYLE, "val-null-accesskeyid"),
        update_key(
            "two at once",
            {"AccessKeyId": "A", "UserName": "a" * 129},
            violations(("accessKeyId", at_least(16)), ("userName", at_most(128))),
            "the order of a Java HashMap, which fits all recorded messages",
            "4:Order among several members",
        ),
    ],
)
def test_the_parameters_of_delete_access_key(aws: Target, given: dict[str, str], expected: AwsError) -> None:
    assert aws.error(aws.iam.delete_access_key, **given) == expected


@pytest.mark.parametrize("method", ["get_access_key_last_used", "delete_access_key"])
@assumed(INFERRED_STYLE, "val-null-accesskeyid")
def test_a_key_id_is_required(aws: Target, method: str) -> None:
    assert aws.error(getattr(aws.iam, method)) == violations(("accessKeyId", NULL))


@pytest.mark.parametrize("method", ["create_user", "update_user", "delete_user", "list_user_tags"])
@assumed(VERSITY, "val-null-username")
def test_a_user_name_is_required(aws: Target, method: str) -> None:
    assert aws.error(getattr(aws.iam, method)) == violations(("userName", NULL))


@pytest.mark.parametrize("length", [65, 128])
@assumed(VERSITY, "val-max-username-create", "6:UserName")
def test_a_new_name_has_64_characters_at_the_most(aws: Target, length: int) -> None:
    assert aws.error(aws.iam.create_user, UserName="a" * length) == violations(("userName", at_most(64)))


@assumed("the constraint of CreateUser", "val-max-username-create")
def test_a_new_name_in_a_rename_has_64_characters_at_the_most(aws: Target, new_user: People) -> None:
    expected = violations(("newUserName", at_most(64)))
    assert aws.error(aws.iam.update_user, UserName=new_user(), NewUserName="a" * 65) == expected


@pytest.mark.parametrize("method", ["get_user", "delete_user", "list_access_keys", "create_access_key"])
@assumed(VERSITY, "val-max-username-lookup", "6:UserName")
def test_a_name_that_is_looked_up_has_128_characters_at_the_most(aws: Target, method: str) -> None:
    operation = getattr(aws.iam, method)
    assert aws.error(operation, UserName="a" * 129) == violations(("userName", at_most(128)))
    missing = AwsError("NoSuchEntity", f"The user with name {'a' * 128} cannot be found.", 404)
    assert aws.error(operation, UserName="a" * 128) == missing


@pytest.mark.parametrize("name", ["a b", "a/b", "a*", "é", "a\n", "<a>"])
@pytest.mark.parametrize("method", ["create_user", "get_user", "list_access_keys"])
@observed(
    "undated",
    "users quote the same sentence for roleName and userName",
    "val-chars-username",
    "4:Character rules of names",
)
def test_a_forbidden_character_in_a_name_has_a_sentence_of_its_own(aws: Target, method: str, name: str) -> None:
    assert aws.error(getattr(aws.iam, method), UserName=name) == invalid(NAME_CHARACTERS)


@assumed(INFERRED_STYLE, "val-chars-username")
def test_all_signs_that_a_name_may_have_are_accepted(aws: Target) -> None:
    name = "fake_iam+=,.@-conformance-nobody"
    missing = AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)
    assert aws.error(aws.iam.get_user, UserName=name) == missing


@pytest.mark.parametrize("path", ["no-slash", "/open", "open/", ""], ids=["bare", "left", "right", "empty"])
@assumed("recorded for CreateVirtualMFADevice (localstack/localstack#13891)", "val-path")
def test_a_path_begins_and_ends_with_a_slash(aws: Target, new_user: People, path: str) -> None:
    assert aws.error(aws.iam.create_user, UserName=new_user.name(), Path=path) == invalid(PATH_CHARACTERS)


@assumed("recorded for CreateVirtualMFADevice (localstack/localstack#13891)", "val-path-max")
def test_a_path_has_512_characters_at_the_most(aws: Target, new_user: People) -> None:
    path = f"/{'x' * 511}/"
    expected = violations(("path", at_most(512)))
    assert aws.error(aws.iam.create_user, UserName=new_user.name(), Path=path) == expected


@assumed(VERSITY, "val-pathprefix", "6:PathPrefix")
def test_a_path_prefix_begins_with_a_slash(aws: Target) -> None:
    assert aws.error(aws.iam.list_users, PathPrefix="team/") == invalid(
        "The specified value for pathPrefix is invalid. "
        "It must begin with the / character and contain only alphanumeric characters and/or / characters."
    )


@pytest.mark.parametrize(
    ("method", "given", "expected"),
    [
        (
            "create_user",
            {"UserName": "a" * 65, "Path": f"/{'x' * 511}/"},
            violations(("path", at_most(512)), ("userName", at_most(64))),
        ),
        (
            "list_access_keys",
            {"UserName": "a" * 129, "MaxItems": 1001},
            violations(("maxItems", "Member must have value less than or equal to 1000"), ("userName", at_most(128))),
        ),
        (
            "update_user",
            {"UserName": "a" * 129, "NewUserName": "a" * 65, "NewPath": f"/{'x' * 511}/"},
            violations(("newUserName", at_most(64)), ("userName", at_most(128)), ("newPath", at_most(512))),
        ),
    ],
    ids=["create_user", "list_access_keys", "update_user"],
)
@assumed("the order of a Java HashMap, which fits all recorded messages", "4:Order among several members")
def test_several_violations_are_said_at_once(
    aws: Target, method: str, given: dict[str, Any], expected: AwsError
) -> None:
    assert aws.error(getattr(aws.iam, method), **given) == expected


@pytest.mark.parametrize("method", ["create_access_key", "list_access_keys"])
@assumed("parameters are checked before anything is looked up", "2.1:12")
def test_a_bad_name_is_said_before_an_unknown_one(aws: Target, method: str) -> None:
    assert aws.error(getattr(aws.iam, method), UserName="not a user") == invalid(NAME_CHARACTERS)


# STS


def short(value: str) -> AwsError:
    return sts_violations((f"'{value}'", "accessKeyId", at_least(16)))


@pytest.mark.parametrize("value", ["AKIA", "A" * 15])
@assumed("the style that was recorded for AssumeRole", "sts-gaki-short", "4:STS still prints the value")
def test_sts_names_a_key_id_that_is_too_short(aws: Target, value: str) -> None:
    assert aws.error(aws.sts.get_access_key_info, AccessKeyId=value) == short(value)


@assumed("the style that was recorded for AssumeRole", "val-sts-max")
def test_sts_names_a_key_id_that_is_too_long(aws: Target) -> None:
    value = "A" * 129
    expected = sts_violations((f"'{value}'", "accessKeyId", at_most(128)))
    assert aws.error(aws.sts.get_access_key_info, AccessKeyId=value) == expected


@assumed("an empty string is a value, as recorded for AssumeRole", "val-sts-empty")
def test_sts_names_an_empty_key_id(aws: Target) -> None:
    got = aws.error(aws.sts.get_access_key_info, AccessKeyId="")
    assert (got.code, got.status) == ("ValidationError", 400)
    assert f"Value '' at 'accessKeyId' failed to satisfy constraint: {at_least(16)}" in (got.message or "")


@assumed("the style that was recorded for AssumeRole", "val-sts-null")
def test_sts_prints_null_for_what_is_missing(aws: Target) -> None:
    assert aws.error(aws.sts.get_access_key_info) == sts_violations(("null", "accessKeyId", NULL))


@assumed("the style that was recorded for AssumeRole", "val-sts-pattern")
def test_sts_prints_the_pattern(aws: Target) -> None:
    value = "AKIAQAAAAAAAAAA-AAAA"
    rule = r"Member must satisfy regular expression pattern: [\w]*"
    assert aws.error(aws.sts.get_access_key_info, AccessKeyId=value) == sts_violations(
        (f"'{value}'", "accessKeyId", rule)
    )


@assumed("recorded for AssumeRole, in both orders", "val-sts-two-on-one", "4:Two violations of one member")
def test_two_violations_of_one_member_are_two_entries(aws: Target) -> None:
    pattern = ("'a-b'", "accessKeyId", r"Member must satisfy regular expression pattern: [\w]*")
    length = ("'a-b'", "accessKeyId", at_least(16))
    got = aws.error(aws.sts.get_access_key_info, AccessKeyId="a-b")
    assert got in (sts_violations(pattern, length), sts_violations(length, pattern))


@pytest.mark.parametrize(
    ("seconds", "rule"),
    [
        pytest.param(
            899,
            "Member must have value greater than or equal to 900",
            marks=assumed("recorded for AssumeRole, with the same lower limit", "val-sts-duration-low"),
        ),
        pytest.param(
            0,
            "Member must have value greater than or equal to 900",
            marks=assumed("recorded for AssumeRole, with the same lower limit", "val-sts-duration-low"),
        ),
        pytest.param(
            129601,
            "Member must have value less than or equal to 129600",
            marks=assumed("recorded for AssumeRole, whose limit is 43200", "val-sts-duration-high"),
        ),
    ],
)
def test_a_session_has_a_shortest_and_a_longest_time(aws: Target, seconds: int, rule: str) -> None:
    expected = sts_violations((f"'{seconds}'", "durationSeconds", rule))
    assert aws.error(aws.sts.get_session_token, DurationSeconds=seconds) == expected
