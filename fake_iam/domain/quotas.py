"""The numbers an account may not exceed."""

from __future__ import annotations

from typing import NamedTuple


class Quotas(NamedTuple):
    """AWS's own numbers by default (API reference, IAM quotas). ``page_size`` is the most rows of one answer of a list.

    As a rule, a field's name in camel case is the quota's name in AWS's texts: ``groups_per_user`` is GroupsPerUser.
    GetAccountSummary names those of nouns, too, that are not served yet.
    """

    access_keys_per_user: int = 2
    users_per_account: int = 5000
    page_size: int = 1000
    groups_per_account: int = 300
    groups_per_user: int = 10
    policies_per_account: int = 1500
    policies_per_user: int = 10
    policies_per_group: int = 10
    versions_per_policy: int = 5
    policy_size: int = 6144
    user_policy_size: int = 2048
    group_policy_size: int = 5120
    certificates_per_user: int = 2
    ssh_public_keys_per_user: int = 5
    service_specific_credentials_per_user: int = 2
    server_certificates_per_account: int = 20
    mfa_devices_per_user: int = 8
    roles_per_account: int = 1000
    policies_per_role: int = 10
    role_policy_size: int = 10_240
    trust_policy_size: int = 2048
    instance_profiles_per_account: int = 1000
    oidc_providers_per_account: int = 100
    client_ids_per_oidc_provider: int = 100
    saml_providers_per_account: int = 100


QUOTA_NAMES = Quotas._fields
