"""OpenID Connect providers."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Field, ListOf, Moment, Text
from fake_iam.control.federation.key_sets import KeySet, LoopbackUrl
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.fields import TAGS
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting, tag_members
from fake_iam.domain import arns
from fake_iam.domain.providers.oidc_providers import OidcProvider


def _item(date: Moment) -> Fields:
    return {
        "url": Field(Text(shape="OpenIDConnectProviderUrlType"), "its URL, with https://", required=True),
        "client_ids": Field(ListOf(Text(shape="clientIDType")), "the client ids, or audiences"),
        "thumbprints": Field(ListOf(Text(shape="thumbprintType")), "the thumbprints; one is made up if left out"),
        "jwks": Field(KeySet(), "the keys that verify its tokens: a JWKS document, or its JSON text"),
        "jwks_url": Field(LoopbackUrl(), "where on this machine its JWKS document is found"),
        "created": Field(date, "when it was created; now if left out"),
        "tags": TAGS,
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values = placed.value
    planting.do(
        placed,
        "CreateOpenIDConnectProvider",
        Url=values["url"],
        ClientIDList=values.get("client_ids"),
        ThumbprintList=values.get("thumbprints"),
        Tags=tag_members(values),
    )
    issuer = values["url"].removeprefix("https://")
    arn = arns.oidc_provider(placed.carrier.partition, planting.account.id, issuer)
    provider = planting.table(OidcProvider).get(arn)
    planting.change(
        arn,
        provider,
        created_at=values.get("created"),
        jwks=values.get("jwks"),
        jwks_url=values.get("jwks_url"),
    )


NOUN: Final = Noun(
    name="oidc_provider",
    title="OpenID Connect providers",
    about="OpenID Connect providers that the account trusts. Tokens are verified by the keys that a seed or a control "
    "gives, or by this server's own.",
    rows=(OidcProvider,),
    operations=("iam.providers.oidc_providers",),
    conformance=("oidc_providers",),
    seed=Seed(field="oidc_providers", meaning="the OpenID Connect providers", item=_item, plant=_plant),
    dates=Dates(
        thing="oidc_provider",
        by="its ARN",
        kind=OidcProvider,
        dates={"created": Date(attribute="created_at", meaning="when it was created")},
        find=by_key(OidcProvider),
        missing="OpenID Connect provider",
    ),
    imports=Import(lacks="OpenID Connect providers"),
)
