"""The credential report: nothing to state, but a dump has it."""

from __future__ import annotations

from typing import Final

from fake_iam.control.nouns.noun import Noun
from fake_iam.domain.account.credential_report import CredentialReport

NOUN: Final = Noun(
    name="credential_report",
    title="The credential report",
    about="A picture of everybody's credentials at the moment it was asked for. It is kept for four hours, so set what "
    "it is to show before it is asked for, or advance the clock.",
    rows=(CredentialReport,),
    operations=("iam.reports.credential_report",),
    conformance=("credential_report",),
)
