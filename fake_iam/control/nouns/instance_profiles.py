"""Instance profiles."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, by_name
from fake_iam.control.nouns.exports import Export, Exported, given
from fake_iam.control.nouns.fields import ID, PATH, TAGS
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting, tag_members
from fake_iam.domain.identities.instance_profiles import InstanceProfile
from fake_iam.domain.identities.users import name_key


def _item(date: Moment) -> Fields:
    return {
        "name": Field(Text(shape="instanceProfileNameType"), "its name", required=True),
        "id": ID,
        "path": PATH,
        "created": Field(date, "when it was created; now if left out"),
        "role": Field(Text(shape="roleNameType"), "the name of the role in it; none if left out"),
        "tags": TAGS,
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, profiles = placed.value, planting.table(InstanceProfile)
    profile_id, named = values.get("id"), {"InstanceProfileName": values["name"]}
    if profile_id is not None and profiles.get(profile_id):
        raise FormatError((*placed.where, "id"), f"{profile_id!r} is there already")
    planting.do(placed, "CreateInstanceProfile", **named, Path=values.get("path"), Tags=tag_members(values))
    if "role" in values:
        planting.do(placed, "AddRoleToInstanceProfile", at=("role",), **named, RoleName=values["role"])
    profile = profiles.find("name", name_key(values["name"]))
    assert profile is not None
    if profile_id is not None:
        profiles.delete(profile.id)
    planting.change(profile_id or profile.id, profile, id=profile_id, created_at=values.get("created"))


def _take(export: Export, account: Exported) -> list[dict[str, Any]]:
    """Those that the roles of the details are in, each once."""
    found: dict[str, dict[str, Any]] = {}
    for role in export.entries("RoleDetailList"):
        for entry in role.get("InstanceProfileList") or ():
            found[entry["InstanceProfileName"]] = {
                "name": entry["InstanceProfileName"],
                "role": role["RoleName"],
                **given(id=entry.get("InstanceProfileId"), path=entry.get("Path"), created=entry.get("CreateDate")),
            }
    return [found[name] for name in sorted(found)]


NOUN: Final = Noun(
    name="instance_profile",
    title="Instance profiles",
    about="Instance profiles, each with a role in it or none.",
    rows=(InstanceProfile,),
    operations=("iam.identities.instance_profiles",),
    conformance=("instance_profiles",),
    seed=Seed(field="instance_profiles", meaning="the instance profiles", item=_item, plant=_plant),
    dates=Dates(
        thing="instance_profile",
        by="its name",
        kind=InstanceProfile,
        dates={"created": Date(attribute="created_at", meaning="when it was created")},
        find=by_name(InstanceProfile),
        missing="instance profile",
        begins="created",
    ),
    imports=Import(
        take=_take,
        takes="names, ids, paths and dates of those that a role of `RoleDetailList` is in",
        lacks="instance profiles without a role, and the tags of all",
    ),
)
