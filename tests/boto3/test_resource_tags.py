"""What tools do with the Resource Groups Tagging API, at the same endpoint as IAM."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from fake_iam import FakeIAM
from tests.support import AwsError, error

DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'


@pytest.fixture
def tagging(fake: FakeIAM) -> Any:
    return boto3.client(
        "resourcegroupstaggingapi",
        endpoint_url=fake.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def policy(fake: FakeIAM, name: str, **tags: str) -> str:
    given = [{"Key": key, "Value": value} for key, value in tags.items()]
    made = fake.client("iam").create_policy(PolicyName=name, PolicyDocument=DOCUMENT, Tags=given)
    return str(made["Policy"]["Arn"])


def test_tags_are_put_on_found_and_taken_off(fake: FakeIAM, tagging: Any) -> None:
    edge, core = policy(fake, "edge"), policy(fake, "core", team="blue")
    assert tagging.tag_resources(ResourceARNList=[edge, core], Tags={"owner": "\u00e9"})["FailedResourcesMap"] == {}
    pages = tagging.get_paginator("get_resources").paginate(
        TagFilters=[{"Key": "owner", "Values": ["\u00e9"]}],
        ResourceTypeFilters=["iam:policy"],
        PaginationConfig={"PageSize": 1},
    )
    found = [each for page in pages for each in page["ResourceTagMappingList"]]
    assert found == [
        {"ResourceARN": core, "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "owner", "Value": "\u00e9"}]},
        {"ResourceARN": edge, "Tags": [{"Key": "owner", "Value": "\u00e9"}]},
    ]
    assert tagging.get_tag_keys()["TagKeys"] == ["owner", "team"]
    assert tagging.get_tag_values(Key="team")["TagValues"] == ["blue"]
    tagging.untag_resources(ResourceARNList=[edge], TagKeys=["owner"])
    assert fake.client("iam").list_policy_tags(PolicyArn=edge)["Tags"] == []


def test_an_error_is_an_exception_of_the_client(tagging: Any) -> None:
    with pytest.raises(tagging.exceptions.InvalidParameterException, match="x is not a valid AmazonResourceName"):
        tagging.get_resources(ResourceARNList=["x"])


def test_the_fakes_own_client_and_session_reach_it(fake: FakeIAM) -> None:
    policy(fake, "edge", team="red")
    for client in (fake.client("resourcegroupstaggingapi"), fake.session().client("resourcegroupstaggingapi")):
        assert client.get_tag_keys()["TagKeys"] == ["team"]


def test_a_variable_brings_other_clients_here(fake: FakeIAM, monkeypatch: pytest.MonkeyPatch) -> None:
    policy(fake, "edge", team="red")
    for name, value in fake.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API", fake.url)
    assert boto3.Session().client("resourcegroupstaggingapi").get_tag_keys()["TagKeys"] == ["team"]


def test_it_is_answered_in_process_too() -> None:
    with FakeIAM(transport="inprocess") as fake:
        policy(fake, "edge", team="red")
        assert fake.client("resourcegroupstaggingapi").get_tag_keys()["TagKeys"] == ["team"]


def test_a_user_that_may_not_is_refused() -> None:
    with FakeIAM(auth="strict") as fake:
        iam = fake.client("iam")
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        client = fake.client(
            "resourcegroupstaggingapi",
            access_key_id=key["AccessKeyId"],
            secret_access_key=key["SecretAccessKey"],
        )
        text = (
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: tag:GetResources because no "
            "identity-based policy allows the tag:GetResources action"
        )
        assert error(client.get_resources) == AwsError("AccessDeniedException", text, 400)
