"""The account's preference for tokens of STS's global endpoint."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import Text
from fake_iam.control.nouns.noun import Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.account.token_preferences import VERSIONS, TokenPreferences


def _plant(planting: Planting, placed: Placed) -> None:
    planting.do(placed, "SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion=placed.value)


NOUN: Final = Noun(
    name="token_preferences",
    title="Token preferences",
    about="Which version the tokens of STS's global endpoint are of. GetAccountSummary shows it.",
    rows=(TokenPreferences,),
    operations=("iam.account.token_preferences",),
    conformance=("token_preferences",),
    seed=Seed(
        field="global_endpoint_token_version",
        meaning="the version of the global endpoint's tokens; v1Token if left out",
        item=lambda date: Text(choices=VERSIONS),
        shape="one",
        plant=_plant,
    ),
    imports=Import(lacks="the version of tokens"),
)
