"""A virtual MFA device: the seed that it shares with a user's telephone, and which codes it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fake_iam.domain import arns
from fake_iam.domain.errors import (
    AccessDenied,
    DeleteConflict,
    EntityAlreadyExists,
    InvalidAuthenticationCode,
    NoSuchEntity,
)
from fake_iam.domain.tags import Tag, Tags

if TYPE_CHECKING:
    from fake_iam.domain.account.account_summary import Rows

STEP_SECONDS: Final = 30
WINDOW: Final = 1  # steps that a device's clock may be off. Assumed: AWS's number is not known.

CodeAt = Callable[[str, int], str]  # the six digits that a seed gives at a step of time


@dataclass(frozen=True, slots=True)
class MfaDevice:
    """A device. ``owner_id`` is a user's id, the account number for the root user, or nothing while it is unassigned.

    ``last_step`` is the latest step of time whose code was taken: that one and those before it are used up.
    """

    serial_number: str
    account_id: str
    owner_id: str
    name: str
    path: str
    seed: str = field(repr=False, metadata={"draw": "mfa_seed"})
    created_at: datetime
    enabled_at: datetime | None = None
    tags: tuple[Tag, ...] = ()
    last_step: int = -1

    @property
    def assigned(self) -> bool:
        """Whether it is somebody's."""
        return self.owner_id != ""

    @property
    def arn(self) -> str:
        """The serial number, which is the ARN of a virtual device."""
        return self.serial_number

    @property
    def place(self) -> str:
        """Path and name: what it is unique by, since an account is in one partition."""
        return f"{self.path}{self.name}"

    @staticmethod
    def summary(rows: Rows) -> dict[str, int]:
        """What GetAccountSummary says of all of them."""
        return {"MFADevices": len(rows), "MFADevicesInUse": rows.tally("status").get("Assigned", 0)}

    def enabled(self, owner_id: str, at: datetime) -> MfaDevice:
        """The device as that owner's."""
        return replace(self, owner_id=owner_id, enabled_at=at)

    def deactivated(self) -> MfaDevice:
        """The device as nobody's; the codes that were taken stay used up."""
        return replace(self, owner_id="", enabled_at=None)

    def taking(self, codes: Sequence[str], now: datetime, code_at: CodeAt | None) -> MfaDevice | None:
        """The device with these codes used up, or None if they are not its own of as many steps in a row.

        The last of them may be that of the present step or of a neighbour. Without ``code_at`` any code will do.
        """
        if code_at is None:
            return self
        present = int(now.timestamp()) // STEP_SECONDS
        for last in range(present - WINDOW, present + WINDOW + 1):
            steps = range(last - len(codes) + 1, last + 1)
            if steps[0] > self.last_step and [code_at(self.seed, step) for step in steps] == list(codes):
                return replace(self, last_step=last)
        return None


def unassigned(
    *, partition: str, account_id: str, path: str, name: str, seed: str, created_at: datetime, tags: Tags
) -> MfaDevice:
    """A device that is nobody's yet. Its serial number keeps the partition."""
    return MfaDevice(
        serial_number=arns.mfa_device(partition, account_id, path, name),
        account_id=account_id,
        owner_id="",
        name=name,
        path=path,
        seed=seed,
        created_at=created_at,
        tags=tags,
    )


def no_such_device(serial_number: str) -> NoSuchEntity:
    """No device of that serial number, or not that user's."""
    return NoSuchEntity(f"MFA Device with serial number {serial_number} does not exist.")


def device_exists() -> EntityAlreadyExists:
    """Path and name are taken."""
    return EntityAlreadyExists("MFA device already exists.")


def device_in_use() -> EntityAlreadyExists:
    """The device is somebody's already."""
    return EntityAlreadyExists("MFA Device is already in use.")


def wrong_codes() -> InvalidAuthenticationCode:
    """The codes are not the device's next ones (quoted by users of the console)."""
    return InvalidAuthenticationCode("Authentication code for device is not valid.")


def must_deactivate() -> DeleteConflict:
    """The device to be deleted is still somebody's. Assumed: AWS's text as another server repeats it."""
    return DeleteConflict("MFA VirtualDevice in use. Must deactivate first.")


def must_delete_mfa_device() -> DeleteConflict:
    """The user to be deleted has a device (quoted by users)."""
    return DeleteConflict("Cannot delete entity, must delete MFA device first.")


def wrong_session_code() -> AccessDenied:
    """STS was given a code that is not the device's. The text ends in a space (quoted by users)."""
    return AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")


def both_or_neither() -> AccessDenied:
    """STS was given a device without a code, or a code without a device. Assumed: AWS's text is not known."""
    return AccessDenied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")


def mfa_device_denied() -> AccessDenied:
    """The MFA device is not the caller's (two spaces, as AWS has them)."""
    return AccessDenied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  "
        "Please verify your MFA serial number is valid and associated with this user."
    )
