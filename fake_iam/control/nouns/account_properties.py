"""Account properties."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Text
from fake_iam.control.nouns.noun import Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.account.account_properties import AccountProperty


def _plant(planting: Planting, placed: Placed) -> None:
    planting.do(placed, "PutAccountProperties", Properties={placed.key: placed.value})


NOUN: Final = Noun(
    name="account_property",
    title="Account properties",
    about=(
        "Settings of IAM's features for the whole account, such as `RoleManager/Enabled`. It takes a botocore that "
        "knows the operations."
    ),
    rows=(AccountProperty,),
    operations=("iam.account.account_properties",),
    conformance=("account_properties",),
    seed=Seed(
        field="account_properties",
        meaning="the properties, keys to values, which are the texts true and false",
        item=lambda date: Text(),
        shape="map",
        plant=_plant,
    ),
    imports=Import(lacks="account properties"),
)
