"""The MFA devices that a case makes, under names nobody else has, the codes they show, and their removal."""

from __future__ import annotations

import secrets
import time
from typing import Any

import pyotp

from conformance.answers import Answer
from conformance.people import PREFIX
from conformance.targets import Target


class Device:
    """A virtual device and the codes that it shows."""

    def __init__(self, made: Answer) -> None:
        self.serial: str = made["SerialNumber"]
        self._codes = pyotp.HOTP(made["Base32StringSeed"].decode())
        self._step = int(time.time()) // 30

    def codes(self) -> dict[str, str]:
        """The codes of the step before the device was made and of that step."""
        first, second = (self._codes.at(self._step + offset) for offset in (-1, 0))
        return {"AuthenticationCode1": first, "AuthenticationCode2": second}

    def next_code(self) -> str:
        """The code after those; it is due within half a minute."""
        return self._codes.at(self._step + 1)


class Devices:
    """Makes virtual devices under names nobody else has, and removes them."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._serials: list[str] = []

    def name(self) -> str:
        """A name that no device has."""
        return PREFIX + secrets.token_hex(6)

    def make(self, **parameters: Any) -> Answer:
        """What CreateVirtualMFADevice answers."""
        __tracebackhide__ = True
        named = {"VirtualMFADeviceName": self.name(), **parameters}
        made: Answer = self._target.iam.create_virtual_mfa_device(**named)["VirtualMFADevice"]
        self._serials.append(made["SerialNumber"])
        return made

    def __call__(self, user: str | None = None, **parameters: Any) -> Device:
        """A new device, enabled for the user if one is named."""
        __tracebackhide__ = True
        device = Device(self.make(**parameters))
        if user is not None:
            self._target.wait_for(
                self._target.iam.enable_mfa_device, UserName=user, SerialNumber=device.serial, **device.codes()
            )
        return device

    def listed(self, **parameters: Any) -> list[Answer]:
        """Those of the devices made here that a list shows."""
        __tracebackhide__ = True
        found: list[Answer] = []
        marker: dict[str, str] = {}
        while True:
            page = self._target.iam.list_virtual_mfa_devices(**parameters, **marker)
            found += [row for row in page["VirtualMFADevices"] if row["SerialNumber"] in self._serials]
            if not page["IsTruncated"]:
                return found
            marker = {"Marker": page["Marker"]}

    def clean_up(self) -> list[str]:
        """Deactivate and delete them all. Returns what is left behind, in words."""
        left = []
        for device in self.listed():
            try:
                self._remove(device)
            except AssertionError as problem:
                left.append(f"MFA device {device['SerialNumber']}: {problem}")
        return left

    def _remove(self, device: Answer) -> None:
        iam, serial = self._target.iam, device["SerialNumber"]
        if "User" in device:
            iam.deactivate_mfa_device(UserName=device["User"]["UserName"], SerialNumber=serial)
        self._target.wait_for(iam.delete_virtual_mfa_device, SerialNumber=serial)


def serial_of(aws: Target, name: str, path: str = "/") -> str:
    """The serial number that a device of that name has."""
    return f"arn:aws:iam::{aws.account}:mfa{path}{name}"
