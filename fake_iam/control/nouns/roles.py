"""Roles."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.control.documents.format import Field, ListOf, Moment, Number, Record, Text
from fake_iam.control.documents.problems import FormatError
from fake_iam.control.nouns.dates import Date, Dates, by_name
from fake_iam.control.nouns.exports import Export, Exported, given, policy_document, tags
from fake_iam.control.nouns.fields import ID, PATH, TAGS, PolicyDocument
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Carrier, Placed, Planting, tag_members
from fake_iam.domain.identities.roles import SERVICE_LINKED_PATH, LinkedResources, Role, RoleUse
from fake_iam.domain.identities.users import name_key


def _item(date: Moment) -> Fields:
    last_used = Record(
        {
            "date": Field(date, "when a session of it last signed", required=True),
            "region": Field(Text(), "where; unknown if left out"),
        }
    )
    linked = Record(
        {
            "region": Field(Text(shape="RegionNameType"), "the region in which they are", required=True),
            "resources": Field(ListOf(Text(shape="arnType")), "their ARNs", required=True),
        }
    )
    return {
        "name": Field(Text(shape="roleNameType"), "the role name", required=True),
        "id": ID,
        "path": PATH,
        "created": Field(date, "when it was created; now if left out"),
        "trust_policy": Field(PolicyDocument(), "who may assume it", required=True),
        "description": Field(Text(shape="roleDescriptionType"), "none if left out"),
        "max_session_duration": Field(Number(3600, 43_200), "the longest session in seconds; 3600 if left out"),
        "permissions_boundary": Field(Text(shape="arnType"), "the ARN of a policy"),
        "tags": TAGS,
        "last_used": Field(last_used, "when and where a session of it last signed; never if left out"),
        "linked_resources": Field(
            ListOf(linked), "what a service uses its service-linked role for, which cannot be deleted then"
        ),
    }


def _plant(planting: Planting, placed: Placed) -> Carrier:
    values, roles = placed.value, planting.table(Role)
    role_id, use = values.get("id"), values.get("last_used")
    if role_id is not None and roles.get(role_id):
        raise FormatError((*placed.where, "id"), f"{role_id!r} is there already")
    linked = tuple(
        LinkedResources(each["region"], tuple(each["resources"])) for each in values.get("linked_resources", ())
    )
    if linked and not values.get("path", "/").startswith(SERVICE_LINKED_PATH):
        raise FormatError((*placed.where, "linked_resources"), f"only a role below {SERVICE_LINKED_PATH} has some")
    planting.do(
        placed,
        "CreateRole",
        RoleName=values["name"],
        Path=values.get("path"),
        AssumeRolePolicyDocument=values["trust_policy"],
        Description=values.get("description"),
        MaxSessionDuration=values.get("max_session_duration"),
        PermissionsBoundary=values.get("permissions_boundary"),
        Tags=tag_members(values),
    )
    role = roles.find("name", name_key(values["name"]))
    assert role is not None
    if role_id is not None:
        roles.delete(role.id)
    role = planting.change(
        role_id or role.id,
        role,
        id=role_id,
        created_at=values.get("created"),
        last_use=use and RoleUse(use["date"], use.get("region")),
        linked_resources=linked,
    )
    return Carrier("role", role.id, role.name, role.partition)


def _take(export: Export, account: Exported) -> list[dict[str, Any]]:
    found = []
    for entry in export.entries("RoleDetailList"):
        if "AssumeRolePolicyDocument" in entry:
            found.append(_taken(export, Exported("role", entry["RoleName"], entry)))
        else:
            export.notes.append(f"the role {entry['RoleName']} has no trust policy in the details and is left out")
    return found


def _taken(export: Export, role: Exported) -> dict[str, Any]:
    detail = role.detail
    boundary, use = detail.get("PermissionsBoundary") or {}, detail.get("RoleLastUsed") or {}
    return {
        "name": role.name,
        "trust_policy": policy_document(detail["AssumeRolePolicyDocument"]),
        **given(
            id=detail.get("RoleId"),
            path=detail.get("Path"),
            created=detail.get("CreateDate"),
            tags=tags(detail),
            permissions_boundary=boundary.get("PermissionsBoundaryArn"),
            last_used=given(date=use.get("LastUsedDate"), region=use.get("Region")),
        ),
        **export.children(role),
    }


NOUN: Final = Noun(
    name="role",
    title="Roles",
    about="Roles, with their trust policy, tags and permissions boundary. Inline and attached policies hang on a role.",
    rows=(Role,),
    operations=("iam.identities.roles", "iam.policies.role_policies"),
    conformance=("roles",),
    seed=Seed(field="roles", meaning="the roles", item=_item, plant=_plant),
    carries=("inline_policy", "attachment"),
    dates=Dates(
        thing="role",
        by="its name",
        kind=Role,
        dates={"created": Date(attribute="created_at", meaning="when it was created")},
        find=by_name(Role),
        missing="role",
    ),
    imports=Import(
        take=_take,
        takes="names, ids, paths, dates, trust policies, tags, boundaries and last uses of `RoleDetailList`",
        sections=("RoleDetailList",),
        lacks="descriptions and longest sessions of roles",
    ),
)
