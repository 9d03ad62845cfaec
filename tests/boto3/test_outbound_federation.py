"""Outbound web identity federation as boto3 shows it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.modelled import needs


@needs("EnableOutboundWebIdentityFederation")
def test_a_setup_script_enables_it_once(iam: Any) -> None:
    def issuer() -> str:
        try:
            return str(iam.get_outbound_web_identity_federation_info()["IssuerIdentifier"])
        except iam.exceptions.FeatureDisabledException:
            return str(iam.enable_outbound_web_identity_federation()["IssuerIdentifier"])

    assert issuer() == issuer()
    with pytest.raises(iam.exceptions.FeatureEnabledException):
        iam.enable_outbound_web_identity_federation()
