"""The root features of organizations, and what controls do with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_iam.control.documents.problems import FormatError
from tests.support import AwsError, Key, Wire

MANAGEMENT, DELEGATED, MEMBER, STRANGER = "123456789012", "222222222222", "333333333333", "444444444444"
ID = "o-example123"
ORGANIZATION: dict[str, Any] = {
    "id": ID,
    "members": [DELEGATED, MEMBER],
    "delegated_administrators": [DELEGATED],
}
BOTH = ["RootCredentialsManagement", "RootSessions"]
ENABLING = ["EnableOrganizationsRootCredentialsManagement", "EnableOrganizationsRootSessions"]
DISABLING = ["DisableOrganizationsRootCredentialsManagement", "DisableOrganizationsRootSessions"]
LIST = "ListOrganizationsFeatures"
EVERY = pytest.mark.parametrize("action", [*ENABLING, *DISABLING, LIST])

NO_ORGANIZATION = AwsError(
    "OrganizationNotFoundException",
    "The request was rejected because no organization is associated with your account.",
    400,
)
NOT_ALL_FEATURES = AwsError(
    "OrganizationNotInAllFeaturesModeException",
    "The request was rejected because your organization does not have All features enabled.",
    400,
)
NO_TRUSTED_ACCESS = AwsError(
    "ServiceAccessNotEnabledException",
    "The request was rejected because trusted access is not enabled for IAM in Organizations.",
    400,
)
AN_ORDINARY_MEMBER = AwsError(
    "AccountNotManagementOrDelegatedAdministratorException",
    "The request was rejected because the account making the request is not the management account or delegated "
    "administrator account for centralized root access.",
    400,
)
NOT_MANAGEMENT = AwsError(
    "CallerIsNotManagementAccountException",
    "The request was rejected because the account making the request is not the management account for the "
    "organization.",
    400,
)


def of(account_id: str) -> Key:
    """The root user of an account."""
    return Key(account_id, "any")


def seeded(wire: Wire, **changes: Any) -> Wire:
    wire.assembled.controls.seed({"organization": {**ORGANIZATION, **changes}})
    return wire


def call(wire: Wire, action: str, account_id: str = MANAGEMENT) -> Any:
    """The organization and the features that it has, or the error."""
    answer = wire.call(action, of(account_id))
    if isinstance(answer, AwsError):
        return answer
    features = (answer["EnabledFeatures"] or {}).get("member", [])
    return answer["OrganizationId"], [features] if isinstance(features, str) else features


@EVERY
def test_an_account_in_no_organization_is_told_so(wire: Wire, action: str) -> None:
    assert call(wire, action) == NO_ORGANIZATION
    assert call(seeded(wire), action, STRANGER) == NO_ORGANIZATION


def test_features_are_switched_on_and_off(wire: Wire) -> None:
    seeded(wire)
    assert call(wire, LIST) == (ID, [])
    assert call(wire, "EnableOrganizationsRootSessions") == (ID, ["RootSessions"])
    assert call(wire, "EnableOrganizationsRootCredentialsManagement") == (ID, BOTH)
    assert call(wire, LIST) == (ID, BOTH)
    assert call(wire, "DisableOrganizationsRootSessions") == (ID, ["RootCredentialsManagement"])
    assert call(wire, "DisableOrganizationsRootCredentialsManagement") == (ID, [])
    assert call(wire, LIST) == (ID, [])


def test_a_feature_is_switched_on_or_off_twice(wire: Wire) -> None:
    seeded(wire)
    for _ in range(2):
        assert call(wire, "EnableOrganizationsRootSessions") == (ID, ["RootSessions"])
    for _ in range(2):
        assert call(wire, "DisableOrganizationsRootSessions") == (ID, [])


@EVERY
def test_an_ordinary_member_is_refused(wire: Wire, action: str) -> None:
    seeded(wire, features=BOTH)
    assert call(wire, action, MEMBER) == AN_ORDINARY_MEMBER
    assert call(wire, LIST) == (ID, BOTH)


@pytest.mark.parametrize("action", ENABLING)
def test_a_delegated_administrator_switches_nothing_on(wire: Wire, action: str) -> None:
    seeded(wire)
    assert call(wire, action, DELEGATED) == NOT_MANAGEMENT
    assert call(wire, LIST) == (ID, [])


def test_a_delegated_administrator_lists_and_switches_off(wire: Wire) -> None:
    seeded(wire, features=BOTH)
    assert call(wire, LIST, DELEGATED) == (ID, BOTH)
    assert call(wire, "DisableOrganizationsRootSessions", DELEGATED) == (ID, ["RootCredentialsManagement"])
    assert call(wire, "DisableOrganizationsRootCredentialsManagement", DELEGATED) == (ID, [])
    assert call(wire, LIST) == (ID, [])


@EVERY
def test_an_organization_that_gives_iam_no_access_has_no_features(wire: Wire, action: str) -> None:
    seeded(wire, trusted_access=False)
    assert {call(wire, action, account_id) for account_id in (MANAGEMENT, DELEGATED, MEMBER)} == {NO_TRUSTED_ACCESS}


@EVERY
def test_an_organization_for_billing_alone_has_no_features(wire: Wire, action: str) -> None:
    seeded(wire, all_features=False, trusted_access=False)
    assert {call(wire, action, account_id) for account_id in (MANAGEMENT, DELEGATED, MEMBER)} == {NOT_ALL_FEATURES}


def test_a_seed_needs_to_say_nothing_of_it(wire: Wire) -> None:
    wire.assembled.controls.seed({"accounts": {MEMBER: {"organization": {}}}})
    organization_id, features = call(wire, LIST, MEMBER)
    assert organization_id.startswith("o-")
    assert (len(organization_id), features) == (12, [])


def test_a_seed_says_which_features_are_on(wire: Wire) -> None:
    assert call(seeded(wire, features=["RootSessions", "RootCredentialsManagement"]), LIST) == (ID, BOTH)


def test_a_dump_brings_it_back(wire: Wire) -> None:
    seeded(wire, features=["RootSessions"])
    other = Wire()
    other.assembled.controls.load(json.loads(json.dumps(wire.assembled.controls.dump())))
    assert call(other, LIST, DELEGATED) == (ID, ["RootSessions"])
    assert call(other, LIST, MEMBER) == AN_ORDINARY_MEMBER


def test_a_snapshot_brings_its_features_back(wire: Wire) -> None:
    controls = seeded(wire).assembled.controls
    controls.snapshot("before")
    call(wire, "EnableOrganizationsRootSessions")
    controls.restore("before")
    assert call(wire, LIST) == (ID, [])


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        (
            {MANAGEMENT: {"id": "o-short"}},
            f"accounts.{MANAGEMENT}.organization.id: 'o-short' is not an organization's id, o- and 10 to 32 lower-case "
            "letters or digits",
        ),
        (
            {MANAGEMENT: {"features": ["RootUsers"]}},
            f"accounts.{MANAGEMENT}.organization.features[0]: "
            "'RootUsers' is not one of RootCredentialsManagement, RootSessions",
        ),
        (
            {MANAGEMENT: {"members": [MEMBER], "delegated_administrators": [STRANGER]}},
            f"accounts.{MANAGEMENT}.organization.delegated_administrators[0]: '{STRANGER}' is none of its members",
        ),
        (
            {MANAGEMENT: ORGANIZATION, STRANGER: {"members": [MEMBER]}},
            f"accounts.{STRANGER}.organization: account {MEMBER} is in the organization {ID} already",
        ),
        (
            {MANAGEMENT: ORGANIZATION, MEMBER: {}},
            f"accounts.{MEMBER}.organization: account {MEMBER} is in the organization {ID} already",
        ),
        (
            {MANAGEMENT: ORGANIZATION, STRANGER: {"id": ID}},
            f"accounts.{STRANGER}.organization.id: '{ID}' is there already",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(wire: Wire, accounts: dict[str, Any], said: str) -> None:
    stated = {account_id: {"organization": organization} for account_id, organization in accounts.items()}
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"accounts": stated})
    assert str(refused.value) == said
    assert call(wire, LIST) == NO_ORGANIZATION


UNIT, INNER = "ou-ab12-11111111", "ou-ab12-22222222"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def limiting(**fields: Any) -> dict[str, Any]:
    return {"service_control_policies": [{"name": "nothing", "document": NOTHING, **fields}]}


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"root_id": "root"}, "root_id: 'root' is not a root's id, r- and 4 to 32 lower-case letters or digits"),
        (
            {"units": [{"id": "ou-1"}]},
            "units[0].id: 'ou-1' is not an organizational unit's id, such as ou-ab12-11111111",
        ),
        ({"units": [{"id": UNIT}, {"id": UNIT}]}, f"units[1].id: '{UNIT}' is there already"),
        (
            {"units": [{"id": INNER, "parent": UNIT}, {"id": UNIT}]},
            f"units[0].parent: '{UNIT}' is no unit that stands before it",
        ),
        (
            {"units": [{"id": UNIT, "accounts": [STRANGER]}]},
            f"units[0].accounts: '{STRANGER}' is none of its members",
        ),
        (
            {"units": [{"id": UNIT, "accounts": [MEMBER]}, {"id": INNER, "accounts": [MEMBER]}]},
            f"units[1].accounts: '{MEMBER}' is in {UNIT} already",
        ),
        (
            limiting(targets=[STRANGER]),
            f"service_control_policies[0].targets[0]: '{STRANGER}' is neither its root nor one of its units and "
            "accounts",
        ),
        (
            limiting(document={"Version": "2012-10-17", "Statement": []}),
            "service_control_policies[0].document: Syntax errors in policy.",
        ),
        (
            limiting(id="p-1"),
            "service_control_policies[0].id: 'p-1' is not a policy's id, p- and 8 to 128 letters, digits or "
            "underscores",
        ),
        (
            {**limiting(targets=["root"]), "without_full_access": [MEMBER]},
            f"without_full_access: '{MEMBER}' would have no service control policy left, which AWS does not allow",
        ),
    ],
)
def test_a_tree_that_cannot_be_is_refused(wire: Wire, tree: dict[str, Any], said: str) -> None:
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"account_id": MANAGEMENT, "organization": {"members": [MEMBER], **tree}})
    assert str(refused.value) == f"organization.{said}"
    assert call(wire, LIST) == NO_ORGANIZATION
