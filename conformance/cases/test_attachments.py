from __future__ import annotations

from typing import Any

import pytest

from conformance.answers import AwsError
from conformance.groups import Groups
from conformance.people import People
from conformance.policies import DOCUMENT, Policies
from conformance.provenance import assumed, documented, fake_only, observed
from conformance.roles import EC2, Roles
from conformance.sources import API, INFERRED_STYLE, LOCALSTACK_USERS, Source
from conformance.targets import Target, fake_target

LOCALSTACK = "localstack/localstack#13891, AWS-validated"
POLICIES = Source("2026-02", f"{LOCALSTACK} test_iam_policies")
ROLES = Source("2026-02", f"{LOCALSTACK} test_iam_roles")
NO_ARN = "longpolicynamebutnoarn"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NOBODY = "fake-iam-conformance-nobody"


def missing(text: str) -> AwsError:
    return AwsError("NoSuchEntity", text, 404)


def shown(aws: Target, arn: str) -> Any:
    return aws.wait_for(aws.iam.get_policy, PolicyArn=arn)["Policy"]


@documented(f"{API}/API_AttachUserPolicy.html")
def test_an_attached_policy_is_listed_by_name_and_arn(aws: Target, new_user: People, new_policy: Policies) -> None:
    alice, policy = new_user(), new_policy.made()
    assert aws.wait_for(aws.iam.attach_user_policy, UserName=alice, PolicyArn=policy["Arn"]) == {}
    expected = [{"PolicyName": policy["PolicyName"], "PolicyArn": policy["Arn"]}]

    def attached() -> Any:
        return aws.iam.list_attached_user_policies(UserName=alice)["AttachedPolicies"]

    assert aws.settle(attached, expected) == expected
    assert aws.settle(lambda: shown(aws, policy["Arn"])["AttachmentCount"], 1) == 1
    assert aws.iam.detach_user_policy(UserName=alice, PolicyArn=policy["Arn"]) == {}
    assert aws.settle(attached, []) == []


@assumed("tools attach again without asking; nobody reports an error")
def test_attaching_twice_attaches_once(aws: Target, new_user: People) -> None:
    alice = new_user()
    for _ in range(2):
        aws.iam.attach_user_policy(UserName=alice, PolicyArn=ADMINISTRATOR)

    def names() -> list[str]:
        listed = aws.iam.list_attached_user_policies(UserName=alice)["AttachedPolicies"]
        return [policy["PolicyName"] for policy in listed]

    assert aws.settle(names, ["AdministratorAccess"]) == ["AdministratorAccess"]


@observed(*ROLES, "policy-not-attachable")
def test_an_unknown_policy_is_not_attachable(aws: Target, new_user: People, new_policy: Policies) -> None:
    arn = new_policy.absent()
    expected = missing(f"Policy {arn} does not exist or is not attachable.")
    assert aws.error(aws.iam.attach_user_policy, UserName=new_user(), PolicyArn=arn) == expected


@assumed("recorded for roles and groups", "role-detach", "group-detach")
def test_what_is_not_attached_is_not_found(aws: Target, new_user: People, new_policy: Policies) -> None:
    arn = new_policy()
    expected = missing(f"Policy {arn} was not found.")
    assert aws.error(aws.iam.detach_user_policy, UserName=new_user(), PolicyArn=arn) == expected


# The text has changed: it was "Invalid ARN:  Could not be parsed!" in 2025, and the code was InvalidInput in 2023.
TEXTS = ("val-arn-2026", "val-arn-2025", "val-arn-2023", "policy-arn-unparsable")


@observed(*ROLES, *TEXTS, "4:AttachUserPolicy with a bad ARN", "1:AttachRolePolicy with a bare word")
def test_what_is_no_arn_is_not_attached_to_a_role(aws: Target, new_role: Roles, new_policy: Policies) -> None:
    role = new_role()
    for text in (NO_ARN, new_policy.made()["PolicyName"]):
        refused = AwsError("ValidationError", f"ARN {text} is not valid.", 400)
        assert aws.error(aws.iam.attach_role_policy, RoleName=role, PolicyArn=text) == refused


@assumed("recorded for AttachRolePolicy", *TEXTS)
@pytest.mark.parametrize("method", ["attach_user_policy", "detach_user_policy"])
def test_what_is_no_arn_is_refused_for_users(aws: Target, new_user: People, method: str) -> None:
    refused = AwsError("ValidationError", f"ARN {NO_ARN} is not valid.", 400)
    assert aws.error(getattr(aws.iam, method), UserName=new_user(), PolicyArn=NO_ARN) == refused


@assumed("recorded for AttachRolePolicy", *TEXTS)
@pytest.mark.parametrize("method", ["attach_group_policy", "detach_group_policy"])
def test_what_is_no_arn_is_refused_for_groups(aws: Target, new_group: Groups, method: str) -> None:
    refused = AwsError("ValidationError", f"ARN {NO_ARN} is not valid.", 400)
    assert aws.error(getattr(aws.iam, method), GroupName=new_group(), PolicyArn=NO_ARN) == refused


@pytest.mark.parametrize("method", ["attach_user_policy", "detach_user_policy"])
@assumed(INFERRED_STYLE, "user-missing")
def test_an_unknown_user_cannot_be_found(aws: Target, method: str) -> None:
    expected = missing(f"The user with name {NOBODY} cannot be found.")
    assert aws.error(getattr(aws.iam, method), UserName=NOBODY, PolicyArn=ADMINISTRATOR) == expected


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        pytest.param("User", {}, marks=observed("undated", "users who quote the text", "quota-policiesperuser")),
        pytest.param("Group", {}, marks=observed("undated", "a user who quotes the text", "quota-policiespergroup")),
        pytest.param(
            "Role",
            {"AssumeRolePolicyDocument": EC2},
            marks=observed("undated", "many users who quote the text", "quota-policiesperrole", "1:MaxSessionDuration"),
        ),
    ],
)
@fake_only("an account's quota may be higher")
def test_an_eleventh_attachment_exceeds_the_quota(kind: str, others: dict[str, str]) -> None:
    with fake_target() as own:
        named = {f"{kind}Name": "alice"}
        getattr(own.iam, f"create_{kind.lower()}")(**named, **others)
        attach = getattr(own.iam, f"attach_{kind.lower()}_policy")
        for number in range(11):
            arn = own.iam.create_policy(PolicyName=f"p{number}", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
            if number < 10:
                attach(**named, PolicyArn=arn)
        full = AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind}: 10", 409)
        assert own.error(attach, **named, PolicyArn=arn) == full


@observed(*POLICIES)
def test_the_entities_of_a_policy_are_names_and_ids(aws: Target, new_user: People, new_policy: Policies) -> None:
    alice, arn = new_user(), new_policy()
    before = aws.wait_for(aws.iam.list_entities_for_policy, PolicyArn=arn)
    assert before == {"PolicyGroups": [], "PolicyUsers": [], "PolicyRoles": [], "IsTruncated": False}
    aws.iam.attach_user_policy(UserName=alice, PolicyArn=arn)
    expected = [{"UserName": alice, "UserId": aws.iam.get_user(UserName=alice)["User"]["UserId"]}]

    def users(**parameters: Any) -> Any:
        return aws.iam.list_entities_for_policy(PolicyArn=arn, **parameters)["PolicyUsers"]

    assert aws.settle(users, expected) == expected
    assert users(EntityFilter="User") == expected
    assert users(EntityFilter="Role") == []


@observed(*POLICIES, "policy-entities-missing")
def test_an_unknown_policy_has_no_entities(aws: Target, new_policy: Policies) -> None:
    arn = new_policy.absent()
    expected = missing(f"Policy {arn} does not exist or is not attachable.")
    assert aws.error(aws.iam.list_entities_for_policy, PolicyArn=arn) == expected


@observed(*LOCALSTACK_USERS, "user-del-attached", "6:DeleteUser names ONE kind of leftover")
def test_a_user_with_an_attached_policy_is_not_deleted(aws: Target, new_user: People) -> None:
    alice = new_user()
    aws.iam.attach_user_policy(UserName=alice, PolicyArn=ADMINISTRATOR)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    assert aws.settle(lambda: aws.error(aws.iam.delete_user, UserName=alice), conflict) == conflict
