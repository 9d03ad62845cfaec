from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.provenance import assumed, observed
from conformance.roles import EC2, Roles
from conformance.sources import Source
from conformance.targets import Target

LS = Source("2026-02-11", "localstack/localstack#13891, AWS-validated test_iam_roles :: TestRoleTags")
PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
TWICE = AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", 400)


def tags(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs]


def violation(member: str, constraint: str) -> AwsError:
    text = f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}"
    return AwsError("ValidationError", text, 400)


def shown(aws: Target, role: str) -> Any:
    return aws.iam.list_role_tags(RoleName=role)["Tags"]


@observed(*LS, "1:Tags keep the order", "1:Empty tag value allowed", "1.1:A void operation")
def test_tags_keep_their_order_and_take_the_new_value(aws: Target, new_role: Roles) -> None:
    name = new_role()
    assert aws.iam.list_role_tags(RoleName=name) == {"Tags": [], "IsTruncated": False}
    assert aws.iam.tag_role(RoleName=name, Tags=tags(("zebra", "1"), ("b", "2"))) == {}
    assert shown(aws, name) == tags(("zebra", "1"), ("b", "2"))
    assert aws.iam.tag_role(RoleName=name, Tags=tags(("zebra", ""))) == {}
    assert shown(aws, name) == tags(("zebra", ""), ("b", "2"))
    assert aws.iam.untag_role(RoleName=name, TagKeys=["zebra"]) == {}
    assert shown(aws, name) == aws.iam.get_role(RoleName=name)["Role"]["Tags"] == tags(("b", "2"))


@observed(*LS, "1:Tags keep the order")
def test_another_letter_case_takes_the_place_of_the_key(aws: Target, new_role: Roles) -> None:
    name = new_role(Tags=tags(("a", "1"), ("b", "2")))
    aws.iam.tag_role(RoleName=name, Tags=tags(("B", "4")))
    assert shown(aws, name) == tags(("a", "1"), ("B", "4"))


@pytest.mark.parametrize("other", ["k", "K"])
@observed(*LS, "role-dup-tags")
def test_the_same_key_twice_is_refused_in_any_letter_case(aws: Target, new_role: Roles, other: str) -> None:
    twice = tags(("k", "1"), (other, "2"))
    assert aws.error(aws.iam.tag_role, RoleName=new_role(), Tags=twice) == TWICE
    asked = {"RoleName": new_role.name(), "AssumeRolePolicyDocument": EC2, "Tags": twice}
    assert aws.error(aws.iam.create_role, **asked) == TWICE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            tags(*((f"k{number}", "") for number in range(51))),
            violation("tags", "Member must have length less than or equal to 50"),
            marks=observed(*LS, "val-tags-many", "1:MaxSessionDuration", "4:Constraint texts"),
            id="51 tags",
        ),
        pytest.param(
            tags(("k" * 129, "")),
            violation("tags.1.member.key", "Member must have length less than or equal to 128"),
            marks=observed(*LS, "val-tag-key-long", "4:Member names are camelCase"),
            id="key of 129",
        ),
        pytest.param(
            tags(("k", "v" * 257)),
            violation("tags.1.member.value", "Member must have length less than or equal to 256"),
            marks=observed(*LS, "val-tag-value-long", "4:Member names are camelCase"),
            id="value of 257",
        ),
        pytest.param(
            tags(("not!ok", "")),
            violation("tags.1.member.key", f"Member must satisfy regular expression pattern: {PATTERN}"),
            marks=observed(
                *LS, "val-tag-key-chars", "4:Which members have the friendly sentence", "4:Constraint texts"
            ),
            id="bad character",
        ),
    ],
)
def test_tags_out_of_bounds_are_refused(
    aws: Target, new_role: Roles, given: list[dict[str, str]], expected: AwsError
) -> None:
    assert aws.error(aws.iam.tag_role, RoleName=new_role(), Tags=given) == expected
    asked = {"RoleName": new_role.name(), "AssumeRolePolicyDocument": EC2, "Tags": given}
    assert aws.error(aws.iam.create_role, **asked) == expected


@observed(*LS, "val-tagkeys-many")
def test_more_than_fifty_tag_keys_are_refused(aws: Target, new_role: Roles) -> None:
    expected = violation("tagKeys", "Member must have length less than or equal to 50")
    keys = [f"k{number}" for number in range(51)]
    assert aws.error(aws.iam.untag_role, RoleName=new_role(), TagKeys=keys) == expected


@pytest.mark.parametrize("key", ["k" * 129, "not!ok"], ids=["129 characters", "bad character"])
@observed(*LS, "val-tagkeys-member", "4:Member names are camelCase")
def test_a_bad_tag_key_names_the_list_and_all_constraints(aws: Target, new_role: Roles, key: str) -> None:
    expected = violation(
        "tagKeys",
        "Member must satisfy constraint: [Member must have length less than or equal to 128, "
        "Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {PATTERN}, Member must not be null]",
    )
    assert aws.error(aws.iam.untag_role, RoleName=new_role(), TagKeys=[key]) == expected


@observed(*LS, "val-tags-many", "role-missing")
def test_too_many_tags_are_said_before_a_missing_role(aws: Target, new_role: Roles) -> None:
    expected = violation("tags", "Member must have length less than or equal to 50")
    many = tags(*((f"k{number}", "") for number in range(51)))
    assert aws.error(aws.iam.tag_role, RoleName=new_role.name(), Tags=many) == expected


@assumed("recorded for OpenID Connect providers", "oidc-tags")
def test_a_role_has_fifty_tags_at_the_most(aws: Target, new_role: Roles) -> None:
    name = new_role(Tags=tags(*((f"k{number}", "") for number in range(50))))
    full = AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)
    assert aws.error(aws.iam.tag_role, RoleName=name, Tags=tags(("one-more", ""))) == full
