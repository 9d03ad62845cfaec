"""AWS's policies in each partition."""

from __future__ import annotations

from fake_iam.domain.policies.aws_managed import AWS_MANAGED, aws_managed, find_aws_managed


def test_a_policy_of_aws_is_found_in_the_partition_of_its_arn() -> None:
    arn = "arn:aws-cn:iam::aws:policy/job-function/Billing"
    policy = find_aws_managed(arn)
    assert policy is not None
    assert (policy.arn, policy.partition) == (arn, "aws-cn")
    assert policy.id == AWS_MANAGED["arn:aws:iam::aws:policy/job-function/Billing"].id


def test_its_document_names_resources_of_that_partition() -> None:
    usual = find_aws_managed("arn:aws:iam::aws:policy/IAMUserChangePassword")
    there = find_aws_managed("arn:aws-us-gov:iam::aws:policy/IAMUserChangePassword")
    assert usual is not None and there is not None
    assert '"arn:aws:iam::*:user/${aws:username}"' in usual.versions[0].document
    assert '"arn:aws-us-gov:iam::*:user/${aws:username}"' in there.versions[0].document
    assert "arn:aws:" not in there.versions[0].document


def test_a_name_that_aws_has_not_is_found_nowhere() -> None:
    assert find_aws_managed("arn:aws-cn:iam::aws:policy/Unheard") is None
    assert find_aws_managed("AdministratorAccess") is None


def test_each_partition_has_all_in_the_same_order() -> None:
    usual, there = list(aws_managed("aws")), list(aws_managed("aws-iso"))
    assert [policy.name for policy in there] == [policy.name for policy in usual]
    assert {policy.arn.split(":")[1] for policy in there} == {"aws-iso"}
    assert usual == sorted(AWS_MANAGED.values(), key=lambda policy: policy.place)
