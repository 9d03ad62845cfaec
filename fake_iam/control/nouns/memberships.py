"""Who is in which group."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Text
from fake_iam.control.nouns.exports import Export, Exported
from fake_iam.control.nouns.noun import Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.identities.groups import Membership


def _plant(planting: Planting, placed: Placed) -> None:
    planting.do(placed, "AddUserToGroup", UserName=placed.carrier.name, GroupName=placed.value)


def _take(export: Export, user: Exported) -> Any:
    return user.detail.get("GroupList")


NOUN: Final = Noun(
    name="membership",
    title="Memberships",
    about="That a user is in a group.",
    rows=(Membership,),
    operations=("iam.identities.groups",),
    conformance=("groups",),
    seed=Seed(
        field="groups",
        meaning="the names of the groups it is in",
        on=("user",),
        item=lambda date: Text(),
        plant=_plant,
    ),
    imports=Import(take=_take, takes="`GroupList` of each user"),
)
