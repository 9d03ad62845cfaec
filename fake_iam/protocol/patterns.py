"""The model's Java patterns as Python's: full match, ASCII classes, Unicode properties spelt out."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache

PROPERTY = re.compile(r"\\p\{([A-Z])\}")
# Java reads \u10000 as U+1000 and a 0. STS's arnType plainly means the planes above the first, and so do we.
BEYOND_BMP = r"\u10000-\u10FFFF"


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """A function that is true of the texts that match a Java pattern from beginning to end."""
    return re.compile(translate(pattern), re.ASCII).fullmatch


def translate(pattern: str) -> str:
    """A Java pattern as one for ``re`` with the ASCII flag."""
    meant = pattern.replace(BEYOND_BMP, r"\U00010000-\U0010FFFF")
    return PROPERTY.sub(lambda match: category(match[1]), meant)


@cache
def category(letter: str) -> str:
    """The inside of a character class for a Unicode general category such as L, N or Z."""
    ranges: list[list[int]] = []
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point))[0] == letter:
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
