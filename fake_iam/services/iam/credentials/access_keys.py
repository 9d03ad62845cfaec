"""Operations on access keys."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.credentials.access_keys import AccessKey, last_use_denied
from fake_iam.domain.errors import LimitExceeded
from fake_iam.services.context import Context
from fake_iam.services.iam import views
from fake_iam.services.iam.lookups import find_access_key, find_key_owner, owner_id
from fake_iam.services.iam.service import IAM


@IAM.operation("CreateAccessKey")
def create_access_key(ctx: Context, *, user_name: str | None = None) -> dict[str, Any]:
    """Issue a key, Active, its secret shown this once. Inactive keys count against the quota."""
    owner = find_key_owner(ctx, user_name)
    present = ctx.account.access_keys.where("owner", owner_id(ctx, owner))
    if len(present) >= ctx.quotas.access_keys_per_user:
        raise LimitExceeded.quota("AccessKeysPerUser", ctx.quotas.access_keys_per_user)
    key_id = ctx.ids.access_key_id(ctx.account.id)
    key = AccessKey(
        id=key_id,
        account_id=ctx.account.id,
        owner_id=owner_id(ctx, owner),
        secret=ctx.ids.secret(),
        created_at=ctx.now,
        serial=ctx.store.record_issue(key_id, ctx.account.id),
    )
    ctx.account.access_keys.put(key.id, key)
    return {"AccessKey": views.new_access_key(key, owner)}


@IAM.operation("UpdateAccessKey")
def update_access_key(ctx: Context, *, access_key_id: str, status: str, user_name: str | None = None) -> None:
    """Switch a key on or off. An inactive key signs nothing from then on."""
    owner = find_key_owner(ctx, user_name)
    key = find_access_key(ctx, owner, access_key_id)
    ctx.account.access_keys.put(key.id, key.switched(status))


@IAM.operation("ListAccessKeys")
def list_access_keys(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a user's keys, active or not, the older first."""
    owner = find_key_owner(ctx, user_name)
    keys = sorted(ctx.account.access_keys.where("owner", owner_id(ctx, owner)), key=lambda key: key.serial)
    page = ctx.page(
        keys,
        scope=f"ListAccessKeys {owner_id(ctx, owner)}",
        key=lambda key: f"{key.serial:012d}",
        marker=marker,
        max_items=max_items,
    )
    return {"AccessKeyMetadata": [views.access_key_metadata(key, owner) for key in page.items], **page.fields()}


@IAM.operation("DeleteAccessKey")
def delete_access_key(ctx: Context, *, access_key_id: str, user_name: str | None = None) -> None:
    """Delete a key, for good; it may be the one that signs this call."""
    key = find_access_key(ctx, find_key_owner(ctx, user_name), access_key_id)
    ctx.account.access_keys.delete(key.id)


@IAM.operation("GetAccessKeyLastUsed")
def get_access_key_last_used(ctx: Context, *, access_key_id: str) -> dict[str, Any]:
    """Tell when a key last signed. A key that is unknown here is refused as AWS refuses it: AccessDenied."""
    key = ctx.account.access_keys.get(access_key_id)
    if key is None:
        raise last_use_denied(ctx.caller.arn, access_key_id)
    owner = ctx.account.users.get(key.owner_id)
    return {
        "UserName": owner.name if owner else None,
        "AccessKeyLastUsed": views.access_key_last_used(key),
    }
