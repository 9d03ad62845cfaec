"""Who calls, and whose a key is."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.credentials.access_keys import key_without_account
from fake_iam.domain.ids import account_of
from fake_iam.services.context import Context
from fake_iam.services.sts.service import STS


@STS.operation("GetCallerIdentity", open_to_sessions=True)
def get_caller_identity(ctx: Context) -> dict[str, Any]:
    """Say who signed the request. No permission is needed, but a key that works is."""
    return {"UserId": ctx.caller.id, "Account": ctx.caller.account_id, "Arn": ctx.caller.arn}


@STS.operation("GetAccessKeyInfo")
def get_access_key_info(ctx: Context, *, access_key_id: str) -> dict[str, Any]:
    """Tell the account of a key id, whatever became of the key: the id itself carries it."""
    account_id = ctx.store.key_account(access_key_id) or account_of(access_key_id)
    if account_id is None:
        raise key_without_account(access_key_id)
    return {"Account": account_id}
