"""The credential report: what it says of each user, in AWS's own columns and words, and how long it lives."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import chain, islice
from typing import Final

from fake_iam.domain.credentials.access_keys import AccessKey

LINES: Final = 1_000
"""So many are in a piece of a report."""
LIFETIME: Final = timedelta(hours=4)
ABSENT: Final = "N/A"
NO_INFORMATION: Final = "no_information"
NOT_SUPPORTED: Final = "not_supported"
ROOT_NAME: Final = "<root_account>"
KEY_COLUMNS: Final = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS: Final = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_{slot}_{name}" for slot in (1, 2) for name in KEY_COLUMNS),
    *(f"cert_{slot}_{name}" for slot in (1, 2) for name in ("active", "last_rotated")),
)


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """A report as it was asked for: a picture of that moment, ready at another. One an account.

    ``content`` is the CSV in pieces.
    """

    account_id: str
    requested_at: datetime
    ready_at: datetime
    content: tuple[str, ...]

    def ready(self, now: datetime) -> bool:
        """Whether it has been made."""
        return now >= self.ready_at

    def expired(self, now: datetime) -> bool:
        """Whether it is older than four hours, and no longer kept."""
        return now >= self.ready_at + LIFETIME

    def encoded(self) -> list[bytes]:
        """The pieces in UTF-8."""
        return [piece.encode() for piece in self.content]


@dataclass(frozen=True, slots=True)
class Password:
    """What the report says of a password. Root's is ``not_supported`` in all but the last use."""

    enabled: str = "false"
    last_used: str = ABSENT
    last_changed: str = ABSENT
    next_rotation: str = ABSENT


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the report says of a signing certificate."""

    active: bool
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """A user, or the root user, as the report sees it; ``keys`` in the order of their issue."""

    name: str
    arn: str
    created_at: datetime
    password: Password
    mfa_active: bool
    keys: Sequence[AccessKey]
    certificates: Sequence[Certificate]


def write(subjects: Iterable[Subject]) -> Iterator[str]:
    """The report as CSV in pieces of some lines, which are in the order of the subjects."""
    rows = chain([COLUMNS], map(_row, subjects))
    while some := list(islice(rows, LINES)):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(some)
        yield out.getvalue()


def moment(at: datetime | None) -> str:
    """A time in the report's own form."""
    return ABSENT if at is None else f"{at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}+00:00"


def boolean(value: bool) -> str:
    """A truth in the report's own form."""
    return "true" if value else "false"


def _row(subject: Subject) -> list[str]:
    password = subject.password
    row = [subject.name, subject.arn, moment(subject.created_at)]
    row += [password.enabled, password.last_used, password.last_changed, password.next_rotation]
    row.append(boolean(subject.mfa_active))
    # An active key takes the first slot even if the inactive one is older (recorded).
    keys = sorted(subject.keys, key=lambda key: not key.active)
    for slot in (0, 1):
        row += _key(keys[slot] if slot < len(keys) else None)
    for slot in (0, 1):
        row += _certificate(subject.certificates[slot] if slot < len(subject.certificates) else None)
    return row


def _key(key: AccessKey | None) -> list[str]:
    if key is None:
        return [boolean(False), ABSENT, ABSENT, ABSENT, ABSENT]
    use = key.last_use
    used = [moment(use.at), use.region, use.service] if use else [ABSENT, ABSENT, ABSENT]
    return [boolean(key.active), moment(key.created_at), *used]


def _certificate(certificate: Certificate | None) -> list[str]:
    if certificate is None:
        return [boolean(False), ABSENT]
    return [boolean(certificate.active), moment(certificate.uploaded_at)]
