"""The service that IAM's operations register with, and in which module beside this one each of them is."""

from __future__ import annotations

from fake_iam.services.registry import Service

IAM = Service(
    "iam",
    package="fake_iam.services.iam",
    nouns={
        "credentials.access_keys": (
            "CreateAccessKey DeleteAccessKey GetAccessKeyLastUsed ListAccessKeys UpdateAccessKey"
        ),
        "account.account_aliases": "CreateAccountAlias DeleteAccountAlias ListAccountAliases",
        "account.account_properties": "GetAccountProperties PutAccountProperties",
        "account.account_summary": "GetAccountSummary",
        "policies.attachments": "AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies",
        "reports.access_advisor": (
            "GenerateServiceLastAccessedDetails GetServiceLastAccessedDetails "
            "GetServiceLastAccessedDetailsWithEntities ListPoliciesGrantingServiceAccess"
        ),
        "reports.organizations_reports": "GenerateOrganizationsAccessReport GetOrganizationsAccessReport",
        "reports.authorization_details": "GetAccountAuthorizationDetails",
        "reports.credential_report": "GenerateCredentialReport GetCredentialReport",
        "policies.group_policies": (
            "AttachGroupPolicy DeleteGroupPolicy DetachGroupPolicy GetGroupPolicy ListAttachedGroupPolicies "
            "ListGroupPolicies PutGroupPolicy"
        ),
        "identities.groups": (
            "AddUserToGroup CreateGroup DeleteGroup GetGroup ListGroups ListGroupsForUser RemoveUserFromGroup "
            "UpdateGroup"
        ),
        "policies.inline_policies": "DeleteUserPolicy GetUserPolicy ListUserPolicies PutUserPolicy",
        "credentials.login_profiles": (
            "ChangePassword CreateLoginProfile DeleteLoginProfile GetLoginProfile UpdateLoginProfile"
        ),
        "policies.managed_policies": "CreatePolicy DeletePolicy GetPolicy ListPolicies",
        "credentials.mfa_devices": (
            "CreateVirtualMFADevice DeactivateMFADevice DeleteVirtualMFADevice EnableMFADevice GetMFADevice "
            "ListMFADeviceTags ListMFADevices ListVirtualMFADevices ResyncMFADevice TagMFADevice UntagMFADevice"
        ),
        "account.delegation_requests": (
            "AcceptDelegationRequest AssociateDelegationRequest CreateDelegationRequest GetDelegationRequest "
            "GetHumanReadableSummary ListDelegationRequests RejectDelegationRequest SendDelegationToken "
            "UpdateDelegationRequest"
        ),
        "account.organizations": (
            "DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions "
            "EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions ListOrganizationsFeatures"
        ),
        "account.outbound_federation": (
            "DisableOutboundWebIdentityFederation EnableOutboundWebIdentityFederation "
            "GetOutboundWebIdentityFederationInfo"
        ),
        "account.token_preferences": "SetSecurityTokenServicePreferences",
        "account.password_policy": "DeleteAccountPasswordPolicy GetAccountPasswordPolicy UpdateAccountPasswordPolicy",
        "policies.permissions_boundaries": (
            "DeleteRolePermissionsBoundary DeleteUserPermissionsBoundary PutRolePermissionsBoundary "
            "PutUserPermissionsBoundary"
        ),
        "policies.policy_entities": "ListEntitiesForPolicy",
        "policies.simulation": (
            "GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy SimulateCustomPolicy "
            "SimulatePrincipalPolicy"
        ),
        "policies.policy_tags": "ListPolicyTags TagPolicy UntagPolicy",
        "policies.policy_versions": (
            "CreatePolicyVersion DeletePolicyVersion GetPolicyVersion ListPolicyVersions SetDefaultPolicyVersion"
        ),
        "credentials.server_certificates": (
            "DeleteServerCertificate GetServerCertificate ListServerCertificateTags ListServerCertificates "
            "TagServerCertificate UntagServerCertificate UpdateServerCertificate UploadServerCertificate"
        ),
        "credentials.service_credentials": (
            "CreateServiceSpecificCredential DeleteServiceSpecificCredential ListServiceSpecificCredentials "
            "ResetServiceSpecificCredential UpdateServiceSpecificCredential"
        ),
        "credentials.signing_certificates": (
            "DeleteSigningCertificate ListSigningCertificates UpdateSigningCertificate UploadSigningCertificate"
        ),
        "credentials.ssh_public_keys": (
            "DeleteSSHPublicKey GetSSHPublicKey ListSSHPublicKeys UpdateSSHPublicKey UploadSSHPublicKey"
        ),
        "identities.users": "CreateUser DeleteUser GetUser ListUserTags ListUsers TagUser UntagUser UpdateUser",
        "identities.instance_profiles": (
            "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile "
            "ListInstanceProfileTags ListInstanceProfiles ListInstanceProfilesForRole RemoveRoleFromInstanceProfile "
            "TagInstanceProfile UntagInstanceProfile"
        ),
        "identities.role_templates": "AcquireRole GetRoleTemplateVersion",
        "identities.roles": (
            "CreateRole DeleteRole GetRole ListRoleTags ListRoles TagRole UntagRole UpdateAssumeRolePolicy "
            "UpdateRole UpdateRoleDescription"
        ),
        "identities.service_linked_roles": (
            "CreateServiceLinkedRole DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus"
        ),
        "policies.role_policies": (
            "AttachRolePolicy DeleteRolePolicy DetachRolePolicy GetRolePolicy ListAttachedRolePolicies "
            "ListRolePolicies PutRolePolicy"
        ),
        "providers.oidc_providers": (
            "AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider "
            "GetOpenIDConnectProvider ListOpenIDConnectProviderTags ListOpenIDConnectProviders "
            "RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider "
            "UpdateOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint"
        ),
        "providers.saml_providers": (
            "CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviderTags ListSAMLProviders "
            "TagSAMLProvider UntagSAMLProvider UpdateSAMLProvider"
        ),
    },
    tasks={"identities.role_deletions.RoleDeletion": "identities.service_linked_roles"},
)
