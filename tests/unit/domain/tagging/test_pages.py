"""PaginationTokens: whose they are, and how long they are good."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from fake_iam.domain.errors import InvalidParameterException, PaginationTokenExpired
from fake_iam.domain.tagging.pages import LIFE, read_token, write_token

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
EXPIRED = (
    "The request failed because the specified PaginationToken has expired. "
    "A PaginationToken is valid for a maximum of 15 minutes."
)


def test_a_token_tells_where_the_page_ended() -> None:
    assert read_token("a list", write_token("a list", "the last one", AT), AT) == "the last one"


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_a_list_begins_at_its_start(token: str | None) -> None:
    assert read_token("a list", token, AT) is None


def test_a_token_is_good_for_fifteen_minutes() -> None:
    token = write_token("a list", "x", AT)
    assert read_token("a list", token, AT + LIFE) == "x"
    with pytest.raises(PaginationTokenExpired) as raised:
        read_token("a list", token, AT + LIFE + timedelta(seconds=1))
    assert raised.value.message == EXPIRED


@pytest.mark.parametrize("token", ["x", "%%", write_token("another list", "x", AT)])
def test_a_token_of_another_list_is_refused(token: str) -> None:
    with pytest.raises(InvalidParameterException) as raised:
        read_token("a list", token, AT)
    assert raised.value.message == "The PaginationToken is invalid."
