from __future__ import annotations

import re
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


@observed(*LS, "3:ARN", "3:Create answer", "3:Get answer", "1.5:GetOpenIDConnectProvider")
def test_a_provider_is_shown_without_the_scheme(provider: Provider) -> None:
    assert provider.create() == {"OpenIDConnectProviderArn": provider.arn}
    shown = provider.shown()
    assert sorted(shown) == ["ClientIDList", "CreateDate", "Tags", "ThumbprintList", "Url"]
    assert shown["Url"] == provider.url.removeprefix("https://")
    assert (shown["ClientIDList"], shown["ThumbprintList"], shown["Tags"]) == ([], [PRINT], [])


@documented(f"{API}/API_CreateOpenIDConnectProvider.html", "3:Create answer")
def test_creation_shows_tags_if_they_were_given(provider: Provider) -> None:
    tags = [{"Key": "a", "Value": "1"}]
    assert provider.create(Tags=tags) == {"OpenIDConnectProviderArn": provider.arn, "Tags": tags}


@observed(
    "2023-10", "cloud-custodian/cloud-custodian, placebo iam_delete_provider_oidc", "3:CreateDate carries milliseconds"
)
def test_the_date_of_creation_has_milliseconds(aws: Target, provider: Provider) -> None:
    provider.create()
    form = {"Action": "GetOpenIDConnectProvider", "Version": "2010-05-08", "OpenIDConnectProviderArn": provider.arn}
    created = aws.post("iam", form).succeeded().xml.findtext(".//{*}CreateDate") or ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created), f"expected milliseconds, got {created!r}"


@observed(*LS, "3:List answer")
def test_a_list_shows_arns_and_does_not_page(aws: Target, provider: Provider) -> None:
    provider.create()
    listed = aws.iam.list_open_id_connect_providers()
    assert list(listed) == ["OpenIDConnectProviderList"]
    assert {"Arn": provider.arn} in listed["OpenIDConnectProviderList"]


@observed(*LS, "oidc-exists", "3:Duplicate test is on the url as given in the text")
def test_a_url_is_taken_once(aws: Target, provider: Provider) -> None:
    provider.create()
    refused = AwsError("EntityAlreadyExists", f"Provider with url {provider.url} already exists.", 409)
    assert aws.error(aws.iam.create_open_id_connect_provider, Url=provider.url, ThumbprintList=[PRINT]) == refused


@observed(*LS, "val-oidc-url", "3:Url must begin with https")
@pytest.mark.parametrize("url", ["example.org", "http://example.org", "https://"])
def test_what_is_no_https_url_is_refused(aws: Target, url: str) -> None:
    refused = AwsError("ValidationError", "Invalid Open ID Connect Provider URL", 400)
    create = aws.iam.create_open_id_connect_provider
    assert aws.error(create, Url=url, ThumbprintList=[PRINT]) == refused


@observed(*LS, "oidc-thumbprints", "oidc-clients", "3:Quotas")
def test_lists_that_are_too_long_are_refused(aws: Target, provider: Provider) -> None:
    create, many = aws.iam.create_open_id_connect_provider, [f"client{number}" for number in range(101)]
    prints = AwsError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.", 400)
    assert aws.error(create, Url=provider.url, ThumbprintList=[PRINT] * 6) == prints
    clients = AwsError("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100", 409)
    assert aws.error(create, Url=provider.url, ClientIDList=many) == clients


@observed(
    *LS,
    "val-oidc-three",
    "3:Quotas",
    "4:IAM text since at least Mar 2025",
    "4:Member names are camelCase",
    "4:Order among several members",
)
def test_three_violations_are_told_at_once(aws: Target) -> None:
    rule = "failed to satisfy constraint: Member must"
    at_most, at_least = (f"Member must have length {bound} than or equal to" for bound in ("less", "greater"))
    text = (
        f"3 validation errors detected: Value at 'clientIDList' {rule} satisfy constraint: "
        f"[{at_most} 255, {at_least} 1]; "
        f"Value at 'thumbprintList' {rule} satisfy constraint: [{at_most} 40, {at_least} 40]; "
        f"Value at 'url' {rule} have length less than or equal to 255"
    )
    asked = {"Url": "b" * 256, "ThumbprintList": ["b" * 41], "ClientIDList": ["b" * 256]}
    refused = AwsError("ValidationError", text, 400)
    assert aws.error(aws.iam.create_open_id_connect_provider, **asked) == refused


UNSEEN = assumed("recorded for GetOpenIDConnectProvider", "oidc-missing", "3:Unknown provider")


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        pytest.param(
            "get_open_id_connect_provider", {}, marks=observed(*LS, "oidc-missing", "3:Unknown provider"), id="get"
        ),
        pytest.param(
            "update_open_id_connect_provider_thumbprint", {"ThumbprintList": [PRINT]}, marks=UNSEEN, id="update"
        ),
        pytest.param("add_client_id_to_open_id_connect_provider", {"ClientID": "x"}, marks=UNSEEN, id="add"),
        pytest.param("remove_client_id_from_open_id_connect_provider", {"ClientID": "x"}, marks=UNSEEN, id="remove"),
        pytest.param("tag_open_id_connect_provider", {"Tags": [{"Key": "a", "Value": "b"}]}, marks=UNSEEN, id="tag"),
        pytest.param("untag_open_id_connect_provider", {"TagKeys": ["a"]}, marks=UNSEEN, id="untag"),
        pytest.param("list_open_id_connect_provider_tags", {}, marks=UNSEEN, id="tags"),
    ],
)
def test_a_provider_that_is_missing_is_not_found(
    aws: Target, provider: Provider, method: str, parameters: dict[str, Any]
) -> None:
    refused = AwsError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {provider.arn}", 404)
    assert aws.error(getattr(aws.iam, method), OpenIDConnectProviderArn=provider.arn, **parameters) == refused


@observed(*LS, "oidc-del-missing", "3:Unknown provider")
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


@observed(*LS, "3:UpdateOpenIDConnectProviderThumbprint replaces the whole list, void")
def test_thumbprints_are_replaced_as_a_whole(aws: Target, provider: Provider) -> None:
    provider.create()
    update, prints = aws.iam.update_open_id_connect_provider_thumbprint, ["c" * 40, "d" * 40]
    assert update(OpenIDConnectProviderArn=provider.arn, ThumbprintList=prints) == {}
    assert provider.shown()["ThumbprintList"] == prints


@observed(*LS, "3:ListOpenIDConnectProviderTags is paginated")
def test_the_tags_of_a_provider_page(aws: Target, provider: Provider) -> None:
    tags = [{"Key": f"k{number:02}", "Value": f"v{number}"} for number in range(10)]
    provider.create(Tags=tags)
    named = {"OpenIDConnectProviderArn": provider.arn}
    pages = [aws.iam.list_open_id_connect_provider_tags(**named, MaxItems=4)]
    pages.append(aws.iam.list_open_id_connect_provider_tags(**named, MaxItems=4, Marker=pages[-1]["Marker"]))
    pages.append(aws.iam.list_open_id_connect_provider_tags(**named, Marker=pages[-1]["Marker"]))
    assert [len(page["Tags"]) for page in pages] == [4, 4, 2]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert [tag for page in pages for tag in page["Tags"]] == tags


@observed(*LS, "oidc-tags")
def test_a_provider_has_fifty_tags_at_the_most(aws: Target, provider: Provider) -> None:
    provider.create(Tags=[{"Key": f"k{number:02}", "Value": "v"} for number in range(50)])
    full = AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)
    one_more = {"OpenIDConnectProviderArn": provider.arn, "Tags": [{"Key": "k50", "Value": "v"}]}
    assert aws.error(aws.iam.tag_open_id_connect_provider, **one_more) == full


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
