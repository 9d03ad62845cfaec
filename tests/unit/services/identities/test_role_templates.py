"""Role templates, the roles that are made from them, and how seeds state them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from conformance.modelled import needs
from fake_iam.control.documents.problems import FormatError
from tests.support import AwsError, Wire
from tests.unit.services.identities.test_roles import members

pytestmark = needs("AcquireRole")
ARN = "arn:aws:iam::aws:role-template/iam.amazonaws.com/ExampleRoleTemplate:1"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "@{Service}"}, "Action": "sts:AssumeRole"}],
}
POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "@{Buckets}"}],
}
VERSION: dict[str, Any] = {
    "id": "ARTVEXAMPLEEXAMPLE123",
    "role_name": "@{RoleName}",
    "role_path": "/service/@{Team}/",
    "role_description": "For @{Team}",
    "trust_policy": TRUST,
    "inline_policies": {"buckets": POLICY},
    "managed_policies": [READ_ONLY],
    "permissions_boundary": READ_ONLY,
    "parameters": [
        {"name": "RoleName", "required": True, "description": "its name"},
        {"name": "Service", "default": "lambda.amazonaws.com", "sub_type": "AWSService"},
        {"name": "Team", "default": "red", "immutable": True},
        {"name": "Buckets", "type": "ArnList", "default": "arn:aws:s3:::logs/*"},
    ],
    "tags": {"Team": "@{Team}"},
    "max_session_duration": 7200,
    "created": "2026-01-01",
    "updated": "2026-01-02",
}
TEMPLATE: dict[str, Any] = {
    "service": "iam.amazonaws.com",
    "name": "ExampleRoleTemplate",
    "description": "An example",
    "versions": [VERSION],
}
PLAIN: dict[str, Any] = {
    "role_name": "plain-@{RoleName}",
    "trust_policy": json.dumps(TRUST).replace("@{Service}", "ec2.amazonaws.com"),
    "parameters": [{"name": "RoleName"}],
}


def seeded(wire: Wire, *templates: Any) -> Wire:
    wire.assembled.controls.seed({"role_templates": list(templates)})
    return wire


def got(wire: Wire, **parameters: Any) -> Any:
    answer = wire.call("GetRoleTemplateVersion", TemplateArn=ARN, **parameters)
    return answer if isinstance(answer, AwsError) else answer["RoleTemplateVersion"]


def acquire(wire: Wire, minor: int | None = None, **values: str | list[str]) -> Any:
    form: dict[str, Any] = {} if minor is None else {"TemplateMinorVersion": minor}
    for number, (name, value) in enumerate(values.items(), start=1):
        form[f"ReplacementValues.entry.{number}.key"] = name
        for place, one in enumerate([value] if isinstance(value, str) else value, start=1):
            form[f"ReplacementValues.entry.{number}.value.Values.member.{place}"] = one
    answer = wire.call("AcquireRole", TemplateArn=ARN, **form)
    return answer if isinstance(answer, AwsError) else answer["Role"]


def refused(code: str, said: str, status: int = 400) -> AwsError:
    return AwsError(code, said, status)


# Templates


def test_a_version_is_shown_with_all_its_members(wire: Wire) -> None:
    shown = got(seeded(wire, TEMPLATE))
    assert json.loads(unquote(shown.pop("AssumeRolePolicyDocumentTemplate"))) == TRUST
    inline = shown.pop("InlinePolicyTemplates")["member"]
    assert (inline["PolicyName"], json.loads(unquote(inline["PolicyDocument"]))) == ("buckets", POLICY)
    parameters = members(shown.pop("ParametersDefinition"))
    assert parameters[:2] == [
        {
            "Name": "RoleName",
            "Type": "String",
            "Description": "its name",
            "IsRequired": "true",
            "Immutable": "false",
        },
        {
            "Name": "Service",
            "Type": "String",
            "SubType": "AWSService",
            "IsRequired": "false",
            "DefaultValue": "lambda.amazonaws.com",
            "Immutable": "false",
        },
    ]
    assert (parameters[2]["Immutable"], parameters[3]["Type"]) == ("true", "ArnList")
    assert shown == {
        "TemplateArn": ARN,
        "TemplateName": "ExampleRoleTemplate",
        "TemplateVersionId": "ARTVEXAMPLEEXAMPLE123",
        "Description": "An example",
        "MajorVersion": "1",
        "DefaultMinorVersion": "1",
        "ManagedByType": "Service",
        "ManagedByValue": "iam.amazonaws.com",
        "Enabled": "true",
        "MinorVersion": "1",
        "RoleNamePattern": "@{RoleName}",
        "RolePathPattern": "/service/@{Team}/",
        "RoleDescriptionPattern": "For @{Team}",
        "ManagedPolicyArns": {"member": READ_ONLY},
        "PermissionBoundaryArn": READ_ONLY,
        "RoleTagsTemplate": {"member": {"Key": "Team", "Value": "@{Team}"}},
        "MaxSessionDuration": "7200",
        "VersionEnabled": "true",
        "CreateTimestamp": "2026-01-01T00:00:00Z",
        "UpdateTimestamp": "2026-01-02T00:00:00Z",
    }


def test_the_default_version_is_shown_unless_another_is_named(wire: Wire) -> None:
    seeded(wire, {**TEMPLATE, "default_minor_version": 1, "versions": [VERSION, {**PLAIN, "minor_version": 5}]})
    assert [got(wire)["MinorVersion"], got(wire, MinorVersion=5)["MinorVersion"]] == ["1", "5"]


@pytest.mark.parametrize("minor", [-1, 0, 999])
def test_a_version_that_is_missing_is_not_found(wire: Wire, minor: int) -> None:
    seeded(wire, TEMPLATE)
    missing = refused("NoSuchEntity", f"The role template with ARN {ARN} has no minor version {minor}.", 404)
    assert got(wire, MinorVersion=minor) == missing
    assert acquire(wire, minor, RoleName="app") == missing


def test_a_template_that_is_missing_is_not_found(wire: Wire) -> None:
    missing = refused("NoSuchEntity", f"The role template with ARN {ARN} cannot be found.", 404)
    assert got(wire) == missing
    assert acquire(wire, RoleName="app") == missing


# Roles


def test_a_role_is_made_with_all_that_hangs_on_it(wire: Wire) -> None:
    seeded(wire, TEMPLATE)
    role = acquire(wire, RoleName="app", Buckets=["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"], Team="blue")
    trust = json.loads(unquote(role["AssumeRolePolicyDocument"]))
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    expected = {
        "Path": "/service/blue/",
        "RoleName": "app",
        "Arn": "arn:aws:iam::123456789012:role/service/blue/app",
        "Description": "For blue",
        "MaxSessionDuration": "7200",
        "Tags": {"member": {"Key": "Team", "Value": "blue"}},
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY},
        "SourceRoleTemplate": {"TemplateArn": ARN, "TemplateMinorVersion": "1"},
    }
    assert {name: role[name] for name in expected} == expected
    assert wire.call("GetRole", RoleName="app")["Role"] == role
    policy = wire.call("GetRolePolicy", RoleName="app", PolicyName="buckets")["PolicyDocument"]
    assert json.loads(unquote(policy))["Statement"][0]["Resource"] == ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]
    attached = wire.call("ListAttachedRolePolicies", RoleName="app")["AttachedPolicies"]["member"]
    assert attached["PolicyArn"] == READ_ONLY


def test_a_role_of_a_short_template_has_the_usual_defaults(wire: Wire) -> None:
    role = acquire(seeded(wire, {**TEMPLATE, "versions": [PLAIN]}), RoleName="app")
    assert (role["RoleName"], role["Path"], role["MaxSessionDuration"]) == ("plain-app", "/", "3600")
    assert "Description" not in role


def test_a_role_is_acquired_again(wire: Wire) -> None:
    seeded(wire, TEMPLATE)
    role = acquire(wire, RoleName="app")
    wire.call("UpdateRoleDescription", RoleName="app", Description="changed")
    assert acquire(wire, RoleName="app") == {**role, "Description": "changed"}


def test_another_role_of_that_name_is_in_the_way(wire: Wire) -> None:
    seeded(wire, TEMPLATE)
    wire.call("CreateRole", RoleName="App", AssumeRolePolicyDocument=PLAIN["trust_policy"])
    said = "The role name app conflicts with an existing role in the account."
    assert acquire(wire, RoleName="app") == refused("NameConflict", said, 409)


@pytest.mark.parametrize(
    "template", [{**TEMPLATE, "enabled": False}, {**TEMPLATE, "versions": [{**VERSION, "enabled": False}]}]
)
def test_a_disabled_template_is_shown_and_makes_no_roles(wire: Wire, template: Any) -> None:
    seeded(wire, template)
    assert {got(wire)["Enabled"], got(wire)["VersionEnabled"]} == {"true", "false"}
    said = f"The role template with ARN {ARN} is disabled."
    assert acquire(wire, RoleName="app") == refused("RoleTemplateDisabled", said)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "The parameter RoleName of the role template is required."),
        ({"RoleName": "app", "Other": "x"}, "The role template has no parameter Other."),
        ({"RoleName": ["a", "b"]}, "The parameter RoleName of the role template takes one value."),
        ({"RoleName": "a b"}, "The role name a b that the role template gives is invalid."),
        ({"RoleName": "a" * 65}, f"The role name {'a' * 65} that the role template gives is invalid."),
        (
            {"RoleName": "app", "Team": "a b"},
            "The role path /service/a b/ that the role template gives is invalid.",
        ),
        (
            {"RoleName": "app", "Buckets": "logs"},
            "The value of the parameter Buckets of the role template is not of type Arn.",
        ),
    ],
)
def test_values_that_cannot_be_are_refused(wire: Wire, values: dict[str, Any], said: str) -> None:
    seeded(wire, TEMPLATE)
    assert acquire(wire, **values) == refused("InvalidInput", said)
    assert wire.call("ListRoles")["Roles"] is None


def test_a_role_that_cannot_be_whole_is_not_made(wire: Wire) -> None:
    missing = "arn:aws:iam::123456789012:policy/missing"
    seeded(wire, {**TEMPLATE, "versions": [{**VERSION, "managed_policies": [missing]}]})
    said = f"Policy {missing} does not exist or is not attachable."
    assert acquire(wire, RoleName="app") == refused("NoSuchEntity", said, 404)
    assert wire.call("ListRoles")["Roles"] is None


def test_values_are_held_to_the_model(wire: Wire) -> None:
    seeded(wire, TEMPLATE)
    alone = {"TemplateArn": ARN, "ReplacementValues.entry.1.key": "RoleName"}
    said = "Value at 'replacementValues.RoleName.member.values' failed to satisfy constraint: Member must not be null"
    assert wire.call("AcquireRole", **alone) == refused("ValidationError", f"1 validation error detected: {said}")
    said = "Value at 'replacementValues' failed to satisfy constraint: Member must have length less than or equal to 30"
    many = {f"Name{number}": "x" for number in range(31)}
    assert acquire(wire, **many) == refused("ValidationError", f"1 validation error detected: {said}")


# Controls


def test_a_dump_brings_templates_and_their_roles_back(wire: Wire) -> None:
    seeded(wire, TEMPLATE)
    role = acquire(wire, RoleName="app")
    other = Wire()
    other.assembled.controls.load(json.loads(json.dumps(wire.assembled.controls.dump())))
    assert (got(other), other.call("GetRole", RoleName="app")["Role"]) == (got(wire), role)
    assert acquire(other, RoleName="app") == role


def test_ids_are_drawn_and_dates_are_now(wire: Wire) -> None:
    wire.assembled.controls.clock.freeze("2026-03-03T00:00:00Z")
    shown = got(seeded(wire, {**TEMPLATE, "versions": [PLAIN]}))
    assert len(shown["TemplateVersionId"]) == 21
    assert shown["CreateTimestamp"] == shown["UpdateTimestamp"] == "2026-03-03T00:00:00Z"


@pytest.mark.parametrize(
    ("template", "at", "said"),
    [
        ({**TEMPLATE, "versions": []}, ".versions", "there must be versions, with numbers of their own"),
        (
            {**TEMPLATE, "versions": [PLAIN, {**PLAIN, "minor_version": 1}]},
            ".versions",
            "there must be versions, with numbers of their own",
        ),
        ({**TEMPLATE, "default_minor_version": 2}, ".default_minor_version", "2 is none of its versions"),
        (
            {**TEMPLATE, "versions": [{**PLAIN, "trust_policy": "{"}]},
            ".versions[0].trust_policy",
            "is no JSON",
        ),
        (
            {**TEMPLATE, "versions": [{**PLAIN, "inline_policies": {"a": "{"}}]},
            ".versions[0].inline_policies.a",
            "is no JSON",
        ),
    ],
)
def test_what_cannot_be_is_refused(wire: Wire, template: Any, at: str, said: str) -> None:
    with pytest.raises(FormatError) as raised:
        seeded(wire, template)
    assert str(raised.value) == f"role_templates[0]{at}: {said}"


def test_a_template_is_stated_once(wire: Wire) -> None:
    with pytest.raises(FormatError) as raised:
        seeded(wire, TEMPLATE, TEMPLATE)
    assert str(raised.value) == f"role_templates[1]: {ARN} is there already"
