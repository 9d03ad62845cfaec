"""Dates in conditions of policies: what passes for one.

Source of the limits: localstack/localstack#13891, AWS-validated test_iam_policies :: TestPolicyDocumentValidity.
"""

from __future__ import annotations

import re
from typing import Final

LAST_SECOND: Final = 2**63 - 1
ISO: Final = re.compile(
    r"(?P<year>-?\d{1,9})(-(?P<month>\d{1,2})(-(?P<day>\d{1,2}))?)?"
    r"(t((?P<hour>\d{1,2})(:(?P<minute>\d{1,2})(:(?P<second>\d{1,2})(\.\d{1,9})?)?"
    r"(z|[+-](?P<zone_hour>\d\d)(:(?P<zone_minute>\d\d))?)?)?)?)?",
    re.ASCII,
)
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
    parts = {name: int(part) for name, part in match.groupdict().items() if part is not None}
    return all(LIMITS[name][0] <= number <= LIMITS[name][1] for name, number in parts.items())
