"""Operations on the account's alias."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.account.account_aliases import AccountAlias, alias_taken, no_such_alias
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM
from fake_iam.store.base import Account


def alias_of(account: Account) -> str | None:
    """The account's alias, if it has one."""
    row = account.table(AccountAlias).get(account.id)
    return row.alias if row else None


@IAM.operation("CreateAccountAlias")
def create_account_alias(ctx: Context, *, account_alias: str) -> None:
    """Give the account an alias in place of the one it has (seen on AWS: floci-io/floci#2103)."""
    if any(alias_of(account) == account_alias for account in ctx.store.accounts()):
        raise alias_taken(account_alias)
    ctx.account.table(AccountAlias).put(ctx.account.id, AccountAlias(ctx.account.id, account_alias))


@IAM.operation("ListAccountAliases")
def list_account_aliases(ctx: Context, *, marker: str | None = None, max_items: int | None = None) -> dict[str, Any]:
    """List the account's alias: one name or none."""
    row = ctx.account.table(AccountAlias).get(ctx.account.id)
    page = ctx.page(
        [row] if row else [],
        scope="ListAccountAliases",
        key=lambda row: row.alias,
        marker=marker,
        max_items=max_items,
    )
    return {"AccountAliases": [row.alias for row in page.items], **page.fields()}


@IAM.operation("DeleteAccountAlias")
def delete_account_alias(ctx: Context, *, account_alias: str) -> None:
    """Take the alias away, which has to be named."""
    if alias_of(ctx.account) != account_alias:
        raise no_such_alias(account_alias)
    ctx.account.table(AccountAlias).delete(ctx.account.id)
