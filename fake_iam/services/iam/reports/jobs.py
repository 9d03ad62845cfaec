"""Reports that are asked for and handed out later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fake_iam.domain.account.access_reports import AccessReport, OrganizationsReport, ready_at


def job(report: AccessReport | OrganizationsReport, now: datetime) -> dict[str, Any]:
    """What is said of a report as a job. One in progress has no date of completion (documented)."""
    if now < ready_at(report):
        return {"JobStatus": "IN_PROGRESS", "JobCreationDate": report.requested_at}
    return {
        "JobStatus": "COMPLETED",
        "JobCreationDate": report.requested_at,
        "JobCompletionDate": ready_at(report),
    }
