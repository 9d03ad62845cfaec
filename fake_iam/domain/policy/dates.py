"""Dates in conditions of policies: what passes for one, and which moment it is.

Source of the limits: localstack/localstack#13891, AWS-validated test_iam_policies :: TestPolicyDocumentValidity.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

LAST_SECOND: Final = 2**63 - 1
ISO: Final = re.compile(
    r"(?P<year>-?\d{1,9})(-(?P<month>\d{1,2})(-(?P<day>\d{1,2}))?)?"
    r"(t((?P<hour>\d{1,2})(:(?P<minute>\d{1,2})(:(?P<second>\d{1,2})(?P<fraction>\.\d{1,9})?)?"
    r"(?P<zone>z|[+-](?P<zone_hour>\d\d)(:(?P<zone_minute>\d\d))?)?)?)?)?",
    re.ASCII,
)
YEAR_DIGITS: Final = 4
DAYS_TO_1970: Final = 719468
"""From the first of March of the year 0, with which the count of days begins."""
LIMITS: Final = {
    "year": (-292275054, 292278993),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
    "zone_hour": (0, 23),
    "zone_minute": (0, 59),
}


def is_date(text: str) -> bool:
    """Whether the text is a date of ISO 8601, however short, or a number of seconds.

    >>> is_date("2019-07-01T13:20:15Z"), is_date("01T"), is_date("234-13")
    (True, True, False)
    """
    if re.fullmatch(r"\d{1,19}", text, re.ASCII):
        return int(text) <= LAST_SECOND
    match = ISO.fullmatch(text.lower())
    if match is None:
        return False
    return all(low <= int(match[name]) <= high for name, (low, high) in LIMITS.items() if match[name] is not None)


def moment(text: str) -> Decimal | None:
    """The seconds since 1970 that a date of ISO 8601 or a number of seconds says; None for what is no date.

    Years may be far beyond those of ``datetime``. A date without a zone is in UTC.

    >>> moment("1970-01-02"), moment("1970-01-01T01:00:00+01:00"), moment("soon")
    (Decimal('86400'), Decimal('0'), None)
    """
    if not is_date(text):
        return None
    match = ISO.fullmatch(text.lower())
    if match is None or (text.isdecimal() and len(text) > YEAR_DIGITS):
        return Decimal(text)
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second, zone_hour, zone_minute = (
        int(match[name] or 0) for name in ("hour", "minute", "second", "zone_hour", "zone_minute")
    )
    east = -1 if match["zone"] and match["zone"].startswith("-") else 1
    minutes = (_days(year, month, day) * 24 + hour) * 60 + minute - east * (zone_hour * 60 + zone_minute)
    return Decimal(minutes * 60 + second) + Decimal(match["fraction"] or 0)


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, for every year, before the first one too."""
    years = year - (month <= 2)
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + ((month + 9) % 12 * 153 + 2) // 5 + day - 1 - DAYS_TO_1970
