"""The version of the global endpoint's tokens, with boto3."""

from __future__ import annotations

from typing import Any


def test_the_summary_shows_the_version(iam: Any) -> None:
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    assert iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 2
