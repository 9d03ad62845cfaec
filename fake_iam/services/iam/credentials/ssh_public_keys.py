"""Operations on SSH public keys."""

from __future__ import annotations

from typing import Any

from fake_iam.domain.credentials.ssh_public_keys import (
    SMALLEST_KEY,
    SSHPublicKey,
    duplicate_public_key,
    invalid_public_key,
    no_such_public_key,
)
from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import User
from fake_iam.services.context import Context
from fake_iam.services.iam.credentials.key_material import read_rsa_public_key
from fake_iam.services.iam.lookups import find_key_owner, find_user, owner_id
from fake_iam.services.iam.service import IAM


@IAM.operation("UploadSSHPublicKey")
def upload_ssh_public_key(ctx: Context, *, user_name: str, ssh_public_key_body: str) -> dict[str, Any]:
    """Give a user a key, Active; the answer shows it as it was sent, comment and all."""
    user = find_user(ctx, user_name)
    read = read_rsa_public_key(ssh_public_key_body)
    if read is None or read.bits < SMALLEST_KEY:
        raise invalid_public_key()
    keys = ctx.account.table(SSHPublicKey)
    present = keys.where("owner", user.id)
    if any(key.fingerprint == read.fingerprint for key in present):
        raise duplicate_public_key()
    if len(present) >= ctx.quotas.ssh_public_keys_per_user:
        raise LimitExceeded.quota("SSHPublicKeysPerUser", ctx.quotas.ssh_public_keys_per_user)
    key = SSHPublicKey(
        id=ctx.ids.unique_id("APKA", ctx.account.id),
        account_id=ctx.account.id,
        owner_id=user.id,
        ssh=read.ssh,
        pem=read.pem,
        fingerprint=read.fingerprint,
        uploaded_at=ctx.now,
        serial=max((held.serial for held in present), default=0) + 1,
    )
    keys.put(key.id, key)
    return {"SSHPublicKey": detail(key, user, ssh_public_key_body)}


@IAM.operation("GetSSHPublicKey")
def get_ssh_public_key(ctx: Context, *, user_name: str, ssh_public_key_id: str, encoding: str) -> dict[str, Any]:
    """Show a user's key in the encoding SSH or PEM, whichever it came in."""
    user = find_user(ctx, user_name)
    key = find_public_key(ctx, user, ssh_public_key_id)
    return {"SSHPublicKey": detail(key, user, key.encoded(encoding))}


@IAM.operation("ListSSHPublicKeys")
def list_ssh_public_keys(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a user's keys, active or not, the older first. The root user has none."""
    owner = find_key_owner(ctx, user_name)
    held = ctx.account.table(SSHPublicKey).where("owner", owner_id(ctx, owner))
    page = ctx.page(
        sorted(held, key=lambda key: key.serial),
        scope=f"ListSSHPublicKeys {owner_id(ctx, owner)}",
        key=lambda key: f"{key.serial:012d}",
        marker=marker,
        max_items=max_items,
    )
    return {"SSHPublicKeys": [metadata(key, owner) for key in page.items], **page.fields()}


@IAM.operation("UpdateSSHPublicKey")
def update_ssh_public_key(ctx: Context, *, user_name: str, ssh_public_key_id: str, status: str) -> None:
    """Switch a key on or off."""
    key = find_public_key(ctx, find_user(ctx, user_name), ssh_public_key_id)
    ctx.account.table(SSHPublicKey).put(key.id, key.switched(status))


@IAM.operation("DeleteSSHPublicKey")
def delete_ssh_public_key(ctx: Context, *, user_name: str, ssh_public_key_id: str) -> None:
    """Delete a key; it may be uploaded again."""
    key = find_public_key(ctx, find_user(ctx, user_name), ssh_public_key_id)
    ctx.account.table(SSHPublicKey).delete(key.id)


def find_public_key(ctx: Context, user: User, key_id: str) -> SSHPublicKey:
    """The user's key of that id. Somebody else's is as absent as none: raises NoSuchEntity."""
    key = ctx.account.table(SSHPublicKey).get(key_id)
    if key is None or key.owner_id != user.id:
        raise no_such_public_key(key_id)
    return key


def metadata(key: SSHPublicKey, owner: User | None) -> dict[str, Any]:
    """A key as ListSSHPublicKeys shows it: neither body nor fingerprint."""
    return {
        "UserName": owner.name if owner else None,
        "SSHPublicKeyId": key.id,
        "Status": key.status,
        "UploadDate": key.uploaded_at,
    }


def detail(key: SSHPublicKey, user: User, body: str) -> dict[str, Any]:
    """A key as UploadSSHPublicKey and GetSSHPublicKey show it."""
    return {**metadata(key, user), "Fingerprint": key.fingerprint, "SSHPublicKeyBody": body}
