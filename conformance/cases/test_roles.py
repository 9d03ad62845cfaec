from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.people import People
from conformance.policies import Policies
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import EC2, Roles
from conformance.sources import Source
from conformance.targets import Target, fake_target

LS = Source("2026-02 to 2026-03", "localstack/localstack#13891, AWS-validated test_iam_roles")
MAIN = Source("2026-03", "localstack/localstack, AWS-validated test_sts")
PRINCIPALS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
NOBODY = "fake-iam-conformance-no-role"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
CREATED = ["Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName"]
MISSING = AwsError("NoSuchEntity", f"The role with name {NOBODY} cannot be found.", 404)


def trusting(*names: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": list(names)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def trusted(aws: Target, name: str) -> list[str]:
    document = aws.iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    found = document["Statement"]
    statement = found[0] if isinstance(found, list) else found
    names = statement["Principal"]["AWS"]
    return [names] if isinstance(names, str) else list(names)


@observed(*LS, "role-missing", "1:Order of checks for inline policy calls", "1:Boundary check")
@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("get_role", {}),
        ("update_role", {}),
        ("update_role_description", {"Description": "x"}),
        ("update_assume_role_policy", {"PolicyDocument": EC2}),
        ("delete_role", {}),
        ("tag_role", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_role", {"TagKeys": ["a"]}),
        ("list_role_tags", {}),
        ("put_role_policy", {"PolicyName": "p", "PolicyDocument": POLICY}),
        ("get_role_policy", {"PolicyName": "p"}),
        ("delete_role_policy", {"PolicyName": "p"}),
        ("list_role_policies", {}),
        ("attach_role_policy", {"PolicyArn": READ_ONLY}),
        ("detach_role_policy", {"PolicyArn": READ_ONLY}),
        ("list_attached_role_policies", {}),
        ("put_role_permissions_boundary", {"PermissionsBoundary": READ_ONLY}),
        ("delete_role_permissions_boundary", {}),
    ],
)
def test_a_role_that_is_missing_cannot_be_found(aws: Target, method: str, parameters: dict[str, Any]) -> None:
    assert aws.error(getattr(aws.iam, method), RoleName=NOBODY, **parameters) == MISSING


@observed(*LS, "1:Role id", "1:CreateRole answers", "1:GetRole adds", "1.5:CreateRole")
def test_a_new_role_shows_neither_its_description_nor_its_duration(aws: Target, new_role: Roles) -> None:
    name = new_role.name()
    made = aws.iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=EC2, Path="/ci/", Description="x", MaxSessionDuration=7200
    )["Role"]
    assert sorted(made) == CREATED
    assert made["Arn"] == f"arn:aws:iam::{aws.account}:role/ci/{name}"
    assert re.fullmatch(r"AROA[A-Z0-9]{17}", made["RoleId"])
    assert made["AssumeRolePolicyDocument"] == json.loads(EC2)
    shown = aws.iam.get_role(RoleName=name)["Role"]
    assert sorted(shown) == sorted([*CREATED, "Description", "MaxSessionDuration", "RoleLastUsed"])
    assert (shown["Description"], shown["MaxSessionDuration"], shown["RoleLastUsed"]) == ("x", 7200, {})


@observed(*LS, "1:CreateRole answers", "1:GetRole adds", "1:PermissionsBoundary on the wire")
def test_a_role_shows_its_tags_and_its_boundary_if_it_has_any(aws: Target, new_role: Roles) -> None:
    given = {"Tags": [{"Key": "a", "Value": "b"}], "PermissionsBoundary": READ_ONLY}
    name = new_role.name()
    made = aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2, **given)["Role"]
    assert sorted(made) == sorted([*CREATED, "Tags", "PermissionsBoundary"])
    shown = aws.iam.get_role(RoleName=name)["Role"]
    boundary = {"PermissionsBoundaryArn": READ_ONLY, "PermissionsBoundaryType": "Policy"}
    assert (made["Tags"], made["PermissionsBoundary"]) == (given["Tags"], boundary)
    assert (shown["Tags"], shown["PermissionsBoundary"]) == (given["Tags"], boundary)
    assert shown["MaxSessionDuration"] == 3600
    assert "Description" not in shown


@observed(*LS, "1:ListRoles member", "1.5:ListUsers, ListRoles")
def test_a_list_shows_neither_tags_nor_boundaries_nor_last_uses(aws: Target, new_role: Roles) -> None:
    path = f"/{new_role.name()}/"
    name = new_role(Path=path, Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary=READ_ONLY)
    told = new_role(Path=path, Description="x")
    listed = {role["RoleName"]: role for role in aws.iam.list_roles(PathPrefix=path)["Roles"]}
    assert sorted(listed[name]) == sorted([*CREATED, "MaxSessionDuration"])
    assert sorted(listed[told]) == sorted([*CREATED, "Description", "MaxSessionDuration"])


@observed(*LS, "1:ListRoles PathPrefix with no match", "1.5:List*", "C56")
def test_below_a_path_that_nobody_has_there_are_no_roles(aws: Target, new_role: Roles) -> None:
    assert aws.iam.list_roles(PathPrefix=f"/{new_role.name()}/") == {"Roles": [], "IsTruncated": False}


@observed(*LS, "role-exists")
def test_a_name_is_taken_once(aws: Target, new_role: Roles) -> None:
    name = new_role()
    refused = AwsError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
    assert aws.error(aws.iam.create_role, RoleName=name, AssumeRolePolicyDocument=EC2) == refused


@observed(*LS, "1:Deleting a role leaves no trace")
def test_a_name_is_free_again_after_deletion_and_the_id_is_another(aws: Target, new_role: Roles) -> None:
    name = new_role(Description="x")
    before = aws.iam.get_role(RoleName=name)["Role"]
    aws.iam.delete_role(RoleName=name)
    aws.wait_for(aws.iam.create_role, RoleName=name, AssumeRolePolicyDocument=EC2)
    after = aws.iam.get_role(RoleName=name)["Role"]
    assert after["RoleId"] != before["RoleId"]
    assert "Description" not in after


@observed(*LS, "1:UpdateRole", "1:UpdateRoleDescription answers", "1.5:UpdateRoleDescription")
def test_an_update_changes_only_what_is_given(aws: Target, new_role: Roles) -> None:
    name = new_role(Description="x", MaxSessionDuration=7200)
    assert aws.iam.update_role(RoleName=name) == {}
    shown = aws.iam.get_role(RoleName=name)["Role"]
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("x", 7200)
    answer = aws.iam.update_role_description(RoleName=name, Description="y")["Role"]
    assert sorted(answer) == sorted([*CREATED, "Description"])


@observed(*LS, "1:UpdateRole")
def test_the_answer_of_an_update_has_an_empty_result(aws: Target, new_role: Roles) -> None:
    form = {"Action": "UpdateRole", "Version": "2010-05-08", "RoleName": new_role()}
    assert "\n  <UpdateRoleResult/>\n" in aws.post("iam", form).succeeded().text


@observed(*LS, "1:UpdateAssumeRolePolicy")
@pytest.mark.parametrize("action", ["sts:AssumeRole", ["sts:AssumeRole"]], ids=["text", "list"])
def test_a_trust_policy_comes_back_as_it_was_given(aws: Target, new_role: Roles, action: Any) -> None:
    name, document = new_role(), json.loads(trusting(aws.arn))
    document["Statement"]["Action"] = action
    assert aws.iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document)) == {}
    assert aws.iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == document


def out_of_bounds(member: str, rule: str) -> AwsError:
    text = f"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have {rule}"
    return AwsError("ValidationError", text, 400)


@assumed(
    "the numbers are the model's and in recorded answers, the texts those of other members", "1:MaxSessionDuration"
)
@pytest.mark.parametrize(
    ("given", "member", "rule"),
    [
        ({"MaxSessionDuration": 3599}, "maxSessionDuration", "value greater than or equal to 3600"),
        ({"MaxSessionDuration": 43201}, "maxSessionDuration", "value less than or equal to 43200"),
        ({"Description": "x" * 1001}, "description", "length less than or equal to 1000"),
    ],
)
def test_durations_and_descriptions_have_bounds(
    aws: Target, new_role: Roles, given: dict[str, Any], member: str, rule: str
) -> None:
    asked = {"RoleName": new_role.name(), "AssumeRolePolicyDocument": EC2, **given}
    assert aws.error(aws.iam.create_role, **asked) == out_of_bounds(member, rule)


@observed("2025", "a user of Terraform quotes the text", "quota-rolesperaccount", "1:MaxSessionDuration")
@fake_only("a real account's quota is too high to be reached")
def test_the_quota_of_roles_is_named_with_its_number() -> None:
    with fake_target(quotas="roles_per_account=1") as small:
        small.iam.create_role(RoleName="one", AssumeRolePolicyDocument=EC2)
        full = AwsError("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1", 409)
        assert small.error(small.iam.create_role, RoleName="other", AssumeRolePolicyDocument=EC2) == full


@observed("undated", "cloudposse's aws-teams, and others, quote the text", "quota-acl", "1:MaxSessionDuration")
@fake_only("a real account's quota may have been raised")
def test_a_trust_policy_has_2048_characters_at_the_most() -> None:
    full = AwsError("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", 409)
    with fake_target() as own:
        room = 2048 - len("".join(EC2.split())) - len('"Sid":"",')
        fits, long = (EC2.replace('"Effect"', f'"Sid": "{"x" * size}", "Effect"') for size in (room, room + 1))
        assert own.error(own.iam.create_role, RoleName="long", AssumeRolePolicyDocument=long) == full
        own.iam.create_role(RoleName="fits", AssumeRolePolicyDocument=fits)
        assert own.error(own.iam.update_assume_role_policy, RoleName="fits", PolicyDocument=long) == full


@observed(*LS, "trust-json", "trust-action", "trust-resource")
@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "This policy contains invalid Json"),
        (EC2.replace("sts:AssumeRole", "s3:GetObject"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (EC2.replace('"Effect"', '"Resource": "*", "Effect"'), "Has prohibited field Resource"),
    ],
)
def test_a_trust_policy_that_breaks_a_rule_is_refused(aws: Target, new_role: Roles, document: str, said: str) -> None:
    refused = AwsError("MalformedPolicyDocument", said, 400)
    assert aws.error(aws.iam.update_assume_role_policy, RoleName=new_role(), PolicyDocument=document) == refused


@observed(*MAIN, "1:A trust policy may name")
def test_an_account_number_is_echoed_as_given(aws: Target, new_role: Roles) -> None:
    name, document = new_role.name(), trusting(aws.account)
    made = aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
    assert made["AssumeRolePolicyDocument"] == json.loads(document)


@documented(PRINCIPALS, "1:A trust policy may name")
def test_an_account_number_is_read_as_the_accounts_root(aws: Target, new_role: Roles) -> None:
    name = new_role(AssumeRolePolicyDocument=trusting(aws.account))
    assert trusted(aws, name) == [f"arn:aws:iam::{aws.account}:root"]


@documented(PRINCIPALS)
def test_who_is_gone_is_named_by_the_unique_id(aws: Target, new_role: Roles, new_user: People) -> None:
    alice = new_user()
    made = aws.iam.get_user(UserName=alice)["User"]
    name = new_role(AssumeRolePolicyDocument=trusting(made["Arn"]))
    assert trusted(aws, name) == [made["Arn"]]
    aws.iam.delete_user(UserName=alice)
    assert trusted(aws, name) == [made["UserId"]]


@assumed("another implementer's text, whose beginning was recorded", "trust-principal-aws")
def test_a_principal_of_the_account_must_exist(aws: Target, new_role: Roles) -> None:
    arn = f"arn:aws:iam::{aws.account}:user/{NOBODY}"
    refused = AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"', 400)
    assert aws.error(aws.iam.create_role, RoleName=new_role.name(), AssumeRolePolicyDocument=trusting(arn)) == refused


@observed(*LS, "role-del-attached", "role-del-inline")
def test_a_role_goes_when_nothing_hangs_on_it(aws: Target, new_role: Roles) -> None:
    name = new_role()
    aws.iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    attached = AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    assert aws.error(aws.iam.delete_role, RoleName=name) == attached
    aws.iam.detach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    aws.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=POLICY)
    inline = AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    assert aws.error(aws.iam.delete_role, RoleName=name) == inline
    aws.iam.delete_role_policy(RoleName=name, PolicyName="p")
    aws.iam.delete_role(RoleName=name)


@observed(*LS, "role-policy-missing", "1:Order of checks for inline policy calls")
@pytest.mark.parametrize("method", ["get_role_policy", "delete_role_policy"])
def test_an_inline_policy_that_is_not_there_is_named(aws: Target, new_role: Roles, method: str) -> None:
    refused = AwsError("NoSuchEntity", "The role policy with name none cannot be found.", 404)
    assert aws.error(getattr(aws.iam, method), RoleName=new_role(), PolicyName="none") == refused


@observed(*LS, "role-detach", "policy-not-attachable", "1:Attach")
def test_policies_that_are_not_there_are_neither_attached_nor_detached(
    aws: Target, new_role: Roles, new_policy: Policies
) -> None:
    name, absent = new_role(), new_policy.absent()
    for arn in (absent, new_policy(), READ_ONLY, "arn:aws:iam::aws:policy/Nonexistent"):
        not_found = AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)
        assert aws.error(aws.iam.detach_role_policy, RoleName=name, PolicyArn=arn) == not_found
    not_attachable = AwsError("NoSuchEntity", f"Policy {absent} does not exist or is not attachable.", 404)
    assert aws.error(aws.iam.attach_role_policy, RoleName=name, PolicyArn=absent) == not_attachable


@observed(*LS, "1:ListAttachedRolePolicies", "1.5:List*", "C56")
def test_a_new_role_has_no_policies(aws: Target, new_role: Roles) -> None:
    name = new_role()
    assert aws.iam.list_attached_role_policies(RoleName=name) == {"AttachedPolicies": [], "IsTruncated": False}
    assert aws.iam.list_role_policies(RoleName=name) == {"PolicyNames": [], "IsTruncated": False}


@observed(*LS, "1:Attach")
def test_attaching_twice_changes_nothing(aws: Target, new_role: Roles) -> None:
    name = new_role()
    for _ in range(2):
        aws.iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    attached = {"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}
    assert aws.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == [attached]


@observed(
    *LS,
    "boundary-invalid",
    "boundary-missing",
    "1:PermissionsBoundary on the wire",
    "1:PutRolePermissionsBoundary and DeleteRolePermissionsBoundary are void",
    "1:Boundary check",
)
def test_a_boundary_is_set_shown_and_taken_off(aws: Target, new_role: Roles, new_policy: Policies) -> None:
    name, absent = new_role(), new_policy.absent()
    put = aws.iam.put_role_permissions_boundary
    arn = f"arn:aws:iam::{aws.account}:role/{name}"
    assert aws.error(put, RoleName=name, PermissionsBoundary=arn) == AwsError(
        "InvalidInput", f"ARN {arn} is not valid.", 400
    )
    missing = AwsError("NoSuchEntity", f"Scope ARN: {absent} does not exist or is not attachable.", 404)
    assert aws.error(put, RoleName=name, PermissionsBoundary=absent) == missing
    assert put(RoleName=name, PermissionsBoundary=new_policy()) == {}
    assert put(RoleName=name, PermissionsBoundary=READ_ONLY) == {}
    shown = {"PermissionsBoundaryArn": READ_ONLY, "PermissionsBoundaryType": "Policy"}
    assert aws.iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"] == shown
    assert aws.iam.delete_role_permissions_boundary(RoleName=name) == {}
    assert "PermissionsBoundary" not in aws.iam.get_role(RoleName=name)["Role"]
