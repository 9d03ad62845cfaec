"""Which tagged resources filters are about."""

from __future__ import annotations

from typing import Any

import pytest

from fake_iam.domain.tagging.filters import is_meant, types_meant
from fake_iam.domain.tags import Tag

TAGS = (Tag("team", "red"), Tag("Stage", ""))


@pytest.mark.parametrize(
    ("filters", "meant"),
    [
        ([], True),
        ([{"Key": "team"}], True),
        ([{"Key": "team", "Values": []}], True),
        ([{"Key": "team", "Values": ["blue", "red"]}], True),
        ([{"Key": "team", "Values": ["blue"]}], False),
        ([{"Key": "Team", "Values": ["red"]}], False),
        ([{"Key": "team", "Values": ["Red"]}], False),
        ([{"Key": "Stage", "Values": [""]}], True),
        ([{"Key": "team"}, {"Key": "Stage"}], True),
        ([{"Key": "team"}, {"Key": "absent"}], False),
    ],
)
def test_every_filter_must_have_its_key_with_one_of_its_values(filters: list[dict[str, Any]], meant: bool) -> None:
    assert is_meant(TAGS, filters) is meant


@pytest.mark.parametrize(
    ("filters", "types"),
    [
        ([], ["mfa", "policy"]),
        (["iam"], ["mfa", "policy"]),
        (["ec2", "iam:policy"], ["policy"]),
        (["iam:policy", "iam:mfa"], ["mfa", "policy"]),
        (["iam", "iam:policy"], ["mfa", "policy"]),
        (["iam:role", "ec2", "policy", "IAM"], []),
    ],
)
def test_types_are_those_of_a_service_or_named_one_by_one(filters: list[str], types: list[str]) -> None:
    assert types_meant(filters, ["mfa", "policy"]) == types
