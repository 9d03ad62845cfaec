"""Reading parameters out of a query string or a form, strictly."""

from __future__ import annotations

import re
from typing import Final

from fake_iam.protocol.errors import Refusal

BAD_ESCAPE: Final = r"%(?![0-9A-Fa-f]{2})(.{0,2})"


def well_formed(text: str) -> bool:
    """Whether every percent sign is followed by two hexadecimal digits."""
    return "%" not in text or _bad_escape(text) is None


def read_pairs(text: str) -> dict[str, str]:
    """The parameters of a query string or form body; of two with one name the first counts (recorded).

    Bytes that are no UTF-8 become U+FFFD, so that every answer can repeat the value.

    Raises:
        Refusal: MalformedQueryString for a broken percent escape (confidence D; for a body, assumed).
    """
    if not text:
        return {}
    bad = _bad_escape(text) if "%" in text else None
    if bad is not None:
        if len(bad[1]) < 2:
            raise Refusal("MalformedQueryString", "Incomplete trailing escape % sequence", status=400)
        raise Refusal("MalformedQueryString", f"Illegal hex character in escape % pattern: %{bad[1]}", status=400)
    plain = _is_plain(text)
    found: dict[str, str] = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if not plain:
            name, value = _decode(name), _decode(value)
        if pair and name not in found:
            found[name] = value
    return found


def _bad_escape(text: str) -> re.Match[str] | None:
    return re.search(BAD_ESCAPE, text, re.DOTALL)


def _is_plain(text: str) -> bool:
    return "%" not in text and "+" not in text and text.isascii()


def _decode(text: str) -> str:
    if _is_plain(text):
        return text
    from urllib.parse import unquote_to_bytes  # takes its time, and most texts are plain

    return unquote_to_bytes(text.replace("+", " ").encode("latin-1", "replace")).decode("utf-8", "replace")
