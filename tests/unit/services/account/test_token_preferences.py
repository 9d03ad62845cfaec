"""The rules of the preference for tokens, and what controls do with it."""

from __future__ import annotations

import pytest

from fake_iam.control.documents.problems import FormatError
from tests.support import AwsError, Key, Wire

OTHER = Key("210987654321", "any")


def version(wire: Wire, by: Key | None = None) -> str:
    entries = wire.call("GetAccountSummary", by)["SummaryMap"]["entry"]
    (found,) = (entry["value"] for entry in entries if entry["key"] == "GlobalEndpointTokenVersion")
    return str(found)


def test_an_account_begins_with_version_1(wire: Wire) -> None:
    assert version(wire) == "1"


def test_the_summary_shows_the_version_that_was_set_last(wire: Wire) -> None:
    assert wire.call("SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token") is None
    assert (version(wire), version(wire, OTHER)) == ("2", "1")
    wire.call("SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v1Token")
    assert version(wire) == "1"


def test_a_version_is_needed(wire: Wire) -> None:
    said = "Value at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must not be null"
    refused = wire.call("SetSecurityTokenServicePreferences")
    assert refused == AwsError("ValidationError", f"1 validation error detected: {said}", 400)


def test_a_seed_states_it_and_a_dump_brings_it_back(wire: Wire) -> None:
    wire.assembled.controls.seed({"global_endpoint_token_version": "v2Token"})
    other = Wire()
    other.assembled.controls.load(wire.assembled.controls.dump())
    assert version(wire) == version(other) == "2"


def test_a_seed_states_no_other_version(wire: Wire) -> None:
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed({"global_endpoint_token_version": "v3Token"})
    assert str(refused.value) == "global_endpoint_token_version: 'v3Token' is not one of v1Token, v2Token"
