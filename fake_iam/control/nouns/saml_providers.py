"""SAML providers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fake_iam.control.documents.format import Field, ListOf, Moment, Record, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.fields import TAGS
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting, tag_members
from fake_iam.domain import arns
from fake_iam.domain.providers.saml_providers import ALLOWED, REQUIRED, SamlProvider, a_century_after


def _item(date: Moment) -> Fields:
    private_key = Record(
        {
            "pem": Field(Text(secret=True), "the key in PEM", required=True),
            "uploaded": Field(date, "when it was uploaded; now if left out"),
        }
    )
    return {
        "name": Field(Text(shape="SAMLProviderNameType"), "its name", required=True),
        "id": Field(Text(shape="privateKeyIdType"), "its UUID, SAMLSP...; drawn if left out"),
        "metadata": Field(Text(shape="SAMLMetadataDocumentType"), "its metadata document", required=True),
        "encryption_mode": Field(Text(choices=(REQUIRED, ALLOWED)), "Required or Allowed; Allowed if left out"),
        "private_keys": Field(ListOf(private_key), "the keys that decrypt assertions, two at the most"),
        "created": Field(date, "when it was created; now if left out"),
        "valid_until": Field(
            replace(date, past=False), "until when it is valid; a hundred years from its creation if left out"
        ),
        "tags": TAGS,
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, providers = placed.value, planting.table(SamlProvider)
    provider_id, created = values.get("id"), values.get("created", planting.now)
    if any(provider.id == provider_id for _, provider in providers.items()):
        raise FormatError((*placed.where, "id"), f"{provider_id!r} is there already")
    keys = values.get("private_keys", [])
    planting.do(
        placed,
        "CreateSAMLProvider",
        Name=values["name"],
        SAMLMetadataDocument=values["metadata"],
        Tags=tag_members(values),
    )
    arn = arns.saml_provider(placed.carrier.partition, planting.account.id, values["name"])
    for number, key in enumerate(keys):
        at = ("private_keys", number)
        planting.do(placed, "UpdateSAMLProvider", at=at, SAMLProviderArn=arn, AddPrivateKey=key["pem"])
    if "encryption_mode" in values:
        mode = values["encryption_mode"]
        planting.do(placed, "UpdateSAMLProvider", SAMLProviderArn=arn, AssertionEncryptionMode=mode)
    provider = providers.get(arn)
    assert provider is not None
    uploaded = tuple(
        replace(kept, uploaded_at=key.get("uploaded", planting.now))
        for kept, key in zip(provider.private_keys, keys, strict=True)
    )
    planting.change(
        arn,
        provider,
        id=provider_id,
        private_keys=uploaded,
        created_at=created,
        valid_until=values.get("valid_until", a_century_after(created)),
    )


NOUN: Final = Noun(
    name="saml_provider",
    title="SAML providers",
    about="SAML identity providers that the account trusts, by the metadata that they publish.",
    rows=(SamlProvider,),
    operations=("iam.providers.saml_providers",),
    conformance=("saml_providers",),
    seed=Seed(field="saml_providers", meaning="the SAML providers", item=_item, plant=_plant),
    dates=Dates(
        thing="saml_provider",
        by="its ARN",
        kind=SamlProvider,
        dates={
            "created": Date(attribute="created_at", meaning="when it was created"),
            "valid_until": Date(
                attribute="valid_until",
                meaning="until when it is valid",
                kind=lambda date: replace(date, past=False),
            ),
        },
        find=by_key(SamlProvider),
        missing="SAML provider",
        follows=(("created", "valid_until"),),
    ),
    imports=Import(lacks="SAML providers"),
)
