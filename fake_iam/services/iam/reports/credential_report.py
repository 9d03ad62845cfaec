"""Operations on the credential report: it is a picture of the moment it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fake_iam.domain import arns
from fake_iam.domain.account.credential_report import (
    ABSENT,
    NO_INFORMATION,
    NOT_SUPPORTED,
    ROOT_NAME,
    Certificate,
    CredentialReport,
    Password,
    Subject,
    boolean,
    moment,
    write,
)
from fake_iam.domain.credentials.access_keys import ACTIVE, AccessKey
from fake_iam.domain.credentials.login_profiles import LoginProfile, expires_at
from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.signing_certificates import SigningCertificate
from fake_iam.domain.errors import ReportExpired, ReportInProgress, ReportNotPresent
from fake_iam.domain.identities.root_users import RootUser
from fake_iam.domain.identities.users import User
from fake_iam.services.context import Context
from fake_iam.services.iam.account.password_policy import find_password_policy
from fake_iam.services.iam.lookups import root_user
from fake_iam.services.iam.service import IAM


@IAM.operation("GenerateCredentialReport")
def generate_credential_report(ctx: Context) -> dict[str, Any]:
    """Ask for a report. One that is not four hours old is kept, whatever has changed since."""
    reports = ctx.account.table(CredentialReport)
    report = reports.get(ctx.account.id)
    if report is None or report.expired(ctx.now):
        content = ctx.without_lock(lambda: _content(ctx))
        ready_at = ctx.now + ctx.world.delays.credential_report
        reports.put(ctx.account.id, CredentialReport(ctx.account.id, ctx.now, ready_at, content))
        return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}
    return {"State": "COMPLETE" if report.ready(ctx.now) else "INPROGRESS"}


@IAM.operation("GetCredentialReport")
def get_credential_report(ctx: Context) -> dict[str, Any]:
    """Hand out the report. The errors have no text (recorded for the first, assumed for the others)."""
    report = ctx.account.table(CredentialReport).get(ctx.account.id)
    if report is None:
        raise ReportNotPresent
    if not report.ready(ctx.now):
        raise ReportInProgress
    if report.expired(ctx.now):
        raise ReportExpired
    content = ctx.without_lock(report.encoded)  # long reports take long to be written as XML, too
    return {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": report.ready_at}


def _content(ctx: Context) -> tuple[str, ...]:
    """The report of this moment."""
    with ctx.picture() as picture:
        return tuple(write(_subjects(picture)))


def _subjects(ctx: Context) -> Iterator[Subject]:
    """The root user, then the users by name."""
    account, root = ctx.account, root_user(ctx)
    arn = arns.root(ctx.partition, account.id)
    yield _subject(ctx, account.id, ROOT_NAME, arn, root.created_at, _root_password(root))
    for user in account.users.after("path", "/"):
        yield _subject(ctx, user.id, user.name, user.arn, user.created_at, _password(ctx, user))


def _subject(ctx: Context, owner_id: str, name: str, arn: str, created_at: datetime, password: Password) -> Subject:
    def owned(kind: type[Any]) -> list[Any]:
        return sorted(ctx.account.table(kind).where("owner", owner_id), key=lambda row: row.serial)

    return Subject(
        name=name,
        arn=arn,
        created_at=created_at,
        password=password,
        mfa_active=ctx.account.table(MfaDevice).find("owner", owner_id) is not None,
        keys=owned(AccessKey),
        certificates=[Certificate(row.status == ACTIVE, row.uploaded_at) for row in owned(SigningCertificate)],
    )


def _root_password(root: RootUser) -> Password:
    """Recorded for a root user with a password. That there is none is said as the user guide has it."""
    if not root.has_password:
        return Password(boolean(False), ABSENT, NOT_SUPPORTED, NOT_SUPPORTED)
    used = moment(root.password_last_used) if root.password_last_used else NO_INFORMATION
    return Password(NOT_SUPPORTED, used, NOT_SUPPORTED, NOT_SUPPORTED)


def _password(ctx: Context, user: User) -> Password:
    profile = ctx.account.table(LoginProfile).get(user.id)
    if profile is None:
        return Password(boolean(False), ABSENT, ABSENT, ABSENT)
    return Password(
        enabled=boolean(True),
        last_used=moment(user.password_last_used) if user.password_last_used else NO_INFORMATION,
        last_changed=moment(profile.changed_at),
        next_rotation=moment(expires_at(profile, find_password_policy(ctx))),
    )
