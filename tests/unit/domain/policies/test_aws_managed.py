"""AWS's policies in each partition."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from fake_iam.domain.policies.aws_managed import aws_managed, find_aws_managed
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.domain.policies.policy_arns import place_of
from fake_iam.domain.policy.document import check_identity_policy


def found(arn: str) -> ManagedPolicy:
    policy = find_aws_managed(arn)
    assert policy is not None
    return policy


def default(policy: ManagedPolicy) -> str:
    version = policy.version(policy.default_version_id)
    assert version is not None
    return version.document


def test_a_policy_has_its_id_its_dates_and_its_versions() -> None:
    policy = found("arn:aws:iam::aws:policy/AWSDenyAll")
    assert (policy.id, policy.name, policy.path) == ("ANPAZKAPJZG4P43IUQ5E5", "AWSDenyAll", "/")
    assert policy.created_at == datetime(2019, 5, 1, 22, 36, 14, tzinfo=timezone.utc)
    assert policy.updated_at == datetime(2023, 12, 18, 16, 42, 5, tzinfo=timezone.utc)
    assert [version.id for version in policy.versions] == ["v1", "v2"]
    assert [version.created_at for version in policy.versions] == [policy.created_at, policy.updated_at]
    assert (policy.default_version_id, policy.versions_made, policy.tags) == ("v2", 2, ())


def test_each_version_has_its_own_document() -> None:
    first, second = found("arn:aws:iam::aws:policy/AWSDenyAll").versions
    deny = {"Effect": "Deny", "Action": ["*"], "Resource": "*"}
    assert json.loads(first.document) == {"Version": "2012-10-17", "Statement": [deny]}
    assert json.loads(second.document) == {"Version": "2012-10-17", "Statement": [{"Sid": "DenyAll", **deny}]}


def test_a_document_is_laid_out_in_lines() -> None:
    assert default(found("arn:aws:iam::aws:policy/AdministratorAccess")) == (
        "{\n"
        '    "Version": "2012-10-17",\n'
        '    "Statement": [\n'
        "        {\n"
        '            "Effect": "Allow",\n'
        '            "Action": "*",\n'
        '            "Resource": "*"\n'
        "        }\n"
        "    ]\n"
        "}"
    )


def test_versions_are_equal_if_they_say_the_same() -> None:
    first, second = found("arn:aws:iam::aws:policy/AWSDenyAll").versions
    assert first == found("arn:aws:iam::aws:policy/AWSDenyAll").versions[0] != second


def test_a_policy_of_aws_is_found_in_the_partition_of_its_arn() -> None:
    arn = "arn:aws-cn:iam::aws:policy/job-function/Billing"
    policy = found(arn)
    assert (policy.arn, policy.partition) == (arn, "aws-cn")
    assert policy.id == found("arn:aws:iam::aws:policy/job-function/Billing").id


def test_its_document_names_resources_of_that_partition() -> None:
    usual = default(found("arn:aws:iam::aws:policy/IAMUserChangePassword"))
    there = default(found("arn:aws-us-gov:iam::aws:policy/IAMUserChangePassword"))
    assert '"arn:aws:iam::*:user/${aws:username}"' in usual
    assert there == usual.replace('"arn:aws:', '"arn:aws-us-gov:')
    assert "arn:aws:" not in there


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws-cn:iam::aws:policy/Unheard",
        "AdministratorAccess",
        "arn:aws:iam::aws:policy/administratoraccess",
        "arn:aws:iam::aws:policy/Billing",
        "arn:aws:iam::123456789012:policy/AdministratorAccess",
        "arn:aws:x:iam::aws:policy/AdministratorAccess",
    ],
)
def test_what_is_no_arn_of_a_policy_of_aws_is_found_nowhere(arn: str) -> None:
    assert find_aws_managed(arn) is None


def test_each_partition_has_all_in_the_same_order() -> None:
    usual, there = list(aws_managed("aws")), list(aws_managed("aws-iso"))
    assert [policy.name for policy in there] == [policy.name for policy in usual]
    assert {policy.arn.split(":")[1] for policy in there} == {"aws-iso"}
    assert usual == sorted(usual, key=lambda policy: policy.place)
    assert len({policy.place for policy in usual}) == len(usual) > 1500


def test_a_walk_begins_behind_a_place_and_keeps_to_a_path() -> None:
    usual = list(aws_managed("aws"))
    assert list(aws_managed("aws", last=usual[9].place)) == usual[10:]
    assert list(aws_managed("aws", last=usual[-1].place)) == []
    roles = list(aws_managed("aws", "/service-role/"))
    assert roles == [policy for policy in usual if policy.path == "/service-role/"]


def test_a_policy_that_is_not_known_is_behind_all_others() -> None:
    unknown = place_of("arn:aws:iam::aws:policy/Unheard")
    assert unknown > max(policy.place for policy in aws_managed("aws"))
    assert unknown < place_of("arn:aws:iam::aws:policy/unheard-too")


def test_the_catalogue_is_well_formed() -> None:
    for policy in aws_managed("aws"):
        assert policy == find_aws_managed(policy.arn)
        assert policy.id.startswith("ANPA") and len(policy.id) == 21
        assert policy.versions[-1].id == policy.default_version_id
        dates = [version.created_at for version in policy.versions]
        assert dates == sorted(dates)
        assert (policy.created_at, policy.updated_at) == (dates[0], dates[-1]) or len(dates) == 1


def test_documents_of_aws_are_documents() -> None:
    for policy in aws_managed("aws"):
        check_identity_policy(default(policy), partition="aws", managed=True)
