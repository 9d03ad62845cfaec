"""Times as people read them: a moment, and how long ago it was by the server's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

UNITS: Final = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("min", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


def shown(moment: datetime) -> str:
    """A moment, to the second."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def age(moment: datetime, now: datetime) -> str:
    """How far a moment is from ``now``: "91 d ago", "in 5 min"."""
    text = span(abs(now - moment))
    if text == "0 s":
        return "now"
    return f"{text} ago" if moment <= now else f"in {text}"


def span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down."""
    for name, unit in UNITS:
        if length >= unit:
            return f"{length // unit} {name}"
    return "0 s"
