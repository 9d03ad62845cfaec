"""How rows look in answers: what is shown, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fake_iam.domain import arns
from fake_iam.domain.credentials.access_keys import AccessKey
from fake_iam.domain.identities.users import User
from fake_iam.domain.tags import Tag, Tags, list_order
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import root_user

NEVER_USED = "N/A"


def user_summary(user: User) -> dict[str, Any]:
    """A user as ListUsers shows it: no tags, no permissions boundary."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created_at,
        "PasswordLastUsed": user.password_last_used,
    }


def user_detail(user: User, tags: Tags) -> dict[str, Any]:
    """A user as CreateUser and GetUser show it; no tags means no Tags element."""
    return {
        **user_summary(user),
        "PermissionsBoundary": boundary(user.permissions_boundary),
        "Tags": tag_list(tags) or None,
    }


def root_detail(ctx: Context) -> dict[str, Any]:
    """The root user as GetUser shows it: neither a path nor a name."""
    root = root_user(ctx)
    return {
        "UserId": ctx.account.id,
        "Arn": arns.root(ctx.partition, ctx.account.id),
        "CreateDate": root.created_at,
        "PasswordLastUsed": root.password_last_used,
    }


def boundary(arn: str | None) -> dict[str, str] | None:
    """The permissions boundary, or nothing. AWS says Policy (recorded), not the model's one value."""
    if arn is None:
        return None
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def tag_list(tags: Iterable[Tag]) -> list[dict[str, str]]:
    """Tags in the order given."""
    return [{"Key": tag.key, "Value": tag.value} for tag in tags]


def sorted_tags(tags: Tags) -> Tags:
    """Tags in the order in which AWS lists them."""
    return tuple(sorted(tags, key=list_order))


def access_key_metadata(key: AccessKey, owner: User | None) -> dict[str, Any]:
    """A key as ListAccessKeys shows it. The root user has no name to show (assumed)."""
    return {
        "UserName": owner.name if owner else None,
        "AccessKeyId": key.id,
        "Status": key.status,
        "CreateDate": key.created_at,
    }


def new_access_key(key: AccessKey, owner: User | None) -> dict[str, Any]:
    """A key as CreateAccessKey shows it, once, with its secret."""
    return {**access_key_metadata(key, owner), "SecretAccessKey": key.secret}


def access_key_last_used(key: AccessKey) -> dict[str, Any]:
    """When and where the key last signed; a key never used has no date."""
    if key.last_use is None:
        return {"Region": NEVER_USED, "ServiceName": NEVER_USED}
    return {"LastUsedDate": key.last_use.at, "Region": key.last_use.region, "ServiceName": key.last_use.service}
