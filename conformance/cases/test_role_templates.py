from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.modelled import needs
from conformance.provenance import assumed, documented, fake_only
from conformance.sources import API
from conformance.targets import Target, fake_target

pytestmark = [needs("AcquireRole"), fake_only("a template of AWS's own is not the one of these cases")]
TEXT = "the code is one that the service model lists for it; neither AWS's choice nor its text is known"
REPLAY = "the tests of stackd, which replay recordings of AWS, expect it; the recordings were not seen"
ARN = "arn:aws:iam::aws:role-template/iam.amazonaws.com/ExampleRoleTemplate:1"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "@{AWSServiceName}"}, "Action": "sts:AssumeRole"}],
}
TEMPLATE: dict[str, Any] = {
    "service": "iam.amazonaws.com",
    "name": "ExampleRoleTemplate",
    "versions": [
        {
            "role_name": "@{RoleName}",
            "trust_policy": TRUST,
            "managed_policies": [READ_ONLY],
            "parameters": [
                {"name": "AWSServiceName", "required": True},
                {"name": "RoleName", "required": True},
            ],
        }
    ],
}


@pytest.fixture
def staged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"role_templates": [{**TEMPLATE, **getattr(request, "param", {})}]}))
    with fake_target(seed=str(seed)) as server:
        yield server


def values(**given: str | list[str] | None) -> dict[str, dict[str, list[str]]]:
    """The usual values with others in their place; without those that are None."""
    whole = {"AWSServiceName": "lambda.amazonaws.com", "RoleName": "app", **given}
    return {name: {"Values": [value] if isinstance(value, str) else value} for name, value in whole.items() if value}


def acquire(staged: Target, **given: str | list[str]) -> Any:
    return staged.iam.acquire_role(TemplateArn=ARN, ReplacementValues=values(**given))["Role"]


def error(staged: Target, *, minor: int | None = None, **given: str | list[str] | None) -> AwsError:
    version = {} if minor is None else {"TemplateMinorVersion": minor}
    return staged.error(staged.iam.acquire_role, TemplateArn=ARN, ReplacementValues=values(**given), **version)


@documented(f"{API}/API_GetRoleTemplateVersion.html")
def test_a_version_is_shown(staged: Target) -> None:
    shown = staged.iam.get_role_template_version(TemplateArn=ARN)["RoleTemplateVersion"]
    assert (shown["TemplateArn"], shown["TemplateName"]) == (ARN, "ExampleRoleTemplate")
    assert (shown["MajorVersion"], shown["MinorVersion"], shown["DefaultMinorVersion"]) == (1, 1, 1)
    assert (shown["Enabled"], shown["RoleNamePattern"]) == (True, "@{RoleName}")
    assert shown["AssumeRolePolicyDocumentTemplate"] == TRUST


@documented(f"{API}/API_AcquireRole.html")
def test_a_role_is_made(staged: Target) -> None:
    role = acquire(staged)
    assert role["SourceRoleTemplate"] == {"TemplateArn": ARN, "TemplateMinorVersion": 1}
    principal = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert (role["RoleName"], principal) == ("app", {"Service": "lambda.amazonaws.com"})
    (attached,) = staged.iam.list_attached_role_policies(RoleName="app")["AttachedPolicies"]
    assert attached["PolicyArn"] == READ_ONLY
    assert staged.iam.get_role(RoleName="app")["Role"]["SourceRoleTemplate"] == role["SourceRoleTemplate"]


@assumed(REPLAY)
def test_a_role_is_acquired_again(staged: Target) -> None:
    assert acquire(staged)["RoleId"] == acquire(staged)["RoleId"]


@assumed(REPLAY)
def test_values_that_cannot_be_make_no_role(staged: Target) -> None:
    staged.error(staged.iam.acquire_role, TemplateArn=ARN, ReplacementValues=values(Unused="ignored"))
    assert staged.error(staged.iam.get_role, RoleName="app").code == "NoSuchEntity"


@pytest.mark.parametrize("minor", [-1, 999])
@assumed(REPLAY)
def test_a_version_that_is_missing_has_this_code(staged: Target, minor: int) -> None:
    assert error(staged, minor=minor).code == "NoSuchEntity"


@assumed(TEXT)
def test_what_is_missing_is_not_found(staged: Target) -> None:
    said = f"The role template with ARN {ARN} has no minor version 999."
    assert error(staged, minor=999) == AwsError("NoSuchEntity", said, 404)
    other = ARN.replace("Example", "Other")
    refused = staged.error(staged.iam.get_role_template_version, TemplateArn=other)
    assert refused == AwsError("NoSuchEntity", f"The role template with ARN {other} cannot be found.", 404)


@pytest.mark.parametrize("staged", [{"enabled": False}], indirect=True, ids=["disabled"])
@assumed(TEXT)
def test_a_disabled_template_makes_no_roles(staged: Target) -> None:
    said = f"The role template with ARN {ARN} is disabled."
    assert error(staged) == AwsError("RoleTemplateDisabled", said, 400)


@assumed(TEXT)
def test_another_role_of_that_name_is_in_the_way(staged: Target) -> None:
    trust = json.dumps(TRUST).replace("@{AWSServiceName}", "ec2.amazonaws.com")
    staged.iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust)
    said = "The role name app conflicts with an existing role in the account."
    assert error(staged) == AwsError("NameConflict", said, 409)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"RoleName": None}, "The parameter RoleName of the role template is required."),
        ({"Unused": "x"}, "The role template has no parameter Unused."),
        ({"RoleName": ["a", "b"]}, "The parameter RoleName of the role template takes one value."),
        ({"RoleName": "a b"}, "The role name a b that the role template gives is invalid."),
    ],
    ids=["none", "unknown", "several", "no name"],
)
@assumed(TEXT)
def test_values_that_cannot_be_are_refused(staged: Target, given: dict[str, Any], said: str) -> None:
    assert error(staged, **given) == AwsError("InvalidInput", said, 400)
