"""The service that IAM's operations register with, and in which module beside this one each of them is."""

from __future__ import annotations

from fake_iam.services.registry import Service

IAM = Service(
    "iam",
    package="fake_iam.services.iam",
    nouns={
        "access_keys": "CreateAccessKey DeleteAccessKey GetAccessKeyLastUsed ListAccessKeys UpdateAccessKey",
        "account_aliases": "CreateAccountAlias DeleteAccountAlias ListAccountAliases",
        "account_summary": "GetAccountSummary",
        "attachments": "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies",
        "credential_report": "GenerateCredentialReport GetCredentialReport",
        "group_policies": (
            "AttachGroupPolicy DeleteGroupPolicy DetachGroupPolicy GetGroupPolicy ListAttachedGroupPolicies "
            "ListGroupPolicies PutGroupPolicy"
        ),
        "groups": (
            "AddUserToGroup CreateGroup DeleteGroup GetGroup ListGroups ListGroupsForUser RemoveUserFromGroup "
            "UpdateGroup"
        ),
        "inline_policies": "DeleteUserPolicy GetUserPolicy ListUserPolicies PutUserPolicy",
        "login_profiles": "ChangePassword CreateLoginProfile DeleteLoginProfile GetLoginProfile UpdateLoginProfile",
        "managed_policies": "CreatePolicy DeletePolicy GetPolicy ListPolicies",
        "mfa_devices": (
            "CreateVirtualMFADevice DeactivateMFADevice DeleteVirtualMFADevice EnableMFADevice GetMFADevice "
            "ListMFADeviceTags ListMFADevices ListVirtualMFADevices ResyncMFADevice TagMFADevice UntagMFADevice"
        ),
        "password_policy": "DeleteAccountPasswordPolicy GetAccountPasswordPolicy UpdateAccountPasswordPolicy",
        "permissions_boundaries": "DeleteUserPermissionsBoundary PutUserPermissionsBoundary",
        "policy_entities": "ListEntitiesForPolicy",
        "policy_versions": (
            "CreatePolicyVersion DeletePolicyVersion GetPolicyVersion ListPolicyVersions SetDefaultPolicyVersion"
        ),
        "server_certificates": (
            "DeleteServerCertificate GetServerCertificate ListServerCertificateTags ListServerCertificates "
            "TagServerCertificate UntagServerCertificate UpdateServerCertificate UploadServerCertificate"
        ),
        "service_credentials": (
            "CreateServiceSpecificCredential DeleteServiceSpecificCredential ListServiceSpecificCredentials "
            "ResetServiceSpecificCredential UpdateServiceSpecificCredential"
        ),
        "signing_certificates": (
            "DeleteSigningCertificate ListSigningCertificates UpdateSigningCertificate UploadSigningCertificate"
        ),
        "ssh_public_keys": "DeleteSSHPublicKey GetSSHPublicKey ListSSHPublicKeys UpdateSSHPublicKey UploadSSHPublicKey",
        "users": "CreateUser DeleteUser GetUser ListUserTags ListUsers TagUser UntagUser UpdateUser",
    },
)
