"""The model's Java patterns as Python's: full match, ASCII classes, a stand-in for each Unicode category."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

PROPERTY = re.compile(r"\\p\{([A-Z])\}")
# Java reads \u10000 as U+1000 and a 0. STS's arnType plainly means the planes above the first, and so do we.
BEYOND_BMP = r"\u10000-\u10FFFF"
# From here on the private plane has a character for each general category, at the place of its letter.
STAND_INS = 0x10FF00


@cache
def matcher(pattern: str) -> Callable[[str], object]:
    """A function that is true of the texts that match a Java pattern from beginning to end.

    Spelling out a category such as \\p{L} takes a look at all of Unicode. Instead every character beyond ASCII is
    replaced by one that stands for its category; so a pattern with categories must name no other such character.
    """
    matches = re.compile(translate(pattern), re.ASCII).fullmatch
    if PROPERTY.search(pattern) is None:
        return matches
    return lambda text: matches(text if text.isascii() else "".join(map(stand_in, text)))


def translate(pattern: str) -> str:
    """A Java pattern as one for ``re`` with the ASCII flag."""
    meant = pattern.replace(BEYOND_BMP, r"\U00010000-\U0010FFFF")
    return PROPERTY.sub(lambda match: members(match[1]), meant)


def members(letter: str) -> str:
    """The inside of a character class for a general category such as L, N or Z: its ASCII, and its stand-in."""
    plain = [chr(point) for point in range(128) if unicodedata.category(chr(point))[0] == letter]
    return re.escape("".join(plain)) + chr(STAND_INS + ord(letter))


def stand_in(character: str) -> str:
    """What a character is matched as: itself, or beyond ASCII its category's stand-in."""
    if character.isascii():
        return character
    return chr(STAND_INS + ord(unicodedata.category(character)[0]))
