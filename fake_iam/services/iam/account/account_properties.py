"""Operations on the account's properties. No feature that they control is here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_iam.domain.account.account_properties import AccountProperty, check_properties
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM


@IAM.operation("GetAccountProperties")
def get_account_properties(ctx: Context) -> dict[str, Any]:
    """Show the properties that were set, in the order of their keys; of the others nothing is said (assumed)."""
    rows = sorted(ctx.account.table(AccountProperty).items())
    return {"Properties": {key: row.value for key, row in rows}}


@IAM.operation("PutAccountProperties")
def put_account_properties(ctx: Context, *, properties: Mapping[str, str]) -> dict[str, Any]:
    """Set properties of one namespace; the others stay."""
    check_properties(properties)
    for key, value in properties.items():
        ctx.account.table(AccountProperty).put(key, AccountProperty(key, value))
    return {}
