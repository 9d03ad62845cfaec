from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.answers import AwsError
from conformance.conftest import LEFT_BEHIND
from conformance.provenance import assumed, documented
from conformance.sources import API
from conformance.targets import Target


def version(aws: Target) -> int:
    return int(aws.iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"])


@pytest.fixture
def before(aws: Target, request: pytest.FixtureRequest) -> Iterator[int]:
    """The account's version, which it has again in the end."""
    found = version(aws)
    yield found
    try:
        aws.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion=f"v{found}Token")
    except AssertionError as problem:
        request.config.stash[LEFT_BEHIND].append(f"the version of tokens, which was {found}: {problem}")


@documented(f"{API}/API_SetSecurityTokenServicePreferences.html", "7:GetAccountSummary")
def test_a_version_is_set_and_shown_in_the_summary(aws: Target, before: int) -> None:
    other = 3 - before
    assert aws.iam.set_security_token_service_preferences(GlobalEndpointTokenVersion=f"v{other}Token") == {}
    assert aws.settle(lambda: version(aws), other) == other


@assumed("the generic wording of other members with an enumeration", "val-enum-status")
def test_there_are_two_versions(aws: Target) -> None:
    said = "Value at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum value set"
    expected = AwsError("ValidationError", f"1 validation error detected: {said}", 400)
    assert aws.error(aws.iam.set_security_token_service_preferences, GlobalEndpointTokenVersion="v3Token") == expected
