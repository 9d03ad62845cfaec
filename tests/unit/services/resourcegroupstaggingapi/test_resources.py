"""GetResources, GetTagKeys and GetTagValues, without HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fake_iam import ManualClock
from tests.support import AwsError, Wire
from tests.unit.services.resourcegroupstaggingapi.test_changes import (
    ACCOUNT,
    DOCUMENT,
    LISTS,
    TRUST,
    a_policy,
    a_user,
)

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
MADE = "arn:aws:iam::123456789012:policy/p{:02}"


def tag(*pairs: str) -> dict[str, str]:
    """``tag("k=v")`` as a form has it."""
    found = {}
    for number, pair in enumerate(pairs, start=1):
        key, _, value = pair.partition("=")
        found |= {f"Tags.member.{number}.Key": key, f"Tags.member.{number}.Value": value}
    return found


def policies(wire: Wire, count: int, *pairs: str) -> list[str]:
    """So many policies with these tags, by their ARNs."""
    for number in range(count):
        wire.call("CreatePolicy", PolicyName=f"p{number:02}", PolicyDocument=DOCUMENT, **tag(*pairs))
    return [MADE.format(number) for number in range(count)]


def arns(answer: Any) -> list[str]:
    return [each["ResourceARN"] for each in answer["ResourceTagMappingList"]]


def invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text, 400)


def test_everything_that_has_tags_is_shown_but_users_and_roles(wire: Wire) -> None:
    made = [make(wire) for make in LISTS]
    assert wire.tagging("GetResources") == {"PaginationToken": "", "ResourceTagMappingList": []}
    assert wire.tagging("TagResources", ResourceARNList=made, Tags={"team": "red"}) == {"FailedResourcesMap": {}}
    hidden = [arn for arn in made if ":user/" in arn or ":role/" in arn]
    assert len(hidden) == 2
    answer = wire.tagging("GetResources")
    assert arns(answer) == sorted(set(made) - set(hidden))
    assert {tuple(each["Tags"][0].items()) for each in answer["ResourceTagMappingList"]} == {
        (("Key", "team"), ("Value", "red"))
    }


def test_what_lost_its_tags_or_was_deleted_is_no_longer_shown(wire: Wire) -> None:
    first, second = policies(wire, 2, "team=red")
    wire.tagging("UntagResources", ResourceARNList=[first], TagKeys=["team"])
    assert arns(wire.tagging("GetResources")) == [second]
    wire.call("DeletePolicy", PolicyArn=second)
    assert arns(wire.tagging("GetResources")) == []


def test_filters_choose_by_type_and_by_tag(wire: Wire) -> None:
    (policy,) = policies(wire, 1, "team=red", "stage=one")
    wire.call("CreateInstanceProfile", InstanceProfileName="box", **tag("team=blue"))
    box = f"{ACCOUNT}:instance-profile/box"
    chosen = {
        (): [box, policy],
        ("iam",): [box, policy],
        ("iam:policy",): [policy],
        ("ec2:instance", "iam:instance-profile"): [box],
        ("ec2",): [],
        ("iam:role",): [],
    }
    for types, expected in chosen.items():
        assert arns(wire.tagging("GetResources", ResourceTypeFilters=list(types))) == expected
    assert arns(wire.tagging("GetResources", TagFilters=[{"Key": "team"}])) == [box, policy]
    assert arns(wire.tagging("GetResources", TagFilters=[{"Key": "team", "Values": ["red", "x"]}])) == [policy]
    assert arns(wire.tagging("GetResources", TagFilters=[{"Key": "team"}, {"Key": "stage"}])) == [policy]


def test_pages_are_of_so_many_resources(wire: Wire) -> None:
    made = policies(wire, 5, "team=red")
    token, found = "", []
    for size in (2, 2, 1):
        page = wire.tagging("GetResources", ResourcesPerPage=2, PaginationToken=token)
        assert len(arns(page)) == size
        token = page["PaginationToken"]
        found += arns(page)
    assert (found, token) == (made, "")


def test_a_page_has_a_hundred_resources_at_the_most() -> None:
    wire = Wire(random_seed=7)
    policies(wire, 100, "team=red")
    assert wire.tagging("GetResources")["PaginationToken"] == ""
    wire.call("CreatePolicy", PolicyName="q", PolicyDocument=DOCUMENT, **tag("team=red"))
    page = wire.tagging("GetResources")
    assert len(arns(page)) == 100
    assert arns(wire.tagging("GetResources", PaginationToken=page["PaginationToken"])) == [f"{ACCOUNT}:policy/q"]


def test_pages_of_so_many_tags_leave_each_resource_whole(wire: Wire) -> None:
    """The example of the API reference, with fewer resources."""
    made = policies(wire, 3, *(f"k{number}=v" for number in range(45)))
    first = wire.tagging("GetResources", TagsPerPage=100)
    assert arns(first) == made[:2]
    second = wire.tagging("GetResources", TagsPerPage=100, PaginationToken=first["PaginationToken"])
    assert (arns(second), second["PaginationToken"]) == (made[2:], "")


def test_a_token_is_good_for_the_same_request_and_fifteen_minutes() -> None:
    clock = ManualClock(AT)
    wire = Wire(clock, random_seed=7)
    policies(wire, 2, "team=red")
    token = wire.tagging("GetResources", ResourcesPerPage=1)["PaginationToken"]
    other = wire.tagging("GetResources", ResourcesPerPage=1, PaginationToken=token, TagFilters=[{"Key": "team"}])
    assert other == invalid("The PaginationToken is invalid.")
    clock.advance(timedelta(minutes=16))
    late = wire.tagging("GetResources", ResourcesPerPage=1, PaginationToken=token)
    assert isinstance(late, AwsError)
    assert (late.code, late.status) == ("PaginationTokenExpiredException", 400)


def test_resources_are_found_by_their_arns_if_they_have_tags(wire: Wire) -> None:
    first, second = policies(wire, 2, "team=red")
    bare, user = a_policy(wire), a_user(wire)
    asked = [second, bare, user, "arn:aws:s3:::bucket", f"{ACCOUNT}:policy/absent", f"{ACCOUNT}:group/x"]
    answer = wire.tagging("GetResources", ResourceARNList=asked)
    assert (arns(answer), answer["PaginationToken"]) == ([second], "")
    assert first not in arns(answer)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"ResourceARNList": ["x"]}, "x is not a valid AmazonResourceName (ARN)"),
        (
            {"ResourceARNList": ["arn:aws-cn:s3:::x"]},
            "The partition of arn:aws-cn:s3:::x is aws-cn, but the operation was called in aws.",
        ),
        (
            {"ResourceARNList": [MADE], "ResourceTypeFilters": ["iam"]},
            "ResourceARNList and ResourceTypeFilters cannot be specified in the same request.",
        ),
        (
            {"ResourceARNList": [MADE], "TagFilters": [{"Key": "a"}]},
            "ResourceARNList and TagFilters cannot be specified in the same request.",
        ),
        (
            {"ResourceARNList": [MADE], "ResourcesPerPage": 1},
            "ResourceARNList and ResourcesPerPage cannot be specified in the same request.",
        ),
        (
            {"ResourceARNList": [MADE], "TagsPerPage": 100},
            "ResourceARNList and TagsPerPage cannot be specified in the same request.",
        ),
        (
            {"ResourceARNList": [MADE], "PaginationToken": "x"},
            "ResourceARNList and PaginationToken cannot be specified in the same request.",
        ),
        ({"ResourcesPerPage": 0}, "ResourcesPerPage must be between 1 and 100."),
        ({"ResourcesPerPage": 101}, "ResourcesPerPage must be between 1 and 100."),
        ({"TagsPerPage": 99}, "TagsPerPage must be between 100 and 500."),
        ({"TagsPerPage": 501}, "TagsPerPage must be between 100 and 500."),
        ({"ResourceTypeFilters": ["ec2"] * 101}, "ResourceTypeFilters can include up to 100 items."),
        ({"TagFilters": [{"Values": ["a"]}]}, "Each TagFilter must contain a key."),
        (
            {"ExcludeCompliantResources": True},
            "ExcludeCompliantResources can be true only if IncludeComplianceDetails is also true.",
        ),
        (
            {"TagFilters": [{"Key": ""}]},
            "1 validation error detected: Value '' at 'tagFilters.1.member.key' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            {"ResourceARNList": []},
            "1 validation error detected: Value '[]' at 'resourceARNList' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(wire: Wire, members: dict[str, Any], text: str) -> None:
    assert wire.tagging("GetResources", **members) == invalid(text)


def test_all_that_there_is_complies_for_there_are_no_tag_policies(wire: Wire) -> None:
    policies(wire, 1, "team=red")
    (shown,) = wire.tagging("GetResources", IncludeComplianceDetails=True)["ResourceTagMappingList"]
    assert shown["ComplianceDetails"] == {
        "ComplianceStatus": True,
        "KeysWithNoncompliantValues": [],
        "NoncompliantKeys": [],
    }
    both = {"IncludeComplianceDetails": True, "ExcludeCompliantResources": True}
    assert wire.tagging("GetResources", **both) == {"PaginationToken": "", "ResourceTagMappingList": []}


@pytest.mark.parametrize(("region", "shown"), [("us-east-1", 1), ("eu-west-1", 0), ("cn-north-1", 0)])
def test_iams_resources_are_in_one_region_of_their_partition(wire: Wire, region: str, shown: int) -> None:
    policies(wire, 1, "team=red")
    assert len(arns(wire.tagging("GetResources", region=region))) == shown
    assert len(wire.tagging("GetTagKeys", region=region)["TagKeys"]) == shown
    assert len(wire.tagging("GetTagValues", region=region, Key="team")["TagValues"]) == shown


def test_keys_and_values_are_told_once_and_in_order(wire: Wire) -> None:
    policies(wire, 2, "team=red", "stage=")
    wire.call("CreateInstanceProfile", InstanceProfileName="box", **tag("team=blue"))
    wire.call("CreateInstanceProfile", InstanceProfileName="rack", **tag("team=blue", "area=1"))
    wire.call("CreateRole", RoleName="worker", AssumeRolePolicyDocument=TRUST, **tag("hidden=1", "team=green"))
    assert wire.tagging("GetTagKeys") == {"PaginationToken": "", "TagKeys": ["area", "stage", "team"]}
    assert wire.tagging("GetTagValues", Key="team") == {"PaginationToken": "", "TagValues": ["blue", "red"]}
    assert wire.tagging("GetTagValues", Key="stage") == {"PaginationToken": "", "TagValues": [""]}
    assert wire.tagging("GetTagValues", Key="absent") == {"PaginationToken": "", "TagValues": []}


def test_keys_and_values_come_in_pages() -> None:
    wire = Wire(random_seed=7, quotas="page_size=2")
    wire.call("CreateInstanceProfile", InstanceProfileName="box", **tag("a=1", "b=1", "c=1"))
    first = wire.tagging("GetTagKeys")
    assert first["TagKeys"] == ["a", "b"]
    assert wire.tagging("GetTagKeys", PaginationToken=first["PaginationToken"]) == {
        "PaginationToken": "",
        "TagKeys": ["c"],
    }
    refused = wire.tagging("GetTagValues", Key="a", PaginationToken=first["PaginationToken"])
    assert refused == invalid("The PaginationToken is invalid.")


def test_a_key_is_required(wire: Wire) -> None:
    assert wire.tagging("GetTagValues") == invalid(
        "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null"
    )
