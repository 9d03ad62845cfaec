from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.provenance import assumed, documented, fake_only
from conformance.signing import Key
from conformance.sources import API
from conformance.targets import Target, fake_target

MANAGEMENT, DELEGATED, MEMBER, STRANGER = "123456789012", "222222222222", "333333333333", "444444444444"
ID = "o-example123"
MODEL_TEXT = "the sentence of the service model's documentation; AWS's own text and status are not known"
STAGED = fake_only("it takes an organization")
ACTIONS = [
    "enable_organizations_root_credentials_management",
    "enable_organizations_root_sessions",
    "disable_organizations_root_credentials_management",
    "disable_organizations_root_sessions",
    "list_organizations_features",
]


def refused(code: str, because: str) -> AwsError:
    return AwsError(f"{code}Exception", f"The request was rejected because {because}.", 400)


NO_ORGANIZATION = refused("OrganizationNotFound", "no organization is associated with your account")
NOT_ALL_FEATURES = refused("OrganizationNotInAllFeaturesMode", "your organization does not have All features enabled")
NO_TRUSTED_ACCESS = refused("ServiceAccessNotEnabled", "trusted access is not enabled for IAM in Organizations")
NOT_MANAGEMENT = refused(
    "CallerIsNotManagementAccount",
    "the account making the request is not the management account for the organization",
)
AN_ORDINARY_MEMBER = refused(
    "AccountNotManagementOrDelegatedAdministrator",
    "the account making the request is not the management account or delegated administrator account for "
    "centralized root access",
)


class Staged:
    """A server with an organization, and callers from its accounts and from another."""

    def __init__(self, server: Target) -> None:
        self.server = server
        accounts = (MANAGEMENT, DELEGATED, MEMBER, STRANGER)
        self.clients = {number: server.signing_with(Key(number, "any")).iam for number in accounts}

    def features(self, account_id: str = MANAGEMENT) -> list[str]:
        answer = self.clients[account_id].list_organizations_features()
        assert answer["OrganizationId"] == ID
        return list(answer["EnabledFeatures"])

    def call(self, action: str, account_id: str = MANAGEMENT) -> list[str]:
        return list(getattr(self.clients[account_id], action)()["EnabledFeatures"])

    def error(self, action: str, account_id: str) -> AwsError:
        return self.server.error(getattr(self.clients[account_id], action))


@pytest.fixture
def staged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Staged]:
    changes = getattr(request, "param", {})
    organization = {"id": ID, "members": [DELEGATED, MEMBER], "delegated_administrators": [DELEGATED], **changes}
    open_to_all: dict[str, Any] = {"auth": "issued", "root_access_key_id": None, "root_secret_access_key": None}
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"organization": organization}))
    with fake_target(seed=str(seed), **open_to_all) as server:
        yield Staged(server)


@STAGED
@documented(f"{API}/API_EnableOrganizationsRootSessions.html")
def test_features_are_switched_on_and_off(staged: Staged) -> None:
    assert staged.call("enable_organizations_root_sessions") == ["RootSessions"]
    both = ["RootCredentialsManagement", "RootSessions"]
    assert sorted(staged.call("enable_organizations_root_credentials_management")) == both
    assert sorted(staged.features()) == both
    assert staged.call("disable_organizations_root_sessions") == ["RootCredentialsManagement"]
    assert staged.call("disable_organizations_root_credentials_management") == []
    assert staged.features() == []


@STAGED
@assumed("no error of the service model is for it")
def test_a_feature_is_switched_on_or_off_twice(staged: Staged) -> None:
    assert [staged.call("enable_organizations_root_sessions") for _ in range(2)] == [["RootSessions"]] * 2
    assert [staged.call("disable_organizations_root_sessions") for _ in range(2)] == [[], []]


@STAGED
@documented(f"{API}/API_DisableOrganizationsRootSessions.html")
def test_a_delegated_administrator_lists_and_switches_off(staged: Staged) -> None:
    staged.call("enable_organizations_root_sessions")
    assert staged.features(DELEGATED) == ["RootSessions"]
    assert staged.call("disable_organizations_root_sessions", DELEGATED) == []


@STAGED
@pytest.mark.parametrize("action", ACTIONS[:2])
@assumed(MODEL_TEXT)
def test_a_delegated_administrator_switches_nothing_on(staged: Staged, action: str) -> None:
    assert staged.error(action, DELEGATED) == NOT_MANAGEMENT


@STAGED
@pytest.mark.parametrize("action", ACTIONS)
@assumed(MODEL_TEXT)
def test_an_ordinary_member_is_refused(staged: Staged, action: str) -> None:
    assert staged.error(action, MEMBER) == AN_ORDINARY_MEMBER


@STAGED
@pytest.mark.parametrize("action", ACTIONS)
@assumed(MODEL_TEXT)
def test_an_account_in_no_organization_is_refused(staged: Staged, action: str) -> None:
    assert staged.error(action, STRANGER) == NO_ORGANIZATION


@STAGED
@pytest.mark.parametrize("staged", [{"trusted_access": False}], indirect=True, ids=["no trusted access"])
@pytest.mark.parametrize("action", ACTIONS)
@assumed(MODEL_TEXT)
def test_organizations_has_to_give_iam_trusted_access(staged: Staged, action: str) -> None:
    assert staged.error(action, MANAGEMENT) == NO_TRUSTED_ACCESS


@STAGED
@pytest.mark.parametrize("staged", [{"all_features": False}], indirect=True, ids=["billing"])
@pytest.mark.parametrize("action", ACTIONS)
@assumed(MODEL_TEXT)
def test_the_organization_has_to_have_all_features(staged: Staged, action: str) -> None:
    assert staged.error(action, MANAGEMENT) == NOT_ALL_FEATURES


@STAGED
@documented(f"{API}/API_GetOrganizationsAccessReport.html")
def test_a_report_tells_what_a_member_used(staged: Staged) -> None:
    staged.clients[MEMBER].create_user(UserName="alice")
    key = staged.clients[MEMBER].create_access_key(UserName="alice")["AccessKey"]
    staged.server.signing_with(Key(key["AccessKeyId"], key["SecretAccessKey"])).iam.list_users()
    iam = staged.clients[MANAGEMENT]
    job = iam.generate_organizations_access_report(EntityPath=f"{ID}/r-abcd/{MEMBER}")["JobId"]
    report = iam.get_organizations_access_report(JobId=job, SortKey="LAST_AUTHENTICATED_TIME_DESCENDING")
    assert report["JobStatus"] == "COMPLETED"
    used = report["AccessDetails"][0]
    assert (used["ServiceNamespace"], used["EntityPath"]) == ("iam", f"{ID}/r-abcd/{MEMBER}")
    assert used["TotalAuthenticatedEntities"] == 1


@STAGED
@documented(f"{API}/API_GetOrganizationsAccessReport.html")
@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_a_report_is_sorted_as_it_is_asked_for(staged: Staged, order: str) -> None:
    iam = staged.clients[MANAGEMENT]
    job = iam.generate_organizations_access_report(EntityPath=f"{ID}/r-abcd")["JobId"]
    asked = {"JobId": job, "SortKey": f"SERVICE_NAMESPACE_{order}", "MaxItems": 5}
    report = iam.get_organizations_access_report(**asked)
    names = [one["ServiceNamespace"] for one in report["AccessDetails"]]
    assert (names, report["IsTruncated"]) == (sorted(names, reverse=order == "DESCENDING"), True)


@STAGED
@assumed("the operation's page says who may ask, not what others are answered")
@pytest.mark.parametrize("account", [MEMBER, STRANGER])
def test_only_the_management_account_asks_for_a_report(staged: Staged, account: str) -> None:
    said = f"Account {account} is not the management account of the organization."
    got = staged.server.error(staged.clients[account].generate_organizations_access_report, EntityPath=f"{ID}/r-abcd")
    assert got == AwsError("AccessDenied", said, 403)


@STAGED
@assumed("in the style of other missing things")
def test_an_unknown_report_is_missing(staged: Staged) -> None:
    job = "00000000-0000-4000-8000-000000000000"
    missing = AwsError("NoSuchEntity", f"The job with id {job} cannot be found.", 404)
    assert staged.server.error(staged.clients[MANAGEMENT].get_organizations_access_report, JobId=job) == missing
