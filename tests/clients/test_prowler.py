"""Prowler: all its checks of IAM, on an account that fails some of them.

It also asks EC2 for regions and Organizations for the account's organization, and goes on without an answer.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fake_iam import FakeIAM
from fake_iam.control.watching.calls import Calls
from tests.clients.audited import account
from tests.clients.shell import Outcome, find_program, isolated, run

PROWLER = find_program("prowler")
pytestmark = pytest.mark.skipif(PROWLER is None, reason="Prowler is not installed: tox -e prowler")

PATIENCE = 400.0  # seconds: it loads all its providers first
SOME_FAILED = 3
PASSWORD_POLICY = {"arn:aws:iam:us-east-1:123456789012:password-policy"}  # as Prowler makes it up


@dataclass(frozen=True)
class Audit:
    """What Prowler said and logged, what it called, and what each check found by resource."""

    outcome: Outcome
    errors: list[str]
    calls: Calls
    statuses: dict[str, dict[str, str]]

    def failing(self, check: str) -> set[str]:
        """The resources that fail a check."""
        return {resource for resource, status in self.statuses[check].items() if status == "FAIL"}


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    """Prowler takes most of a minute, so it runs once."""
    assert PROWLER is not None
    folder = tmp_path_factory.mktemp("prowler")
    with FakeIAM(auth="strict", journal_size=10_000) as fake:
        fake.seed(account())
        environment = isolated(folder, **fake.environment(), AWS_ENDPOINT_URL=fake.url, LC_ALL="C.UTF-8")
        output = ("--output-formats", "csv", "--output-directory", "out", "--output-filename", "report")
        told = ("--no-banner", "--no-color", "--log-level", "ERROR", "--log-file", "log")
        outcome = run(
            *(PROWLER, "aws", "--service", "iam", "--region", "us-east-1", *output, *told),
            at=folder,
            environment=environment,
            patience=PATIENCE,
        )
        log, report = folder / "log", folder / "out" / "report.csv"
        logged = log.read_text().splitlines() if log.exists() else []
        errors = [json.loads(line)["message"] for line in logged]
        yield Audit(outcome, errors, Calls(fake.calls()), read(report) if report.exists() else {})


def read(report: Path) -> dict[str, dict[str, str]]:
    """The statuses in a report, by check and resource."""
    statuses: dict[str, dict[str, str]] = {}
    with report.open(newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            resource = row["RESOURCE_UID"].removeprefix("arn:aws:iam::123456789012:")
            statuses.setdefault(row["CHECK_ID"], {})[resource] = row["STATUS"]
    return statuses


def test_it_ends_and_says_that_checks_failed(audit: Audit) -> None:
    assert audit.outcome.status == SOME_FAILED, audit.outcome


def test_no_call_of_iam_or_sts_was_in_error(audit: Audit) -> None:
    """Its log of errors names the operations that failed it."""
    failed = {match for error in audit.errors for match in re.findall(r"when calling the (\w+) operation", error)}
    assert failed == {"DescribeOrganization", "DescribeRegions"}, audit.errors


def test_what_iam_refused_is_what_is_not_there(audit: Audit) -> None:
    refused = {(call.operation, call.code) for call in audit.calls if call.service == "iam" and call.code}
    assert refused == {
        ("GetLoginProfile", "NoSuchEntity"),
        ("ListOrganizationsFeatures", "OrganizationNotFoundException"),
    }


@pytest.mark.parametrize(
    ("check", "failing"),
    [
        ("iam_avoid_root_usage", {"root"}),
        ("iam_no_root_access_key", {"root"}),
        ("iam_root_mfa_enabled", {"root"}),
        ("iam_rotate_access_key_90_days", {"root", "user/old-key"}),
        ("iam_user_two_active_access_key", {"root", "user/two-keys"}),
        ("iam_user_accesskey_unused", set()),
        ("iam_user_no_setup_initial_access_key", set()),
        ("iam_user_console_access_unused", {"user/no-mfa"}),
        ("iam_user_mfa_enabled_console_access", {"user/no-mfa"}),
        ("iam_user_administrator_access_policy", {"user/admin"}),
        ("iam_user_with_temporary_credentials", {"user/good", "user/old-key"}),
        ("iam_policy_attached_only_to_group_or_roles", {"user/admin", "user/old-key"}),
        (
            "iam_aws_attached_policy_no_administrative_privileges",
            {"arn:aws:iam::aws:policy/AdministratorAccess"},
        ),
        ("iam_customer_attached_policy_no_administrative_privileges", {"policy/everything"}),
        ("iam_customer_unattached_policy_no_administrative_privileges", {"policy/unused"}),
        ("iam_group_administrator_access_policy", set()),
        ("iam_inline_policy_no_administrative_privileges", set()),
        ("iam_role_cross_service_confused_deputy_prevention", {"role/worker"}),
        ("iam_no_expired_server_certificates_stored", set()),
        ("iam_check_saml_providers_sts", {"root"}),
        ("iam_support_role_created", {"arn:aws:iam::aws:policy/AWSSupportAccess"}),
        ("iam_password_policy_minimum_length_14", PASSWORD_POLICY),
        ("iam_password_policy_reuse_24", PASSWORD_POLICY),
        ("iam_password_policy_symbol", PASSWORD_POLICY),
    ],
)
def test_a_check_fails_exactly_what_is_wrong(audit: Audit, check: str, failing: set[str]) -> None:
    assert audit.failing(check) == failing
    assert audit.statuses[check], "nothing was looked at"


def test_every_user_and_the_root_user_are_looked_at_in_the_report(audit: Audit) -> None:
    names = {"admin", "good", "no-mfa", "old-key", "two-keys"}
    assert set(audit.statuses["iam_rotate_access_key_90_days"]) == {"root", *(f"user/{name}" for name in names)}


def test_access_advisor_is_asked_of_every_user_and_role(audit: Audit) -> None:
    asked = [call.parameters["Arn"] for call in audit.calls if call.operation == "GenerateServiceLastAccessedDetails"]
    names = ["admin", "good", "no-mfa", "old-key", "two-keys"]
    assert sorted(asked) == [
        "arn:aws:iam::123456789012:role/worker",
        *(f"arn:aws:iam::123456789012:user/{name}" for name in names),
    ]
