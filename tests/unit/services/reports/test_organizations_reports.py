"""Reports on what an organization's accounts used, without HTTP."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fake_iam import ManualClock
from fake_iam.domain.policy.service_authorization import services
from tests.support import AwsError, Key, Wire

ACCOUNT, MEMBER = "123456789012", "210987654321"
ROOT = "o-exampleorgid/r-abcd"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    wire = Wire(clock, random_seed=7)
    organization = {"id": "o-exampleorgid", "members": [MEMBER]}
    wire.assembled.controls.seed({"account_id": ACCOUNT, "organization": organization})
    return wire


def sign(wire: Wire, action: str, region: str = "us-east-1") -> None:
    member = Key(MEMBER, "dummy")
    wire.call("CreateUser", member, UserName="alice")
    wire.call(action, wire.key("alice", by=member), region=region)


def report(wire: Wire, path: str = ROOT, **asked: Any) -> Any:
    job = wire.call("GenerateOrganizationsAccessReport", EntityPath=path)["JobId"]
    return wire.call("GetOrganizationsAccessReport", **{"JobId": job, "MaxItems": "1000", **asked})


def details(answer: Any) -> list[Any]:
    return [one for one in answer["AccessDetails"]["member"] if "LastAuthenticatedTime" in one]


def test_what_sessions_of_roles_tried_counts_for_their_account(wire: Wire) -> None:
    member = Key(MEMBER, "dummy")
    wire.call("CreateUser", member, UserName="alice")
    alice = f"arn:aws:iam::{MEMBER}:user/alice"
    trust = {"Effect": "Allow", "Principal": {"AWS": alice}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = wire.call("CreateRole", member, RoleName="ops", AssumeRolePolicyDocument=text)["Role"]["Arn"]
    taken = wire.call("AssumeRole", wire.key("alice", by=member), RoleArn=role, RoleSessionName="job")["Credentials"]
    wire.call("ListUsers", Key(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"]))
    assert [(one["ServiceNamespace"], one["TotalAuthenticatedEntities"]) for one in details(report(wire))] == [
        ("iam", "1"),
        ("sts", "1"),
    ]


def test_a_report_tells_the_last_use_of_each_service_by_the_members(wire: Wire, clock: ManualClock) -> None:
    sign(wire, "ListUsers")
    clock.advance(timedelta(hours=1))
    sign(wire, "GetCallerIdentity", "eu-west-1")
    wire.call("CreateUser", UserName="manager")
    answer = report(wire)
    assert (answer["JobStatus"], answer["JobCreationDate"]) == ("COMPLETED", "2026-01-01T01:00:00.000Z")
    assert answer["NumberOfServicesAccessible"] == str(len(services()))
    assert answer["NumberOfServicesNotAccessed"] == str(len(services()) - 2)
    iam, sts = details(answer)
    assert (iam["ServiceNamespace"], iam["LastAuthenticatedTime"]) == ("iam", "2026-01-01T00:00:00Z")
    assert sts == {
        "ServiceName": "AWS Security Token Service",
        "ServiceNamespace": "sts",
        "Region": "eu-west-1",
        "EntityPath": f"{ROOT}/{MEMBER}",
        "LastAuthenticatedTime": "2026-01-01T01:00:00Z",
        "TotalAuthenticatedEntities": "1",
    }


@pytest.mark.parametrize(
    ("sort_key", "first"),
    [
        ("SERVICE_NAMESPACE_ASCENDING", min(services())),
        ("SERVICE_NAMESPACE_DESCENDING", max(services())),
        ("LAST_AUTHENTICATED_TIME_ASCENDING", "iam"),
        ("LAST_AUTHENTICATED_TIME_DESCENDING", "sts"),
    ],
)
def test_a_report_is_sorted_as_asked(wire: Wire, clock: ManualClock, sort_key: str, first: str) -> None:
    sign(wire, "ListUsers")
    clock.advance(timedelta(hours=1))
    sign(wire, "GetCallerIdentity")
    answer = report(wire, SortKey=sort_key, MaxItems="1")
    assert answer["AccessDetails"]["member"]["ServiceNamespace"] == first
    assert answer["IsTruncated"] == "true"


def test_a_report_on_an_account_is_about_it_alone(wire: Wire) -> None:
    sign(wire, "ListUsers")
    (iam,) = details(report(wire, f"{ROOT}/{MEMBER}"))
    assert iam["EntityPath"] == f"{ROOT}/{MEMBER}"
    assert details(report(wire, f"{ROOT}/{ACCOUNT}")) == details(report(wire, f"{ROOT}/999999999999")) == []


def test_reports_are_for_the_management_account(wire: Wire) -> None:
    def refused(account_id: str) -> AwsError:
        text = f"Account {account_id} is not the management account of the organization."
        return AwsError("AccessDenied", text, 403)

    for account_id in (MEMBER, "999999999999"):
        by = Key(account_id, "dummy")
        assert wire.call("GenerateOrganizationsAccessReport", by, EntityPath=ROOT) == refused(account_id)
    other = "o-anotherorgid/r-abcd"
    assert wire.call("GenerateOrganizationsAccessReport", EntityPath=other) == refused(ACCOUNT)


def test_an_unknown_job_is_missing(wire: Wire) -> None:
    job = "00000000-0000-4000-8000-000000000000"
    missing = AwsError("NoSuchEntity", f"The job with id {job} cannot be found.", 404)
    assert wire.call("GetOrganizationsAccessReport", JobId=job) == missing


UNIT = "ou-abcd-11111111"


def staged(clock: ManualClock, **organization: Any) -> Wire:
    wire = Wire(clock, random_seed=7)
    fields = {"id": "o-exampleorgid", "members": [MEMBER], "units": [{"id": UNIT, "accounts": [MEMBER]}]}
    wire.assembled.controls.seed({"account_id": ACCOUNT, "organization": {**fields, **organization}})
    return wire


@pytest.mark.parametrize(("path", "accounts"), [(f"{ROOT}/{UNIT}", 1), (f"{ROOT}/ou-abcd-22222222", 0)])
def test_a_report_on_a_unit_is_about_the_accounts_in_it(clock: ManualClock, path: str, accounts: int) -> None:
    wire = staged(clock)
    sign(wire, "ListUsers")
    assert [one["TotalAuthenticatedEntities"] for one in details(report(wire, path))] == ["1"] * accounts


def test_a_report_is_about_the_services_that_service_control_policies_allow(clock: ManualClock) -> None:
    allowed = {"Effect": "Allow", "Action": ["iam:*", "s3:Get*"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [allowed]}
    declared = {"id": "p-onlyiam1", "name": "only-iam", "document": policy, "targets": [UNIT]}
    wire = staged(clock, service_control_policies=[declared], without_full_access=[UNIT])
    sign(wire, "GetCallerIdentity")
    answer = report(wire, f"{ROOT}/{UNIT}/{MEMBER}")
    assert [one["ServiceNamespace"] for one in answer["AccessDetails"]["member"]] == ["iam", "s3"]
    assert (answer["NumberOfServicesAccessible"], answer["NumberOfServicesNotAccessed"]) == ("2", "2")
    assert report(wire)["NumberOfServicesAccessible"] == str(len(services()))
    alone = wire.call("GenerateOrganizationsAccessReport", EntityPath=ROOT, OrganizationsPolicyId="p-onlyiam1")
    found = wire.call("GetOrganizationsAccessReport", JobId=alone["JobId"])
    assert found["NumberOfServicesAccessible"] == "2"


def test_a_report_takes_as_long_as_the_setting_says(clock: ManualClock) -> None:
    wire = Wire(clock, access_report_seconds=60)
    organization = {"id": "o-exampleorgid", "members": [MEMBER]}
    wire.assembled.controls.seed({"account_id": ACCOUNT, "organization": organization})
    job = {"JobId": wire.call("GenerateOrganizationsAccessReport", EntityPath=ROOT)["JobId"]}
    answer = wire.call("GetOrganizationsAccessReport", **job)
    assert (answer["JobStatus"], "JobCompletionDate" in answer, answer["AccessDetails"]) == ("IN_PROGRESS", False, None)
    wire.assembled.controls.clock.advance("60 s")
    answer = wire.call("GetOrganizationsAccessReport", **job)
    assert (answer["JobStatus"], answer["NumberOfServicesAccessible"]) == ("COMPLETED", str(len(services())))
