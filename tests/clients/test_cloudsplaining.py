"""Cloudsplaining: it downloads the account's authorization details, and scans them for policies that allow too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fake_iam import FakeIAM
from fake_iam.control.watching.calls import Calls
from tests.clients.audited import account
from tests.clients.shell import Outcome, find_program, isolated, run

CLOUDSPLAINING = find_program("cloudsplaining")
pytestmark = pytest.mark.skipif(CLOUDSPLAINING is None, reason="Cloudsplaining is not installed: tox -e cloudsplaining")

MANY = 130


@dataclass(frozen=True)
class Scan:
    """What the two commands said, what they called, and what they wrote."""

    downloaded: Outcome
    scanned: Outcome
    calls: Calls
    details: dict[str, Any]
    found: dict[str, Any]


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scan]:
    """Cloudsplaining takes seconds to start, so it runs once."""
    assert CLOUDSPLAINING is not None
    folder = tmp_path_factory.mktemp("cloudsplaining")
    with FakeIAM(auth="strict") as fake:
        fake.seed(account())
        fake.seed({"users": [{"name": f"many-{number:03}"} for number in range(MANY)]})
        environment = isolated(folder, **fake.environment(), AWS_ENDPOINT_URL=fake.url, LC_ALL="C.UTF-8")
        downloaded = run(CLOUDSPLAINING, "download", "--output", str(folder), at=folder, environment=environment)
        options = ("--input-file", "default.json", "--output", str(folder), "--skip-open-report")
        scanned = run(CLOUDSPLAINING, "scan", *options, at=folder, environment=environment)
        yield Scan(
            downloaded,
            scanned,
            Calls(fake.calls()),
            details=read(folder / "default.json"),
            found=read(folder / "iam-results-default.json"),
        )


def read(file: Path) -> dict[str, Any]:
    """What a file of JSON holds; nothing if it was not written."""
    return dict(json.loads(file.read_text())) if file.exists() else {}


def findings(scan: Scan, kind: str) -> dict[str, list[Any]]:
    """The policies in which there is something of a kind, and what it is."""
    policies = [
        policy
        for group in ("inline_policies", "customer_managed_policies", "aws_managed_policies")
        for policy in scan.found[group].values()
    ]
    return {policy["PolicyName"]: policy[kind]["findings"] for policy in policies if policy[kind]["findings"]}


def test_both_commands_succeed(scan: Scan) -> None:
    assert (scan.downloaded.status, scan.scanned.status) == (0, 0), (scan.downloaded, scan.scanned)


def test_it_asks_for_the_details_of_each_kind_page_by_page(scan: Scan) -> None:
    asked = [call.parameters["Filter"] for call in scan.calls if call.operation == "GetAccountAuthorizationDetails"]
    assert {kind for (kind,) in asked} == {"User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"}
    assert asked.count(["User"]) == 2
    assert len(scan.details["UserDetailList"]) == MANY + 5


def test_only_policies_that_are_attached_are_taken(scan: Scan) -> None:
    names = {policy["PolicyName"] for policy in scan.details["Policies"]}
    assert names == {"everything", "AdministratorAccess", "IAMFullAccess"}


def test_policies_by_which_someone_gains_permissions_are_found(scan: Scan) -> None:
    found = findings(scan, "PrivilegeEscalation")
    assert set(found) == {"everything", "escalate", "IAMFullAccess"}
    assert [finding["type"] for finding in found["escalate"]] == ["CreateNewPolicyVersion"]


def test_policies_that_let_data_out_are_found_unless_they_name_it(scan: Scan) -> None:
    found = findings(scan, "DataExfiltration")
    assert set(found) == {"everything", "read"}
    assert found["read"] == ["s3:GetObject"]


def test_a_policy_is_told_with_who_has_it(scan: Scan) -> None:
    managed = {policy["PolicyName"]: policy for policy in scan.found["customer_managed_policies"].values()}
    assert managed["everything"]["AttachedTo"] == {"roles": ["worker"], "groups": [], "users": []}
    of_aws = {policy["PolicyName"]: policy for policy in scan.found["aws_managed_policies"].values()}
    assert of_aws["IAMFullAccess"]["AttachedTo"] == {"roles": [], "groups": ["staff"], "users": []}


def test_a_user_is_told_with_its_groups(scan: Scan) -> None:
    users = {user["name"]: user for user in scan.found["users"].values()}
    assert [group["name"] for group in users["good"]["groups"].values()] == ["staff"]
