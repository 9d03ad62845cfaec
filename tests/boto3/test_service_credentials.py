"""Service-specific credentials as boto3 shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conformance.modelled import with_whole_model
from tests.support import AwsError, error

CODE = "codecommit.amazonaws.com"
BEDROCK = "bedrock.amazonaws.com"


def test_a_git_password_is_made_reset_and_revoked(iam: Any) -> None:
    iam.create_user(UserName="alice")
    made = iam.create_service_specific_credential(UserName="alice", ServiceName=CODE)["ServiceSpecificCredential"]
    named = {"UserName": "alice", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    iam.update_service_specific_credential(**named, Status="Inactive")
    reset = iam.reset_service_specific_credential(**named)["ServiceSpecificCredential"]
    assert (reset["Status"], reset["ServiceUserName"]) == ("Inactive", made["ServiceUserName"])
    assert reset["ServicePassword"] != made["ServicePassword"]
    (listed,) = iam.list_service_specific_credentials(UserName="alice")["ServiceSpecificCredentials"]
    assert "ServicePassword" not in listed
    iam.delete_service_specific_credential(**named)
    assert iam.list_service_specific_credentials(UserName="alice")["ServiceSpecificCredentials"] == []


@with_whole_model
def test_an_api_key_has_a_date_of_expiration(iam: Any) -> None:
    iam.create_user(UserName="alice")
    made = iam.create_service_specific_credential(UserName="alice", ServiceName=BEDROCK, CredentialAgeDays=90)
    key = made["ServiceSpecificCredential"]
    assert key["ExpirationDate"] - key["CreateDate"] == timedelta(days=90)
    assert key["ServiceCredentialSecret"].startswith("ABSK")
    assert "ServicePassword" not in key
    everyone = iam.list_service_specific_credentials(AllUsers=True, ServiceName=BEDROCK)
    assert [row["ServiceCredentialAlias"] for row in everyone["ServiceSpecificCredentials"]] == [
        "alice-at-123456789012"
    ]


def test_a_third_one_is_refused(iam: Any) -> None:
    iam.create_user(UserName="alice")
    for _ in range(2):
        iam.create_service_specific_credential(UserName="alice", ServiceName=CODE)
    assert error(iam.create_service_specific_credential, UserName="alice", ServiceName=CODE) == AwsError(
        "LimitExceeded", "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2", 409
    )
