"""Operations on MFA devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from fake_iam.domain.credentials.mfa_devices import (
    MfaDevice,
    device_exists,
    device_in_use,
    must_deactivate,
    no_such_device,
    unassigned,
    wrong_codes,
)
from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.identities.users import User
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.credentials.mfa_codes import provisioning_uri, qr_code_png
from fake_iam.services.iam.lookups import find_key_owner, find_user, owner_id
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged


def find_device(ctx: Context, serial_number: str) -> MfaDevice:
    """The device of that serial number. Raises NoSuchEntity."""
    device = ctx.account.table(MfaDevice).get(serial_number)
    if device is None:
        raise no_such_device(serial_number)
    return device


TAGS: Final = Tagged(MfaDevice, key=attrgetter("serial_number"), find=find_device)


@IAM.operation("CreateVirtualMFADevice")
def create_virtual_mfa_device(
    ctx: Context, *, virtual_mfa_device_name: str, path: str | None = None, tags: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Add a device that is nobody's yet; its seed is shown this once, as text and as a picture."""
    device = unassigned(
        partition=ctx.partition,
        account_id=ctx.account.id,
        path=path or "/",
        name=virtual_mfa_device_name,
        seed=ctx.ids.mfa_seed(),
        created_at=ctx.now,
        tags=tagging.given(tags),
    )
    devices = ctx.account.table(MfaDevice)
    if devices.find("place", device.place):
        raise device_exists()
    devices.put(device.serial_number, device)
    return {"VirtualMFADevice": new_device(device)}


@IAM.operation("ListVirtualMFADevices")
def list_virtual_mfa_devices(
    ctx: Context,
    *,
    assignment_status: str | None = None,
    marker: str | None = None,
    max_items: int | None = None,
) -> dict[str, Any]:
    """List the account's virtual devices: those that are somebody's, those that are nobody's, or both."""
    status = assignment_status or "Any"
    page = ctx.page(
        lambda last: ctx.account.table(MfaDevice).after("status", f"{status}/", last),
        scope=f"ListVirtualMFADevices {status}",
        key=lambda device: device.place,
        marker=marker,
        max_items=max_items,
    )
    return {"VirtualMFADevices": [virtual_device(ctx, device) for device in page.items], **page.fields()}


@IAM.operation("EnableMFADevice")
def enable_mfa_device(
    ctx: Context, *, user_name: str, serial_number: str, authentication_code1: str, authentication_code2: str
) -> None:
    """Give a device to a user who can tell two of its codes in a row."""
    user = find_user(ctx, user_name)
    device = find_device(ctx, serial_number)
    if device.assigned:
        raise device_in_use()
    devices = ctx.account.table(MfaDevice)
    if len(devices.where("owner", user.id)) >= ctx.quotas.mfa_devices_per_user:
        raise LimitExceeded.quota("MFADevicesPerUser", ctx.quotas.mfa_devices_per_user)
    proven = device.taking((authentication_code1, authentication_code2), ctx.now, ctx.world.mfa_code_at)
    if proven is None:
        raise wrong_codes()
    devices.put(device.serial_number, proven.enabled(user.id, ctx.now))


@IAM.operation("ResyncMFADevice")
def resync_mfa_device(
    ctx: Context, *, user_name: str, serial_number: str, authentication_code1: str, authentication_code2: str
) -> None:
    """Check two codes in a row of a user's device. Virtual devices have no clock of their own to be set right."""
    device = find_device_of(ctx, find_user(ctx, user_name), serial_number)
    proven = device.taking((authentication_code1, authentication_code2), ctx.now, ctx.world.mfa_code_at)
    if proven is None:
        raise wrong_codes()
    ctx.account.table(MfaDevice).put(device.serial_number, proven)


@IAM.operation("DeactivateMFADevice")
def deactivate_mfa_device(ctx: Context, *, serial_number: str, user_name: str | None = None) -> None:
    """Take a device from its user; it stays in the account as nobody's."""
    device = find_device_of(ctx, find_key_owner(ctx, user_name), serial_number)
    ctx.account.table(MfaDevice).put(device.serial_number, device.deactivated())


@IAM.operation("DeleteVirtualMFADevice")
def delete_virtual_mfa_device(ctx: Context, *, serial_number: str) -> None:
    """Delete a device that is nobody's."""
    device = find_device(ctx, serial_number)
    if device.assigned:
        raise must_deactivate()
    ctx.account.table(MfaDevice).delete(device.serial_number)


@IAM.operation("ListMFADevices")
def list_mfa_devices(
    ctx: Context, *, user_name: str | None = None, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a user's devices: those of the user named, or the caller's own."""
    owner = find_key_owner(ctx, user_name)
    devices = sorted(ctx.account.table(MfaDevice).where("owner", owner_id(ctx, owner)), key=lambda device: device.place)
    page = ctx.page(
        devices,
        scope=f"ListMFADevices {owner_id(ctx, owner)}",
        key=lambda device: device.place,
        marker=marker,
        max_items=max_items,
    )
    return {"MFADevices": [users_device(device, owner) for device in page.items], **page.fields()}


@IAM.operation("GetMFADevice")
def get_mfa_device(ctx: Context, *, serial_number: str, user_name: str | None = None) -> dict[str, Any]:
    """Show a device, of the user named or whosever it is. Certifications are for FIDO keys alone."""
    if user_name is not None:
        owner = find_user(ctx, user_name)
        return users_device(find_device_of(ctx, owner, serial_number), owner)
    device = find_device(ctx, serial_number)
    return users_device(device, ctx.account.users.get(device.owner_id))


@IAM.operation("TagMFADevice")
def tag_mfa_device(ctx: Context, *, serial_number: str, tags: Sequence[Mapping[str, str]]) -> None:
    """Add tags to a device; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, serial_number, tags)


@IAM.operation("UntagMFADevice")
def untag_mfa_device(ctx: Context, *, serial_number: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a device; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, serial_number, tag_keys)


@IAM.operation("ListMFADeviceTags")
def list_mfa_device_tags(
    ctx: Context, *, serial_number: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a device's tags, shorter keys first."""
    return tagging.listed(ctx, TAGS, serial_number, "ListMFADeviceTags", marker, max_items)


def find_device_of(ctx: Context, owner: User | None, serial_number: str) -> MfaDevice:
    """The owner's device of that serial number. Another's is as absent as none: raises NoSuchEntity."""
    device = find_device(ctx, serial_number)
    if device.owner_id != owner_id(ctx, owner):
        raise no_such_device(serial_number)
    return device


def new_device(device: MfaDevice) -> dict[str, Any]:
    """A device as CreateVirtualMFADevice shows it, once, with its seed; no tags means no Tags element."""
    uri = provisioning_uri(device.seed, device.name, device.account_id)
    return {
        "SerialNumber": device.serial_number,
        "Base32StringSeed": device.seed.encode(),
        "QRCodePNG": qr_code_png(uri),
        "Tags": views.tag_list(device.tags) or None,
    }


def virtual_device(ctx: Context, device: MfaDevice) -> dict[str, Any]:
    """A device as ListVirtualMFADevices shows it: neither seed nor tags, and its user once it has one."""
    return {"SerialNumber": device.serial_number, "User": device_owner(ctx, device), "EnableDate": device.enabled_at}


def device_owner(ctx: Context, device: MfaDevice) -> dict[str, Any] | None:
    """Whose the device is, without tags; None if it is nobody's."""
    if device.owner_id == ctx.account.id:
        return views.root_detail(ctx)
    user = ctx.account.users.get(device.owner_id)
    return views.user_summary(user) if user else None


def users_device(device: MfaDevice, owner: User | None) -> dict[str, Any]:
    """A device as ListMFADevices and GetMFADevice show it. The root user has no name to show (assumed)."""
    return {
        "UserName": owner.name if owner else None,
        "SerialNumber": device.serial_number,
        "EnableDate": device.enabled_at,
    }
