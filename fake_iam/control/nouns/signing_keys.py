"""The keys with which this server signs in an identity provider's place: dumps with secrets have them."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.documents.moments import write_moment
from fake_iam.control.nouns.noun import Dumping, Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain.providers.signing_keys import SigningKey


def _item(date: Moment) -> Fields:
    return {
        "issuer": Field(Text(), "the provider's URL without https://, or its SAML entity id", required=True),
        "id": Field(Text(), "what tokens name the key by", required=True),
        "certificate": Field(Text(), "its certificate in PEM, or the public key of an account's issuer", required=True),
        "pem": Field(Text(secret=True), "the private key in PEM", required=True),
        "created": Field(date, "when it was made; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values = placed.value
    key = SigningKey(
        id=values["id"],
        account_id=planting.account.id,
        issuer=values["issuer"],
        created_at=values.get("created", planting.now),
        certificate=values["certificate"],
        pem=values["pem"],
    )
    planting.table(SigningKey).put(key.issuer, key)


def _spell(dumping: Dumping, account: Carrier) -> list[dict[str, Any]] | None:
    """Nothing without secrets: others are made when they are needed."""
    if not dumping.secrets:
        return None
    return [_spelt(key) for _, key in dumping.account.table(SigningKey).items()] or None


def _spelt(key: SigningKey) -> dict[str, Any]:
    return {
        "issuer": key.issuer,
        "id": key.id,
        "certificate": key.certificate,
        "pem": key.pem,
        "created": write_moment(key.created_at),
    }


NOUN: Final = Noun(
    name="signing_key",
    title="Signing keys",
    about="The keys with which this server signs tokens and assertions in an identity provider's place, and tokens "
    "of GetWebIdentityToken. One is made when it is first needed.",
    rows=(SigningKey,),
    operations=("sts.web_identities", "sts.saml_identities", "sts.outbound_tokens"),
    conformance=("web_identities", "saml_identities", "outbound_tokens"),
    seed=Seed(field="signing_keys", meaning="keys that sign for identity providers (dumps)", item=_item, plant=_plant),
    spell=_spell,
    imports=Import(lacks="the keys of identity providers"),
)
