"""SDK clients of other services that are pointed at this server: each prints why it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from fake_iam import FakeIAM
from tests.support import AwsError, error

CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "dynamodb": ("list_tables", "dynamodb", {}),
    "kms": ("list_keys", "kms", {}),
    "sqs": ("list_queues", "sqs", {}),
    "s3": ("list_buckets", "s3", {}),
    "lambda": ("list_functions", "lambda", {}),
    "apigateway": ("get_rest_apis", "apigateway", {}),
    "route53": ("list_hosted_zones", "route53", {}),
    "cloudfront": ("list_distributions", "cloudfront", {}),
    "sns": ("list_topics", "sns", {}),
    "cloudformation": ("list_stacks", "cloudformation", {}),
    "ec2": ("describe_regions", "ec2", {}),
    "cloudwatch": ("list_metrics", "monitoring", {}),
    "organizations": ("list_accounts", "organizations", {}),
    "secretsmanager": ("list_secrets", "secretsmanager", {}),
}


def client(fake: FakeIAM, service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=fake.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.mark.parametrize("service", CALLS)
def test_a_client_of_another_service_is_told_what_is_served_here(fake: FakeIAM, service: str) -> None:
    method, scope, parameters = CALLS[service]
    call: Callable[..., Any] = getattr(client(fake, service), method)
    text = f"fake_iam serves IAM, STS and the Tagging API only; this request is for {scope}."
    assert error(call, **parameters) == AwsError("NotImplemented", text, 501)


def test_an_object_of_s3_is_refused_in_the_form_of_s3(fake: FakeIAM) -> None:
    text = "fake_iam serves IAM, STS and the Tagging API only; this request is for s3."
    assert error(client(fake, "s3").get_object, Bucket="bucket", Key="a/b") == AwsError("NotImplemented", text, 501)
