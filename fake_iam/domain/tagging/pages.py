"""PaginationToken: where the next page begins. A token is good for 15 minutes (documented)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from fake_iam.domain import paging
from fake_iam.domain.errors import InvalidParameterException, PaginationTokenExpired, ValidationError

LIFE: Final = timedelta(minutes=15)


def write_token(scope: str, last: str, now: datetime) -> str:
    """A token for what comes behind ``last`` in the list that ``scope`` names."""
    return paging.write_marker(scope, f"{int(now.timestamp())} {last}")


def read_token(scope: str, token: str | None, now: datetime) -> str | None:
    """What the page before ended with; None for no token, or an empty one.

    Raises:
        InvalidParameterException: the token is not of this list (text: assumed).
        PaginationTokenExpired: it is too old.
    """
    if not token:
        return None
    try:
        made, _, last = paging.read_marker(token, scope).partition(" ")
    except ValidationError:
        raise InvalidParameterException("The PaginationToken is invalid.") from None
    if now.timestamp() - int(made) > LIFE.total_seconds():
        raise PaginationTokenExpired.expired()
    return last
