"""Roles made from templates as boto3 shows them."""

from __future__ import annotations

from typing import Any

from conformance.modelled import needs
from fake_iam import FakeIAM
from tests.unit.services.identities.test_role_templates import ARN, TEMPLATE, TRUST


@needs("AcquireRole")
def test_a_role_is_acquired_by_what_the_template_asks_for(fake: FakeIAM, iam: Any) -> None:
    fake.seed({"role_templates": [TEMPLATE]})
    template = iam.get_role_template_version(TemplateArn=ARN)["RoleTemplateVersion"]
    assert template["AssumeRolePolicyDocumentTemplate"] == TRUST
    needed = [parameter["Name"] for parameter in template["ParametersDefinition"] if parameter["IsRequired"]]
    values = {name: {"Values": ["app"]} for name in needed}
    role = iam.acquire_role(TemplateArn=ARN, ReplacementValues=values)["Role"]
    assert role["SourceRoleTemplate"] == {"TemplateArn": ARN, "TemplateMinorVersion": 1}
    assert iam.get_role(RoleName="app")["Role"]["RoleId"] == role["RoleId"]
