from __future__ import annotations

from conformance.answers import AwsError
from conformance.groups import Groups
from conformance.policies import DOCUMENT, Policies
from conformance.provenance import assumed, documented, observed
from conformance.sources import API, Source
from conformance.targets import Target

LOCALSTACK = Source("2026-02", "localstack/localstack#13891, AWS-validated test_iam_groups")
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@documented(f"{API}/API_PutGroupPolicy.html", "1.1:Policy documents come back percent-encoded")
def test_an_inline_policy_of_a_group_comes_back_as_it_was_put(aws: Target, new_group: Groups) -> None:
    name = new_group()
    aws.iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=DOCUMENT)
    shown = aws.iam.get_group_policy(GroupName=name, PolicyName="own")
    assert (shown["GroupName"], shown["PolicyName"]) == (name, "own")
    assert aws.iam.list_group_policies(GroupName=name) == {"PolicyNames": ["own"], "IsTruncated": False}


@observed(*LOCALSTACK, "group-policy-missing")
def test_an_inline_policy_that_a_group_lacks_is_named(aws: Target, new_group: Groups) -> None:
    missing = AwsError("NoSuchEntity", "The group policy with name none cannot be found.", 404)
    assert aws.error(aws.iam.get_group_policy, GroupName=new_group(), PolicyName="none") == missing


@assumed("as for users: the group's own text was seen for GetGroupPolicy alone", "group-policy-missing")
def test_an_inline_policy_of_a_group_is_deleted_once(aws: Target, new_group: Groups) -> None:
    name = new_group()
    aws.iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=DOCUMENT)
    aws.iam.delete_group_policy(GroupName=name, PolicyName="own")
    missing = AwsError("NoSuchEntity", "The group policy with name own cannot be found.", 404)
    assert aws.error(aws.iam.delete_group_policy, GroupName=name, PolicyName="own") == missing


@documented(f"{API}/API_AttachGroupPolicy.html")
def test_a_policy_attached_to_a_group_is_listed(aws: Target, new_group: Groups, new_policy: Policies) -> None:
    name, arn = new_group(), new_policy()
    aws.iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    (listed,) = aws.iam.list_attached_group_policies(GroupName=name)["AttachedPolicies"]
    assert listed["PolicyArn"] == arn
    (group,) = aws.iam.list_entities_for_policy(PolicyArn=arn)["PolicyGroups"]
    assert group["GroupName"] == name
    aws.iam.detach_group_policy(GroupName=name, PolicyArn=arn)


@observed(*LOCALSTACK, "group-detach")
def test_a_policy_that_is_not_attached_cannot_be_detached(aws: Target, new_group: Groups) -> None:
    missing = AwsError("NoSuchEntity", f"Policy {READ_ONLY} was not found.", 404)
    assert aws.error(aws.iam.detach_group_policy, GroupName=new_group(), PolicyArn=READ_ONLY) == missing


@assumed("the text seen for users and roles; the code is asserted by ceph/s3-tests", "group-del-attached")
def test_a_group_with_an_attached_policy_is_not_deleted(aws: Target, new_group: Groups) -> None:
    name = new_group()
    aws.iam.attach_group_policy(GroupName=name, PolicyArn=READ_ONLY)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
    assert aws.error(aws.iam.delete_group, GroupName=name) == conflict


@assumed("the text seen for users and roles; the code is asserted by ceph/s3-tests", "group-del-inline")
def test_a_group_with_an_inline_policy_is_not_deleted(aws: Target, new_group: Groups) -> None:
    name = new_group()
    aws.iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=DOCUMENT)
    conflict = AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)
    assert aws.error(aws.iam.delete_group, GroupName=name) == conflict


@assumed("as for users", "group-missing")
def test_a_missing_group_is_named_before_a_missing_policy(aws: Target) -> None:
    missing = AwsError("NoSuchEntity", "The group with name fake-iam-conformance-none cannot be found.", 404)
    found = aws.error(aws.iam.attach_group_policy, GroupName="fake-iam-conformance-none", PolicyArn=READ_ONLY)
    assert found == missing
