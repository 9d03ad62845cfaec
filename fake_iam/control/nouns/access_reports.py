"""Reports of access advisor: nothing to state, but a dump has them."""

from __future__ import annotations

from typing import Final

from fake_iam.control.nouns.noun import Noun
from fake_iam.domain.account.access_reports import AccessReport, OrganizationsReport

NOUN: Final = Noun(
    name="access_report",
    title="Reports of access advisor",
    about="Which services the policies of somebody allow, and when they were last used: a picture of the moment the "
    "report was asked for. Uses are those of access keys, so state `last_used` of keys before, and what users, roles "
    "and their sessions tried at this process since it started or its state was replaced.",
    rows=(AccessReport, OrganizationsReport),
    operations=("iam.reports.access_advisor", "iam.reports.organizations_reports"),
    conformance=("access_advisor",),
)
