"""Managed policies of the account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, ListOf, Moment, Record, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, by_key
from fake_iam.control.nouns.exports import Export, Exported, given, policy_document
from fake_iam.control.nouns.fields import ID, PATH, TAGS, PolicyDocument
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting, tag_members
from fake_iam.domain.identities.users import name_key
from fake_iam.domain.policies.managed_policies import ManagedPolicy, PolicyVersion
from fake_iam.domain.policies.policy_arns import is_of_aws

VERSION_ID: Final = Text(pattern=r"v[1-9]\d{0,8}", says="a version's id, such as v2")


def _item(date: Moment) -> Fields:
    version = Record(
        {
            "id": Field(VERSION_ID, "v1, v2 and so on; counted if left out"),
            "document": Field(PolicyDocument(), "the policy document", required=True),
            "default": Field(Flag(), "whether it is the one in force; the first is if none says so"),
            "created": Field(date, "when it was made; now if left out"),
        }
    )
    return {
        "name": Field(Text(), "its name", required=True),
        "id": ID,
        "path": PATH,
        "description": Field(Text(), "none if left out"),
        "document": Field(PolicyDocument(), "the policy document; needed unless there are versions"),
        "versions": Field(ListOf(version), "all its versions instead, within the quota, the oldest first"),
        "tags": TAGS,
        "created": Field(date, "when it was created; now if left out"),
        "updated": Field(date, "when its latest version was made; created if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, where = placed.value, placed.where
    versions = values.get("versions") or [values]
    if "document" not in versions[0]:
        raise FormatError((*where, "document"), "is missing")
    planting.do(
        placed,
        "CreatePolicy",
        PolicyName=values["name"],
        Path=values.get("path"),
        Description=values.get("description"),
        PolicyDocument=versions[0]["document"],
        Tags=tag_members(values),
    )
    created = values.get("created", planting.now)
    policy = planting.table(ManagedPolicy).find("name", name_key(values["name"]))
    assert policy is not None
    for number, version in enumerate(versions[1:], 1):
        at = ("versions", number)
        planting.do(placed, "CreatePolicyVersion", at=at, PolicyArn=policy.arn, PolicyDocument=version["document"])
    kept = planting.table(ManagedPolicy).get(policy.arn)
    assert kept is not None
    kept = _with_versions(kept, values.get("versions") or [{"created": created}], placed)
    dated = replace(kept, created_at=created, updated_at=values.get("updated", created))
    planting.change(policy.arn, dated, id=values.get("id"))


def _with_versions(policy: ManagedPolicy, given: list[Mapping[str, Any]], placed: Placed) -> ManagedPolicy:
    """The policy with the ids, dates and default of the seed's versions."""
    at = (*placed.where, "versions")
    versions: list[PolicyVersion] = []
    for number, (version, said) in enumerate(zip(policy.versions, given, strict=True)):
        last = int(versions[-1].id[1:]) if versions else 0
        version_id = said.get("id", f"v{last + 1}")
        if int(version_id[1:]) <= last:
            raise FormatError((*at, number, "id"), f"{version_id!r} does not come after {versions[-1].id}")
        versions.append(replace(version, id=version_id, created_at=said.get("created", version.created_at)))
    defaults = [version.id for version, said in zip(versions, given, strict=True) if said.get("default")]
    if len(defaults) > 1:
        raise FormatError(at, f"{' and '.join(defaults)} are both the default; one version can be")
    return replace(
        policy,
        versions=tuple(versions),
        versions_made=int(versions[-1].id[1:]),
        default_version_id=defaults[0] if defaults else versions[0].id,
    )


def _take(export: Export, account: Exported) -> list[dict[str, Any]]:
    own = [policy for policy in export.entries("Policies") if not is_of_aws(policy["Arn"])]
    return [_taken(policy) for policy in sorted(own, key=lambda policy: str(policy["Arn"]))]


def _taken(policy: Mapping[str, Any]) -> dict[str, Any]:
    listed = sorted(policy.get("PolicyVersionList") or (), key=lambda version: int(version["VersionId"][1:]))
    versions = [
        given(
            id=version["VersionId"],
            document=policy_document(version["Document"]),
            default=version.get("IsDefaultVersion", False) or None,
            created=version.get("CreateDate"),
        )
        for version in listed
    ]
    plain = len(versions) == 1 and versions[0]["id"] == "v1"
    return {
        "name": policy["PolicyName"],
        **given(
            id=policy.get("PolicyId"),
            path=policy.get("Path"),
            description=policy.get("Description"),
            created=policy.get("CreateDate"),
            updated=policy.get("UpdateDate"),
            document=versions[0]["document"] if plain else None,
            versions=None if plain else versions,
        ),
    }


NOUN: Final = Noun(
    name="policy",
    title="Managed policies",
    about="The account's own managed policies; those of AWS are there from the start.",
    rows=(ManagedPolicy,),
    operations=("iam.policies.managed_policies", "iam.policies.policy_versions", "iam.policies.policy_tags"),
    conformance=("managed_policies", "policy_versions", "policy_documents", "policy_tags"),
    seed=Seed(field="policies", meaning="the managed policies", item=_item, plant=_plant),
    dates=Dates(
        thing="policy",
        by="its ARN",
        kind=ManagedPolicy,
        dates={
            "created": Date(attribute="created_at", meaning="when it was created"),
            "updated": Date(attribute="updated_at", meaning="when it was last updated"),
        },
        find=by_key(ManagedPolicy),
        missing="policy",
        follows=(("created", "updated"),),
    ),
    imports=Import(
        take=_take,
        takes="names, ids, paths, dates and all versions of `Policies`, but for those of AWS",
        sections=("Policies",),
        lacks="the tags of policies",
    ),
)
