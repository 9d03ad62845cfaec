from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.modelled import needs
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, Source
from conformance.targets import Target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_oidc")
PRINT = "a" * 40


class Provider:
    """A provider of a URL that nobody else has."""

    def __init__(self, aws: Target) -> None:
        self._iam = aws.iam
        host = f"{secrets.token_hex(6)}.fake-iam-conformance.example.com"
        self.url = f"https://{host}/team"
        self.arn = f"arn:aws:iam::{aws.account}:oidc-provider/{host}/team"

    def create(self, **parameters: Any) -> Any:
        given = {"ThumbprintList": [PRINT], **parameters}
        return self._iam.create_open_id_connect_provider(Url=self.url, **given)

    def shown(self) -> Any:
        return self._iam.get_open_id_connect_provider(OpenIDConnectProviderArn=self.arn)


@pytest.fixture
def provider(aws: Target) -> Iterator[Provider]:
    found = Provider(aws)
    yield found
    try:
        aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=found.arn)
    except AssertionError as problem:
        assert "NoSuchEntity" in str(problem)


@observed(*LS)
def test_a_provider_is_shown_without_the_scheme(provider: Provider) -> None:
    assert provider.create() == {"OpenIDConnectProviderArn": provider.arn}
    shown = provider.shown()
    assert sorted(shown) == ["ClientIDList", "CreateDate", "Tags", "ThumbprintList", "Url"]
    assert shown["Url"] == provider.url.removeprefix("https://")
    assert (shown["ClientIDList"], shown["ThumbprintList"], shown["Tags"]) == ([], [PRINT], [])


@observed(*LS)
def test_a_list_shows_arns(aws: Target, provider: Provider) -> None:
    provider.create()
    assert {"Arn": provider.arn} in aws.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]


@observed(*LS, "oidc-exists")
def test_a_url_is_taken_once(aws: Target, provider: Provider) -> None:
    provider.create()
    refused = AwsError("EntityAlreadyExists", f"Provider with url {provider.url} already exists.", 409)
    assert aws.error(aws.iam.create_open_id_connect_provider, Url=provider.url, ThumbprintList=[PRINT]) == refused


@observed(*LS, "val-oidc-url")
def test_what_is_no_https_url_is_refused(aws: Target) -> None:
    refused = AwsError("ValidationError", "Invalid Open ID Connect Provider URL", 400)
    create = aws.iam.create_open_id_connect_provider
    assert aws.error(create, Url="test", ThumbprintList=[PRINT]) == refused


@observed(*LS, "oidc-thumbprints", "oidc-clients")
def test_lists_that_are_too_long_are_refused(aws: Target, provider: Provider) -> None:
    create, many = aws.iam.create_open_id_connect_provider, [f"client{number}" for number in range(101)]
    prints = AwsError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.", 400)
    assert aws.error(create, Url=provider.url, ThumbprintList=[PRINT] * 6) == prints
    clients = AwsError("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100", 409)
    assert aws.error(create, Url=provider.url, ClientIDList=many) == clients


@observed(*LS, "val-oidc-three")
def test_three_violations_are_told_at_once(aws: Target) -> None:
    got = aws.error(
        aws.iam.create_open_id_connect_provider,
        Url="x" * 256,
        ThumbprintList=["a" * 41],
        ClientIDList=["c" * 256],
    )
    assert got.message is not None
    assert got.message.startswith("3 validation errors detected: Value at 'clientIDList' failed")


@observed(*LS, "oidc-missing")
def test_a_provider_that_is_missing_is_not_found(aws: Target, provider: Provider) -> None:
    refused = AwsError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {provider.arn}", 404)
    get = aws.iam.get_open_id_connect_provider
    assert aws.error(get, OpenIDConnectProviderArn=provider.arn) == refused


@observed(*LS, "oidc-del-missing")
def test_the_deletion_of_a_missing_provider_has_a_text_of_its_own(aws: Target, provider: Provider) -> None:
    refused = AwsError("NoSuchEntity", f"OpenId connect Provider {provider.arn} cannot be found.", 404)
    delete = aws.iam.delete_open_id_connect_provider
    assert aws.error(delete, OpenIDConnectProviderArn=provider.arn) == refused


@documented(f"{API}/API_AddClientIDToOpenIDConnectProvider.html")
def test_client_ids_come_and_go_without_complaint(aws: Target, provider: Provider) -> None:
    provider.create(ClientIDList=["one"])
    named = {"OpenIDConnectProviderArn": provider.arn}
    for _ in range(2):
        aws.iam.add_client_id_to_open_id_connect_provider(ClientID="two", **named)
    for _ in range(2):
        aws.iam.remove_client_id_from_open_id_connect_provider(ClientID="one", **named)
    assert provider.shown()["ClientIDList"] == ["two"]


@observed(*LS)
def test_thumbprints_are_replaced_as_a_whole(aws: Target, provider: Provider) -> None:
    provider.create()
    update = aws.iam.update_open_id_connect_provider_thumbprint
    update(OpenIDConnectProviderArn=provider.arn, ThumbprintList=["b" * 40])
    assert provider.shown()["ThumbprintList"] == ["b" * 40]


@assumed("tags follow the rules of roles")
def test_tags_are_set_listed_and_taken_off(aws: Target, provider: Provider) -> None:
    provider.create(Tags=[{"Key": "a", "Value": "1"}])
    named = {"OpenIDConnectProviderArn": provider.arn}
    aws.iam.tag_open_id_connect_provider(Tags=[{"Key": "b", "Value": "2"}], **named)
    aws.iam.untag_open_id_connect_provider(TagKeys=["a"], **named)
    assert aws.iam.list_open_id_connect_provider_tags(**named)["Tags"] == [{"Key": "b", "Value": "2"}]


@needs("UpdateOpenIDConnectProvider")
@assumed("the service model tells what the members are for; no call of this operation was published")
def test_what_a_provider_takes_subjects_from_is_changed_and_removed(aws: Target, provider: Provider) -> None:
    provider.create(ContextProvider={"SubjectSourceKey": "sub"})
    update = aws.iam.update_open_id_connect_provider
    update(OpenIDConnectProviderArn=provider.arn, ContextProvider={"SubjectSourceKey": "email"})
    assert provider.shown()["ContextProvider"] == {"SubjectSourceKey": "email"}
    update(OpenIDConnectProviderArn=provider.arn, RemoveContextProvider=True)
    assert "ContextProvider" not in provider.shown()
