"""The tables of what an account itself has: most of it once, reports by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from fake_iam.store.tables.declaring import Indexes, Order

if TYPE_CHECKING:
    from fake_iam.domain.account.delegation_requests import DelegationRequest


def _owned(request: DelegationRequest, _: object) -> list[str]:
    """The lists that a request is in: none until somebody has claimed it."""
    if request.owner_arn is None:
        return []
    return [f"{request.owner_account_id}/", f"{request.owner_account_id} {request.owner_arn}/"]


TABLES: Final[Mapping[str, Indexes]] = {
    "account.access_reports.AccessReport": Indexes(),
    "account.access_reports.OrganizationsReport": Indexes(),
    "account.account_aliases.AccountAlias": Indexes(),
    "account.account_properties.AccountProperty": Indexes(),
    "account.credential_report.CredentialReport": Indexes(),
    "account.delegation_requests.DelegationRequest": Indexes(
        {"token": lambda request: request.trade_in_token, "workflow": lambda request: request.workflow_id},
        orders={"owner": Order(_owned, lambda request, _: request.place)},
    ),
    "account.organizations.Organization": Indexes(),
    "account.organizations.OrganizationMember": Indexes(),
    "account.outbound_federation.OutboundFederation": Indexes(),
    "account.password_policy.PasswordPolicy": Indexes(),
    "account.token_preferences.TokenPreferences": Indexes(),
}
