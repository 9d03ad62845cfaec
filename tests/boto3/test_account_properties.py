"""Account properties as boto3 shows them."""

from __future__ import annotations

from typing import Any

from conformance.modelled import needs
from tests.support import AwsError, error


@needs("PutAccountProperties")
def test_role_manager_is_enabled(iam: Any) -> None:
    assert iam.get_account_properties()["Properties"] == {}
    iam.put_account_properties(Properties={"RoleManager/Enabled": "true"})
    assert iam.get_account_properties()["Properties"] == {"RoleManager/Enabled": "true"}
    refused = error(iam.put_account_properties, Properties={"RoleManager/Speed": "true"})
    assert refused == AwsError("InvalidInput", "Unknown property: RoleManager/Speed.", 400)
