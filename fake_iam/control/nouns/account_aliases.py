"""The account's alias."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Text
from fake_iam.control.nouns.noun import Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.account.account_aliases import AccountAlias


def _plant(planting: Planting, placed: Placed) -> None:
    planting.do(placed, "CreateAccountAlias", AccountAlias=placed.value)


NOUN: Final = Noun(
    name="account_alias",
    title="Account aliases",
    about="What the account may be called instead of its number.",
    rows=(AccountAlias,),
    operations=("iam.account.account_aliases",),
    conformance=("account_aliases",),
    seed=Seed(field="alias", meaning="the account's alias", item=lambda date: Text(), shape="one", plant=_plant),
    imports=Import(lacks="the account's alias"),
)
