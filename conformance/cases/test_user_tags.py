from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, GUIDE, LOCALSTACK_USERS, ONLY_ROLES_SEEN
from conformance.targets import Target

PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
DUPLICATE = AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)
FULL = AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)
TAGGING = f"{GUIDE}/id_tags.html"


def tags(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs]


def numbered(count: int) -> list[dict[str, str]]:
    return tags(*((f"k{number}", "") for number in range(count)))


def violation(member: str, constraint: str) -> AwsError:
    return AwsError(
        "ValidationError",
        f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}",
        400,
    )


def keys_of(rows: list[Any]) -> list[str]:
    return [row["Key"] for row in rows]


@observed(*LOCALSTACK_USERS, "6:Tags", "1.5:CreateUser")
def test_creation_shows_tags_in_the_order_of_the_request(aws: Target, new_user: People) -> None:
    given = tags(("z", "1"), ("abc", "2"), ("A", "3"), ("b", "4"))
    assert aws.iam.create_user(UserName=new_user.name(), Tags=given)["User"]["Tags"] == given


@observed(*LOCALSTACK_USERS, "6:Tags")
def test_lists_sort_tags_by_length_then_alphabet(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=tags(("z", "1"), ("abc", "2"), ("A", "3"), ("b", "4")))
    assert keys_of(aws.iam.list_user_tags(UserName=alice)["Tags"]) == ["A", "b", "z", "abc"]
    assert keys_of(aws.iam.get_user(UserName=alice)["User"]["Tags"]) == ["A", "b", "z", "abc"]


@observed(*LOCALSTACK_USERS, "1.5:CreateUser")
def test_without_tags_a_user_shows_none_and_the_list_is_empty(aws: Target, new_user: People) -> None:
    alice = new_user()
    assert "Tags" not in aws.iam.get_user(UserName=alice)["User"]
    assert aws.iam.list_user_tags(UserName=alice) == {"Tags": [], "IsTruncated": False}


@observed(*LOCALSTACK_USERS, "6:Tag keys")
def test_a_tag_in_another_letter_case_takes_the_new_spelling(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=tags(("Team", "red")))
    assert aws.iam.tag_user(UserName=alice, Tags=tags(("TEAM", "blue"))) == {}
    assert aws.iam.list_user_tags(UserName=alice)["Tags"] == tags(("TEAM", "blue"))


@documented(f"{API}/API_TagUser.html", "6:Tag keys")
def test_a_tag_given_again_replaces_its_value_and_no_other(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=tags(("a", "1"), ("b", "2")))
    aws.iam.tag_user(UserName=alice, Tags=tags(("b", "3"), ("c", "4")))
    assert aws.iam.list_user_tags(UserName=alice)["Tags"] == tags(("a", "1"), ("b", "3"), ("c", "4"))


@documented(f"{API}/API_UntagUser.html", "6:Tag keys")
def test_a_tag_is_removed_by_its_key(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=tags(("a", "1"), ("b", "2")))
    assert aws.iam.untag_user(UserName=alice, TagKeys=["a"]) == {}
    assert aws.iam.list_user_tags(UserName=alice)["Tags"] == tags(("b", "2"))


@assumed("keys of users' tags are not told apart by letter case", "6:Tag keys")
def test_a_tag_is_removed_in_any_letter_case(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=tags(("Team", "red")))
    aws.iam.untag_user(UserName=alice, TagKeys=["tEAM"])
    assert aws.iam.list_user_tags(UserName=alice)["Tags"] == []


@assumed("the model lists no error for it", "6:Tag keys")
def test_removing_a_tag_that_is_not_there_succeeds(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=tags(("a", "1")))
    assert aws.iam.untag_user(UserName=alice, TagKeys=["none"]) == {}
    assert aws.iam.list_user_tags(UserName=alice)["Tags"] == tags(("a", "1"))


@pytest.mark.parametrize(
    "value", ["", " ", "é 中文", "_.:/=+-@ 1", "v" * 256], ids=["empty", "blank", "wide", "signs", "long"]
)
@documented(TAGGING, "6:Tags")
def test_a_value_comes_back_as_it_was_given(aws: Target, new_user: People, value: str) -> None:
    alice = new_user(Tags=tags(("k", value)))
    assert aws.iam.list_user_tags(UserName=alice)["Tags"] == tags(("k", value))


@pytest.mark.parametrize("other", ["k", "K"])
@assumed(ONLY_ROLES_SEEN, "role-dup-tags")
def test_the_same_key_twice_is_refused_in_any_letter_case(aws: Target, new_user: People, other: str) -> None:
    alice = new_user()
    assert aws.error(aws.iam.tag_user, UserName=alice, Tags=tags(("k", "1"), (other, "2"))) == DUPLICATE
    assert aws.error(aws.iam.create_user, UserName=new_user.name(), Tags=tags(("k", "1"), (other, "2"))) == DUPLICATE


@assumed("recorded for OpenID Connect providers", "oidc-tags")
def test_a_user_has_fifty_tags_at_the_most(aws: Target, new_user: People) -> None:
    alice = new_user(Tags=numbered(50))
    assert aws.error(aws.iam.tag_user, UserName=alice, Tags=tags(("one-more", ""))) == FULL
    assert aws.iam.tag_user(UserName=alice, Tags=tags(("k0", "new"))) == {}
    assert len(aws.iam.list_user_tags(UserName=alice, MaxItems=1000)["Tags"]) == 50


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            numbered(51),
            violation("tags", "Member must have length less than or equal to 50"),
            marks=assumed(ONLY_ROLES_SEEN, "val-tags-many"),
            id="51 tags",
        ),
        pytest.param(
            tags(("k" * 129, "")),
            violation("tags.1.member.key", "Member must have length less than or equal to 128"),
            marks=assumed(ONLY_ROLES_SEEN, "val-tag-key-long"),
            id="key of 129",
        ),
        pytest.param(
            tags(("k", "v" * 257)),
            violation("tags.1.member.value", "Member must have length less than or equal to 256"),
            marks=assumed(ONLY_ROLES_SEEN, "val-tag-value-long"),
            id="value of 257",
        ),
        pytest.param(
            tags(("ok", ""), ("not!ok", "")),
            violation("tags.2.member.key", f"Member must satisfy regular expression pattern: {PATTERN}"),
            marks=assumed(ONLY_ROLES_SEEN, "val-tag-key-chars"),
            id="bad character in the second key",
        ),
    ],
)
def test_tags_out_of_bounds_are_refused(
    aws: Target, new_user: People, given: list[dict[str, str]], expected: AwsError
) -> None:
    assert aws.error(aws.iam.tag_user, UserName=new_user(), Tags=given) == expected


@assumed(ONLY_ROLES_SEEN, "val-tagkeys-many")
def test_more_than_fifty_tag_keys_are_refused(aws: Target, new_user: People) -> None:
    expected = violation("tagKeys", "Member must have length less than or equal to 50")
    keys = [f"k{number}" for number in range(51)]
    assert aws.error(aws.iam.untag_user, UserName=new_user(), TagKeys=keys) == expected


@pytest.mark.parametrize("key", ["k" * 129, "not!ok"], ids=["129 characters", "bad character"])
@assumed(ONLY_ROLES_SEEN, "val-tagkeys-member")
def test_a_bad_tag_key_names_the_list_and_all_constraints(aws: Target, new_user: People, key: str) -> None:
    expected = violation(
        "tagKeys",
        "Member must satisfy constraint: [Member must have length less than or equal to 128, "
        "Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {PATTERN}, Member must not be null]",
    )
    assert aws.error(aws.iam.untag_user, UserName=new_user(), TagKeys=[key]) == expected
