"""Managed policies that are attached to whatever carries some."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Text
from fake_iam.control.nouns.exports import Export, Exported
from fake_iam.control.nouns.noun import Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.policies.attachments import Attachment
from fake_iam.domain.policies.aws_managed import find_aws_managed
from fake_iam.domain.policies.policy_arns import is_of_aws


def _plant(planting: Planting, placed: Placed) -> None:
    word = placed.carrier.word
    owner: dict[str, Any] = {f"{word}Name": placed.carrier.name}
    planting.do(placed, f"Attach{word}Policy", **owner, PolicyArn=placed.value)


def _take(export: Export, owner: Exported) -> list[str]:
    """The ARNs of those policies that can be attached here."""
    own = {policy["Arn"] for policy in export.entries("Policies")}
    found = []
    for policy in owner.detail.get("AttachedManagedPolicies") or ():
        arn = policy["PolicyArn"]
        if find_aws_managed(arn) if is_of_aws(arn) else arn in own:
            found.append(arn)
        else:
            export.notes.append(f"{owner.name} has {arn} attached, which is not known here and is left out")
    return found


NOUN: Final = Noun(
    name="attachment",
    title="Attached policies",
    about="That a managed policy, of the account or of AWS, is attached to a user, group or role.",
    rows=(Attachment,),
    operations=("iam.policies.attachments", "iam.policies.group_policies", "iam.policies.policy_entities"),
    conformance=("attachments", "group_policies"),
    seed=Seed(
        field="attached_policies",
        meaning="the ARNs of attached managed policies",
        on=("user", "group"),
        item=lambda date: Text(),
        plant=_plant,
    ),
    imports=Import(
        take=_take, takes="`AttachedManagedPolicies`; a policy of AWS that is not known here is left out and named"
    ),
)
