"""Lists in pages: MaxItems, Marker, IsTruncated."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from fake_iam.domain.errors import ValidationError

T = TypeVar("T")
Walk = Callable[[str | None], Iterable[T]]  # the rows behind that value of the key; None is before them all
DEFAULT_MAX_ITEMS: Final = 100


class Page(Generic[T]):
    """A part of a list, and where the next part begins."""

    __slots__ = ("items", "marker")

    def __init__(self, items: Sequence[T], marker: str | None) -> None:
        self.items = items
        self.marker = marker

    def fields(self) -> dict[str, Any]:
        """IsTruncated always; Marker only when there is more."""
        if self.marker is None:
            return {"IsTruncated": False}
        return {"IsTruncated": True, "Marker": self.marker}


def page(
    rows: Sequence[T] | Walk[T],
    *,
    scope: str,
    key: Callable[[T], str],
    marker: str | None,
    max_items: int | None,
    page_size: int,
) -> Page[T]:
    """Cut the page that begins after ``marker`` out of rows sorted by ``key``.

    A marker names the last row seen, so a row that is added or deleted between two pages moves nothing. ``scope`` says
    which list it belongs to: a marker of another list is refused. ``page_size`` is the most that one answer carries.
    Long lists come as a function that walks them, of which no more than a page and one row are taken.

    Raises:
        ValidationError: the marker is not one of this list's.
    """
    last = None if marker is None else read_marker(marker, scope)
    size = min(max_items or DEFAULT_MAX_ITEMS, page_size)
    if callable(rows):
        found = list(islice(rows(last), size + 1))
    else:
        start = 0 if last is None else bisect_right(rows, last, key=key)
        found = list(rows[start : start + size + 1])
    items = found[:size]
    return Page(items, write_marker(scope, key(items[-1])) if len(found) > size else None)


def write_marker(scope: str, last: str) -> str:
    """The marker of what comes behind ``last`` in the list that ``scope`` names."""
    import hashlib  # it needs OpenSSL, which takes 8 ms, and most lists fit on a page

    digest = hashlib.sha256(f"{scope}\n{last}".encode()).digest()[:8]
    return base64.urlsafe_b64encode(digest + last.encode()).decode().rstrip("=")


def read_marker(marker: str, scope: str) -> str:
    """What ``write_marker`` was given. Raises ValidationError if the marker is not of that list."""
    try:
        last = base64.urlsafe_b64decode(marker + "=" * (-len(marker) % 4))[8:].decode()
    except (binascii.Error, ValueError) as problem:
        raise invalid_marker() from problem
    if write_marker(scope, last) != marker:
        raise invalid_marker()
    return last


def invalid_marker() -> ValidationError:
    """A marker that this list never gave out."""
    return ValidationError("Invalid Marker.")
