"""The root features of an organization as boto3 shows them."""

from __future__ import annotations

from typing import Any

from fake_iam import FakeIAM
from tests.support import AwsError, error


def test_an_auditor_sees_whether_root_credentials_are_managed(fake: FakeIAM, iam: Any) -> None:
    """Prowler asks in every scan, and takes the error for an account that has no organization."""
    assert error(iam.list_organizations_features) == AwsError(
        "OrganizationNotFoundException",
        "The request was rejected because no organization is associated with your account.",
        400,
    )
    fake.seed({"organization": {"id": "o-example123", "members": ["222222222222"]}})
    answer = iam.enable_organizations_root_credentials_management()
    assert (answer["OrganizationId"], answer["EnabledFeatures"]) == ("o-example123", ["RootCredentialsManagement"])
    assert iam.list_organizations_features()["EnabledFeatures"] == ["RootCredentialsManagement"]
    assert iam.disable_organizations_root_credentials_management()["EnabledFeatures"] == []
