"""Moments and spans of time as people write them: "91 days", "P91D", "91 days ago", ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Final

_UNITS: Final = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}
_WORDS: Final = {**_UNITS, "millisecond": timedelta(milliseconds=1)}
_SHORT: Final = {
    "ms": "millisecond",
    "msec": "millisecond",
    "w": "week",
    "d": "day",
    "h": "hour",
    "hr": "hour",
    "m": "minute",
    "min": "minute",
    "s": "second",
    "sec": "second",
}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*(?:,|and)?\s*", re.IGNORECASE)
_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_ISO: Final = re.compile(
    rf"P(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.IGNORECASE
)
_LONGEST: Final = timedelta(days=366 * 1000)
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)  # a now for where none matters
_LATEST: Final = datetime(9000, 1, 1, tzinfo=timezone.utc)  # leaves room for what expires later


def read_span(value: object) -> timedelta:
    """A span of time: "91 days", "1 h 30 min", "8s", "300 ms", an ISO 8601 duration such as "P91D", or a timedelta.

    Raises:
        ValueError: it is none of these, is negative, or is longer than a thousand years.
    """
    span = value if isinstance(value, timedelta) else _read_text(value) if isinstance(value, str) else None
    if span is None:
        raise ValueError(f'{value!r} is no span of time; write "91 days", "1 h 30 min", "P91D" or "PT8S"')
    if not timedelta() <= span <= _LONGEST:
        raise ValueError(f"{value!r} is out of range; a span of time is from 0 seconds to a thousand years")
    return span


def read_moment(value: object, now: datetime) -> datetime:
    """A moment in UTC: an ISO 8601 date and time, "91 days ago" as seen from ``now``, "now", or a datetime.

    A date and time without a zone is taken for UTC, a date alone for its midnight.

    Raises:
        ValueError: it is none of these, or is not from 1970 to 9000.
    """
    moment = _moment(value, now)
    if moment is None:
        raise ValueError(f'{_shown(value)} is no moment; write "2026-01-31T12:00:00Z" or "91 days ago"')
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError(f"{_shown(value)} is out of range; a moment is from the year 1970 to 9000")
    return moment


def read_past(value: object, now: datetime) -> datetime:
    """A moment that is not after ``now``. Raises ValueError."""
    moment = read_moment(value, now)
    if moment > now:
        raise ValueError(f"{_shown(value)} is in the future; the server's clock says {write_moment(now)}")
    return moment


def write_moment(moment: datetime) -> str:
    """ISO 8601 in UTC, with the fraction of a second only if there is one."""
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def write_span(span: timedelta) -> str:
    """An ISO 8601 duration in days and seconds."""
    seconds = f"{span.seconds + span.microseconds / 1e6:.6f}".rstrip("0").rstrip(".")
    if not span.days:
        return f"PT{seconds}S"
    return f"P{span.days}D" if seconds == "0" else f"P{span.days}DT{seconds}S"


def _moment(value: object, now: datetime) -> datetime | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=timezone.utc)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.lower() == "now":
        return now
    if text.lower().endswith(" ago"):
        span = _read_text(text[:-4])
        return now - span if span is not None and span <= _LONGEST else None
    try:
        return _moment(datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text)), now)
    except (ValueError, OverflowError):
        return None


def _read_text(text: str) -> timedelta | None:
    try:
        iso = _ISO.fullmatch(text.strip())
        if iso and any(iso.groups()):
            return sum(
                (float(n) * unit for n, unit in zip(iso.groups(), _UNITS.values(), strict=True) if n), timedelta()
            )
        return _read_words(text.strip())
    except OverflowError:
        return _LONGEST * 2


def _read_words(text: str) -> timedelta | None:
    total, at = timedelta(), 0
    while part := _PART.match(text, at):
        name = part[2].lower()
        unit = _WORDS.get(_SHORT.get(name, name.removesuffix("s")))
        if unit is None:
            return None
        total += float(part[1]) * unit
        at = part.end()
    return total if at == len(text) and at > 0 else None


def _shown(value: object) -> str:
    return repr(value.isoformat() if isinstance(value, date) else value)
