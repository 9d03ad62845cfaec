from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.answers import AwsError
from conformance.conftest import LEFT_BEHIND
from conformance.modelled import needs
from conformance.provenance import assumed, documented
from conformance.sources import API, GUIDE
from conformance.targets import Target

pytestmark = needs("PutAccountProperties")
ENABLED = "RoleManager/Enabled"
MODEL_RULE = "the service model's documentation has the rule, not the text"


@pytest.fixture
def before(aws: Target, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Whether role manager is enabled in the account, as it is again in the end."""
    found = aws.iam.get_account_properties()["Properties"].get(ENABLED)
    yield found
    try:
        aws.iam.put_account_properties(Properties={ENABLED: found or "false"})
    except AssertionError as problem:
        request.config.stash[LEFT_BEHIND].append(f"account property {ENABLED}, which was {found}: {problem}")


@documented(f"{GUIDE}/id_roles_create_role-manager_enable-use.html")
def test_a_property_is_set_and_shown(aws: Target, before: str | None) -> None:
    other = "false" if before == "true" else "true"
    assert aws.iam.put_account_properties(Properties={ENABLED: other}) == {}

    def shown() -> str:
        return str(aws.iam.get_account_properties()["Properties"][ENABLED])

    assert aws.settle(shown, other) == other


@pytest.mark.parametrize("key", ["RoleManager", "RoleManager/", "Role/Manager/Enabled"])
@assumed(MODEL_RULE)
def test_a_key_has_a_namespace_and_a_name(aws: Target, key: str) -> None:
    said = f"Invalid property key: {key}. A key must have the format Namespace/PropertyName."
    refused = aws.error(aws.iam.put_account_properties, Properties={key: "true"})
    assert refused == AwsError("InvalidInput", said, 400)


@assumed(MODEL_RULE)
def test_properties_are_of_one_namespace(aws: Target) -> None:
    said = "All properties in a request must belong to the same namespace."
    refused = aws.error(aws.iam.put_account_properties, Properties={ENABLED: "true", "Other/Enabled": "true"})
    assert refused == AwsError("InvalidInput", said, 400)


@assumed("values are judged by their keys, so an unknown key cannot be judged")
def test_an_unknown_property_is_refused(aws: Target) -> None:
    refused = aws.error(aws.iam.put_account_properties, Properties={"RoleManager/Speed": "true"})
    assert refused == AwsError("InvalidInput", "Unknown property: RoleManager/Speed.", 400)


@pytest.mark.parametrize("value", ["True", "yes", "0"])
@assumed(MODEL_RULE)
def test_a_value_is_true_or_false(aws: Target, value: str) -> None:
    said = f"Invalid value for property {ENABLED}: {value}. Valid values are true and false."
    refused = aws.error(aws.iam.put_account_properties, Properties={ENABLED: value})
    assert refused == AwsError("InvalidInput", said, 400)


@assumed("the texts of AWS's other services for maps, without the value, as IAM words lists")
def test_keys_and_values_are_held_to_the_model(aws: Target) -> None:
    at = "Value at 'properties' failed to satisfy constraint: "
    keys = (
        "Map keys must satisfy constraint: [Member must have length less than or equal to 50, "
        "Member must have length greater than or equal to 1, "
        "Member must satisfy regular expression pattern: ^[A-Za-z][A-Za-z0-9/_-]*$]"
    )
    values = (
        "Map value must satisfy constraint: [Member must have length less than or equal to 1024, "
        "Member must have length greater than or equal to 1]"
    )
    refused = aws.error(aws.iam.put_account_properties, Properties={"/x": ""})
    said = f"2 validation errors detected: {at}{keys}; {at}{values}"
    assert refused == AwsError("ValidationError", said, 400)


@documented(f"{API}/API_GetAccountProperties.html")
def test_keys_have_a_namespace(aws: Target, before: str | None) -> None:
    aws.iam.put_account_properties(Properties={ENABLED: before or "false"})
    assert all(key.count("/") == 1 for key in aws.wait_for(aws.iam.get_account_properties)["Properties"])
