"""Inline policies of whatever carries some."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.nouns.exports import Export, Exported, policy_document
from fake_iam.control.nouns.fields import PolicyDocument
from fake_iam.control.nouns.noun import Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.policies.inline_policies import InlinePolicy


def _plant(planting: Planting, placed: Placed) -> None:
    word = placed.carrier.word
    owner: dict[str, Any] = {f"{word}Name": placed.carrier.name}
    planting.do(placed, f"Put{word}Policy", **owner, PolicyName=placed.key, PolicyDocument=placed.value)


def _take(export: Export, owner: Exported) -> dict[str, Any]:
    listed = owner.detail.get(f"{owner.noun.title()}PolicyList") or ()
    return {policy["PolicyName"]: policy_document(policy["PolicyDocument"]) for policy in listed}


NOUN: Final = Noun(
    name="inline_policy",
    title="Inline policies",
    about="Policies that are part of one user, group or role.",
    rows=(InlinePolicy,),
    operations=("iam.policies.inline_policies", "iam.policies.group_policies", "iam.policies.role_policies"),
    conformance=("inline_policies", "group_policies"),
    seed=Seed(
        field="policies",
        meaning="inline policies: names to documents",
        on=("user", "group"),
        item=lambda date: PolicyDocument(),
        shape="map",
        plant=_plant,
    ),
    imports=Import(take=_take, takes="`UserPolicyList`, `GroupPolicyList`, `RolePolicyList`: names and documents"),
)
