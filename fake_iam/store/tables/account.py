"""The tables of what an account itself has: most of it once, reports by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.store.tables.declaring import Indexes

TABLES: Final[Mapping[str, Indexes]] = {
    "account.access_reports.AccessReport": Indexes(),
    "account.account_aliases.AccountAlias": Indexes(),
    "account.credential_report.CredentialReport": Indexes(),
    "account.password_policy.PasswordPolicy": Indexes(),
    "account.token_preferences.TokenPreferences": Indexes(),
}
