"""Virtual MFA devices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.nouns.dates import Date, Dates, Found
from fake_iam.control.nouns.exports import Export, Exported
from fake_iam.control.nouns.fields import PATH
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain import arns
from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.pipeline.engine import Engine
from fake_iam.store.base import Account

# What AWS calls the root user's first virtual device (CIS AWS Foundations Benchmark; Amazon S3's guide to MFA delete).
ROOTS_NAME: Final = "root-account-mfa-device"
BASE32: Final = Text(pattern=r"[A-Z2-7]{32,128}", says="32 to 128 characters of Base32", secret=True)


def _item(date: Moment) -> Fields:
    return {
        "name": Field(
            Text(shape="virtualMFADeviceName"), f"the device's name; the user's, or {ROOTS_NAME}, if left out"
        ),
        "path": PATH,
        "seed": Field(BASE32, "the Base32 seed; drawn if left out"),
        "enabled": Field(date, "when it was enabled; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, owner = placed.value, placed.carrier
    name = values.get("name", ROOTS_NAME if owner.noun == "root" else owner.name)
    path = values.get("path", "/")
    planting.do(placed, "CreateVirtualMFADevice", VirtualMFADeviceName=name, Path=path)
    devices = planting.table(MfaDevice)
    device = devices.get(arns.mfa_device(owner.partition, planting.account.id, path, name))
    assert device is not None
    seeded = replace(device, seed=values.get("seed", device.seed))
    devices.put(device.serial_number, seeded.enabled(owner.id, values.get("enabled", planting.now)))


def _take(export: Export, owner: Exported) -> list[dict[str, Any]] | None:
    """A device as old as its owner: the report tells only that there is one."""
    return [{"enabled": owner.date("user_creation_time")}] if owner.true("mfa_active") else None


def _find(engine: Engine, account: Account, serial_number: str) -> Found | None:
    """A device that is nobody's has no date of being enabled."""
    device = account.table(MfaDevice).get(serial_number)
    return Found(account, serial_number, device) if device is not None and device.assigned else None


NOUN: Final = Noun(
    name="mfa_device",
    title="MFA devices",
    about="Virtual MFA devices of users and of the root user. Those that a seed states are enabled.",
    rows=(MfaDevice,),
    operations=("iam.credentials.mfa_devices",),
    conformance=("mfa_devices",),
    seed=Seed(
        field="mfa_devices",
        meaning="the enabled virtual MFA devices",
        on=("user", "root"),
        item=_item,
        plant=_plant,
    ),
    dates=Dates(
        thing="mfa_device",
        by="its serial number",
        kind=MfaDevice,
        dates={"enabled": Date(attribute="enabled_at", meaning="when it was enabled")},
        find=_find,
        missing="enabled MFA device",
        begins="enabled",
    ),
    imports=Import(
        take=_take,
        takes="`mfa_active`: one device, enabled when its owner was created",
        drawn="the serial numbers, seeds and dates of MFA devices",
        lacks="further MFA devices of a user, and those that are nobody's",
    ),
)
