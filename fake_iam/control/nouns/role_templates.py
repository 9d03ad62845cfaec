"""Role templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fake_iam.control.documents.format import Field, Flag, ListOf, MapOf, Moment, Number, Record, Text
from fake_iam.control.documents.problems import FormatError, Where
from fake_iam.control.nouns.fields import PolicyDocument
from fake_iam.control.nouns.noun import Fields, Import, Noun, Seed
from fake_iam.control.nouns.planting import Placed, Planting
from fake_iam.domain.identities.role_templates import RoleTemplate, TemplatePolicy, TemplateVersion
from fake_iam.domain.identities.template_values import TYPES, TemplateParameter
from fake_iam.domain.ids import ID_ALPHABET
from fake_iam.domain.tags import TAGS_PER_ENTITY, Tag

ID_LENGTH: Final = 21
PARAMETER: Final = Record(
    {
        "name": Field(Text(), "its name", required=True),
        "type": Field(Text(choices=TYPES), "its type; String if left out"),
        "sub_type": Field(Text(), "its subtype, which is shown and not judged"),
        "description": Field(Text(), "what it is"),
        "required": Field(Flag(), "whether AcquireRole needs it; false if left out"),
        "default": Field(Text(), "its value if none is given"),
        "immutable": Field(Flag(), "whether it is said to be immutable; false if left out"),
    }
)


def _item(date: Moment) -> Fields:
    version = Record(
        {
            "minor_version": Field(Number(0, 2**31 - 1), "its number; its place in the list, from 1, if left out"),
            "id": Field(Text(shape="idType"), "its id; drawn if left out"),
            "role_name": Field(Text(), "the name of roles, with placeholders such as @{RoleName}", required=True),
            "trust_policy": Field(PolicyDocument(), "the trust policy of roles", required=True),
            "role_path": Field(Text(), "the path of roles; / if left out"),
            "role_description": Field(Text(), "the description of roles; none if left out"),
            "inline_policies": Field(MapOf(Text(), PolicyDocument()), "the inline policies of roles, by their names"),
            "managed_policies": Field(ListOf(Text(shape="arnType")), "the ARNs of the policies attached to roles"),
            "permissions_boundary": Field(Text(shape="arnType"), "the ARN of a policy"),
            "parameters": Field(ListOf(PARAMETER), "the parameters"),
            "tags": Field(MapOf(Text(), Text(), TAGS_PER_ENTITY), "the tags of roles, keys to values"),
            "max_session_duration": Field(Number(3600, 43_200), "the longest session of roles in seconds"),
            "enabled": Field(Flag(), "whether it makes roles; true if left out"),
            "created": Field(date, "when it was created; now if left out"),
            "updated": Field(date, "when it was updated; when it was created, if left out"),
        }
    )
    return {
        "service": Field(Text(pattern=r"[\w.-]+", says="a service principal"), "whose it is", required=True),
        "name": Field(Text(pattern=r"[\w+=,.-]{1,128}", says="a name of a role template"), "its name", required=True),
        "major_version": Field(Number(1, 2**31 - 1), "its major version; 1 if left out"),
        "description": Field(Text(), "what it is for"),
        "default_minor_version": Field(Number(0, 2**31 - 1), "the default version; the last one if left out"),
        "enabled": Field(Flag(), "whether it makes roles; true if left out"),
        "versions": Field(ListOf(version), "its minor versions", required=True),
    }


def _plant(planting: Planting, placed: Placed) -> None:
    values, where = placed.value, placed.where
    versions = tuple(
        _version(planting, stated, number, (*where, "versions", number))
        for number, stated in enumerate(values["versions"])
    )
    numbers = [version.minor_version for version in versions]
    if not numbers or len(set(numbers)) < len(numbers):
        raise FormatError((*where, "versions"), "there must be versions, with numbers of their own")
    template = RoleTemplate(
        service=values["service"],
        name=values["name"],
        major_version=values.get("major_version", 1),
        default_minor_version=values.get("default_minor_version", numbers[-1]),
        versions=versions,
        description=values.get("description"),
        enabled=values.get("enabled", True),
        partition=placed.carrier.partition,
    )
    if template.default_minor_version not in numbers:
        raise FormatError(
            (*where, "default_minor_version"), f"{template.default_minor_version} is none of its versions"
        )
    templates = planting.table(RoleTemplate)
    if templates.get(template.arn):
        raise FormatError(where, f"{template.arn} is there already")
    templates.put(template.arn, template)


def _version(planting: Planting, values: Mapping[str, Any], number: int, where: Where) -> TemplateVersion:
    created: datetime = values.get("created", planting.now)
    policies = values.get("inline_policies", {})
    return TemplateVersion(
        id=values.get("id") or planting.ids.text(ID_ALPHABET, ID_LENGTH),
        minor_version=values.get("minor_version", number + 1),
        role_name=values["role_name"],
        trust_policy=_document(values["trust_policy"], (*where, "trust_policy")),
        created_at=created,
        updated_at=values.get("updated", created),
        role_path=values.get("role_path", "/"),
        role_description=values.get("role_description"),
        inline_policies=tuple(
            TemplatePolicy(name, _document(policy, (*where, "inline_policies", name)))
            for name, policy in policies.items()
        ),
        managed_policy_arns=tuple(values.get("managed_policies", ())),
        permissions_boundary=values.get("permissions_boundary"),
        parameters=tuple(
            TemplateParameter(**{"type": TYPES[0], **parameter}) for parameter in values.get("parameters", ())
        ),
        tags=tuple(Tag(key, value) for key, value in values.get("tags", {}).items()),
        max_session_duration=values.get("max_session_duration"),
        enabled=values.get("enabled", True),
    )


def _document(text: str, where: Where) -> str:
    """The text, if it is JSON: it is read before its placeholders are filled."""
    try:
        json.loads(text)
    except ValueError:
        raise FormatError(where, "is no JSON") from None
    return text


NOUN: Final = Noun(
    name="role_template",
    title="Role templates",
    about=(
        "What `AcquireRole` makes roles from. AWS publishes its own, whose contents are not known here: those that a "
        "seed states are there for its account."
    ),
    rows=(RoleTemplate,),
    operations=("iam.identities.role_templates",),
    conformance=("role_templates",),
    seed=Seed(field="role_templates", meaning="the role templates", item=_item, plant=_plant),
    imports=Import(lacks="role templates"),
)
