from __future__ import annotations

import pytest

from conformance.modelled import needs
from conformance.provenance import assumed, documented
from conformance.sources import STS_API
from conformance.targets import Target

pytestmark = needs("GetWebIdentityToken", service="sts")
ASKED = {"Audience": ["https://app.example.com"], "SigningAlgorithm": "RS256"}


@documented(f"{STS_API}/API_GetWebIdentityToken.html")
def test_an_account_without_the_feature_gives_out_no_tokens(aws: Target) -> None:
    if aws.kind == "aws":
        pytest.skip("the account may use the feature")
    error = aws.error(aws.sts.get_web_identity_token, **ASKED)
    assert (error.code, error.status) == ("OutboundWebIdentityFederationDisabledException", 403)


@assumed("the parts of a token are those of RFC 7519")
def test_a_token_has_three_parts(aws: Target) -> None:
    if aws.kind == "aws":
        pytest.skip("switches a feature of the account")
    aws.iam.enable_outbound_web_identity_federation()
    try:
        made = aws.sts.get_web_identity_token(**ASKED)
    finally:
        aws.iam.disable_outbound_web_identity_federation()
    assert len(made["WebIdentityToken"].split(".")) == 3
