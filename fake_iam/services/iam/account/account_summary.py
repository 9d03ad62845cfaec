"""The account in numbers: what there is, and how much there may be."""

from __future__ import annotations

from typing import Any, Final

from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.server_certificates import ServerCertificate
from fake_iam.domain.credentials.signing_certificates import SigningCertificate
from fake_iam.domain.identities.groups import Group
from fake_iam.domain.policies.managed_policies import ManagedPolicy
from fake_iam.services.context import Context
from fake_iam.services.iam.service import IAM

# What a quota that nothing here can reach is by default in AWS (recorded), and nouns that there are none of yet.
FIXED: Final = {
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerRoleQuota": 10,
    "GlobalEndpointTokenVersion": 1,
    "InstanceProfiles": 0,
    "InstanceProfilesQuota": 1000,
    "PolicyVersionsInUseQuota": 10_000,
    "Providers": 0,
    "RolePolicySizeQuota": 10_240,
    "Roles": 0,
    "RolesQuota": 1000,
}


@IAM.operation("GetAccountSummary")
def get_account_summary(ctx: Context) -> dict[str, Any]:
    """Count everything, and name every quota. Whether root has a password is not known here: it has one (assumed)."""
    quotas, account = ctx.quotas, ctx.account
    policies = account.table(ManagedPolicy)
    found = {
        "AccessKeysPerUserQuota": quotas.access_keys_per_user,
        "AccountAccessKeysPresent": _present(account.access_keys.find("owner", account.id)),
        "AccountMFAEnabled": _present(account.table(MfaDevice).find("owner", account.id)),
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": _present(account.table(SigningCertificate).find("owner", account.id)),
        "AttachedPoliciesPerGroupQuota": quotas.policies_per_group,
        "AttachedPoliciesPerUserQuota": quotas.policies_per_user,
        "GroupPolicySizeQuota": quotas.group_policy_size,
        "Groups": len(account.table(Group)),
        "GroupsPerUserQuota": quotas.groups_per_user,
        "GroupsQuota": quotas.groups_per_account,
        "MFADevices": len(account.table(MfaDevice)),
        "MFADevicesInUse": account.table(MfaDevice).tally("status").get("Assigned", 0),
        "Policies": len(policies),
        "PoliciesQuota": quotas.policies_per_account,
        "PolicySizeQuota": quotas.policy_size,
        "PolicyVersionsInUse": sum(int(of_each) * count for of_each, count in policies.tally("versions").items()),
        "ServerCertificates": len(account.table(ServerCertificate)),
        "ServerCertificatesQuota": quotas.server_certificates_per_account,
        "SigningCertificatesPerUserQuota": quotas.certificates_per_user,
        "UserPolicySizeQuota": quotas.user_policy_size,
        "Users": len(account.users),
        "UsersQuota": quotas.users_per_account,
        "VersionsPerPolicyQuota": quotas.versions_per_policy,
        **FIXED,
    }
    return {"SummaryMap": dict(sorted(found.items()))}


def _present(row: object | None) -> int:
    return 0 if row is None else 1
