"""Organizations."""

from __future__ import annotations

from typing import Final

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Flag, ListOf, Moment, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.account.organizations import FEATURES, Organization

ID: Final = Text(
    pattern=r"o-[a-z0-9]{10,32}", says="an organization's id, o- and 10 to 32 lower-case letters or digits"
)
ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH: Final = 10


def _item(date: Moment) -> Fields:
    return {
        "id": Field(ID, "its id; drawn if left out"),
        "members": Field(ListOf(ACCOUNT_ID), "the numbers of its member accounts"),
        "delegated_administrators": Field(ListOf(ACCOUNT_ID), "the members that administer IAM for it"),
        "trusted_access": Field(Flag(), "whether Organizations gives IAM trusted access; true if left out"),
        "all_features": Field(Flag(), "whether all features are enabled, not billing alone; true if left out"),
        "features": Field(ListOf(Text(choices=FEATURES)), "the root features that are on; none if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, account_id = placed.value, planting.account.id
    members = tuple(values.get("members", ()))
    administrators = tuple(values.get("delegated_administrators", ()))
    for number, administrator in enumerate(administrators):
        if administrator not in members:
            where = (*placed.where, "delegated_administrators", number)
            raise FormatError(where, f"{administrator!r} is none of its members")
    organization = Organization(
        id=values.get("id") or "o-" + planting.ids.text(ID_ALPHABET, ID_LENGTH),
        management_account_id=account_id,
        members=members,
        delegated_administrators=administrators,
        trusted_access=values.get("trusted_access", True),
        all_features=values.get("all_features", True),
        features=tuple(feature for feature in FEATURES if feature in values.get("features", ())),
    )
    _refuse_second(planting, placed, organization)
    planting.table(Organization).put(organization.id, organization)


def _refuse_second(planting: Planting, placed: Placed, organization: Organization) -> None:
    """An account is in one organization at the most, and an id is one organization's."""
    for account in planting.engine.store.accounts():
        for _, other in account.table(Organization).items():
            if other.id == organization.id:
                raise FormatError((*placed.where, "id"), f"{other.id!r} is there already")
            for account_id in (organization.management_account_id, *organization.members):
                if other.includes(account_id):
                    raise FormatError(placed.where, f"account {account_id} is in the organization {other.id} already")


NOUN: Final = Noun(
    name="organization",
    title="Organizations",
    about=(
        "The organization that an account manages, as far as IAM asks for it: its members, and its features for their "
        "root users. No operation of IAM makes one: a seed states it, at its management account."
    ),
    rows=(Organization,),
    operations=("iam.account.organizations",),
    conformance=("organizations",),
    seed=Seed(
        field="organization",
        meaning="the organization that the account manages",
        item=_item,
        shape="one",
        plant=_plant,
    ),
    imports=Import(lacks="the organization"),
)
