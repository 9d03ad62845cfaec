"""Organizations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fake_iam.control.documents.format import ACCOUNT_ID, Field, Flag, ListOf, Moment, Record, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.nouns.fields import PolicyDocument
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain import arns
from fake_iam.domain.account.organization_tree import ControlPolicy, Tree, Unit
from fake_iam.domain.account.organizations import FEATURES, Organization, OrganizationMember
from fake_iam.domain.errors import MalformedPolicyDocument
from fake_iam.domain.ids import IdSource
from fake_iam.domain.policy.document import check_identity_policy

ID: Final = Text(
    pattern=r"o-[a-z0-9]{10,32}", says="an organization's id, o- and 10 to 32 lower-case letters or digits"
)
ROOT_ID: Final = Text(pattern=r"r-[a-z0-9]{4,32}", says="a root's id, r- and 4 to 32 lower-case letters or digits")
UNIT_ID: Final = Text(
    pattern=r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}", says="an organizational unit's id, such as ou-ab12-11111111"
)
TARGET_ID: Final = Text(
    pattern=rf"root|{ROOT_ID.pattern}|{UNIT_ID.pattern}|{ACCOUNT_ID.pattern}",
    says="the word root, or the id of a root, of an organizational unit or of an account",
)
POLICY_ID: Final = Text(
    pattern=r"p-[0-9a-zA-Z_]{8,128}", says="a policy's id, p- and 8 to 128 letters, digits or underscores"
)
ROOT: Final = "root"
UNITS: Final = Record(
    {
        "id": Field(UNIT_ID, "its id", required=True),
        "parent": Field(UNIT_ID, "the id of the unit that it is in; it is right below the root if left out"),
        "accounts": Field(ListOf(ACCOUNT_ID), "the members that are in it"),
    }
)
CONTROL_POLICIES: Final = Record(
    {
        "id": Field(POLICY_ID, "its id; drawn if left out"),
        "name": Field(Text(), "its name", required=True),
        "document": Field(PolicyDocument(), "what it allows and denies", required=True),
        "targets": Field(ListOf(TARGET_ID), "what it hangs on: root, units, accounts; the root if left out"),
    }
)
ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH: Final = 10
POLICY_ID_LENGTH: Final = 8
ROOT_ID_LENGTH: Final = 4


def _item(date: Moment) -> Fields:
    return {
        "id": Field(ID, "its id; drawn if left out"),
        "members": Field(ListOf(ACCOUNT_ID), "the numbers of its member accounts"),
        "delegated_administrators": Field(ListOf(ACCOUNT_ID), "the members that administer IAM for it"),
        "trusted_access": Field(Flag(), "whether Organizations gives IAM trusted access; true if left out"),
        "all_features": Field(Flag(), "whether all features are enabled, not billing alone; true if left out"),
        "features": Field(ListOf(Text(choices=FEATURES)), "the root features that are on; none if left out"),
        "root_id": Field(ROOT_ID, "the id of its root; drawn if left out"),
        "units": Field(ListOf(UNITS), "its organizational units; a member that is in none is right below the root"),
        "service_control_policies": Field(
            ListOf(CONTROL_POLICIES), "what limits everybody in the members, with their root users"
        ),
        "without_full_access": Field(
            ListOf(TARGET_ID),
            "the root, units and accounts that FullAWSAccess does not hang on; it hangs on all if left out",
        ),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, account_id = placed.value, planting.account.id
    members = tuple(values.get("members", ()))
    administrators = tuple(values.get("delegated_administrators", ()))
    for number, administrator in enumerate(administrators):
        if administrator not in members:
            where = (*placed.where, "delegated_administrators", number)
            raise FormatError(where, f"{administrator!r} is none of its members")
    id = values.get("id") or "o-" + planting.ids.text(ID_ALPHABET, ID_LENGTH)
    organization = Organization(
        id=id,
        management_account_id=account_id,
        tree=_tree(placed, id, account_id, planting.ids),
        members=members,
        delegated_administrators=administrators,
        trusted_access=values.get("trusted_access", True),
        all_features=values.get("all_features", True),
        features=tuple(feature for feature in FEATURES if feature in values.get("features", ())),
    )
    _refuse_second(planting, placed, organization)
    planting.table(Organization).put(organization.id, organization)


def _enlist(planting: Planting) -> None:
    """Let the accounts of an organization know of it."""
    for _, organization in planting.table(Organization).items():
        for account_id in (organization.management_account_id, *organization.members):
            member = OrganizationMember(organization.id, organization.management_account_id)
            planting.engine.store.account(account_id).table(OrganizationMember).put(account_id, member)


def _refuse_second(planting: Planting, placed: Placed, organization: Organization) -> None:
    """An account is in one organization at the most, and an id is one organization's."""
    for account in planting.engine.store.accounts():
        if account.table(Organization).get(organization.id) is not None:
            raise FormatError((*placed.where, "id"), f"{organization.id!r} is there already")
    for account_id in (organization.management_account_id, *organization.members):
        member = planting.engine.store.account(account_id).table(OrganizationMember).get(account_id)
        if member is not None:
            said = f"account {account_id} is in the organization {member.organization_id} already"
            raise FormatError(placed.where, said)


def _tree(placed: Placed, organization_id: str, account_id: str, ids: IdSource) -> Tree:
    """The tree that a seed tells, if every id in it is one of the organization's. Raises FormatError."""
    values, where = placed.value, placed.where
    units = tuple(
        Unit(each["id"], each.get("parent"), tuple(each.get("accounts", ()))) for each in values.get("units", ())
    )
    _check_units(units, values.get("members", ()), where)
    root_id = values.get("root_id") or "r-" + ids.text(ID_ALPHABET, ROOT_ID_LENGTH)
    known = {root_id, account_id, *values.get("members", ()), *(unit.id for unit in units)}

    def targets(given: Sequence[str], at: Where) -> tuple[str, ...]:
        for number, target in enumerate(given):
            if target != ROOT and target not in known:
                raise FormatError((*at, number), f"{target!r} is neither its root nor one of its units and accounts")
        return tuple(root_id if target == ROOT else target for target in given)

    def policy(each: Mapping[str, Any], at: Where) -> ControlPolicy:
        _check_document(each["document"], placed.carrier.partition, (*at, "document"))
        id = each.get("id") or "p-" + ids.text(ID_ALPHABET, POLICY_ID_LENGTH)
        arn = arns.control_policy(placed.carrier.partition, account_id, organization_id, id)
        hangs_on = targets(each.get("targets", [ROOT]), (*at, "targets"))
        return ControlPolicy(id, each["name"], arn, each["document"], hangs_on)

    declared = values.get("service_control_policies", ())
    policies = tuple(policy(each, (*where, "service_control_policies", at)) for at, each in enumerate(declared))
    without = targets(values.get("without_full_access", ()), (*where, "without_full_access"))
    for target in without:
        if not any(target in each.targets for each in policies):
            at = (*where, "without_full_access")
            raise FormatError(at, f"{target!r} would have no service control policy left, which AWS does not allow")
    return Tree(root_id, units, policies, without)


def _check_units(units: Sequence[Unit], members: Sequence[str], where: Where) -> None:
    """Each unit is below units that stand before it, each account in one unit at the most. Raises FormatError."""
    placed: dict[str, str] = {}
    above: set[str] = set()
    for number, unit in enumerate(units):
        at = (*where, "units", number)
        if unit.id in above:
            raise FormatError((*at, "id"), f"{unit.id!r} is there already")
        if unit.parent is not None and unit.parent not in above:
            raise FormatError((*at, "parent"), f"{unit.parent!r} is no unit that stands before it")
        for account_id in unit.accounts:
            if account_id not in members:
                raise FormatError((*at, "accounts"), f"{account_id!r} is none of its members")
            if account_id in placed:
                raise FormatError((*at, "accounts"), f"{account_id!r} is in {placed[account_id]} already")
            placed[account_id] = unit.id
        above.add(unit.id)


def _check_document(text: str, partition: str, where: Where) -> None:
    """Hold a service control policy to the rules of identity policies, which are its rules, too (assumed)."""
    try:
        check_identity_policy(text, partition=partition, managed=True)
    except MalformedPolicyDocument as problem:
        raise FormatError(where, str(problem)) from None


NOUN: Final = Noun(
    name="organization",
    title="Organizations",
    about=(
        "The organization that an account manages, as far as IAM asks for it: its members, its organizational units, "
        "the service control policies that limit them, and its features for their root users. No operation of IAM "
        "makes one: a seed states it, at its management account, the one account that no such policy limits."
    ),
    rows=(Organization, OrganizationMember),
    operations=("iam.account.organizations",),
    conformance=("organizations",),
    derived=(OrganizationMember,),
    derive=_enlist,
    seed=Seed(
        field="organization",
        meaning="the organization that the account manages",
        item=_item,
        shape="one",
        plant=_plant,
    ),
    imports=Import(lacks="the organization"),
)
