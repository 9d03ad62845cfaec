"""Groups."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, Moment, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, by_name
from fake_iam.control.nouns.exports import Export, Exported, given
from fake_iam.control.nouns.fields import ID, PATH
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting
from fake_iam.domain.identities.groups import Group
from fake_iam.domain.identities.users import name_key


def _item(date: Moment) -> Fields:
    return {
        "name": Field(Text(), "its name", required=True),
        "id": ID,
        "path": PATH,
        "created": Field(date, "when it was created; now if left out"),
    }


def _plant(planting: Planting, placed: Placed) -> Carrier:
    values, groups = placed.value, planting.table(Group)
    group_id = values.get("id")
    if group_id is not None and groups.get(group_id):
        raise FormatError((*placed.where, "id"), f"{group_id!r} is there already")
    planting.do(placed, "CreateGroup", GroupName=values["name"], Path=values.get("path"))
    group = groups.find("name", name_key(values["name"]))
    assert group is not None
    if group_id is not None:
        groups.delete(group.id)
    group = planting.change(group_id or group.id, group, id=group_id, created_at=values.get("created"))
    return Carrier("group", group.id, group.name, group.partition)


def _take(export: Export, account: Exported) -> list[dict[str, Any]]:
    """The groups of the details, and those that only their members name."""
    found: dict[str, dict[str, Any]] = {}
    for entry in export.entries("GroupDetailList"):
        name = entry["GroupName"]
        found[name] = {
            "name": name,
            **given(id=entry.get("GroupId"), path=entry.get("Path"), created=entry.get("CreateDate")),
            **export.children(Exported("group", name, entry)),
        }
    for user in export.entries("UserDetailList"):
        for name in user.get("GroupList") or ():
            found.setdefault(name, {"name": name})
    return [found[name] for name in sorted(found)]


NOUN: Final = Noun(
    name="group",
    title="Groups",
    about="Groups of users. Policies hang on a group; who is in it is said of each user.",
    rows=(Group,),
    operations=("iam.identities.groups",),
    conformance=("groups",),
    seed=Seed(field="groups", meaning="the groups", item=_item, plant=_plant),
    dates=Dates(
        thing="group",
        by="its name",
        kind=Group,
        dates={"created": Date(attribute="created_at", meaning="when it was created")},
        find=by_name(Group),
        missing="group",
    ),
    imports=Import(
        take=_take,
        takes="names, ids, paths and dates of `GroupDetailList`; groups that only their members name, too",
        sections=("GroupDetailList",),
    ),
)
