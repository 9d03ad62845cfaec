"""The rules of OpenID Connect providers, without HTTP."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from conformance.modelled import with_whole_model
from fake_iam.domain.clock import ManualClock
from tests.support import AwsError, Wire
from tests.unit.services.identities.test_roles import members

URL = "https://token.example.com/team"
ARN = "arn:aws:iam::123456789012:oidc-provider/token.example.com/team"
PRINT = "a" * 40
NAMED = {"OpenIDConnectProviderArn": ARN}
TAG = {"Tags.member.1.Key": "Team", "Tags.member.1.Value": "red"}
MISSING = AwsError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {ARN}", 404)


def create(wire: Wire, url: str = URL, clients: int = 0, prints: int = 1, **parameters: Any) -> Any:
    listed = {f"ClientIDList.member.{number}": f"client{number}" for number in range(1, clients + 1)}
    listed |= {f"ThumbprintList.member.{number}": PRINT for number in range(1, prints + 1)}
    return wire.call("CreateOpenIDConnectProvider", Url=url, **listed, **parameters)


def get(wire: Wire) -> Any:
    return wire.call("GetOpenIDConnectProvider", **NAMED)


def test_a_provider_is_known_by_its_url_without_the_scheme(wire: Wire) -> None:
    assert create(wire) == {"OpenIDConnectProviderArn": ARN}
    shown = get(wire)
    assert set(shown) == {"Url", "ClientIDList", "ThumbprintList", "CreateDate", "Tags"}
    assert (shown["Url"], shown["ClientIDList"], shown["Tags"]) == ("token.example.com/team", None, None)
    assert shown["ThumbprintList"]["member"] == PRINT
    listed = wire.call("ListOpenIDConnectProviders")
    assert listed == {"OpenIDConnectProviderList": {"member": {"Arn": ARN}}}


def test_the_date_of_creation_has_milliseconds() -> None:
    wire = Wire(ManualClock(datetime(2023, 10, 14, 3, 51, 58, 790000, tzinfo=timezone.utc)))
    create(wire)
    assert get(wire)["CreateDate"] == "2023-10-14T03:51:58.790Z"


def test_tags_are_answered_only_if_they_are_given(wire: Wire) -> None:
    assert create(wire, **TAG)["Tags"]["member"] == {"Key": "Team", "Value": "red"}
    assert members(wire.call("ListOpenIDConnectProviderTags", **NAMED)["Tags"]) == [{"Key": "Team", "Value": "red"}]
    wire.call("UntagOpenIDConnectProvider", **NAMED, **{"TagKeys.member.1": "team"})
    assert wire.call("ListOpenIDConnectProviderTags", **NAMED) == {"Tags": None, "IsTruncated": "false"}
    assert wire.call("TagOpenIDConnectProvider", **NAMED, **TAG) is None
    assert get(wire)["Tags"]["member"] == {"Key": "Team", "Value": "red"}


def test_a_provider_without_thumbprints_gets_one_that_is_always_the_same(wire: Wire) -> None:
    create(wire, prints=0)
    first = get(wire)["ThumbprintList"]["member"]
    wire.call("DeleteOpenIDConnectProvider", **NAMED)
    create(wire, prints=0)
    assert (len(first), get(wire)["ThumbprintList"]["member"]) == (40, first)


@pytest.mark.parametrize(
    "url", ["http://token.example.com", "token.example.com", "https://", "https://a b", "https:/x"]
)
def test_what_is_no_https_url_is_refused(wire: Wire, url: str) -> None:
    assert create(wire, url) == AwsError("ValidationError", "Invalid Open ID Connect Provider URL", 400)


def test_a_url_is_taken_once(wire: Wire) -> None:
    create(wire)
    assert create(wire) == AwsError("EntityAlreadyExists", f"Provider with url {URL} already exists.", 409)


def test_a_provider_has_five_thumbprints_and_a_hundred_client_ids_at_the_most(wire: Wire) -> None:
    many_prints = AwsError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.", 400)
    many_clients = AwsError("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100", 409)
    assert create(wire, prints=6) == many_prints
    assert create(wire, clients=101) == many_clients
    assert create(wire, prints=5, clients=100) == {"OpenIDConnectProviderArn": ARN}
    assert wire.call("AddClientIDToOpenIDConnectProvider", ClientID="more", **NAMED) == many_clients
    six = {f"ThumbprintList.member.{number}": PRINT for number in range(1, 7)}
    assert wire.call("UpdateOpenIDConnectProviderThumbprint", **NAMED, **six) == many_prints


def test_providers_keep_the_quota() -> None:
    wire = Wire(quotas="oidc_providers_per_account=1")
    create(wire)
    refused = AwsError("LimitExceeded", "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 1", 409)
    assert create(wire, "https://other.example.com") == refused


def test_client_ids_come_and_go(wire: Wire) -> None:
    create(wire, clients=1)
    for _ in range(2):
        assert wire.call("AddClientIDToOpenIDConnectProvider", ClientID="other", **NAMED) is None
    assert members(get(wire)["ClientIDList"]) == ["client1", "other"]
    for _ in range(2):
        assert wire.call("RemoveClientIDFromOpenIDConnectProvider", ClientID="client1", **NAMED) is None
    assert members(get(wire)["ClientIDList"]) == ["other"]


def test_thumbprints_are_replaced_as_a_whole(wire: Wire) -> None:
    create(wire, prints=2)
    wire.call("UpdateOpenIDConnectProviderThumbprint", **NAMED, **{"ThumbprintList.member.1": "b" * 40})
    assert members(get(wire)["ThumbprintList"]) == ["b" * 40]


@with_whole_model
def test_an_instance_of_identity_center_is_set_and_removed(wire: Wire) -> None:
    instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
    create(wire, IdentityCenterInstanceArn=instance, **{"ContextProvider.SubjectSourceKey": "sub"})
    shown = get(wire)
    assert (shown["IdentityCenterInstanceArn"], shown["ContextProvider"]) == (instance, {"SubjectSourceKey": "sub"})
    other = {"IdentityCenterInstanceArn": f"{instance}0", "ContextProvider.SubjectSourceKey": "email"}
    assert wire.call("UpdateOpenIDConnectProvider", **NAMED, **other) is None
    shown = get(wire)
    assert shown["IdentityCenterInstanceArn"] == f"{instance}0"
    assert shown["ContextProvider"] == {"SubjectSourceKey": "email"}
    gone = {"RemoveContextProvider": "true", "RemoveIdentityCenterInstance": "true"}
    assert wire.call("UpdateOpenIDConnectProvider", **NAMED, **gone) is None
    assert not {"IdentityCenterInstanceArn", "ContextProvider"} & set(get(wire))


@with_whole_model
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetOpenIDConnectProvider", {}),
        ("UpdateOpenIDConnectProvider", {}),
        ("UpdateOpenIDConnectProviderThumbprint", {"ThumbprintList.member.1": PRINT}),
        ("AddClientIDToOpenIDConnectProvider", {"ClientID": "a"}),
        ("RemoveClientIDFromOpenIDConnectProvider", {"ClientID": "a"}),
        ("TagOpenIDConnectProvider", TAG),
        ("UntagOpenIDConnectProvider", {"TagKeys.member.1": "a"}),
        ("ListOpenIDConnectProviderTags", {}),
    ],
)
def test_a_provider_that_is_missing_is_not_found(wire: Wire, operation: str, parameters: dict[str, str]) -> None:
    assert wire.call(operation, **NAMED, **parameters) == MISSING


def test_a_provider_that_is_missing_cannot_be_deleted(wire: Wire) -> None:
    refused = wire.call("DeleteOpenIDConnectProvider", **NAMED)
    assert refused == AwsError("NoSuchEntity", f"OpenId connect Provider {ARN} cannot be found.", 404)
