"""Operations on OpenID Connect providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from fake_iam.domain.errors import LimitExceeded
from fake_iam.domain.providers.oidc_providers import (
    THUMBPRINTS,
    OidcProvider,
    issuer_of,
    made_up_thumbprint,
    no_such_provider,
    no_such_provider_to_delete,
    provider_exists,
    too_many_client_ids,
    too_many_thumbprints,
)
from fake_iam.services.context import Context
from fake_iam.services.iam import tagging, views
from fake_iam.services.iam.providers import identity_center
from fake_iam.services.iam.service import IAM
from fake_iam.services.iam.tagging import Tagged


def find_oidc_provider(ctx: Context, arn: str) -> OidcProvider:
    """The provider of that ARN. Raises NoSuchEntity."""
    provider = ctx.account.table(OidcProvider).get(arn)
    if provider is None:
        raise no_such_provider(arn)
    return provider


TAGS: Final = Tagged(OidcProvider, key=attrgetter("arn"), find=find_oidc_provider, as_set=True)


def keep(ctx: Context, provider: OidcProvider) -> None:
    """Put a changed provider in place of what it was."""
    ctx.account.table(OidcProvider).put(provider.arn, provider)


def check_lists(ctx: Context, client_ids: Sequence[str], thumbprints: Sequence[str]) -> None:
    """Raises LimitExceeded, InvalidInput for more client ids or thumbprints than a provider may have."""
    if len(client_ids) > ctx.quotas.client_ids_per_oidc_provider:
        raise too_many_client_ids(ctx.quotas.client_ids_per_oidc_provider)
    if len(thumbprints) > THUMBPRINTS:
        raise too_many_thumbprints()


@IAM.operation("CreateOpenIDConnectProvider")
def create_open_id_connect_provider(
    ctx: Context,
    *,
    url: str,
    client_id_list: Sequence[str] = (),
    thumbprint_list: Sequence[str] = (),
    tags: Sequence[Mapping[str, str]] = (),
    context_provider: Mapping[str, Any] | None = None,
    identity_center_instance_arn: str | None = None,
) -> dict[str, Any]:
    """Trust a provider. Without thumbprints it gets one that is made up here; AWS fetches the provider's own."""
    issuer = issuer_of(url)
    given = tagging.given(tags)
    check_lists(ctx, client_id_list, thumbprint_list)
    providers = ctx.account.table(OidcProvider)
    provider = OidcProvider(
        account_id=ctx.account.id,
        issuer=issuer,
        created_at=ctx.now,
        client_ids=tuple(dict.fromkeys(client_id_list)),
        thumbprints=tuple(thumbprint_list) or (made_up_thumbprint(issuer),),
        tags=given,
        partition=ctx.partition,
    )
    if providers.get(provider.arn) is not None:
        raise provider_exists(url)
    if len(providers) >= ctx.quotas.oidc_providers_per_account:
        raise LimitExceeded.quota("OpenIdConnectProvidersPerAccount", ctx.quotas.oidc_providers_per_account)
    keep(ctx, identity_center.changed(provider, context_provider, identity_center_instance_arn))
    return {"OpenIDConnectProviderArn": provider.arn, "Tags": views.tag_list(given) or None}


@IAM.operation("GetOpenIDConnectProvider")
def get_open_id_connect_provider(ctx: Context, *, open_id_connect_provider_arn: str) -> dict[str, Any]:
    """Show a provider, its URL without the scheme (recorded)."""
    provider = find_oidc_provider(ctx, open_id_connect_provider_arn)
    return {
        "Url": provider.issuer,
        "ClientIDList": list(provider.client_ids),
        "ThumbprintList": list(provider.thumbprints),
        "CreateDate": provider.created_at,
        "Tags": views.tag_list(provider.tags),
        **identity_center.shown(provider),
    }


@IAM.operation("ListOpenIDConnectProviders")
def list_open_id_connect_providers(ctx: Context) -> dict[str, Any]:
    """List the ARNs of all providers, the older first (assumed), on one page (recorded)."""
    rows = [provider for _, provider in ctx.account.table(OidcProvider).items()]
    return {"OpenIDConnectProviderList": [{"Arn": provider.arn} for provider in rows]}


@IAM.operation("AddClientIDToOpenIDConnectProvider")
def add_client_id_to_open_id_connect_provider(
    ctx: Context, *, open_id_connect_provider_arn: str, client_id: str
) -> None:
    """Add a client id; one that is there changes nothing (documented)."""
    provider = find_oidc_provider(ctx, open_id_connect_provider_arn)
    client_ids = tuple(dict.fromkeys((*provider.client_ids, client_id)))
    check_lists(ctx, client_ids, provider.thumbprints)
    keep(ctx, replace(provider, client_ids=client_ids))


@IAM.operation("RemoveClientIDFromOpenIDConnectProvider")
def remove_client_id_from_open_id_connect_provider(
    ctx: Context, *, open_id_connect_provider_arn: str, client_id: str
) -> None:
    """Take a client id away; that it is not there is no error (documented)."""
    provider = find_oidc_provider(ctx, open_id_connect_provider_arn)
    keep(ctx, replace(provider, client_ids=tuple(each for each in provider.client_ids if each != client_id)))


@IAM.operation("UpdateOpenIDConnectProviderThumbprint")
def update_open_id_connect_provider_thumbprint(
    ctx: Context, *, open_id_connect_provider_arn: str, thumbprint_list: Sequence[str]
) -> None:
    """Put other thumbprints in place of all that there are."""
    provider = find_oidc_provider(ctx, open_id_connect_provider_arn)
    check_lists(ctx, provider.client_ids, thumbprint_list)
    keep(ctx, replace(provider, thumbprints=tuple(thumbprint_list)))


@IAM.operation("UpdateOpenIDConnectProvider")
def update_open_id_connect_provider(
    ctx: Context,
    *,
    open_id_connect_provider_arn: str,
    context_provider: Mapping[str, Any] | None = None,
    identity_center_instance_arn: str | None = None,
    remove_context_provider: bool | None = None,
    remove_identity_center_instance: bool | None = None,
) -> None:
    """Change or remove the context provider and the Identity Center instance; what is not named stays."""
    provider = find_oidc_provider(ctx, open_id_connect_provider_arn)
    updated = identity_center.changed(
        provider,
        context_provider,
        identity_center_instance_arn,
        remove_context_provider,
        remove_identity_center_instance,
    )
    keep(ctx, updated)


@IAM.operation("DeleteOpenIDConnectProvider")
def delete_open_id_connect_provider(ctx: Context, *, open_id_connect_provider_arn: str) -> None:
    """Trust a provider no more; roles that name it are not looked at (documented)."""
    providers = ctx.account.table(OidcProvider)
    if providers.get(open_id_connect_provider_arn) is None:
        raise no_such_provider_to_delete(open_id_connect_provider_arn)
    providers.delete(open_id_connect_provider_arn)


@IAM.operation("TagOpenIDConnectProvider")
def tag_open_id_connect_provider(
    ctx: Context, *, open_id_connect_provider_arn: str, tags: Sequence[Mapping[str, str]]
) -> None:
    """Add tags to a provider; a key that is there takes the new value and spelling."""
    tagging.add(ctx, TAGS, open_id_connect_provider_arn, tags)


@IAM.operation("UntagOpenIDConnectProvider")
def untag_open_id_connect_provider(ctx: Context, *, open_id_connect_provider_arn: str, tag_keys: Sequence[str]) -> None:
    """Take tags off a provider; keys that are not there are passed over."""
    tagging.remove(ctx, TAGS, open_id_connect_provider_arn, tag_keys)


@IAM.operation("ListOpenIDConnectProviderTags")
def list_open_id_connect_provider_tags(
    ctx: Context, *, open_id_connect_provider_arn: str, marker: str | None = None, max_items: int | None = None
) -> dict[str, Any]:
    """List a provider's tags in the order in which their keys were first set."""
    return tagging.listed(ctx, TAGS, open_id_connect_provider_arn, "ListOpenIDConnectProviderTags", marker, max_items)
