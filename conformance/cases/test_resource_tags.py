from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.clients import Client
from conformance.people import People
from conformance.policies import Policies
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import Roles
from conformance.sources import Source
from conformance.targets import Target, fake_target
from fake_iam import ManualClock

API = "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference"
SUPPORTED = f"{API}/supported-services.html"
GET_RESOURCES = f"{API}/API_GetResources.html"
TAG_RESOURCES = f"{API}/API_TagResources.html"
UNTAG_RESOURCES = f"{API}/API_UntagResources.html"
NOT_SHOWN = Source("2023-08-10", "aws/aws-sdk#581: users and roles are tagged, and not found by their ARNs")
NO_TOKEN = Source("2018-08-09", "cloud-custodian/cloud-custodian#2729, and boto/boto3#2513: an empty PaginationToken")
GLOBAL = Source("2018-08-09", "cloud-custodian/cloud-custodian#2729: global resources are found in us-east-1 alone")
BAD_ARN = Source("2023-08-17", "aws/aws-cli#8109, an ARN of EC2 without a type")
BAD_TYPE = Source("2021-02-15", "boto/boto3#2760, a role, which was not supported then")
TEXT = "the error is documented, its text is not"


@pytest.fixture
def tagging(aws: Target) -> Client:
    return aws.client("resourcegroupstaggingapi", aws.key)


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def shown(answer: Any) -> list[str]:
    return [each["ResourceARN"] for each in answer["ResourceTagMappingList"]]


def invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text, 400)


def key_of(arn: str) -> str:
    """A tag key that nobody else has."""
    return f"key-{arn.rpartition('/')[2]}"


@documented(TAG_RESOURCES)
def test_a_policy_is_tagged_and_found_by_its_tag(aws: Target, tagging: Client, new_policy: Policies) -> None:
    arn = new_policy()
    key = key_of(arn)
    assert tagging.tag_resources(ResourceARNList=[arn], Tags={key: "red"}) == {"FailedResourcesMap": {}}
    assert aws.iam.list_policy_tags(PolicyArn=arn)["Tags"] == tags(**{key: "red"})
    found = aws.settle(lambda: shown(tagging.get_resources(TagFilters=[{"Key": key, "Values": ["red"]}])), [arn])
    assert found == [arn]


@observed(*NO_TOKEN)
def test_a_last_page_has_an_empty_token(aws: Target, tagging: Client, new_policy: Policies) -> None:
    arn = new_policy(Tags=tags(a="b"))
    assert tagging.get_resources(TagFilters=[{"Key": key_of(arn)}]) == {
        "PaginationToken": "",
        "ResourceTagMappingList": [],
    }


@documented(f"{API}/API_GetTagKeys.html")
def test_keys_and_values_in_use_are_listed(aws: Target, tagging: Client, new_policy: Policies) -> None:
    arn = new_policy()
    key = key_of(arn)
    tagging.tag_resources(ResourceARNList=[arn], Tags={key: "red"})
    values = aws.settle(lambda: tagging.get_tag_values(Key=key), {"PaginationToken": "", "TagValues": ["red"]})
    assert values == {"PaginationToken": "", "TagValues": ["red"]}
    assert key in tagging.get_tag_keys()["TagKeys"]


@documented(UNTAG_RESOURCES)
def test_tags_are_taken_off_whether_they_are_there_or_not(aws: Target, tagging: Client, new_policy: Policies) -> None:
    arn = new_policy(Tags=tags(a="1", b="2"))
    answer = tagging.untag_resources(ResourceARNList=[arn], TagKeys=["a", "absent"])
    assert answer == {"FailedResourcesMap": {}}
    assert aws.iam.list_policy_tags(PolicyArn=arn)["Tags"] == tags(b="2")


@documented(SUPPORTED)
def test_users_and_roles_are_tagged(aws: Target, tagging: Client, new_user: People, new_role: Roles) -> None:
    user, role = new_user(), new_role()
    arns = [f"arn:aws:iam::{aws.account}:user/{user}", f"arn:aws:iam::{aws.account}:role/{role}"]
    assert tagging.tag_resources(ResourceARNList=arns, Tags={"team": "red"}) == {"FailedResourcesMap": {}}
    assert aws.iam.list_user_tags(UserName=user)["Tags"] == tags(team="red")
    assert aws.iam.list_role_tags(RoleName=role)["Tags"] == tags(team="red")


@observed(*NOT_SHOWN)
def test_users_and_roles_are_not_found(aws: Target, tagging: Client, new_user: People, new_role: Roles) -> None:
    user, role = new_user(Tags=tags(team="red")), new_role(Tags=tags(team="red"))
    arns = [f"arn:aws:iam::{aws.account}:user/{user}", f"arn:aws:iam::{aws.account}:role/{role}"]
    assert shown(tagging.get_resources(ResourceARNList=arns)) == []


@documented(GET_RESOURCES)
def test_what_has_no_tags_is_not_found(aws: Target, tagging: Client, new_policy: Policies) -> None:
    assert shown(tagging.get_resources(ResourceARNList=[new_policy(), new_policy.absent()])) == []


@documented(GET_RESOURCES)
def test_a_type_of_iam_is_named_as_in_its_arns(aws: Target, tagging: Client, new_role: Roles) -> None:
    name = new_role.profile()
    arn = f"arn:aws:iam::{aws.account}:instance-profile/{name}"
    chosen = {"TagFilters": [{"Key": key_of(arn)}]}
    tagging.tag_resources(ResourceARNList=[arn], Tags={key_of(arn): ""})
    assert aws.settle(lambda: shown(tagging.get_resources(**chosen, ResourceTypeFilters=["iam"])), [arn]) == [arn]
    assert shown(tagging.get_resources(**chosen, ResourceTypeFilters=["iam:instance-profile", "ec2"])) == [arn]
    assert shown(tagging.get_resources(**chosen, ResourceTypeFilters=["iam:policy"])) == []


@observed(*GLOBAL)
def test_nothing_of_iam_is_found_in_another_region(aws: Target, tagging: Client, new_policy: Policies) -> None:
    arn = new_policy()
    tagging.tag_resources(ResourceARNList=[arn], Tags={key_of(arn): ""})
    elsewhere = aws.client("resourcegroupstaggingapi", aws.key, "us-west-2")
    assert shown(elsewhere.get_resources(TagFilters=[{"Key": key_of(arn)}])) == []


@assumed("no page says in which regions IAM's resources may be tagged")
def test_iams_resources_are_tagged_in_any_region(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    elsewhere = aws.client("resourcegroupstaggingapi", aws.key, "us-west-2")
    assert elsewhere.tag_resources(ResourceARNList=[arn], Tags={"a": "b"}) == {"FailedResourcesMap": {}}
    assert aws.iam.list_policy_tags(PolicyArn=arn)["Tags"] == tags(a="b")


@assumed("the service's own codes are documented, which code of IAM and which status are not")
def test_what_fails_is_told_resource_by_resource(aws: Target, tagging: Client, new_policy: Policies) -> None:
    arn, absent = new_policy(), new_policy.absent()
    answer = tagging.tag_resources(ResourceARNList=[absent, arn], Tags={"a": "b"})
    assert answer == {
        "FailedResourcesMap": {
            absent: {
                "ErrorCode": "NoSuchEntity",
                "ErrorMessage": f"Policy {absent} was not found.",
                "StatusCode": 404,
            }
        }
    }
    assert aws.iam.list_policy_tags(PolicyArn=arn)["Tags"] == tags(a="b")


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param("no-arn", marks=assumed("seen for an ARN without a type"), id="no ARN"),
        pytest.param("arn:aws:iam::123456789012:alice", marks=observed(*BAD_ARN), id="no type"),
        pytest.param("arn:aws:iam::123456789012:group/all", marks=observed(*BAD_TYPE), id="a type without tags"),
    ],
)
def test_an_arn_that_cannot_be_fails_the_request(aws: Target, tagging: Client, arn: str) -> None:
    got = aws.error(tagging.tag_resources, ResourceARNList=[arn], Tags={"a": "b"})
    assert got == invalid(f"{arn} is not a valid AmazonResourceName (ARN)")


@observed(*BAD_ARN)
def test_a_search_by_an_arn_that_cannot_be_fails(aws: Target, tagging: Client) -> None:
    arn = "arn:aws:iam::123456789012:alice"
    got = aws.error(tagging.get_resources, ResourceARNList=[arn])
    assert got == invalid(f"{arn} is not a valid AmazonResourceName (ARN)")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        pytest.param(
            {"ResourceARNList": ["arn:aws-cn:iam::123456789012:policy/x"]},
            "The partition of arn:aws-cn:iam::123456789012:policy/x is aws-cn, but the operation was called in aws.",
            id="another partition",
        ),
        pytest.param(
            {"ResourceARNList": ["arn:aws:iam::123456789012:policy/x"], "ResourceTypeFilters": ["iam"]},
            "ResourceARNList and ResourceTypeFilters cannot be specified in the same request.",
            id="ARNs and types",
        ),
        pytest.param(
            {"ResourceARNList": ["arn:aws:iam::123456789012:policy/x"], "TagFilters": [{"Key": "a"}]},
            "ResourceARNList and TagFilters cannot be specified in the same request.",
            id="ARNs and tags",
        ),
        pytest.param(
            {"ResourceARNList": ["arn:aws:iam::123456789012:policy/x"], "ResourcesPerPage": 1},
            "ResourceARNList and ResourcesPerPage cannot be specified in the same request.",
            id="ARNs and pages",
        ),
        pytest.param({"ResourcesPerPage": 101}, "ResourcesPerPage must be between 1 and 100.", id="many resources"),
        pytest.param({"TagsPerPage": 99}, "TagsPerPage must be between 100 and 500.", id="few tags"),
        pytest.param({"TagFilters": [{"Values": ["a"]}]}, "Each TagFilter must contain a key.", id="no key"),
        pytest.param(
            {"ExcludeCompliantResources": True},
            "ExcludeCompliantResources can be true only if IncludeComplianceDetails is also true.",
            id="compliance",
        ),
        pytest.param(
            {"ResourceTypeFilters": ["ec2"] * 101}, "ResourceTypeFilters can include up to 100 items.", id="many types"
        ),
        pytest.param({"PaginationToken": "x"}, "The PaginationToken is invalid.", id="a token of nobody"),
    ],
)
@assumed(TEXT)
def test_a_request_that_makes_no_sense_is_refused(
    aws: Target, tagging: Client, members: dict[str, Any], text: str
) -> None:
    assert aws.error(tagging.get_resources, **members) == invalid(text)


@assumed("other services that print values word a violation so; the code is that which the model lists")
def test_a_violation_of_the_model_is_worded_with_its_value(aws: Target, tagging: Client) -> None:
    got = aws.error(tagging.tag_resources, ResourceARNList=[], Tags={"a": "b"})
    assert got == invalid(
        "1 validation error detected: Value '[]' at 'resourceARNList' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )
    arn = "arn:aws:iam::123456789012:policy/x"
    got = aws.error(tagging.tag_resources, ResourceARNList=[arn], Tags={})
    assert got == invalid(
        "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )
    got = aws.error(tagging.get_tag_values)
    assert got == invalid(
        "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null"
    )


@documented(GET_RESOURCES)
def test_pages_are_of_so_many_resources(aws: Target, tagging: Client, new_policy: Policies) -> None:
    one, other = sorted((new_policy(), new_policy()))
    chosen = {"TagFilters": [{"Key": key_of(one)}], "ResourcesPerPage": 1}
    tagging.tag_resources(ResourceARNList=[one, other], Tags={key_of(one): ""})
    first = aws.wait_for(tagging.get_resources, **chosen)
    second = tagging.get_resources(**chosen, PaginationToken=first["PaginationToken"])
    assert sorted(shown(first) + shown(second)) == [one, other]


@fake_only("a clock to turn")
@documented(f"{API}/API_GetResources.html#API_GetResources_Errors")
def test_a_token_expires_after_fifteen_minutes() -> None:
    clock = ManualClock()
    with fake_target(clock=clock) as aws:
        tagging = aws.client("resourcegroupstaggingapi", aws.key)
        for name in ("one", "two"):
            aws.iam.create_instance_profile(InstanceProfileName=name, Tags=tags(a="b"))
        token = tagging.get_resources(ResourcesPerPage=1)["PaginationToken"]
        clock.advance(timedelta(minutes=16))
        got = aws.error(tagging.get_resources, ResourcesPerPage=1, PaginationToken=token)
    assert got == AwsError(
        "PaginationTokenExpiredException",
        "The request failed because the specified PaginationToken has expired. "
        "A PaginationToken is valid for a maximum of 15 minutes.",
        400,
    )
