"""Outbound web identity federation."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Field, Flag, Moment, Text
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.account.outbound_federation import OutboundFederation

ISSUER: Final = Text(pattern=r"https://[\w.~:/-]+", says="a URL that begins with https://")


def _item(date: Moment) -> Fields:
    return {
        "issuer": Field(ISSUER, "the URL of the account's issuer; drawn if left out"),
        "enabled": Field(Flag(), "whether it is enabled; true if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, account_id = placed.value, planting.account.id
    planting.do(placed, "EnableOutboundWebIdentityFederation")
    federation = planting.table(OutboundFederation).get(account_id)
    planting.change(account_id, federation, issuer=values.get("issuer"), enabled=values.get("enabled"))


NOUN: Final = Noun(
    name="outbound_federation",
    title="Outbound web identity federation",
    about=(
        "Whether the account's principals may have tokens that prove to other parties who they are, and the issuer of "
        "these tokens. It takes a botocore that knows the operations."
    ),
    rows=(OutboundFederation,),
    operations=("iam.account.outbound_federation",),
    conformance=("outbound_federation",),
    seed=Seed(
        field="outbound_web_identity_federation",
        meaning="the federation, which was enabled at some time",
        item=_item,
        shape="one",
        plant=_plant,
    ),
    imports=Import(lacks="outbound web identity federation"),
)
