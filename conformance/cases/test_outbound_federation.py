from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from conformance.answers import AwsError
from conformance.conftest import LEFT_BEHIND
from conformance.modelled import needs
from conformance.provenance import assumed, documented, observed
from conformance.sources import API
from conformance.targets import Target

pytestmark = needs("EnableOutboundWebIdentityFederation")
ISSUER = r"https://a1[0-9a-f]{6}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.tokens\.sts\.global\.api\.aws"
MODEL_TEXT = "code and status are the service model's; the text is its documentation's, AWS's own is not known"


def already(code: str, status: int) -> AwsError:
    state = code.removeprefix("Feature").lower()
    because = f"outbound identity federation is already {state} for your Amazon Web Services account."
    return AwsError(code, f"The request failed because {because}", status)


@pytest.fixture
def disabled(aws: Target, request: pytest.FixtureRequest) -> Iterator[Target]:
    """An account that does not use the feature; one in use keeps it, and the case is skipped."""
    try:
        aws.iam.get_outbound_web_identity_federation_info()
    except AssertionError:
        yield aws
    else:
        pytest.skip("the account federates outwards, which is not to be touched")
    try:
        aws.iam.disable_outbound_web_identity_federation()
    except AssertionError as problem:
        if "FeatureDisabled" not in str(problem):
            request.config.stash[LEFT_BEHIND].append(f"outbound web identity federation, enabled: {problem}")


@documented(f"{API}/API_EnableOutboundWebIdentityFederation.html")
def test_it_is_enabled_shown_and_disabled(disabled: Target) -> None:
    issuer = disabled.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    shown = {"IssuerIdentifier": issuer, "JwtVendingEnabled": True}
    assert disabled.settle(disabled.iam.get_outbound_web_identity_federation_info, shown) == shown
    assert disabled.iam.disable_outbound_web_identity_federation() == {}


@observed("undated", "the issuers of four accounts, which their owners published")
def test_an_issuer_is_a_uuid_of_the_account(disabled: Target) -> None:
    issuer = disabled.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    assert re.fullmatch(ISSUER, issuer), issuer


@assumed("the account's issuer is called unique, and other parties trust it by its URL")
def test_an_account_keeps_its_issuer(disabled: Target) -> None:
    first = disabled.iam.enable_outbound_web_identity_federation()
    disabled.wait_for(disabled.iam.disable_outbound_web_identity_federation)
    assert disabled.wait_for(disabled.iam.enable_outbound_web_identity_federation) == first


@assumed(MODEL_TEXT)
def test_it_is_not_enabled_twice(disabled: Target) -> None:
    disabled.iam.enable_outbound_web_identity_federation()
    assert disabled.error(disabled.iam.enable_outbound_web_identity_federation) == already("FeatureEnabled", 409)


@assumed(MODEL_TEXT)
def test_it_is_not_disabled_twice(disabled: Target) -> None:
    assert disabled.error(disabled.iam.disable_outbound_web_identity_federation) == already("FeatureDisabled", 404)


@assumed(MODEL_TEXT)
def test_nothing_is_shown_while_it_is_disabled(disabled: Target) -> None:
    shown = disabled.error(disabled.iam.get_outbound_web_identity_federation_info)
    assert shown == already("FeatureDisabled", 404)
