"""TagResources and UntagResources, without HTTP: what they take, and what becomes of each resource."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.material import certify, saml_metadata
from tests.support import AwsError, Key, Wire

ACCOUNT = "arn:aws:iam::123456789012"
TRUST = (
    '{"Version": "2012-10-17", "Statement": '
    '{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}'
)
DOCUMENT = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
PATTERN = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"


def a_user(wire: Wire) -> str:
    return str(wire.call("CreateUser", UserName="alice", Path="/team/")["User"]["Arn"])


def a_role(wire: Wire) -> str:
    made = wire.call("CreateRole", RoleName="worker", Path="/team/", AssumeRolePolicyDocument=TRUST)
    return str(made["Role"]["Arn"])


def a_policy(wire: Wire) -> str:
    return str(wire.call("CreatePolicy", PolicyName="edge", PolicyDocument=DOCUMENT)["Policy"]["Arn"])


def a_profile(wire: Wire) -> str:
    return str(wire.call("CreateInstanceProfile", InstanceProfileName="box")["InstanceProfile"]["Arn"])


def a_device(wire: Wire) -> str:
    return str(wire.call("CreateVirtualMFADevice", VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"])


def a_certificate(wire: Wire) -> str:
    made = certify()
    parameters = {"CertificateBody": made.body, "PrivateKey": made.private_key}
    answer = wire.call("UploadServerCertificate", ServerCertificateName="site", **parameters)
    return str(answer["ServerCertificateMetadata"]["Arn"])


def an_oidc_provider(wire: Wire) -> str:
    return str(wire.call("CreateOpenIDConnectProvider", Url="https://x.example/id")["OpenIDConnectProviderArn"])


def a_saml_provider(wire: Wire) -> str:
    return str(wire.call("CreateSAMLProvider", Name="corp", SAMLMetadataDocument=saml_metadata())["SAMLProviderArn"])


LISTS = {
    a_user: ("ListUserTags", {"UserName": "alice"}),
    a_role: ("ListRoleTags", {"RoleName": "worker"}),
    a_policy: ("ListPolicyTags", {"PolicyArn": f"{ACCOUNT}:policy/edge"}),
    a_profile: ("ListInstanceProfileTags", {"InstanceProfileName": "box"}),
    a_device: ("ListMFADeviceTags", {"SerialNumber": f"{ACCOUNT}:mfa/phone"}),
    a_certificate: ("ListServerCertificateTags", {"ServerCertificateName": "site"}),
    an_oidc_provider: (
        "ListOpenIDConnectProviderTags",
        {"OpenIDConnectProviderArn": f"{ACCOUNT}:oidc-provider/x.example/id"},
    ),
    a_saml_provider: ("ListSAMLProviderTags", {"SAMLProviderArn": f"{ACCOUNT}:saml-provider/corp"}),
}


def failure(code: str, message: str, status: int) -> dict[str, Any]:
    return {"ErrorCode": code, "ErrorMessage": message, "StatusCode": status}


@pytest.mark.parametrize("make", LISTS, ids=lambda make: make.__name__)
def test_every_noun_that_has_tags_is_tagged_and_untagged(wire: Wire, make: Any) -> None:
    arn = make(wire)
    operation, named = LISTS[make]
    tagged = wire.tagging("TagResources", ResourceARNList=[arn], Tags={"team": "red", "stage": ""})
    assert tagged == {"FailedResourcesMap": {}}
    listed = wire.call(operation, **named)["Tags"]["member"]
    assert {tag["Key"]: tag["Value"] for tag in listed} == {"team": "red", "stage": None}
    untagged = wire.tagging("UntagResources", ResourceARNList=[arn], TagKeys=["team", "absent"])
    assert untagged == {"FailedResourcesMap": {}}
    assert wire.call(operation, **named)["Tags"]["member"] == {"Key": "stage", "Value": None}


def test_what_iam_refuses_is_told_of_that_resource_and_the_others_are_tagged(wire: Wire) -> None:
    user, absent, aws = a_user(wire), f"{ACCOUNT}:role/absent", "arn:aws:iam::aws:policy/ReadOnlyAccess"
    answer = wire.tagging("TagResources", ResourceARNList=[absent, user, aws], Tags={"team": "red"})
    assert answer == {
        "FailedResourcesMap": {
            absent: failure("NoSuchEntity", "The role with name absent cannot be found.", 404),
            aws: failure("AccessDenied", "Cannot update policies outside your own account.", 403),
        }
    }
    assert wire.call("ListUserTags", UserName="alice")["Tags"]["member"] == {"Key": "team", "Value": "red"}


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        (f"{ACCOUNT}:user/alice", "The user with name alice cannot be found."),
        ("arn:aws:iam::210987654321:user/team/alice", "The user with name alice cannot be found."),
        (f"{ACCOUNT}:instance-profile/team/alice", "Instance Profile alice cannot be found."),
        (f"{ACCOUNT}:server-certificate/x", "The Server Certificate with name x cannot be found."),
        (f"{ACCOUNT}:mfa/x", f"MFA Device with serial number {ACCOUNT}:mfa/x does not exist."),
    ],
)
def test_a_resource_is_meant_by_its_whole_arn(wire: Wire, arn: str, text: str) -> None:
    a_user(wire)
    answer = wire.tagging("TagResources", ResourceARNList=[arn], Tags={"team": "red"})
    assert answer == {"FailedResourcesMap": {arn: failure("NoSuchEntity", text, 404)}}


def test_tags_are_held_to_iams_own_constraints(wire: Wire) -> None:
    arn = a_user(wire)
    text = (
        "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {PATTERN}"
    )
    answer = wire.tagging("TagResources", ResourceARNList=[arn], Tags={"a!": "b"})
    assert answer == {"FailedResourcesMap": {arn: failure("ValidationError", text, 400)}}


def test_a_noun_of_another_service_is_not_here(wire: Wire) -> None:
    arn = "arn:aws:s3:::bucket"
    answer = wire.tagging("UntagResources", ResourceARNList=[arn], TagKeys=["team"])
    expected = failure("InternalServiceException", "fake_iam has no resources of s3.", 500)
    assert answer == {"FailedResourcesMap": {arn: expected}}


@pytest.mark.parametrize("arn", ["alice", f"{ACCOUNT}:group/alice", f"{ACCOUNT}:root"])
def test_an_arn_that_cannot_be_fails_the_whole_request(wire: Wire, arn: str) -> None:
    answer = wire.tagging("TagResources", ResourceARNList=[a_user(wire), arn], Tags={"team": "red"})
    assert answer == AwsError("InvalidParameterException", f"{arn} is not a valid AmazonResourceName (ARN)", 400)
    assert wire.call("ListUserTags", UserName="alice")["Tags"] is None


def test_an_arn_of_another_partition_fails_the_whole_request(wire: Wire) -> None:
    arn = "arn:aws-cn:iam::123456789012:user/alice"
    text = f"The partition of {arn} is aws-cn, but the operation was called in aws."
    answer = wire.tagging("TagResources", ResourceARNList=[arn], Tags={"team": "red"})
    assert answer == AwsError("InvalidParameterException", text, 400)


def allowing(wire: Wire, *actions: str) -> Key:
    """A user's key whose policy allows these actions."""
    wire.user("bob")
    quoted = ", ".join(f'"{action}"' for action in actions)
    document = DOCUMENT.replace('"s3:*"', f"[{quoted}]")
    wire.call("PutUserPolicy", UserName="bob", PolicyName="own", PolicyDocument=document)
    return wire.key("bob")


def test_policies_are_asked_for_iams_operation_too() -> None:
    wire = Wire(random_seed=7, enforce_policies="on")
    arn, key = a_role(wire), allowing(wire, "tag:TagResources", "iam:TagUser")
    answer = wire.tagging("TagResources", key, ResourceARNList=[arn], Tags={"team": "red"})
    text = (
        f"User: {ACCOUNT}:user/bob is not authorized to perform: iam:TagRole on resource: role worker because no "
        "identity-based policy allows the iam:TagRole action"
    )
    assert answer == {"FailedResourcesMap": {arn: failure("AccessDenied", text, 403)}}
    assert wire.call("ListRoleTags", RoleName="worker")["Tags"] is None


def test_policies_see_the_tags_of_the_request() -> None:
    wire = Wire(random_seed=7, enforce_policies="on")
    arn, key = a_role(wire), allowing(wire, "tag:*")
    statement = '{"Effect": "Allow", "Action": "iam:TagRole", "Resource": "*", "Condition": %s}'
    document = '{"Version": "2012-10-17", "Statement": %s}' % (
        statement % '{"StringEquals": {"aws:RequestTag/team": "red"}}'
    )
    wire.call("PutUserPolicy", UserName="bob", PolicyName="red", PolicyDocument=document)
    for value, failed in (("blue", [arn]), ("red", [])):
        answer = wire.tagging("TagResources", key, ResourceARNList=[arn], Tags={"team": value})
        assert list(answer["FailedResourcesMap"]) == failed


def test_what_a_policy_would_refuse_is_noted_where_policies_do_not_decide(wire: Wire) -> None:
    arn, key = a_role(wire), allowing(wire, "tag:*")
    answer = wire.tagging("TagResources", key, ResourceARNList=[arn], Tags={"team": "red"})
    assert answer == {"FailedResourcesMap": {}}
    (entry,) = wire.assembled.controls.journal.calls("TagResources")
    assert entry.would_deny is not None
    assert "perform: iam:TagRole on resource: role worker" in entry.would_deny


def test_the_action_itself_must_be_allowed() -> None:
    wire = Wire(random_seed=7, enforce_policies="on")
    key = allowing(wire, "iam:*")
    text = (
        f"User: {ACCOUNT}:user/bob is not authorized to perform: tag:GetResources because no identity-based policy "
        "allows the tag:GetResources action"
    )
    assert wire.tagging("GetResources", key) == AwsError("AccessDeniedException", text, 400)


ANY_TEXT = r"Member must satisfy regular expression pattern: [\s\S]*"


@pytest.mark.parametrize(
    ("tags", "shown", "constraint"),
    [
        ({}, "{}", "Member must have length greater than or equal to 1"),
        (
            {"": "b"},
            "{=b}",
            "Map keys must satisfy constraint: [Member must have length less than or equal to 128, "
            f"Member must have length greater than or equal to 1, {ANY_TEXT}]",
        ),
        (
            {"a": "v" * 257, "b": ""},
            f"{{a={'v' * 257}, b=}}",
            "Map value must satisfy constraint: [Member must have length less than or equal to 256, "
            f"Member must have length greater than or equal to 0, {ANY_TEXT}]",
        ),
    ],
    ids=["no tags", "no key", "a long value"],
)
def test_tags_out_of_the_models_bounds_fail_the_whole_request(
    wire: Wire, tags: dict[str, str], shown: str, constraint: str
) -> None:
    got = wire.tagging("TagResources", ResourceARNList=[a_user(wire)], Tags=tags)
    text = f"1 validation error detected: Value '{shown}' at 'tags' failed to satisfy constraint: {constraint}"
    assert got == AwsError("InvalidParameterException", text, 400)
