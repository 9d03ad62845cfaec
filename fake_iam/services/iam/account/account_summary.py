"""The account in numbers: what there is, and how much there may be."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from fake_iam.domain.account.account_summary import NONE, added
from fake_iam.domain.credentials.mfa_devices import MfaDevice
from fake_iam.domain.credentials.signing_certificates import SigningCertificate
from fake_iam.services.context import Context
from fake_iam.services.iam.lookups import root_user
from fake_iam.services.iam.service import IAM

# As it is by default in AWS (recorded). What a kind of row says of itself counts instead.
FIXED: Final = {"GlobalEndpointTokenVersion": 1, "PolicyVersionsInUseQuota": 10_000}


@IAM.operation("GetAccountSummary")
def get_account_summary(ctx: Context) -> dict[str, Any]:
    """Count everything, and name every quota. The root user has a password unless a control says otherwise."""
    quotas, account = ctx.quotas, ctx.account
    counts = Counter(NONE)
    for kind in account.kinds():
        counts.update(added(kind, account.table(kind)))
    found = {
        "AccessKeysPerUserQuota": quotas.access_keys_per_user,
        "AccountAccessKeysPresent": _present(account.access_keys.find("owner", account.id)),
        "AccountMFAEnabled": _present(account.table(MfaDevice).find("owner", account.id)),
        "AccountPasswordPresent": int(root_user(ctx).has_password),
        "AccountSigningCertificatesPresent": _present(account.table(SigningCertificate).find("owner", account.id)),
        "AssumeRolePolicySizeQuota": quotas.trust_policy_size,
        "AttachedPoliciesPerGroupQuota": quotas.policies_per_group,
        "AttachedPoliciesPerRoleQuota": quotas.policies_per_role,
        "AttachedPoliciesPerUserQuota": quotas.policies_per_user,
        "GroupPolicySizeQuota": quotas.group_policy_size,
        "GroupsPerUserQuota": quotas.groups_per_user,
        "GroupsQuota": quotas.groups_per_account,
        "InstanceProfilesQuota": quotas.instance_profiles_per_account,
        "PoliciesQuota": quotas.policies_per_account,
        "PolicySizeQuota": quotas.policy_size,
        "RolePolicySizeQuota": quotas.role_policy_size,
        "RolesQuota": quotas.roles_per_account,
        "ServerCertificatesQuota": quotas.server_certificates_per_account,
        "SigningCertificatesPerUserQuota": quotas.certificates_per_user,
        "UserPolicySizeQuota": quotas.user_policy_size,
        "UsersQuota": quotas.users_per_account,
        "VersionsPerPolicyQuota": quotas.versions_per_policy,
        **FIXED,
        **counts,
    }
    return {"SummaryMap": dict(sorted(found.items()))}


def _present(row: object | None) -> int:
    return 0 if row is None else 1
