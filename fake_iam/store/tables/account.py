"""The tables of what an account has one of, or of what concerns it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fake_iam.store.tables.declaring import Indexes

TABLES: Final[Mapping[str, Indexes]] = {
    "account.account_aliases.AccountAlias": Indexes(),
    "account.credential_report.CredentialReport": Indexes(),
    "account.organizations.Organization": Indexes(),
    "account.outbound_federation.OutboundFederation": Indexes(),
    "account.password_policy.PasswordPolicy": Indexes(),
    "account.token_preferences.TokenPreferences": Indexes(),
}
