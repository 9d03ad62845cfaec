from __future__ import annotations

import json
from typing import Any

from conformance.groups import Groups
from conformance.people import People
from conformance.policies import DOCUMENT, Policies
from conformance.provenance import assumed, documented, observed
from conformance.roles import EC2, Roles
from conformance.sources import API
from conformance.targets import Target

PAGE = f"{API}/API_GetAccountAuthorizationDetails.html"
LOCALSTACK = "localstack/localstack#13891, AWS-validated test_iam_account_authorization_details"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def every(aws: Target, kind: str, member: str) -> list[Any]:
    """All entries of a kind, page after page."""
    found: list[Any] = []
    marker: dict[str, str] = {}
    while True:
        page = aws.iam.get_account_authorization_details(Filter=[kind], **marker)
        found += page[member]
        if not page["IsTruncated"]:
            return found
        marker = {"Marker": page["Marker"]}


@observed("undated", "users of auditing tools", "7:Users and roles", "7:Policies holds all customer policies")
def test_a_role_shows_its_profiles_and_every_policy_all_of_its_versions(
    aws: Target, new_role: Roles, new_policy: Policies
) -> None:
    deployer, profile, idle = new_role(PermissionsBoundary=READ_ONLY), new_role.profile(), new_policy()
    aws.iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=deployer)
    other = DOCUMENT.replace("s3:", "sqs:")
    aws.wait_for(aws.iam.create_policy_version, PolicyArn=idle, PolicyDocument=other)
    roles = {role["RoleName"]: role for role in every(aws, "Role", "RoleDetailList")}
    shown = roles[deployer]
    assert [one["InstanceProfileName"] for one in shown["InstanceProfileList"]] == [profile]
    assert (shown["AssumeRolePolicyDocument"], shown["RoleLastUsed"]) == (json.loads(EC2), {})
    assert shown["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    own = {policy["Arn"]: policy for policy in every(aws, "LocalManagedPolicy", "Policies")}
    versions = {one["VersionId"]: one["Document"] for one in own[idle]["PolicyVersionList"]}
    assert versions == {"v1": json.loads(DOCUMENT), "v2": json.loads(other)}
    assert READ_ONLY in [policy["Arn"] for policy in every(aws, "AWSManagedPolicy", "Policies")]


@observed("undated", "localstack/localstack#5230, compared with AWS", "7:Users and roles")
def test_users_and_roles_show_their_tags(aws: Target, new_user: People, new_role: Roles) -> None:
    tags = [{"Key": "Team", "Value": "red"}]
    alice, deployer = new_user(Tags=tags), new_role(Tags=tags)
    users = {user["UserName"]: user for user in every(aws, "User", "UserDetailList")}
    roles = {role["RoleName"]: role for role in every(aws, "Role", "RoleDetailList")}
    assert users[alice]["Tags"] == roles[deployer]["Tags"] == tags


@observed("2026-02-17", LOCALSTACK)
def test_only_a_user_without_inline_policies_has_no_list_of_them(
    aws: Target, new_user: People, new_role: Roles, new_group: Groups
) -> None:
    alice, deployer, devs = new_user(), new_role(), new_group()
    users = {user["UserName"]: user for user in every(aws, "User", "UserDetailList")}
    roles = {role["RoleName"]: role for role in every(aws, "Role", "RoleDetailList")}
    groups = {group["GroupName"]: group for group in every(aws, "Group", "GroupDetailList")}
    assert "UserPolicyList" not in users[alice]
    assert (users[alice]["GroupList"], users[alice]["AttachedManagedPolicies"]) == ([], [])
    assert (roles[deployer]["RolePolicyList"], groups[devs]["GroupPolicyList"]) == ([], [])


@observed("2026-02-17", LOCALSTACK)
def test_policies_of_aws_are_shown_without_their_descriptions(aws: Target, new_role: Roles) -> None:
    aws.iam.attach_role_policy(RoleName=new_role(), PolicyArn=READ_ONLY)
    shown = {policy["Arn"]: policy for policy in every(aws, "AWSManagedPolicy", "Policies")}
    assert "Description" not in shown[READ_ONLY]


@assumed("recorded for policies of AWS")
def test_own_policies_are_shown_without_their_descriptions(aws: Target, new_policy: Policies) -> None:
    described = new_policy(Description="the edge")
    shown = {policy["Arn"]: policy for policy in every(aws, "LocalManagedPolicy", "Policies")}
    assert "Description" not in shown[described]


@documented(PAGE)
def test_a_page_counts_over_all_lists_together(aws: Target, new_user: People, new_role: Roles) -> None:
    new_user()
    new_role()
    page = aws.iam.get_account_authorization_details(MaxItems=1)
    lists = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    assert sum(len(page[name]) for name in lists) == 1
    assert page["IsTruncated"] is True


@documented(PAGE)
def test_policies_of_aws_are_shown_if_they_are_attached(aws: Target, new_role: Roles) -> None:
    name = new_role()
    aws.iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    assert READ_ONLY in [policy["Arn"] for policy in every(aws, "AWSManagedPolicy", "Policies")]


@assumed("published output of the operation has the type as the model has it; GetRole was recorded with Policy")
def test_the_type_of_a_boundary_is_the_models(aws: Target, new_role: Roles) -> None:
    name = new_role(PermissionsBoundary=READ_ONLY)
    roles = {role["RoleName"]: role for role in every(aws, "Role", "RoleDetailList")}
    assert roles[name]["PermissionsBoundary"]["PermissionsBoundaryType"] == "PermissionsBoundaryPolicy"
