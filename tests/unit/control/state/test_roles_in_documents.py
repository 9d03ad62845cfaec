"""Roles, instance profiles and providers in seeds, dumps, imports and dates."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from fake_iam.control.documents.problems import FormatError
from tests.support import Wire

TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
POLICY = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
SEED: dict[str, Any] = {
    "roles": [
        {
            "name": "deployer",
            "id": "AROAQAAAAAAAAAAAAAAAA",
            "path": "/ci/",
            "created": "2020-01-01",
            "trust_policy": TRUST,
            "description": "deploys",
            "max_session_duration": 7200,
            "permissions_boundary": READ_ONLY,
            "tags": {"Team": "red"},
            "last_used": {"date": "2021-01-01", "region": "eu-west-1"},
            "policies": {"own": POLICY},
            "attached_policies": [READ_ONLY],
        }
    ],
    "instance_profiles": [{"name": "web", "role": "deployer", "created": "2020-02-02", "tags": {"a": "b"}}],
    "oidc_providers": [{"url": "https://token.example.com", "client_ids": ["sts"], "created": "2020-03-03"}],
}


def seen(wire: Wire) -> list[Any]:
    """All that can be read of what the seed says."""
    named = {"RoleName": "deployer"}
    arn = "arn:aws:iam::123456789012:oidc-provider/token.example.com"
    return [
        wire.call("GetRole", **named),
        wire.call("GetRolePolicy", PolicyName="own", **named),
        wire.call("ListAttachedRolePolicies", **named),
        wire.call("GetInstanceProfile", InstanceProfileName="web"),
        wire.call("GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn),
    ]


def test_a_seed_states_them(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    role, inline, attached, profile, provider = seen(wire)
    assert role["Role"]["RoleId"] == "AROAQAAAAAAAAAAAAAAAA"
    assert role["Role"]["CreateDate"] == "2020-01-01T00:00:00Z"
    assert role["Role"]["RoleLastUsed"] == {"LastUsedDate": "2021-01-01T00:00:00Z", "Region": "eu-west-1"}
    assert (role["Role"]["Description"], role["Role"]["MaxSessionDuration"]) == ("deploys", "7200")
    assert inline["PolicyDocument"] == quote(json.dumps(POLICY), safe="")
    assert attached["AttachedPolicies"]["member"]["PolicyArn"] == READ_ONLY
    assert profile["InstanceProfile"]["Roles"]["member"]["RoleName"] == "deployer"
    assert profile["InstanceProfile"]["CreateDate"] == "2020-02-02T00:00:00Z"
    assert provider["CreateDate"] == "2020-03-03T00:00:00.000Z"


def test_a_dump_brings_all_of_it_back(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    before = seen(wire)
    document = json.loads(json.dumps(wire.assembled.controls.dump(secrets=True)))
    other = Wire()
    other.assembled.controls.load(document)
    assert seen(other) == before


def test_dates_can_be_set(wire: Wire) -> None:
    wire.assembled.controls.seed(SEED)
    controls = wire.assembled.controls
    controls.backdate({"role": "deployer", "created": "2019-01-01"})
    controls.backdate({"instance_profile": "web", "created": "2019-02-02"})
    arn = "arn:aws:iam::123456789012:oidc-provider/token.example.com"
    controls.backdate({"oidc_provider": arn, "created": "2019-03-03"})
    role, _, _, profile, provider = seen(wire)
    assert role["Role"]["CreateDate"] == "2019-01-01T00:00:00Z"
    assert profile["InstanceProfile"]["CreateDate"] == "2019-02-02T00:00:00Z"
    assert provider["CreateDate"] == "2019-03-03T00:00:00.000Z"


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        (
            {"roles": [{"name": "a", "trust_policy": "{"}]},
            "roles[0]: This policy contains invalid Json",
        ),
        (
            {"instance_profiles": [{"name": "web", "role": "nobody"}]},
            "instance_profiles[0].role: The role with name nobody cannot be found.",
        ),
        (
            {"oidc_providers": [{"url": "token.example.com"}]},
            "oidc_providers[0]: Invalid Open ID Connect Provider URL",
        ),
        (
            {"roles": [SEED["roles"][0], {**SEED["roles"][0], "name": "b"}]},
            "roles[1].id: 'AROAQAAAAAAAAAAAAAAAA' is there already",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(wire: Wire, seed: Any, said: str) -> None:
    with pytest.raises(FormatError) as refused:
        wire.assembled.controls.seed(seed)
    assert str(refused.value) == said
    assert wire.call("ListRoles")["Roles"] is None


def test_an_export_brings_roles_with_their_profiles(wire: Wire) -> None:
    details = {
        "UserDetailList": [],
        "RoleDetailList": [
            {
                "RoleName": "deployer",
                "RoleId": "AROAQAAAAAAAAAAAAAAAA",
                "Path": "/ci/",
                "CreateDate": "2020-01-01T00:00:00+00:00",
                "AssumeRolePolicyDocument": TRUST,
                "InstanceProfileList": [
                    {"InstanceProfileName": "web", "Path": "/", "CreateDate": "2020-02-02T00:00:00+00:00"}
                ],
                "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": POLICY}],
                "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}],
                "PermissionsBoundary": {
                    "PermissionsBoundaryType": "Policy",
                    "PermissionsBoundaryArn": READ_ONLY,
                },
                "Tags": [{"Key": "Team", "Value": "red"}],
                "RoleLastUsed": {"LastUsedDate": "2021-01-01T00:00:00+00:00", "Region": "eu-west-1"},
            }
        ],
    }
    from fake_iam.control.state.account_import import import_account

    wire.assembled.controls.seed(import_account(json.dumps(details), None).seed)
    role = wire.call("GetRole", RoleName="deployer")["Role"]
    assert (role["RoleId"], role["Tags"]["member"]) == ("AROAQAAAAAAAAAAAAAAAA", {"Key": "Team", "Value": "red"})
    assert role["RoleLastUsed"]["Region"] == "eu-west-1"
    profiles = wire.call("ListInstanceProfilesForRole", RoleName="deployer")["InstanceProfiles"]
    assert profiles["member"]["InstanceProfileName"] == "web"
    assert wire.call("ListRolePolicies", RoleName="deployer")["PolicyNames"]["member"] == "own"


def linked(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_a_seed_states_what_only_aws_makes(wire: Wire) -> None:
    name, path = "AWSServiceRoleForECS", "/aws-service-role/ecs.amazonaws.com/"
    role = {"name": name, "path": path, "trust_policy": linked("ecs.amazonaws.com"), "created": "2020-01-01"}
    role |= {"policies": {"own": POLICY}, "attached_policies": [READ_ONLY], "permissions_boundary": READ_ONLY}
    wire.assembled.controls.seed({"roles": [role]})
    shown = wire.call("GetRole", RoleName=name)["Role"]
    assert (shown["Path"], shown["CreateDate"]) == (path, "2020-01-01T00:00:00Z")
    assert wire.call("ListRolePolicies", RoleName=name)["PolicyNames"]["member"] == "own"
    assert wire.call("ListAttachedRolePolicies", RoleName=name)["AttachedPolicies"]["member"]["PolicyArn"] == READ_ONLY
    assert wire.call("DeleteRolePolicy", RoleName=name, PolicyName="own").code == "UnmodifiableEntity"
    document = json.loads(json.dumps(wire.assembled.controls.dump(secrets=True)))
    other = Wire()
    other.assembled.controls.load(document)
    assert other.call("GetRole", RoleName=name)["Role"] == shown
    assert other.call("DeleteRole", RoleName=name).code == "UnmodifiableEntity"


@pytest.mark.parametrize(
    ("name", "path", "service"),
    [
        ("AWSServiceRoleForSupport", "/aws-service-role/support.amazonaws.com/", "support.amazonaws.com"),
        ("AWSServiceRoleForNewThing", "/aws-service-role/newthing.amazonaws.com/", "newthing.amazonaws.com"),
        ("AWSReservedSSO_Admin_0123456789abcdef", "/aws-reserved/sso.amazonaws.com/eu-west-1/", "sso.amazonaws.com"),
    ],
)
def test_an_export_brings_roles_that_only_aws_makes(wire: Wire, name: str, path: str, service: str) -> None:
    from fake_iam.control.state.account_import import import_account

    entry = {
        "RoleName": name,
        "RoleId": "AROAQAAAAAAAAAAAAAAAA",
        "Path": path,
        "CreateDate": "2020-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": linked(service),
        "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "AwsSSOInlinePolicy", "PolicyDocument": POLICY}],
        "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}],
        "Tags": [],
        "RoleLastUsed": {},
    }
    wire.assembled.controls.seed(
        import_account(json.dumps({"UserDetailList": [], "RoleDetailList": [entry]}), None).seed
    )
    shown = wire.call("GetAccountAuthorizationDetails")["RoleDetailList"]["member"]
    assert (shown["RoleName"], shown["RoleId"], shown["Path"]) == (name, "AROAQAAAAAAAAAAAAAAAA", path)
    assert shown["RolePolicyList"]["member"]["PolicyName"] == "AwsSSOInlinePolicy"
    assert shown["AttachedManagedPolicies"]["member"]["PolicyArn"] == READ_ONLY
    assert wire.call("DeleteRole", RoleName=name).code == "UnmodifiableEntity"
