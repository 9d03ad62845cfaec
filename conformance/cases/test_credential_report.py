from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.answers import AwsError
from conformance.people import People
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import Source
from conformance.targets import Target, fake_target
from fake_iam import ManualClock

CUSTODIAN = Source("undated", "cloud-custodian/cloud-custodian, placebo recordings of credential reports")
LOCALSTACK = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_credential_report")
LIFETIME = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html"
OWN_CLOCK = "it moves the server's clock"
STARTED = "No report exists. Starting a new report generation task"
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def rows(target: Target) -> dict[str, dict[str, str]]:
    """The report by user; asks for one first."""
    target.wait_for(target.iam.generate_credential_report)
    content = target.wait_for(target.iam.get_credential_report)["Content"].decode()
    return {row["user"]: row for row in csv.DictReader(io.StringIO(content))}


@fake_only("an account that has a report cannot lose it")
@observed(*LOCALSTACK, "report-not-present", "1.1:Some errors have no Message element at all")
def test_without_a_report_there_is_an_error_without_a_text() -> None:
    with fake_target() as target:
        assert target.error(target.iam.get_credential_report) == AwsError("ReportNotPresent", None, 410)


@fake_only("an account that has a report does not start another")
@observed(*LOCALSTACK, "7:GenerateCredentialReport")
def test_a_report_is_started_and_then_complete() -> None:
    with fake_target() as target:
        assert target.iam.generate_credential_report() == {"State": "STARTED", "Description": STARTED}
        assert target.iam.generate_credential_report() == {"State": "COMPLETE"}


@fake_only(OWN_CLOCK)
@observed(*CUSTODIAN, "7:GenerateCredentialReport", "report-in-progress")
def test_a_report_that_takes_its_time_is_in_progress() -> None:
    clock = ManualClock(START)
    with fake_target(clock, credential_report_seconds=10) as target:
        target.iam.generate_credential_report()
        assert target.iam.generate_credential_report() == {"State": "INPROGRESS"}
        assert target.error(target.iam.get_credential_report) == AwsError("ReportInProgress", None, 404)
        clock.advance(timedelta(seconds=10))
        assert target.iam.get_credential_report()["GeneratedTime"] == START + timedelta(seconds=10)


@fake_only(OWN_CLOCK)
@documented(LIFETIME, "report-expired", "7:GenerateCredentialReport")
def test_a_report_is_kept_for_four_hours() -> None:
    clock = ManualClock(START)
    with fake_target(clock) as target:
        target.iam.generate_credential_report()
        clock.advance(timedelta(hours=4) - timedelta(seconds=1))
        assert target.iam.generate_credential_report() == {"State": "COMPLETE"}
        clock.advance(timedelta(seconds=1))
        assert target.error(target.iam.get_credential_report) == AwsError("ReportExpired", None, 410)
        assert target.iam.generate_credential_report()["State"] == "STARTED"


@observed(*CUSTODIAN, "7:Report columns", "7:GetCredentialReport")
def test_a_report_is_csv_with_22_columns_and_the_root_user_first(aws: Target) -> None:
    aws.wait_for(aws.iam.generate_credential_report)
    report = aws.wait_for(aws.iam.get_credential_report)
    first, second, *_ = report["Content"].decode().splitlines()
    assert (report["ReportFormat"], first) == ("text/csv", COLUMNS)
    assert second.startswith("<root_account>,arn:aws:iam::")


@fake_only("a report may be four hours old, and a new user not in it")
@observed(*CUSTODIAN, "7:Report values", "C32")
def test_a_user_with_nothing_has_the_words_of_absence() -> None:
    clock = ManualClock(START)
    with fake_target(clock) as target:
        target.iam.create_user(UserName="alice", Path="/eng/")
        absent = dict.fromkeys(COLUMNS.split(","), "N/A")
        flags = ("password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active")
        absent.update(dict.fromkeys((*flags, "cert_1_active", "cert_2_active"), "false"))
        assert rows(target)["alice"] == {
            **absent,
            "user": "alice",
            "arn": f"arn:aws:iam::{target.account}:user/eng/alice",
            "user_creation_time": "2026-01-01T00:00:00+00:00",
        }


@fake_only("a report may be four hours old, and a new user not in it")
@observed(*LOCALSTACK, "7:An ACTIVE key is shown as access_key_1", "C32", "C34")
def test_an_active_key_is_shown_first_even_if_the_inactive_one_is_older() -> None:
    clock = ManualClock(START)
    with fake_target(clock) as target:
        row = _with_two_keys(target, clock)
        assert (row["access_key_1_active"], row["access_key_1_last_rotated"]) == ("true", "2026-04-11T00:00:00+00:00")
        assert (row["access_key_2_active"], row["access_key_2_last_rotated"]) == ("false", "2026-01-01T00:00:00+00:00")


@fake_only("a report may be four hours old, and a new key not in it")
@documented("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html", "C73")
def test_a_key_has_the_same_second_in_report_and_list() -> None:
    clock = ManualClock(START)
    with fake_target(clock) as target:
        row = _with_two_keys(target, clock)
        listed = target.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
        dates = {f"{key['CreateDate']:%Y-%m-%dT%H:%M:%S}+00:00" for key in listed}
        assert dates == {row["access_key_1_last_rotated"], row["access_key_2_last_rotated"]}


@fake_only("a report may be four hours old, and a new password not in it")
@assumed("the guide says no_information of a password that was never used; not recorded", "7:Report values")
def test_a_password_never_used_has_no_information() -> None:
    with fake_target() as target:
        target.iam.create_user(UserName="alice")
        target.iam.create_login_profile(UserName="alice", Password="Sesame-0pen")
        row = rows(target)["alice"]
        assert (row["password_enabled"], row["password_last_used"]) == ("true", "no_information")


# What a new account has, by AWS's defaults.
SUMMARY = {
    "AccessKeysPerUserQuota": 2,
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "GroupPolicySizeQuota": 5120,
    "GroupsPerUserQuota": 10,
    "GroupsQuota": 300,
    "InstanceProfilesQuota": 1000,
    "PoliciesQuota": 1500,
    "PolicySizeQuota": 6144,
    "PolicyVersionsInUseQuota": 10000,
    "RolePolicySizeQuota": 10240,
    "RolesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048,
    "UsersQuota": 5000,
    "VersionsPerPolicyQuota": 5,
}
COUNTED = [
    "AccountAccessKeysPresent",
    "AccountMFAEnabled",
    "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
    "GlobalEndpointTokenVersion",
    "Groups",
    "InstanceProfiles",
    "MFADevices",
    "MFADevicesInUse",
    "Policies",
    "PolicyVersionsInUse",
    "Providers",
    "Roles",
    "ServerCertificates",
    "Users",
]


@observed(*CUSTODIAN, "7:GetAccountSummary keys and defaults", "1:MaxSessionDuration")
def test_the_account_is_summed_up_with_every_key(aws: Target) -> None:
    summary = aws.iam.get_account_summary()["SummaryMap"]
    assert sorted(summary) == sorted([*SUMMARY, *COUNTED])
    assert summary["GlobalEndpointTokenVersion"] in (1, 2)


@fake_only("the quotas of a real account may have been raised")
@observed(*CUSTODIAN, "7:GetAccountSummary keys and defaults")
def test_the_quotas_are_summed_up_with_their_defaults() -> None:
    with fake_target() as target:
        summary = target.iam.get_account_summary()["SummaryMap"]
        assert {name: summary[name] for name in SUMMARY} == SUMMARY


@documented("https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html", "7:GetAccountSummary")
def test_the_summary_counts_users(aws: Target, new_user: People) -> None:
    before: Any = aws.iam.get_account_summary()["SummaryMap"]["Users"]
    new_user()
    assert aws.settle(lambda: aws.iam.get_account_summary()["SummaryMap"]["Users"], before + 1) == before + 1


def _with_two_keys(target: Target, clock: ManualClock) -> dict[str, str]:
    """The row of a user whose older key is inactive."""
    target.iam.create_user(UserName="alice")
    old = target.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    clock.advance(timedelta(days=100))
    target.iam.create_access_key(UserName="alice")
    target.iam.update_access_key(UserName="alice", AccessKeyId=old, Status="Inactive")
    return rows(target)["alice"]
