"""A user who has everything, removed in the order that AWS's errors lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from conformance.material import certify, ssh_key
from fake_iam import FakeIAM

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
ALICE = {
    "name": "alice",
    "login_profile": {},
    "mfa_devices": [{}],
    "access_keys": [{}, {"status": "Inactive"}],
    "service_specific_credentials": [{"service": "codecommit.amazonaws.com"}],
    "groups": ["developers"],
    "policies": {"own": POLICY},
    "attached_policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
}


def removals(iam: Any) -> dict[str, Callable[[], None]]:
    """What each refusal of DeleteUser asks for."""
    user = {"UserName": "alice"}

    def detach_policies() -> None:
        for policy in iam.list_attached_user_policies(**user)["AttachedPolicies"]:
            iam.detach_user_policy(**user, PolicyArn=policy["PolicyArn"])

    def delete_policies() -> None:
        for name in iam.list_user_policies(**user)["PolicyNames"]:
            iam.delete_user_policy(**user, PolicyName=name)

    def delete_access_keys() -> None:
        for key in iam.list_access_keys(**user)["AccessKeyMetadata"]:
            iam.delete_access_key(**user, AccessKeyId=key["AccessKeyId"])

    def delete_device() -> None:
        for device in iam.list_mfa_devices(**user)["MFADevices"]:
            iam.deactivate_mfa_device(**user, SerialNumber=device["SerialNumber"])
            iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])

    def leave_groups() -> None:
        for group in iam.list_groups_for_user(**user)["Groups"]:
            iam.remove_user_from_group(**user, GroupName=group["GroupName"])

    def delete_certificates() -> None:
        for found in iam.list_signing_certificates(**user)["Certificates"]:
            iam.delete_signing_certificate(**user, CertificateId=found["CertificateId"])

    def remove_other_objects() -> None:
        for key in iam.list_ssh_public_keys(**user)["SSHPublicKeys"]:
            iam.delete_ssh_public_key(**user, SSHPublicKeyId=key["SSHPublicKeyId"])
        for credential in iam.list_service_specific_credentials(**user)["ServiceSpecificCredentials"]:
            iam.delete_service_specific_credential(
                **user, ServiceSpecificCredentialId=credential["ServiceSpecificCredentialId"]
            )

    return {
        "Cannot delete entity, must detach all policies first.": detach_policies,
        "Cannot delete entity, must delete policies first.": delete_policies,
        "Cannot delete entity, must delete access keys first.": delete_access_keys,
        "Cannot delete entity, must delete login profile first.": lambda: iam.delete_login_profile(**user),
        "Cannot delete entity, must delete MFA device first.": delete_device,
        "Cannot delete entity, must remove users from group first.": leave_groups,
        "Cannot delete entity, must delete certificates first.": delete_certificates,
        "Cannot delete entity, must remove referenced objects first.": remove_other_objects,
    }


def test_each_refusal_names_the_next_thing_to_remove_until_nothing_is_left(fake: FakeIAM) -> None:
    fake.seed({"groups": [{"name": "developers"}], "users": [ALICE]})
    iam = fake.client("iam")
    iam.upload_signing_certificate(UserName="alice", CertificateBody=certify().body)
    iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=ssh_key())
    follow, said = removals(iam), []
    for _ in range(len(follow) + 1):
        try:
            iam.delete_user(UserName="alice")
            break
        except ClientError as refused:
            assert refused.response["Error"]["Code"] == "DeleteConflict"
            said.append(refused.response["Error"]["Message"])
            follow[said[-1]]()
    assert said == list(follow)
    assert iam.list_users()["Users"] == []
    assert [user for group in iam.list_groups()["Groups"] for user in iam.get_group(**_named(group))["Users"]] == []


def _named(group: dict[str, Any]) -> dict[str, str]:
    return {"GroupName": group["GroupName"]}
